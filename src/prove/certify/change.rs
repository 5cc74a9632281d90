//! What is to be certified, as files before and after: two commits, two directories, or a checkout and a patch.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::patch::{self, FilePatch, PatchError};
use crate::go::files::{Overlay, WalkOptions, relative, walk};
use crate::rule::Scope;
use crate::ship::worktree::{self, Blob, GitError, Repository, State};
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::text::disk;

/// One file of a change; at least one side has it.
#[derive(Clone, Debug, Default)]
pub struct Sides {
    /// Its bytes before.
    pub old: Option<Arc<[u8]>>,
    /// Its bytes after.
    pub new: Option<Arc<[u8]>>,
}

/// Where one side's other files lie, and which of them are seen otherwise than on disk.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    /// The root.
    pub root: PathBuf,
    /// What stands in for files there.
    pub overlay: Overlay,
}

/// A change.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// The Go files that differ.
    pub files: BTreeMap<RelPath, Sides>,
    /// Other files that differ.
    pub others: BTreeSet<RelPath>,
    /// The tree before.
    pub old: Ground,
    /// The tree after.
    pub new: Ground,
    /// What could not be read.
    pub unread: Vec<Diagnostic>,
}

/// Why there is no change to look at.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// git failed.
    #[error(transparent)]
    Git(#[from] GitError),
    /// The patch does not fit the checkout.
    #[error(transparent)]
    Patch(#[from] PatchError),
    /// A directory cannot be read.
    #[error("{}: {source}", path.display())]
    Io {
        /// The directory.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

fn is_go(path: &str) -> bool {
    path.ends_with(".go")
}

impl Change {
    /// Between two commits; the checkout at `root` may be at any commit, and its own changes are not seen.
    pub fn of_commits(root: &Path, from: &str, to: &str) -> Result<Self, ChangeError> {
        let repository = Repository::open(root)?;
        let (from, to) = (repository.commit(from)?.id, repository.commit(to)?.id);
        let mut change = Self::default();
        let mut blobs = repository.blobs()?;
        let (before, after) = (repository.files(&from)?, repository.files(&to)?);
        // Of a checkout that lacks most files both sides see the same ones.
        let mut known: FxHashMap<String, Arc<[u8]>> = FxHashMap::default();
        let mut read = |path: &str, blob: Option<&Blob>, unread: &mut Vec<Diagnostic>| -> Option<Arc<[u8]>> {
            let blob = blob.filter(|blob| !blob.is_link)?;
            if let Some(bytes) = known.get(&blob.id) {
                return Some(bytes.clone());
            }
            match blobs.read(&blob.id) {
                Ok(bytes) if bytes.len() as u64 <= disk::SOURCE => {
                    let bytes: Arc<[u8]> = bytes.into();
                    known.insert(blob.id.clone(), bytes.clone());
                    Some(bytes)
                }
                Ok(bytes) => {
                    let message = format!("not analysed: {} bytes are more than {}", bytes.len(), disk::SOURCE);
                    unread.push(Diagnostic::error(path, message));
                    None
                }
                Err(error) => {
                    unread.push(Diagnostic::error(path, format!("not analysed: {error}")));
                    None
                }
            }
        };
        for path in repository.changes(&from, &to)?.into_keys() {
            if !is_go(&path) {
                change.others.insert(path.into());
                continue;
            }
            let old = read(&path, before.get(&path), &mut change.unread);
            let new = read(&path, after.get(&path), &mut change.unread);
            change.files.insert(path.into(), Sides { old, new });
        }
        let dirty = match worktree::state(root)? {
            State::Dirty(files) => files,
            State::Clean | State::NoRepository => BTreeSet::new(),
        };
        let head = repository.commit("HEAD")?.id;
        for (ground, commit, files) in [(&mut change.old, &from, &before), (&mut change.new, &to, &after)] {
            let mut differing: BTreeSet<String> = repository.changes(&head, commit)?.into_keys().collect();
            differing.extend(dirty.iter().cloned());
            let mut seen = BTreeMap::new();
            for path in differing.into_iter().filter(|path| is_go(path)) {
                // A file that this commit lacks declares nothing.
                let bytes = read(&path, files.get(&path), &mut change.unread).unwrap_or_else(|| Arc::from(&b""[..]));
                seen.insert(path.into(), bytes);
            }
            *ground = Ground { root: root.to_owned(), overlay: Overlay::new(seen) };
        }
        change.unread.sort();
        change.unread.dedup();
        Ok(change)
    }

    /// Between two directories.
    pub fn of_directories(old: &Path, new: &Path, scope: &Scope) -> Result<Self, ChangeError> {
        let mut change = Self::default();
        let resolve =
            |path: &Path| path.canonicalize().map_err(|source| ChangeError::Io { path: path.to_owned(), source });
        let (old, new) = (resolve(old)?, resolve(new)?);
        let options = WalkOptions { tests: true, ..WalkOptions::default() };
        let list = |root: &Path, unread: &mut Vec<Diagnostic>| {
            let walked = walk(root, &options, scope);
            unread.extend(walked.diagnostics);
            walked.files
        };
        let paths: BTreeSet<RelPath> =
            list(&old, &mut change.unread).into_iter().chain(list(&new, &mut change.unread)).collect();
        for path in paths {
            let read = |root: &Path| match root.join(&*path).symlink_metadata() {
                Ok(_) => disk::within(root, &path, disk::SOURCE).map(|bytes| Some(Arc::from(bytes))),
                Err(_) => Ok(None),
            };
            match (read(&old), read(&new)) {
                (Ok(a), Ok(b)) if a == b => {}
                (Ok(old), Ok(new)) => {
                    change.files.insert(path, Sides { old, new });
                }
                (Err(error), _) | (_, Err(error)) => {
                    change.unread.push(Diagnostic::error(path, format!("not analysed: {error}")));
                }
            }
        }
        change.others = others(&old, &new, &|path| change.files.contains_key(path));
        change.old = Ground { root: old, overlay: Overlay::default() };
        change.new = Ground { root: new, overlay: Overlay::default() };
        Ok(change)
    }

    /// What a patch makes of the checkout at `root`, or has made of it where it fits only the other way round: `git diff BASE` is of
    /// what is on disk.
    pub fn of_patch(root: &Path, text: &[u8]) -> Result<Self, ChangeError> {
        let parts = patch::parse(text)?;
        let fits = |change: &Result<Self, ChangeError>| change.as_ref().is_ok_and(|change| change.unread.is_empty());
        let made = Self::of_parts(root, &parts);
        if fits(&made) {
            return made;
        }
        let back: Vec<FilePatch> = parts.into_iter().rev().map(FilePatch::reversed).collect();
        let taken_back = Self::of_parts(root, &back);
        if !fits(&taken_back) {
            return made;
        }
        taken_back.map(|change| {
            let turned = |Sides { old, new }| Sides { old: new, new: old };
            let files = change.files.into_iter().map(|(path, sides)| (path, turned(sides))).collect();
            Self { files, old: change.new, new: change.old, ..change }
        })
    }

    /// What the parts of a patch, one after the other, make of the checkout at `root`.
    fn of_parts(root: &Path, parts: &[FilePatch]) -> Result<Self, ChangeError> {
        let mut change = Self::default();
        let mut after: BTreeMap<String, Option<Vec<u8>>> = BTreeMap::new();
        for part in parts {
            let path = part.path().to_owned();
            if !is_go(&path) {
                change.others.insert(path.into());
                continue;
            }
            let source = part.source();
            let bytes = match (source, source.and_then(|source| after.get(source))) {
                // What is to be made must not be there.
                (None, _) if !after.contains_key(&path) && root.join(&path).symlink_metadata().is_ok() => {
                    return Err(PatchError::DoesNotFit { path, line: 1 }.into());
                }
                (None, _) => Vec::new(),
                (_, Some(bytes)) => bytes.clone().unwrap_or_default(),
                (Some(source), None) => match disk::within(root, source, disk::SOURCE) {
                    Ok(bytes) => bytes,
                    Err(error) => {
                        change.unread.push(Diagnostic::error(source, format!("not analysed: {error}")));
                        continue;
                    }
                },
            };
            let made = part.apply(&bytes)?;
            if let Some(source) = source.filter(|source| part.moves_from(source)) {
                after.insert(source.to_owned(), None);
            }
            after.insert(path, made);
        }
        let mut seen = BTreeMap::new();
        for (path, bytes) in after {
            let old = match root.join(&path).symlink_metadata() {
                Ok(_) => disk::within(root, &path, disk::SOURCE).ok().map(Arc::from),
                Err(_) => None,
            };
            let new: Option<Arc<[u8]>> = bytes.map(Arc::from);
            let path: RelPath = path.into();
            seen.insert(path.clone(), new.clone().unwrap_or_else(|| Arc::from(&b""[..])));
            change.files.insert(path, Sides { old, new });
        }
        change.old = Ground { root: root.to_owned(), overlay: Overlay::default() };
        change.new = Ground { root: root.to_owned(), overlay: Overlay::new(seen) };
        Ok(change)
    }
}

/// The files below two directories that differ and are not `known`.
fn others(old: &Path, new: &Path, known: &dyn Fn(&str) -> bool) -> BTreeSet<RelPath> {
    let mut found = BTreeSet::new();
    for (root, other) in [(old, new), (new, old)] {
        let is_git = |entry: &walkdir::DirEntry| entry.file_name() == ".git";
        let walk = walkdir::WalkDir::new(root).follow_links(false).into_iter().filter_entry(|entry| !is_git(entry));
        for entry in walk.flatten().filter(|entry| entry.file_type().is_file()) {
            if let Some(path) = relative(root, entry.path()).filter(|path| !known(path))
                && differs(entry.path(), &other.join(&*path))
            {
                found.insert(path);
            }
        }
    }
    found
}

/// Whether two files do not hold the same.
fn differs(a: &Path, b: &Path) -> bool {
    let (Ok(one), Ok(two)) = (a.symlink_metadata(), b.symlink_metadata()) else { return true };
    one.len() != two.len() || !two.is_file() || !disk::same(a, b).unwrap_or(false)
}
