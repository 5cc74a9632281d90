//! Functions that hand on what they are given, and calls of them, as the reader of bodies sees both: what it does not read has no types
//! either, so that no tree would tell more.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::go::index::path_of;
use crate::go::module::Origin;
use crate::go::syntax::body::{Body, Def, Expr, ExprId, ExprKind, parse_decl};
use crate::go::syntax::outline::{Decl, DeclKind, Outline, outline};
use crate::go::types::{Callee, World};
use crate::rule::LogCalls;
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::text::{LineIndex, Span};

/// A function of the tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Function {
    /// The directory of its package.
    pub(super) dir: String,
    /// The type that it is a method of; empty: none.
    pub(super) receiver: String,
    pub(super) name: String,
}

impl Function {
    fn declared(path: &str, outline: &Outline, decl: &Decl) -> Self {
        let text = |slice| outline.text(slice).to_owned();
        Self { dir: dir_of(path).to_owned(), receiver: text(decl.receiver), name: text(decl.name) }
    }
}

/// What a file has.
#[derive(Default)]
pub(super) struct Found {
    /// Calls of functions that hand on what they are given.
    pub(super) notes: Vec<Diagnostic>,
    /// Functions that hand on what they are given.
    pub(super) handing: Vec<Function>,
}

/// The functions of a file that hand on what they are given to one of these calls.
pub(super) fn handing(path: &RelPath, bytes: &[u8], calls: &[Span]) -> Vec<Function> {
    let Ok(outline) = outline(bytes) else { return Vec::new() };
    let around = |call: &Span| {
        let decl = outline.decl_at(call.start)?;
        let body = parse_decl(bytes, decl.span.0 as usize).ok()?;
        let is_it = |expr: &Expr| expr.range == (call.start as u32, call.end as u32);
        let hands = body.exprs().any(|(_, expr)| is_it(expr) && hands_on((&body, bytes), decl, expr));
        hands.then(|| Function::declared(path, &outline, decl))
    };
    calls.iter().filter_map(around).collect()
}

/// What calls are looked for.
pub(super) struct Asked<'q> {
    /// The tree's declarations.
    pub(super) world: &'q World,
    /// What klog's own functions are.
    pub(super) rules: &'q LogCalls,
    /// The functions that are called.
    pub(super) functions: &'q BTreeSet<Function>,
}

/// The calls that are looked for in a file, of declarations with wanted code.
pub(super) fn calls_in(
    asked: &Asked<'_>,
    path: &RelPath,
    bytes: &[u8],
    wants: &dyn Fn(&[u8]) -> bool,
) -> Option<Found> {
    let outline = Arc::new(outline(bytes).ok()?);
    let types = OnceCell::new();
    let of_file = || types.get_or_init(|| asked.world.file_with(path, bytes, Some(Arc::clone(&outline))));
    let callee = |call: Span| of_file().callee_at(call);
    let from = OnceCell::new();
    let resolver = asked.world.index().resolver();
    let origin = |import: &str| {
        let from = from.get_or_init(|| resolver.package_at(dir_of(path)));
        resolver.resolve(from, import).origin.clone()
    };
    let lines = OnceCell::new();
    let mut found = Found::default();
    let has_code = |decl: &&Decl| decl.index == 0 && !matches!(decl.kind, DeclKind::Type | DeclKind::Alias);
    for decl in outline.decls.iter().filter(has_code) {
        let code = bytes.get(decl.span.0 as usize..decl.span.1 as usize).unwrap_or_default();
        let Some(body) = wants(code).then(|| parse_decl(bytes, decl.span.0 as usize).ok()).flatten() else { continue };
        let looked = Looked { outline: &outline, bytes, body: &body, asked, origin: &origin, callee: &callee };
        for (_, expr) in body.exprs() {
            let Some(function) = looked.called(expr) else { continue };
            let lines = lines.get_or_init(|| LineIndex::new(bytes));
            found.notes.push(note(path, &function).at(lines.line_col(expr.range.0 as usize)));
            if hands_on((&body, bytes), decl, expr) {
                found.handing.push(Function::declared(path, &outline, decl));
            }
        }
    }
    Some(found)
}

fn note(path: &RelPath, function: &Function) -> Diagnostic {
    let of = if function.receiver.is_empty() { String::new() } else { format!("{}.", function.receiver) };
    let place = if function.dir.is_empty() { "the root package" } else { &function.dir };
    let help = format!("{of}{} in {place}; it counts in no rate", function.name);
    Diagnostic::note(path.clone(), "prints free text through what hands it to klog").help(help)
}

/// A body that is looked through.
struct Looked<'l> {
    outline: &'l Outline,
    bytes: &'l [u8],
    body: &'l Body,
    asked: &'l Asked<'l>,
    /// Where the package of an import path lies.
    origin: &'l dyn Fn(&str) -> Origin,
    callee: &'l dyn Fn(Span) -> Callee,
}

