//! All fixes of one file together: edits, imports, and the proof that the result still parses.

use std::sync::Arc;

use super::align::align;
use super::imports::{import_edits, package_uses};
use super::outcome::Fix;
use crate::diagnostic::RelPath;
use crate::index::Imports;
use crate::parse::{first_error, parse_bytes};
use crate::text::{Edit, EditError, Span, apply_edits};

/// A file before and after.
#[derive(Clone, Debug)]
pub struct FileFix {
    /// The file.
    pub path: RelPath,
    /// Its bytes before.
    pub old: Arc<[u8]>,
    /// Its bytes after.
    pub new: Vec<u8>,
}

/// Why a set of fixes makes no file.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileFixError {
    /// Fixes overlap.
    #[error("{0}")]
    Edits(#[from] EditError),
    /// The result is no Go.
    #[error("the new text does not parse")]
    DoesNotParse,
}

/// Applies fixes to a file that parses, with the import edits that they bring about.
pub fn file_fix(path: &RelPath, old: &Arc<[u8]>, fixes: &[&Fix]) -> Result<FileFix, FileFixError> {
    let mut edits: Vec<Edit> = fixes.iter().flat_map(|fix| fix.edits.iter().cloned()).collect();
    edits.sort();
    let without_imports = apply_edits(old, &edits)?;
    let before = parse_bytes(old).ok_or(FileFixError::DoesNotParse)?;
    let after = parse_bytes(&without_imports).ok_or(FileFixError::DoesNotParse)?;
    if first_error(after.root_node()).is_some() {
        return Err(FileFixError::DoesNotParse);
    }
    let imports = Imports::of(before.root_node(), old);
    let used = package_uses(before.root_node(), old);
    let still_used = package_uses(after.root_node(), &without_imports);
    let orphaned: Vec<_> = imports
        .list
        .iter()
        .filter(|i| !matches!(i.name(), "." | "_"))
        .filter(|i| used.contains(i.name()) && !still_used.contains(i.name()))
        .collect();
    let needed: Vec<String> = fixes.iter().flat_map(|fix| fix.imports.iter().cloned()).collect();
    let import_edits = import_edits(&imports, &needed, &orphaned, old);
    edits.extend(import_edits.into_iter().filter(|e| !e.text.is_empty() || e.span.start != e.span.end));
    edits.sort();
    let new = apply_edits(old, &edits)?;
    let tree = parse_bytes(&new).filter(|tree| first_error(tree.root_node()).is_none());
    let tree = tree.ok_or(FileFixError::DoesNotParse)?;
    let new = apply_edits(&new, &align(&new, &tree, &moved(&edits)))?;
    Ok(FileFix { path: path.clone(), old: old.clone(), new })
}

/// Where the texts of sorted edits stand in the result.
fn moved(edits: &[Edit]) -> Vec<Span> {
    let mut shift = 0isize;
    let mut spans = Vec::with_capacity(edits.len());
    for edit in edits {
        let start = edit.span.start.saturating_add_signed(shift);
        spans.push(Span::new(start, start + edit.text.len()));
        shift += edit.text.len() as isize - (edit.span.end - edit.span.start) as isize;
    }
    spans
}
