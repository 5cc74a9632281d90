//! Declarations to types, each worked out once for all threads.

use std::cell::{Cell, RefCell};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::reader::{Names, predeclared, read_signature, read_type, read_type_params};
use super::{Basic, Cause, Interface, Named, Signature, Type, TypeParam, check, subst};
use crate::index::{ContextId, DeclId, Index, Package, Table, default_name};
use crate::module::{BuildContext, Origin, PackageName, ResolveOptions};
use crate::syntax::outline::DeclKind;

/// All that is known about the types of a checkout. Share one among all threads; a file asks through its own
/// [`super::FileTypes`].
pub struct World {
    index: Index,
    packages: Table<PackageTypes>,
}

/// What was worked out for one package.
struct PackageTypes {
    decls: Box<[Slot]>,
    files: Box<[OnceLock<Box<[FileImport]>>]>,
}

#[derive(Default)]
struct Slot {
    named: OnceLock<Arc<Named>>,
    found: OnceLock<Found>,
}

enum Found {
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

struct FileImport {
    alias: Option<Box<str>>,
    package: Arc<PackageName>,
}

impl World {
    /// For the checkout at `root`, seen under `context` where a file does not say otherwise.
    pub fn new(root: &Path, context: BuildContext, options: ResolveOptions) -> Self {
        Self { index: Index::new(root, context, options), packages: Table::default() }
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

    fn types(&self, package: &Package) -> Option<&PackageTypes> {
        self.packages.get_or_init(package.serial(), || PackageTypes {
            decls: (0..package.len()).map(|_| Slot::default()).collect(),
            files: package.files.iter().map(|_| OnceLock::new()).collect(),
        })
    }

    fn slot(&self, package: &Package, id: DeclId) -> Option<&Slot> {
        self.types(package)?.decls.get(id.number())
    }
}

/// Expressions looked at for one question; more than any hand-written function needs.
const FUEL: u32 = 200_000;
/// Expressions within expressions, through as many definitions as need be.
const MAX_DEPTH: u32 = 300;

/// The world as one package sees it: under one build context, and with its own tests if it has them. Not shared
/// between threads; cheap to make.
pub struct View<'w> {
    world: &'w World,
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
    locals: RefCell<FxHashMap<u32, Type>>,
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
        if self.depth.get() >= MAX_DEPTH || self.fuel.get() == 0 {
            self.cut.set(true);
            return Type::Unknown(Cause::Cycle);
        }
        self.fuel.set(self.fuel.get() - 1);
        self.depth.set(self.depth.get() + 1);
        let ty = run();
        self.depth.set(self.depth.get() - 1);
        ty
    }

    /// The type that a package declares under a name; for a generic one, without arguments.
    pub fn declared_type(&self, package: &'w Package, name: &str) -> Option<Type> {
        let id = package.lookup(name)?;
        match package.decl(id).kind {
            DeclKind::Type => Some(self.named(package, id)),
            DeclKind::Alias => {
                Some(self.definition(package, id).map_or(Type::Unknown(Cause::Cycle), |d| d.definition.clone()))
            }
            _ => None,
        }
    }

    fn named(&self, package: &'w Package, id: DeclId) -> Type {
        let make = || {
            let (package, name) = (package.name.clone(), package.name_of(id).into());
            Arc::new(Named { package, name, args: Box::default(), local: None })
        };
        match self.world.slot(package, id) {
            Some(slot) => Type::Named(slot.named.get_or_init(make).clone()),
            None => Type::Named(make()),
        }
    }

    /// The definition of a type or alias.
    pub(super) fn definition(&self, package: &'w Package, id: DeclId) -> Option<Arc<TypeDef>> {
        let find = || {
            let params = self.params_in(package, id);
            let names = PackageNames { view: self, package, file: package.file_of(id), params: &params };
            let definition = read_type(package.text(id, |d| d.code), &names);
            Found::Type(Arc::new(TypeDef { params: self.constraints(package, id, &params), definition }))
        };
        match self.find(package, id, find)? {
            Found::Type(def) => Some(def),
            _ => None,
        }
    }

