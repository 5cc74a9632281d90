//! One file's calls, each with its part.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::tally::Part;
use crate::klog::fingerprint::Fingerprint;

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
