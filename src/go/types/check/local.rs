//! Local names, and what names mean inside of a body.

use std::sync::Arc;

use super::super::names::{PackageNames, type_in};
use super::super::reader::{Names, is_predeclared, predeclared, read_type};
use super::super::{Basic, Cause, Type, Untyped};
use super::checker::Checker;
use super::meaning::Meaning;
use crate::go::index::Package;
use crate::go::module::PackageName;
use crate::go::syntax::body::{Def, ExprId, ExprKind, ExprList, LocalId, Range};
use crate::go::syntax::lex::Tok;
use crate::go::syntax::outline::DeclKind;

impl<'w> Checker<'_, 'w> {
    /// What a name means that stands as an expression.
    pub(super) fn meaning_of(&self, id: ExprId) -> Meaning {
        self.memo.meaning(id, || {
            let expr = self.body.expr(id);
            self.meaning(self.text(expr.range), expr.scope)
        })
    }

    /// The type that a name means, if it means one.
    pub(super) fn type_meant(&self, meaning: &Meaning, name: &str) -> Option<Type> {
        match meaning {
            Meaning::LocalType(id) => Some(match self.body.local(*id).def {
                // Not kept as other names are: a type's definition may mention the type.
                Def::Type { alias: false, .. } => self.find_local(*id),
                _ => self.local(*id),
            }),
            Meaning::Type(package) => {
                let declared = self.home_of(package).and_then(|package| self.view.declared_type(package, name));
                Some(declared.unwrap_or(Type::Unknown(Cause::Undeclared)))
            }
            Meaning::PredeclaredType => predeclared(name),
            _ => None,
        }
    }

    /// The package that a [`Meaning`] speaks of.
    pub(super) fn home_of(&self, package: &Option<Arc<PackageName>>) -> Option<&'w Package> {
        package.as_ref().map_or(Some(self.package), |name| self.view.package(name))
    }

    /// What a name means where `scope` is visible.
    pub(super) fn meaning(&self, name: &str, scope: Option<LocalId>) -> Meaning {
        if let Some(id) = self.body.lookup(self.source, scope, name) {
            return match self.body.local(id).def {
                Def::Type { .. } | Def::TypeParam { .. } => Meaning::LocalType(id),
                _ => Meaning::Local(id),
            };
        }
        let (view, package) = (self.view, self.package);
        let own = package.lookup(name).map(|id| (package, None, id));
        let dots =
            || view.dot_imports(package, self.file).find_map(|p| Some((p, Some(p.name.clone()), p.lookup(name)?)));
        let found = match own {
            None if predeclared(name).is_none() && !is_predeclared(name) => dots(),
            own => own,
        };
        if let Some((package, home, id)) = found {
            return match package.decl(id).kind {
                DeclKind::Type | DeclKind::Alias => Meaning::Type(home),
                _ => Meaning::Package(home, id),
            };
        }
        if let Some(import) = view.imported(package, self.file, name) {
            return Meaning::Import(import);
        }
        match predeclared(name) {
            Some(_) => Meaning::PredeclaredType,
            None if is_predeclared(name) => Meaning::Predeclared,
            None => Meaning::Nothing,
        }
    }

    /// What a selector means whose operand names a package: the package alone where it is not known to declare the name.
    pub(super) fn qualified(&self, id: ExprId) -> Meaning {
        self.memo.meaning(id, || {
            let expr = self.body.expr(id);
            let ExprKind::Selector { operand, name } = expr.kind else { return Meaning::Nothing };
            let Some(import) = self.qualifier(operand) else { return Meaning::Nothing };
            let package = self.view.package(&import);
            let declared =
                package.and_then(|package| Some((package, package.lookup(self.text((name, expr.range.1)))?)));
            match declared.map(|(package, id)| (package.decl(id).kind, id)) {
                Some((DeclKind::Type | DeclKind::Alias, _)) => Meaning::Type(Some(import)),
                Some((_, id)) => Meaning::Package(Some(import), id),
                None => Meaning::Import(import),
            }
        })
    }

    /// The package that an operand names.
    pub(in crate::go::types) fn qualifier(&self, operand: ExprId) -> Option<Arc<PackageName>> {
        let expr = self.body.expr(operand);
        if expr.kind != ExprKind::Ident {
            return None;
        }
        match self.meaning_of(operand) {
            Meaning::Import(package) => Some(package),
            _ => None,
        }
    }

    pub(super) fn read_type(&self, range: Range, scope: Option<LocalId>) -> Type {
        read_type(self.text(range), &self.names(scope))
    }

    pub(super) fn names(&self, scope: Option<LocalId>) -> BodyNames<'_, '_, 'w> {
        BodyNames { checker: self, scope }
    }

    pub(super) fn find_local(&self, id: LocalId) -> Type {
        let local = *self.body.local(id);
        match local.def {
            Def::Param { ty, variadic, scope } => {
                let ty = self.read_type(ty, scope);
                if variadic { Type::slice_of(ty) } else { ty }
            }
            Def::Var { ty } => self.read_type(ty, local.outer),
            Def::Value { values, index, of } => self.nth(values, index as usize, of as usize),
            Def::RangeKey(over) => self.ranged(over).0.defaulted(),
            Def::RangeValue(over) => self.ranged(over).1,
            Def::Case { value, types } => self.case(value, types),
            Def::Const { ty: Some(ty), .. } => self.read_type(ty, local.outer),
            Def::Const { ty: None, values, index } => {
                self.body.list(values).get(index as usize).map_or(Type::Unknown(Cause::Mismatch), |id| self.ty(*id))
            }
            Def::Type { ty, alias: true } => self.read_type(ty, local.outer),
            Def::Type { ty, .. } => {
                let define = || self.read_type(ty, Some(id));
                self.view.local_type(self.package, self.text(local.name), local.name.0, define)
            }
            Def::TypeParam { index } => match self.params.get(index as usize) {
                Some((_, param)) => Type::Param(param.clone()),
                None => Type::Unknown(Cause::Inference),
            },
        }
    }

    /// Type of the `index`-th of `of` names on the left of `values`.
    pub(super) fn nth(&self, values: ExprList, index: usize, of: usize) -> Type {
        match *self.body.list(values) {
            ref all if all.len() == of => {
                all.get(index).map_or(Type::default(), |id| self.ty(*id).single().defaulted())
            }
            [only] => match (self.ty(only), self.has_ok_form(only), index) {
                (Type::Tuple(types), ..) if types.len() == of => types.get(index).cloned().unwrap_or_default(),
                (Type::Unknown(cause), false, _) => Type::Unknown(cause),
                (ty, true, 0) if of == 2 => ty,
                (_, true, 1) if of == 2 => Type::Basic(Basic::Bool),
                _ => Type::Unknown(Cause::Mismatch),
            },
            _ => Type::Unknown(Cause::Mismatch),
        }
    }

    /// Whether `v, ok := x` is possible: an index, an assertion, a receive.
    fn has_ok_form(&self, id: ExprId) -> bool {
        match self.body.expr(id).kind {
            ExprKind::Index { .. } | ExprKind::Assert { .. } | ExprKind::Unary(Tok::Arrow, _) => true,
            ExprKind::Paren(inner) => self.has_ok_form(inner),
            _ => false,
        }
    }

    /// Types of key and value of a range clause.
    fn ranged(&self, over: ExprId) -> (Type, Type) {
        let ty = self.ty(over);
        let int = || Type::Basic(Basic::Int);
        let none = || Type::Unknown(Cause::Mismatch);
        match self.core(&ty) {
            Type::Slice(inner) | Type::Array(_, inner) => (int(), (*inner).clone()),
            Type::Pointer(inner) => match self.core(&inner) {
                Type::Array(_, inner) => (int(), (*inner).clone()),
                _ => (none(), none()),
            },
            Type::Basic(Basic::String) | Type::Untyped(Untyped::String) => (int(), Type::Basic(Basic::Int32)),
            Type::Map(key, value) => ((*key).clone(), (*value).clone()),
            Type::Chan(_, inner) => ((*inner).clone(), none()),
            Type::Basic(basic) if basic.is_integer() => (ty, none()),
            Type::Untyped(Untyped::Int) => (int(), none()),
            Type::Func(signature) => match signature.params.first() {
                Some(Type::Func(yields)) => {
                    let param = |n: usize| yields.params.get(n).cloned().unwrap_or_else(none);
                    (param(0), param(1))
                }
                _ => (none(), none()),
            },
            Type::Unknown(cause) => (Type::Unknown(cause), Type::Unknown(cause)),
            _ => (none(), none()),
        }
    }

    /// Type of the name of a type switch in one case: the case's type if there is one only.
    fn case(&self, value: ExprId, types: ExprList) -> Type {
        match *self.body.list(types) {
            [only] if !self.is_nil(only) => self.type_here(only),
            _ => self.ty(value),
        }
    }
}