    /// Type parameters of a type or function, with their constraints.
    pub fn type_params(&self, package: &'w Package, id: DeclId) -> Vec<(Arc<TypeParam>, Type)> {
        let params = self.params_in(package, id);
        self.constraints(package, id, &params).into_vec()
    }

    /// Signature of a function or method, receiver left out.
    pub fn signature(&self, package: &'w Package, id: DeclId) -> Option<Arc<Signature>> {
        let find = || {
            let params = self.params_in(package, id);
            let names = PackageNames { view: self, package, file: package.file_of(id), params: &params };
            let signature = read_signature(package.text(id, |d| d.code), &names);
            let type_params = match package.decl(id).kind {
                DeclKind::Func => self.constraints(package, id, &params),
                _ => Box::default(),
            };
            Found::Func(Arc::new(Signature { type_params, ..signature.unwrap_or_default() }))
        };
        match self.find(package, id, find)? {
            Found::Func(signature) => Some(signature),
            _ => None,
        }
    }

    /// Type of a package variable or constant.
    pub fn value_type(&self, package: &'w Package, id: DeclId) -> Type {
        let find = || {
            let decl = package.decl(id);
            let (code, file) = (package.text(id, |d| d.code), package.file_of(id));
            Found::Value(match code {
                "" => {
                    let values = package.text(id, |d| d.values);
                    check::type_of_value(self, package, file, values, decl)
                }
                code => read_type(code, &PackageNames { view: self, package, file, params: &[] }),
            })
        };
        match self.find(package, id, find) {
            Some(Found::Value(ty)) => ty,
            _ => Type::Unknown(Cause::Cycle),
        }
    }

