//! The coverage document: every call with its part, and the sums.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::finding::Finding;
use super::shard::Shards;
use super::table::Tables;
use super::tally::{Part, Tally};
use super::volume::VolumeSummary;
use crate::klog::fingerprint::Fingerprint;
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

/// One file's calls.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FileRecord {
    /// Path below the root.
    pub path: String,
    /// The part of the tree that it belongs to.
    pub component: String,
    /// The directory whose OWNERS names the approvers.
    pub owner: String,
    /// The nearest `sig/` labels.
    pub sig: String,
    /// Its calls, by position.
    pub calls: Vec<Call>,
}

impl FileRecord {
    /// Its directory; `.` for the root.
    pub fn directory(&self) -> &str {
        self.path.rsplit_once('/').map_or(".", |(dir, _)| dir)
    }
}

/// One call and its part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Call {
    /// Its name across runs; empty where it was not analysed.
    pub fingerprint: Fingerprint,
    /// Digest of the call without its place, by which it is found again in another file.
    pub statement: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub col: u32,
    /// Line that it ends in.
    pub end_line: u32,
    /// Column behind its end.
    pub end_col: u32,
    /// The function around it.
    pub function: String,
    /// The method, without the argument of V.
    pub method: String,
    /// Its part.
    pub part: Part,
    /// Why it is skipped, suppressed, rejected or not analysed.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub reason: String,
    /// Whether it prints one text, whatever its part.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub unstructured: bool,
    /// Digest of the constant message of a structured call.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message: Option<String>,
    /// Printed lines, by the profile.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub volume: Option<u64>,
    /// Operations on resources that it serves, `create/pod`, by environment.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub cells: BTreeMap<String, Vec<String>>,
    /// The first phase that takes it up.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub phase: Option<String>,
}

impl Call {
    /// Whether it carries the request ID.
    pub fn has_request_id(&self) -> bool {
        self.part == Part::WithRequestId
    }
}
