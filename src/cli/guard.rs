//! What is not written over: what git could not give back.

use anyhow::Result;

use super::args::Planned;
use crate::decide::decision;
use crate::rule::NAMES;
use crate::ship::worktree::{self, State};
use crate::text::counted;
use crate::text::diagnostic::RelPath;

/// Files that are named in a refusal.
const NAMED: usize = 5;

/// What somebody allows all the same.
#[derive(Clone, Copy, Debug)]
pub struct Guard {
    /// Uncommitted changes, and files that no commit holds.
    pub allow_dirty: bool,
    /// A directory in no repository.
    pub allow_no_vcs: bool,
}

impl Guard {
    /// Why nothing may be written to a checkout as it is.
    pub fn refusal(self, planned: &Planned) -> Result<Option<String>> {
        if self.allow_dirty && self.allow_no_vcs {
            return Ok(None);
        }
        let root = &planned.plan.root;
        Ok(match worktree::state(root)? {
            State::NoRepository if !self.allow_no_vcs => Some(format!(
                "{} is in no git repository, so that nothing could be undone; --allow-no-vcs writes all the same",
                root.display()
            )),
            State::Dirty(files) if !self.allow_dirty => {
                // Decisions and names may well be under way; they are not what is written.
                let is_own =
                    |path: &str| [decision::FILE_NAME, NAMES].contains(&path.rsplit('/').next().unwrap_or(path));
                let files: Vec<&str> = files.iter().map(String::as_str).filter(|path| !is_own(path)).collect();
                (!files.is_empty()).then(|| {
                    let files = named(&files);
                    format!(
                        "the worktree has uncommitted changes ({files}); commit or stash them, or pass --allow-dirty"
                    )
                })
            }
            State::Clean | State::Dirty(_) | State::NoRepository => None,
        })
    }

    /// Why these files may not be written over, in a checkout that [`Self::refusal`] lets pass.
    pub fn unkept<'p>(self, planned: &Planned, paths: impl Iterator<Item = &'p RelPath>) -> Result<Option<String>> {
        if self.allow_dirty {
            return Ok(None);
        }
        let unkept: Vec<&str> = worktree::unkept(&planned.plan.root, paths)?.into_iter().map(|path| &**path).collect();
        Ok((!unkept.is_empty()).then(|| {
            let (count, files) = (counted(unkept.len(), "file"), named(&unkept));
            format!("no commit holds what would be written over: {count} ({files}); commit that, or pass --allow-dirty")
        }))
    }
}

fn named(files: &[&str]) -> String {
    let some = files.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    match files.len().checked_sub(NAMED) {
        Some(more @ 1..) => format!("{some} and {more} more"),
        _ => some,
    }
}
