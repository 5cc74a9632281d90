//! A tree as a run found it, and what of it is another now. Files and directories whose times and size are the same are not
//! read again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;

use crate::go::calls::Shape;
use crate::go::files::{GeneratedFiles, TextFiles};
use crate::go::index::{Held, OutlineSeen};
use crate::go::parse::is_generated;
use crate::go::syntax::head::head;
use crate::plan::pipeline::{FileSeen, Searched, Seen, search};
use crate::rule::RuleSet;
use crate::text::diagnostic::RelPath;
use crate::text::digest::{Digest, Hasher};
use crate::text::disk;

/// Files that say where packages are.
const MANIFESTS: [&str; 3] = ["go.mod", "go.work", "modules.txt"];
/// How coarse a file system's clock may be where its times have fractions of a second, and where they have none.
const FINE: Duration = Duration::from_millis(50);
const COARSE: Duration = Duration::from_secs(2);
/// Trees with more directories are not watched.
const MAX_DIRECTORIES: usize = 200_000;

/// What the system says of a file or directory without opening it. The change time cannot be set by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
struct Stamp {
    size: u64,
    modified: i128,
    changed: i128,
    inode: u64,
}

impl Stamp {
    /// That of nothing.
    const NONE: Self = Self { size: 0, modified: 0, changed: 0, inode: 0 };

    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Option<Self> {
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
    fn of(_: &Metadata) -> Option<Self> {
        None
    }

    /// Whether what it stands for has not been touched since a moment.
    fn is_older_than(&self, moment: i128) -> bool {
        let coarse = self.modified % 1_000_000_000 == 0 && self.changed % 1_000_000_000 == 0;
        let slack = if coarse { COARSE } else { FINE };
        self.modified.max(self.changed) + slack.as_nanos() as i128 <= moment
    }
}

/// A directory: which entries it has that can matter.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
struct Directory {
    path: String,
    stamp: Stamp,
    listing: Digest,
}

/// A file, and all that the run took from it.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
struct File {
    path: RelPath,
    stamp: Stamp,
    searched: Option<FileSeen>,
    elsewhere: Option<FileSeen>,
    outlines: Vec<OutlineSeen>,
    manifest: Option<Digest>,
    shape: Option<Shape>,
    sought: Option<Searched>,
}

/// A tree as a run found it.
#[derive(Debug, BorshSerialize, BorshDeserialize)]
pub(super) struct Tree {
    directories: Vec<Directory>,
    files: Vec<File>,
    texts: TextFiles,
    /// Whether any file's bytes may matter, whatever was taken from it.
    callers: bool,
}

/// How a tree compares to an earlier one.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// All is as it was; times may differ.
    None {
        /// Whether they do.
        times: bool,
    },
    /// These files changed, and no declaration that others depend on.
    Files {
        /// Those whose calls have to be planned anew.
        files: BTreeSet<RelPath>,
        /// All whose bytes changed: a path may lead through their bodies.
        bodies: BTreeMap<RelPath, Digest>,
    },
    /// Anything may come out otherwise.
    Whole,
}

/// A tree that was compared, and which of its directories and files are not as they were, by what the system says of them.
#[derive(Clone, Copy)]
pub(super) struct Older<'t> {
    pub(super) tree: &'t Tree,
    pub(super) touched: &'t BTreeSet<String>,
}

impl Older<'_> {
    /// The files that stand there as they were, by path.
    fn still(&self) -> BTreeMap<&str, &File> {
        let files = self.tree.files.iter().map(|file| (&*file.path, file));
        files.filter(|(path, _)| !self.touched.contains(*path)).collect()
    }
}

