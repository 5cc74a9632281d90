//! `rules/environments.toml`: what a cluster is made of.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Patterns, RuleDoc};

/// Something that a dimension offers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Its name.
    pub name: String,
    /// Patterns of the files that serve it alone.
    pub paths: Patterns,
}

/// One question to which clusters have different answers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    /// Its name.
    pub name: String,
    /// One line.
    pub summary: String,
    /// The answers.
    #[serde(default)]
    pub choice: Vec<Choice>,
}

/// One kind of cluster.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// One line.
    pub summary: String,
    /// Systems that it is built for.
    pub systems: Vec<String>,
    /// Build tags that are set.
    #[serde(default)]
    pub tags: BTreeSet<String>,
    /// Choices that are in use, by dimension; of a dimension that is not named, all.
    #[serde(default)]
    pub choices: BTreeMap<String, Vec<String>>,
}

/// `rules/environments.toml`, and `[environments]` in `klogmod.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Environments {
    /// Name of the profile that is taken where none is asked for.
    pub default: Option<String>,
    /// Dimensions.
    pub dimension: Vec<Dimension>,
    /// Profiles.
    pub profile: Vec<Profile>,
    #[serde(rename = "rule")]
    pub(super) rules: Vec<RuleDoc>,
}

impl Environments {
    /// Adds what a checkout's owners say; of two profiles with one name, theirs is taken.
    pub fn extend(&mut self, own: &Environments) {
        self.default = own.default.clone().or(self.default.take());
        for dimension in &own.dimension {
            match self.dimension.iter_mut().find(|known| known.name == dimension.name) {
                Some(known) => known.choice.extend(dimension.choice.iter().cloned()),
                None => self.dimension.push(dimension.clone()),
            }
        }
        self.profile.retain(|known| own.profile.iter().all(|p| p.name != known.name));
        self.profile.splice(0..0, own.profile.iter().cloned());
    }
}
