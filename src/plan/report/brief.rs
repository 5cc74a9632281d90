//! What a plan comes to, in a few lines or by directory: for people who have not asked for each call.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use super::style::{BOLD, harmless, one_line, styled};
use super::{Totals, text};
use crate::plan::pipeline::Plan;
use crate::text::counted;
use crate::write::edit::{Applicability, Outcome};

/// Reasons that are named.
const REASONS: usize = 3;

/// How to see more than a summary.
pub const HINT: &str = "-v lists every call, and a path below the root those below it; --stat counts by directory";

/// `klogmod plan` of a whole checkout: at most ten lines.
pub fn plan(plan: &Plan, out: &mut dyn Write) -> Result<()> {
    let totals = Totals::of(plan);
    let headline = text::headline(plan, totals.inventory);
    writeln!(out, "{}", styled(BOLD, &headline))?;
    if totals.inventory == 0 {
        return left_alone(plan, out);
    }
    let by = |level| totals.applicability.get(&level).copied().unwrap_or(0);
    let split = [
        (by(Applicability::Safe), "safe"),
        (by(Applicability::NeedsReview), "needs review"),
        (by(Applicability::DisplayOnly), "display only"),
    ];
    let mut fixes = format!("{:>8}  to rewrite: {}", totals.fixes, some(&split));
    if totals.with_request_id > 0 {
        fixes.push_str(&format!("; {} of those get a request ID", totals.with_request_id));
    }
    writeln!(out, "{}", fixes.trim_end_matches(": "))?;
    for (count, what) in [(totals.structured, "structured already"), (totals.suppressed, "suppressed by a comment")] {
        if count > 0 {
            writeln!(out, "{count:>8}  {what}")?;
        }
    }
    let skipped = totals.all_skipped();
    if !skipped.is_empty() {
        writeln!(out, "{:>8}  skipped: {}", skipped.values().sum::<usize>(), first(&skipped))?;
    }
    let out_of_scope: usize = totals.out_of_scope.values().sum();
    if out_of_scope > 0 {
        let title = plan.scope.as_ref().map(|scope| one_line(&scope.title)).unwrap_or_default();
        writeln!(out, "{out_of_scope:>8}  out of scope ({title}); --all plans them")?;
    }
    left_alone(plan, out)
}

fn left_alone(plan: &Plan, out: &mut dyn Write) -> Result<()> {
    let count: usize = plan.left_alone.values().sum();
    if count == 0 {
        return Ok(());
    }
    writeln!(out, "{count:>8}  files and directories left alone: {}", first(&plan.left_alone))
}

/// `12 safe, 3 to review`.
fn some(counts: &[(usize, &str)]) -> String {
    let named = counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}"));
    named.collect::<Vec<_>>().join(", ")
}

/// The most frequent reasons.
fn first(reasons: &BTreeMap<String, usize>) -> String {
    let mut sorted: Vec<(&String, &usize)> = reasons.iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let rest: usize = sorted.iter().skip(REASONS).map(|(_, count)| **count).sum();
    let mut named: Vec<String> =
        sorted.iter().take(REASONS).map(|(reason, count)| format!("{count} {}", harmless(reason))).collect();
    if rest > 0 {
        named.push(format!("{rest} for {}", counted(sorted.len() - REASONS, "more reason")));
    }
    named.join(", ").replace('\n', "\\n")
}

/// What becomes of a directory's calls.
#[derive(Default)]
struct Row {
    safe: usize,
    review: usize,
    display_only: usize,
    skipped: usize,
    other: usize,
}

/// `klogmod plan --stat`: a line for each directory with calls in scope.
pub fn stat(plan: &Plan, out: &mut dyn Write) -> Result<()> {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    for file in &plan.files {
        for site in file.sites.iter().filter(|site| site.out_of_scope().is_none()) {
            let row = rows.entry(file.path.rsplit_once('/').map_or(".", |(dir, _)| dir)).or_default();
            let count = match &site.outcome {
                Outcome::Fix(fix) => match fix.applicability {
                    Applicability::Safe => &mut row.safe,
                    Applicability::NeedsReview => &mut row.review,
                    Applicability::DisplayOnly => &mut row.display_only,
                },
                Outcome::Skip(_) => &mut row.skipped,
                _ => &mut row.other,
            };
            *count += 1;
        }
    }
    let head = format!(
        "{:>6} {:>12} {:>12} {:>7} {:>6}  directory",
        "safe", "needs review", "display only", "skipped", "other"
    );
    writeln!(out, "{}", styled(BOLD, &head))?;
    let mut sum = Row::default();
    let line = |out: &mut dyn Write, row: &Row, name: &str| {
        let Row { safe, review, display_only, skipped, other } = row;
        writeln!(out, "{safe:>6} {review:>12} {display_only:>12} {skipped:>7} {other:>6}  {name}")
    };
    for (directory, row) in &rows {
        line(out, row, &one_line(directory))?;
        sum.safe += row.safe;
        sum.review += row.review;
        sum.display_only += row.display_only;
        sum.skipped += row.skipped;
        sum.other += row.other;
    }
    line(out, &sum, "total")
}
