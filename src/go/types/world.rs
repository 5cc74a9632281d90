//! Declarations to types, each worked out once for all threads.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::absent::Absent;
use super::imported::FileImports;
use super::{Cause, Named, Signature, Type, TypeParam};
use crate::go::files::Overlay;
use crate::go::index::{ContextId, DeclId, Index, Package, Table};
use crate::go::module::{BuildContext, PackageName, ResolveOptions};

/// All that is known about the types of a checkout. Share one among all threads; a file asks through its own
/// [`super::FileTypes`].
pub struct World {
    index: Index,
    packages: Table<PackageTypes>,
    absent: Arc<Absent>,
}

/// What was worked out for one package.
pub(super) struct PackageTypes {
    decls: Box<[Slot]>,
    pub(super) files: Box<[OnceLock<FileImports>]>,
}

#[derive(Default)]
pub(super) struct Slot {
    pub(super) named: OnceLock<Arc<Named>>,
    found: OnceLock<Found>,
}

pub(super) enum Found {
    Type(Arc<TypeDef>),
    Func(Arc<Signature>),
    Value(Type),
}

/// A declared type's definition.
#[derive(Debug)]
pub(super) struct TypeDef {
    /// Type parameters and their constraints.
    pub(super) params: Box<[(Arc<TypeParam>, Type)]>,
    /// What stands behind its name.
    pub(super) definition: Type,
}

impl World {
    /// For the checkout at `root`, seen under `context` where a file does not say otherwise.
    pub fn new(root: &Path, context: BuildContext, options: ResolveOptions) -> Self {
        Self { index: Index::new(root, context, options), packages: Table::default(), absent: Arc::default() }
    }

    /// Sees some files otherwise than they are on disk.
    pub fn with_overlay(self, overlay: Overlay) -> Self {
        Self { index: self.index.with_overlay(overlay), ..self }
    }

    /// Sees files as `overlay` has them from now on. `changed`: directories in which declarations are others now, so that all that was
    /// worked out from them is forgotten.
    pub fn see<'d>(&mut self, overlay: Overlay, changed: impl IntoIterator<Item = &'d str>) {
        self.index.see(overlay);
        for dir in changed {
            self.index.forget(dir);
            self.packages = Table::default();
        }
    }

    /// Functions that are called without the contexts that they ask for; none are known before somebody looks.
    pub fn absent(&self) -> &Arc<Absent> {
        &self.absent
    }

    /// Knows such functions from now on.
    pub fn know(&mut self, absent: Arc<Absent>) {
        self.absent = absent;
    }

    /// Forgets all declarations; what packages are called stays as it was.
    pub fn forget(&mut self) {
        self.index.forget_all();
        self.packages = Table::default();
    }

    /// The declarations that it reads.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// The world as importers of packages see it under a context.
    pub fn view(&self, context: ContextId) -> View<'_> {
        View {
            world: self,
            context,
            own: [None, None],
            depth: Cell::new(0),
            fuel: Cell::new(FUEL),
            cut: Cell::new(false),
            visiting: RefCell::default(),
            locals: RefCell::default(),
        }
    }

    pub(super) fn types(&self, package: &Package) -> Option<&PackageTypes> {
        self.packages.get_or_init(package.serial(), || PackageTypes {
            decls: (0..package.len()).map(|_| Slot::default()).collect(),
            files: package.files.iter().map(|_| OnceLock::new()).collect(),
        })
    }

    pub(super) fn slot(&self, package: &Package, id: DeclId) -> Option<&Slot> {
        self.types(package)?.decls.get(id.number())
    }
}

/// Expressions looked at for one question; more than any hand-written function needs.
const FUEL: u32 = 200_000;
/// Questions that one question leads to: expressions within expressions, through as many definitions as need be.
const MAX_QUESTIONS: u32 = 300;

