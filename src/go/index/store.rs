//! All packages that a checkout can see, loaded when they are first asked for.

use std::collections::BTreeSet;
use std::fs::{DirEntry, FileType};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rustc_hash::FxHashMap;

use super::package::{Package, PackageFile};
use super::seen::OutlineSeen;
use super::stubs;
use super::table::Table;
use crate::go::files::{Overlay, lend};
use crate::go::module::{BuildContext, Constraint, Origin, PackageName, ResolveOptions, Resolver};
use crate::go::syntax::outline::{Outline, outline};
use crate::text::diagnostic::RelPath;
use crate::text::digest::Digest;

/// A build context of the index, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ContextId(u32);

/// Larger files are not read; the largest in kubernetes has 3 MB.
const MAX_FILE: u64 = 64 << 20;

/// Which files of a directory make up a package.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Variant {
    context: ContextId,
    package: u32,
    /// Name in the package clause.
    clause: Box<str>,
    tests: bool,
}

/// How much the index has read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndexStats {
    /// Packages with at least one file.
    pub packages: usize,
    /// Files outlined.
    pub files: usize,
    /// Bytes of them.
    pub bytes: usize,
    /// Files that have no outline.
    pub unread: usize,
}

#[derive(Debug, Default)]
struct Counters {
    packages: AtomicUsize,
    files: AtomicUsize,
    bytes: AtomicUsize,
    unread: Mutex<BTreeSet<RelPath>>,
}

/// The packages of a checkout. Safe to ask from many threads; nothing depends on who asks first.
#[derive(Debug)]
pub struct Index {
    resolver: Resolver,
    contexts: Mutex<Vec<BuildContext>>,
    directories: Table<Directory>,
    /// Packages as importers see them, one table for each context.
    plain: Table<Table<Option<Package>>>,
    variants: Mutex<FxHashMap<Variant, usize>>,
    special: Table<Option<Package>>,
    counters: Counters,
    overlay: Overlay,
}

/// Go files of a directory, read when first needed.
#[derive(Debug, Default)]
struct Directory {
    plain: OnceLock<Vec<GoFile>>,
    tests: OnceLock<Vec<GoFile>>,
}

#[derive(Debug)]
struct GoFile {
    path: RelPath,
    constraint: Constraint,
    /// Names its bytes.
    bytes: Digest,
    /// Not read until a context includes the file; `None` inside: it has no outline.
    outline: OnceLock<Option<Arc<Outline>>>,
}

impl Index {
    /// For the checkout at `root`, seen under `context` where a file does not say otherwise.
    pub fn new(root: &Path, context: BuildContext, options: ResolveOptions) -> Self {
        Self {
            resolver: Resolver::new(root, options, stubs::is_std),
            contexts: Mutex::new(vec![context]),
            directories: Table::default(),
            plain: Table::default(),
            variants: Mutex::default(),
            special: Table::default(),
            counters: Counters::default(),
            overlay: Overlay::default(),
        }
    }

    /// Sees some files otherwise than they are on disk.
    pub fn with_overlay(mut self, overlay: Overlay) -> Self {
        self.overlay = overlay;
        self
    }

    /// Sees files as `overlay` has them from now on; what was read of them stays as it was read.
    pub fn see(&mut self, overlay: Overlay) {
        self.overlay = overlay;
    }

    /// Forgets the packages of a directory, whose files are read again when they are next asked for.
    pub fn forget(&mut self, dir: &str) {
        let contexts = self.contexts.get_mut().unwrap_or_else(PoisonError::into_inner).len();
        let variants = self.variants.get_mut().unwrap_or_else(PoisonError::into_inner);
        let plain = self.resolver.package_at(dir);
        for name in [self.resolver.external_tests_of(&plain), plain] {
            let number = name.number();
            self.directories.clear(number);
            for context in 0..contexts {
                if let Some(packages) = self.plain.get_mut(context) {
                    packages.clear(number);
                }
            }
            let of_name = variants.iter().filter(|(variant, _)| variant.package as usize == number);
            of_name.for_each(|(_, special)| self.special.clear(*special));
        }
    }

    /// Forgets all packages; what they are called stays as it was.
    pub fn forget_all(&mut self) {
        (self.directories, self.plain, self.special) = Default::default();
        (self.variants, self.counters) = Default::default();
    }

    /// Files that are seen otherwise than they are on disk.
    pub fn overlay(&self) -> &Overlay {
        &self.overlay
    }

    /// A file of the checkout as it is seen.
    pub fn source(&self, path: &str) -> std::io::Result<Vec<u8>> {
        self.overlay.read(self.resolver.root(), path)
    }

    /// As [`Index::source`], lent.
    pub fn lend<T>(&self, path: &str, to: impl FnOnce(&[u8]) -> T) -> std::io::Result<T> {
        self.overlay.lend(self.resolver.root(), path, to)
    }

