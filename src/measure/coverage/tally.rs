//! One call's part, and counts of parts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What a call is to coverage: exactly one of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Structured, and carries the request ID.
    WithRequestId,
    /// Structured, without it.
    WithoutRequestId,
    /// Not structured; a fix is proposed.
    Fixable,
    /// Not structured; no fix is proposed, for a reason.
    Skipped,
    /// A comment keeps it as it is.
    Suppressed,
    /// Batch work that serves no single request.
    Batch,
    /// Somebody rejected the fix.
    Rejected,
    /// It was not looked at.
    NotAnalysed,
}

impl Part {
    /// All of them, in their order.
    pub const ALL: [Self; 8] = [
        Self::WithRequestId,
        Self::WithoutRequestId,
        Self::Fixable,
        Self::Skipped,
        Self::Suppressed,
        Self::Batch,
        Self::Rejected,
        Self::NotAnalysed,
    ];

    /// Its name in every report.
    pub fn name(self) -> &'static str {
        match self {
            Self::WithRequestId => "with-request-id",
            Self::WithoutRequestId => "without-request-id",
            Self::Fixable => "fixable",
            Self::Skipped => "skipped",
            Self::Suppressed => "suppressed",
            Self::Batch => "batch",
            Self::Rejected => "rejected",
            Self::NotAnalysed => "not-analysed",
        }
    }

    /// In words.
    pub fn title(self) -> &'static str {
        match self {
            Self::WithRequestId => "structured, with request ID",
            Self::WithoutRequestId => "structured, without request ID",
            Self::Fixable => "fixable",
            Self::Skipped => "skipped",
            Self::Suppressed => "suppressed by a comment",
            Self::Batch => "batch work",
            Self::Rejected => "fix rejected",
            Self::NotAnalysed => "not analysed",
        }
    }
}

/// A count for each part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Parts {
    /// Structured, with request ID.
    pub with_request_id: u64,
    /// Structured, without request ID.
    pub without_request_id: u64,
    /// Not structured; a fix is proposed.
    pub fixable: u64,
    /// Not structured; no fix is proposed.
    pub skipped: u64,
    /// Kept by a comment.
    pub suppressed: u64,
    /// Batch work.
    pub batch: u64,
    /// Somebody rejected the fix.
    pub rejected: u64,
    /// Not looked at.
    pub not_analysed: u64,
}

impl Parts {
    /// The count of a part.
    pub fn get(&self, part: Part) -> u64 {
        match part {
            Part::WithRequestId => self.with_request_id,
            Part::WithoutRequestId => self.without_request_id,
            Part::Fixable => self.fixable,
            Part::Skipped => self.skipped,
            Part::Suppressed => self.suppressed,
            Part::Batch => self.batch,
            Part::Rejected => self.rejected,
            Part::NotAnalysed => self.not_analysed,
        }
    }

    /// The count of a part, to be changed.
    pub fn at(&mut self, part: Part) -> &mut u64 {
        match part {
            Part::WithRequestId => &mut self.with_request_id,
            Part::WithoutRequestId => &mut self.without_request_id,
            Part::Fixable => &mut self.fixable,
            Part::Skipped => &mut self.skipped,
            Part::Suppressed => &mut self.suppressed,
            Part::Batch => &mut self.batch,
            Part::Rejected => &mut self.rejected,
            Part::NotAnalysed => &mut self.not_analysed,
        }
    }

    /// All parts together.
    pub fn sum(&self) -> u64 {
        Part::ALL.iter().fold(0, |sum: u64, part| sum.saturating_add(self.get(*part)))
    }
}

/// Calls of a piece of the tree, and how they split.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Tally {
    /// All calls, counted one by one: the parts must make the same number.
    pub calls: u64,
    /// How they split.
    pub parts: Parts,
    /// Skipped calls by reason.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub skipped_by: BTreeMap<String, u64>,
    /// Printed lines by part, where a profile was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub volume: Option<Parts>,
}

impl Tally {
    /// Counts one call.
    pub fn add(&mut self, part: Part, reason: &str, volume: Option<u64>) {
        self.calls += 1;
        *self.parts.at(part) += 1;
        if part == Part::Skipped {
            *self.skipped_by.entry(reason.to_owned()).or_default() += 1;
        }
        if let Some(lines) = volume {
            let count = self.volume.get_or_insert_default().at(part);
            *count = count.saturating_add(lines);
        }
    }

    /// Whether the parts make the whole.
    pub fn adds_up(&self) -> bool {
        self.calls == self.parts.sum() && self.parts.skipped == self.skipped_by.values().sum::<u64>()
    }
}
