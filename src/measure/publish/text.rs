//! For people, on a terminal.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use super::{Document, words};
use crate::measure::coverage::{Finding, Part, Report, Severity, Tally};
use crate::plan::report::style::{BOLD, DIM, RED, YELLOW, harmless, one_line, styled};
use crate::text::counted;

/// Rows of a table that are shown; the others are in the other formats.
const ROWS: usize = 20;

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    let report = document.report;
    for finding in &report.findings {
        self::finding(finding, out)?;
    }
    if !report.findings.is_empty() {
        writeln!(out)?;
    }
    if let (Some(passed), Some(differing)) = (document.passed, document.differing) {
        let line = styled(BOLD, &harmless(&words::change(report, differing)));
        return writeln!(out, "{line}{}", allowed(passed));
    }
    if let Some(passed) = document.passed {
        return brief(document, passed, out);
    }
    for (dimension, table) in &report.tables {
        self::table(document, dimension, table, out)?;
    }
    let Tally { calls, parts, skipped_by, volume } = &report.totals;
    writeln!(out, "{}", styled(BOLD, &headline(report)))?;
    for part in Part::ALL.into_iter().filter(|_| *calls > 0) {
        let lines = volume.map(|volume| format!("  {:>12} lines", volume.get(part))).unwrap_or_default();
        writeln!(out, "{:>8}  {}{lines}", parts.get(part), part.title())?;
        let reasons = skipped_by.iter().filter(|_| part == Part::Skipped);
        for (reason, count) in reasons {
            writeln!(out, "{}", styled(DIM, &format!("{count:>10}  {}", harmless(reason))))?;
        }
    }
    if let Some(left_alone) = words::left_alone(document) {
        writeln!(out, "{}", harmless(&left_alone))?;
    }
    if let Some(volume) = &report.volume {
        writeln!(
            out,
            "{}: {} of these calls, {} fit calls of several files, {} fit none",
            counted(volume.lines as usize, "printed line"),
            volume.matched,
            volume.ambiguous,
            volume.unmatched
        )?;
        let rate = document.measure.weighted(&report.totals);
        writeln!(out, "{} of printed lines ({} of {})", rate, rate.covered, rate.counted)?;
    }
    if let Some(scope) = &report.scope {
        writeln!(out, "{}", harmless(scope))?;
    }
    if let Some(partial) = words::partial(document) {
        writeln!(out, "{}", styled(YELLOW, &partial))?;
    }
    writeln!(out, "{}", styled(BOLD, &words::rate(document)))
}

/// What a gate says of a tree: how many calls, what was not looked at, and the rate.
fn brief(document: &Document<'_>, passed: usize, out: &mut dyn Write) -> Result<()> {
    let report = document.report;
    let Tally { parts, .. } = &report.totals;
    let some = Part::ALL.into_iter().filter(|part| parts.get(*part) > 0);
    let split: Vec<String> = some.map(|part| format!("{} {}", parts.get(part), part.title())).collect();
    let colon = if split.is_empty() { "" } else { ": " };
    writeln!(out, "{}{colon}{}", headline(report), split.join("; "))?;
    if let Some(left_alone) = words::left_alone(document) {
        writeln!(out, "{}", harmless(&left_alone))?;
    }
    if let Some(partial) = words::partial(document) {
        writeln!(out, "{}", styled(YELLOW, &partial))?;
    }
    writeln!(out, "{}{}", styled(BOLD, &words::rate(document)), allowed(passed))
}

/// How many calls there are, in how many files.
fn headline(report: &Report) -> String {
    format!("{} in {}", counted(report.totals.calls as usize, "klog call"), counted(report.files.len(), "file"))
}

fn allowed(passed: usize) -> String {
    match passed {
        0 => String::new(),
        passed => {
            let are = if passed == 1 { "is" } else { "are" };
            format!("; {} {are} let pass by the baseline or by [gate] allow", counted(passed, "violation"))
        }
    }
}

/// `path:line:col: error: message [rule]; help`.
fn finding(finding: &Finding, out: &mut dyn Write) -> Result<()> {
    let one_line = |text: &str| one_line(text);
    let place = format!("{}:{}:{}", one_line(&finding.path), finding.line, finding.col);
    let style = if finding.severity == Severity::Error { RED } else { YELLOW };
    let severity = styled(style.bold(), finding.severity.name());
    writeln!(out, "{}: {severity}: {} [{}]", styled(BOLD, &place), one_line(&finding.message), finding.rule)?;
    writeln!(out, "  {}", styled(DIM, &one_line(&finding.help)))
}

fn table(document: &Document<'_>, dimension: &str, table: &BTreeMap<String, Tally>, out: &mut dyn Write) -> Result<()> {
    let head = "   calls  with-id without-id fixable skipped suppressed   batch rejected not-analysed    rate";
    writeln!(out, "{}", styled(BOLD, &format!("{head}  {dimension}")))?;
    let mut rows: Vec<(&String, &Tally)> = table.iter().collect();
    rows.sort_by(|a, b| b.1.calls.cmp(&a.1.calls).then(a.0.cmp(b.0)));
    for (value, tally) in rows.iter().take(ROWS) {
        let get = |part: Part| tally.parts.get(part);
        writeln!(
            out,
            "{:>8} {:>8} {:>10} {:>7} {:>7} {:>10} {:>7} {:>8} {:>12} {:>7}  {}",
            tally.calls,
            get(Part::WithRequestId),
            get(Part::WithoutRequestId),
            get(Part::Fixable),
            get(Part::Skipped),
            get(Part::Suppressed),
            get(Part::Batch),
            get(Part::Rejected),
            get(Part::NotAnalysed),
            document.measure.rate(&tally.parts).to_string(),
            one_line(value),
        )?;
    }
    if rows.len() > ROWS {
        let rest: u64 = rows.iter().skip(ROWS).map(|(_, tally)| tally.calls).sum();
        writeln!(out, "{rest:>8} {}", styled(DIM, &format!("in {} more", rows.len() - ROWS)))?;
    }
    writeln!(out)
}
