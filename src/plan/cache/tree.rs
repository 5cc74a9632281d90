//! A tree as a run found it, and what of it is another now. Files and directories whose times and size are the same are not
//! read again.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, Metadata};
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;

use super::stamp::{Ground, Stamp};
use crate::go::calls::Shape;
use crate::go::files::{GeneratedFiles, TextFiles};
use crate::go::index::{Held, OutlineSeen};
use crate::go::module::{VendoredCopy, copies_among};
use crate::go::parse::is_generated;
use crate::go::syntax::head::head;
use crate::plan::pipeline::{FileSeen, Searched, Seen, search};
use crate::rule::RuleSet;
use crate::text::diagnostic::RelPath;
use crate::text::digest::{Digest, Hasher};
use crate::text::disk;

/// Files that say where packages are.
const MANIFESTS: [&str; 3] = ["go.mod", "go.work", "modules.txt"];
/// Trees with more directories are not watched.
const MAX_DIRECTORIES: usize = 200_000;

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
    /// What its vendor directories hold of its own modules.
    pub(super) copies: Vec<VendoredCopy>,
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
        let (directories, files, copies) = Default::default();
        let mut tree = Self { directories, files, texts: seen.texts.clone(), callers: seen.callers, copies };
        let (ground, mut manifests) = (Ground::new(root), Vec::new());
        match older {
            Some(older) => {
                tree.directories_again(&ground, older)?;
                // Manifests and links are those of the older one.
                tree.copies.clone_from(&older.tree.copies);
            }
            None => {
                tree.directories(&ground, "", &mut manifests)?;
                tree.copies = copies_among(root, manifests.iter().map(|path| &**path));
            }
        }
        tree.files = files_of(seen, &manifests);
        let still = older.as_ref().map(Older::still).unwrap_or_default();
        let look = |file: &mut File| match still.get(&*file.path) {
            Some(was) if file.manifest.is_none() || was.manifest.is_some() => {
                file.stamp = was.stamp;
                file.manifest = file.manifest.and(was.manifest);
                true
            }
            _ => file.look(&ground, start),
        };
        let still = tree.files.par_iter_mut().all(look);
        (still && tree.directories.iter().all(|dir| dir.stamp.is_older_than(start))).then_some(tree)
    }

    /// The directories of an older tree, which has the same entries.
    fn directories_again(&mut self, ground: &Ground<'_>, older: Older<'_>) -> Option<()> {
        for was in &older.tree.directories {
            let stamp = match older.touched.contains(&was.path) {
                true => ground.stamp(&was.path)?,
                false => was.stamp,
            };
            self.directories.push(Directory { stamp, ..was.clone() });
        }
        Some(())
    }

    fn directories(&mut self, ground: &Ground<'_>, path: &str, manifests: &mut Vec<RelPath>) -> Option<()> {
        let stamp = ground.stamp(path)?;
        let listing = Listing::read(&ground.root.join(path), &self.texts)?;
        self.directories.push(Directory { path: path.to_owned(), stamp, listing: listing.digest() });
        if self.directories.len() > MAX_DIRECTORIES {
            return None;
        }
        let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
        manifests.extend(listing.manifests.iter().map(|name| RelPath::from(below(name))));
        listing.directories.iter().try_for_each(|name| self.directories(ground, &below(name), manifests))
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

    /// Whether these bytes of a file, of which the system says this now that they are read, are those that the run has searched.
    pub(super) fn holds(&self, path: &RelPath, metadata: &Metadata, bytes: &[u8]) -> bool {
        let found = self.files.binary_search_by(|file| file.path.cmp(path));
        let Some(file) = found.ok().and_then(|at| self.files.get(at)) else { return false };
        match file.searched {
            Some(FileSeen::Speaking(digest)) => Stamp::of(metadata) == Some(file.stamp) || digest == Digest::of(bytes),
            _ => false,
        }
    }

    /// Compares it with what stands there now, and tells what was touched.
    pub(super) fn compare(
        &self,
        root: &Path,
        generated: &GeneratedFiles,
        rules: &RuleSet,
    ) -> (Difference, BTreeSet<String>) {
        let ground = &Ground::new(root);
        let directories = self.directories.par_iter().map(|dir| (&*dir.path, dir.compare(ground, &self.texts)));
        let files = self.files.par_iter().map(|file| {
            let difference = match file.compare(ground, generated, rules) {
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
    fn compare(&self, ground: &Ground<'_>, texts: &TextFiles) -> Difference {
        let Some(stamp) = ground.stamp(&self.path) else { return Difference::Whole };
        if stamp == self.stamp {
            return Difference::None { times: false };
        }
        match Listing::read(&ground.root.join(&self.path), texts) {
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
    fn look(&mut self, ground: &Ground<'_>, start: i128) -> bool {
        if let Some(digest) = &mut self.manifest {
            *digest = Digest::of(&disk::read(&ground.root.join(&*self.path), disk::DECLARATION).unwrap_or_default());
        }
        let settled = ground.stamp(&self.path).filter(|stamp| stamp.is_older_than(start));
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

    fn compare(&self, ground: &Ground<'_>, generated: &GeneratedFiles, rules: &RuleSet) -> Difference {
        let root = ground.root;
        if ground.stamp(&self.path) == Some(self.stamp) {
            return Difference::None { times: false };
        }
        match self.sought {
            Some(was) if search(root, &self.path, rules).0 != was => return Difference::Whole,
            Some(_) if self.is_text_alone() => return Difference::None { times: true },
            _ => {}
        }
        let Ok(bytes) = disk::read(&root.join(&*self.path), disk::SOURCE) else { return Difference::Whole };
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
