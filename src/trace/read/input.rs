//! What was named on the command line: files, directories, standard input; who wrote each, and in which year.

use std::collections::HashSet;
use std::fs::File;
use std::io::{Cursor, Error, ErrorKind, Read, Result, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use super::journal::{Export, is_export};
use super::unpack::{Stream, is_packed, unpack};
use crate::text::disk;
use crate::trace::line::{Reference, file_component, full_time, json_object, json_time, unwrap};

/// Bytes that are looked at before a file is read.
const PEEK: u64 = 64 << 10;
/// Files of a directory that are read at most.
const FILES: usize = 100_000;
/// Bytes of a file that one thread reads.
const SHARE: u64 = 32 << 20;

/// A file, or standard input.
pub struct Input {
    /// What it is called in messages.
    pub name: String,
    /// The component that wrote it, as far as the name tells.
    pub component: Arc<str>,
    /// What tells the year of lines without one.
    pub reference: Reference,
    /// Where shares start; one share where it must be read from its start to its end.
    pub shares: Vec<u64>,
    path: Option<PathBuf>,
    size: u64,
    is_packed: bool,
    /// What was taken of a packed stream.
    taken: Arc<AtomicU64>,
    /// What can be read only once.
    once: Mutex<Option<Stream>>,
}

/// All of them.
pub struct Inputs {
    /// Those that can be read.
    pub list: Vec<Input>,
    /// Those that cannot, and why.
    pub unread: Vec<String>,
}

impl Inputs {
    /// How many bytes the files have, packed as they are; none where something is not a file.
    pub fn bytes(&self) -> Option<u64> {
        self.list.iter().map(|input| input.path.as_ref().map(|_| input.size)).sum()
    }

    /// Finds and opens what is named: a path, a directory, `COMPONENT=PATH`, or `-`.
    pub fn open(named: &[String], now: i64) -> Self {
        let mut inputs = Self { list: Vec::new(), unread: Vec::new() };
        let mut met = HashSet::new();
        for name in named {
            let (component, path) = match name.split_once('=') {
                Some((component, path)) if !component.contains('/') && !Path::new(name).exists() => {
                    (Some(component), path)
                }
                _ => (None, name.as_str()),
            };
            for path in files(path, &mut met, &mut inputs.unread) {
                match Input::open(&path, component, now) {
                    Ok(input) => inputs.list.push(input),
                    Err(error) => inputs.unread.push(format!("{}: {error}", path.display())),
                }
            }
        }
        inputs.share_years();
        inputs
    }

    /// A file without any year takes that of its neighbours, which know it better than when the file was written last.
    fn share_years(&mut self) {
        let near = self.list.iter().find_map(|input| match input.reference {
            Reference::Near(at) => Some(at),
            Reference::Before(_) => None,
        });
        for input in &mut self.list {
            if let (Reference::Before(_), Some(at)) = (input.reference, near) {
                input.reference = Reference::Near(at);
            }
        }
    }
}

/// The files that a path names: itself, or those of a directory that are not `met` already, under whatever name.
fn files(path: &str, met: &mut HashSet<PathBuf>, unread: &mut Vec<String>) -> Vec<PathBuf> {
    let mut is_new = |path: &Path| path.canonicalize().map_or(true, |path| met.insert(path));
    if path == "-" || !Path::new(path).is_dir() {
        is_new(Path::new(path));
        return vec![path.into()];
    }
    let (mut found, mut links) = (Vec::new(), Vec::new());
    for entry in walkdir::WalkDir::new(path).sort_by_file_name() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                unread.push(error.to_string());
                continue;
            }
        };
        match unfit(&entry) {
            Some("") => {}
            Some(what) => unread.push(format!("{}: {what}", entry.path().display())),
            None if found.len() + links.len() == FILES => {
                unread.push(format!("{path}: more than {FILES} files; the others are not read"));
                break;
            }
            None if entry.path_is_symlink() => links.push(entry.into_path()),
            None if is_new(entry.path()) => found.push(entry.into_path()),
            None => {}
        }
    }
    // A file's own name tells more of who wrote it than that of a link beside it.
    links.retain(|link| is_new(link));
    found.append(&mut links);
    found
}

/// What something in a directory is that is not read; empty where that goes without saying. Links to files are: what runtimes keep in
/// /var/log/containers are links.
fn unfit(entry: &walkdir::DirEntry) -> Option<&'static str> {
    let kind = match entry.path_is_symlink() {
        true => std::fs::metadata(entry.path()).map(|found| found.file_type()),
        false => Ok(entry.file_type()),
    };
    match kind {
        Ok(kind) if kind.is_file() => None,
        Ok(kind) if !kind.is_dir() => Some("neither a file nor a directory; it is read where it is named"),
        Ok(_) if entry.path_is_symlink() && entry.depth() > 0 => {
            Some("a link to a directory, which is not followed; it is read where it is named")
        }
        Ok(_) => Some(""),
        Err(_) => Some("a link to what is not there"),
    }
}

