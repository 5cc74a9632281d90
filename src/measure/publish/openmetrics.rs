//! OpenMetrics: gauges by dimension and part, for a burn-down on a dashboard.

use std::io::{Result, Write};

use super::Document;
use crate::measure::coverage::{Part, Tally};
use crate::plan::report::style::harmless;

pub(super) fn write(document: &Document<'_>, out: &mut dyn Write) -> Result<()> {
    let report = document.report;
    writeln!(out, "# TYPE klogmod_calls gauge\n# HELP klogmod_calls klog calls by part; the parts add up.")?;
    gauges("klogmod_calls", "all", "", &report.totals, out)?;
    for (dimension, table) in &report.tables {
        for (value, tally) in table {
            gauges("klogmod_calls", dimension, value, tally, out)?;
        }
    }
    writeln!(
        out,
        "# TYPE klogmod_covered_ratio gauge\n# HELP klogmod_covered_ratio Covered calls of those that count."
    )?;
    let mut ratio = |dimension: &str, value: &str, tally: &Tally| {
        let mille = document.measure.rate(&tally.parts).per_mille();
        let labels = labels(dimension, value);
        let measure = document.measure.name();
        writeln!(out, "klogmod_covered_ratio{{{labels},measure=\"{measure}\"}} {}.{:03}", mille / 1000, mille % 1000)
    };
    ratio("all", "", &report.totals)?;
    for (dimension, table) in &report.tables {
        for (value, tally) in table {
            ratio(dimension, value, tally)?;
        }
    }
    writeln!(out, "# TYPE klogmod_findings gauge\n# HELP klogmod_findings Findings of rules and gates.")?;
    writeln!(out, "klogmod_findings {}\n# EOF", report.findings.len())
}

fn labels(dimension: &str, value: &str) -> String {
    let value = harmless(value).replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("dimension=\"{dimension}\",value=\"{value}\"")
}

fn gauges(name: &str, dimension: &str, value: &str, tally: &Tally, out: &mut dyn Write) -> Result<()> {
    let labels = labels(dimension, value);
    for part in Part::ALL {
        writeln!(out, "{name}{{{labels},part=\"{}\"}} {}", part.name(), tally.parts.get(part))?;
    }
    Ok(())
}