    /// Where packages are.
    pub fn resolver(&self) -> &Resolver {
        &self.resolver
    }

    /// The context that was asked for.
    pub fn default_context(&self) -> ContextId {
        ContextId(0)
    }

    /// The nearest context that includes a file; `None` if no context does.
    pub fn context_of(&self, name: &str, source: &[u8]) -> Option<ContextId> {
        let mut contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        let nearest = Constraint::of_file(name, source).nearest(contexts.first()?)?;
        let known = contexts.iter().position(|c| *c == nearest);
        let number = known.unwrap_or_else(|| {
            contexts.push(nearest);
            contexts.len() - 1
        });
        Some(ContextId(number as u32))
    }

    /// A context's system and tags.
    pub fn context(&self, id: ContextId) -> BuildContext {
        let contexts = self.contexts.lock().unwrap_or_else(PoisonError::into_inner);
        contexts.get(id.0 as usize).cloned().unwrap_or_default()
    }

    /// A package as its importers see it; `None` if it has no files.
    pub fn package(&self, context: ContextId, name: &Arc<PackageName>) -> Option<&Package> {
        let table = self.plain.get_or_init(context.0 as usize, Table::default)?;
        table.get_or_init(name.number(), || self.load(context, name, None, false))?.as_ref()
    }

    /// A package as one of its own files sees it: only files with the same package clause, and the tests if it is one.
    pub fn package_of_file(
        &self,
        context: ContextId,
        name: &Arc<PackageName>,
        clause: &str,
        tests: bool,
    ) -> Option<&Package> {
        if !tests
            && let Some(plain) = self.package(context, name)
            && &*plain.clause == clause
        {
            return Some(plain);
        }
        let variant = Variant { context, package: name.number() as u32, clause: clause.into(), tests };
        let number = {
            let mut variants = self.variants.lock().unwrap_or_else(PoisonError::into_inner);
            let next = variants.len();
            *variants.entry(variant).or_insert(next)
        };
        self.special.get_or_init(number, || self.load(context, name, Some(clause), tests))?.as_ref()
    }

    /// How much was read so far.
    pub fn stats(&self) -> IndexStats {
        let get = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
        let Counters { packages, files, bytes, .. } = &self.counters;
        IndexStats { packages: get(packages), files: get(files), bytes: get(bytes), unread: self.unread().len() }
    }

