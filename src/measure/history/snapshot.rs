//! A commit's Go files on disk, in a directory that is gone afterwards.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use crate::plan::pipeline::PlanError;
use crate::ship::worktree::{Blob, Blobs, GitError};

/// Why there is no history.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// There is no plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The copy could not be written.
    #[error("the files of a commit could not be laid out: {0}")]
    Io(#[from] std::io::Error),
    /// The parts do not add up.
    #[error(transparent)]
    Sums(#[from] crate::measure::coverage::Sums),
}

/// The directory.
#[derive(Debug)]
pub(super) struct Snapshot {
    dir: tempfile::TempDir,
}

/// Files beside Go's that the analysis reads.
const OTHERS: [&str; 8] = [
    "go.mod",
    "go.work",
    "modules.txt",
    "OWNERS",
    "OWNERS_ALIASES",
    ".generated_files",
    ".gitattributes",
    ".import-restrictions",
];

/// Whether the analysis reads a file.
pub(super) fn matters(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.ends_with(".go") || OTHERS.contains(&name) || name.starts_with("import-restrictions")
}

/// Whether a change of a file may change what others are.
pub fn concerns_all(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    matches!(name, "go.mod" | "go.work" | "modules.txt" | ".generated_files" | ".gitattributes")
}

impl Snapshot {
    pub fn new() -> Result<Self, HistoryError> {
        Ok(Self { dir: tempfile::Builder::new().prefix("klogmod-history-").tempdir()? })
    }

    /// Its path, links resolved.
    pub fn root(&self) -> Result<PathBuf, HistoryError> {
        Ok(self.dir.path().canonicalize()?)
    }

    /// Writes files and removes those that are gone; links come last, so that nothing is written through one.
    pub fn apply(&self, files: &BTreeMap<String, Option<Blob>>, blobs: &mut Blobs) -> Result<(), HistoryError> {
        let wanted = |path: &str, blob: &Option<Blob>| {
            is_safe(path) && (matters(path) || blob.as_ref().is_none_or(|b| b.is_link))
        };
        let chosen: Vec<_> = files.iter().filter(|(path, blob)| wanted(path, blob)).collect();
        for (path, _) in &chosen {
            let full = self.dir.path().join(path);
            if full.symlink_metadata().is_ok_and(|meta| !meta.is_dir()) {
                std::fs::remove_file(&full)?;
            }
        }
        for (path, blob) in chosen.iter().filter_map(|(path, blob)| blob.as_ref().map(|blob| (path, blob))) {
            if !blob.is_link {
                let full = self.dir.path().join(path);
                create_parent(self.dir.path(), &full)?;
                std::fs::write(full, blobs.read(&blob.id)?)?;
            }
        }
        for (path, blob) in chosen.iter().filter_map(|(path, blob)| blob.as_ref().map(|blob| (path, blob))) {
            if blob.is_link {
                self.link(path, &blobs.read(&blob.id)?)?;
            }
        }
        Ok(())
    }

    /// Makes a link, if it leads nowhere but into the tree.
    fn link(&self, path: &str, target: &[u8]) -> Result<(), HistoryError> {
        let full = self.dir.path().join(path);
        let Some(target) = std::str::from_utf8(target).ok().map(Path::new).filter(|target| stays_inside(path, target))
        else {
            return Ok(());
        };
        create_parent(self.dir.path(), &full)?;
        #[cfg(unix)]
        if full.symlink_metadata().is_err() {
            std::os::unix::fs::symlink(target, full)?;
        }
        Ok(())
    }
}

/// Makes the directories above a file; what stood in their place as a link or a file goes.
fn create_parent(root: &Path, full: &Path) -> std::io::Result<()> {
    let Some(parent) = full.parent() else { return Ok(()) };
    if parent.symlink_metadata().is_ok_and(|meta| meta.is_dir()) && parent == root {
        return Ok(());
    }
    let mut at = root.to_owned();
    for part in parent.strip_prefix(root).unwrap_or(Path::new("")).components() {
        at.push(part);
        match at.symlink_metadata() {
            Ok(meta) if meta.is_dir() => {}
            Ok(_) => {
                std::fs::remove_file(&at)?;
                std::fs::create_dir(&at)?;
            }
            Err(_) => std::fs::create_dir(&at)?,
        }
    }
    Ok(())
}

/// Whether a path stays below the directory and is no repository of its own.
fn is_safe(path: &str) -> bool {
    Path::new(path).components().all(|part| match part {
        Component::Normal(name) => !name.eq_ignore_ascii_case(".git"),
        _ => false,
    })
}

fn stays_inside(path: &str, target: &Path) -> bool {
    let mut depth = path.matches('/').count() as i64;
    target.components().all(|part| {
        match part {
            Component::Normal(_) => depth += 1,
            Component::ParentDir => depth -= 1,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => depth = -1,
        }
        depth >= 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_the_directory() {
        assert!(is_safe("a/b.go") && !is_safe("../b.go") && !is_safe("/b.go") && !is_safe("a/.GIT/hooks/x.go"));
        assert!(stays_inside("vendor/k8s.io/api", Path::new("../../staging/src/k8s.io/api")));
        assert!(!stays_inside("vendor/api", Path::new("../../etc")) && !stays_inside("a", Path::new("/etc")));
    }
}
