//! The sentences that formats for people have.

use super::Document;
use crate::measure::coverage::{Part, Report};

/// `12 klog calls: 3 structured, with request ID; …`.
pub(super) fn sentence(document: &Document<'_>) -> String {
    let totals = &document.report.totals;
    let parts = Part::ALL.iter().map(|part| format!("{} {}", totals.parts.get(*part), part.title()));
    format!("{} klog calls: {}", totals.calls, parts.collect::<Vec<_>>().join("; "))
}

/// What a report comes to.
pub(super) fn summary(document: &Document<'_>) -> String {
    match document.differing {
        Some(differing) => change(document.report, differing),
        None => format!("{}. {}", sentence(document), rate(document)),
    }
}

/// What the Go files have that differ from something, `files` of them `from` it: nothing that takes more of the tree to tell.
pub(super) fn change(report: &Report, (files, from): (usize, &str)) -> String {
    let (mut with, mut without, mut printed, mut unread) = (0, 0, 0, 0);
    for call in report.files.iter().flat_map(|file| &file.calls) {
        let count = match call.part {
            Part::NotAnalysed => &mut unread,
            Part::WithRequestId => &mut with,
            _ if call.unstructured => &mut printed,
            _ => &mut without,
        };
        *count += 1;
    }
    let counts = [
        (with, "structured, with request ID"),
        (without, "structured, without request ID"),
        (printed, "not structured"),
        (unread, "not analysed"),
    ];
    let split: Vec<String> =
        counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let colon = if split.is_empty() { "" } else { ": " };
    let calls = report.totals.calls;
    format!("{calls} klog calls in {files} Go files that differ from {from}{colon}{}", split.join("; "))
}

/// `45.3 % (5 of 11) by request-id`.
pub(super) fn rate(document: &Document<'_>) -> String {
    let rate = document.rate();
    if rate.counted == 0 {
        return format!("nothing to count by {}", document.measure.name());
    }
    format!("{rate} ({} of {}) by {}", rate.covered, rate.counted, document.measure.name())
}

/// `left alone: 3 vendored code, 1 generated files`; none where nothing was.
pub(super) fn left_alone(document: &Document<'_>) -> Option<String> {
    let list: Vec<String> = document.report.left_alone.iter().map(|(why, count)| format!("{count} {why}")).collect();
    (!list.is_empty()).then(|| format!("left alone: {}", list.join(", ")))
}

/// Which shards the report is made of, if not of all.
pub(super) fn partial(document: &Document<'_>) -> Option<String> {
    let shards = document.report.shards.as_ref()?;
    let have: Vec<String> = shards.have.iter().map(u32::to_string).collect();
    Some(format!("shards {} of {} only", have.join(", "), shards.of))
}
