//! Files that a run sees otherwise than they are on disk.

use std::collections::BTreeMap;
use std::io::Result;
use std::path::Path;
use std::sync::Arc;

use crate::diagnostic::RelPath;

/// Bytes that stand in for those of files; most runs have none.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    files: Arc<BTreeMap<RelPath, Arc<[u8]>>>,
}

impl Overlay {
    /// Of these files.
    pub fn new(files: BTreeMap<RelPath, Arc<[u8]>>) -> Self {
        Self { files: Arc::new(files) }
    }

    /// What stands in for a file.
    pub fn get(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.files.get(path)
    }

    /// A file of the checkout as the run sees it.
    pub fn read(&self, root: &Path, path: &str) -> Result<Vec<u8>> {
        match self.get(path) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => std::fs::read(root.join(path)),
        }
    }
}
