//! Markdown for a step summary: GitHub throws a summary away that is larger than 1 MiB, so what is too much is counted.

use std::io::{Result, Write};

use super::escape::markdown;
use super::{Document, pictures, words};
use crate::measure::coverage::{Part, Tally};
use crate::text::counted;

/// Bytes; some room is left for what other steps write.
const BUDGET: usize = 900_000;
/// Rows of a table.
const ROWS: usize = 50;

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    let report = document.report;
    let mut text = format!("## klog coverage: {}\n\n{}.\n\n", words::rate(document), words::sentence(document));
    if let Some(partial) = words::partial(document) {
        text.push_str(&format!("**{partial}**\n\n"));
    }
    let mut lists: Vec<(String, Vec<String>)> = Vec::new();
    // Of a gate, people want to know what is wrong; of coverage, how far the tree is.
    if document.passed.is_none() {
        lists.extend(drawn(document));
    }
    let mut findings = Vec::new();
    for finding in &report.findings {
        let place = format!("{}:{}", finding.path, finding.line);
        let cells = [place.as_str(), &finding.rule, &finding.message, &finding.help].map(markdown);
        findings.push(format!("| {} |\n", cells.join(" | ")));
    }
    if !findings.is_empty() {
        let head = format!(
            "### {}\n\n| place | rule | what | mended by |\n|---|---|---|---|\n",
            counted(findings.len(), "finding")
        );
        lists.push((head, findings));
    }
    let mut unread = Vec::new();
    for diagnostic in &report.diagnostics {
        unread.push(format!("- {}\n", markdown(&diagnostic.to_string())));
    }
    if !unread.is_empty() {
        lists.push(("### Not analysed, or odd\n\n".to_owned(), unread));
    }
    if document.passed.is_some() {
        lists.extend(drawn(document));
    }
    for (dimension, table) in &report.tables {
        let head: Vec<&str> = Part::ALL.iter().map(|part| part.title()).collect();
        let rule = "|---:".repeat(Part::ALL.len() + 2);
        let head =
            format!("### By {dimension}\n\n| {dimension} | calls | {} | covered |\n|---{rule}|\n", head.join(" | "));
        let mut rows: Vec<_> = table.iter().collect();
        rows.sort_by(|a, b| b.1.calls.cmp(&a.1.calls).then(a.0.cmp(b.0)));
        let more = rows.len().saturating_sub(ROWS);
        let mut lines: Vec<String> = rows.iter().take(ROWS).map(|(value, tally)| row(document, value, tally)).collect();
        if more > 0 {
            lines.push(format!("\n{more} more are in the other reports.\n"));
        }
        lists.push((head, lines));
    }
    for (head, lines) in lists {
        fill(&mut text, &head, &lines);
    }
    out.write_all(text.as_bytes())
}

/// The report's pictures, of characters; what these mean stands before the first.
fn drawn(document: &Document<'_>) -> Vec<(String, Vec<String>)> {
    let tables = &document.report.tables;
    let bars = pictures::DIMENSIONS.into_iter().filter(|dimension| tables.contains_key(*dimension));
    let mut drawn: Vec<_> = bars.map(|dimension| pictures::block_bars(dimension, document)).collect();
    if tables.contains_key("operation/resource") {
        drawn.push(pictures::block_matrix(document));
    }
    if let Some((head, _)) = drawn.first_mut() {
        head.insert_str(0, &format!("{}\n", pictures::block_legend()));
    }
    drawn
}

fn fill(text: &mut String, head: &str, lines: &[String]) {
    if text.len() + head.len() > BUDGET {
        return;
    }
    text.push_str(head);
    for (at, line) in lines.iter().enumerate() {
        if text.len() + line.len() > BUDGET {
            text.push_str(&format!("\n{} more are left out: a summary has 1 MiB at most.\n", lines.len() - at));
            break;
        }
        text.push_str(line);
    }
    text.push('\n');
}

fn row(document: &Document<'_>, value: &str, tally: &Tally) -> String {
    let parts: Vec<String> = Part::ALL.iter().map(|part| tally.parts.get(*part).to_string()).collect();
    let rate = document.measure.rate(&tally.parts);
    format!("| {} | {} | {} | {rate} |\n", markdown(value), tally.calls, parts.join(" | "))
}
