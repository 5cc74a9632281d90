//! Reports in several formats in one run.

use std::io::Write;
use std::path::PathBuf;
use std::str::FromStr;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use super::args::{Planned, Status, report_notes};
use crate::measure::coverage::{Measure, Report, check_sums, volume};
use crate::measure::publish::{self, Document, Format};
use crate::rule::{GateConfig, RuleSet};
use crate::text::diagnostic::Diagnostic;
use crate::text::disk;

/// A format, and where it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    format: Format,
    /// None: standard output.
    path: Option<PathBuf>,
}

impl FromStr for Output {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, path) = text.split_once('=').unwrap_or((text, "-"));
        let known = Format::value_variants().iter().map(|format| format.name()).collect::<Vec<_>>().join(", ");
        let format = Format::from_str(format, false).map_err(|_| format!("`{format}` is none of {known}"))?;
        if path.is_empty() {
            return Err(format!("{text} names no file; - is standard output"));
        }
        Ok(Self { format, path: (path != "-").then(|| path.into()) })
    }
}

/// What differs from a commit.
pub struct Change<'c> {
    /// The report of it.
    pub report: &'c Report,
    /// The report of the whole tree, if there is one.
    pub whole: Option<&'c Report>,
    /// What it is compared with, in words.
    pub from: &'c str,
    /// How many Go files differ.
    pub files: usize,
}

/// Whether a format tells what is wrong, and nothing of the tree.
fn is_of_change(format: Format) -> bool {
    matches!(format, Format::Text | Format::Github | Format::Rdjson)
}

/// How a report is made and shown.
#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    /// Write a format to a file, or to standard output where PATH is - or absent; may be given several times. Formats: text,
    /// json, sarif, junit, github, markdown, lcov, cobertura, rdjson, csv, badge, openmetrics, html; pictures: svg-owner,
    /// svg-operation, svg-matrix; of a history text, json, csv, svg, html.
    #[arg(long, short, value_name = "FORMAT=PATH")]
    pub output: Vec<Output>,
    /// What counts as covered [default: request-id, or measure of [gate] in klogmod.toml].
    #[arg(long, value_enum)]
    pub measure: Option<Measure>,
    /// Weigh calls by printed lines: a file with lines `file.go:line count`, or klog's own text or JSON output.
    #[arg(long, value_name = "FILE")]
    pub volume: Option<PathBuf>,
}

impl ReportArgs {
    /// What counts as covered.
    pub fn measure(&self, config: &GateConfig) -> Result<Measure> {
        match (self.measure, &config.measure) {
            (Some(measure), _) => Ok(measure),
            (None, Some(name)) => match Measure::from_str(name, false) {
                Ok(measure) => Ok(measure),
                Err(_) => bail!("klogmod.toml: [gate] measure: `{name}` is neither request-id nor structured"),
            },
            (None, None) => Ok(Measure::default()),
        }
    }

    /// Gives calls the lines that they printed.
    pub fn weigh(&self, report: &mut Report) -> Result<()> {
        let Some(path) = &self.volume else { return Ok(()) };
        let bytes =
            disk::read_named(path, disk::DOCUMENT).with_context(|| format!("cannot read {}", path.display()))?;
        let profile = volume::parse(&String::from_utf8_lossy(&bytes)).with_context(|| path.display().to_string())?;
        report.volume = Some(volume::apply(&profile, &mut report.files));
        (report.totals, report.tables) = crate::measure::coverage::tables(&report.files);
        Ok(())
    }

    /// Whether a format was asked for.
    pub fn wants(&self, format: Format) -> bool {
        self.output.iter().any(|output| output.format == format)
    }

    /// Whether what was asked for tells of a whole tree; the other formats tell of what is wrong alone.
    pub fn tells_all(&self) -> bool {
        self.volume.is_some() || self.output.iter().any(|output| !is_of_change(output.format))
    }

    /// Whether what was asked for shows what fixes change.
    pub fn shows_fixes(&self) -> bool {
        self.output.iter().any(|output| output.format == Format::Rdjson)
    }

    /// Writes the report of what differs from a commit, in the formats of a whole tree that of all.
    pub fn write_change(&self, change: &Change<'_>, measure: Measure, rules: &RuleSet, passed: usize) -> Result<()> {
        check_sums(change.report)?;
        let rules = summaries(rules);
        let (command, passed, differing) = ("klogmod coverage", Some(passed), Some((change.files, change.from)));
        let part = Document { report: change.report, measure, command, rules: &rules, passed, differing };
        let all = Document { report: change.whole.unwrap_or(change.report), differing: None, ..part };
        self.write_with(&|format, out| {
            Ok(publish::write(format, if is_of_change(format) { &part } else { &all }, out)?)
        })
    }

    /// Writes a report in all formats that were asked for; text if none was. Of a gate, people want to know how many violations it
    /// lets pass, and no tables.
    pub fn write(&self, report: &Report, measure: Measure, rules: &RuleSet, passed: Option<usize>) -> Result<()> {
        check_sums(report)?;
        let rules = summaries(rules);
        let document =
            Document { report, measure, command: "klogmod coverage", rules: &rules, passed, differing: None };
        self.write_with(&|format, out| Ok(publish::write(format, &document, out)?))
    }

    /// Has something written in all formats that were asked for.
    pub fn write_with(&self, write: &dyn Fn(Format, &mut dyn Write) -> Result<()>) -> Result<()> {
        let text = Output { format: Format::Text, path: None };
        let outputs = if self.output.is_empty() { std::slice::from_ref(&text) } else { &self.output };
        for output in outputs {
            match &output.path {
                None => {
                    let mut out = std::io::BufWriter::new(anstream::stdout());
                    write(output.format, &mut out)?;
                    out.flush()?;
                }
                Some(path) => {
                    let mut bytes = Vec::new();
                    write(output.format, &mut bytes)?;
                    if output.format == Format::Text {
                        bytes = anstream::adapter::strip_bytes(&bytes).into_vec();
                    }
                    disk::write_output(path, &bytes).with_context(|| format!("cannot write {}", path.display()))?;
                }
            }
        }
        Ok(())
    }
}

/// What rules say of themselves: name, summary.
pub fn summaries(rules: &RuleSet) -> Vec<(String, String)> {
    rules.check.rules().map(|rule| (rule.name.clone(), rule.summary.clone())).collect()
}

/// How a run that made a report ended, given what it has to note and whether a gate is shut.
pub fn ended<'d>(planned: &Planned, notes: impl Iterator<Item = &'d Diagnostic>, shut: bool) -> Status {
    report_notes(notes);
    match planned.report() {
        Status::Fine if shut => Status::Policy,
        status => status,
    }
}
