//! `klogmod apply`: write to the tree.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use anyhow::Result;

use super::along::RuntimeArgs;
use super::args::{EditArgs, FixArgs, Planned, Status, TreeArgs};
use super::decisions::{DecisionArgs, note_states};
use super::guard::Guard;
use super::place::Place;
use super::scope::ScopeArgs;
use super::terminal;
use crate::decide::change::{Change, Changes, Choice};
use crate::go::files::GeneratedFiles;
use crate::plan::pipeline::{FilePlan, SitePlan};
use crate::ship::along::Along;
use crate::ship::cut;
use crate::text::{FileChange, counted};
use crate::write::edit::Applicability;

/// Files that are named in a note.
const NAMED: usize = 3;

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
    /// Write even where files differ from the newest commit, or are in none.
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
    let guard = Guard { allow_dirty: args.allow_dirty, allow_no_vcs: args.allow_no_vcs };
    if let Some(refusal) = guard.refusal(&planned)? {
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
    if let Some(refusal) = guard.unkept(&planned, fixes.iter().map(|change| &change.path))? {
        terminal::error(&refusal);
        return Ok(Status::Refused);
    }
    let calls: Vec<&Change<'_>> = cut.parts.iter().flat_map(|part| part.changes.iter().copied()).collect();
    let Some((written, failed)) = write(&planned, &fixes) else { return Ok(Status::Interrupted) };
    let reviewed = match calls.iter().filter(|change| change.fix.applicability == Applicability::NeedsReview).count() {
        0 => String::new(),
        some => format!(", {some} of them for review"),
    };
    terminal::note(&format!(
        "{} planned{reviewed}; {written} of {} written",
        counted(calls.len(), "call"),
        counted(fixes.len(), "file")
    ));
    note_left_out(&changes, choice);
    note_along(&along);
    terminal::copies(&planned.plan, fixes.iter().map(|change| &change.path));
    Ok(if failed > 0 || !cut.complaints.is_empty() { Status::Incomplete } else { status })
}

/// Writes files, each whole: how many were written and how many could not be; none if somebody interrupted it.
fn write(planned: &Planned, fixes: &[FileChange]) -> Option<(usize, usize)> {
    let (mut failed, mut written) = (0, 0);
    let interrupted = terminal::interruption();
    for change in fixes {
        if interrupted.load(Ordering::Relaxed) {
            let left = fixes.len() - written - failed;
            terminal::error(&format!(
                "interrupted: {written} of {} written, each whole; as they were: {left}",
                counted(fixes.len(), "file")
            ));
            return None;
        }
        match planned.write(change) {
            Ok(()) => written += 1,
            Err(error) => {
                terminal::error(&error.to_string());
                failed += 1;
            }
        }
    }
    Some((written, failed))
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

/// Says how many calls were passed over that are only shown unless somebody asks.
fn note_left_out(changes: &Changes<'_>, choice: Choice) {
    let is_left = |change: &&Change<'_>| change.fix.applicability == Applicability::DisplayOnly;
    let left = changes.list.iter().filter(is_left).count();
    if left > 0 && !choice.safe && !choice.display_only {
        terminal::note(&format!(
            "left out, since the process would end otherwise: {}; --display-only takes that",
            counted(left, "call")
        ));
    }
}

/// Says what was written beside the calls.
fn note_along(along: &Along) {
    for package in &along.packages {
        terminal::note(&format!(
            "request IDs come from {}, which goes along: --runtime=separate leaves it out",
            package.options.package_dir
        ));
    }
    let wired: BTreeSet<&str> =
        along.wires.iter().flat_map(|(_, wire)| &wire.files).map(|change| &*change.path).collect();
    if !wired.is_empty() {
        let (count, first) =
            (counted(wired.len(), "file"), wired.iter().take(NAMED).copied().collect::<Vec<_>>().join(", "));
        let more = if wired.len() > NAMED { ", …" } else { "" };
        terminal::note(&format!("what switches them on and passes them on is written to {count}: {first}{more}"));
    }
}