impl Tree {
    /// The tree that a run which began at `start` has seen; `None` if it may have changed on the way. What stands there as it was in an
    /// older one is not looked at again: if it has changed since, the next run sees that, too.
    pub(super) fn new(root: &Path, seen: &Seen, start: SystemTime, older: Option<Older<'_>>) -> Option<Self> {
        let start = start.duration_since(UNIX_EPOCH).ok()?.as_nanos() as i128;
        let mut tree =
            Self { directories: Vec::new(), files: Vec::new(), texts: seen.texts.clone(), callers: seen.callers };
        let mut manifests = Vec::new();
        match older {
            Some(older) => tree.directories_again(root, older)?,
            None => tree.directories(root, "", &mut manifests)?,
        }
        tree.files = files_of(seen, &manifests);
        let still = older.as_ref().map(Older::still).unwrap_or_default();
        let look = |file: &mut File| match still.get(&*file.path) {
            Some(was) if file.manifest.is_none() || was.manifest.is_some() => {
                file.stamp = was.stamp;
                file.manifest = file.manifest.and(was.manifest);
                true
            }
            _ => file.look(root, start),
        };
        let still = tree.files.par_iter_mut().all(look);
        (still && tree.directories.iter().all(|dir| dir.stamp.is_older_than(start))).then_some(tree)
    }

    /// The directories of an older tree, which has the same entries.
    fn directories_again(&mut self, root: &Path, older: Older<'_>) -> Option<()> {
        for was in &older.tree.directories {
            let stamp = match older.touched.contains(&was.path) {
                true => Stamp::of(&fs::metadata(root.join(&was.path)).ok()?)?,
                false => was.stamp,
            };
            self.directories.push(Directory { stamp, ..was.clone() });
        }
        Some(())
    }

    fn directories(&mut self, root: &Path, path: &str, manifests: &mut Vec<RelPath>) -> Option<()> {
        let full = root.join(path);
        let stamp = Stamp::of(&fs::metadata(&full).ok()?)?;
        let listing = Listing::read(&full, &self.texts)?;
        self.directories.push(Directory { path: path.to_owned(), stamp, listing: listing.digest() });
        if self.directories.len() > MAX_DIRECTORIES {
            return None;
        }
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        manifests.extend(listing.manifests.iter().map(|name| RelPath::from(below(name))));
        listing.directories.iter().try_for_each(|name| self.directories(root, &below(name), manifests))
    }

    /// What it was made from, but for the samples.
    pub(super) fn seen(&self) -> Seen {
        let mut seen = Seen { complete: true, texts: self.texts.clone(), callers: self.callers, ..Seen::default() };
        for file in &self.files {
            seen.files.extend(file.searched.map(|what| (file.path.clone(), what)));
            seen.elsewhere.extend(file.elsewhere.map(|what| (file.path.clone(), what)));
            seen.outlines.extend(file.outlines.iter().cloned());
            seen.shapes.extend(file.shape.iter().map(|shape| (file.path.clone(), shape.clone())));
            seen.searched.extend(file.sought.map(|searched| (file.path.clone(), searched)));
            seen.beside.extend(file.manifest.map(|_| file.path.clone()));
        }
        seen
    }

    /// Compares it with what stands there now, and tells what was touched.
    pub(super) fn compare(
        &self,
        root: &Path,
        generated: &GeneratedFiles,
        rules: &RuleSet,
    ) -> (Difference, BTreeSet<String>) {
        let directories = self.directories.par_iter().map(|dir| (&*dir.path, dir.compare(root, &self.texts)));
        let files = self.files.par_iter().map(|file| {
            let difference = match file.compare(root, generated, rules) {
                Difference::Files { .. } if self.callers => Difference::Whole,
                Difference::None { times: true } if self.callers && !file.is_known() => Difference::Whole,
                difference => difference,
            };
            (&*file.path, difference)
        });
        let none = || (Difference::None { times: false }, BTreeSet::new());
        let touch = |(path, difference): (&str, Difference)| match difference {
            Difference::None { times: false } => none(),
            difference => (difference, BTreeSet::from([path.to_owned()])),
        };
        directories.chain(files).map(touch).reduce(none, |(one, mut touched), (other, more)| {
            touched.extend(more);
            (one.and(other), touched)
        })
    }
}

