//! A history as a table, CSV, a chart, a page and a document.

use std::io::{Error, Result, Write};

use serde::Serialize;

use crate::measure::coverage::{Measure, Part, Tables, Tally};
use crate::measure::publish::{Document, Format, csv_field, figure, html_report, over_time, page};
use crate::plan::report::inert_json;
use crate::plan::report::style::{BOLD, styled};

/// Name of the document's schema.
pub const SCHEMA: &str = "klogmod/history/v1";

/// One commit.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Point {
    /// The commit.
    pub revision: String,
    /// The day it was made.
    pub day: String,
    /// Files with klog calls.
    pub files: u64,
    /// All calls.
    pub totals: Tally,
    /// Calls by dimension and value.
    pub tables: Tables,
}

/// `coverage --history N --output json=PATH`.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct History {
    /// `klogmod/history/v1`.
    pub schema: String,
    /// klogmod's version.
    pub version: String,
    /// Digest of the rules.
    pub rules: String,
    /// What counts as covered.
    pub measure: Measure,
    /// Commits, oldest first.
    pub points: Vec<Point>,
}

/// Writes a history; not every format can show one. A page shows what the tree is like `now` as well, where that was measured.
pub fn write(history: &History, now: Option<&Document<'_>>, format: Format, out: &mut dyn Write) -> Result<()> {
    match format {
        Format::Text => text(history, out),
        Format::Json => inert_json::document(history, out),
        Format::Csv => csv(history, out),
        Format::Svg => out.write_all(svg(history).as_bytes()),
        Format::Html => html(history, now, out),
        other => {
            Err(Error::other(format!("a history is written as text, json, csv, svg or html, not as {}", other.name())))
        }
    }
}

fn short(point: &Point) -> &str {
    point.revision.get(..12).unwrap_or(&point.revision)
}

fn svg(history: &History) -> String {
    let points: Vec<_> = history.points.iter().map(|point| (point.day.clone(), point.totals.parts)).collect();
    over_time(&points)
}

fn text(history: &History, out: &mut dyn Write) -> Result<()> {
    let head = "commit        day           calls  with-id without fixable skipped suppr.   batch unread    rate";
    writeln!(out, "{}", styled(BOLD, head))?;
    for point in &history.points {
        let get = |part: Part| point.totals.parts.get(part);
        writeln!(
            out,
            "{:<12}  {:<10} {:>8} {:>8} {:>7} {:>7} {:>7} {:>6} {:>7} {:>6} {:>7}",
            short(point),
            point.day,
            point.totals.calls,
            get(Part::WithRequestId),
            get(Part::WithoutRequestId),
            get(Part::Fixable),
            get(Part::Skipped),
            get(Part::Suppressed),
            get(Part::Batch),
            get(Part::NotAnalysed),
            history.measure.rate(&point.totals.parts).to_string(),
        )?;
    }
    Ok(())
}

fn csv(history: &History, out: &mut dyn Write) -> Result<()> {
    let names: Vec<&str> = Part::ALL.iter().map(|part| part.name()).collect();
    writeln!(out, "revision,day,dimension,value,calls,{},covered,counted", names.join(","))?;
    for point in &history.points {
        let mut row = |dimension: &str, value: &str, tally: &Tally| {
            let parts: Vec<String> = Part::ALL.iter().map(|part| tally.parts.get(*part).to_string()).collect();
            let rate = history.measure.rate(&tally.parts);
            let (dimension, value) = (csv_field(dimension), csv_field(value));
            let (calls, parts) = (tally.calls, parts.join(","));
            writeln!(
                out,
                "{},{},{dimension},{value},{calls},{parts},{},{}",
                point.revision, point.day, rate.covered, rate.counted
            )
        };
        row("all", "", &point.totals)?;
        for (dimension, table) in point.tables.iter().filter(|(dimension, _)| *dimension != "directory") {
            for (value, tally) in table {
                row(dimension, value, tally)?;
            }
        }
    }
    Ok(())
}

fn html(history: &History, now: Option<&Document<'_>>, out: &mut dyn Write) -> Result<()> {
    let mut rows = String::new();
    for point in &history.points {
        let parts: Vec<String> =
            Part::ALL.iter().map(|part| format!("<td>{}</td>", point.totals.parts.get(*part))).collect();
        let rate = history.measure.rate(&point.totals.parts);
        let (calls, parts) = (point.totals.calls, parts.concat());
        rows.push_str(&format!(
            "<tr><td><code>{}</code></td><td style=\"white-space:nowrap\">{}</td><td>{calls}</td>{parts}<td>{rate}</td></tr>\n",
            short(point),
            point.day
        ));
    }
    let heads: Vec<String> = Part::ALL.iter().map(|part| format!("<th>{}</th>", part.title())).collect();
    let table = format!(
        "<table><caption>Calls by commit</caption>\n<tr><th>commit</th><th>day</th><th>calls</th>{}<th>covered</th></tr>\n{rows}</table>\n",
        heads.concat()
    );
    let shown = figure("Calls over time", &svg(history));
    match now {
        Some(document) => html_report(document, (&shown, &table), out),
        None => out.write_all(page("klog coverage over time", &format!("{shown}{table}")).as_bytes()),
    }
}
