//! `rules/check.toml`: what structured calls and whole trees are held to.

use serde::Deserialize;

use super::RuleDoc;

/// The rules of `klogmod check`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    #[serde(default, rename = "rule")]
    pub(super) rules: Vec<RuleDoc>,
}

impl Check {
    /// Their documentation.
    pub fn rules(&self) -> impl Iterator<Item = &RuleDoc> {
        self.rules.iter()
    }
}
