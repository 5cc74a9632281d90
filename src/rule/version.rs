//! Versions as klog's tags spell them.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer};

/// `major.minor.patch`; a pre-release suffix is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct Version(pub u32, pub u32, pub u32);

impl std::str::FromStr for Version {
    type Err = String;

    /// Reads `v2.70.0`, `2.70.0`, `v2.70` or `v2.70.0-rc.1`.
    fn from_str(text: &str) -> Result<Self, String> {
        let plain = text.strip_prefix('v').unwrap_or(text);
        let core = plain.split(['-', '+']).next().unwrap_or(plain);
        let mut parts = core.split('.').map(str::parse::<u32>);
        let mut next = |required: bool| match parts.next() {
            Some(Ok(number)) => Some(number),
            None if !required => Some(0),
            _ => None,
        };
        let (major, minor, patch) = (next(true), next(true), next(false));
        match (major, minor, patch, parts.next()) {
            (Some(major), Some(minor), Some(patch), None) => Ok(Self(major, minor, patch)),
            _ => Err(format!("`{text}` is not a version such as v2.70.0")),
        }
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "v{}.{}.{}", self.0, self.1, self.2)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <String as Deserialize>::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_tags_spell_them_and_ordered_by_number() {
        assert_eq!("v2.70.0".parse(), Ok(Version(2, 70, 0)));
        assert_eq!("2.8".parse(), Ok(Version(2, 8, 0)));
        assert_eq!("v2.0.0-rc.2+x".parse(), Ok(Version(2, 0, 0)));
        assert!(Version(2, 8, 0) < Version(2, 70, 0));
        for bad in ["", "v2", "latest", "1.2.3.4", "v2.x"] {
            assert!(bad.parse::<Version>().is_err(), "{bad}");
        }
    }
}
