//! GitHub's workflow commands: it shows ten of a kind for a step, so the tenth counts the rest.

use std::io::{Result, Write};

use super::escape::{command_data, command_property};
use super::{Document, words};
use crate::measure::coverage::{Finding, Severity};
use crate::text::diagnostic::Level;

const SHOWN: usize = 10;

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    let report = document.report;
    let unread = report.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).map(|diagnostic| {
        let line = diagnostic.position.map_or(1, |position| position.line);
        let text = command_data(&diagnostic.to_string());
        format!("::error file={},line={line},title=klogmod::{text}", command_property(&diagnostic.path))
    });
    let of = |severity: Severity| report.findings.iter().filter(move |f| f.severity == severity).map(annotation);
    limited("error", unread.chain(of(Severity::Error)).collect(), 0, out)?;
    limited("warning", of(Severity::Warning).collect(), 0, out)?;
    // The summary takes one of the notices.
    limited("notice", of(Severity::Note).collect(), 1, out)?;
    writeln!(out, "::notice title=klogmod coverage::{}", command_data(&words::summary(document)))
}

fn limited(kind: &str, list: Vec<String>, taken: usize, out: &mut dyn Write) -> Result<()> {
    let room = SHOWN - taken;
    let shown = if list.len() > room { room - 1 } else { list.len() };
    for line in list.iter().take(shown) {
        writeln!(out, "{line}")?;
    }
    match list.len() - shown {
        0 => Ok(()),
        rest => writeln!(out, "::{kind} title=klogmod::{rest} more; the other reports have all of them"),
    }
}

fn annotation(finding: &Finding) -> String {
    let kind = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let columns = if finding.end_line == finding.line && finding.end_col > finding.col {
        format!(",col={},endColumn={}", finding.col, finding.end_col)
    } else {
        String::new()
    };
    format!(
        "::{kind} file={},line={},endLine={}{columns},title={}::{}",
        command_property(&finding.path),
        finding.line,
        finding.end_line,
        command_property(&finding.rule),
        command_data(&format!("{}\n{}", finding.message, finding.help)),
    )
}
