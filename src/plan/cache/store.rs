//! Entries on disk: one file each, checked when read, replaced at once, the oldest dropped when there are too many.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use flate2::Crc;

/// Layout of entries; another layout has another directory.
const VERSION: &str = "v3";
const MAGIC: &[u8; 8] = b"klogmod\n";
/// What stands before the payload: a mark, and a checksum, which tells what is whole from what a crash has left.
const HEADER: usize = MAGIC.len() + 4;
const TEMPORARY: &str = ".writing-";
/// What a temporary file's owner needs at most; older ones are what a killed run left.
const ABANDONED: Duration = Duration::from_secs(3600);
/// All entries together.
const LIMIT: u64 = 512 << 20;

/// A directory of entries.
#[derive(Clone, Debug)]
pub struct Store {
    dir: PathBuf,
    limit: u64,
}

/// Where the user's programs keep what can be made again.
pub fn default_dir() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let caches = if cfg!(windows) {
        set("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        set("HOME").map(|home| home.join("Library/Caches"))
    } else {
        set("XDG_CACHE_HOME").filter(|dir| dir.is_absolute()).or_else(|| set("HOME").map(|home| home.join(".cache")))
    };
    caches.map(|dir| dir.join("klogmod"))
}

impl Store {
    /// In a directory, which is made if need be.
    pub fn open(dir: &Path) -> std::io::Result<Self> {
        let dir = dir.join(VERSION);
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        // What a checkout holds is the user's own business.
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&dir)?;
        Ok(Self { dir, limit: LIMIT })
    }

    /// The same with another limit to the size of all entries.
    pub fn limited(self, limit: u64) -> Self {
        Self { limit, ..self }
    }

    /// An entry, if it is there and whole.
    pub fn get(&self, name: &str) -> Option<Vec<u8>> {
        let path = self.dir.join(name);
        let (mut head, mut payload) = ([0; HEADER], Vec::new());
        let mut file = fs::File::open(&path).ok()?;
        file.read_exact(&mut head).ok()?;
        file.read_to_end(&mut payload).ok()?;
        if head != header(&payload) {
            return None;
        }
        // The time of use decides what is dropped first; whether it can be set does not matter.
        let _ = fs::File::options().append(true).open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(payload)
    }

    /// Writes an entry. What cannot be written is not there next time.
    pub fn put(&self, name: &str, payload: &[u8]) {
        let write = || -> std::io::Result<()> {
            let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(&self.dir)?;
            file.write_all(&header(payload))?;
            file.write_all(payload)?;
            file.persist(self.dir.join(name))?;
            Ok(())
        };
        if payload.len() as u64 <= self.limit && write().is_ok() {
            self.trim();
        }
    }

    /// Drops the entries that were not used for longest.
    fn trim(&self) {
        let mut entries = Vec::new();
        for entry in fs::read_dir(&self.dir).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            let used = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            let age = SystemTime::now().duration_since(used).unwrap_or_default();
            if !entry.file_name().to_string_lossy().starts_with(TEMPORARY) {
                entries.push((used, metadata.len(), entry.path()));
            } else if age > ABANDONED {
                let _ = fs::remove_file(entry.path());
            }
        }
        entries.sort();
        let mut size: u64 = entries.iter().map(|(_, len, _)| len).sum();
        for (_, len, path) in entries {
            if size <= self.limit {
                break;
            }
            let _ = fs::remove_file(path);
            size -= len;
        }
    }
}

fn header(payload: &[u8]) -> [u8; HEADER] {
    let mut sum = Crc::new();
    sum.update(payload);
    let mut header = [0; HEADER];
    header[..MAGIC.len()].copy_from_slice(MAGIC);
    header[MAGIC.len()..].copy_from_slice(&sum.sum().to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_whole_or_absent() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        assert_eq!(store.get("a"), None);
        store.put("a", b"one");
        store.put("a", b"two");
        assert_eq!(store.get("a").as_deref(), Some(b"two".as_slice()));
        let path = dir.path().join(VERSION).join("a");
        let whole = fs::read(&path).unwrap();
        for cut in 0..whole.len() {
            fs::write(&path, &whole[..cut]).unwrap();
            assert_eq!(store.get("a"), None, "cut at {cut}");
            let mut wrong = whole.clone();
            wrong[cut] ^= 1;
            fs::write(&path, &wrong).unwrap();
            assert_eq!(store.get("a"), None, "wrong at {cut}");
        }
    }

    #[test]
    fn the_oldest_entries_go_first() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap().limited(3 * (HEADER as u64 + 10));
        for name in ["a", "b", "c"] {
            store.put(name, &[0; 10]);
            let file = fs::File::options().append(true).open(dir.path().join(VERSION).join(name)).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(100 - u64::from(name.as_bytes()[0] - b'a')))
                .unwrap();
        }
        assert!(store.get("a").is_some());
        store.put("d", &[0; 10]);
        assert_eq!(["a", "b", "c", "d"].map(|name| store.get(name).is_some()), [true, false, true, true]);
    }
}
