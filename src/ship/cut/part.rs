//! One patch to be: who is asked, which edits it makes, and its files.

use std::borrow::Cow;

use crate::decide::change::Change;
use crate::ship::series::LineCounts;
use crate::text::FileChange;
use crate::write::edit::Fix;

/// Who is asked about a patch: the same for all of its files.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    /// Where it stands in the series: phase, then operation; those without come last.
    pub rank: (u8, String),
    /// What it is about: the owners' directory, or a part of the tree where the root's owners are asked.
    pub component: String,
    /// The directory whose OWNERS is asked.
    pub owners: String,
    /// The nearest SIGs.
    pub sigs: Vec<String>,
    /// Who may approve.
    pub approvers: Vec<String>,
}

/// Which edits a patch makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// All that were asked for.
    Whole,
    /// Structural ones.
    Structural,
    /// Request IDs, on top of the structural ones.
    RequestId,
}

/// One patch to be.
#[derive(Debug)]
pub struct Part<'c, 'p> {
    /// Who is asked.
    pub group: Group,
    /// Which edits it makes.
    pub stage: Stage,
    /// The directory that holds all of it.
    pub dir: String,
    /// Which part it is of those with this directory and stage, and of how many.
    pub number: (usize, usize),
    /// Its calls.
    pub changes: Vec<&'c Change<'p>>,
    /// Its files: before and after.
    pub files: Vec<FileChange>,
    /// Lines that count.
    pub counts: LineCounts,
}

/// A change and the fix that is made for it.
pub(crate) struct Taken<'c, 'p> {
    pub change: &'c Change<'p>,
    pub fix: Cow<'p, Fix>,
    /// The structural fix alone, where stages are parted.
    pub structural: Option<Cow<'c, Fix>>,
}

/// The directory that holds all of these files.
pub(super) fn common_dir<'f>(mut paths: impl Iterator<Item = &'f str>) -> String {
    let dir = |path: &str| path.rsplit_once('/').map_or(String::new(), |(dir, _)| dir.to_owned());
    let mut common = paths.next().map(dir).unwrap_or_default();
    for path in paths {
        while !common.is_empty() && !path.starts_with(&format!("{common}/")) {
            common = dir(&common);
        }
    }
    if common.is_empty() { ".".to_owned() } else { common }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_holds_all_files() {
        assert_eq!(common_dir(["a/b/x.go", "a/c/y.go", "a/z.go"].into_iter()), "a");
        assert_eq!(common_dir(["a/b/x.go"].into_iter()), "a/b");
        assert_eq!(common_dir(["a/x.go", "ab/x.go"].into_iter()), ".");
    }
}
