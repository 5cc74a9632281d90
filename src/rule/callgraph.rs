//! `rules/callgraph.toml`: how calls are followed.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{PatternError, Patterns, RuleDoc};

/// A binary, or several that belong together.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Component {
    /// Its name.
    pub name: String,
    /// Import paths of its main packages.
    pub main: Vec<String>,
    /// Patterns of import paths whose functions belong to it where nothing else says so.
    #[serde(default)]
    pub packages: Patterns,
}

/// Functions that paths do not lead through.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cut {
    /// Why.
    pub reason: String,
    /// Patterns of import paths.
    #[serde(default)]
    pub packages: Patterns,
    /// Names, as in `rules/operations.toml`.
    #[serde(default)]
    pub functions: Vec<String>,
    /// Names of methods, whatever has them.
    #[serde(default)]
    pub methods: Vec<String>,
}

/// Functions that work on many objects at once.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// Why no request stands behind them.
    pub reason: String,
    /// Names, as in `rules/operations.toml`.
    pub functions: Vec<String>,
    /// Whether what they call is about one object again.
    #[serde(default)]
    pub follow: bool,
}

/// `rules/callgraph.toml`, and `[callgraph]` in `klogmod.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CallGraph {
    /// Import paths of packages outside that give back what they are given.
    pub containers: BTreeSet<String>,
    /// Import paths of packages that put another function in the place of one that runs.
    pub replacers: BTreeSet<String>,
    /// Patterns of vendored packages that values are followed through, though paths are not.
    pub followed: Patterns,
    /// Patterns of files whose functions call none but each other: paths that enter them end there, so they are not read.
    pub leaves: Patterns,
    /// Binaries.
    pub component: Vec<Component>,
    /// What connects everything.
    pub cut: Vec<Cut>,
    /// What has no single request.
    pub batch: Vec<Batch>,
    #[serde(rename = "rule")]
    pub(super) rules: Vec<RuleDoc>,
}

impl CallGraph {
    /// Adds what a checkout's owners say; of two components with one name, theirs is taken.
    pub fn extend(&mut self, own: &CallGraph) -> Result<(), PatternError> {
        self.containers.extend(own.containers.iter().cloned());
        self.replacers.extend(own.replacers.iter().cloned());
        self.followed.extend(&own.followed)?;
        self.leaves.extend(&own.leaves)?;
        self.component.retain(|known| own.component.iter().all(|c| c.name != known.name));
        self.component.splice(0..0, own.component.iter().cloned());
        self.cut.splice(0..0, own.cut.iter().cloned());
        self.batch.splice(0..0, own.batch.iter().cloned());
        Ok(())
    }
}
