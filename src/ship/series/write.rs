//! A directory of patches, replaced as a whole.
//!
//! At any moment the directory holds the old series up to some patch, nothing, or the new series up to some patch: never
//! a mixture, never half a file. The cover letter goes first and comes last, so where it stands the series is whole.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Companion, PULL_REQUEST, Patch, SeriesError};

/// Names of files under way; one left behind by a killed run is removed by the next.
const UNDER_WAY: (&str, &str) = (".klogmod-", ".tmp");

/// Writes `patches`, in order, with what stands beside them, and removes those of an earlier run. The patches' paths come
/// back.
pub(super) fn write(dir: &Path, patches: &[Patch], beside: &[Companion]) -> Result<Vec<PathBuf>, SeriesError> {
    // Rebuilt from its components, a path has no trailing slash, behind which a link would be followed unseen.
    let dir: PathBuf = dir.components().collect();
    create(&dir)?;
    let stale = inventory(&dir)?;
    let mut staged = Vec::new();
    let patches = patches.iter().map(|patch| (patch.file_name.as_str(), patch.bytes.as_slice()));
    let beside = beside.iter().map(|companion| (companion.name.as_str(), companion.text.as_bytes()));
    for (name, bytes) in beside.chain(patches) {
        let path = dir.join(name);
        let file = stage(&dir, bytes).map_err(|source| SeriesError::Io { path: path.clone(), source })?;
        staged.push((file, path));
    }
    for path in &stale {
        fs::remove_file(path).map_err(|source| SeriesError::Io { path: path.clone(), source })?;
    }
    let is_patch = |path: &&PathBuf| path.extension().is_some_and(|end| end == "patch");
    let written = staged.iter().map(|(_, path)| path).filter(is_patch).cloned().collect();
    publish(staged)?;
    Ok(written)
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

/// What an earlier run left, in the order it is to be removed; refuses a directory that holds anything else.
fn inventory(dir: &Path) -> Result<Vec<PathBuf>, SeriesError> {
    let failed = |source| SeriesError::Io { path: dir.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let path = entry.path();
        let kind = entry.file_type().map_err(failed)?;
        if kind.is_symlink() {
            return Err(SeriesError::Link { path });
        }
        match entry.file_name().to_str().and_then(number) {
            Some(number) if kind.is_file() => found.push((number, path)),
            _ => return Err(SeriesError::Foreign { path }),
        }
    }
    // The cover letter and files under way first, then from the last patch to the first.
    found.sort_by_key(|(number, _)| if *number == 0 { (0, 0) } else { (1, u64::MAX - *number) });
    Ok(found.into_iter().map(|(_, path)| path).collect())
}

/// The number of a patch by its file name, zero for a file under way; none for a foreign file.
fn number(name: &str) -> Option<u64> {
    if name.starts_with(UNDER_WAY.0) && name.ends_with(UNDER_WAY.1) {
        return Some(0);
    }
    if name == PULL_REQUEST {
        return Some(u64::MAX);
    }
    let (digits, _) = [".patch", ".md"].iter().find_map(|end| name.strip_suffix(end))?.split_once('-')?;
    let numbered = digits.len() >= 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    if numbered { digits.parse().ok() } else { None }
}

fn stage(dir: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNDER_WAY.0).suffix(UNDER_WAY.1);
    #[cfg(unix)]
    {
        // As any new file, less the umask; temporary files are otherwise for their owner alone.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(dir)?;
    file.write_all(bytes)?;
    file.flush()?;
    Ok(file)
}

/// Gives the files their names, the cover letter last; takes all of it back on failure.
fn publish(mut staged: Vec<(NamedTempFile, PathBuf)>) -> Result<(), SeriesError> {
    let is_cover = |path: &Path| path.file_name().and_then(|name| name.to_str()).and_then(number) == Some(0);
    staged.sort_by_key(|(_, path)| is_cover(path));
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
    fn only_numbered_patches_are_ours() {
        assert_eq!(number("0012-a-b.patch"), Some(12));
        assert_eq!(number("12345-x.patch"), Some(12345));
        assert_eq!(number(".klogmod-x.tmp"), Some(0));
        for name in ["012-a.patch", "0012.patch", "0012-a.diff", "x0012-a.patch", "00x2-a.patch", ".klogmod-x"] {
            assert_eq!(number(name), None, "{name}");
        }
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
            .iter()
            .map(|p| p.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        assert_eq!(order, ["0000-cover-letter.patch", "0002-b.patch", "0001-a.patch"]);
    }
}
