//! Writes that leave the old file or the new one, and nothing in between.

use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// How files under way are called; one that a killed run left is removed by the next that writes beside it.
const UNDER_WAY: (&str, &str) = (".klogmod-", ".tmp");

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
    /// Its owner, group or attributes could not be given to the new file.
    #[error("{}: its owner or its attributes cannot be kept ({source}); it is left as it was", path.display())]
    NotAlike {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Replaces `old` by `new` in a file: a temporary file beside it takes the file's owner, permissions and attributes, is
/// synced, and is renamed over it. Whoever looks sees one or the other, also after a crash.
pub fn replace_file(path: &Path, old: &[u8], new: &[u8]) -> Result<(), WriteError> {
    let io = |source| WriteError::Io { path: path.to_owned(), source };
    let metadata = fs::symlink_metadata(path).map_err(io)?;
    if !metadata.is_file() {
        return Err(WriteError::NotRegular(path.to_owned()));
    }
    if hard_links(&metadata) > 1 {
        return Err(WriteError::HardLinked(path.to_owned()));
    }
    let mut temporary = under_way(parent(path), None).map_err(io)?;
    temporary.write_all(new).map_err(io)?;
    let alike = alike(path, &metadata, temporary.as_file());
    alike.map_err(|source| WriteError::NotAlike { path: path.to_owned(), source })?;
    temporary.as_file().sync_all().map_err(io)?;
    if super::read(path, old.len() as u64).ok().as_deref() != Some(old) {
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

/// Writes a file of klogmod's own, whole or not at all; an old one keeps its owner and permissions, a link is not written
/// through.
pub fn write_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let found = fs::symlink_metadata(path).ok();
    if found.as_ref().is_some_and(|found| !found.is_file()) {
        return Err(io::Error::other("not a regular file; it is not written through"));
    }
    let mut temporary = stage(parent(path), bytes)?;
    if let Some(found) = found {
        alike(path, &found, temporary.as_file_mut())?;
    }
    temporary.as_file().sync_all()?;
    temporary.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Writes what somebody named on the command line: as [`write_file`], or straight into a pipe or a device.
pub fn write_output(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // /dev/stdout and its like are links of the system's own.
    let of_system = ["/dev", "/proc"].iter().any(|dir| path.starts_with(dir));
    let found = if of_system { fs::metadata(path) } else { fs::symlink_metadata(path) };
    if found.is_ok_and(|found| of_system || !(found.is_file() || found.is_dir() || found.is_symlink())) {
        return File::options().write(true).open(path)?.write_all(bytes);
    }
    write_file(path, bytes)
}

/// A file under way in `dir`, as any new file of the user's.
pub fn stage(dir: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = under_way(dir, Some(0o666))?;
    file.write_all(bytes)?;
    file.flush()?;
    Ok(file)
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// An empty file under way; it is locked while its writer lives. Temporary files are for their owner alone unless `mode` says
/// otherwise.
fn under_way(dir: &Path, mode: Option<u32>) -> io::Result<NamedTempFile> {
    sweep(dir);
    let mut builder = tempfile::Builder::new();
    builder.prefix(UNDER_WAY.0).suffix(UNDER_WAY.1);
    #[cfg(unix)]
    if let Some(mode) = mode {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    loop {
        let file = builder.tempfile_in(dir).map_err(of_system)?;
        // A sweep may have come between the file and its lock. Where files cannot be locked, nothing is swept either.
        if try_lock(file.as_file()).unwrap_or(true) && file.path().exists() {
            return Ok(file);
        }
    }
}

/// What the system said, without the made-up name of a file under way: who asked names the file.
fn of_system(error: io::Error) -> io::Error {
    let inner = error.get_ref().and_then(|inner| inner.source()?.downcast_ref::<io::Error>()?.raw_os_error());
    inner.map_or(error, io::Error::from_raw_os_error)
}

/// Removes files under way whose writer is gone.
fn sweep(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let middle = name.to_str().and_then(|name| name.strip_prefix(UNDER_WAY.0)?.strip_suffix(UNDER_WAY.1));
        let is_ours =
            middle.is_some_and(|middle| middle.len() == 6 && middle.bytes().all(|b| b.is_ascii_alphanumeric()));
        if !is_ours || !entry.file_type().is_ok_and(|kind| kind.is_file()) {
            continue;
        }
        // The lock is held until the file is gone: who creates one under it sees that, and takes another.
        if let Ok(file) = File::open(entry.path())
            && try_lock(&file).unwrap_or(false)
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Waits until nobody else holds `dir`, and holds it as long as the file lives: for what is read, changed and written.
#[cfg(unix)]
pub fn lock(dir: &Path) -> io::Result<File> {
    let dir = if dir.as_os_str().is_empty() { Path::new(".") } else { dir };
    let file = File::open(dir)?;
    // Some network file systems cannot lock a directory; whoever is alone loses nothing there.
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::LockExclusive) {
        Ok(()) | Err(rustix::io::Errno::NOTSUP | rustix::io::Errno::BADF | rustix::io::Errno::NOLCK) => Ok(file),
        Err(error) => Err(error.into()),
    }
}

/// Directories cannot be locked here.
#[cfg(not(unix))]
pub fn lock(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn try_lock(file: &File) -> io::Result<bool> {
    match rustix::fs::flock(file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(true),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(unix))]
fn try_lock(_: &File) -> io::Result<bool> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Gives a new file the owner, the permissions and the attributes of the one at `path`.
#[cfg(unix)]
fn alike(path: &Path, old: &Metadata, new: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let now = new.metadata()?;
    let differs = |old: u32, now: u32| (old != now).then_some(old);
    let (owner, group) = (differs(old.uid(), now.uid()), differs(old.gid(), now.gid()));
    if owner.is_some() || group.is_some() {
        std::os::unix::fs::fchown(new, owner, group)?;
    }
    #[cfg(target_os = "linux")]
    attributes(path, new)?;
    #[cfg(not(target_os = "linux"))]
    let _ = path;
    new.set_permissions(old.permissions())
}

#[cfg(not(unix))]
fn alike(_: &Path, old: &Metadata, new: &File) -> io::Result<()> {
    new.set_permissions(old.permissions())
}

/// Copies extended attributes, access lists among them.
#[cfg(target_os = "linux")]
fn attributes(path: &Path, new: &File) -> io::Result<()> {
    use rustix::fs::{XattrFlags, fgetxattr, fsetxattr, lgetxattr, llistxattr};
    use rustix::io::Errno;
    let mut names = vec![0; 1 << 16];
    let length = match llistxattr(path, names.as_mut_slice()) {
        Ok(length) => length,
        Err(Errno::NOTSUP) => return Ok(()),
        Err(error) => return Err(error.into()),
    };
    names.truncate(length);
    for name in names.split(|byte| *byte == 0).filter(|name| !name.is_empty()) {
        let (mut old, mut now) = (vec![0; 1 << 16], vec![0; 1 << 16]);
        let length = lgetxattr(path, name, old.as_mut_slice())?;
        old.truncate(length);
        // Labels that the system gives every new file of the directory are there already.
        if fgetxattr(new, name, now.as_mut_slice()).is_ok_and(|length| now[..length] == old) {
            continue;
        }
        fsetxattr(new, name, &old, XattrFlags::empty())?;
    }
    Ok(())
}

#[cfg(unix)]
fn hard_links(metadata: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(metadata)
}

#[cfg(not(unix))]
fn hard_links(_: &Metadata) -> u64 {
    1
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_holds_is_swept_and_what_somebody_writes_stays() {
        let dir = tempfile::tempdir().unwrap();
        let writing = stage(dir.path(), b"half").unwrap();
        for name in [".klogmod-abc123.tmp", ".klogmod-notes.tmp", ".klogmod-abc123"] {
            fs::write(dir.path().join(name), "").unwrap();
        }
        write_file(&dir.path().join("report"), b"whole").unwrap();
        let is_there = |name: &str| dir.path().join(name).exists();
        assert!(!is_there(".klogmod-abc123.tmp"));
        assert!(is_there(".klogmod-notes.tmp") && is_there(".klogmod-abc123") && writing.path().exists());
    }

    #[test]
    fn writers_side_by_side_do_not_sweep_each_other() {
        let dir = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for writer in 0..8 {
                let path = dir.path().join(format!("{writer}.json"));
                scope.spawn(move || (0..200).for_each(|_| write_output(&path, b"report").unwrap()));
            }
        });
    }

    #[test]
    fn outputs_go_to_files_pipes_and_devices_but_through_no_link() {
        let dir = tempfile::tempdir().unwrap();
        let (file, link) = (dir.path().join("file"), dir.path().join("link"));
        fs::write(&file, "precious").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert!(write_output(&link, b"report").is_err());
        assert_eq!(fs::read(&file).unwrap(), b"precious");
        write_output(&file, b"report").unwrap();
        assert_eq!(fs::read(&file).unwrap(), b"report");
        write_output(Path::new("/dev/null"), b"report").unwrap();
    }
}
