//! What is shown in a document: calls that are to be rewritten, broken rules, and what could not be read.

use lsp_types::{Diagnostic, DiagnosticSeverity, NumberOrString, PublishDiagnosticsParams, Range};

use super::asked::Asked;
use super::documents::Document;
use super::position::{Encoding, Positions};
use super::seen::Seen;
use crate::decide::decision::Decisions;
use crate::measure::coverage::{Finding, Severity, unwritten, violations};
use crate::plan::report::style::harmless;
use crate::text::LineCol;
use crate::text::diagnostic::{self, Level};

/// Who says so.
const SOURCE: &str = "klogmod";

/// All that is to be shown in a document.
pub fn of_document(
    seen: &Seen,
    document: &Document,
    asked: &Asked,
    decisions: &Decisions,
    encoding: Encoding,
) -> PublishDiagnosticsParams {
    let positions = Positions::new(&document.text, encoding);
    let allowed = |finding: &Finding| asked.config.gate.allow.contains(&finding.rule);
    let found = seen.file.iter().flat_map(|file| {
        let calls = unwritten(file, &|site| asked.reports(site, decisions));
        calls.into_iter().chain(violations(file))
    });
    let found = found.filter(|finding| !allowed(finding)).map(|finding| of_finding(&finding, &positions));
    let notes = seen.notes.iter().map(|note| of_note(note, &positions));
    PublishDiagnosticsParams {
        uri: document.uri.clone(),
        diagnostics: found.chain(notes).collect(),
        version: Some(document.version),
    }
}

fn of_finding(finding: &Finding, positions: &Positions<'_>) -> Diagnostic {
    let place = |line, col| positions.of_line_col(LineCol { line, col });
    Diagnostic {
        range: Range::new(place(finding.line, finding.col), place(finding.end_line, finding.end_col)),
        severity: Some(match finding.severity {
            Severity::Error => DiagnosticSeverity::WARNING,
            Severity::Warning => DiagnosticSeverity::INFORMATION,
            Severity::Note => DiagnosticSeverity::HINT,
        }),
        code: Some(NumberOrString::String(finding.rule.clone())),
        source: Some(SOURCE.to_owned()),
        message: harmless(&format!("{}\n{}", finding.message, finding.help)),
        data: Some(serde_json::json!({ "fingerprint": finding.fingerprint.as_str() })),
        ..Diagnostic::default()
    }
}

fn of_note(note: &diagnostic::Diagnostic, positions: &Positions<'_>) -> Diagnostic {
    let start = note.position.map(|place| positions.of_line_col(place)).unwrap_or_default();
    let help = note.help.as_ref().map(|help| format!("\n{help}")).unwrap_or_default();
    Diagnostic {
        range: Range::new(start, start),
        // Half a statement is no mistake, but what is not read is not silent either.
        severity: Some(match note.level {
            Level::Error => DiagnosticSeverity::INFORMATION,
            Level::Warning => DiagnosticSeverity::WARNING,
            Level::Note => DiagnosticSeverity::HINT,
        }),
        source: Some(SOURCE.to_owned()),
        message: harmless(&format!("{}{help}", note.message)),
        ..Diagnostic::default()
    }
}
