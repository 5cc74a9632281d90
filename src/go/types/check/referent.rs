//! What an expression refers to: the declaration behind a name or a selector.

use std::sync::Arc;

use super::super::{MemberKind, Named, Type};
use super::Checker;
use super::meaning::Meaning;
use crate::go::module::PackageName;
use crate::go::syntax::body::{ExprId, ExprKind, LocalId};
use crate::go::syntax::outline::DeclKind;

/// The declaration that an expression refers to.
#[derive(Clone, Debug)]
pub enum Referent {
    /// A function of a package.
    Function {
        /// Its package.
        package: Arc<PackageName>,
        /// Its name.
        name: Arc<str>,
    },
    /// A variable or constant of a package.
    Variable {
        /// Its package.
        package: Arc<PackageName>,
        /// Its name.
        name: Arc<str>,
    },
    /// A method of a declared type: `x.Method`, `T.Method`.
    Method {
        /// The type that declares it.
        receiver: Arc<Named>,
        /// Its name.
        name: Arc<str>,
        /// Whether its receiver is a pointer.
        pointer: bool,
    },
    /// A method that an interface asks for: any type that implements it may be meant.
    InterfaceMethod {
        /// The interface.
        interface: Type,
        /// The method's name.
        name: Arc<str>,
    },
    /// A field.
    Field {
        /// The struct that has it: a declared type where it has a name.
        of: Type,
        /// Its name.
        name: Arc<str>,
    },
    /// A local name.
    Local(LocalId),
    /// A function literal.
    Literal(ExprId),
    /// A predeclared function or constant, or one of `unsafe`.
    Builtin(Arc<str>),
    /// A type.
    Type(Type),
    /// An imported package.
    Package(Arc<PackageName>),
    /// No declaration: the result of a call, an operator, a literal; or it is not known.
    None,
}

impl Checker<'_, '_> {
    /// What an expression refers to; parentheses and type arguments are looked through.
    pub(in crate::go::types) fn referent(&self, id: ExprId) -> Referent {
        let expr = self.body.expr(id);
        match expr.kind {
            ExprKind::Paren(inner) => return self.referent(inner),
            ExprKind::Func { .. } => return Referent::Literal(id),
            // `F[T]`, unless it is an element of a slice or map.
            ExprKind::Index { operand, .. } if self.is_generic(operand) => return self.referent(operand),
            _ => {}
        }
        if let Some(ty) = self.denoted(id) {
            return Referent::Type(ty);
        }
        match expr.kind {
            ExprKind::Ident => self.named(id, self.text(expr.range)),
            ExprKind::Selector { operand, name } => {
                self.selected(id, operand, self.text((name, expr.range.1))).unwrap_or(Referent::None)
            }
            _ => Referent::None,
        }
    }

    /// Of a name that means no type.
    fn named(&self, id: ExprId, name: &str) -> Referent {
        match self.meaning_of(id) {
            Meaning::Local(id) => Referent::Local(id),
            Meaning::Import(package) => Referent::Package(package),
            Meaning::Predeclared => Referent::Builtin(name.into()),
            Meaning::Package(home, id) => match self.home_of(&home) {
                Some(package) => declared(package.decl(id).kind, package.name.clone(), name),
                None => Referent::None,
            },
            Meaning::LocalType(_) | Meaning::Type(_) | Meaning::PredeclaredType | Meaning::Nothing => Referent::None,
        }
    }

    fn selected(&self, id: ExprId, operand: ExprId, name: &str) -> Option<Referent> {
        match self.qualified(id) {
            Meaning::Import(import) if &*import.path == "unsafe" => return Some(Referent::Builtin(name.into())),
            Meaning::Package(Some(import), id) => {
                return Some(declared(self.view.package(&import)?.decl(id).kind, import, name));
            }
            Meaning::Import(_) | Meaning::Type(_) => return None,
            _ => {}
        }
        let member = match self.denoted(operand) {
            Some(ty) => self.view.member(&ty, name),
            None => self.member(id),
        };
        let (kind, name) = (member.ok()?.kind, Arc::from(name));
        Some(match kind {
            MemberKind::Field { of } => Referent::Field { of, name },
            MemberKind::Method { receiver, pointer } => Referent::Method { receiver, name, pointer },
            MemberKind::InterfaceMethod { interface } => Referent::InterfaceMethod { interface, name },
        })
    }
}

fn declared(kind: DeclKind, package: Arc<PackageName>, name: &str) -> Referent {
    let name = name.into();
    match kind {
        DeclKind::Func => Referent::Function { package, name },
        DeclKind::Var | DeclKind::Const => Referent::Variable { package, name },
        _ => Referent::None,
    }
}
