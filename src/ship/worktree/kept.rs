//! Which files git could give back, were they written over.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::git::GitError;
use super::tracked::Tracked;
use crate::text::diagnostic::RelPath;

/// Of files below `root` that are there, those that no commit holds as they are: untracked and ignored ones, and in a submodule or
/// another checkout inside this one also changed ones. Of its own changed files [`super::state`] tells.
pub fn unkept<'p>(root: &Path, paths: impl Iterator<Item = &'p RelPath>) -> Result<Vec<&'p RelPath>, GitError> {
    let own = Tracked::read(root)?;
    let mut inner: BTreeMap<PathBuf, Tracked> = BTreeMap::new();
    let mut unkept = Vec::new();
    for path in paths.filter(|path| root.join(&***path).symlink_metadata().is_ok() && !own.has(path)) {
        let is_kept = match repository_inside(root, path) {
            None => false,
            Some((dir, rest)) => {
                if !inner.contains_key(&dir) {
                    inner.insert(dir.clone(), Tracked::read(&dir)?);
                }
                inner.get(&dir).is_some_and(|inner| inner.has(&rest) && !inner.is_dirty(&rest))
            }
        };
        if !is_kept {
            unkept.push(path);
        }
    }
    Ok(unkept)
}

/// The nearest repository around a file that lies below `root`, and the file's path in it.
fn repository_inside(root: &Path, path: &RelPath) -> Option<(PathBuf, RelPath)> {
    let whole = Path::new(&**path);
    let inside = whole.ancestors().skip(1).filter(|dir| !dir.as_os_str().is_empty());
    let dir = inside.into_iter().find(|dir| root.join(dir).join(".git").symlink_metadata().is_ok())?;
    let rest = whole.strip_prefix(dir).ok()?.to_str()?;
    Some((root.join(dir), rest.into()))
}
