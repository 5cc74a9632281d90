//! The formats by name, and who writes each.

use std::io::{Result, Write};

use super::document::Document;
use super::{
    annotations, badge, cobertura, csv, html, junit, lcov, markdown, openmetrics, pictures, rdjson, sarif, text,
};
use crate::plan::report::inert_json;

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
    /// A picture of a history.
    Svg,
    /// A picture: calls by owner.
    SvgOwner,
    /// A picture: calls by operation.
    SvgOperation,
    /// A picture: operations on resources.
    SvgMatrix,
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
        Format::Json => inert_json::document(document.report, out),
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
        Format::Html => html::report(document, ("", ""), out),
        Format::Svg => Err(std::io::Error::other(
            "svg shows a history: add --history N or --at REV; pictures of one commit are svg-owner, svg-operation and svg-matrix",
        )),
        Format::SvgOwner => out.write_all(pictures::bars("owner", document).as_bytes()),
        Format::SvgOperation => out.write_all(pictures::bars("operation", document).as_bytes()),
        Format::SvgMatrix => out.write_all(pictures::matrix(document).as_bytes()),
    }
}
