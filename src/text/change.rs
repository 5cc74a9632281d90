//! One file before and after, the same value from whoever makes the change to whoever writes it.

use std::sync::Arc;

use super::diagnostic::RelPath;

/// What becomes of one file: made by a fix, a thread, a wire or the runtime package, and carried unchanged to patches,
/// mails and `apply`. Its mode stays as it is; a new file is a plain one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The file.
    pub path: RelPath,
    /// Its bytes before; none for a new file.
    pub before: Option<Arc<[u8]>>,
    /// Its bytes after; none where it goes.
    pub after: Arc<[u8]>,
    /// Whether the file goes.
    pub gone: bool,
}

impl FileChange {
    /// A file that is there, with other bytes.
    pub fn edited(path: impl Into<RelPath>, before: impl Into<Arc<[u8]>>, after: impl Into<Arc<[u8]>>) -> Self {
        Self { path: path.into(), before: Some(before.into()), after: after.into(), gone: false }
    }

    /// A file that was not there.
    pub fn created(path: impl Into<RelPath>, after: impl Into<Arc<[u8]>>) -> Self {
        Self { path: path.into(), before: None, after: after.into(), gone: false }
    }

    /// A file that is there, and goes.
    pub fn removed(path: impl Into<RelPath>, before: impl Into<Arc<[u8]>>) -> Self {
        Self { path: path.into(), before: Some(before.into()), after: Arc::from(Vec::new()), gone: true }
    }

    /// Its bytes before; nothing for a new file.
    pub fn base(&self) -> &[u8] {
        self.before.as_deref().unwrap_or_default()
    }

    /// Whether anything changes: an empty new file does, and so does one that goes.
    pub fn is_real(&self) -> bool {
        self.gone || self.before.as_ref() != Some(&self.after)
    }

    /// Both changes as one, where `next` starts from what this one makes.
    pub fn then(self, next: &Self) -> Self {
        Self { after: next.after.clone(), gone: next.gone, ..self }
    }
}
