//! Whole bodies, for who follows calls and values through them.

use super::check::{Callee, Checker, Referent};
use super::{Cause, FileTypes, Member, Type, View};
use crate::go::syntax::body::{Body, ExprId, ExprKind, LocalId, Range};
use crate::go::syntax::outline::{Decl, DeclKind, Outline};

/// A function's or initialiser's body with the types of its parts.
pub struct BodyTypes<'a, 'w> {
    pub(super) outline: &'a Outline,
    pub(super) decl: &'a Decl,
    pub(super) checker: Checker<'a, 'w>,
}

impl<'a, 'w> BodyTypes<'a, 'w> {
    /// The declaration: its kind, and where it stands.
    pub fn decl(&self) -> &'a Decl {
        self.decl
    }

    /// Name of the function, or of the first variable.
    pub fn name(&self) -> &'a str {
        self.outline.text(self.decl.name)
    }

    /// Name of the type that a method belongs to; empty for others.
    pub fn receiver(&self) -> &'a str {
        self.outline.text(self.decl.receiver)
    }

    /// Its expressions, local names and statements.
    pub fn body(&self) -> &'a Body {
        self.checker.body
    }

    /// The file that it stands in.
    pub fn source(&self) -> &'a [u8] {
        self.checker.source
    }

    /// The world as its file sees it: for questions about types.
    pub fn view(&self) -> &View<'w> {
        self.checker.view
    }

    /// Code of a part.
    pub fn text(&self, range: Range) -> &str {
        self.checker.text(range)
    }

    /// As [`FileTypes::type_of`].
    pub fn type_of(&self, id: ExprId) -> Type {
        self.checker.ty(id)
    }

    /// What a selector names on the value before its dot.
    pub fn member(&self, id: ExprId) -> Result<Member, Cause> {
        self.checker.member(id)
    }

    /// The type of a local name.
    pub fn type_of_local(&self, id: LocalId) -> Type {
        self.checker.local(id)
    }

    /// What a call calls; of another expression, what a call of it would call.
    pub fn callee(&self, id: ExprId) -> Callee {
        match self.checker.body.expr(id).kind {
            ExprKind::Call { function, .. } => self.checker.callee(function),
            _ => self.checker.callee(id),
        }
    }

    /// The declaration that an expression refers to.
    pub fn referent(&self, id: ExprId) -> Referent {
        self.checker.referent(id)
    }
}

impl<'w> FileTypes<'w, '_> {
    /// The body of the function or initialiser around a byte.
    pub fn body_at(&self, offset: usize) -> Result<BodyTypes<'_, 'w>, Cause> {
        let outline = self.outline.as_deref().ok_or(Cause::Syntax)?;
        let decl = outline.decl_at(offset).ok_or(Cause::None)?;
        let (checker, _) = self.parsed(offset)?;
        Ok(BodyTypes { outline, decl, checker })
    }

    /// The bodies of the file's functions and initialisers, in their order. Declarations that do not parse have none.
    pub fn bodies(&self) -> impl Iterator<Item = BodyTypes<'_, 'w>> {
        let outline = self.outline.as_deref();
        let decls = outline.map(|o| o.decls.as_slice()).unwrap_or_default();
        // Names of one specification share its body.
        let has_body = |d: &&Decl| d.index == 0 && !matches!(d.kind, DeclKind::Type | DeclKind::Alias);
        let first = decls.iter().filter(has_body);
        first.filter_map(move |decl| {
            let (checker, _) = self.parsed(decl.span.0 as usize).ok()?;
            Some(BodyTypes { outline: outline?, decl, checker })
        })
    }
}
