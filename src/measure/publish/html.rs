//! A page of its own: no script, nothing fetched.

use std::io::{Result, Write};

use super::escape::xml;
use super::pictures;
use super::{Document, words};
use crate::measure::coverage::{Part, Tally};
use crate::text::counted;

const STYLE: &str = "body{font:14px/1.5 system-ui,sans-serif;margin:2rem;max-width:80rem;color:#1a1a1a;background:#fff}\
table{border-collapse:collapse;margin:1rem 0 2rem}td,th{padding:.2rem .6rem;border-bottom:1px solid #ddd;text-align:right}\
td:first-child,th:first-child,.text td,.text th{text-align:left}td:first-child{min-width:14em;overflow-wrap:anywhere}.text td{vertical-align:top}caption,figcaption{text-align:left;font-weight:600}\
figure{margin:1rem 0 2rem;overflow-x:auto}code{font-size:13px}\
@media screen and (prefers-color-scheme:dark){body{color:#eee;background:#161616}td,th{border-color:#444}}\
@media print{body{margin:0;font-size:9px}figure,tr{break-inside:avoid}svg{max-width:100%}td,th{padding:.1rem .25rem}}";

/// The head of a page.
fn head(title: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        xml(title)
    )
}

/// A page around a body that is HTML already.
pub fn page(title: &str, body: &str) -> String {
    format!("{}<h1>{}</h1>\n{body}\n</body>\n</html>\n", head(title), xml(title))
}

/// The report as a page, with HTML that stands around its pictures.
pub fn report(document: &Document<'_>, (before, after): (&str, &str), out: &mut dyn Write) -> Result<()> {
    let report = document.report;
    writeln!(out, "{}<h1>klog coverage: {}</h1>", head("klog coverage"), xml(&words::rate(document)))?;
    writeln!(out, "<p>{}.</p>", xml(&words::sentence(document)))?;
    if let Some(partial) = words::partial(document) {
        writeln!(out, "<p><strong>{}</strong></p>", xml(&partial))?;
    }
    // Of a gate, people want to know what is wrong; of coverage, how far the tree is.
    let drawn = format!("{before}{}{after}", pictures::all(document));
    let (first, last) = if document.passed.is_none() { (drawn.as_str(), "") } else { ("", drawn.as_str()) };
    write!(out, "{first}")?;
    if !report.findings.is_empty() {
        writeln!(out, "<table class=\"text\"><caption>{}</caption>", counted(report.findings.len(), "finding"))?;
        writeln!(out, "<tr><th>place</th><th>rule</th><th>what</th><th>mended by</th></tr>")?;
        for finding in &report.findings {
            let place = format!("{}:{}", finding.path, finding.line);
            let cells = [place.as_str(), &finding.rule, &finding.message, &finding.help]
                .map(|text| format!("<td>{}</td>", xml(text)));
            writeln!(out, "<tr>{}</tr>", cells.concat())?;
        }
        writeln!(out, "</table>")?;
    }
    if !report.diagnostics.is_empty() {
        writeln!(out, "<h2>Not analysed, or odd</h2>\n<ul>")?;
        for diagnostic in &report.diagnostics {
            writeln!(out, "<li>{}</li>", xml(&diagnostic.to_string()))?;
        }
        writeln!(out, "</ul>")?;
    }
    write!(out, "{last}")?;
    for (dimension, table) in &report.tables {
        let heads: Vec<String> = Part::ALL.iter().map(|part| format!("<th>{}</th>", xml(part.title()))).collect();
        writeln!(out, "<table><caption>By {}</caption>", xml(dimension))?;
        writeln!(out, "<tr><th>{}</th><th>calls</th>{}<th>covered</th></tr>", xml(dimension), heads.concat())?;
        for (value, tally) in table {
            row(document, value, tally, out)?;
        }
        writeln!(out, "</table>")?;
    }
    writeln!(out, "<p><code>{}</code></p>\n</body>\n</html>", xml(document.command))
}

fn row(document: &Document<'_>, value: &str, tally: &Tally, out: &mut dyn Write) -> Result<()> {
    let parts: Vec<String> = Part::ALL.iter().map(|part| format!("<td>{}</td>", tally.parts.get(*part))).collect();
    let rate = document.measure.rate(&tally.parts);
    writeln!(out, "<tr><td>{}</td><td>{}</td>{}<td>{rate}</td></tr>", xml(value), tally.calls, parts.concat())
}
