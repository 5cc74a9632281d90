//! What declarations declare: types, signatures, and what stands behind names.

use std::sync::{Arc, OnceLock};

use super::reader::{read_signature, read_type, read_type_params};
use super::ty::Hint;
use super::world::{Found, TypeDef, View};
use super::{Basic, Cause, Interface, Named, PackageNames, Signature, Type, TypeParam, subst};
use crate::go::index::{DeclId, Package};
use crate::go::module::{Origin, PackageName};
use crate::go::syntax::outline::DeclKind;

impl<'w> View<'w> {
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
            let (hint, name) = (Hint(Some((package.serial(), id))), package.name_of(id).into());
            Arc::new(Named { package: package.name.clone(), name, args: Box::default(), local: None, hint })
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
                    self.type_of_value(package, file, values, decl)
                }
                code => read_type(code, &PackageNames { view: self, package, file, params: &[] }),
            })
        };
        match self.find(package, id, find) {
            Some(Found::Value(ty)) => ty,
            _ => Type::Unknown(Cause::Cycle),
        }
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
        let known = named.hint.0.filter(|(serial, _)| *serial == package.serial()).map(|(_, id)| id);
        let Some(id) = known.or_else(|| package.lookup(&named.name)) else {
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
        Type::Named(Arc::new(Named { package, name, args: Box::default(), local: Some(at), hint: Hint::default() }))
    }

    /// Why a package does not have a name that it should have.
    pub(super) fn undeclared(&self, package: &Package) -> Cause {
        match package.name.origin {
            Origin::Std => Cause::Std,
            Origin::Missing => Cause::MissingPackage,
            _ if !package.unread.is_empty() => Cause::UnreadFile,
            _ => Cause::Undeclared,
        }
    }

    /// Type of a variable, constant or function of a package.
    pub(super) fn value_or_func(&self, package: &'w Package, id: DeclId) -> Type {
        match package.decl(id).kind {
            DeclKind::Func => self.signature(package, id).map_or(Type::Unknown(Cause::Cycle), Type::Func),
            DeclKind::Var | DeclKind::Const => self.value_type(package, id),
            _ => Type::Unknown(Cause::Mismatch),
        }
    }
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
