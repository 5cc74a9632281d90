//! A plan of the tree with threads, told of the checkout as it is: for those who look there.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::applied::Applied;
use super::whole::Plan;
use crate::path::Standing;
use crate::text::diagnostic::RelPath;
use crate::text::{LineCol, LineIndex, Moved, Span};
use crate::write::edit::Outcome;
use crate::write::thread::Threads;

/// A file that threads change.
struct Changed<'t> {
    old: &'t Arc<[u8]>,
    moved: &'t Moved,
    lines: LineIndex,
    new: &'t [u8],
    new_lines: LineIndex,
}

impl Changed<'_> {
    fn span(&self, span: Span) -> Span {
        let Span { start, end } = self.moved.span_before(span);
        Span::new(start.min(self.old.len()), end.min(self.old.len()))
    }

    fn place(&self, offset: usize) -> LineCol {
        self.lines.line_col(self.moved.before(offset).min(self.old.len()))
    }

    fn at(&self, LineCol { line, col }: LineCol) -> LineCol {
        let start = self.new_lines.line_start(line).unwrap_or(self.new.len());
        self.place(start + (col as usize).saturating_sub(1))
    }

    /// Where the first word of a line stood.
    fn line(&self, line: u32) -> u32 {
        let start = self.new_lines.line_start(line).unwrap_or(self.new.len());
        let blank = self.new[start..].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        self.place(start + blank).line
    }
}

/// Says where everything stands in the checkout without its threads: lines, columns and paths. Edits stay those of the files with them.
pub fn place_in_checkout(plan: &mut Plan, threads: &Threads) {
    let files = changed(threads);
    for site in plan.files.iter_mut().flat_map(|file| &mut file.sites) {
        if let Some(file) = files.get(&site.site.path) {
            site.site.position = file.place(site.site.span.start);
            if let Outcome::Suppressed(suppression) = &mut site.outcome {
                suppression.position = file.at(suppression.position);
            }
        }
        let Some(Standing::On(on)) = &mut site.standing else { continue };
        for hop in &mut on.witness {
            hop.line = files.get(&hop.file).map_or(hop.line, |file| file.line(hop.line));
        }
    }
    for diagnostic in &mut plan.diagnostics {
        if let (Some(file), Some(position)) = (files.get(&diagnostic.path), &mut diagnostic.position) {
            *position = file.at(*position);
        }
    }
    plan.diagnostics.sort();
}

/// As [`place_in_checkout`], with the texts of the checkout: the plan is to be read then, its edits fit no file.
pub fn tell_of_checkout(plan: &mut Plan, threads: &Threads) {
    place_in_checkout(plan, threads);
    let files = changed(threads);
    for plan in &mut plan.files {
        let Some(file) = files.get(&plan.path) else { continue };
        (plan.source, plan.applied) = (file.old.clone(), Applied::default());
        for site in &mut plan.sites {
            site.site.span = file.span(site.site.span);
            if let Outcome::Fix(fix) = &mut site.outcome {
                fix.elsewhere.iter_mut().for_each(|edit| edit.span = file.span(edit.span));
            }
        }
    }
}

fn changed(threads: &Threads) -> BTreeMap<&RelPath, Changed<'_>> {
    let mut files: BTreeMap<&RelPath, Changed<'_>> = BTreeMap::new();
    for step in threads.threads.iter().flat_map(|thread| &thread.steps) {
        let (Some(before), Some(moved)) = (&step.before, threads.moved.get(&step.path)) else { continue };
        let old = files.remove(&step.path).map_or(before, |file| file.old);
        let (lines, new_lines) = (LineIndex::new(old), LineIndex::new(&step.after));
        files.insert(&step.path, Changed { old, moved, lines, new: &step.after, new_lines });
    }
    files
}
