//! A directory of patches, replaced as a whole.
//!
//! At any moment the directory holds the old series up to some patch, nothing, or the new series up to some patch: never
//! a mixture, never half a file. The cover letter goes first and comes last, so where it stands the series is whole. A list
//! names what klogmod wrote there, by its bytes: nothing else is ever removed.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::error::SeriesError;
use super::patch::{COVER, Companion, Patch};
use crate::text::digest::Digest;
use crate::text::disk;

/// Names of files under way; one left behind by a killed run is removed by the next.
const UNDER_WAY: (&str, &str) = (".klogmod-", ".tmp");
/// The list of what was written: a digest and a name on each line.
const LIST: &str = ".klogmod-series";
/// Most bytes of the list.
const MAX_LIST: u64 = 16 << 20;

/// Writes `patches`, in order, with what stands beside them, and removes those of an earlier run. The patches' paths come
/// back.
pub(super) fn write(dir: &Path, patches: &[Patch], beside: &[Companion]) -> Result<Vec<PathBuf>, SeriesError> {
    // Rebuilt from its components, a path has no trailing slash, behind which a link would be followed unseen.
    let dir: PathBuf = dir.components().collect();
    create(&dir)?;
    let (old, stale) = inventory(&dir)?;
    let patches = patches.iter().map(|patch| (patch.file_name.as_str(), patch.bytes.as_slice()));
    let beside = beside.iter().map(|companion| (companion.name.as_str(), companion.text.as_bytes()));
    let all: Vec<(&str, &[u8])> = beside.chain(patches).collect();
    let mut staged = Vec::new();
    for (name, bytes) in &all {
        let path = dir.join(name);
        let file = disk::stage(&dir, bytes).map_err(|source| SeriesError::Io { path: path.clone(), source })?;
        staged.push((file, path));
    }
    let new: List = all.iter().map(|(name, bytes)| (Digest::of(bytes).to_string(), (*name).to_owned())).collect();
    // Killed at any moment, the next run knows both.
    list(&dir, &old.iter().chain(&new).cloned().collect())?;
    for path in &stale {
        fs::remove_file(path).map_err(|source| SeriesError::Io { path: path.clone(), source })?;
    }
    let is_patch = |path: &&PathBuf| path.extension().is_some_and(|end| end == "patch");
    let written = staged.iter().map(|(_, path)| path).filter(is_patch).cloned().collect();
    publish(staged).inspect_err(|_| drop(fs::remove_file(dir.join(LIST))))?;
    list(&dir, &new)?;
    Ok(written)
}

type List = std::collections::BTreeSet<(String, String)>;

fn list(dir: &Path, entries: &List) -> Result<(), SeriesError> {
    let path = dir.join(LIST);
    let text: String = entries.iter().map(|(digest, name)| format!("{digest}  {name}\n")).collect();
    disk::write_file(&path, text.as_bytes()).map_err(|source| SeriesError::Io { path, source })
}

fn create(dir: &Path) -> Result<(), SeriesError> {
    let failed = |source| SeriesError::Io { path: dir.to_owned(), source };
    match fs::symlink_metadata(dir) {
        Ok(found) if found.is_symlink() => Err(SeriesError::Link { path: dir.to_owned() }),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => fs::create_dir_all(dir).map_err(failed),
        Err(error) => Err(failed(error)),
    }
}

/// What an earlier run left: its list, and its files in the order they are to be removed. Refuses a directory that holds
/// anything else, or something else by a name of the list.
fn inventory(dir: &Path) -> Result<(List, Vec<PathBuf>), SeriesError> {
    let failed = |source| SeriesError::Io { path: dir.to_owned(), source };
    let known = match disk::text_within(dir, LIST, MAX_LIST) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(source) => return Err(SeriesError::Io { path: dir.join(LIST), source }),
    };
    let entry = |line: &str| line.split_once("  ").map(|(digest, name)| (digest.to_owned(), name.to_owned()));
    let known: List = known.lines().filter_map(entry).collect();
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_symlink() {
            return Err(SeriesError::Link { path });
        }
        let name = entry.file_name().into_string().unwrap_or_default();
        let under_way = name.starts_with(UNDER_WAY.0) && name.ends_with(UNDER_WAY.1);
        let ours = || {
            let digest = disk::read(&path, disk::DOCUMENT).map(|bytes| Digest::of(&bytes).to_string());
            digest.is_ok_and(|digest| known.contains(&(digest, name.clone())))
        };
        if !kind.is_file() || !(name == LIST || under_way || ours()) {
            return Err(SeriesError::Foreign { path });
        }
        if name != LIST {
            found.insert((!under_way && name != COVER, std::cmp::Reverse(name)), path);
        }
    }
    // The cover letter and files under way first, then from the last patch to the first.
    Ok((known, found.into_values().collect()))
}

/// Gives the files their names, the cover letter last; takes all of it back on failure.
fn publish(mut staged: Vec<(NamedTempFile, PathBuf)>) -> Result<(), SeriesError> {
    staged.sort_by_key(|(_, path)| path.ends_with(COVER));
    let mut done: Vec<PathBuf> = Vec::new();
    for (file, path) in staged {
        if let Err(error) = file.persist(&path) {
            for path in done.iter().rev() {
                // The first error is the one to tell; what cannot be removed is still whole.
                let _ = fs::remove_file(path);
            }
            return Err(SeriesError::Io { path, source: error.error });
        }
        done.push(path);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ship::series::LineCounts;

    fn patch(file_name: &str) -> Patch {
        Patch {
            file_name: file_name.to_owned(),
            subject: String::new(),
            bytes: file_name.as_bytes().to_vec(),
            counts: LineCounts::default(),
        }
    }

    #[test]
    fn only_what_was_written_is_ours() {
        let dir = tempfile::tempdir().unwrap();
        let again = || write(dir.path(), &[patch("0001-a.patch")], &[]);
        again().unwrap();
        again().unwrap();
        fs::write(dir.path().join("0002-mine.patch"), "mine").unwrap();
        assert!(matches!(again(), Err(SeriesError::Foreign { .. })));
        fs::remove_file(dir.path().join("0002-mine.patch")).unwrap();
        fs::write(dir.path().join("0001-a.patch"), "edited by hand").unwrap();
        assert!(matches!(again(), Err(SeriesError::Foreign { .. })));
        assert_eq!(fs::read(dir.path().join("0001-a.patch")).unwrap(), b"edited by hand");
    }

    #[test]
    fn a_failure_on_the_way_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let failed = write(dir.path(), &[patch("0001-a.patch"), patch("missing/0002-b.patch")], &[]);
        assert!(matches!(failed, Err(SeriesError::Io { .. })), "{failed:?}");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_cover_letter_goes_first() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), &["0000-cover-letter.patch", "0001-a.patch", "0002-b.patch"].map(patch), &[]).unwrap();
        let order: Vec<String> = inventory(dir.path())
            .unwrap()
            .1
            .iter()
            .map(|p| p.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(order, ["0000-cover-letter.patch", "0002-b.patch", "0001-a.patch"]);
    }
}
