//! Which files `git am` finds: those that git tracks.

use std::collections::BTreeSet;
use std::path::Path;

use super::git::{self, GitError, State};
use crate::text::diagnostic::RelPath;

/// The files of a worktree that mails can be about.
#[derive(Clone, Debug, Default)]
pub struct Tracked {
    /// None where no repository is.
    files: Option<BTreeSet<String>>,
    dirty: BTreeSet<String>,
    /// Where the root is in the repository, which files are named from.
    prefix: String,
}

impl Tracked {
    /// Asks git for the files below `root`; without a repository everything counts as tracked.
    pub fn read(root: &Path) -> Result<Self, GitError> {
        let dirty = match git::state(root)? {
            State::NoRepository => return Ok(Self::default()),
            State::Clean => BTreeSet::new(),
            State::Dirty(files) => files,
        };
        let listed = git::checked(root, &["ls-files", "-z", "--full-name", "--", "."], None)?;
        let prefix = git::checked(root, &["rev-parse", "--show-prefix"], None)?;
        let prefix = String::from_utf8_lossy(&prefix).trim_end_matches('\n').to_owned();
        Ok(Self { files: Some(git::paths(&listed).into_iter().collect()), dirty, prefix })
    }

    /// Whether git tracks a file.
    pub fn has(&self, path: &RelPath) -> bool {
        self.files.as_ref().is_none_or(|files| files.contains(&self.named(path)))
    }

    /// Whether a file is not as in the newest commit.
    pub fn is_dirty(&self, path: &RelPath) -> bool {
        self.dirty.contains(&self.named(path))
    }

    fn named(&self, path: &RelPath) -> String {
        format!("{}{}", self.prefix, &**path)
    }
}
