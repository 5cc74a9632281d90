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
    /// Words that say that something failed.
    pub failures: BTreeSet<String>,
    /// Prepositions that do not stand behind one of them.
    pub misplaced: BTreeSet<String>,
    /// First words of keys that say of which of several a value is, or how it fares.
    pub qualifiers: BTreeSet<String>,
    /// Words of keys that promise a number.
    pub counts: BTreeSet<String>,
    /// Past forms of verbs that have no ending.
    pub pasts: BTreeSet<String>,
    /// Auxiliaries that say when something is, those of one time together.
    pub times: Vec<Vec<String>>,
    /// Words that stand before a noun and say nothing of it.
    pub articles: BTreeSet<String>,
    /// Words of which both sides may change places.
    pub symmetric: BTreeSet<String>,
    /// Words of keys of which one says another thing than the other, beside those of sentences.
    pub opposed: Vec<[Vec<String>; 2]>,
    /// Functions that give what a pointer points at.
    pub dereferences: BTreeSet<String>,
    /// Words of functions that give less than they are given.
    pub hides: BTreeSet<String>,
    /// Functions of packages for errors that put a text together.
    pub wraps: BTreeSet<String>,
    /// Words of a key that say what kind of datum it is, beside kinds of objects.
    pub kinds: BTreeSet<String>,
    /// Words that say in what a number is counted, those of one unit together.
    pub units: Vec<Vec<String>>,
}
