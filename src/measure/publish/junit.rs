//! JUnit as Prow, Jenkins and GitLab show it: one suite a file with findings, and one test case for every gate that held.

use std::collections::BTreeMap;
use std::io::{Result, Write};

use super::escape::xml;
use super::{Document, words};
use crate::measure::coverage::{Finding, Part};
use crate::text::diagnostic::{Diagnostic, Level};

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    let report = document.report;
    let mut by_path: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        by_path.entry(&finding.path).or_default().push(finding);
    }
    let unread: Vec<&Diagnostic> = report.diagnostics.iter().filter(|d| d.level == Level::Error).collect();
    let clean: Vec<&str> =
        report.files.iter().map(|file| file.path.as_str()).filter(|path| !by_path.contains_key(path)).collect();
    let (failures, errors) = (report.findings.len(), unread.len());
    let tests = failures + errors + clean.len();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"klogmod\" tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\">")?;
    let summary = clean.len() + errors;
    writeln!(out, "  <testsuite name=\"klogmod\" tests=\"{summary}\" failures=\"0\" errors=\"{errors}\">")?;
    properties(document, out)?;
    for diagnostic in unread {
        let message = xml(&diagnostic.to_string());
        writeln!(out, "    <testcase classname=\"{}\" name=\"analysis\">", xml(&diagnostic.path))?;
        writeln!(out, "      <error type=\"not-analysed\" message=\"{message}\">{message}</error>\n    </testcase>")?;
    }
    for path in clean {
        writeln!(out, "    <testcase classname=\"{}\" name=\"klog\"/>", xml(path))?;
    }
    writeln!(out, "  </testsuite>")?;
    for (path, findings) in by_path {
        let count = findings.len();
        writeln!(out, "  <testsuite name=\"{}\" tests=\"{count}\" failures=\"{count}\" errors=\"0\">", xml(path))?;
        for finding in findings {
            case(finding, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn properties(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    let totals = &document.report.totals;
    let mut property =
        |name: &str, value: &str| writeln!(out, "      <property name=\"klogmod.{name}\" value=\"{}\"/>", xml(value));
    property("summary", &words::sentence(document))?;
    property("calls", &totals.calls.to_string())?;
    for part in Part::ALL {
        property(part.name(), &totals.parts.get(part).to_string())?;
    }
    property("rate", &words::rate(document))?;
    Ok(())
}

fn case(finding: &Finding, out: &mut dyn Write) -> Result<()> {
    let place = format!("{}:{}:{}", finding.path, finding.line, finding.col);
    let name = format!("{}:{} {} {}", finding.line, finding.col, finding.rule, finding.function);
    writeln!(
        out,
        "    <testcase classname=\"{}\" name=\"{}\" file=\"{}\" line=\"{}\">",
        xml(finding.path.trim_end_matches(".go")),
        xml(name.trim_end()),
        xml(&finding.path),
        finding.line
    )?;
    writeln!(
        out,
        "      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>",
        xml(&finding.rule),
        xml(&finding.message),
        xml(&format!("{place}: {}\n{}", finding.message, finding.help))
    )
}
