//! One page about all repositories, and the same for a terminal.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use super::entry::{Entry, History, Outcome};
use crate::measure::coverage::{Measure, Part, Parts};
use crate::measure::publish::{figure, over_time, page, xml};
use crate::plan::report::style::harmless;
use crate::text::counted;

fn sum<'e>(entries: impl Iterator<Item = &'e Entry>) -> Parts {
    let mut sum = Parts::default();
    for entry in entries {
        for part in Part::ALL {
            *sum.at(part) += entry.parts.get(part);
        }
    }
    sum
}

/// Repositories with the most calls that are not covered first.
fn sorted(history: &History, run: u32, measure: Measure) -> Vec<&Entry> {
    let mut entries: Vec<&Entry> = history.run(run).into_values().collect();
    let open = |entry: &Entry| {
        let rate = measure.rate(&entry.parts);
        rate.counted - rate.covered
    };
    entries.sort_by(|a, b| open(b).cmp(&open(a)).then_with(|| a.name.cmp(&b.name)));
    entries
}

/// How many more calls are covered than when the repository was measured before, and how many more there are: `+12 of +3`.
fn trend(history: &History, entry: &Entry, measure: Measure) -> String {
    let Some(before) = history.before(entry.run, &entry.name).filter(|_| entry.outcome != Outcome::Failed) else {
        return String::new();
    };
    let (old, new) = (measure.rate(&before.parts), measure.rate(&entry.parts));
    let change = |new: u64, old: u64| i128::from(new) - i128::from(old);
    match (change(new.covered, old.covered), change(new.counted, old.counted)) {
        (0, 0) => "=".to_owned(),
        (covered, counted) => format!("{covered:+} of {counted:+}"),
    }
}

fn findings(entry: &Entry) -> String {
    let list: Vec<String> = entry.findings.iter().map(|(rule, count)| format!("{count} {rule}")).collect();
    list.join(", ")
}

/// What stands above the table.
fn sentence(history: &History, run: u32, measure: Measure) -> String {
    let entries = history.run(run);
    let count = |outcome| entries.values().filter(|entry| entry.outcome == outcome).count();
    let parts = sum(entries.values().copied());
    let rate = measure.rate(&parts);
    let findings: u64 = entries.values().flat_map(|entry| entry.findings.values()).sum();
    let seconds: f64 = entries.values().map(|entry| entry.seconds).sum();
    format!(
        "Run {run}: {}, {}, {rate} ({} of {}) covered by {}, {}; {} incomplete, {} failed; {seconds:.0} s of work",
        counted(entries.len(), "repository"),
        counted(parts.sum(), "klog call"),
        rate.covered,
        rate.counted,
        measure.name(),
        counted(findings, "finding"),
        count(Outcome::Incomplete),
        count(Outcome::Failed),
    )
}

/// The page.
pub fn html(history: &History, run: u32, measure: Measure) -> String {
    let mut body = format!("<p>{}.</p>\n", xml(&sentence(history, run, measure)));
    let entries = sorted(history, run, measure);
    let mut by_rule: BTreeMap<&str, u64> = BTreeMap::new();
    for (rule, count) in entries.iter().flat_map(|entry| &entry.findings) {
        *by_rule.entry(rule).or_default() += count;
    }
    let runs = history.runs();
    if runs.len() > 1 {
        let point = |run: &u32| (format!("run {run}"), sum(history.run(*run).into_values()));
        body.push_str(&figure("Calls by run", &over_time(&runs.iter().map(point).collect::<Vec<_>>())));
    }
    let heads: Vec<String> = Part::ALL.iter().map(|part| format!("<th>{}</th>", xml(part.title()))).collect();
    body.push_str(&format!(
        "<table><caption>Repositories, most open calls first</caption>\n<tr><th>repository</th><th>calls</th>{}<th>covered</th><th>since before</th><th>findings</th><th>seconds</th><th>commit</th></tr>\n",
        heads.concat()
    ));
    for entry in &entries {
        body.push_str(&row(history, entry, measure));
    }
    body.push_str("</table>\n");
    if !by_rule.is_empty() {
        body.push_str("<table><caption>Findings by rule</caption>\n<tr><th>rule</th><th>findings</th></tr>\n");
        for (rule, count) in by_rule {
            body.push_str(&format!("<tr><td>{}</td><td>{count}</td></tr>\n", xml(rule)));
        }
        body.push_str("</table>\n");
    }
    let wrong: Vec<String> = entries
        .iter()
        .filter_map(|entry| Some(format!("<li>{}: {}</li>\n", xml(&entry.name), xml(entry.error.as_deref()?))))
        .collect();
    if !wrong.is_empty() {
        body.push_str(&format!("<h2>Failed or incomplete</h2>\n<ul>\n{}</ul>\n", wrong.concat()));
    }
    page("klog calls of all repositories", &body)
}

fn row(history: &History, entry: &Entry, measure: Measure) -> String {
    let parts: Vec<String> = Part::ALL.iter().map(|part| format!("<td>{}</td>", entry.parts.get(*part))).collect();
    let rate = match entry.outcome {
        Outcome::Failed => "failed".to_owned(),
        Outcome::Incomplete => format!("{}, incomplete", measure.rate(&entry.parts)),
        Outcome::Measured => measure.rate(&entry.parts).to_string(),
    };
    let commit: String = entry.revision.iter().flat_map(|revision| revision.chars()).take(12).collect();
    format!(
        "<tr><td>{}</td><td>{}</td>{}<td>{rate}</td><td>{}</td><td>{}</td><td>{:.1}</td><td><code>{}</code></td></tr>\n",
        xml(&entry.name),
        entry.parts.sum(),
        parts.concat(),
        xml(&trend(history, entry, measure)),
        xml(&findings(entry)),
        entry.seconds,
        xml(&commit)
    )
}

/// The same for a terminal.
pub fn text(history: &History, run: u32, measure: Measure, out: &mut dyn Write) -> Result<()> {
    let entries = sorted(history, run, measure);
    let width = entries.iter().map(|entry| entry.name.len()).max().unwrap_or(0).max("repository".len());
    writeln!(
        out,
        "{:width$}  {:>7}  {:>8}  {:>7}  {:>8}  since before",
        "repository", "calls", "covered", "fixable", "findings"
    )?;
    for entry in entries {
        let rate = match entry.outcome {
            Outcome::Failed => "failed".to_owned(),
            _ => measure.rate(&entry.parts).to_string(),
        };
        let (calls, found) = (entry.parts.sum(), entry.findings.values().sum::<u64>());
        let trend = trend(history, entry, measure);
        let line =
            format!("{:width$}  {calls:>7}  {rate:>8}  {:>7}  {found:>8}  {trend}", entry.name, entry.parts.fixable);
        writeln!(out, "{}", harmless(line.trim_end()))?;
    }
    writeln!(out, "{}", sentence(history, run, measure))
}
