//! What names mean outside of functions: imports, and the names that a file's declarations see.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::imported::{FileImport, FileImports};
use super::reader::{Names, is_predeclared, predeclared};
use super::ty::Hint;
use super::world::View;
use super::{Basic, Cause, Named, Type, TypeParam};
use crate::go::index::Package;
use crate::go::module::{Origin, PackageName};

impl<'w> View<'w> {
    /// The package that a name refers to in a file, unless something nearer has the name.
    pub(super) fn imported(&self, package: &'w Package, file: usize, name: &str) -> Option<Arc<PackageName>> {
        let imports = self.imports(package, file)?;
        if let Some(import) = imports.by_path.get(name) {
            return Some(imports.list[*import as usize].package.clone());
        }
        let unnamed = || imports.list.iter().filter(|i| i.alias.is_none());
        let fits = |i: &&FileImport| could_be_called(&i.package.path, name);
        // Go's own names are frequent, and no reason to look into every package.
        if is_gos_own(name) {
            let may_be_one = || unnamed().any(|i| could_be_gos_own(&i.package.path));
            if !*imports.gos_own.get_or_init(may_be_one) || !unnamed().any(|i| fits(&i)) {
                return None;
            }
        }
        let by_clause = imports.by_clause.get_or_init(|| {
            let mut by_clause = FxHashMap::default();
            for (number, import) in imports.list.iter().enumerate().filter(|(_, i)| i.alias.is_none()) {
                if let Some(package) = self.package(&import.package) {
                    by_clause.entry(package.clause.clone()).or_insert(number as u32);
                }
            }
            by_clause
        });
        let real = by_clause.get(name).map(|import| &imports.list[*import as usize]);
        // Of a package that is not there, the path is all there is to go by.
        let likely = || unnamed().find(|i| fits(i) && self.package(&i.package).is_none());
        real.or_else(likely).map(|i| i.package.clone())
    }

    /// Packages whose names a file has without a qualifier.
    pub(super) fn dot_imports(&self, package: &'w Package, file: usize) -> impl Iterator<Item = &'w Package> {
        let imports = self.imports(package, file).map(|imports| &*imports.list).unwrap_or_default();
        imports.iter().filter(|i| i.alias.as_deref() == Some(".")).filter_map(|i| self.package(&i.package))
    }

    fn imports(&self, package: &'w Package, file: usize) -> Option<&'w FileImports> {
        let slot = self.world.types(package)?.files.get(file)?;
        let resolver = self.world.index().resolver();
        Some(slot.get_or_init(|| {
            let imports = package.files[file].outline.imports.iter();
            let import = |i: &crate::go::syntax::outline::OutlineImport| FileImport {
                alias: i.alias.clone(),
                package: resolver.resolve(&package.name, &i.path),
            };
            FileImports::new(imports.map(import).collect())
        }))
    }
}

/// Whether a package may go by a name that its path does not end with: `compute` of `…/compute/v1`, `yaml` of
/// `…/go-yaml`.
fn could_be_called(path: &str, name: &str) -> bool {
    let last = last_part(path);
    last == name
        || without_go(last).contains(&Some(name))
        || last.chars().map(|c| if is_mark(c) { '_' } else { c }).eq(name.chars())
        || last.chars().filter(|c| !is_mark(*c)).eq(name.chars())
}

/// Whether a package may go by one of Go's own names.
fn could_be_gos_own(path: &str) -> bool {
    let last = last_part(path);
    is_gos_own(last)
        || without_go(last).into_iter().flatten().any(is_gos_own)
        || last.contains(is_mark) && (is_gos_own(&last.replace(is_mark, "_")) || is_gos_own(&last.replace(is_mark, "")))
}

fn is_gos_own(name: &str) -> bool {
    predeclared(name).is_some() || is_predeclared(name)
}

/// The last part of a path that is no version.
fn last_part(path: &str) -> &str {
    let mut parts = path.rsplit('/');
    let last = parts.next().unwrap_or_default();
    let is_version = last.strip_prefix('v').is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit()));
    if is_version { parts.next().unwrap_or_default() } else { last }
}

fn is_mark(c: char) -> bool {
    matches!(c, '-' | '.')
}

fn without_go(last: &str) -> [Option<&str>; 2] {
    [last.strip_prefix("go-"), last.strip_suffix("-go").or_else(|| last.strip_suffix(".go"))]
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
        self.view.length(self.package, self.file, code)
    }
}

/// The type that an imported package declares; where the package is not known, it is taken for a new type.
pub(super) fn type_in(view: &View<'_>, import: &Arc<PackageName>, name: &str) -> Type {
    if &*import.path == "unsafe" {
        return Type::Basic(Basic::UnsafePointer);
    }
    let package = view.package(import);
    if let Some(declared) = package.and_then(|package| view.declared_type(package, name)) {
        return declared;
    }
    match package.filter(|_| import.origin != Origin::Missing) {
        Some(package) => Type::Unknown(view.undeclared(package)),
        None => {
            let (package, name) = (import.clone(), name.into());
            Type::Named(Arc::new(Named { package, name, args: Box::default(), local: None, hint: Hint::default() }))
        }
    }
}
