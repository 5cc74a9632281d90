//! What a rule says of itself, and its examples.

use serde::{Deserialize, Serialize};

/// A named rule's documentation. Its examples run as tests.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleDoc {
    /// As reasons name it.
    pub name: String,
    /// One line.
    pub summary: String,
    /// Why and when; Markdown.
    pub doc: String,
    /// Whether it is off where nobody asks for it.
    #[serde(default, rename = "opt-in", skip_serializing_if = "std::ops::Not::not")]
    pub opt_in: bool,
    /// Calls before and after.
    #[serde(default, rename = "example")]
    pub examples: Vec<Example>,
}

/// One call before and after.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Example {
    /// Go code around the call, which stands at `$`; a function without parameters if absent.
    #[serde(default)]
    pub context: Option<String>,
    /// Which edits are made: `s` if absent.
    #[serde(default)]
    pub edits: Option<String>,
    /// What the edits make of a call: `infos` if absent.
    #[serde(default)]
    pub target: Option<String>,
    /// Whether only a person makes the change.
    #[serde(default)]
    pub by_hand: bool,
    /// The old call.
    pub before: String,
    /// What replaces it.
    pub after: String,
}