impl Difference {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Whole, _) | (_, Self::Whole) => Self::Whole,
            (Self::Files { mut files, mut bodies }, Self::Files { files: more, bodies: others }) => {
                files.extend(more);
                bodies.extend(others);
                Self::Files { files, bodies }
            }
            (files @ Self::Files { .. }, Self::None { .. }) | (Self::None { .. }, files @ Self::Files { .. }) => files,
            (Self::None { times: one }, Self::None { times: other }) => Self::None { times: one || other },
        }
    }
}

impl Directory {
    fn compare(&self, root: &Path, texts: &TextFiles) -> Difference {
        let full = root.join(&self.path);
        let Some(stamp) = fs::metadata(&full).ok().and_then(|metadata| Stamp::of(&metadata)) else {
            return Difference::Whole;
        };
        if stamp == self.stamp {
            return Difference::None { times: false };
        }
        match Listing::read(&full, texts) {
            Some(listing) if listing.digest() == self.listing => Difference::None { times: true },
            _ => Difference::Whole,
        }
    }
}

/// The files that a run has taken something from, and those that say where packages are. Of neither it is known yet when they changed.
fn files_of(seen: &Seen, manifests: &[RelPath]) -> Vec<File> {
    let mut files: BTreeMap<&str, File> = BTreeMap::new();
    fn entry<'m, 's>(files: &'m mut BTreeMap<&'s str, File>, path: &'s RelPath) -> &'m mut File {
        files.entry(path).or_insert_with(|| File::new(path.clone()))
    }
    for (path, what) in &seen.files {
        entry(&mut files, path).searched = Some(*what);
    }
    for (path, what) in &seen.elsewhere {
        entry(&mut files, path).elsewhere = Some(*what);
    }
    for (path, shape) in &seen.shapes {
        entry(&mut files, path).shape = Some(shape.clone());
    }
    for (path, searched) in &seen.searched {
        entry(&mut files, path).sought = Some(*searched);
    }
    for outline in &seen.outlines {
        entry(&mut files, &outline.path).outlines.push(outline.clone());
    }
    for path in manifests.iter().chain(&seen.beside) {
        entry(&mut files, path).manifest = Some(Digest::default());
    }
    files.into_values().collect()
}

impl File {
    fn new(path: RelPath) -> Self {
        Self {
            path,
            stamp: Stamp::NONE,
            searched: None,
            elsewhere: None,
            outlines: Vec::new(),
            manifest: None,
            shape: None,
            sought: None,
        }
    }

    /// Looks at it, and says whether it may have changed since the run began. A file that is younger keeps no stamp: the next run compares
    /// it with what this one read.
    fn look(&mut self, root: &Path, start: i128) -> bool {
        let full = root.join(&*self.path);
        if let Some(digest) = &mut self.manifest {
            *digest = Digest::of(&disk::read(&full, disk::DECLARATION).unwrap_or_default());
        }
        let stamp = fs::metadata(&full).ok().and_then(|metadata| Stamp::of(&metadata));
        let settled = stamp.filter(|stamp| stamp.is_older_than(start));
        self.stamp = settled.unwrap_or(Stamp::NONE);
        settled.is_some() || self.manifest.is_none()
    }

    /// Whether all of its bytes are known where it was searched for calls.
    fn is_known(&self) -> bool {
        self.searched.is_none_or(|seen| matches!(seen, FileSeen::Speaking(_)))
    }

    /// Whether nothing but text of log lines was looked for in it.
    fn is_text_alone(&self) -> bool {
        let Self { searched, elsewhere, outlines, manifest, shape, .. } = self;
        searched.is_none() && elsewhere.is_none() && outlines.is_empty() && manifest.is_none() && shape.is_none()
    }

    fn compare(&self, root: &Path, generated: &GeneratedFiles, rules: &RuleSet) -> Difference {
        let full = root.join(&*self.path);
        let stamp = fs::metadata(&full).ok().and_then(|metadata| Stamp::of(&metadata));
        if stamp == Some(self.stamp) {
            return Difference::None { times: false };
        }
        match self.sought {
            Some(was) if search(root, &self.path, rules).0 != was => return Difference::Whole,
            Some(_) if self.is_text_alone() => return Difference::None { times: true },
            _ => {}
        }
        let Ok(bytes) = disk::read(&full, disk::SOURCE) else { return Difference::Whole };
        let same_manifest = self.manifest.is_none_or(|digest| digest == Digest::of(&bytes));
        let held = self.outlines.iter().map(|outline| outline.holds(&bytes)).min().unwrap_or(Held::Bytes);
        if !same_manifest || held == Held::Nothing {
            return Difference::Whole;
        }
        let bodies: BTreeMap<_, _> =
            (held != Held::Bytes).then(|| (self.path.clone(), Digest::of(&bytes))).into_iter().collect();
        let searched = self.searched.map(|was| {
            let noted = matches!(was, FileSeen::Speaking(_)) || FileSeen::is_notable(&head(&bytes));
            FileSeen::of(generated.contains(&self.path) || is_generated(&bytes), &bytes, noted, rules)
        });
        let elsewhere = self.elsewhere.map(|_| FileSeen::elsewhere(&bytes, &rules.log_calls));
        let is_generated = |seen| matches!(seen, Some(FileSeen::Generated(_)));
        match (searched == self.searched, elsewhere == self.elsewhere) {
            (true, true) if bodies.is_empty() => Difference::None { times: true },
            (true, true) => Difference::Files { files: BTreeSet::new(), bodies },
            _ if is_generated(self.searched) || is_generated(searched) => Difference::Whole,
            _ => Difference::Files { files: BTreeSet::from([self.path.clone()]), bodies },
        }
    }
}

/// The entries of a directory that can matter, by name.
#[derive(Debug, Default)]
struct Listing {
    directories: Vec<String>,
    manifests: Vec<String>,
    sources: Vec<String>,
    links: Vec<String>,
}

impl Listing {
    fn read(dir: &Path, texts: &TextFiles) -> Option<Self> {
        let mut listing = Self::default();
        for entry in fs::read_dir(dir).ok()? {
            let entry = entry.ok()?;
            let kind = entry.file_type().ok()?;
            // A name that is not UTF-8 is reported by every run anew.
            let name = entry.file_name().into_string().ok()?;
            if kind.is_symlink() {
                let target = fs::read_link(entry.path()).ok()?;
                let is_dir = fs::metadata(entry.path()).is_ok_and(|metadata| metadata.is_dir());
                listing.links.push(format!("{name}\0{}\0{is_dir}", target.display()));
                // Both are read through links, which may lead where nobody else looks.
                if MANIFESTS.contains(&name.as_str()) {
                    listing.manifests.push(name);
                } else if is_dir && name == "vendor" {
                    listing.manifests.push("vendor/modules.txt".to_owned());
                }
            } else if kind.is_dir() {
                if name != ".git" {
                    listing.directories.push(name);
                }
            } else if MANIFESTS.contains(&name.as_str()) {
                listing.manifests.push(name);
            } else if name.ends_with(".go") || texts.has(&name) {
                listing.sources.push(name);
            }
        }
        listing.directories.sort();
        listing.manifests.sort();
        listing.sources.sort();
        listing.links.sort();
        Some(listing)
    }

    fn digest(&self) -> Digest {
        let mut hasher = Hasher::default();
        for list in [&self.directories, &self.manifests, &self.sources, &self.links] {
            hasher.part((list.len() as u64).to_le_bytes());
            list.iter().for_each(|name| {
                hasher.part(name);
            });
        }
        hasher.finish()
    }
}
