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

/// Creates a file where none is, and the directories above it. One that has come up meanwhile is left as it is.
pub fn create_file(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let io = |source| WriteError::Io { path: path.to_owned(), source };
    if fs::symlink_metadata(path).is_ok() {
        return Err(WriteError::Changed(path.to_owned()));
    }
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).map_err(io)?;
    }
    write_file(path, bytes).map_err(io)
}

/// Writes a file of klogmod's own, whole or not at all; an old one keeps its permissions, a link is not written through.
pub fn write_file(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let found = fs::symlink_metadata(path).ok();
    if found.as_ref().is_some_and(|found| !found.is_file()) {
        return Err(std::io::Error::other("not a regular file; it is not written through"));
    }
    let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".klogmod-").suffix(".tmp");
    #[cfg(unix)]
    {
        // As any new file, less the umask; temporary files are otherwise for their owner alone.
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut temporary = builder.tempfile_in(dir)?;
    temporary.write_all(bytes)?;
    if let Some(found) = found {
        temporary.as_file().set_permissions(found.permissions())?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
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
