//! The modules of the checkout, as their go.mod files say.

use std::path::Path;

use super::error::RuntimeError;
use crate::go::module::GoMod;
use crate::text::disk;

/// The nearest go.mod at or above a directory: its path and what it says.
pub(super) fn module_of(root: &Path, dir: &str) -> Result<(String, GoMod), RuntimeError> {
    let mut dir = dir;
    loop {
        if let Some(found) = gomod_in(root, dir)? {
            return Ok(found);
        }
        if dir.is_empty() {
            return Err(RuntimeError::Tree { path: "go.mod".to_owned(), reason: "does not exist".to_owned() });
        }
        dir = dir.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
}

/// The go.mod of a directory, if it has one: its path and what it says.
pub(super) fn gomod_in(root: &Path, dir: &str) -> Result<Option<(String, GoMod)>, RuntimeError> {
    let path = if dir.is_empty() { "go.mod".to_owned() } else { format!("{dir}/go.mod") };
    let text = read(root, &path)?;
    Ok(text.map(|text| (path, GoMod::parse(&text))))
}

/// The text of a file, or none if there is no such file.
pub(super) fn read(root: &Path, path: &str) -> Result<Option<String>, RuntimeError> {
    match disk::text_within(root, path, disk::SOURCE) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(RuntimeError::Read { path: path.to_owned(), source }),
    }
}
