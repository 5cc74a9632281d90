//! `klogmod apply`: write to the tree.

use std::sync::atomic::Ordering;

use anyhow::Result;

use super::along::RuntimeArgs;
use super::args::{EditArgs, FixArgs, Planned, Status, TreeArgs};
use super::decisions::{DecisionArgs, note_states};
use super::place::Place;
use super::scope::ScopeArgs;
use super::terminal;
use crate::decide::decision::FILE_NAME;
use crate::go::files::GeneratedFiles;
use crate::plan::pipeline::{FilePlan, SitePlan};
use crate::ship::cut;
use crate::ship::worktree::{self, State};
use crate::text::counted;

/// Write the changes to the tree, or those at PATH:LINE[:COL].
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    fixes: FixArgs,
    #[command(flatten)]
    runtime: RuntimeArgs,
    #[command(flatten)]
    decisions: DecisionArgs,
    /// Only what was accepted or edited.
    #[arg(long)]
    accepted_only: bool,
    /// Write even where files differ from the newest commit.
    #[arg(long)]
    allow_dirty: bool,
    /// Write even outside a git repository, where nothing can be undone.
    #[arg(long)]
    allow_no_vcs: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let (tree, places) = places(&args.tree);
    // Who names a line means that call, wherever it stands.
    let scope = if places.is_empty() { args.scope.options()? } else { ScopeArgs::everything() };
    let planned = tree.plan(args.edits.edits(), scope)?;
    let status = planned.report();
    if let Some(refusal) = refusal(args, &planned)? {
        terminal::error(&refusal);
        return Ok(Status::Refused);
    }
    let decisions = args.decisions.load(&planned.plan.root)?;
    let mut changes = planned.changes(&decisions);
    let choice = args.fixes.choice(args.accepted_only);
    note_states(&changes, &decisions, choice);
    if !places.is_empty() {
        let meant = meant(&planned, &places);
        changes.list.retain(|change| meant.iter().any(|call| std::ptr::eq(*call, change.site)));
    }
    let options = cut::Options { choice, max_lines: usize::MAX, structural: None };
    let cut = cut::cut(&changes, &options, &GeneratedFiles::default());
    for complaint in &cut.complaints {
        terminal::diagnostic(complaint);
    }
    let fixes: Vec<_> = cut.parts.iter().flat_map(|part| &part.files).collect();
    let along = args.runtime.along(&planned, &fixes)?;
    let fixes = along.with(fixes.into_iter().cloned().collect());
    let calls: usize = cut.parts.iter().map(|part| part.changes.len()).sum();
    let (mut failed, mut written) = (0, 0);
    let interrupted = terminal::interruption();
    for change in &fixes {
        if interrupted.load(Ordering::Relaxed) {
            let left = fixes.len() - written - failed;
            terminal::error(&format!(
                "interrupted: {written} of {} written, each whole; as they were: {left}",
                counted(fixes.len(), "file")
            ));
            return Ok(Status::Interrupted);
        }
        if let Err(error) = planned.write(change) {
            terminal::error(&error.to_string());
            failed += 1;
            continue;
        }
        written += 1;
    }
    terminal::note(&format!(
        "{} planned; {written} of {} written",
        counted(calls, "call"),
        counted(fixes.len(), "file")
    ));
    terminal::copies(&planned.plan, fixes.iter().map(|change| &change.path));
    Ok(if failed > 0 || !cut.complaints.is_empty() { Status::Incomplete } else { status })
}

/// The tree, and the places that were named in it.
fn places(tree: &TreeArgs) -> (TreeArgs, Vec<Place>) {
    let mut tree = tree.clone();
    let mut places = Vec::new();
    for path in &mut tree.paths {
        let Some(place) = path.to_str().and_then(Place::parse).filter(|_| !path.exists()) else { continue };
        if let Ok(file) = place.file.canonicalize() {
            *path = place.file;
            places.push(Place { file, ..place });
        }
    }
    tree.tests |= !places.is_empty();
    (tree, places)
}

/// The calls at the places that were named.
fn meant<'p>(planned: &'p Planned, places: &[Place]) -> Vec<&'p SitePlan> {
    let of_file = |file: &'p FilePlan| -> Vec<&'p SitePlan> {
        let Ok(path) = planned.plan.root.join(&*file.path).canonicalize() else { return Vec::new() };
        places.iter().filter(|place| place.file == path).flat_map(|place| place.meant(file)).collect()
    };
    planned.plan.files.iter().flat_map(of_file).collect()
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
        // Decisions may well be under way; they are not what is written.
        State::Dirty(files) if files.iter().all(|path| path.ends_with(FILE_NAME)) => None,
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
