//! A coverage report in the formats of other tools, each within its readers' limits.

mod annotations;
mod badge;
mod cobertura;
mod csv;
mod escape;
mod html;
mod junit;
mod lcov;
mod lines;
mod markdown;
mod openmetrics;
mod rdjson;
mod sarif;
mod text;
mod words;

use std::io::{Result, Write};

use crate::measure::coverage::{Measure, Rate, Report};

pub use escape::{csv_field, xml};
pub use html::{chart, page};

/// A report and how it is read.
#[derive(Clone, Copy)]
pub struct Document<'d> {
    /// The report.
    pub report: &'d Report,
    /// What counts as covered.
    pub measure: Measure,
    /// The command that made it, for people who want to make it again.
    pub command: &'d str,
    /// What rules say of themselves: name, summary.
    pub rules: &'d [(String, String)],
}

impl Document<'_> {
    /// The rate of all calls.
    pub fn rate(&self) -> Rate {
        self.measure.rate(&self.report.totals.parts)
    }
}

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum Format {
    /// For people, on a terminal.
    Text,
    /// One document with a schema; what klogmod merge reads.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit, for Prow, Jenkins and GitLab; name it junit_klogmod.xml for Prow.
    Junit,
    /// GitHub's workflow commands.
    Github,
    /// For a step summary or a comment.
    Markdown,
    /// Calls as branches of lines.
    Lcov,
    /// As lcov, in XML; diff-cover reads both.
    Cobertura,
    /// reviewdog's, with suggestions.
    Rdjson,
    /// One row a call.
    Csv,
    /// shields.io's endpoint.
    Badge,
    /// Gauges.
    Openmetrics,
    /// A page of its own.
    Html,
    /// A chart of a history.
    Svg,
}

impl Format {
    /// Its name.
    pub fn name(self) -> String {
        clap::ValueEnum::to_possible_value(&self).map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}

/// Writes a document.
pub fn write(format: Format, document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    match format {
        Format::Text => text::write(document, out),
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, document.report)?;
            writeln!(out)
        }
        Format::Sarif => sarif::write(document, out),
        Format::Junit => junit::write(document, out),
        Format::Github => annotations::write(document, out),
        Format::Markdown => markdown::write(document, out),
        Format::Lcov => lcov::write(document, out),
        Format::Cobertura => cobertura::write(document, out),
        Format::Rdjson => rdjson::write(document, out),
        Format::Csv => csv::write(document, out),
        Format::Badge => badge::write(document, out),
        Format::Openmetrics => openmetrics::write(document, out),
        Format::Html => html::write(document, out),
        Format::Svg => Err(std::io::Error::other("svg shows a history: add --history N or --at REV")),
    }
}
