//! The sentence that every format for people has.

use super::Document;
use crate::measure::coverage::Part;

/// `12 klog calls: 3 structured, with request ID; …`.
pub(super) fn sentence(document: &Document<'_>) -> String {
    let totals = &document.report.totals;
    let parts = Part::ALL.iter().map(|part| format!("{} {}", totals.parts.get(*part), part.title()));
    format!("{} klog calls: {}", totals.calls, parts.collect::<Vec<_>>().join("; "))
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
