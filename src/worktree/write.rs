//! Replacing a file's contents at once.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Why a file was not replaced. It is as it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// It changed since it was read.
    #[error("{}: the file changed while klogmod was running; run it again", .0.display())]
    Changed(PathBuf),
    /// It is a symbolic link or no regular file.
    #[error("{}: not a regular file; it is not written through", .0.display())]
    NotRegular(PathBuf),
    /// It has other names, which a replacement would cut off.
    #[error("{}: the file has other hard links, which would keep the old contents", .0.display())]
    HardLinked(PathBuf),
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Replaces `old` by `new` in a file: a temporary file beside it takes the file's permissions, is synced, and is renamed
/// over it. Whoever looks sees one or the other, also after a crash.
pub fn replace_file(path: &Path, old: &[u8], new: &[u8]) -> Result<(), WriteError> {
    let io = |source| WriteError::Io { path: path.to_owned(), source };
    let metadata = fs::symlink_metadata(path).map_err(io)?;
    if !metadata.is_file() {
        return Err(WriteError::NotRegular(path.to_owned()));
    }
    if hard_links(&metadata) > 1 {
        return Err(WriteError::HardLinked(path.to_owned()));
    }
    let dir = path.parent().unwrap_or(Path::new("."));
    let mut temporary = tempfile::Builder::new().prefix(".klogmod-").tempfile_in(dir).map_err(io)?;
    temporary.write_all(new).map_err(io)?;
    temporary.as_file().set_permissions(metadata.permissions()).map_err(io)?;
    temporary.as_file().sync_all().map_err(io)?;
    if fs::read(path).map_err(io)? != old {
        return Err(WriteError::Changed(path.to_owned()));
    }
    temporary.persist(path).map_err(|error| io(error.error))?;
    Ok(())
}

#[cfg(unix)]
fn hard_links(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn hard_links(_: &fs::Metadata) -> u64 {
    1
}
