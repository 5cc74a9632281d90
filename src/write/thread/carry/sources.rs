//! The checkout's Go files: which of them mention a word, and which packages can know another's types.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::by_name::{self, ByName, Names, TEMPLATES};
use super::key::Key;
use super::texts::Texts;
use crate::go::files::{self, TextFiles, Walk, WalkOptions};
use crate::go::module::{Origin, PackageName};
use crate::go::syntax::head::head;
use crate::go::syntax::word::is_word;
use crate::text::diagnostic::RelPath;
use crate::write::reason::Cause;
use crate::write::thread::ground::Ground;

/// Directories of packages.
pub type Directories = BTreeSet<Box<str>>;

/// All Go files that belong to the checkout's own packages, tests and generated ones included.
pub struct Sources {
    /// By number.
    pub files: Vec<RelPath>,
    /// What stands in them.
    pub texts: Texts,
    /// Which files have a word.
    words: Words,
    /// Directories, and those whose packages import them.
    importers: BTreeMap<Box<str>, Directories>,
    /// Types that may be embedded in another: hashes of their names, and the directory where that is written; `true` behind a package's name.
    embedded: FxHashSet<(u32, bool, Box<str>)>,
    /// Packages from outside of the checkout that some file imports, by path.
    pub outside: Vec<Arc<PackageName>>,
    /// Those of them that are not at hand, by the directories that import them.
    pub missing: BTreeMap<Box<str>, Vec<Arc<PackageName>>>,
    /// Directories that lead to one, by that one.
    known: Mutex<FxHashMap<Box<str>, Arc<Directories>>>,
    /// What calls functions by their names.
    by_name: ByName,
    /// Names of functions with type parameters.
    pub generic: BTreeSet<Box<str>>,
}

/// What one file brings.
#[derive(Default)]
struct Brought {
    words: Vec<u32>,
    embedded: Vec<(u32, bool)>,
    imports: Vec<Box<str>>,
    names: Vec<Names>,
    generic: Vec<Box<str>>,
}

/// Files by the hashes of their words.
struct Words {
    /// Where the words with the same first bits start.
    starts: Vec<u32>,
    /// Hashes, with the number of a file that has the word behind each.
    found: Vec<(u32, u32)>,
}

/// Words are told apart by this many bits before they are looked through.
const BITS: u32 = 16;

impl Words {
    fn of(brought: &[Brought]) -> Self {
        let place = |word: u32| (word >> (u32::BITS - BITS)) as usize;
        let mut starts = vec![0u32; (1 << BITS) + 1];
        let words =
            || brought.iter().zip(0..).flat_map(|(file, number)| file.words.iter().map(move |word| (*word, number)));
        words().for_each(|(word, _)| starts[place(word) + 1] += 1);
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut found = vec![(0, 0); starts.last().map_or(0, |count| *count as usize)];
        let mut next = starts.clone();
        for (word, number) in words() {
            let slot = &mut next[place(word)];
            found[*slot as usize] = (word, number);
            *slot += 1;
        }
        Self { starts, found }
    }

    fn files(&self, word: u32) -> impl Iterator<Item = usize> {
        let place = (word >> (u32::BITS - BITS)) as usize;
        let alike = &self.found[self.starts[place] as usize..self.starts[place + 1] as usize];
        alike.iter().filter(move |(known, _)| *known == word).map(|(_, file)| *file as usize)
    }
}