/// The world as one package sees it: under one build context, and with its own tests if it has them. Not shared
/// between threads; cheap to make.
pub struct View<'w> {
    pub(super) world: &'w World,
    context: ContextId,
    /// Packages that this view sees otherwise than their importers do.
    own: [Option<&'w Package>; 2],
    depth: Cell<u32>,
    fuel: Cell<u32>,
    /// Whether a limit was met, so that what was found is not the whole truth.
    cut: Cell<bool>,
    /// What is being worked out, and whether it led back to itself.
    visiting: RefCell<Vec<((usize, DeclId), bool)>>,
    /// Definitions of types that are declared in functions, by the offset of their names.
    pub(super) locals: RefCell<FxHashMap<u32, Type>>,
}

impl<'w> View<'w> {
    /// Sees these packages as they are here, not as their importers see them.
    pub(super) fn with(mut self, own: [Option<&'w Package>; 2]) -> Self {
        self.own = own;
        self
    }

    /// The world that it looks at.
    pub fn world(&self) -> &'w World {
        self.world
    }

    /// The context that it looks from.
    pub fn context(&self) -> ContextId {
        self.context
    }

    /// A package's declarations.
    pub fn package(&self, name: &Arc<PackageName>) -> Option<&'w Package> {
        let own = self.own.iter().flatten().find(|p| p.name == *name);
        own.copied().or_else(|| self.world.index.package(self.context, name))
    }

    /// Goes one step deeper, unless that leads too far.
    pub(super) fn deeper(&self, run: impl FnOnce() -> Type) -> Type {
        if self.depth.get() == 0 {
            self.fuel.set(FUEL);
            self.cut.set(false);
        }
        if self.depth.get() >= MAX_QUESTIONS || self.fuel.get() == 0 {
            self.cut.set(true);
            return Type::Unknown(Cause::Cycle);
        }
        self.fuel.set(self.fuel.get() - 1);
        self.depth.set(self.depth.get() + 1);
        let ty = run();
        self.depth.set(self.depth.get() - 1);
        ty
    }

    /// What is known about a declaration, worked out if need be. Kept unless the limits of depth or fuel were met on
    /// the way: then what is found depends on where one comes from.
    pub(super) fn find(&self, package: &'w Package, id: DeclId, find: impl FnOnce() -> Found) -> Option<Found> {
        let slot = self.world.slot(package, id)?;
        if let Some(found) = slot.found.get() {
            return Some(found.copy());
        }
        let (key, depth) = ((package.serial(), id), self.depth.get());
        if self.closes_cycle(key) {
            return None;
        }
        if depth >= MAX_QUESTIONS {
            self.cut.set(true);
            return None;
        }
        if depth == 0 {
            self.fuel.set(FUEL);
        }
        let cut_before = self.cut.replace(false) && depth > 0;
        self.visiting.borrow_mut().push((key, false));
        self.depth.set(depth + 1);
        let mut found = find();
        self.depth.set(depth);
        if self.visiting.borrow_mut().pop().is_some_and(|(_, cyclic)| cyclic) {
            found.forget();
        }
        if !self.cut.get() {
            // Another thread may have been first; it found the same.
            let _ = slot.found.set(found.copy());
        }
        self.cut.set(self.cut.get() || cut_before);
        Some(found)
    }

    /// Whether a declaration is being worked out already. Then it and all that led back to it are not known, wherever
    /// one started.
    fn closes_cycle(&self, key: (usize, DeclId)) -> bool {
        let mut visiting = self.visiting.borrow_mut();
        let Some(start) = visiting.iter().position(|(known, _)| *known == key) else { return false };
        visiting[start..].iter_mut().for_each(|(_, cyclic)| *cyclic = true);
        true
    }
}

impl Found {
    /// A type or value that is defined by itself is not known.
    fn forget(&mut self) {
        match self {
            Self::Type(def) => {
                let (params, definition) = (def.params.clone(), Type::Unknown(Cause::Cycle));
                *def = Arc::new(TypeDef { params, definition });
            }
            Self::Value(ty) => *ty = Type::Unknown(Cause::Cycle),
            Self::Func(_) => {}
        }
    }

    fn copy(&self) -> Self {
        match self {
            Self::Type(def) => Self::Type(def.clone()),
            Self::Func(signature) => Self::Func(signature.clone()),
            Self::Value(ty) => Self::Value(ty.clone()),
        }
    }
}
