//! Which shards of a tree a report is made of.

use serde::{Deserialize, Serialize};

use crate::go::files::Shard;

/// Which shards a report is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shards {
    /// Of how many.
    pub of: u32,
    /// Which, sorted.
    pub have: Vec<u32>,
}

impl Shards {
    /// Of one shard; none where that is all of the tree.
    pub fn of(shard: Option<Shard>) -> Option<Self> {
        shard.filter(|shard| shard.of > 1).map(|shard| Self { of: shard.of, have: vec![shard.index] })
    }

    /// Those that are missing.
    pub fn missing(&self) -> Vec<u32> {
        (1..=self.of).filter(|index| !self.have.contains(index)).collect()
    }
}
