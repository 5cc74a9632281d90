//! Which directory is the checkout's root, and which paths below it narrow a run.

use std::path::{Path, PathBuf};

use super::relative;
use crate::text::diagnostic::RelPath;
use crate::text::near;

/// A checkout and the paths in it that a run is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The root, absolute, links resolved.
    pub dir: PathBuf,
    /// Paths below it; empty: all of it.
    pub narrow: Vec<RelPath>,
}

/// A path that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    /// It does not exist or cannot be reached.
    #[error("{}: {source}{}", path.display(), beside(path))]
    Unreachable {
        /// The path as given.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is to be the root and is no directory.
    #[error("{}: not a directory, so that it is no checkout's root", .0.display())]
    NoDirectory(PathBuf),
    /// It lies outside the checkout that the first path names.
    #[error("{} lies outside the checkout {}; give paths of one checkout", path.display(), root.display())]
    Outside {
        /// The path as given.
        path: PathBuf,
        /// The root.
        root: PathBuf,
    },
}

impl Root {
    /// Finds the root from the paths of a command line: the nearest directory upwards from the first path that has a
    /// `.git`, else the topmost one that has a go.mod, else the path itself. `given` overrides it. Further paths are
    /// relative to the root or to the working directory.
    pub fn find(paths: &[PathBuf], given: Option<&Path>) -> Result<Self, RootError> {
        let resolve = |path: &Path| {
            path.canonicalize().map_err(|source| RootError::Unreachable { path: path.to_owned(), source })
        };
        let here = [PathBuf::from(".")];
        // No path is the working directory, as `.` is; but whoever names the root means all of it.
        let paths = if paths.is_empty() && given.is_none() { &here } else { paths };
        let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
        let dir = match given {
            Some(dir) => resolve(dir).and_then(|found| match found.is_dir() {
                true => Ok(found),
                false => Err(RootError::NoDirectory(dir.to_owned())),
            })?,
            None => upwards(&resolve(first)?),
        };
        let is_elsewhere = resolve(Path::new(".")).is_ok_and(|here| here != dir);
        let mut narrow = Vec::new();
        for (index, path) in paths.iter().enumerate() {
            let below = dir.join(path);
            // What is in neither place is missing from the checkout.
            let is_below = index > 0 && path.is_relative() && (below.exists() || is_elsewhere && !path.exists());
            let target = if is_below { below } else { path.clone() };
            let target = resolve(&target)?;
            match relative(&dir, &target) {
                Some(path) if path.is_empty() => {}
                Some(path) => narrow.push(path),
                None => return Err(RootError::Outside { path: path.clone(), root: dir }),
            }
        }
        let whole = paths.len() > 1 && resolve(first)? == dir && narrow.is_empty();
        if whole {
            narrow.clear();
        }
        Ok(Self { dir, narrow })
    }
}

/// `; did you mean pkg/kubelet?` where a path has a name beside it that is nearly its own.
fn beside(path: &Path) -> String {
    let missing = path.ancestors().find(|part| {
        part.symlink_metadata().is_err() && part.parent().is_some_and(|dir| dir.as_os_str().is_empty() || dir.is_dir())
    });
    let Some((missing, name)) = missing.and_then(|missing| Some((missing, missing.file_name()?.to_str()?))) else {
        return String::new();
    };
    let dir = missing.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names: Vec<String> = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|e| e.file_name().into_string().ok())
        .collect();
    let Some(near) = near(name, names.iter().map(String::as_str)) else { return String::new() };
    let rest = path.strip_prefix(missing).unwrap_or(Path::new(""));
    let meant = missing.with_file_name(near).join(rest);
    format!("; did you mean {}?", meant.display().to_string().trim_end_matches('/'))
}

fn upwards(path: &Path) -> PathBuf {
    let start = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
    if let Some(repository) = start.ancestors().find(|dir| dir.join(".git").exists()) {
        return repository.to_owned();
    }
    start.ancestors().filter(|dir| dir.join("go.mod").exists()).last().unwrap_or(start).to_owned()
}
