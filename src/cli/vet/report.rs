//! Findings in vet's forms: a line each, or JSON by package and analyzer.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;

use crate::measure::coverage::{Finding, Replacement};
use crate::plan::report::style::harmless;
use crate::text::LineIndex;

/// A file's findings, with the file's text.
pub struct Found<'f> {
    /// Its whole path.
    pub path: &'f Path,
    /// Its bytes.
    pub source: &'f [u8],
    /// What is wrong in it.
    pub findings: Vec<Finding>,
}

/// What vet's JSON has for an analyzer.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Found(Vec<Diagnostic>),
    Failed { error: String },
}

#[derive(Serialize)]
struct Diagnostic {
    posn: String,
    end: String,
    message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suggested_fixes: Vec<Suggested>,
}

#[derive(Serialize)]
struct Suggested {
    message: String,
    edits: Vec<TextEdit>,
}

#[derive(Serialize)]
struct TextEdit {
    filename: String,
    start: usize,
    end: usize,
    new: String,
}

/// Findings of a package as vet's JSON has them; `failed` says what could not be looked at.
pub fn json(package: &str, found: &[Found<'_>], failed: &[String], out: &mut dyn Write) -> Result<()> {
    let mut analyzers: BTreeMap<&str, Answer> = BTreeMap::new();
    for file in found {
        let lines = LineIndex::new(file.source);
        for finding in &file.findings {
            let one = diagnostic(file, &lines, finding);
            match analyzers.entry(&finding.rule).or_insert_with(|| Answer::Found(Vec::new())) {
                Answer::Found(list) => list.push(one),
                Answer::Failed { .. } => {}
            }
        }
    }
    if !failed.is_empty() {
        analyzers.insert("klogmod", Answer::Failed { error: failed.join("\n") });
    }
    let mut tree: BTreeMap<&str, _> = BTreeMap::new();
    if !analyzers.is_empty() {
        tree.insert(package, analyzers);
    }
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"\t");
    let mut text = Vec::new();
    tree.serialize(&mut serde_json::Serializer::with_formatter(&mut text, formatter))?;
    text.push(b'\n');
    out.write_all(&text)?;
    Ok(())
}

fn diagnostic(file: &Found<'_>, lines: &LineIndex, finding: &Finding) -> Diagnostic {
    let path = file.path.display().to_string();
    let edit = |one: &Replacement| {
        let at = |line| lines.line_start(line).unwrap_or(file.source.len());
        TextEdit { filename: path.clone(), start: at(one.line), end: at(one.line + one.lines), new: one.text.clone() }
    };
    let edits: Vec<TextEdit> = finding.fix.iter().map(edit).collect();
    let suggested = Suggested { message: message(finding), edits };
    Diagnostic {
        posn: format!("{path}:{}:{}", finding.line, finding.col),
        end: format!("{path}:{}:{}", finding.end_line, finding.end_col),
        message: message(finding),
        suggested_fixes: Some(suggested).filter(|fix| !fix.edits.is_empty()).into_iter().collect(),
    }
}

/// Findings as lines, with as many lines of the file around each as are asked for.
pub fn plain(found: &[Found<'_>], context: Option<usize>, out: &mut dyn Write) -> Result<()> {
    for file in found {
        let text = String::from_utf8_lossy(file.source);
        let lines: Vec<&str> = text.lines().collect();
        for finding in &file.findings {
            writeln!(out, "{}:{}:{}: {}", file.path.display(), finding.line, finding.col, message(finding))?;
            let Some(context) = context else { continue };
            let first = (finding.line as usize).saturating_sub(context).max(1);
            for number in first..=finding.end_line as usize + context {
                if let Some(line) = lines.get(number - 1) {
                    writeln!(out, "{number}\t{}", harmless(line))?;
                }
            }
        }
    }
    Ok(())
}

/// On one line, as others expect it.
fn message(finding: &Finding) -> String {
    let text = format!("{}; {}", finding.message, finding.help);
    harmless(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}
