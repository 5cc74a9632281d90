//! Files to patches: packages stay whole where they fit, files where they must, and calls are parted only in a file that is
//! too large alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::part::{Group, Part, Stage, Taken, common_dir};
use crate::go::files::GeneratedFiles;
use crate::go::parse::LazyTree;
use crate::plan::pipeline::FilePlan;
use crate::ship::series::{LineCounts, line_counts};
use crate::text::FileChange;
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::write::edit::Fix;

/// A file before the edits, after the structural ones, and after all of them.
type States = [Arc<[u8]>; 3];

/// What is never parted: calls of one file, and the file before and after them.
pub(super) struct Unit<'c, 'p> {
    pub file: &'p FilePlan,
    pub taken: Vec<Taken<'c, 'p>>,
    /// The file before, after the structural edits, and after all of them.
    states: States,
    pub size: usize,
}

/// What is said of a file whose fixes do not go together.
pub(super) fn complaint(file: &FilePlan, why: &str) -> Diagnostic {
    Diagnostic::error(file.path.clone(), format!("its fixes cannot be applied: {why}"))
}

/// The units of one file, each within `max` lines.
pub(super) fn units<'c, 'p>(
    file: &'p FilePlan,
    taken: Vec<Taken<'c, 'p>>,
    max: usize,
) -> Result<Vec<Unit<'c, 'p>>, Diagnostic> {
    let complain = |text: String| complaint(file, &text);
    let tree = LazyTree::new(&file.source);
    let mut units = Vec::new();
    let mut before = file.source.clone();
    let mut done = 0;
    while done < taken.len() {
        // A changed call is a line less and a line more, at least.
        let mut end = taken.len().min(done + (max / 2).max(1));
        if end < taken.len() {
            end = whole_functions(&taken, done, end);
        }
        loop {
            let states = states(file, &tree, &taken, done, end, &before).map_err(complain)?;
            let size = size(&file.path, &states);
            if size <= max || end == done + 1 {
                before.clone_from(&states[2]);
                units.push((done..end, states, size));
                done = end;
                break;
            }
            // In proportion, and at least one call fewer.
            end = (done + (end - done) * max / size).clamp(done + 1, end - 1);
            end = whole_functions(&taken, done, end);
        }
    }
    let mut rest = taken.into_iter();
    Ok(units
        .into_iter()
        .map(|(range, states, size)| Unit { file, taken: rest.by_ref().take(range.len()).collect(), states, size })
        .collect())
}

/// An end between two functions where there is one, so that the parts' hunks lie apart.
fn whole_functions(taken: &[Taken<'_, '_>], start: usize, end: usize) -> usize {
    let function = |at: usize| taken.get(at).map(|t| &t.change.subject.function);
    (start + 1..=end).rev().find(|&at| function(at) != function(at - 1)).unwrap_or(end)
}

/// The file before this unit, after its structural edits, and after all of its edits.
fn states(
    file: &FilePlan,
    tree: &LazyTree<'_>,
    taken: &[Taken<'_, '_>],
    start: usize,
    end: usize,
    before: &Arc<[u8]>,
) -> Result<States, String> {
    let apply = |fixes: Vec<&Fix>| match fixes.is_empty() {
        true => Ok(file.source.clone()),
        false => file.with_fixes(tree, &fixes).map(|fixed| fixed.after).map_err(|e| e.to_string()),
    };
    let mut structural = taken[start..end].iter().filter_map(|t| t.structural.as_deref()).peekable();
    let middle = match structural.peek() {
        None => before.clone(),
        Some(_) => apply(taken[..start].iter().map(|t| t.fix.as_ref()).chain(structural).collect())?,
    };
    let after = apply(taken[..end].iter().map(|t| t.fix.as_ref()).collect())?;
    Ok([before.clone(), middle, after])
}

/// The largest of the patches that the states may become.
fn size(path: &RelPath, [before, middle, after]: &States) -> usize {
    let lines = |old: &Arc<[u8]>, new: &Arc<[u8]>| {
        let counts = line_counts(&FileChange::edited(path.clone(), old.clone(), new.clone()));
        counts.added + counts.removed
    };
    lines(before, after).max(lines(before, middle)).max(lines(middle, after))
}

/// Units to patches of at most `max` lines; a package is parted only where it does not fit alone.
pub(super) fn pack<'c, 'p>(units: Vec<Unit<'c, 'p>>, max: usize, generated: &GeneratedFiles) -> Vec<Vec<Unit<'c, 'p>>> {
    let mut packages: BTreeMap<String, Vec<Unit<'c, 'p>>> = BTreeMap::new();
    for unit in units {
        packages.entry(unit.taken[0].change.package().to_owned()).or_default().push(unit);
    }
    let cost = |unit: &Unit<'_, '_>| if generated.contains(&unit.file.path) { 0 } else { unit.size };
    let mut patches: Vec<(usize, Vec<Unit<'c, 'p>>)> = Vec::new();
    for units in packages.into_values() {
        let whole: usize = units.iter().map(cost).sum();
        let fits =
            |patches: &[(usize, Vec<Unit<'_, '_>>)], more: usize| patches.last().is_some_and(|p| p.0 + more <= max);
        if !fits(&patches, whole) {
            patches.push((0, Vec::new()));
        }
        for unit in units {
            // A file that was parted is too large for one patch, and its parts build on each other.
            let again =
                |patch: &(usize, Vec<Unit<'_, '_>>)| patch.1.last().is_some_and(|u| u.file.path == unit.file.path);
            if !fits(&patches, cost(&unit)) || patches.last().is_some_and(again) {
                patches.push((0, Vec::new()));
            }
            if let Some((size, patch)) = patches.last_mut() {
                *size += cost(&unit);
                patch.push(unit);
            }
        }
    }
    patches.into_iter().map(|(_, units)| units).filter(|units| !units.is_empty()).collect()
}

/// The patches of one packing: one, or one for each stage that changes something.
pub(super) fn parts<'c, 'p>(
    group: &Group,
    units: Vec<Unit<'c, 'p>>,
    split: bool,
    generated: &GeneratedFiles,
) -> Vec<Part<'c, 'p>> {
    let stages: &[(Stage, usize, usize)] =
        if split { &[(Stage::Structural, 0, 1), (Stage::RequestId, 1, 2)] } else { &[(Stage::Whole, 0, 2)] };
    let dir = common_dir(units.iter().map(|unit| &*unit.file.path));
    let mut parts = Vec::new();
    for &(stage, from, to) in stages {
        let mut part = Part {
            group: group.clone(),
            stage,
            dir: dir.clone(),
            number: (1, 1),
            changes: Vec::new(),
            files: Vec::new(),
            counts: LineCounts::default(),
        };
        for unit in &units {
            let (old, new) = (unit.states[from].clone(), unit.states[to].clone());
            let change = FileChange::edited(unit.file.path.clone(), old, new);
            if !change.is_real() {
                continue;
            }
            if !generated.contains(&change.path) {
                part.counts += line_counts(&change);
            }
            part.changes.extend(unit.taken.iter().filter(|taken| concerns(taken, stage)).map(|taken| taken.change));
            part.files.push(change);
        }
        if !part.files.is_empty() {
            parts.push(part);
        }
    }
    parts
}

/// Whether a stage touches a call.
fn concerns(taken: &Taken<'_, '_>, stage: Stage) -> bool {
    match stage {
        Stage::Whole => true,
        Stage::Structural => taken.structural.is_some(),
        Stage::RequestId => taken.structural.as_ref().is_none_or(|fix| fix.after != taken.fix.after),
    }
}