impl<'l> Looked<'l> {
    /// The function that a call calls, if it is one of those that are looked for and is given something.
    fn called(&self, call: &Expr) -> Option<Function> {
        let ExprKind::Call { function, args, .. } = call.kind else { return None };
        let callee = self.peel(function);
        let (name, operand) = match self.body.expr(callee).kind {
            ExprKind::Ident => (self.text(self.body.expr(callee).range), None),
            ExprKind::Selector { operand, name } => {
                (self.text((name, self.body.expr(callee).range.1)), Some(self.peel(operand)))
            }
            _ => return None,
        };
        if args.is_empty() || !self.may_be_one(name, operand) {
            return None;
        }
        let (package, receiver) = match (self.callee)(Span::new(call.range.0 as usize, call.range.1 as usize)) {
            Callee::Function { package, .. } => (package, String::new()),
            Callee::Method { receiver, .. } => (receiver.package.clone(), receiver.name.to_string()),
            _ => return None,
        };
        let Origin::Dir(dir) = &package.origin else { return None };
        let function = Function { dir: dir.to_string(), receiver, name: name.to_owned() };
        self.asked.functions.contains(&function).then_some(function)
    }

    /// Whether it may be one of them, by what stands there: types are asked last, as they lie all over the tree.
    fn may_be_one(&self, name: &str, operand: Option<ExprId>) -> bool {
        let mut named = self.asked.functions.iter().filter(|function| function.name == name).peekable();
        if named.peek().is_none() {
            return false;
        }
        match operand {
            None => named.any(|function| function.receiver.is_empty()),
            Some(operand) if self.imported(operand).is_some() => named.any(|function| function.receiver.is_empty()),
            Some(operand) => match self.klog(operand).map(self.origin) {
                Some(Origin::Dir(dir)) => named.any(|function| *function.dir == *dir),
                Some(_) => false,
                None => !self.is_of_std(operand),
            },
        }
    }

    /// The import path of the package that an expression names.
    fn imported(&self, id: ExprId) -> Option<&'l str> {
        let expr = self.body.expr(id);
        let name = (expr.kind == ExprKind::Ident).then(|| self.text(expr.range))?;
        let is_local = self.body.lookup(self.bytes, expr.scope, name).is_some();
        if is_local { None } else { path_of(&self.outline.imports, name) }
    }

    /// The klog that a level is of: `klog.V(2)`.
    fn klog(&self, id: ExprId) -> Option<&'l str> {
        let ExprKind::Call { function, .. } = self.body.expr(id).kind else { return None };
        let callee = self.body.expr(self.peel(function));
        let ExprKind::Selector { operand, name } = callee.kind else { return None };
        let rules = self.asked.rules;
        let path = self.imported(self.peel(operand))?;
        let makes = rules.verbose.functions.contains_key(self.text((name, callee.range.1)));
        (makes && rules.import_paths.iter().any(|klog| klog == path)).then_some(path)
    }

    /// Whether a name is declared with a type of the standard library, whose methods are none of the tree's.
    fn is_of_std(&self, operand: ExprId) -> bool {
        let expr = self.body.expr(operand);
        let named = (expr.kind == ExprKind::Ident).then(|| self.text(expr.range));
        let local = named.and_then(|name| self.body.lookup(self.bytes, expr.scope, name)).map(|id| self.body.local(id));
        let Some(Def::Param { ty, scope, variadic: false }) = local.map(|local| local.def) else { return false };
        let ty = self.text(ty);
        let Some((package, name)) = ty.strip_prefix('*').unwrap_or(ty).split_once('.') else { return false };
        let is_plain = |word: &str| word.chars().all(|c| c.is_alphanumeric() || c == '_');
        is_plain(package)
            && is_plain(name)
            && self.body.lookup(self.bytes, scope, package).is_none()
            && path_of(&self.outline.imports, package).is_some_and(|path| (self.origin)(path) == Origin::Std)
    }

    fn text(&self, (start, end): (u32, u32)) -> &'l str {
        let text = self.bytes.get(start as usize..end as usize).and_then(|text| std::str::from_utf8(text).ok());
        text.unwrap_or_default()
    }

    fn peel(&self, mut id: ExprId) -> ExprId {
        while let ExprKind::Paren(inner) = self.body.expr(id).kind {
            id = inner;
        }
        id
    }
}

/// Whether a call's last arguments are those that the declared function is given.
fn hands_on((body, bytes): (&Body, &[u8]), decl: &Decl, call: &Expr) -> bool {
    let ExprKind::Call { args, spread: true, .. } = call.kind else { return false };
    let Some(list) = body.list(args).last().map(|last| body.expr(*last)).filter(|last| last.kind == ExprKind::Ident)
    else {
        return false;
    };
    let name = bytes.get(list.range.0 as usize..list.range.1 as usize).and_then(|name| std::str::from_utf8(name).ok());
    let local = name.and_then(|name| body.lookup(bytes, list.scope, name)).map(|id| body.local(id));
    let is_own = |at: u32| body.signature.0 < at && at < body.signature.1;
    matches!(decl.kind, DeclKind::Func | DeclKind::Method)
        && local.is_some_and(|local| matches!(local.def, Def::Param { variadic: true, .. }) && is_own(local.name.0))
}

/// The directory of a file.
pub(super) fn dir_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}
