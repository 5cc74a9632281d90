//! The coverage document: the sums, every file's calls, and the proof that they add up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::record::FileRecord;
use super::shard::Shards;
use super::table::{DIMENSIONS, Tables};
use super::tally::Tally;
use super::volume::VolumeSummary;
use crate::text::diagnostic::Diagnostic;

/// Name of the document's schema.
pub const SCHEMA: &str = "klogmod/coverage/v1";

/// `coverage --output json=PATH`, `check --output json=PATH`; what `merge` reads.
#[derive(Clone, Debug, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Report {
    /// `klogmod/coverage/v1`.
    pub schema: String,
    /// klogmod's version.
    pub version: String,
    /// Digest of the rules.
    pub rules: String,
    /// Digest of what was asked for: two reports with different ones do not go together.
    pub settings: String,
    /// The commit that was checked out; none outside a repository.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revision: Option<String>,
    /// Which shards this is made of; none: all of the tree.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shards: Option<Shards>,
    /// What the run was about, in words.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scope: Option<String>,
    /// Go files read.
    pub files_read: u64,
    /// Files and directories left alone, by reason.
    pub left_alone: BTreeMap<String, u64>,
    /// All calls.
    pub totals: Tally,
    /// Calls by dimension and value.
    pub tables: Tables,
    /// What became of the profile's lines.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub volume: Option<VolumeSummary>,
    /// What is wrong: rules and gates.
    pub findings: Vec<Finding>,
    /// Files with klog calls, sorted by path.
    pub files: Vec<FileRecord>,
    /// What was not analysed, and what looks wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Where sums do not add up.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the parts of {0} do not add up; this is an error of klogmod's, please report it")]
pub struct Sums(String);

/// Checks that parts add up everywhere, that tables of one-valued dimensions make the totals, and that nothing is counted that is
/// no call.
pub fn check_sums(report: &Report) -> Result<(), Sums> {
    let calls: u64 = report.files.iter().map(|file| file.calls.len() as u64).sum();
    if !report.totals.adds_up() || report.totals.calls != calls {
        return Err(Sums("all calls".to_owned()));
    }
    for (dimension, table) in &report.tables {
        if let Some((value, _)) = table.iter().find(|(_, tally)| !tally.adds_up()) {
            return Err(Sums(format!("{dimension} {value}")));
        }
        let single = DIMENSIONS.iter().any(|(name, single)| name == dimension && *single);
        let sum: u64 = table.values().map(|tally| tally.calls).sum();
        if single && sum != calls {
            return Err(Sums(format!("{dimension}: {sum} of {calls} calls")));
        }
    }
    Ok(())
}
