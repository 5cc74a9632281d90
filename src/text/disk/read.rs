//! Bounded reads of regular files.

use std::fs::{File, Metadata};
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result};
use std::path::Path;

/// Most bytes of what a checkout declares: go.mod, OWNERS, .gitattributes, settings.
pub const DECLARATION: u64 = 4 << 20;
/// Most bytes of one source file.
pub const SOURCE: u64 = 8 << 20;
/// Most bytes of what grows with the tree: baselines, decisions, reports.
pub const DOCUMENT: u64 = 1 << 30;

/// A regular file's bytes, `most` at most. Pipes, devices and directories are errors, and nobody waits for them.
pub fn read(path: &Path, most: u64) -> Result<Vec<u8>> {
    read_file(path, most).map(|(bytes, _)| bytes)
}

/// As [`read`], with what the system says of the file once its bytes are read.
pub fn read_as_it_is(path: &Path, most: u64) -> Result<(Vec<u8>, Metadata)> {
    let (bytes, file) = read_file(path, most)?;
    Ok((bytes, file.metadata()?))
}

fn read_file(path: &Path, most: u64) -> Result<(Vec<u8>, File)> {
    // Looked at before it is opened: opening a pipe waits for its writer.
    check(&std::fs::metadata(path)?, most)?;
    let file = File::open(path)?;
    let found = file.metadata()?;
    check(&found, most)?;
    if found.len() == 0 {
        // Also what the kernel makes up as it is read, which may wait, or never end.
        return Ok((Vec::new(), file));
    }
    let mut bytes = Vec::with_capacity(found.len() as usize + 1);
    // One more than its size: what grows meanwhile, or never ends, is noticed without being read.
    (&file).take(found.len() + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > found.len() {
        return Err(Error::other("it is longer than the system says, so it is no file to be read whole"));
    }
    Ok((bytes, file))
}

fn check(found: &Metadata, most: u64) -> Result<()> {
    if !found.is_file() {
        return Err(Error::other("not a regular file; it is not read"));
    }
    if found.len() > most {
        return Err(Error::other(format!("{} bytes are more than the {most} that are read", found.len())));
    }
    Ok(())
}

/// Whether two regular files hold the same, which are read as far as they do.
pub fn same(a: &Path, b: &Path) -> Result<bool> {
    check(&std::fs::metadata(a)?, u64::MAX)?;
    check(&std::fs::metadata(b)?, u64::MAX)?;
    let (mut a, mut b) = (BufReader::new(File::open(a)?), BufReader::new(File::open(b)?));
    loop {
        let (one, two) = (a.fill_buf()?, b.fill_buf()?);
        let len = one.len().min(two.len());
        if len == 0 || one[..len] != two[..len] {
            return Ok(one.is_empty() && two.is_empty());
        }
        a.consume(len);
        b.consume(len);
    }
}

/// As [`read`], as text.
pub fn read_text(path: &Path, most: u64) -> Result<String> {
    utf8(read(path, most)?)
}

/// What somebody named on the command line, a pipe or a device as well: `most` bytes of it at most.
pub fn read_named(path: &Path, most: u64) -> Result<Vec<u8>> {
    bounded(File::open(path)?, most)
}

/// What somebody named on the command line, to be read as it comes; the reader bounds what it keeps.
pub fn open_named(path: &Path) -> Result<File> {
    File::open(path)
}

/// What comes from standard input: `most` bytes of it at most.
pub fn read_stdin(most: u64) -> Result<Vec<u8>> {
    bounded(std::io::stdin().lock(), most)
}

fn bounded(from: impl Read, most: u64) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(Error::other(format!("more than the {most} bytes that are read")));
    }
    Ok(bytes)
}

/// Bytes as text. Those that are not UTF-8 are an error that names their place.
pub fn utf8(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Error::new(ErrorKind::InvalidData, format!("byte {at} is not UTF-8"))
    })
}

/// A file that stands below `root`. A link that leads out of it is an error.
pub fn within(root: &Path, path: &str, most: u64) -> Result<Vec<u8>> {
    let full = root.join(path);
    // Most files that are asked for do not exist: one question is enough then.
    full.symlink_metadata()?;
    let real = full.canonicalize()?;
    if !real.starts_with(root) && !real.starts_with(root.canonicalize()?) {
        return Err(Error::other("a link that leads out of the checkout; it is not followed"));
    }
    read(&real, most)
}

/// As [`within`], as text.
pub fn text_within(root: &Path, path: &str, most: u64) -> Result<String> {
    utf8(within(root, path, most)?)
}

/// The text of go.mod, go.work or modules.txt, wherever a link leads, as the go tool reads it: bytes that are not UTF-8 may
/// stand in comments.
pub fn text_of_go(path: &Path) -> Result<String> {
    read(path, DECLARATION).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_inside_are_read() {
        let (tree, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = tree.path();
        let link = |target: &Path, name: &str| std::os::unix::fs::symlink(target, root.join(name)).unwrap();
        std::fs::write(root.join("plain"), "here").unwrap();
        std::fs::write(outside.path().join("secret"), "s3").unwrap();
        link(Path::new("plain"), "inside");
        link(&outside.path().join("secret"), "outside");
        link(outside.path(), "dir");
        link(Path::new("/dev/zero"), "endless");
        link(Path::new("/proc/self/environ"), "environ");
        link(Path::new("nowhere"), "dangling");
        rustix::fs::mknodat(rustix::fs::CWD, root.join("pipe"), rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        assert_eq!(within(root, "plain", 4).unwrap(), b"here");
        assert_eq!(within(root, "inside", 4).unwrap(), b"here");
        for name in ["outside", "dir/secret", "endless", "environ", "dangling", "pipe", "", "absent"] {
            assert!(within(root, name, 100).is_err(), "{name}");
        }
        assert!(within(root, "plain", 3).unwrap_err().to_string().contains("more than the 3"));
        // What the go tool follows is followed, but never to what has no end or no size.
        assert_eq!(text_of_go(&root.join("outside")).unwrap(), "s3");
        for name in ["endless", "environ", "pipe"] {
            assert_eq!(text_of_go(&root.join(name)).unwrap_or_default(), "", "{name}");
        }
    }
}
