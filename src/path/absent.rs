//! An operation's entry that a tree should have and does not.

use borsh::{BorshDeserialize, BorshSerialize};

/// An entry that a tree does not have.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    serde::Serialize,
    schemars::JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
pub struct Absent {
    /// The component that should have it.
    pub component: String,
    /// All its names.
    pub names: Vec<String>,
    /// Releases that are known to be without it; none: it should be there.
    pub bounds: Option<String>,
}
