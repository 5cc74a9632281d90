//! `klogmod init`: the gate in a repository.

use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};

use super::args::{Status, TreeArgs};
use super::coverage::{PathArgs, measure};
use super::decisions::DecisionArgs;
use super::terminal;
use crate::measure::coverage::Measure;
use crate::measure::gate::{self, Baseline};
use crate::measure::init::{Filling, InitFile, Piece, files};
use crate::ship::worktree;
use crate::text::disk;

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
    /// The branch that the workflow runs on.
    #[arg(long, value_name = "NAME", default_value = "main")]
    branch: String,
    /// Write over files that exist.
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let (planned, report) = measure(&args.tree, &args.decisions, &PathArgs::default(), None)?;
    let status = planned.report();
    let root = &planned.plan.root;
    if status == Status::Incomplete {
        terminal::error("nothing is written, because not everything was analysed");
        return Ok(status);
    }
    let branch: String =
        args.branch.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/')).collect();
    let filling = Filling {
        measure: args.measure.name(),
        minimum: args.measure.rate(&report.totals.parts).per_mille() / 10,
        branch: &branch,
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
    terminal::note("klogmod check is the gate; commit these files to close it");
    Ok(status)
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
