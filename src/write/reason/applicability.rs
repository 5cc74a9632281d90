//! How far a fix can be trusted.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

/// How far a fix can be trusted.
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
pub enum Applicability {
    /// It evaluates nothing new, keeps every datum, and its message reads as a sentence.
    Safe,
    /// Somebody should read it first; the reasons say why.
    NeedsReview,
    /// It changes behaviour and is shown, never applied unasked.
    DisplayOnly,
}
