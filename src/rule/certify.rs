//! `rules/certify.toml`: what the words of somebody else's message may be.

use std::collections::BTreeSet;

use serde::Deserialize;

/// `rules/certify.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Certify {
    /// Words that say no more than that it is a log line.
    pub neutral: BTreeSet<String>,
    /// Words of the old text that the new line need not tell.
    pub dispensable: BTreeSet<String>,
    /// Small words that change what a sentence says.
    pub weighty: BTreeSet<String>,
    /// Words of which each says the same as the others.
    pub same: Vec<Vec<String>>,
    /// Words of a key that say what kind of datum it is, beside kinds of objects.
    pub kinds: BTreeSet<String>,
    /// Words that say in what a number is counted, those of one unit together.
    pub units: Vec<Vec<String>>,
}
