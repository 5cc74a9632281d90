//! A declaration's body to facts: which values flow where, and what is called.
//!
//! Only interfaces and functions are followed; what holds them is told apart by its type alone, as in variable-type
//! analysis: all slices of a type share their elements, all structs of a type share their fields.

mod call;
mod flow;
mod known;
mod params;
mod value;

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::facts::{CallFact, Facts, FuncRef, Manner, NodeRef, Origin, Place, Sub, Tables, Target};
use super::program::{Program, Unit};
use super::shape::Shape;
use crate::go::index::{DeclId, Package};
use crate::go::syntax::body::{Body, ExprId, ExprKind, LocalId, Stmt};
use crate::go::syntax::lex::Tok;
use crate::go::types::{Basic, BodyTypes, FileTypes, Type, View};
use crate::rule::LogCalls;
use crate::text::diagnostic::RelPath;
use known::{Kind, Known};

/// What every function is read with.
pub(super) struct Reader<'p, 'w> {
    pub(super) program: &'p Program<'w>,
    pub(super) tables: &'p Tables,
    /// Import paths of packages that give back what they are given.
    pub(super) containers: &'p BTreeSet<String>,
    /// What logs: it calls nothing that it is given.
    pub(super) logs: &'p LogCalls,
}

/// What one file says.
pub(super) struct FileFacts {
    pub(super) path: RelPath,
    pub(super) shape: Shape,
    /// Facts of its units, by number.
    pub(super) units: Vec<(u32, Facts)>,
}

impl Reader<'_, '_> {
    /// The facts of a file, unless it cannot be read.
    pub(super) fn file(&self, member: u32, file: usize, units: &[(u32, Unit)]) -> Option<FileFacts> {
        let path = &self.program.members[member as usize].package.files[file].path;
        self.program.world.index().lend(path, |source| self.source(source, member, file, units)).ok()
    }

    fn source(&self, source: &[u8], member: u32, file: usize, units: &[(u32, Unit)]) -> FileFacts {
        let package = self.program.members[member as usize].package;
        let types = self.program.world.file_of(self.program.context, package, file, source);
        let by_span: FxHashMap<(u32, u32), u32> =
            units.iter().map(|(number, unit)| (package.decl(unit.decl).span, *number)).collect();
        let mut known = Known::default();
        let read = |body: BodyTypes<'_, '_>| {
            let unit = *by_span.get(&body.decl().span)?;
            let decl = self.program.units[unit as usize].decl;
            Some((unit, Extractor::new(self, &types, &body, unit, decl, &mut known)?.run()))
        };
        let units = types.bodies().filter_map(read).collect();
        FileFacts { path: package.files[file].path.clone(), shape: Shape::of(source, self.logs), units }
    }
}

/// Reads one body.
struct Extractor<'a, 'w> {
    reader: &'a Reader<'a, 'w>,
    view: &'a View<'w>,
    types: &'a BodyTypes<'a, 'w>,
    body: &'a Body,
    package: &'w Package,
    decl: DeclId,
    unit: u32,
    facts: Facts,
    /// Function literals, by the expression.
    literals: FxHashMap<ExprId, u32>,
    /// Method values of interfaces.
    bounds: FxHashMap<ExprId, u32>,
    /// Calls behind `go` and `defer`.
    manners: FxHashMap<ExprId, Manner>,
    known: &'a mut Known,
}

impl<'a, 'w> Extractor<'a, 'w> {
    fn new(
        reader: &'a Reader<'a, 'w>,
        file: &'a FileTypes<'w, '_>,
        types: &'a BodyTypes<'a, 'w>,
        unit: u32,
        decl: DeclId,
        known: &'a mut Known,
    ) -> Option<Self> {
        let body = types.body();
        let (view, package) = (file.view(), file.package().ok()?);
        let span = types.decl().span;
        let facts = Facts { subs: vec![Sub { parent: 0, range: span, bound: false }], ..Facts::default() };
        let (literals, bounds, manners) = Default::default();
        known.prepare(body);
        Some(Self { reader, view, types, body, package, decl, unit, facts, literals, bounds, manners, known })
    }

    fn run(mut self) -> Facts {
        self.find_literals();
        self.parameters();
        for (id, expr) in self.body.exprs() {
            let sub = self.known.around[id.number()];
            match expr.kind {
                ExprKind::Call { function, args, spread } => self.call(sub, id, function, args, spread),
                ExprKind::Composite { elements, .. } => self.composite(id, elements),
                ExprKind::Unary(Tok::And, operand) => self.address(operand),
                _ => {}
            }
        }
        self.definitions();
        for stmt in &self.body.statements {
            self.statement(stmt);
        }
        self.initialisers();
        self.facts
    }

    /// Numbers the function literals, and finds which function each expression stands in.
    fn find_literals(&mut self) {
        let mut open: Vec<(u32, (u32, u32))> = Vec::new();
        for (id, expr) in self.body.exprs() {
            let inside = |range: (u32, u32)| range.0 <= expr.range.0 && expr.range.1 <= range.1;
            while open.last().is_some_and(|(_, range)| !inside(*range)) {
                open.pop();
            }
            let parent = open.last().map_or(0, |(sub, _)| *sub);
            self.known.around.push(parent);
            if let ExprKind::Func { .. } = expr.kind {
                let sub = self.facts.subs.len() as u32;
                self.facts.subs.push(Sub { parent, range: expr.range, bound: false });
                self.literals.insert(id, sub);
                open.push((sub, expr.range));
                let target = Target::Function(FuncRef { unit: self.unit, sub });
                self.facts.calls.push(CallFact { sub: parent, at: expr.range.0, manner: Manner::Closure, target });
            }
        }
        for stmt in &self.body.statements {
            let (call, manner) = match *stmt {
                Stmt::Go(call) => (call, Manner::Go),
                Stmt::Defer(call) => (call, Manner::Defer),
                _ => continue,
            };
            self.manners.insert(call, manner);
        }
    }

    fn kind(&mut self, ty: &Type) -> Kind {
        match ty {
            Type::Unknown(_) => Kind::Unknown,
            Type::Func(_) => Kind::Func,
            Type::Interface(_) | Type::Param(_) | Type::Basic(Basic::Error) => Kind::Interface,
            Type::Named(named) => {
                if let Some((_, kind)) = self.known.kinds.get(&Arc::as_ptr(named)) {
                    return *kind;
                }
                let kind = match self.view.underlying(ty) {
                    Type::Interface(_) => Kind::Interface,
                    Type::Func(_) => Kind::Func,
                    Type::Unknown(_) => Kind::Unknown,
                    _ => Kind::Plain,
                };
                self.known.kinds.insert(Arc::as_ptr(named), (named.clone(), kind));
                kind
            }
            _ => Kind::Plain,
        }
    }

    /// A new place of this function alone.
    fn fresh(&mut self) -> NodeRef {
        self.facts.nodes += 1;
        NodeRef::own(self.facts.nodes - 1)
    }

    fn local(&mut self, id: LocalId) -> NodeRef {
        if let Some(node) = self.known.locals[id.number()] {
            return node;
        }
        let node = self.fresh();
        self.known.locals[id.number()] = Some(node);
        node
    }

    fn node(&self, place: Place) -> NodeRef {
        self.reader.tables.node(place)
    }

    fn type_number(&self, ty: &Type) -> u32 {
        self.reader.tables.types.number(ty)
    }

    fn name(&self, name: &str) -> u32 {
        self.reader.tables.name(name)
    }

    fn origin(&mut self, origin: Origin, to: NodeRef) {
        self.facts.origins.push((origin, to));
    }
}
