//! Line numbers of places in files, each file read once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use crate::go::files::Overlay;
use crate::text::LineIndex;
use crate::text::diagnostic::RelPath;

/// Lines of a checkout's files.
#[derive(Debug)]
pub struct Lines {
    root: PathBuf,
    overlay: Overlay,
    files: Mutex<FxHashMap<RelPath, Arc<LineIndex>>>,
}

impl Lines {
    /// Of the checkout at `root`.
    pub fn new(root: &Path, overlay: &Overlay) -> Self {
        Self { root: root.to_owned(), overlay: overlay.clone(), files: Mutex::default() }
    }

    /// The line of a byte, from 1; of a file that cannot be read any more, 1.
    pub fn line(&self, path: &RelPath, offset: u32) -> u32 {
        let known = self.files.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        let lines = known.unwrap_or_else(|| {
            let text = self.overlay.read(&self.root, path).unwrap_or_default();
            let lines = Arc::new(LineIndex::new(&text));
            self.files.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone(), lines.clone());
            lines
        });
        lines.line_col(offset as usize).line
    }
}
