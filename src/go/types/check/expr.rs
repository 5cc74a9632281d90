//! One form of expression at a time.

use std::sync::Arc;

use super::super::declared::missing;
use super::super::names::type_in;
use super::super::reader::{instantiate, read_signature};
use super::super::{Basic, Cause, MemberKind, Signature, Type, Untyped, subst};
use super::Checker;
use super::meaning::Meaning;
use crate::go::syntax::body::{ExprId, ExprKind, ExprList};
use crate::go::syntax::lex::Tok;

impl Checker<'_, '_> {
    pub(super) fn find(&self, id: ExprId) -> Type {
        let expr = self.body.expr(id);
        match expr.kind {
            ExprKind::Ident => self.ident(id),
            ExprKind::Literal(tok) => Type::Untyped(match tok {
                Tok::Int => Untyped::Int,
                Tok::Float => Untyped::Float,
                Tok::Imaginary => Untyped::Complex,
                Tok::Rune => Untyped::Rune,
                _ => Untyped::String,
            }),
            ExprKind::Func { signature } => match read_signature(self.text(signature), &self.names(expr.scope)) {
                Some(signature) => Type::Func(Arc::new(signature)),
                None => Type::Unknown(Cause::Syntax),
            },
            ExprKind::Composite { ty, outer, elements } => self.literal(id, ty, outer, elements),
            ExprKind::Paren(inner) => self.ty(inner),
            ExprKind::Selector { operand, name } => self.selector(id, operand, self.text((name, expr.range.1))),
            ExprKind::Index { operand, index } => self.index(operand, index),
            ExprKind::Slice(operand) => self.slice(operand),
            ExprKind::Assert { ty: Some(ty), .. } => self.denoted(ty).unwrap_or(Type::Unknown(Cause::Mismatch)),
            ExprKind::Assert { ty: None, operand } => self.ty(operand),
            ExprKind::Call { function, args, spread } => self.call(function, args, spread),
            ExprKind::Star(operand) => self.star(operand),
            ExprKind::Unary(op, operand) => self.unary(op, operand),
            ExprKind::Binary(op, left, right) => self.binary(op, left, right),
            ExprKind::KeyValue(_, value) => self.ty(value),
            ExprKind::Type => self.read_type(expr.range, expr.scope),
        }
    }

    fn ident(&self, id: ExprId) -> Type {
        let name = self.text(self.body.expr(id).range);
        let meaning = self.meaning_of(id);
        match meaning {
            Meaning::Local(id) => self.local(id),
            Meaning::Package(home, id) => match self.home_of(&home) {
                Some(package) => self.view.value_or_func(package, id),
                None => Type::default(),
            },
            Meaning::LocalType(_) | Meaning::Type(_) | Meaning::PredeclaredType => {
                self.type_meant(&meaning, name).unwrap_or_default()
            }
            Meaning::Predeclared => Type::Untyped(match name {
                "true" | "false" => Untyped::Bool,
                "iota" => Untyped::Int,
                "nil" => Untyped::Nil,
                _ => return Type::default(),
            }),
            Meaning::Import(_) => Type::default(),
            Meaning::Nothing => Type::Unknown(self.view.undeclared(self.package)),
        }
    }

    /// The type that an expression denotes, if it denotes one.
    pub(in crate::go::types) fn denoted(&self, id: ExprId) -> Option<Type> {
        let expr = self.body.expr(id);
        match expr.kind {
            ExprKind::Ident => self.type_meant(&self.meaning_of(id), self.text(expr.range)),
            ExprKind::Selector { name, .. } => {
                let name = self.text((name, expr.range.1));
                match self.qualified(id) {
                    Meaning::Type(Some(import)) => Some(type_in(self.view, &import, name)),
                    Meaning::Import(import) if &*import.path == "unsafe" && name == "Pointer" => {
                        Some(type_in(self.view, &import, name))
                    }
                    // Of a package that is not known: what a name denotes there is told by its surroundings.
                    _ => None,
                }
            }
            ExprKind::Paren(inner) => self.denoted(inner),
            ExprKind::Star(inner) => Some(Type::pointer_to(self.denoted(inner)?)),
            ExprKind::Index { operand, index } => {
                let generic = self.denoted(operand)?;
                let args: Option<Vec<_>> = self.body.list(index).iter().map(|arg| self.denoted(*arg)).collect();
                Some(instantiate(generic, args?))
            }
            ExprKind::Type => Some(self.read_type(expr.range, expr.scope)),
            _ => None,
        }
    }

