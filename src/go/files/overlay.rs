//! Files that a run sees otherwise than they are on disk.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Result};
use std::path::Path;
use std::sync::Arc;

use crate::text::diagnostic::RelPath;
use crate::text::disk;

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

    /// The files.
    pub fn paths(&self) -> impl Iterator<Item = &RelPath> {
        self.files.keys()
    }

    /// What stands in for a file.
    pub fn get(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.files.get(path)
    }

    /// Lends a file of the checkout as the run sees it.
    pub fn lend<T>(&self, root: &Path, path: &str, to: impl FnOnce(&[u8]) -> T) -> Result<T> {
        match self.get(path) {
            Some(bytes) => Ok(to(bytes)),
            None => lend(&root.join(path), u64::MAX, to),
        }
    }

    /// A file of the checkout as the run sees it.
    pub fn read(&self, root: &Path, path: &str) -> Result<Vec<u8>> {
        match self.get(path) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => disk::read(&root.join(path), disk::SOURCE),
        }
    }
}

/// What a file needs at most for its memory to be kept for the next.
const MAX_KEPT: usize = 16 << 20;

thread_local! {
    static BUFFERS: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// Lends a file on disk, or as much of it as is wanted. Memory for one file serves the next: fresh memory costs more than
/// reading.
pub fn lend<T>(path: &Path, most: u64, to: impl FnOnce(&[u8]) -> T) -> Result<T> {
    let mut bytes = BUFFERS.with_borrow_mut(Vec::pop).unwrap_or_default();
    bytes.clear();
    let read = File::open(path).and_then(|file| {
        let len = file.metadata().map_or(0, |found| found.len().min(most));
        bytes.reserve(len as usize + 1);
        // Of a file that has a size nobody asks for more, not even to learn that there is none.
        file.take(if len > 0 { len } else { most }).read_to_end(&mut bytes)
    });
    let lent = read.map(|_| to(&bytes));
    if bytes.capacity() <= MAX_KEPT {
        BUFFERS.with_borrow_mut(|buffers| buffers.push(bytes));
    }
    lent
}