/// The first time with a year in what was read of a file.
fn first_time(bytes: &[u8]) -> Option<i64> {
    bytes.split(|byte| *byte == b'\n').take(200).find_map(|line| {
        let wrapped = unwrap(line);
        if let Some(at) = wrapped.beside.as_deref().and_then(full_time) {
            return Some(at);
        }
        json_time(json_object(std::str::from_utf8(&wrapped.line).ok()?)?)
    })
}

impl Input {
    fn open(path: &Path, component: Option<&str>, now: i64) -> Result<Self> {
        let is_stdin = path.as_os_str() == "-";
        let name = if is_stdin { "standard input".to_owned() } else { path.display().to_string() };
        let component =
            component.map_or_else(|| if is_stdin { "stdin".into() } else { file_component(&name) }, str::to_owned);
        let (mut stream, file): (Stream, Option<std::fs::Metadata>) = match is_stdin {
            true => (Box::new(std::io::stdin()), None),
            false => {
                let file = disk::open_named(path)?;
                let found = file.metadata()?;
                if found.is_dir() {
                    return Err(Error::new(ErrorKind::IsADirectory, "a directory"));
                }
                (Box::new(file), found.is_file().then_some(found))
            }
        };
        let mut first = Vec::new();
        (&mut stream).take(PEEK).read_to_end(&mut first)?;
        let is_plain = !is_packed(&first);
        let mut seen = first.clone();
        if !is_plain {
            seen.clear();
            // What is not packed as it says is said when it is read.
            let _ =
                unpack(first.clone(), Box::new(std::io::empty()), &Arc::default()).take(PEEK).read_to_end(&mut seen);
        }
        let modified = file.as_ref().and_then(|file| file.modified().ok()?.duration_since(UNIX_EPOCH).ok());
        let modified = modified.and_then(|since| i64::try_from(since.as_nanos()).ok());
        let reference = first_time(&seen).map_or(Reference::Before(modified.unwrap_or(now)), Reference::Near);
        let size = file.as_ref().map_or(0, std::fs::Metadata::len);
        // Where several streams stand in one file, a line's start may lie anywhere before it.
        let is_mixed = seen.split(|byte| *byte == b'\n').take(50).any(|line| !unwrap(line).stream.is_empty());
        let is_whole = !is_plain || is_export(&seen) || is_mixed || size < 2 * SHARE;
        let shares = if is_whole { vec![0] } else { (0..size / SHARE).map(|share| share * SHARE).collect() };
        let taken = Arc::default();
        let once = Mutex::new(file.is_none().then(|| unpacked(first, stream, &taken)));
        let path = file.is_some().then(|| path.to_owned());
        let component = component.into();
        Ok(Self { name, component, reference, shares, path, size, is_packed: !is_plain, taken, once })
    }

    /// Of a packed stream, the bytes that were taken of it so far.
    pub fn packed(&self) -> Option<u64> {
        self.is_packed.then(|| self.taken.load(Ordering::Relaxed))
    }

    /// The stream from an offset on, unpacked. What is no file can be had once.
    pub fn stream(&self, from: u64) -> Result<Stream> {
        let Some(path) = &self.path else {
            let taken = self.once.lock().ok().and_then(|mut once| once.take());
            return taken.ok_or_else(|| Error::other("it can be read only once"));
        };
        let mut file: File = disk::open_named(path)?;
        if from > 0 {
            file.seek(SeekFrom::Start(from))?;
            return Ok(Box::new(file));
        }
        let mut first = Vec::new();
        (&mut file).take(16).read_to_end(&mut first)?;
        Ok(unpacked(first, Box::new(file), &self.taken))
    }
}

fn unpacked(first: Vec<u8>, rest: Stream, taken: &Arc<AtomicU64>) -> Stream {
    if !is_packed(&first) {
        return match is_export(&first) {
            true => Box::new(Export::new(unpack(first, rest, taken))),
            false => unpack(first, rest, taken),
        };
    }
    let mut stream = unpack(first, rest, taken);
    let mut start = Vec::new();
    // An error comes again when the stream is read, behind what came before it.
    match (&mut stream).take(16).read_to_end(&mut start) {
        Ok(_) if is_export(&start) => Box::new(Export::new(Cursor::new(start).chain(stream))),
        Ok(_) => Box::new(Cursor::new(start).chain(stream)),
        Err(error) => Box::new(Cursor::new(start).chain(Failed(Some(error)))),
    }
}

/// A stream that could not be unpacked.
struct Failed(Option<Error>);

impl Read for Failed {
    fn read(&mut self, _: &mut [u8]) -> Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