impl Sources {
    /// Reads them all once.
    pub fn read(ground: &Ground<'_>) -> Self {
        let index = ground.world.index();
        let root = index.resolver().root();
        // What the configuration excludes may call, too.
        let templates = TextFiles { suffixes: TEMPLATES.map(str::to_owned).to_vec(), ..TextFiles::default() };
        let options = WalkOptions { tests: true, texts: templates, ..WalkOptions::default() };
        let Walk { files, texts, .. } = files::walk(root, &options, &ground.rules.scope.built());
        let look = |bytes: &[u8]| {
            let imports: Vec<Box<str>> = head(bytes).imports.into_iter().map(|path| Box::from(&*path)).collect();
            let replaces = imports.iter().any(|path| ground.rules.callgraph.replacers.contains(&**path));
            let may_name = replaces || by_name::may_name(bytes);
            let names = if may_name { by_name::names(bytes, &imports, replaces) } else { Vec::new() };
            Brought { words: words(bytes), embedded: embedded(bytes), generic: generic(bytes), imports, names }
        };
        let brought: Vec<Brought> = files.par_iter().map(|path| index.lend(path, look).unwrap_or_default()).collect();
        let words = Words::of(&brought);
        let mut edges: BTreeSet<(&str, &str)> = BTreeSet::new();
        for (path, brought) in files.iter().zip(&brought) {
            edges.extend(brought.imports.iter().map(|import| (dir_of(path), &**import)));
        }
        let mut sources = Self {
            files: Vec::new(),
            texts: Texts::of(files.len()),
            words,
            importers: BTreeMap::new(),
            embedded: FxHashSet::default(),
            outside: Vec::new(),
            missing: BTreeMap::new(),
            known: Mutex::default(),
            by_name: ByName::default(),
            generic: brought.iter().flat_map(|brought| brought.generic.iter().cloned()).collect(),
        };
        let named = files.iter().zip(&brought);
        let named = named.flat_map(|(path, brought)| brought.names.iter().map(|names| (path.clone(), names.clone())));
        let shown = |path: &RelPath| index.lend(path, by_name::shown).unwrap_or_default();
        sources.by_name = ByName::new(named.collect(), texts.iter().map(shown));
        for (path, brought) in files.iter().zip(&brought) {
            sources
                .embedded
                .extend(brought.embedded.iter().map(|(name, is_far)| (*name, *is_far, dir_of(path).into())));
        }
        let resolver = index.resolver();
        let mut from: Option<(&str, Arc<PackageName>)> = None;
        for (dir, import) in edges {
            // They come in order.
            let (_, package) = match from.take().filter(|(last, _)| *last == dir) {
                Some(last) => from.insert(last),
                None => from.insert((dir, resolver.package_at(dir))),
            };
            let package = resolver.resolve(package, import);
            sources.imports(dir, &package);
        }
        sources.outside.sort_by(|a, b| (&a.path, &a.origin).cmp(&(&b.path, &b.origin)));
        sources.outside.dedup();
        Self { files, ..sources }
    }

    fn imports(&mut self, dir: &str, package: &Arc<PackageName>) {
        match &package.origin {
            Origin::Dir(to) if !to.split('/').any(|part| part == "vendor") => {
                self.importers.entry(Box::from(&**to)).or_default().insert(Box::from(dir));
            }
            Origin::Missing => {
                // cgo's own package is none.
                if &*package.path != "C" {
                    self.missing.entry(Box::from(dir)).or_default().push(package.clone());
                }
            }
            Origin::Dir(_) | Origin::Cache(_) | Origin::Std => self.outside.push(package.clone()),
        }
    }

    /// What calls a function by its name, if something does.
    pub fn called_by_name(&self, key: &Key, root: &Path) -> Option<Cause> {
        self.by_name.calls(key, root, &|of, dir| self.leading_to(of).contains(dir))
    }

