//! Pictures of a report: how far the largest parts of a tree are, and each operation on each resource. They take the page's colours, and
//! each says in words what it shows, so that it is read in print as well.

use std::collections::{BTreeMap, BTreeSet};

use super::Document;
use super::escape::xml;
use crate::measure::coverage::{NONE, Part, Tally};

/// Colours of the parts, in their order.
pub(super) const COLOURS: [&str; 8] =
    ["#1b7f3b", "#86b98f", "#e0a100", "#c2571a", "#8a8a8a", "#5b7fb5", "#a05a9c", "#b00020"];
/// Bars in a picture; a tree may have hundreds of owners.
const MOST: usize = 20;
const NAMES: u64 = 260;
const WIDTH: u64 = 560;
const ROW: u64 = 22;
const CELL: u64 = 96;

/// The pictures that a report has something for.
pub(super) fn all(document: &Document<'_>) -> String {
    let tables = &document.report.tables;
    let bars = ["owner", "operation"].into_iter();
    let bars = bars.filter_map(|dimension| Some(self::bars(dimension, tables.get(dimension)?, document)));
    let matrix = tables.get("operation/resource").map(|table| matrix(table, document));
    bars.chain(matrix).collect()
}

/// The values of a dimension with the most calls, each as a bar of its parts.
fn bars(dimension: &str, table: &BTreeMap<String, Tally>, document: &Document<'_>) -> String {
    let mut values: Vec<_> = table.iter().filter(|(value, _)| *value != NONE).collect();
    values.sort_by(|a, b| b.1.calls.cmp(&a.1.calls).then_with(|| a.0.cmp(b.0)));
    let left_out = values.len().saturating_sub(MOST);
    values.truncate(MOST);
    let most = values.first().map_or(0, |(_, tally)| tally.calls).max(1);
    let mut body = String::new();
    for (at, (value, tally)) in values.iter().enumerate() {
        let y = ROW * at as u64;
        let base = y + 14;
        body.push_str(&format!("<text x=\"{}\" y=\"{base}\" text-anchor=\"end\">{}</text>\n", NAMES - 8, xml(value)));
        let mut x = NAMES;
        for (part, colour) in Part::ALL.iter().zip(COLOURS) {
            let count = tally.parts.get(*part);
            let width = count * WIDTH / most;
            if count > 0 {
                body.push_str(&format!(
                    "<rect x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"16\" fill=\"{colour}\"><title>{}: {count}</title></rect>\n",
                    y + 2,
                    xml(part.title())
                ));
            }
            x += width;
        }
        let rate = document.measure.rate(&tally.parts);
        body.push_str(&format!("<text x=\"{}\" y=\"{base}\">{} calls, {rate}</text>\n", x + 8, tally.calls));
    }
    let more = if left_out > 0 { format!("; {left_out} more in the table below") } else { String::new() };
    let legend = Part::ALL.iter().zip(COLOURS);
    let legend = legend.map(|(part, colour)| format!("<span style=\"color:{colour}\">■</span> {}", xml(part.title())));
    let legend = legend.collect::<Vec<_>>().join(" · ");
    let height = ROW * values.len() as u64;
    format!(
        "<figure><figcaption>Calls by {}{more}. {legend}</figcaption>\n{}</figure>\n",
        xml(dimension),
        svg(NAMES + WIDTH + 160, height, &format!("calls by {dimension}"), &body)
    )
}

/// Operations by resources, each with its rate.
fn matrix(table: &BTreeMap<String, Tally>, document: &Document<'_>) -> String {
    let cells: BTreeMap<(&str, &str), &Tally> =
        table.iter().filter_map(|(value, tally)| Some((value.split_once('/')?, tally))).collect();
    let operations: BTreeSet<&str> = cells.keys().map(|(operation, _)| *operation).collect();
    let resources: Vec<&str> =
        cells.keys().map(|(_, resource)| *resource).collect::<BTreeSet<_>>().into_iter().collect();
    let mut body = String::new();
    for (at, resource) in resources.iter().enumerate() {
        let x = NAMES + CELL * at as u64 + CELL / 2;
        body.push_str(&format!("<text x=\"{x}\" y=\"14\" text-anchor=\"middle\">{}</text>\n", xml(resource)));
    }
    for (row, operation) in operations.iter().enumerate() {
        let y = ROW * (row as u64 + 1);
        let base = y + 15;
        body.push_str(&format!(
            "<text x=\"{}\" y=\"{base}\" text-anchor=\"end\">{}</text>\n",
            NAMES - 8,
            xml(operation)
        ));
        for (at, resource) in resources.iter().enumerate() {
            let Some(tally) = cells.get(&(*operation, *resource)) else { continue };
            let rate = document.measure.rate(&tally.parts);
            let x = NAMES + CELL * at as u64;
            // Light enough for the words on it, in light and dark.
            let covered = rate.per_mille() * 6 / 10;
            body.push_str(&format!(
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\" fill-opacity=\"0.{covered:03}\" stroke=\"currentColor\" stroke-opacity=\"0.3\"/>\n",
                x + 1, y + 1, CELL - 2, ROW - 2, COLOURS[0]
            ));
            body.push_str(&format!(
                "<text x=\"{}\" y=\"{base}\" text-anchor=\"middle\">{rate} of {}</text>\n",
                x + CELL / 2,
                tally.calls
            ));
        }
    }
    let (width, height) = (NAMES + CELL * resources.len() as u64, ROW * (operations.len() as u64 + 1));
    format!(
        "<figure><figcaption>Operations on resources: how many of the calls that each reaches are covered</figcaption>\n{}</figure>\n",
        svg(width, height, "operations on resources", &body)
    )
}

fn svg(width: u64, height: u64, title: &str, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\" fill=\"currentColor\">\n<title>{}</title>\n{body}</svg>\n",
        xml(title)
    )
}