    /// As [`Checker::denoted`] where only a type can stand.
    pub(super) fn type_here(&self, id: ExprId) -> Type {
        self.denoted(id).unwrap_or_else(|| {
            let expr = self.body.expr(id);
            match expr.kind {
                ExprKind::Selector { operand, name } => match self.qualifier(operand) {
                    Some(import) => type_in(self.view, &import, self.text((name, expr.range.1))),
                    None => Type::Unknown(Cause::Undeclared),
                },
                ExprKind::Star(inner) => Type::pointer_to(self.type_here(inner)),
                ExprKind::Paren(inner) => self.type_here(inner),
                _ => Type::Unknown(Cause::Mismatch),
            }
        })
    }

    /// What stands behind a type's name; of a type parameter, the one type that all its arguments share.
    pub(in crate::go::types) fn core(&self, ty: &Type) -> Type {
        let under = self.view.underlying(ty);
        match &under {
            Type::Param(_) => match &*self.terms(&under) {
                [only] => only.clone(),
                _ => under,
            },
            _ => under,
        }
    }

    /// The types that a type parameter's arguments can have behind their names, as far as its constraint lists them.
    fn terms(&self, ty: &Type) -> Vec<Type> {
        let Type::Param(param) = ty else { return Vec::new() };
        match self.view.constraint(param).map(|c| self.view.underlying(&c)) {
            Some(Type::Interface(interface)) => match &*interface.unions {
                [union] => union.iter().map(|term| self.view.underlying(term)).collect(),
                _ => Vec::new(),
            },
            // `P *T` without an interface around it.
            Some(other @ (Type::Pointer(_) | Type::Slice(_) | Type::Map(..) | Type::Func(_) | Type::Chan(..))) => {
                vec![other]
            }
            _ => Vec::new(),
        }
    }

    /// What an index yields where the type behind the operand's name is this.
    fn element_of(&self, under: &Type) -> Type {
        match under {
            Type::Slice(inner) | Type::Array(_, inner) | Type::Map(_, inner) => (**inner).clone(),
            Type::Basic(Basic::String) | Type::Untyped(Untyped::String) => Type::Basic(Basic::Uint8),
            Type::Pointer(inner) => match self.core(inner) {
                Type::Array(_, inner) => (*inner).clone(),
                _ => Type::Unknown(Cause::Mismatch),
            },
            Type::Param(_) => {
                let mut elements = self.terms(under).into_iter().map(|term| self.element_of(&term));
                let first = elements.next().unwrap_or(Type::Unknown(Cause::Mismatch));
                if elements.all(|other| other == first) { first } else { Type::Unknown(Cause::Mismatch) }
            }
            Type::Unknown(cause) => Type::Unknown(*cause),
            _ => Type::Unknown(Cause::Mismatch),
        }
    }

    fn literal(&self, id: ExprId, ty: Option<ExprId>, outer: Option<ExprId>, elements: ExprList) -> Type {
        if let Some(ty) = ty {
            return match self.type_here(ty) {
                Type::Array(None, inner)
                    if self.text(self.body.expr(ty).range).replace(' ', "").starts_with("[...]") =>
                {
                    let keyed = |id: &ExprId| matches!(self.body.expr(*id).kind, ExprKind::KeyValue(..));
                    // An outline empties literals, so that none says nothing.
                    let counted = !elements.is_empty() && !self.body.list(elements).iter().any(keyed);
                    Type::Array(counted.then_some(elements.len() as u64), inner)
                }
                ty => ty,
            };
        }
        let Some(outer) = outer else { return Type::Unknown(Cause::Mismatch) };
        let is_key = match self.body.expr(outer).kind {
            ExprKind::Composite { elements, .. } => {
                let is_key = |e: &ExprId| matches!(self.body.expr(*e).kind, ExprKind::KeyValue(key, _) if key == id);
                self.body.list(elements).iter().any(is_key)
            }
            _ => false,
        };
        let around = self.ty(outer);
        match self.core(around.pointee().unwrap_or(&around)) {
            Type::Map(key, _) if is_key => (*key).clone(),
            Type::Slice(inner) | Type::Array(_, inner) | Type::Map(_, inner) => (*inner).clone(),
            Type::Unknown(cause) => Type::Unknown(cause),
            _ => Type::Unknown(Cause::Mismatch),
        }
    }

