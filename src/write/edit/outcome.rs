//! What a call site ends as: exactly one of these.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use crate::klog::sample::Kind;
use crate::klog::suppress::Suppression;
use crate::text::Edit;
use crate::text::reason::{Code, schema_of};
use crate::write::carrier::Accessor;
use crate::write::key::{CallKnown, Chance, Named};
use crate::write::reason::{Applicability, Doubts, NoId, SkipReason};

/// Whether a fix carries the request ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(into = "ShownId")]
pub enum RequestId {
    /// The pair is there, read from this carrier.
    From(Accessor),
    /// It is not, for this reason.
    None(NoId),
}

/// A request ID in JSON.
#[derive(Serialize, schemars::JsonSchema)]
#[serde(untagged)]
enum ShownId {
    /// The pair is there.
    From {
        /// The carrier that it is read from.
        from: Accessor,
    },
    /// It is not.
    None {
        /// Why not.
        none: String,
        /// The kind of reason.
        code: Code<NoId>,
    },
}

impl From<RequestId> for ShownId {
    fn from(id: RequestId) -> Self {
        match id {
            RequestId::From(from) => Self::From { from },
            RequestId::None(reason) => Self::None { none: reason.to_string(), code: reason.code() },
        }
    }
}

schema_of!(RequestId, ShownId);

/// A rewrite of one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize)]
pub struct Fix {
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// The whole new call; for calls that end the process, the exit behind it as well.
    pub after: String,
    /// The constant message, where the call was given one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What is replaced.
    #[serde(skip)]
    pub edits: Vec<Edit>,
    /// What is replaced outside the call; fixes that need the same edit there name it each, and it is made once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<Edit>,
    /// Import paths that the new call needs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub imports: Vec<String>,
    /// Names of the rules that made it.
    pub rules: Vec<String>,
    /// Why it is not safe, or what changes.
    #[serde(flatten, skip_serializing_if = "Doubts::is_empty")]
    #[schemars(with = "Option<Doubts>")]
    pub doubts: Doubts,
    /// The keys that were chosen, what else they could be, and how sure they are; in the pairs' order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Named>,
    /// The chance that a maintainer would have worded the call so; absent where it has the words that it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p: Option<Chance>,
    /// What that was worked out from, beside the keys.
    #[serde(skip)]
    pub words: CallKnown,
    /// What values of the old call and the new one are, by their source: for sample lines.
    #[serde(skip)]
    pub kinds: Vec<(String, Kind)>,
    /// Whether it carries the request ID; absent where that edit was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
}

impl Fix {
    /// Of a call that can be rewritten, where nobody asks to what: it changes nothing.
    pub(super) fn unwritten() -> Self {
        Self {
            applicability: Applicability::DisplayOnly,
            after: String::new(),
            message: None,
            edits: Vec::new(),
            elsewhere: Vec::new(),
            imports: Vec::new(),
            rules: Vec::new(),
            doubts: Doubts::default(),
            names: Vec::new(),
            p: None,
            words: CallKnown::default(),
            kinds: Vec::new(),
            request_id: None,
        }
    }
}

/// A call that stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, BorshSerialize, BorshDeserialize)]
#[serde(into = "ShownSkip")]
pub struct Skip {
    /// Why.
    pub reason: SkipReason,
}

/// A skip in JSON.
#[derive(Serialize, schemars::JsonSchema)]
struct ShownSkip {
    /// The kind of reason.
    reason: Code<SkipReason>,
    /// The reason as a sentence.
    detail: String,
}

impl From<Skip> for ShownSkip {
    fn from(skip: Skip) -> Self {
        Self { reason: skip.reason.code(), detail: skip.reason.to_string() }
    }
}

schema_of!(Skip, ShownSkip);

/// What a call site ends as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// A rewrite is proposed.
    Fix(Box<Fix>),
    /// None is, for this reason.
    Skip(Skip),
    /// A comment keeps the call as it is.
    Suppressed(Suppression),
    /// The call has keys and values already, and nothing is to be added.
    Structured,
    /// The run counts calls and proposes nothing.
    #[schemars(skip)]
    Counted,
}

impl From<Fix> for Outcome {
    fn from(fix: Fix) -> Self {
        Self::Fix(Box::new(fix))
    }
}

impl From<SkipReason> for Outcome {
    fn from(reason: SkipReason) -> Self {
        Self::Skip(Skip { reason })
    }
}
