//! reviewdog's rdjson: findings with suggestions.

use std::io::{Result, Write};

use serde_json::{Value, json};

use super::{Document, words};
use crate::measure::coverage::{Finding, Replacement, Severity};
use crate::plan::report::inert_json;
use crate::text::diagnostic::Level;

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    let report = document.report;
    let mut list: Vec<Value> = report.findings.iter().map(diagnostic).collect();
    list.extend(report.diagnostics.iter().filter(|d| d.level == Level::Error).map(|unread| {
        let line = unread.position.map_or(1, |position| position.line);
        json!({
            "message": unread.to_string(),
            "location": { "path": &*unread.path, "range": { "start": { "line": line } } },
            "severity": "ERROR",
            "code": { "value": "not-analysed" },
        })
    }));
    // A document has no place for sums: they are a message about the configuration.
    list.push(json!({
        "message": words::summary(document),
        "location": { "path": "klogmod.toml" },
        "severity": "INFO",
        "code": { "value": "coverage" },
    }));
    let whole = json!({
        "source": { "name": "klogmod", "url": "" },
        "severity": "INFO",
        "diagnostics": list,
    });
    inert_json::document(&whole, out)
}

fn place(line: u32, column: u32) -> Value {
    json!({ "line": line, "column": column })
}

fn diagnostic(finding: &Finding) -> Value {
    let mut value = json!({
        "message": format!("{}; {}", finding.message, finding.help),
        "location": {
            "path": finding.path,
            "range": { "start": place(finding.line, finding.col), "end": place(finding.end_line, finding.end_col) },
        },
        "severity": match finding.severity { Severity::Error => "ERROR", Severity::Warning => "WARNING", Severity::Note => "INFO" },
        "code": { "value": finding.rule },
    });
    if !finding.fix.is_empty() {
        value["suggestions"] = finding.fix.iter().map(suggestion).collect();
    }
    value
}

fn suggestion(replacement: &Replacement) -> Value {
    json!({
        "range": { "start": place(replacement.line, 1), "end": place(replacement.line + replacement.lines, 1) },
        "text": replacement.text,
    })
}
