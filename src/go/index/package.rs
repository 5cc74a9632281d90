//! One package's declarations, found by name.

use std::hash::BuildHasher;
use std::sync::Arc;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use crate::go::module::PackageName;
use crate::go::syntax::outline::{Decl, DeclKind, Outline, Slice};
use crate::text::diagnostic::RelPath;

/// A file of a package.
#[derive(Clone, Debug)]
pub struct PackageFile {
    /// Where it is: below the root, or as the origin of its package says.
    pub path: RelPath,
    /// Its declarations.
    pub outline: Arc<Outline>,
}

/// A declaration of a package, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeclId(u32);

impl DeclId {
    /// Its place among the package's declarations.
    pub fn number(self) -> usize {
        self.0 as usize
    }
}

/// The declarations of all files of a package that belong together under one build context.
#[derive(Debug)]
pub struct Package {
    /// Which package it is.
    pub name: Arc<PackageName>,
    /// Its name in package clauses.
    pub clause: Box<str>,
    /// Its files, by name.
    pub files: Vec<PackageFile>,
    /// Files that have no outline: what they declare is not known.
    pub unread: Vec<RelPath>,
    serial: usize,
    starts: Vec<u32>,
    /// Numbers of the files that hold the declarations.
    homes: Box<[u32]>,
    names: HashTable<DeclId>,
    /// By receiver and name.
    methods: HashTable<DeclId>,
    /// Sorted by receiver and name.
    methods_by_receiver: Box<[DeclId]>,
    /// Other names of types of this package, under which methods may be declared as well.
    aliases: Vec<(Box<str>, Box<str>)>,
}

impl Package {
    pub(super) fn new(
        name: Arc<PackageName>,
        clause: Box<str>,
        files: Vec<PackageFile>,
        unread: Vec<RelPath>,
        serial: usize,
    ) -> Self {
        let mut starts = vec![0];
        let mut homes = Vec::new();
        for (number, file) in files.iter().enumerate() {
            homes.resize(homes.len() + file.outline.decls.len(), number as u32);
            starts.push(homes.len() as u32);
        }
        let homes = homes.into_boxed_slice();
        let (names, methods, methods_by_receiver, aliases) = Default::default();
        let mut package =
            Self { name, clause, files, unread, serial, starts, homes, names, methods, methods_by_receiver, aliases };
        package.aliases = package.aliases();
        let is_method = |id: &DeclId| package.decl(*id).kind == DeclKind::Method;
        let count = package.decls().filter(is_method).count();
        let mut methods = HashTable::with_capacity(count);
        let mut names = HashTable::with_capacity(package.len() - count);
        let mut by_receiver = Vec::with_capacity(count);
        for id in package.decls() {
            let name = package.name_of(id);
            if is_method(&id) {
                let receiver = package.receiver(id);
                by_receiver.push((receiver, name, id));
                let same = |other: &DeclId| (package.receiver(*other), package.name_of(*other)) == (receiver, name);
                let hash = |id: &DeclId| hash((package.receiver(*id), package.name_of(*id)));
                // Of several the first.
                methods.entry(hash(&id), same, hash).or_insert(id);
            } else if !matches!(name, "_" | "init") {
                // Those two may be declared many times and are never referred to.
                let hash = |id: &DeclId| hash(package.name_of(*id));
                names.entry(hash(&id), |other| package.name_of(*other) == name, hash).or_insert(id);
            }
        }
        by_receiver.sort_unstable();
        let by_receiver = by_receiver.into_iter().map(|(.., id)| id).collect();
        (package.methods_by_receiver, package.methods, package.names) = (by_receiver, methods, names);
        package
    }

    fn aliases(&self) -> Vec<(Box<str>, Box<str>)> {
        let aliases = self.decls().filter(|id| self.decl(*id).kind == DeclKind::Alias);
        aliases.map(|id| (self.name_of(id).into(), self.text(id, |d| d.code).into())).collect()
    }

    /// Its place in tables of what is worked out for it. Differs from run to run, so nothing may be sorted by it.
    pub fn serial(&self) -> usize {
        self.serial
    }

    /// Number of declarations.
    pub fn len(&self) -> usize {
        self.homes.len()
    }

    /// Whether it declares nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of the file that holds a declaration.
    pub fn file_of(&self, id: DeclId) -> usize {
        self.homes.get(id.number()).copied().unwrap_or_default() as usize
    }

    /// A declaration.
    pub fn decl(&self, id: DeclId) -> &Decl {
        let file = self.file_of(id);
        // Ids are handed out by this package alone, so the place exists.
        &self.files[file].outline.decls[(id.0 - self.starts[file]) as usize]
    }

    /// Text of one of its parts.
    pub fn text(&self, id: DeclId, part: impl Fn(&Decl) -> Slice) -> &str {
        let file = self.file_of(id);
        let outline = &self.files[file].outline;
        outline.text(part(&outline.decls[(id.0 - self.starts[file]) as usize]))
    }

    /// Its name.
    pub fn name_of(&self, id: DeclId) -> &str {
        self.text(id, |d| d.name)
    }

    /// Name of the type that a method belongs to.
    pub fn receiver(&self, id: DeclId) -> &str {
        let mut name = self.text(id, |d| d.receiver);
        // As many steps as there are aliases end every chain that ends.
        for _ in &self.aliases {
            match self.aliases.iter().find(|(alias, _)| **alias == *name) {
                Some((_, other)) => name = other,
                None => break,
            }
        }
        name
    }

    /// The type, function, variable or constant of this name. Where several stand side by side, the first.
    pub fn lookup(&self, name: &str) -> Option<DeclId> {
        self.names.find(hash(name), |id| self.name_of(*id) == name).copied()
    }

    /// The method of this name declared on the type of that name.
    pub fn method(&self, receiver: &str, name: &str) -> Option<DeclId> {
        let is_it = |id: &DeclId| self.name_of(*id) == name && self.receiver(*id) == receiver;
        self.methods.find(hash((receiver, name)), is_it).copied()
    }

    /// The methods declared on a type, by name.
    pub fn methods_of(&self, receiver: &str) -> &[DeclId] {
        let start = self.methods_by_receiver.partition_point(|id| self.receiver(*id) < receiver);
        let rest = &self.methods_by_receiver[start..];
        &rest[..rest.partition_point(|id| self.receiver(*id) == receiver)]
    }

    /// All declarations, in the order of files and lines.
    pub fn decls(&self) -> impl Iterator<Item = DeclId> + use<> {
        (0..self.len() as u32).map(DeclId)
    }

    /// The declaration of its `index`-th file that stands at this place in the file's outline.
    pub fn id_of(&self, file: usize, decl: usize) -> Option<DeclId> {
        let start = *self.starts.get(file)?;
        let end = *self.starts.get(file + 1)?;
        Some(DeclId(start + decl as u32)).filter(|id| id.0 < end)
    }
}

fn hash(key: impl std::hash::Hash) -> u64 {
    FxBuildHasher.hash_one(key)
}
