//! The texts of files that are asked about functions more than once, with their declarations.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::go::index::Index;
use crate::go::parse::is_generated;
use crate::go::syntax::outline::{Outline, outline};

/// Texts of this many bytes are kept; beyond that, files are read whenever they are asked.
const MAX_KEPT: usize = 256 << 20;

/// Files by their number.
#[derive(Default)]
pub struct Texts {
    files: Vec<OnceLock<Option<Arc<Text>>>>,
    kept: AtomicUsize,
}

/// One file.
pub struct Text {
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    outline: OnceLock<Option<Arc<Outline>>>,
    is_generated: OnceLock<bool>,
}

impl Text {
    fn read(path: &str, index: &Index) -> Option<Arc<Self>> {
        let bytes = index.lend(path, |bytes| Arc::from(bytes)).ok()?;
        Some(Arc::new(Self { bytes, outline: OnceLock::new(), is_generated: OnceLock::new() }))
    }

    /// What it declares; none where that cannot be told.
    pub fn outline(&self) -> Option<&Arc<Outline>> {
        self.outline.get_or_init(|| outline(&self.bytes).ok().map(Arc::new)).as_ref()
    }

    /// Whether it says that a program wrote it.
    pub fn is_generated(&self) -> bool {
        *self.is_generated.get_or_init(|| is_generated(&self.bytes))
    }
}

impl Texts {
    /// Of so many files, none of which is read yet.
    pub fn of(files: usize) -> Self {
        Self { files: (0..files).map(|_| OnceLock::new()).collect(), kept: AtomicUsize::new(0) }
    }

    /// A file's text; `None` where it cannot be read.
    pub fn get(&self, number: usize, path: &str, index: &Index) -> Option<Arc<Text>> {
        let slot = self.files.get(number)?;
        if slot.get().is_none() && self.kept.load(Ordering::Relaxed) > MAX_KEPT {
            return Text::read(path, index);
        }
        let read = || {
            let text = Text::read(path, index);
            self.kept.fetch_add(text.as_ref().map_or(0, |text| text.bytes.len()), Ordering::Relaxed);
            text
        };
        slot.get_or_init(read).clone()
    }
}
