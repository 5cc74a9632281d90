//! What the system says of files and directories without opening them: whether they are as they were.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::Duration;

use borsh::{BorshDeserialize, BorshSerialize};

/// How coarse a file system's clock may be where its times have fractions of a second, and where they have none.
const FINE: Duration = Duration::from_millis(50);
const COARSE: Duration = Duration::from_secs(2);

/// What the system says of a file or directory without opening it. The change time cannot be set by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub(super) struct Stamp {
    size: u64,
    modified: i128,
    changed: i128,
    inode: u64,
}

impl Stamp {
    /// That of nothing.
    pub(super) const NONE: Self = Self { size: 0, modified: 0, changed: 0, inode: 0 };

    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let nanos = |seconds: i64, nanos: i64| i128::from(seconds) * 1_000_000_000 + i128::from(nanos);
        Some(Self {
            size: metadata.len(),
            modified: nanos(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanos(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        })
    }

    /// Without a change time nothing can be told unread.
    #[cfg(not(unix))]
    pub(super) fn of(_: &Metadata) -> Option<Self> {
        None
    }

    /// Whether what it stands for has not been touched since a moment.
    pub(super) fn is_older_than(&self, moment: i128) -> bool {
        let coarse = self.modified % 1_000_000_000 == 0 && self.changed % 1_000_000_000 == 0;
        let slack = if coarse { COARSE } else { FINE };
        self.modified.max(self.changed) + slack.as_nanos() as i128 <= moment
    }
}

/// The root of a tree: what is below is looked up from there, so that the way to it is gone once.
pub(super) struct Ground<'g> {
    /// Where it is.
    pub(super) root: &'g Path,
    #[cfg(unix)]
    open: Option<rustix::fd::OwnedFd>,
}

impl<'g> Ground<'g> {
    #[cfg(unix)]
    pub(super) fn new(root: &'g Path) -> Self {
        use rustix::fs::{Mode, OFlags, open};
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Self { root, open: open(root, flags, Mode::empty()).ok() }
    }

    #[cfg(not(unix))]
    pub(super) fn new(root: &'g Path) -> Self {
        Self { root }
    }

    /// The stamp of what stands at a path below, links followed; that of the root for none.
    pub(super) fn stamp(&self, path: &str) -> Option<Stamp> {
        #[cfg(unix)]
        if let Some(root) = self.open.as_ref().filter(|_| !path.is_empty()) {
            let found = rustix::fs::statat(root, path, rustix::fs::AtFlags::empty()).ok()?;
            let nanos = |seconds: i128, nanos: i128| seconds * 1_000_000_000 + nanos;
            return Some(Stamp {
                size: found.st_size as u64,
                modified: nanos(found.st_mtime.into(), found.st_mtime_nsec.into()),
                changed: nanos(found.st_ctime.into(), found.st_ctime_nsec.into()),
                inode: found.st_ino,
            });
        }
        Stamp::of(&fs::metadata(self.root.join(path)).ok()?)
    }
}