impl Checker<'_, '_> {
    fn is_nil(&self, id: ExprId) -> bool {
        self.body.expr(id).kind == ExprKind::Ident && self.ty(id) == Type::Untyped(Untyped::Nil)
    }
}

/// Names as a type in a body sees them.
pub(super) struct BodyNames<'b, 'c, 'w> {
    checker: &'b Checker<'c, 'w>,
    scope: Option<LocalId>,
}

impl Names for BodyNames<'_, '_, '_> {
    fn ident(&self, name: &str) -> Type {
        let meaning = self.checker.meaning(name, self.scope);
        self.checker.type_meant(&meaning, name).unwrap_or_else(|| match meaning {
            Meaning::Nothing => Type::Unknown(self.checker.view.undeclared(self.checker.package)),
            _ => Type::Unknown(Cause::Mismatch),
        })
    }

    fn qualified(&self, package: &str, name: &str) -> Type {
        match self.checker.meaning(package, self.scope) {
            Meaning::Import(import) => type_in(self.checker.view, &import, name),
            _ => Type::Unknown(Cause::Undeclared),
        }
    }

    fn length(&self, code: &str) -> Option<u64> {
        let Checker { view, package, file, .. } = *self.checker;
        PackageNames { view, package, file, params: &[] }.length(code)
    }
}
