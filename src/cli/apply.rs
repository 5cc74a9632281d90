//! `klogmod apply`: write to the tree.

use std::path::PathBuf;

use anyhow::Result;

use super::args::{EditArgs, FixArgs, Planned, Status, TreeArgs};
use super::terminal;
use crate::rewrite::FileFix;
use crate::worktree::{self, State};

/// Write the changes to the tree.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    fixes: FixArgs,
    /// Write even where files differ from the newest commit.
    #[arg(long)]
    allow_dirty: bool,
    /// Write even outside a git repository, where nothing can be undone.
    #[arg(long)]
    allow_no_vcs: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let planned = args.tree.plan(args.edits.edits())?;
    let status = planned.report();
    if let Some(refusal) = refusal(args, &planned)? {
        terminal::error(&refusal);
        return Ok(Status::Refused);
    }
    let mut fixes: Vec<(PathBuf, FileFix)> = Vec::new();
    for file in &planned.plan.files {
        match file.fixed(&|fix| args.fixes.takes(fix)) {
            Ok(Some(fix)) => fixes.push((planned.plan.root.join(&*file.path), fix)),
            Ok(None) => {}
            Err(diagnostic) => terminal::diagnostic(&diagnostic),
        }
    }
    let calls: usize = planned.plan.files.iter().map(|f| f.fixes(&|fix| args.fixes.takes(fix)).count()).sum();
    let mut failed = 0;
    for (path, fix) in &fixes {
        if let Err(error) = worktree::replace_file(path, &fix.old, &fix.new) {
            terminal::error(&error.to_string());
            failed += 1;
        }
    }
    let written = fixes.len() - failed;
    terminal::note(&format!("{calls} calls planned; {written} of {} files written", fixes.len()));
    Ok(if failed > 0 { Status::Incomplete } else { status })
}

/// Why nothing may be written.
fn refusal(args: &Args, planned: &Planned) -> Result<Option<String>> {
    if args.allow_dirty && args.allow_no_vcs {
        return Ok(None);
    }
    Ok(match worktree::state(&planned.plan.root)? {
        State::NoRepository if !args.allow_no_vcs => Some(format!(
            "{} is in no git repository, so that nothing could be undone; --allow-no-vcs writes all the same",
            planned.plan.root.display()
        )),
        State::Dirty(files) if !args.allow_dirty => {
            let some: Vec<_> = files.iter().take(5).map(String::as_str).collect();
            let more = if files.len() > 5 { format!(" and {} more", files.len() - 5) } else { String::new() };
            Some(format!(
                "the worktree has uncommitted changes ({}{more}); commit or stash them, or pass --allow-dirty",
                some.join(", ")
            ))
        }
        _ => None,
    })
}