    /// What is known about a declaration, worked out if need be. Kept unless the limits of depth or fuel were met on
    /// the way: then what is found depends on where one comes from.
    fn find(&self, package: &'w Package, id: DeclId, find: impl FnOnce() -> Found) -> Option<Found> {
        let slot = self.world.slot(package, id)?;
        if let Some(found) = slot.found.get() {
            return Some(found.copy());
        }
        let (key, depth) = ((package.serial(), id), self.depth.get());
        if self.closes_cycle(key) {
            return None;
        }
        if depth >= MAX_DEPTH {
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

    /// Type parameters of a declaration; of a method: its receiver's, under the names that the method gives them.
    pub(super) fn params_in(&self, package: &'w Package, id: DeclId) -> Vec<(Box<str>, Arc<TypeParam>)> {
        let code = package.text(id, |d| d.params);
        if code.is_empty() {
            return Vec::new();
        }
        let decl = package.decl(id);
        let of_type = decl.kind != DeclKind::Func;
        let owner = match decl.kind {
            DeclKind::Method => package.lookup(package.text(id, |d| d.receiver)).unwrap_or(id),
            _ => id,
        };
        let params = read_type_params(code).into_iter().enumerate();
        let param = |(index, (name, _)): (usize, (&str, &str))| {
            let (package, owner) = (package.name.clone(), owner.number() as u32);
            (name.into(), Arc::new(TypeParam { name: name.into(), index: index as u32, package, owner, of_type }))
        };
        params.map(param).collect()
    }

    fn constraints(
        &self,
        package: &'w Package,
        id: DeclId,
        params: &[(Box<str>, Arc<TypeParam>)],
    ) -> Box<[(Arc<TypeParam>, Type)]> {
        let code = read_type_params(package.text(id, |d| d.params));
        let names = PackageNames { view: self, package, file: package.file_of(id), params };
        params.iter().zip(code).map(|((_, param), (_, code))| (param.clone(), read_type(code, &names))).collect()
    }

    /// The constraint of a type parameter.
    pub(super) fn constraint(&self, param: &TypeParam) -> Option<Type> {
        let package = self.package(&param.package)?;
        let id = package.decls().nth(param.owner as usize)?;
        let constraint = match param.of_type {
            true => self.definition(package, id)?.params.get(param.index as usize)?.1.clone(),
            false => self.signature(package, id)?.type_params.get(param.index as usize)?.1.clone(),
        };
        Some(constraint)
    }

    /// The package that a name refers to in a file, unless something nearer has the name.
    pub(super) fn imported(&self, package: &'w Package, file: usize, name: &str) -> Option<Arc<PackageName>> {
        let imports = self.imports(package, file)?;
        let named = imports.iter().find(|i| i.alias.as_deref() == Some(name));
        let unnamed = || imports.iter().filter(|i| i.alias.is_none());
        let guessed = || unnamed().find(|i| default_name(&i.package.path) == name);
        let real = || unnamed().find(|i| self.package(&i.package).is_some_and(|p| &*p.clause == name));
        // Of a package that is not there, the path is all there is to go by.
        let likely =
            || unnamed().find(|i| self.package(&i.package).is_none() && could_be_called(&i.package.path, name));
        named.or_else(guessed).or_else(real).or_else(likely).map(|i| i.package.clone())
    }

    /// Packages whose names a file has without a qualifier.
    pub(super) fn dot_imports(&self, package: &'w Package, file: usize) -> impl Iterator<Item = &'w Package> {
        let imports = self.imports(package, file).unwrap_or_default();
        imports.iter().filter(|i| i.alias.as_deref() == Some(".")).filter_map(|i| self.package(&i.package))
    }

    fn imports(&self, package: &'w Package, file: usize) -> Option<&'w [FileImport]> {
        let slot = self.world.types(package)?.files.get(file)?;
        let resolver = self.world.index.resolver();
        Some(slot.get_or_init(|| {
            let imports = package.files[file].outline.imports.iter();
            let import = |i: &crate::syntax::outline::OutlineImport| FileImport {
                alias: i.alias.clone(),
                package: resolver.resolve(&package.name, &i.path),
            };
            imports.map(import).collect()
        }))
    }

    /// The type that stands behind all names: a struct, pointer, basic type, …
    pub fn underlying(&self, ty: &Type) -> Type {
        let mut ty = ty.clone();
        for _ in 0..MAX_CHAIN {
            ty = match ty {
                Type::Named(named) => self.definition_of(&named),
                Type::Basic(Basic::Error) => return error_interface(),
                other => return other,
            };
        }
        Type::Unknown(Cause::Cycle)
    }

    /// What stands behind the name of a declared type, type arguments filled in.
    fn definition_of(&self, named: &Named) -> Type {
        if let Some(at) = named.local {
            return self.locals.borrow().get(&at).cloned().unwrap_or_default();
        }
        let Some(package) = self.package(&named.package) else {
            return Type::Unknown(missing(&named.package));
        };
        let Some(id) = package.lookup(&named.name) else {
            return Type::Unknown(self.undeclared(package));
        };
        let Some(def) = self.definition(package, id) else { return Type::Unknown(Cause::Cycle) };
        match &*named.args {
            [] => def.definition.clone(),
            args => subst(&def.definition, true, args),
        }
    }

    /// A type declared in a function; `define` reads its definition, once.
    pub(super) fn local_type(&self, package: &Package, name: &str, at: u32, define: impl FnOnce() -> Type) -> Type {
        let known = self.locals.borrow().contains_key(&at);
        if !known {
            // The definition may mention the type itself.
            self.locals.borrow_mut().insert(at, Type::Unknown(Cause::Cycle));
            let definition = define();
            self.locals.borrow_mut().insert(at, definition);
        }
        let (package, name) = (package.name.clone(), name.into());
        Type::Named(Arc::new(Named { package, name, args: Box::default(), local: Some(at) }))
    }

    /// Why a package does not have a name that it should have.
    pub(super) fn undeclared(&self, package: &Package) -> Cause {
        match package.name.origin {
            Origin::Std => Cause::Std,
            _ if !package.unread.is_empty() => Cause::UnreadFile,
            _ => Cause::Undeclared,
        }
    }

    /// Type of what a package declares under a name: a variable, constant or function.
    pub(super) fn member_of_package(&self, package: &'w Package, name: &str) -> Type {
        let Some(id) = package.lookup(name) else { return Type::Unknown(self.undeclared(package)) };
        self.value_or_func(package, id)
    }

    pub(super) fn value_or_func(&self, package: &'w Package, id: DeclId) -> Type {
        match package.decl(id).kind {
            DeclKind::Func => self.signature(package, id).map_or(Type::Unknown(Cause::Cycle), Type::Func),
            DeclKind::Var | DeclKind::Const => self.value_type(package, id),
            _ => Type::Unknown(Cause::Mismatch),
        }
    }
}

/// Whether a package may go by a name that its path does not end with: `compute` of `…/compute/v1`, `yaml` of
/// `…/go-yaml`.
fn could_be_called(path: &str, name: &str) -> bool {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or_default();
    let is_version = last.strip_prefix('v').is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit()));
    let last = if is_version { parts.next().unwrap_or_default() } else { last };
    last == name
        || last.strip_prefix("go-") == Some(name)
        || last.strip_suffix("-go").or_else(|| last.strip_suffix(".go")) == Some(name)
        || last.replace(['-', '.'], "_") == name
        || last.replace(['-', '.'], "") == name
}

/// Names behind names, more than anyone writes.
const MAX_CHAIN: usize = 50;

/// Why nothing is known about a package.
pub(super) fn missing(package: &PackageName) -> Cause {
    if package.origin == Origin::Std { Cause::Std } else { Cause::MissingPackage }
}

fn error_interface() -> Type {
    static ERROR: OnceLock<Arc<Interface>> = OnceLock::new();
    let make = || {
        let results = Box::from([Type::Basic(Basic::String)]);
        let error = Arc::new(Signature { results, ..Signature::default() });
        Arc::new(Interface { methods: Box::from([("Error".into(), error)]), ..Interface::default() })
    };
    Type::Interface(ERROR.get_or_init(make).clone())
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

/// Names as the declarations of a file see them.
pub(super) struct PackageNames<'v, 'w> {
    pub(super) view: &'v View<'w>,
    pub(super) package: &'w Package,
    pub(super) file: usize,
    pub(super) params: &'v [(Box<str>, Arc<TypeParam>)],
}

impl Names for PackageNames<'_, '_> {
    fn ident(&self, name: &str) -> Type {
        if let Some((_, param)) = self.params.iter().find(|(known, _)| &**known == name) {
            return Type::Param(param.clone());
        }
        let dots = || self.view.dot_imports(self.package, self.file).find_map(|p| self.view.declared_type(p, name));
        let own = self.view.declared_type(self.package, name);
        own.or_else(|| predeclared(name)).or_else(dots).unwrap_or(Type::Unknown(self.view.undeclared(self.package)))
    }

    fn qualified(&self, package: &str, name: &str) -> Type {
        let Some(import) = self.view.imported(self.package, self.file, package) else {
            return Type::Unknown(Cause::Undeclared);
        };
        type_in(self.view, &import, name)
    }

    fn length(&self, code: &str) -> Option<u64> {
        check::length(self.view, self.package, self.file, code)
    }
}

/// The type that an imported package declares; where the package is not known, it is taken for a new type.
pub(super) fn type_in(view: &View<'_>, import: &Arc<PackageName>, name: &str) -> Type {
    if &*import.path == "unsafe" {
        return Type::Basic(Basic::UnsafePointer);
    }
    match view.package(import) {
        Some(package) => view.declared_type(package, name).unwrap_or(Type::Unknown(view.undeclared(package))),
        None => {
            let (package, name) = (import.clone(), name.into());
            Type::Named(Arc::new(Named { package, name, args: Box::default(), local: None }))
        }
    }
}
