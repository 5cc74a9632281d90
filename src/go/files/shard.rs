//! A share of a tree's files: stable, so that a file stays in its shard when others come and go.

use sha2::{Digest, Sha256};

/// Shard `index` of `of`, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, from 1.
    pub index: u32,
    /// Of how many.
    pub of: u32,
}

/// What is no shard.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no shard; shards are 1/4 to 4/4, or hash:1/4")]
pub struct ShardError(String);

impl std::str::FromStr for Shard {
    type Err = ShardError;

    fn from_str(text: &str) -> Result<Self, ShardError> {
        let error = || ShardError(text.to_owned());
        let (index, of) = text.strip_prefix("hash:").unwrap_or(text).split_once('/').ok_or_else(error)?;
        let (index, of): (u32, u32) = (index.parse().map_err(|_| error())?, of.parse().map_err(|_| error())?);
        let valid = (1..=of).contains(&index) && of <= 1_000_000;
        valid.then_some(Self { index, of }).ok_or_else(error)
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl Shard {
    /// Whether a file belongs to it.
    pub fn takes(self, path: &str) -> bool {
        let hash = Sha256::digest(path.as_bytes());
        let first = hash.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        first % u64::from(self.of) == u64::from(self.index - 1)
    }

    /// Whether it also speaks for what belongs to no file: directories left alone, rules that name nothing.
    pub fn is_first(self) -> bool {
        self.index == 1
    }
}