    /// The files that may have one of these words, each with those that it may have.
    pub fn with<'n>(&self, names: impl IntoIterator<Item = &'n str>) -> Vec<(usize, Vec<&'n str>)> {
        let mut found: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
        for name in names {
            for file in self.words.files(hash(name.as_bytes())) {
                found.entry(file).or_default().push(name);
            }
        }
        found.into_iter().collect()
    }

    /// The files of a directory.
    pub fn of(&self, dir: &str) -> impl Iterator<Item = (usize, &RelPath)> {
        let below = if dir.is_empty() { String::new() } else { format!("{dir}/") };
        let start = self.files.partition_point(|path| **path < *below);
        let files = self.files.iter().enumerate().skip(start).take_while(move |(_, path)| path.starts_with(&below));
        files.filter(move |(_, path)| dir_of(path) == dir)
    }

    /// Whether another type may have the methods of one as its own: of its package, or of one that imports that.
    pub fn may_be_embedded(&self, dir: Option<&str>, name: &str) -> bool {
        let Some(dir) = dir else { return true };
        let name = hash(name.as_bytes());
        let is_written = |is_far: bool, dir: &str| self.embedded.contains(&(name, is_far, Box::from(dir)));
        is_written(false, dir) || self.importers.get(dir).into_iter().flatten().any(|dir| is_written(true, dir))
    }

    /// Whether a package in one directory imports that in another.
    pub fn imports_it(&self, dir: &str, other: &str) -> bool {
        self.importers.get(other).is_some_and(|importers| importers.contains(dir))
    }

    /// Directories whose packages can have values of types that the package in `dir` declares, itself included.
    pub fn leading_to(&self, dir: &str) -> Arc<Directories> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known.get(dir) {
            return found.clone();
        }
        let mut found: Directories = BTreeSet::from([Box::from(dir)]);
        let mut open = vec![Box::from(dir)];
        while let Some(dir) = open.pop() {
            for importer in self.importers.get::<str>(&dir).into_iter().flatten() {
                if found.insert(importer.clone()) {
                    open.push(importer.clone());
                }
            }
        }
        let found = Arc::new(found);
        known.insert(Box::from(dir), found.clone());
        found
    }
}

/// The directory of a file.
pub fn dir_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

fn hash(word: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(word);
    let hash = hasher.finish();
    (hash ^ (hash >> 32)) as u32
}

/// How many words are remembered, so that they are not written down again.
const SEEN: usize = 4096;

thread_local! {
    static SCRATCH: RefCell<Box<[u32]>> = RefCell::new(vec![0; SEEN].into());
}

/// Hashes of the words of a text, each once.
fn words(text: &[u8]) -> Vec<u32> {
    let mut found = Vec::new();
    SCRATCH.with_borrow_mut(|seen| {
        seen.fill(0);
        for word in text.split(|b| !is_word(*b)).filter(|word| !word.is_empty()) {
            let word = hash(word);
            let slot = &mut seen[word as usize % SEEN];
            if *slot != word || word == 0 {
                *slot = word;
                found.push(word);
            }
        }
    });
    found.sort_unstable();
    found.dedup();
    found
}

/// Hashes of names that stand alone on a line, as those of embedded types do: `*pkg.Name`, with a tag or a comment behind them or none.
/// With each, whether a package's name stands before it.
fn embedded(text: &[u8]) -> Vec<(u32, bool)> {
    let of_line = |line: &[u8]| {
        let line = line.trim_ascii();
        let line = line.strip_prefix(b"*").unwrap_or(line);
        let end = line.iter().position(|b| !is_word(*b) && *b != b'.').unwrap_or(line.len());
        let rest = line[end..].trim_ascii_start();
        let name = line[..end].rsplit(|b| *b == b'.').next().filter(|name| !name.is_empty())?;
        (rest.is_empty() || rest.starts_with(b"`") || rest.starts_with(b"//") || rest.starts_with(b"["))
            .then(|| (hash(name), line[..end].contains(&b'.')))
    };
    let mut found: Vec<_> = text.split(|b| matches!(b, b'\n' | b'{' | b';' | b'}')).filter_map(of_line).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Names of the functions of a text that have type parameters.
fn generic(text: &[u8]) -> Vec<Box<str>> {
    let lines = memchr::memmem::find_iter(text, b"\nfunc ").map(|at| &text[at + "\nfunc ".len()..]);
    let named = lines.filter_map(|line| {
        let end = line.iter().position(|byte| !is_word(*byte))?;
        (end > 0 && line[end] == b'[').then(|| Box::from(&*String::from_utf8_lossy(&line[..end])))
    });
    named.collect()
}
