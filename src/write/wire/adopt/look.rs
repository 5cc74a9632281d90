//! Which declarations of a file may hold a beginning: told from their bodies and types, so that most files need no tree.

use memchr::memmem;

use super::ground::{BARE, CONTEXT, is_subject};
use super::queue::is_queue;
use crate::go::syntax::body::{Body, Def, Expr, ExprId, ExprKind, Local, LocalId, Stmt};
use crate::go::syntax::outline::{Decl, DeclKind, Outline};
use crate::go::types::{BodyTypes, Cause, FileTypes, Type};
use crate::rule::RuleSet;

/// What a look at a file knows of it.
pub(in crate::write::wire) struct Look<'l> {
    /// Its bytes.
    pub(in crate::write::wire) source: &'l [u8],
    /// Its declarations.
    pub(in crate::write::wire) outline: &'l Outline,
    /// Their types.
    pub(in crate::write::wire) types: &'l FileTypes<'l, 'l>,
    /// The rules.
    pub(in crate::write::wire) rules: &'l RuleSet,
    /// The runtime package's name where the file does not import it: what is called so is in its way.
    pub(in crate::write::wire) package: Option<&'l str>,
}

impl Look<'_> {
    /// Where declarations start in which work may begin, or wait.
    pub(in crate::write::wire) fn found(&self) -> Vec<u32> {
        let all = self.outline.declarations();
        let begin: Vec<u32> =
            all.filter(|decls| decls.iter().any(|decl| self.begins(decl))).map(|decls| decls[0].whole.0).collect();
        let (false, Some(package)) = (begin.is_empty(), self.package) else { return begin };
        let names = |decls: &&[Decl]| memmem::find(self.code(decls[0].whole), package.as_bytes()).is_some();
        let taken = self.outline.declarations().filter(names).map(|decls| decls[0].whole.0);
        begin.iter().copied().chain(taken).collect()
    }

    fn code(&self, (start, end): (u32, u32)) -> &[u8] {
        self.source.get(start as usize..end as usize).unwrap_or_default()
    }

    fn begins(&self, decl: &Decl) -> bool {
        let has_code = match decl.kind {
            DeclKind::Func | DeclKind::Method => true,
            DeclKind::Var => decl.index == 0 && !decl.values.is_empty(),
            DeclKind::Type | DeclKind::Alias | DeclKind::Const => false,
        };
        if !has_code || !self.is_worth_it(self.code(decl.span)) {
            return false;
        }
        match self.types.body_at(decl.span.0 as usize) {
            Ok(types) => Inside { types: &types, rules: self.rules }.begins(),
            // What is broken is told by who makes the tree.
            Err(cause) => cause == Cause::Syntax,
        }
    }

    /// Whether a text names a context or calls a queue.
    fn is_worth_it(&self, code: &[u8]) -> bool {
        let adopt = &self.rules.wires.adopt;
        let has = |word: &str| memmem::find(code, word.as_bytes()).is_some();
        let methods = || [&adopt.adds, &adopt.takes, &adopt.ends].into_iter().flatten();
        has(".Context") || has("context.") || methods().any(|name| has(&format!(".{name}(")))
    }
}

/// One declaration.
struct Inside<'i> {
    types: &'i BodyTypes<'i, 'i>,
    rules: &'i RuleSet,
}

impl Inside<'_> {
    fn body(&self) -> &Body {
        self.types.body()
    }

    fn begins(&self) -> bool {
        self.is_fetched() || self.is_bare() || self.is_queued()
    }

    fn parameters(&self) -> impl Iterator<Item = (LocalId, &Local)> {
        self.body().locals().filter(|(_, local)| matches!(local.def, Def::Param { .. }))
    }

    fn is_object(&self, ty: &Type) -> bool {
        is_subject(self.types.view(), self.rules, ty)
    }

    /// A function is given a context, and something gets an object there.
    fn is_fetched(&self) -> bool {
        let is_context = |ty: Type| ty.qualified().as_deref() == Some(CONTEXT);
        let gets = |statement: &Stmt| {
            let Stmt::Assign { right, .. } = statement else { return false };
            let [value] = self.body().list(*right) else { return false };
            self.gets(self.peel(*value))
        };
        self.parameters().any(|(id, _)| is_context(self.types.type_of_local(id)))
            && self.body().statements.iter().any(gets)
    }

    /// Whether a value is an object, or a call that comes with one or fills one.
    fn gets(&self, value: ExprId) -> bool {
        match self.body().expr(value).kind {
            ExprKind::Call { function, args, .. } => {
                let fills = || {
                    let name = self.name(function);
                    let is_one = name.is_some_and(|name| self.rules.wires.adopt.fills.iter().any(|one| one == name));
                    is_one && self.body().list(args).iter().any(|given| self.is_object(&self.types.type_of(*given)))
                };
                match self.types.type_of(value) {
                    Type::Tuple(results) => results.first().is_some_and(|first| self.is_object(first)),
                    _ => fills(),
                }
            }
            ExprKind::Selector { .. } | ExprKind::Assert { .. } => self.is_object(&self.types.type_of(value)),
            _ => false,
        }
    }

    /// A function is given an object, and calls another under a context of nobody.
    fn is_bare(&self) -> bool {
        let is_one = |(_, expr): (ExprId, &Expr)| match expr.kind {
            ExprKind::Call { args, .. } => {
                let first = self.body().list(args).first();
                first.is_some_and(|first| BARE.contains(&self.types.text(self.body().expr(*first).range)))
            }
            _ => false,
        };
        self.body().exprs().any(is_one)
            && self.parameters().any(|(id, _)| self.is_object(&self.types.type_of_local(id)))
    }

    /// A queue's method is called.
    fn is_queued(&self) -> bool {
        let adopt = &self.rules.wires.adopt;
        let is_one = |(_, expr): (ExprId, &Expr)| {
            let ExprKind::Call { function, args, .. } = expr.kind else { return false };
            let (Some(name), ExprKind::Selector { operand, .. }) =
                (self.name(function), self.body().expr(function).kind)
            else {
                return false;
            };
            let is_in = |names: &[String]| names.iter().any(|one| one == name);
            let given = self.body().list(args).first();
            let of_item = given.is_some_and(|item| self.is_named(*item)) && (is_in(&adopt.adds) || is_in(&adopt.ends));
            (of_item || given.is_none() && is_in(&adopt.takes))
                && self.is_named(operand)
                && is_queue(&self.types.type_of(operand), adopt)
        };
        self.body().exprs().any(is_one)
    }

    /// A name, or fields behind one.
    fn is_named(&self, id: ExprId) -> bool {
        match self.body().expr(id).kind {
            ExprKind::Ident => true,
            ExprKind::Selector { operand, .. } => self.is_named(operand),
            _ => false,
        }
    }

    /// The name behind an expression's last dot.
    fn name(&self, id: ExprId) -> Option<&str> {
        let expr = self.body().expr(id);
        match expr.kind {
            ExprKind::Selector { name, .. } => Some(self.types.text((name, expr.range.1))),
            _ => None,
        }
    }

    fn peel(&self, id: ExprId) -> ExprId {
        match self.body().expr(id).kind {
            ExprKind::Paren(inner) => self.peel(inner),
            _ => id,
        }
    }
}
