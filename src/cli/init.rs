//! `klogmod init`: the gate in a repository.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::args::{Planned, Status, TreeArgs};
use super::coverage::{PathArgs, measure};
use super::decisions::DecisionArgs;
use super::terminal;
use crate::measure::coverage::Measure;
use crate::measure::gate::{self, Baseline};
use crate::measure::init::{Filling, InitFile, InstallFrom, Piece, Pinned, files, has_sources, is_commit};
use crate::ship::worktree;
use crate::text::disk;
use crate::write::edit::Edits;

/// Write what a repository needs for the gate: klogmod.toml, a baseline, hack/ scripts, a workflow, a pre-commit hook.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    decisions: DecisionArgs,
    /// Write these alone.
    #[arg(long, value_enum, value_name = "LIST", value_delimiter = ',')]
    only: Vec<Piece>,
    /// What counts as covered.
    #[arg(long, value_enum, default_value_t)]
    measure: Measure,
    /// Where the workflow, the scripts and the hook install klogmod from: a published version (pypi:0.1.0, npm:0.1.0, crates:0.1.0), an address of git, with a branch, tag or commit behind # (the commit
    /// that it is at is written down), or a directory of the checkout with klogmod's sources. Absent: klogmod has to be on PATH.
    #[arg(long, value_name = "ADDRESS")]
    from: Option<InstallFrom>,
    /// The branch that the workflow runs on [default: the one that others are merged into].
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Write over files that exist.
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let (planned, report) = measure(&args.tree, &args.decisions, &PathArgs::default(), Edits::parts(), None)?;
    let status = planned.report();
    let root = &planned.plan.root;
    if status == Status::Incomplete {
        terminal::error("nothing is written, because not everything was analysed");
        return Ok(status);
    }
    let from = args.from.as_ref().map(|from| pinned(from, &planned)).transpose()?;
    let branch = args.branch.clone().or_else(|| worktree::main_branch(root)).unwrap_or_else(|| "main".to_owned());
    let branch: String =
        branch.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/')).collect();
    let filling = Filling {
        measure: args.measure.name(),
        minimum: args.measure.rate(&report.totals.parts).per_mille() / 10,
        branch: &branch,
        from: from.as_ref(),
        year: worktree::head(root).map(|(_, time)| 1970 + u64::from(time) / 31_556_952),
    };
    let mut all = files(root, &filling);
    let baseline = Baseline::of(&report).render();
    let at = all.len().min(1);
    all.insert(at, InitFile { piece: Piece::Baseline, path: gate::FILE_NAME, text: baseline, is_script: false });
    all.retain(|file| args.only.is_empty() || args.only.contains(&file.piece));
    let there: Vec<&str> =
        all.iter().map(|f| f.path).filter(|path| root.join(path).symlink_metadata().is_ok()).collect();
    if !there.is_empty() && !args.force {
        terminal::error(&format!(
            "{} exist{}; --force writes over, --only LIST leaves out",
            there.join(", "),
            if there.len() == 1 { "s" } else { "" }
        ));
        return Ok(Status::Refused);
    }
    let mut out = anstream::stdout();
    for file in &all {
        write(root, file).with_context(|| format!("cannot write {}", file.path))?;
        writeln!(out, "{}", file.path)?;
    }
    if from.is_none() && all.iter().any(|file| matches!(file.piece, Piece::Scripts | Piece::Workflow)) {
        terminal::note(
            "nobody said where klogmod is installed from, so the workflow and the scripts take it from PATH; --from ADDRESS says it",
        );
    }
    terminal::note("klogmod check is the gate; commit these files to close it");
    Ok(status)
}

/// What `--from` names, as it is now.
fn pinned(from: &InstallFrom, planned: &Planned) -> Result<Pinned> {
    match from {
        InstallFrom::Published { registry, version } => {
            Ok(Pinned::Published { registry: *registry, version: version.clone() })
        }
        InstallFrom::Git { url, revision } if is_commit(revision) => {
            Ok(Pinned::Commit { url: url.clone(), commit: revision.clone() })
        }
        InstallFrom::Git { url, revision } => {
            let empty = tempfile::tempdir().context("cannot make a directory to run git in")?;
            let instead = format!("--from {url}#COMMIT takes a commit's whole name unseen");
            match worktree::remote_commit(empty.path(), url, revision).context(instead.clone())? {
                Some(commit) => Ok(Pinned::Commit { url: url.clone(), commit }),
                None => bail!("--from: {url} has no branch or tag {revision}; {instead}"),
            }
        }
        InstallFrom::Directory(dir) => {
            let root = &planned.plan.root;
            let inside = std::fs::canonicalize(dir).ok().and_then(|path| crate::go::files::relative(root, &path));
            let inside = inside.map(|path| if path.is_empty() { ".".to_owned() } else { path.to_string() });
            match inside.filter(|path| has_sources(root, path)) {
                Some(path) => Ok(Pinned::Directory(path)),
                None => bail!(
                    "--from {dir}: no directory of the checkout that has klogmod's Cargo.toml, so that a workflow would not find it; name one, or an address of git (https://…, ssh://…, file://…)"
                ),
            }
        }
    }
}

fn write(root: &Path, file: &InitFile) -> std::io::Result<()> {
    let path = root.join(file.path);
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent)?;
    }
    disk::write_file(&path, file.text.as_bytes())?;
    #[cfg(unix)]
    if file.is_script {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path)?.permissions().mode();
        // Whoever may read it may run it.
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode | (mode & 0o444) >> 2))?;
    }
    Ok(())
}
