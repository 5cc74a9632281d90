//! A page of its own: no script, nothing fetched.

use std::io::{Result, Write};

use super::escape::xml;
use super::pictures::{self, COLOURS};
use super::{Document, words};
use crate::measure::coverage::{Part, Tally};

const STYLE: &str = "body{font:14px/1.5 system-ui,sans-serif;margin:2rem;max-width:80rem;color:#1a1a1a;background:#fff}\
table{border-collapse:collapse;margin:1rem 0 2rem}td,th{padding:.2rem .6rem;border-bottom:1px solid #ddd;text-align:right}\
td:first-child,th:first-child{text-align:left}caption,figcaption{text-align:left;font-weight:600}figure{margin:1rem 0 2rem}svg{max-width:100%}\
code{font-size:13px}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}td,th{border-color:#444}}";

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

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    let report = document.report;
    writeln!(out, "{}<h1>klog coverage: {}</h1>", head("klog coverage"), xml(&words::rate(document)))?;
    writeln!(out, "<p>{}.</p>", xml(&words::sentence(document)))?;
    if let Some(partial) = words::partial(document) {
        writeln!(out, "<p><strong>{}</strong></p>", xml(&partial))?;
    }
    if !report.findings.is_empty() {
        writeln!(out, "<table><caption>{} findings</caption>", report.findings.len())?;
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
    write!(out, "{}", pictures::all(document))?;
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

/// Parts over time as stacked areas: labels and parts of each point, oldest first.
pub fn chart(points: &[(String, crate::measure::coverage::Parts)]) -> String {
    let (width, height) = (900u64, 360u64);
    let most = points.iter().map(|(_, parts)| parts.sum()).max().unwrap_or(0).max(1);
    let x = |at: usize| 60 + at as u64 * (width - 80) / (points.len().saturating_sub(1).max(1) as u64);
    let y = |calls: u64| height - 30 - calls * (height - 60) / most;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {}\" role=\"img\" font-family=\"sans-serif\" font-size=\"12\">\n<title>klog calls over time</title>\n",
        height + 20 * Part::ALL.len() as u64
    );
    let mut below = vec![0u64; points.len()];
    for (part, colour) in Part::ALL.iter().zip(COLOURS) {
        let above: Vec<u64> = points.iter().zip(&below).map(|((_, parts), under)| under + parts.get(*part)).collect();
        let upper = above.iter().enumerate().map(|(at, calls)| format!("{},{}", x(at), y(*calls)));
        let lower = below.iter().enumerate().rev().map(|(at, calls)| format!("{},{}", x(at), y(*calls)));
        let outline = upper.chain(lower).collect::<Vec<_>>().join(" ");
        svg.push_str(&format!(
            "<polygon points=\"{outline}\" fill=\"{colour}\"><title>{}</title></polygon>\n",
            part.title()
        ));
        below = above;
    }
    svg.push_str(&format!("<text x=\"4\" y=\"{}\" fill=\"currentColor\">{most}</text>\n", y(most) + 4));
    for (at, (label, _)) in points.iter().enumerate().filter(|(at, _)| *at == 0 || at + 1 == points.len()) {
        let anchor = if at == 0 { "start" } else { "end" };
        svg.push_str(&format!(
            "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" fill=\"currentColor\">{}</text>\n",
            x(at),
            height - 10,
            xml(label)
        ));
    }
    for (at, (part, colour)) in Part::ALL.iter().zip(COLOURS).enumerate() {
        let top = height + 20 * at as u64;
        svg.push_str(&format!(
            "<rect x=\"60\" y=\"{top}\" width=\"12\" height=\"12\" fill=\"{colour}\"/><text x=\"78\" y=\"{}\" fill=\"currentColor\">{}</text>\n",
            top + 11,
            part.title()
        ));
    }
    svg.push_str("</svg>\n");
    svg
}
