//! What a call site ends as: exactly one of these.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use crate::klog::suppress::Suppression;
use crate::text::Edit;
use crate::write::carrier::Accessor;
use crate::write::reason::{Applicability, Doubts};

/// Why a fix has no request ID where nothing in scope carries one.
pub const NO_CARRIER: &str = "no context, HTTP request or API object is in scope";

/// Whether a fix carries the request ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestId {
    /// The pair is there, read from this carrier.
    From(Accessor),
    /// It is not, for this reason.
    None(String),
}

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
    /// Whether it carries the request ID; absent where that edit was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<RequestId>,
}

/// Why a call is not rewritten.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    schemars::JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum SkipReason {
    /// klog v1 has no structured calls.
    KlogV1,
    /// The format is computed at run time.
    DynamicFormat,
    /// Format and operands do not fit.
    FormatMismatch,
    /// The operands are passed on as a slice.
    SpreadOperands,
    /// Nothing is printed.
    NoArguments,
    /// A comment inside the call would be lost.
    CommentInside,
    /// The tree's klog has no such structured function.
    KlogTooOld,
    /// The call ends the process where a second statement cannot stand.
    NotAStatement,
    /// Nothing is left from which a message could be made.
    NoMessage,
    /// A package that the new call needs cannot be named where it stands.
    NameTaken,
    /// The owners declined the migration.
    Declined,
    /// The structural edit was not asked for.
    NotAsked,
    /// A value takes more than one line in a way that cannot be joined.
    MultilineValue,
    /// The new call would not parse: an error of klogmod's.
    DoesNotParse,
    /// A function that is passed or stored.
    FunctionValue,
    /// The run is not about it.
    OutOfScope,
}

/// A call that stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize)]
pub struct Skip {
    /// The kind of reason.
    pub reason: SkipReason,
    /// The reason as a sentence.
    pub detail: String,
}

impl Skip {
    /// A skip with its sentence.
    pub fn new(reason: SkipReason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

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
