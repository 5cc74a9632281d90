//! Which operations a series serves, and what proves it.

use std::collections::{BTreeMap, BTreeSet};

use super::Cut;
use crate::decide::change::Change;

/// Calls of a series by operation and resource; nothing if no call serves any.
pub(super) fn matrix(cut: &Cut<'_, '_>) -> String {
    let mut cells: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for change in cut.parts.iter().flat_map(|part| &part.changes) {
        for (operation, resource) in &change.priority.cells {
            cells.entry((operation, resource)).or_default().insert(change.subject.fingerprint.as_str());
        }
    }
    if cells.is_empty() {
        return String::new();
    }
    let operations: BTreeSet<&str> = cells.keys().map(|(operation, _)| *operation).collect();
    let resources: BTreeSet<&str> = cells.keys().map(|(_, resource)| *resource).collect();
    let first = operations.iter().map(|name| name.chars().count()).max().unwrap_or_default();
    let mut out = format!("\nCalls by what an operator does; many serve several operations:\n\n{:<first$}", "");
    for resource in &resources {
        out.push_str(&format!(" {resource:>10}"));
    }
    out.push('\n');
    for operation in &operations {
        let mut line = format!("{operation:<first$}");
        for resource in &resources {
            let width = resource.chars().count().max(10);
            let count = cells.get(&(*operation, *resource)).map_or(String::new(), |calls| calls.len().to_string());
            line.push_str(&format!(" {count:>width$}"));
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// The operations that a call serves, and the path to it.
pub(super) fn proof(change: &Change<'_>) -> String {
    let priority = &change.priority;
    if priority.cells.is_empty() {
        return String::new();
    }
    let served: Vec<String> = priority.cells.iter().map(|(o, r)| format!("{o} {r}")).collect();
    let mut out = format!("  serves  {} ({})\n", served.join(", "), priority.phase.as_deref().unwrap_or_default());
    for hop in &priority.witness {
        out.push_str(&format!("  path    {hop}\n"));
    }
    out
}
