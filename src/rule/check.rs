//! `rules/check.toml`: what structured calls and whole trees are held to.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::RuleDoc;

/// The rules of `klogmod check`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleDoc>,
    /// Those that the owners ask for, of the rules that are off where nobody does.
    #[serde(skip)]
    pub also: BTreeSet<String>,
}

impl Check {
    /// Their documentation.
    pub fn rules(&self) -> impl Iterator<Item = &RuleDoc> {
        self.rules.iter()
    }
}
