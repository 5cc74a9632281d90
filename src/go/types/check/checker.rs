//! Types of one body's expressions, each worked out once.

use std::cell::RefCell;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::super::world::View;
use super::super::{Cause, Member, Type, TypeParam};
use super::meaning::Meaning;
use crate::go::index::Package;
use crate::go::syntax::body::{Body, ExprId, ExprKind, LocalId, Range, parse_values};
use crate::go::syntax::outline::{Decl, DeclKind};

/// Types of the expressions of one body, worked out when asked for and kept.
pub(in crate::go::types) struct Checker<'c, 'w> {
    pub(in crate::go::types) view: &'c View<'w>,
    pub(in crate::go::types) package: &'w Package,
    /// Number of the file in its package, for its imports.
    pub(in crate::go::types) file: usize,
    /// Type parameters in scope.
    pub(in crate::go::types) params: &'c [(Box<str>, Arc<TypeParam>)],
    pub(in crate::go::types) source: &'c [u8],
    pub(in crate::go::types) body: &'c Body,
    pub(in crate::go::types) memo: &'c Memo,
    /// Value of `iota`.
    pub(in crate::go::types) iota: Option<u32>,
}

/// What a checker has worked out.
#[derive(Default)]
pub(in crate::go::types) struct Memo {
    exprs: RefCell<Vec<State>>,
    locals: RefCell<Vec<State>>,
    meanings: RefCell<Vec<Option<Meaning>>>,
    members: RefCell<FxHashMap<ExprId, Member>>,
}

#[derive(Clone, Default)]
enum State {
    #[default]
    New,
    Running,
    Done(Type),
}

impl Memo {
    /// For a body.
    pub(in crate::go::types) fn new(body: &Body) -> Self {
        let new = |count: usize| RefCell::new(vec![State::New; count]);
        let (meanings, members) = (RefCell::new(vec![None; body.len()]), RefCell::default());
        Self { exprs: new(body.len()), locals: new(body.local_count()), meanings, members }
    }

    /// What a name means; it depends on declarations alone, so there is no cycle in it.
    pub(super) fn meaning(&self, id: ExprId, find: impl FnOnce() -> Meaning) -> Meaning {
        if let Some(Some(known)) = self.meanings.borrow().get(id.number()) {
            return known.clone();
        }
        let found = find();
        if let Some(slot) = self.meanings.borrow_mut().get_mut(id.number()) {
            *slot = Some(found.clone());
        }
        found
    }
}

/// Runs `find` unless its result is known; while it runs, asking again is a cycle.
fn once(states: &RefCell<Vec<State>>, number: usize, find: impl FnOnce() -> Type) -> Type {
    match states.borrow().get(number) {
        Some(State::Done(ty)) => return ty.clone(),
        Some(State::Running) => return Type::Unknown(Cause::Cycle),
        Some(State::New) | None => {}
    }
    let set = |state: State| {
        if let Some(slot) = states.borrow_mut().get_mut(number) {
            *slot = state;
        }
    };
    set(State::Running);
    let ty = find();
    set(State::Done(ty.clone()));
    ty
}

impl Checker<'_, '_> {
    /// The type of an expression: of a constant without a type, untyped; of a call with several results, a tuple. Of
    /// an expression that denotes a type, that type.
    pub(in crate::go::types) fn ty(&self, id: ExprId) -> Type {
        once(&self.memo.exprs, id.number(), || self.view.deeper(|| self.find(id)))
    }

    /// What a selector names on the value before its dot.
    pub(in crate::go::types) fn member(&self, id: ExprId) -> Result<Member, Cause> {
        let expr = self.body.expr(id);
        let ExprKind::Selector { operand, name } = expr.kind else { return Err(Cause::Mismatch) };
        if let Some(known) = self.memo.members.borrow().get(&id) {
            return Ok(known.clone());
        }
        let found = self.view.member(&self.ty(operand).single(), self.text((name, expr.range.1)))?;
        self.memo.members.borrow_mut().insert(id, found.clone());
        Ok(found)
    }

    /// The type of a local name.
    pub(in crate::go::types) fn local(&self, id: LocalId) -> Type {
        once(&self.memo.locals, id.number(), || self.view.deeper(|| self.find_local(id)))
    }

    pub(in crate::go::types) fn text(&self, range: Range) -> &str {
        let bytes = self.source.get(range.0 as usize..range.1 as usize).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }
}

impl<'w> View<'w> {
    /// The type of the `index`-th of `of` package names that `values` initialise: variables, or constants, which may go
    /// without a type.
    pub(in crate::go::types) fn type_of_value(
        &self,
        package: &'w Package,
        file: usize,
        values: &str,
        decl: &Decl,
    ) -> Type {
        let Ok(body) = parse_values(values) else { return Type::Unknown(Cause::Syntax) };
        let memo = Memo::new(&body);
        let (params, source, iota) = (&[][..], values.as_bytes(), None);
        let checker = Checker { view: self, package, file, params, source, body: &body, memo: &memo, iota };
        let constant = body.list(body.values).get(decl.index as usize).filter(|_| decl.kind == DeclKind::Const);
        constant.map_or_else(|| checker.nth(body.values, decl.index as usize, decl.of as usize), |id| checker.ty(*id))
    }
}