    fn selector(&self, id: ExprId, operand: ExprId, name: &str) -> Type {
        match self.qualified(id) {
            Meaning::Type(Some(import)) => return type_in(self.view, &import, name),
            Meaning::Package(home, id) => {
                return self.home_of(&home).map_or(Type::default(), |package| self.view.value_or_func(package, id));
            }
            Meaning::Import(import) => {
                return match self.view.package(&import) {
                    Some(package) => Type::Unknown(self.view.undeclared(package)),
                    None if &*import.path == "unsafe" && name == "Pointer" => type_in(self.view, &import, name),
                    None => Type::Unknown(missing(&import)),
                };
            }
            _ => {}
        }
        if let Some(ty) = self.denoted(operand) {
            return self.method_expression(&ty, name);
        }
        match self.member(id) {
            Ok(member) => member.ty,
            Err(cause) => Type::Unknown(cause),
        }
    }

    /// `T.Method`: a function with the receiver as its first parameter.
    fn method_expression(&self, ty: &Type, name: &str) -> Type {
        match self.view.member(ty, name) {
            Ok(member) => match (member.ty, member.kind) {
                (_, MemberKind::Field { .. }) => Type::Unknown(Cause::Mismatch),
                (Type::Func(signature), _) => {
                    let params = std::iter::once(ty.clone()).chain(signature.params.iter().cloned()).collect();
                    Type::Func(Arc::new(Signature { params, ..(*signature).clone() }))
                }
                _ => Type::Unknown(Cause::Mismatch),
            },
            Err(cause) => Type::Unknown(cause),
        }
    }

    fn index(&self, operand: ExprId, index: ExprList) -> Type {
        if let Some(generic) = self.denoted(operand) {
            let args = self.body.list(index).iter().map(|arg| self.type_here(*arg)).collect();
            return instantiate(generic, args);
        }
        let ty = self.ty(operand).single();
        match self.core(&ty) {
            Type::Func(signature) if !signature.type_params.is_empty() => {
                let args: Vec<_> = self.body.list(index).iter().map(|arg| self.type_here(*arg)).collect();
                if args.len() == signature.type_params.len() {
                    subst(&Type::Func(signature), false, &args)
                } else {
                    Type::Unknown(Cause::Inference)
                }
            }
            other => self.element_of(&other),
        }
    }

    fn slice(&self, operand: ExprId) -> Type {
        let ty = self.ty(operand).single();
        match self.core(&ty) {
            Type::Array(_, inner) => Type::Slice(inner),
            Type::Pointer(inner) => match self.core(&inner) {
                Type::Array(_, inner) => Type::Slice(inner),
                _ => Type::Unknown(Cause::Mismatch),
            },
            Type::Untyped(Untyped::String) => Type::Basic(Basic::String),
            _ => ty,
        }
    }

    fn star(&self, operand: ExprId) -> Type {
        if let Some(ty) = self.denoted(operand) {
            return Type::pointer_to(ty);
        }
        let ty = self.ty(operand).single();
        match self.core(&ty) {
            Type::Pointer(inner) => (*inner).clone(),
            Type::Unknown(cause) => Type::Unknown(cause),
            _ => Type::Unknown(Cause::Mismatch),
        }
    }

    fn unary(&self, op: Tok, operand: ExprId) -> Type {
        let ty = self.ty(operand).single();
        match op {
            Tok::And => Type::pointer_to(ty),
            Tok::Arrow => match self.core(&ty) {
                Type::Chan(_, inner) => (*inner).clone(),
                Type::Unknown(cause) => Type::Unknown(cause),
                _ => Type::Unknown(Cause::Mismatch),
            },
            _ => ty,
        }
    }

    fn binary(&self, op: Tok, left: ExprId, right: ExprId) -> Type {
        match op {
            Tok::Compare => return Type::Untyped(Untyped::Bool),
            Tok::Shift => {
                return match self.ty(left).single() {
                    // `1.0 << 3` is an integer, whatever the surroundings make of it.
                    Type::Untyped(_) => Type::Untyped(Untyped::Int),
                    other => other,
                };
            }
            _ => {}
        }
        // Long sums lean to the left: they are walked, not nested.
        let mut rights = vec![right];
        let mut left = left;
        while let ExprKind::Binary(op, inner, right) = self.body.expr(left).kind
            && !matches!(op, Tok::Compare | Tok::Shift)
        {
            rights.push(right);
            left = inner;
        }
        let first = self.ty(left).single();
        rights.into_iter().rev().fold(first, |ty, right| match ty {
            Type::Untyped(a) => match self.ty(right).single() {
                Type::Untyped(b) => Type::Untyped(a.max(b)),
                other => other,
            },
            // Both operands have one type, so either tells it.
            Type::Unknown(cause) => match self.ty(right).single() {
                Type::Untyped(_) => Type::Unknown(cause),
                other => other,
            },
            known => known,
        })
    }
}
