//! One `OWNERS` file, and `OWNERS_ALIASES`. Both come from the checkout: sizes, nesting and patterns are bounded.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use regex::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::text::disk;

/// Larger files are no OWNERS files.
const MAX_SIZE: u64 = 1 << 20;
/// Bytes that one compiled pattern may take.
const MAX_PATTERN: usize = 1 << 18;
/// Bytes that a file's patterns may take together, compiled.
const MAX_PATTERNS: usize = 1 << 25;

/// People and labels, as one part of a file names them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Entry {
    /// Who may approve.
    #[serde(deserialize_with = "list")]
    pub approvers: Vec<String>,
    /// Who is asked to review.
    #[serde(deserialize_with = "list")]
    pub reviewers: Vec<String>,
    /// Labels that pull requests get.
    #[serde(deserialize_with = "list")]
    pub labels: Vec<String>,
}

/// An absent list is written in many ways: left out, empty, `null`.
fn list<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::<Vec<String>>::deserialize(deserializer)?.unwrap_or_default())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Raw {
    #[serde(flatten)]
    all: Entry,
    options: Option<Options>,
    filters: Option<BTreeMap<String, Entry>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Options {
    no_parent_owners: bool,
}

/// One `OWNERS` file.
#[derive(Debug, Default)]
pub(super) struct OwnersFile {
    /// Whether the files of the directories above do not count.
    pub no_parent_owners: bool,
    /// What holds for which files, by a pattern of the path below the directory; all of them where there is none.
    parts: Vec<(Option<Regex>, Entry)>,
}

impl OwnersFile {
    /// Reads a file; `None` where there is none.
    pub fn read(root: &Path, path: &str) -> Result<Option<Self>, String> {
        text(root, path)?.map(|text| Self::parse(&text)).transpose()
    }

    fn parse(text: &str) -> Result<Self, String> {
        let raw: Raw = yaml(text)?;
        let mut parts = vec![(None, raw.all)];
        let filters = raw.filters.unwrap_or_default();
        let most = MAX_PATTERN.min(MAX_PATTERNS / filters.len().max(1));
        for (pattern, entry) in filters {
            // The regex crate takes linear time, so a pattern can be wrong but not slow.
            let regex = RegexBuilder::new(&pattern).size_limit(most).dfa_size_limit(most).build();
            let regex = regex.map_err(|error| format!("the filter {pattern:?} is no pattern: {error}"))?;
            parts.push((Some(regex), entry));
        }
        Ok(Self { no_parent_owners: raw.options.unwrap_or_default().no_parent_owners, parts })
    }

    /// What the file says about a path below its directory.
    pub fn about(&self, path: &str) -> Entry {
        let mut sum = Entry::default();
        for (pattern, entry) in &self.parts {
            if pattern.as_ref().is_none_or(|pattern| pattern.is_match(path)) {
                sum.approvers.extend(entry.approvers.iter().cloned());
                sum.reviewers.extend(entry.reviewers.iter().cloned());
                sum.labels.extend(entry.labels.iter().cloned());
            }
        }
        sum
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Aliases {
    aliases: Option<BTreeMap<String, Option<Vec<String>>>>,
}

/// Reads `OWNERS_ALIASES`: groups by lower-case name.
pub(super) fn aliases(root: &Path) -> Result<BTreeMap<String, Vec<String>>, String> {
    let Some(text) = text(root, "OWNERS_ALIASES")? else { return Ok(BTreeMap::new()) };
    let aliases: Aliases = yaml(&text)?;
    let groups = aliases.aliases.unwrap_or_default();
    Ok(groups.into_iter().map(|(name, members)| (name.to_lowercase(), members.unwrap_or_default())).collect())
}

fn text(root: &Path, path: &str) -> Result<Option<String>, String> {
    match disk::text_within(root, path, MAX_SIZE) {
        Ok(text) => Ok(Some(text)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

fn yaml<T: for<'de> Deserialize<'de> + Default>(text: &str) -> Result<T, String> {
    let empty = text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
    if empty {
        return Ok(T::default());
    }
    // The crate's own budget stops documents that unfold.
    serde_saphyr::from_str(text).map_err(|error| format!("it cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_filters_are_read() {
        let file =
            OwnersFile::parse("approvers:\n- A # why\nreviewers:\nlabels: [sig/node]\nunknown: {x: 1}\n").unwrap();
        let entry = file.about("x.go");
        assert_eq!(
            (entry.approvers, entry.reviewers, entry.labels),
            (vec!["A".into()], vec![], vec!["sig/node".into()])
        );
        let text = "options:\n  no_parent_owners: true\nfilters:\n  \".*\":\n    approvers: [a]\n  \"^[a-z]+\\\\.go$\":\n    labels: [l]\n";
        let file = OwnersFile::parse(text).unwrap();
        assert!(file.no_parent_owners);
        assert_eq!((file.about("x.go").labels.len(), file.about("d/x.go").labels.len()), (1, 0));
        assert_eq!(file.about("d/x.go").approvers, ["a"]);
    }

    #[test]
    fn hostile_files_are_errors() {
        assert!(OwnersFile::parse("approvers: {a: b").is_err());
        assert!(OwnersFile::parse("filters:\n  \"(\": {}\n").is_err());
        assert!(OwnersFile::parse("filters:\n  \"((a{1,999}){1,999}){1,999}\": {}\n").is_err());
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
        for n in 1..12 {
            let refs = vec![format!("*a{}", n - 1); 9].join(",");
            bomb.push_str(&format!("a{n}: &a{n} [{refs}]\n"));
        }
        assert!(OwnersFile::parse(&bomb).is_err());
        let slow = OwnersFile::parse("filters:\n  \"(a+)+$\": {labels: [l]}\n").unwrap();
        assert!(slow.about(&format!("{}!", "a".repeat(50_000))).labels.is_empty());
        let each = |n| format!("  \"(a{{1,90}}){{1,30}}{n}\": {{labels: [l]}}\n");
        let many: String = (0..4000).map(each).collect();
        assert!(OwnersFile::parse(&format!("filters:\n{many}")).is_err());
        let plain: String = (0..4000).map(|n| format!("  \"^part{n}/.*\\\\.go$\": {{labels: [l]}}\n")).collect();
        assert_eq!(OwnersFile::parse(&format!("filters:\n{plain}")).unwrap().about("part7/x.go").labels, ["l"]);
        assert!(OwnersFile::parse("# nothing\n").unwrap().about("x").approvers.is_empty());
    }
}
