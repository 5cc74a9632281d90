//! The values of a dimension with the most calls, each as a bar of its parts.

use super::super::Document;
use super::canvas::{Anchor, Canvas, in_words, width};
use crate::measure::coverage::{NONE, Tally};
use crate::text::counted;

/// Bars in a picture; a tree may have hundreds of owners.
const MOST: usize = 20;
/// Pixels that a name may have.
const NAME: u64 = 300;
const BAR: u64 = 440;
const COUNT: u64 = 150;
const ROW: u64 = 22;

/// The values with most calls, and how many others there are with how many calls.
pub(super) fn largest<'d>(
    dimension: &str,
    document: &Document<'d>,
    most: usize,
) -> (Vec<(&'d String, &'d Tally)>, usize, u64) {
    let table = document.report.tables.get(dimension);
    let mut values: Vec<_> = table.into_iter().flatten().filter(|(value, _)| *value != NONE).collect();
    values.sort_by(|a, b| b.1.calls.cmp(&a.1.calls).then_with(|| a.0.cmp(b.0)));
    let others = values.get(most..).unwrap_or_default();
    let (count, calls) = (others.len(), others.iter().map(|(_, tally)| tally.calls).sum());
    values.truncate(most);
    (values, count, calls)
}

/// The picture; where nothing has a value, it says so.
pub(in super::super) fn bars(dimension: &str, document: &Document<'_>) -> String {
    let (values, others, their_calls) = largest(dimension, document, MOST);
    let most = values.first().map_or(0, |(_, tally)| tally.calls);
    let names = values.iter().map(|(value, _)| width(value)).max().unwrap_or(0).min(NAME) + 8;
    let whole = names + BAR + COUNT;
    let mut canvas = Canvas::new(dimension);
    let mut said = Vec::new();
    for (at, (value, tally)) in values.iter().enumerate() {
        let top = ROW * at as u64;
        let base = top + 14;
        let rate = document.measure.rate(&tally.parts);
        canvas.name(names - 8, base, Anchor::End, NAME, value);
        canvas.stack((names, top + 2), (BAR, 16), &tally.parts, most);
        let end = names + tally.calls * BAR / most.max(1);
        canvas.text(end + 8, base, Anchor::Start, &format!("{}, {rate}", counted(tally.calls as usize, "call")));
        said.push(format!(
            "{value}: {}, {rate} covered: {}",
            counted(tally.calls as usize, "call"),
            in_words(&tally.parts)
        ));
    }
    let mut bottom = ROW * values.len() as u64 + 8;
    let mut note = |text: &str| {
        canvas.text(0, bottom + 11, Anchor::Start, text);
        bottom += ROW;
    };
    match (values.is_empty(), others) {
        (true, _) => note(&format!("No call has a value of {dimension}.")),
        (false, 0) => {}
        (false, others) => note(&format!(
            "In the tables of the report: {others} more, with {}.",
            counted(their_calls as usize, "call")
        )),
    }
    note(&format!("Percentages are of the calls that count, by {}.", document.measure.name()));
    let height = canvas.legend(bottom, whole, &|part| part.title().to_owned());
    canvas.finish(whole, height, &format!("klog calls by {dimension}"), &said)
}
