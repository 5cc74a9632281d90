//! The ratchet: what is new against a baseline, what was lost, and what the baseline allows for nothing.

use std::collections::{BTreeMap, BTreeSet};

use super::baseline::{Baseline, Entry, Section, is_lint, message_of, must_change};
use crate::measure::coverage::{Call, Report};

/// A call and its file.
pub(super) type Found<'r> = (&'r str, &'r Call);

/// What differs from a baseline.
#[derive(Debug, Default)]
pub(super) struct Drift<'r> {
    /// Unstructured calls that it does not have.
    pub new: Vec<Found<'r>>,
    /// Findings that it does not have, by their place in the report.
    pub findings: Vec<usize>,
    /// Calls that lost their request ID.
    pub lost: Vec<Found<'r>>,
    /// Entries that nothing needs.
    pub slack: Vec<Entry>,
}

/// Compares a report with a baseline. `looked_at` says whether a path was part of the run.
/// `is_there`, whether a file still stands.
pub(super) fn drift<'r>(
    report: &'r Report,
    baseline: &Baseline,
    looked_at: &dyn Fn(&str) -> bool,
    is_there: &dyn Fn(&str) -> bool,
) -> Drift<'r> {
    let calls = || report.files.iter().flat_map(|file| file.calls.iter().map(move |call| (file.path.as_str(), call)));
    let mut found = Drift::default();
    // That something unseen is gone shuts no gate.
    let mut unused: BTreeSet<&Entry> = baseline.entries.iter().filter(|e| e.section != Section::Unseen).collect();
    let mut unknown = Vec::new();
    for (path, call) in calls().filter(|(_, call)| must_change(call)) {
        if !unused.remove(&Entry::of_call(path, call)) {
            unknown.push((path, call));
        }
    }
    // A call that moved with its function, or whose twins changed, is the same call: inside its package, or where its whole
    // file has gone. What one package loses is no leave for another.
    let directory = |path: &str| path.rsplit_once('/').map_or("", |(dir, _)| dir).to_owned();
    let mut moved: BTreeMap<(&str, &str), Vec<&Entry>> = BTreeMap::new();
    for entry in unused.iter().filter(|entry| entry.section == Section::Unstructured) {
        moved.entry((&entry.detail, &entry.function)).or_default().push(entry);
    }
    for (path, call) in unknown {
        let entries = moved.get_mut(&(call.statement.as_str(), call.function.as_str()));
        let fits = |entry: &&Entry| directory(&entry.path) == directory(path) || !is_there(&entry.path);
        let same = entries.and_then(|entries| entries.iter().rposition(fits).map(|at| entries.remove(at)));
        // It stays among what nothing needs, so that the baseline is written anew.
        if same.is_none() {
            found.new.push((path, call));
        }
    }
    for (at, finding) in report.findings.iter().enumerate().filter(|(_, finding)| is_lint(finding)) {
        if !unused.remove(&Entry::of_finding(finding)) && !baseline.entries.contains(&Entry::of_finding(finding)) {
            found.findings.push(at);
        }
    }
    request_ids(&mut found, &mut unused, &calls().collect::<Vec<_>>());
    let unread: BTreeSet<&str> = calls().filter(|(_, c)| c.fingerprint.as_str().is_empty()).map(|(p, _)| p).collect();
    let judged = |entry: &&&Entry| looked_at(&entry.path) && !unread.contains(entry.path.as_str());
    found.slack = unused.iter().filter(judged).map(|entry| (*entry).clone()).collect();
    found
}

/// A message that fewer calls carry an ID for than before, while a call in the same function has it without one.
fn request_ids<'r>(found: &mut Drift<'r>, unused: &mut BTreeSet<&Entry>, calls: &[Found<'r>]) {
    let mut by_message: BTreeMap<(&str, &str, &str), Vec<&'r Call>> = BTreeMap::new();
    for (path, call) in calls {
        by_message.entry((path, &call.function, message_of(call))).or_default().push(call);
    }
    let entries: Vec<&Entry> = unused.iter().filter(|entry| entry.section == Section::RequestId).copied().collect();
    for entry in entries {
        let had = entry.count() as usize;
        let key = (entry.path.as_str(), entry.function.as_str(), entry.detail.as_str());
        let Some(now) = by_message.get(&key) else { continue };
        let have = now.iter().filter(|call| call.has_request_id()).count();
        if have >= had {
            unused.remove(entry);
            continue;
        }
        let path = calls.iter().map(|(path, _)| *path).find(|path| *path == entry.path).unwrap_or_default();
        let without: Vec<_> = now.iter().filter(|call| !call.has_request_id() && !call.unstructured).collect();
        if !without.is_empty() {
            // It is no slack: the call is there, and is to get its ID back.
            unused.remove(entry);
        }
        found.lost.extend(without.into_iter().take(had - have).map(|call| (path, *call)));
    }
}
