//! The texts of files that are asked about functions more than once, with their declarations.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use crate::go::index::Index;
use crate::go::parse::{self, ParsedFile, SourceFile, is_generated};
use crate::go::syntax::outline::{Outline, outline};
use crate::text::diagnostic::RelPath;

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
    head: OnceLock<Option<ParsedFile>>,
}

impl Text {
    fn read(path: &str, index: &Index) -> Option<Arc<Self>> {
        let bytes = index.lend(path, |bytes| Arc::from(bytes)).ok()?;
        Some(Arc::new(Self { bytes, outline: OnceLock::new(), is_generated: OnceLock::new(), head: OnceLock::new() }))
    }

    /// What it declares; none where that cannot be told.
    pub fn outline(&self) -> Option<&Arc<Outline>> {
        self.outline.get_or_init(|| outline(&self.bytes).ok().map(Arc::new)).as_ref()
    }

    /// The tree of its package clause and its imports; `None` where that leaves something out.
    pub fn head(&self, path: &RelPath) -> Option<&ParsedFile> {
        let parse = || {
            let source = SourceFile { path: path.clone(), bytes: self.bytes.clone() };
            let file = parse::parse_wanted(source, self.outline()?, &mut |_| false).ok()?;
            Some(file).filter(|file| file.unread.is_empty())
        };
        self.head.get_or_init(parse).as_ref()
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
