//! Something that is wrong, with its place and what mends it.

use serde::{Deserialize, Serialize};

use crate::fingerprint::Fingerprint;
use crate::text::LineIndex;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The gate stays shut.
    Error,
    /// It would be, but a baseline allows it.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Lines that are replaced.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replacement {
    /// The first line, from 1.
    pub line: u32,
    /// How many lines; 0: the text is put in front of `line`.
    pub lines: u32,
    /// What stands there afterwards, with its line break.
    pub text: String,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Finding {
    /// The file, or the configuration that is not met.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub col: u32,
    /// Line that it ends in.
    pub end_line: u32,
    /// Column behind its end.
    pub end_col: u32,
    /// The rule.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The command or the edit that mends it.
    pub help: String,
    /// The function around it; empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub function: String,
    /// The name of its call across runs; empty where it is about no call.
    #[serde(skip_serializing_if = "is_unnamed", default)]
    pub fingerprint: Fingerprint,
    /// What mends it, if that can be said.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub fix: Vec<Replacement>,
}

fn is_unnamed(fingerprint: &Fingerprint) -> bool {
    fingerprint.as_str().is_empty()
}

impl Finding {
    /// The name of the finding across runs: the rule and the call.
    pub fn key(&self) -> String {
        format!("{}/{}", self.rule, self.fingerprint)
    }
}

/// How a file's lines change.
pub fn replacements(old: &[u8], new: &[u8]) -> Vec<Replacement> {
    let (Ok(old), Ok(new)) = (std::str::from_utf8(old), std::str::from_utf8(new)) else { return Vec::new() };
    let diff = similar::TextDiff::from_lines(old, new);
    let new_lines = LineIndex::new(new.as_bytes());
    let start = |line: usize| new_lines.line_start(line as u32 + 1).unwrap_or(new.len());
    let changed = diff.ops().iter().filter(|op| op.tag() != similar::DiffTag::Equal);
    changed
        .map(|op| Replacement {
            line: op.old_range().start as u32 + 1,
            lines: op.old_range().len() as u32,
            text: new.get(start(op.new_range().start)..start(op.new_range().end)).unwrap_or_default().to_owned(),
        })
        .collect()
}
