//! Calls as a coverage tool sees them: lines, each with its calls as branches.

use std::collections::BTreeMap;

use super::Document;
use crate::measure::coverage::FileRecord;

/// The calls that start in one line: whether each is covered.
pub(super) type Lines = BTreeMap<u32, Vec<bool>>;

/// A file's lines; calls that do not count have none.
pub(super) fn of(file: &FileRecord, document: &Document<'_>) -> Lines {
    let mut lines = Lines::new();
    for call in &file.calls {
        if let Some(covered) = document.measure.covers(call.part) {
            lines.entry(call.line).or_default().push(covered);
        }
    }
    lines
}

/// How often a line was `run`: as often as it has calls, if all are covered.
pub(super) fn hits(calls: &[bool]) -> usize {
    if calls.iter().all(|covered| *covered) { calls.len() } else { 0 }
}
