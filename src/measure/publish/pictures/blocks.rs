//! The same pictures as block characters, for readers of Markdown: summaries and comments show neither SVG nor images that are not
//! somewhere on the network, and Mermaid has no stacked bars. The figures stand beside them.

use super::super::Document;
use super::super::escape::markdown;
use super::bars::largest;
use super::matrix::{Grid, grid};
use crate::measure::coverage::{Part, Parts};
use crate::text::counted;

/// Rows of bars.
const MOST: usize = 10;
/// Characters that the longest bar has, and each cell's.
const BAR: u64 = 30;
const CELL: u64 = 8;
/// Characters of the parts, in their order; those that count towards no rate look alike.
const BLOCKS: [char; 8] = ['█', '▓', '▒', '░', '·', '·', '·', '?'];

/// What the characters mean.
pub(in super::super) fn legend() -> String {
    let [with, without, fixable, skipped, kept, _, _, unread] = BLOCKS;
    format!(
        "`{with}` structured, with request ID · `{without}` structured, without it · `{fixable}` fixable · `{skipped}` skipped · \
         `{kept}` not counted: suppressed, batch work, fix rejected · `{unread}` not analysed\n"
    )
}

/// As many characters as a whole has, shared among the parts; `most` calls have all of them.
fn bar(parts: &Parts, most: u64, wide: u64) -> String {
    let at = |calls: u64| (calls.saturating_mul(wide) + most / 2) / most.max(1);
    let mut bar = String::new();
    let mut before = 0;
    for (part, block) in Part::ALL.into_iter().zip(BLOCKS) {
        let after = before + parts.get(part);
        bar.extend(std::iter::repeat_n(block, at(after).saturating_sub(at(before)) as usize));
        before = after;
    }
    if bar.is_empty() { String::new() } else { format!("`{bar}`") }
}

/// A table of bars: its head, and a row for each value with most calls.
pub(in super::super) fn bars(dimension: &str, document: &Document<'_>) -> (String, Vec<String>) {
    let (values, others, their_calls) = largest(dimension, document, MOST);
    let most = values.first().map_or(0, |(_, tally)| tally.calls);
    let head = format!("### Calls by {dimension}\n\n| {dimension} | | calls | covered |\n|---|---|---:|---:|\n");
    let row = |(value, tally): &(&String, &crate::measure::coverage::Tally)| {
        let rate = document.measure.rate(&tally.parts);
        format!("| {} | {} | {} | {rate} |\n", markdown(value), bar(&tally.parts, most, BAR), tally.calls)
    };
    let mut rows: Vec<String> = values.iter().map(row).collect();
    if others > 0 {
        rows.push(format!("\nIn the tables below: {others} more, with {}.\n", counted(their_calls as usize, "call")));
    }
    (head, rows)
}

/// Operations by resources: its head, and a row for each operation.
pub(in super::super) fn matrix(document: &Document<'_>) -> (String, Vec<String>) {
    let Grid { operations, resources, cells } = grid(document);
    let heads: Vec<String> = resources.iter().map(|resource| markdown(resource)).collect();
    let head = format!(
        "### Operations on resources\n\n| | {} |\n|---{}|\n",
        heads.join(" | "),
        "|:---:".repeat(resources.len())
    );
    let cell = |operation: &str, resource: &str| match cells.get(&(operation, resource)) {
        None => String::new(),
        Some(tally) => {
            let rate = document.measure.rate(&tally.parts);
            format!("{}<br>{rate} of {}", bar(&tally.parts, tally.calls, CELL), rate.counted)
        }
    };
    let row = |operation: &&str| {
        let row: Vec<String> = resources.iter().map(|resource| cell(operation, resource)).collect();
        format!("| {} | {} |\n", markdown(operation), row.join(" | "))
    };
    (head, operations.iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        let parts = Parts { with_request_id: 1, without_request_id: 1, fixable: 2, ..Parts::default() };
        assert_eq!(bar(&parts, 4, 8), "`██▓▓▒▒▒▒`");
        assert_eq!(bar(&parts, 8, 8), "`█▓▒▒`");
        // Rounding neither adds a character nor takes one away.
        let thirds = Parts { fixable: 1, skipped: 1, batch: 1, ..Parts::default() };
        assert_eq!(bar(&thirds, 3, 8).chars().count(), 10);
        assert_eq!(bar(&Parts::default(), 0, 8), "");
    }
}