    /// Files that were needed but could not be read or have no outline, by path: what they declare is not known.
    pub fn unread(&self) -> Vec<RelPath> {
        self.counters.unread.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    /// What was taken from each file of the directories that were looked at.
    pub fn seen(&self) -> Vec<OutlineSeen> {
        let looked_at = (0..self.resolver.names()).filter_map(|number| self.directories.get(number));
        let lists = looked_at.flat_map(|directory| [directory.plain.get(), directory.tests.get()]);
        let seen = |file: &GoFile| {
            let outline = file.outline.get().map(Option::as_deref);
            OutlineSeen::new(file.path.clone(), file.bytes, &file.constraint, outline)
        };
        lists.flatten().flatten().map(seen).collect()
    }

    fn load(&self, context: ContextId, name: &Arc<PackageName>, clause: Option<&str>, tests: bool) -> Option<Package> {
        match name.origin {
            Origin::Std => self.load_stub(name, stubs::std(&name.path, &self.context(context).os)?),
            Origin::Dir(_) | Origin::Cache(_) => self.load_directory(context, name, clause, tests),
            // Only in part: what it does not declare is not known.
            Origin::Missing => self.load_stub(name, stubs::part(&name.path)?),
        }
    }

    fn next_serial(&self) -> usize {
        self.counters.packages.fetch_add(1, Ordering::Relaxed)
    }

    fn load_stub(&self, name: &Arc<PackageName>, source: &str) -> Option<Package> {
        let outline = Arc::new(self.outline(&name.path, source.as_bytes())?);
        let clause = outline.package.clone();
        let file = PackageFile { path: format!("{}.go", name.path).into(), outline };
        Some(Package::new(name.clone(), clause, vec![file], Vec::new(), self.next_serial()))
    }

    fn load_directory(
        &self,
        context: ContextId,
        name: &Arc<PackageName>,
        clause: Option<&str>,
        tests: bool,
    ) -> Option<Package> {
        let directory = self.directories.get_or_init(name.number(), Directory::default)?;
        let plain = directory.plain.get_or_init(|| self.list(name, false));
        let test_files = tests.then(|| directory.tests.get_or_init(|| self.list(name, true)));
        let build = self.context(context);
        let (mut files, mut unread) = (Vec::new(), Vec::new());
        for file in plain.iter().chain(test_files.into_iter().flatten()) {
            if !file.constraint.holds(&build) {
                continue;
            }
            match file.outline.get_or_init(|| self.read_outline(&file.path)) {
                Some(outline) => files.push(PackageFile { path: file.path.clone(), outline: outline.clone() }),
                None => unread.push(file.path.clone()),
            }
        }
        let first = files.iter().map(|f| &f.outline.package).find(|clause| !clause.ends_with("_test"));
        let clause: Box<str> = match clause {
            Some(clause) => clause.into(),
            None => first?.clone(),
        };
        files.retain(|file| file.outline.package == clause);
        (!files.is_empty()).then(|| Package::new(name.clone(), clause, files, unread, self.next_serial()))
    }

    /// Go files of a directory by name, with their constraints; a file that cannot be read stands without one.
    fn list(&self, name: &PackageName, tests: bool) -> Vec<GoFile> {
        let Some(dir_of) = self.resolver.location(name) else { return Vec::new() };
        let entries = std::fs::read_dir(&dir_of).into_iter().flatten().flatten();
        let is_go = |n: &String| n.ends_with(".go") && !n.starts_with(['_', '.']) && n.ends_with("_test.go") == tests;
        let named =
            |entry: DirEntry| Some((entry.file_name().into_string().ok().filter(is_go)?, entry.file_type().ok()));
        let mut names: Vec<_> = entries.filter_map(named).collect();
        if let Origin::Dir(dir) = &name.origin {
            // Files that are seen and are not on disk.
            let here = |path: &RelPath| {
                let (of, file) = path.rsplit_once('/').unwrap_or(("", path));
                (of == dir.as_ref()).then(|| file.to_owned()).filter(|file| is_go(file))
            };
            let unsaved: Vec<_> = self.overlay.paths().filter_map(here).collect();
            names.extend(
                unsaved
                    .into_iter()
                    .filter(|file| dir_of.join(file).symlink_metadata().is_err())
                    .map(|file| (file, None)),
            );
        }
        names.sort_by(|(a, _), (b, _)| a.cmp(b));
        let file = |(file, kind): (String, Option<FileType>)| {
            let path = match &name.origin {
                Origin::Dir(dir) if !dir.is_empty() => format!("{dir}/{file}"),
                Origin::Cache(dir) => dir.join(&file).to_string_lossy().into_owned(),
                _ => file.clone(),
            };
            let read = |bytes: &[u8]| {
                let constraint = Constraint::of_file(&file, bytes);
                let outline = OnceLock::new();
                if self.in_default(&constraint) {
                    outline.get_or_init(|| self.outline(&path, bytes).map(Arc::new));
                }
                GoFile { path: path.as_str().into(), constraint, bytes: Digest::of(bytes), outline }
            };
            self.read(&path, kind, read).unwrap_or_else(|| {
                self.note_unread(&path);
                let outline = OnceLock::from(None);
                let (constraint, bytes) = (Constraint::Always, Digest::default());
                GoFile { path: path.as_str().into(), constraint, bytes, outline }
            })
        };
        names.into_iter().map(file).collect()
    }

    fn in_default(&self, constraint: &Constraint) -> bool {
        *constraint == Constraint::Always || constraint.holds(&self.context(ContextId(0)))
    }

    /// Lends a file whose kind may be known. Only regular files of a sensible size are read, and through links only what lies
    /// inside the root.
    fn read<T>(&self, path: &str, kind: Option<FileType>, to: impl FnOnce(&[u8]) -> T) -> Option<T> {
        if let Some(bytes) = self.overlay.get(path) {
            return Some(to(bytes));
        }
        let root = self.resolver.root();
        let path = root.join(path);
        let kind = kind.or_else(|| Some(path.symlink_metadata().ok()?.file_type()))?;
        if kind.is_symlink() && !(path.canonicalize().ok()?.starts_with(root) && path.metadata().ok()?.is_file()) {
            return None;
        }
        if !kind.is_file() && !kind.is_symlink() {
            return None;
        }
        lend(&path, MAX_FILE + 1, |bytes| (bytes.len() as u64 <= MAX_FILE).then(|| to(bytes))).ok()?
    }

    fn read_outline(&self, path: &str) -> Option<Arc<Outline>> {
        Some(Arc::new(self.read(path, None, |bytes| self.outline(path, bytes))??))
    }

    fn outline(&self, path: &str, source: &[u8]) -> Option<Outline> {
        self.counters.files.fetch_add(1, Ordering::Relaxed);
        self.counters.bytes.fetch_add(source.len(), Ordering::Relaxed);
        let outline = outline(source).ok();
        if outline.is_none() {
            self.note_unread(path);
        }
        outline
    }

    fn note_unread(&self, path: &str) {
        self.counters.unread.lock().unwrap_or_else(PoisonError::into_inner).insert(path.into());
    }
}
