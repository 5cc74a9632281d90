//! Patterns of paths and of import paths: compiled when they are read, so that none fails where it is used.

use std::sync::Arc;

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};
use serde::{Deserialize, Deserializer};

use super::source::parsed;

/// A pattern that is none, or that no path can match.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is not a pattern of paths: {fault}")]
pub struct PatternError {
    pattern: String,
    fault: String,
}

/// Patterns, any of which may match; `*` stays within one directory, `**` does not. A directory's name stands for all in it.
#[derive(Clone, Default)]
pub struct Patterns {
    list: Arc<[String]>,
    set: Arc<GlobSet>,
}

impl Patterns {
    /// Compiles patterns, all of which some path must be able to match.
    pub fn new(list: Vec<String>) -> Result<Self, PatternError> {
        let mut set = GlobSetBuilder::new();
        for pattern in &list {
            globs(pattern)?.into_iter().for_each(|glob| _ = set.add(glob));
        }
        let error = |e: globset::Error| PatternError { pattern: list.join(", "), fault: e.kind().to_string() };
        let set = Arc::new(set.build().map_err(error)?);
        Ok(Self { list: list.into(), set })
    }

    /// Whether one of them matches.
    pub fn is_match(&self, path: impl AsRef<std::path::Path>) -> bool {
        self.set.is_match(path)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Adds others. Sets that are sound apart are so together.
    pub(super) fn extend(&mut self, own: &Self) -> Result<(), PatternError> {
        if own.is_empty() {
            return Ok(());
        }
        *self = Self::new(self.list.iter().chain(&*own.list).cloned().collect())?;
        Ok(())
    }
}

/// What a pattern stands for: a path, and what is below it.
fn globs(pattern: &str) -> Result<[Glob; 2], PatternError> {
    let error = |fault: String| PatternError { pattern: pattern.to_owned(), fault };
    possible(pattern).map_err(|fault| error(fault.to_owned()))?;
    let build = |glob: Result<Glob, globset::Error>| glob.map_err(|e| error(e.kind().to_string()));
    let path = build(GlobBuilder::new(pattern).literal_separator(true).build())?;
    Ok([path, build(Glob::new(&format!("{}/**", pattern.trim_end_matches('/'))))?])
}

/// Why no path from the root can match: such paths have neither a start nor a way up, and one `/` between their parts.
fn possible(pattern: &str) -> Result<(), &'static str> {
    let parts: Vec<&str> = pattern.trim_end_matches('/').split('/').collect();
    match () {
        () if pattern.is_empty() => Err("it is empty; `**` stands for everything"),
        () if pattern.starts_with('/') => Err("paths start below the root: leave out the leading `/`"),
        () if parts.first() == Some(&".") => Err("paths start below the root: leave out the leading `./`"),
        () if parts.iter().any(|part| matches!(*part, "." | "..")) => Err("no path has `.` or `..` among its parts"),
        () if parts.iter().any(|part| part.is_empty()) => Err("no path has an empty part: write one `/`, not two"),
        () => Ok(()),
    }
}

impl std::fmt::Debug for Patterns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.list.fmt(f)
    }
}

impl Eq for Patterns {}

impl PartialEq for Patterns {
    fn eq(&self, other: &Self) -> bool {
        self.list == other.list
    }
}

/// One of a list, so that an error is shown where it stands.
struct Sound(String);

impl<'de> Deserialize<'de> for Sound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let sound = |pattern: &str| globs(pattern).map(|_| Self(pattern.to_owned()));
        parsed(deserializer, "a pattern of paths", sound)
    }
}

impl<'de> Deserialize<'de> for Patterns {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let list = Vec::<Sound>::deserialize(deserializer)?;
        Self::new(list.into_iter().map(|sound| sound.0).collect()).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stay_in_a_directory_and_stand_for_what_is_below() {
        let set = Patterns::new(["pkg/a*", "**/x_test.go", "cmd/"].map(str::to_owned).into()).unwrap();
        for path in ["pkg/ab", "pkg/ab/c/d.go", "x_test.go", "a/b/x_test.go", "cmd/a.go"] {
            assert!(set.is_match(path), "{path}");
        }
        for path in ["pkg/b", "a/pkg/ab", "y_test.go", "cmd2/a.go"] {
            assert!(!set.is_match(path), "{path}");
        }
    }

    #[test]
    fn what_no_path_can_match_is_refused() {
        for pattern in ["", "/", "/pkg", "./pkg", "../pkg", "pkg/../x", "pkg/./x", "pkg//x", "pkg/[", "a/{b"] {
            assert!(Patterns::new(vec![pattern.to_owned()]).is_err(), "{pattern}");
        }
    }
}
