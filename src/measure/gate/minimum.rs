//! Rates that must be reached.

use std::collections::BTreeMap;

use crate::measure::coverage::{Measure, Report, Tally};
use crate::rule::{GateConfig, Percent};

/// A rate that is not reached.
#[derive(Debug)]
pub(super) struct Below {
    /// The setting, as in klogmod.toml: `minimum` or `component "pkg/kubelet"`.
    pub setting: String,
    /// What is too low.
    pub message: String,
    /// Paths or values to look at.
    pub paths: Option<String>,
}

/// All rates that are not reached, and settings about nothing.
pub(super) fn below(report: &Report, config: &GateConfig, measure: Measure) -> Vec<Below> {
    let mut found = Vec::new();
    let what = match report.totals.volume {
        Some(_) => "printed lines",
        None => "calls",
    };
    let mut judge = |setting: String, name: &str, tally: &Tally, minimum: Percent, paths: Option<String>| {
        let rate = measure.weighted(tally);
        if !rate.reaches(minimum.get()) {
            let message = format!(
                "{name} is at {rate} ({} of {} {what}) by {}, below the {} % of [gate] {setting}",
                rate.covered,
                rate.counted,
                measure.name(),
                minimum.get(),
            );
            found.push(Below { setting, message, paths });
        }
    };
    if let Some(minimum) = config.minimum {
        judge("minimum".to_owned(), "the whole run", &report.totals, minimum, None);
    }
    let mut unknown = Vec::new();
    for (dimension, minimums) in dimensions(config) {
        for (value, minimum) in minimums {
            let setting = format!("{dimension} \"{value}\"");
            match tally(report, dimension, value) {
                Some(tally) => {
                    let paths = matches!(dimension, "directory" | "component").then(|| value.clone());
                    judge(setting, &format!("{dimension} {value}"), &tally, *minimum, paths);
                }
                // What has no calls has nothing to cover, but a name that is in no table may be a slip.
                None => unknown.push(setting),
            }
        }
    }
    let nothing = |setting: String| Below {
        message: format!("[gate] {setting} is about no call of this run: a slip, or to be deleted"),
        setting,
        paths: None,
    };
    found.extend(unknown.into_iter().map(nothing));
    found
}

/// A value's tally; of a directory with all below it.
fn tally(report: &Report, dimension: &str, value: &str) -> Option<Tally> {
    let table = report.tables.get(dimension)?;
    if dimension != "directory" {
        return table.get(value).cloned();
    }
    let below = |dir: &str| value == "." || dir == value || dir.strip_prefix(value).is_some_and(|r| r.starts_with('/'));
    let files: Vec<_> = report.files.iter().filter(|file| below(file.directory())).cloned().collect();
    (!files.is_empty()).then(|| crate::measure::coverage::tables(&files).0)
}

fn dimensions(config: &GateConfig) -> [(&'static str, &BTreeMap<String, Percent>); 8] {
    [
        ("component", &config.component),
        ("directory", &config.directory),
        ("owner", &config.owner),
        ("sig", &config.sig),
        ("phase", &config.phase),
        ("operation", &config.operation),
        ("resource", &config.resource),
        ("operation/resource", &config.cell),
    ]
}
