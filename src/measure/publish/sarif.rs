//! SARIF 2.1.0 as GitHub's code scanning takes it: one run, no more results than it reads, no empty fix.

use std::io::{Result, Write};

use serde_json::{Value, json};

use super::escape::uri;
use super::{Document, words};
use crate::measure::coverage::{Finding, Part, Replacement};
use crate::plan::report::inert_json;
use crate::text::diagnostic::Level;

/// GitHub rejects a run with more.
const MAX_RESULTS: usize = 25_000;

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    let report = document.report;
    let left_out = report.findings.len().saturating_sub(MAX_RESULTS);
    let results: Vec<Value> = report.findings.iter().take(MAX_RESULTS).map(|f| result(f, document)).collect();
    let rules: Vec<Value> = document.rules.iter().map(|(name, summary)| rule(name, summary)).collect();
    let failed = |level: &Level| *level == Level::Error;
    let mut notes: Vec<Value> = report
        .diagnostics
        .iter()
        .map(|diagnostic| {
            json!({
                "level": if failed(&diagnostic.level) { "error" } else { "warning" },
                "message": { "text": diagnostic.to_string() },
                "locations": [{ "physicalLocation": { "artifactLocation": artifact(&diagnostic.path) } }],
            })
        })
        .collect();
    if left_out > 0 {
        notes.push(
            json!({ "level": "warning", "message": { "text": format!("{left_out} more results are left out") } }),
        );
    }
    let complete = !report.diagnostics.iter().any(|diagnostic| failed(&diagnostic.level));
    let parts = Part::ALL.iter().map(|part| (part.name().to_owned(), json!(report.totals.parts.get(*part))));
    let rate = document.rate();
    let run = json!({
        "tool": { "driver": {
            "name": "klogmod",
            "semanticVersion": report.version,
            "rules": rules,
        } },
        "invocations": [{ "executionSuccessful": complete, "toolExecutionNotifications": notes }],
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The root of the checkout" } } },
        "automationDetails": { "id": "klogmod/" },
        "results": results,
        "properties": {
            "summary": words::sentence(document),
            "calls": report.totals.calls,
            "parts": Value::Object(parts.collect()),
            "measure": document.measure.name(),
            "covered": rate.covered,
            "counted": rate.counted,
            "leftOut": left_out,
        },
    });
    let whole = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    inert_json::document(&whole, out)
}

fn artifact(path: &str) -> Value {
    json!({ "uri": uri(path), "uriBaseId": "SRCROOT" })
}

fn rule(name: &str, summary: &str) -> Value {
    json!({
        "id": name,
        "shortDescription": { "text": summary },
        "help": { "text": format!("klogmod rules {name}") },
        "defaultConfiguration": { "level": "error" },
    })
}

fn result(finding: &Finding, document: &Document<'_>) -> Value {
    let mut result = json!({
        "ruleId": finding.rule,
        "level": finding.severity.name(),
        "message": { "text": format!("{}; {}", finding.message, finding.help) },
        "locations": [{ "physicalLocation": {
            "artifactLocation": artifact(&finding.path),
            "region": {
                "startLine": finding.line,
                "startColumn": finding.col,
                "endLine": finding.end_line.max(finding.line),
                "endColumn": finding.end_col.max(if finding.end_line > finding.line { 1 } else { finding.col }),
            },
        } }],
        "partialFingerprints": { "klogmod/v1": finding.key() },
    });
    if let Some(at) = document.rules.iter().position(|(name, _)| *name == finding.rule) {
        result["ruleIndex"] = json!(at);
    }
    if !finding.fix.is_empty() {
        let changes: Vec<Value> = finding.fix.iter().map(replacement).collect();
        result["fixes"] = json!([{
            "description": { "text": finding.help },
            "artifactChanges": [{ "artifactLocation": artifact(&finding.path), "replacements": changes }],
        }]);
    }
    result
}

fn replacement(replacement: &Replacement) -> Value {
    json!({
        "deletedRegion": {
            "startLine": replacement.line,
            "startColumn": 1,
            "endLine": replacement.line + replacement.lines,
            "endColumn": 1,
        },
        "insertedContent": { "text": replacement.text },
    })
}
