//! Which functions are called with nil for a context or a request, as all files together tell: those that get it written, or a variable
//! that nothing has set, and those that they pass it on to.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::files::{self, WalkOptions};
use super::syntax::body::{Def, Expr, ExprId, ExprKind, LocalId, Stmt};
use super::syntax::outline::{Decl, DeclKind};
use super::syntax::word::{has_name, is_word, words};
use super::types::{Absent, BodyTypes, Cause, FileTypes, Referent, Type, World};
use crate::rule::Scope;
use crate::text::LineIndex;
use crate::text::diagnostic::RelPath;

const CONTEXT: &str = "context.Context";
const REQUEST: &str = "net/http.Request";
/// How files write these two types.
const WRITTEN: [&[u8]; 2] = [b"context.Context", b"http.Request"];
/// How far before a parameter or an argument the list may start that it stands in.
const MAX_LIST: usize = 2000;
/// Functions that pass it on, one to the next, at most.
const MAX_STEPS: usize = 12;

/// What the text of a file tells.
#[derive(Default)]
struct Brought {
    /// Functions that ask for a context or a request, by their names.
    asking: FxHashSet<Box<str>>,
    /// What is called with nil, by its name.
    given: FxHashSet<Box<str>>,
    /// Whether it has a variable that is a context and starts as none.
    unset: bool,
    /// Fields of its package's own that are contexts.
    fields: FxHashSet<Box<str>>,
}

/// Looks through all files of a checkout, its tests among them; tells which these are.
pub fn absent(world: &World, scope: &Scope) -> (Absent, Vec<RelPath>) {
    let options = WalkOptions { tests: true, ..WalkOptions::default() };
    let files = files::walk(world.index().resolver().root(), &options, &scope.built()).files;
    let brought: Vec<Brought> =
        files.par_iter().map(|path| world.index().lend(path, brought).unwrap_or_default()).collect();
    let asking: FxHashSet<&str> = brought.iter().flat_map(|file| &file.asking).map(|name| &**name).collect();
    let fields = never_set(world, &files, &brought);
    let start = files.par_iter().zip(&brought).map(|(path, file)| {
        let calls = file.given.iter().map(|name| &**name).filter(|name| asking.contains(name));
        let fields = fields.get(dir_of(path)).into_iter().flatten();
        let names: Vec<&str> = calls.chain(fields.map(|name| &**name)).collect();
        let may_give = |text: &[u8]| {
            names.iter().any(|name| words(text, name.as_bytes()).next().is_some())
                || file.unset && WRITTEN.iter().any(|ty| memchr::memmem::find(text, ty).is_some())
        };
        let gives = Gives { fields: &names, parameter: None, path };
        match names.is_empty() && !file.unset {
            true => Absent::default(),
            false => in_file(
                world,
                path,
                |types, decl, text| {
                    if may_give(text) { given(types, decl, &gives) } else { Absent::default() }
                },
            ),
        }
    });
    let mut all = together(start.collect());
    let mut new = all.clone();
    for _ in 0..MAX_STEPS {
        let functions = new.functions.keys().map(|(_, _, name)| name);
        let names: BTreeSet<&str> = functions.chain(new.methods.keys()).map(String::as_str).collect();
        let asks = |file: &Brought| names.iter().any(|name| file.asking.contains(*name));
        let passing = files.par_iter().zip(&brought).filter(|(_, file)| asks(file));
        let found =
            passing.map(|(path, _)| in_file(world, path, |types, decl, _| passed_on(types, decl, (path, &new))));
        new = together(found.collect());
        new.functions.retain(|key, _| !all.functions.contains_key(key));
        new.methods.retain(|name, _| !all.methods.contains_key(name));
        if new.is_empty() {
            break;
        }
        all.join(new.clone());
    }
    (all, files)
}

/// Fields of a package's own that are contexts and that nothing in it sets, by its directory.
fn never_set(world: &World, files: &[RelPath], brought: &[Brought]) -> BTreeMap<Box<str>, BTreeSet<Box<str>>> {
    let mut fields: BTreeMap<Box<str>, BTreeSet<Box<str>>> = BTreeMap::new();
    for (path, file) in files.iter().zip(brought).filter(|(_, file)| !file.fields.is_empty()) {
        fields.entry(dir_of(path).into()).or_default().extend(file.fields.iter().cloned());
    }
    for path in files {
        let Some(names) = fields.get_mut(dir_of(path)).filter(|names| !names.is_empty()) else { continue };
        let _ = world.index().lend(path, |text| names.retain(|name| !sets(text, name.as_bytes())));
    }
    fields
}

/// Whether a text gives a field of this name something, as far as that can be seen.
fn sets(text: &[u8], name: &[u8]) -> bool {
    words(text, name).any(|at| {
        let (before, after) = (text[..at].last(), text[at + name.len()..].trim_ascii_start());
        let is_key = after.first() == Some(&b':') && after.get(1) != Some(&b'=');
        let line = after.split(|byte| *byte == b'\n').next().unwrap_or_default();
        // `x.ctx, x.cancel = …`
        let is_one_of = || line.first() == Some(&b',') && memchr::memmem::find(line, b" = ").is_some();
        let is_target = after.first() == Some(&b'=') && after.get(1) != Some(&b'=') || is_one_of();
        is_key || before == Some(&b'.') && is_target
    })
}

fn dir_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// What several files tell, as one.
fn together(found: Vec<Absent>) -> Absent {
    let mut all = Absent::default();
    found.into_iter().for_each(|found| all.join(found));
    all
}

/// What stands for no context.
struct Gives<'g> {
    /// Fields that nothing sets, among other names.
    fields: &'g [&'g str],
    /// This parameter alone.
    parameter: Option<LocalId>,
    path: &'g RelPath,
}

/// Asks the functions and initialisers of a file.
fn in_file(world: &World, path: &RelPath, ask: impl Fn(&FileTypes<'_, '_>, &Decl, &[u8]) -> Absent) -> Absent {
    let Ok(bytes) = world.index().source(path) else { return Absent::default() };
    let types = world.file_at(path, &bytes);
    let Ok(package) = types.package() else { return Absent::default() };
    let own = package.files.iter().find(|file| file.path == *path);
    let decls = own.map(|file| file.outline.decls.as_slice()).unwrap_or_default();
    let has_body = |decl: &&Decl| decl.index == 0 && !matches!(decl.kind, DeclKind::Type | DeclKind::Alias);
    let of_decl =
        |decl: &Decl| ask(&types, decl, bytes.get(decl.span.0 as usize..decl.span.1 as usize).unwrap_or_default());
    together(decls.iter().filter(has_body).map(of_decl).collect())
}

/// What a declaration calls without a context: with nil, with what nothing sets, or with a parameter.
fn given(types: &FileTypes<'_, '_>, decl: &Decl, gives: &Gives<'_>) -> Absent {
    let mut found = Absent::default();
    let Ok(own) = types.body_at(decl.span.0 as usize) else { return found };
    let body = own.body();
    for (_, expr) in body.exprs() {
        let ExprKind::Call { function, args, .. } = expr.kind else { continue };
        for (at, arg) in body.list(args).iter().enumerate() {
            if is_none(&own, *arg, gives) {
                let line = LineIndex::new(own.source()).line_col(expr.range.0 as usize).line;
                take(&own, (function, at), (gives.path.clone(), line), &mut found);
            }
        }
    }
    found
}

/// Whether an argument is nil, a context that nothing sets, or the parameter.
fn is_none(own: &BodyTypes<'_, '_>, arg: ExprId, gives: &Gives<'_>) -> bool {
    let (body, parameter) = (own.body(), gives.parameter);
    let expr = body.expr(arg);
    match expr.kind {
        ExprKind::Paren(inner) => return is_none(own, inner, gives),
        ExprKind::Ident => {}
        ExprKind::Selector { name, .. } => {
            let name = own.text((name, expr.range.1));
            return parameter.is_none()
                && gives.fields.contains(&name)
                && own.type_of(arg).qualified().as_deref() == Some(CONTEXT)
                && matches!(own.referent(arg), Referent::Field { .. });
        }
        _ => return false,
    }
    let name = own.text(expr.range);
    match body.lookup(own.source(), expr.scope, name) {
        Some(local) if parameter == Some(local) => true,
        Some(local) if parameter.is_none() => {
            matches!(body.local(local).def, Def::Var { .. })
                && own.type_of_local(local).qualified().as_deref() == Some(CONTEXT)
                && !is_set(own, name)
        }
        Some(_) => false,
        None => parameter.is_none() && name == "nil",
    }
}

/// Whether a variable is given something, or its address is.
fn is_set(own: &BodyTypes<'_, '_>, name: &str) -> bool {
    let body = own.body();
    let is_it = |id: &ExprId| matches!(body.expr(*id).kind, ExprKind::Ident) && own.text(body.expr(*id).range) == name;
    let sets = |stmt: &Stmt| matches!(stmt, Stmt::Assign { left, .. } if body.list(*left).iter().any(is_it));
    let addresses = |expr: &Expr| matches!(expr.kind, ExprKind::Unary(_, inner) if is_it(&inner));
    let ranges = || {
        body.locals().any(|(_, local)| {
            matches!(local.def, Def::RangeKey(_) | Def::RangeValue(_)) && own.text(local.name) == name
        })
    };
    body.statements.iter().any(sets) || body.exprs().any(|(_, expr)| addresses(expr)) || ranges()
}

/// Adds what an expression calls, if it asks for a context or a request there.
fn take(own: &BodyTypes<'_, '_>, (function, at): (ExprId, usize), call: (RelPath, u32), found: &mut Absent) {
    let mut method = |name: &str| {
        found.methods.entry(name.to_owned()).or_insert_with(|| call.clone());
    };
    match own.type_of(function) {
        Type::Func(signature) => {
            if !signature.params.get(at).is_some_and(is_asked) {
                return;
            }
        }
        Type::Unknown(cause) if !matches!(cause, Cause::MissingPackage | Cause::Std) => {}
        _ => return,
    }
    match own.referent(function) {
        Referent::Function { package, name } => {
            found.functions.entry((package.path.to_string(), String::new(), name.to_string())).or_insert(call);
        }
        Referent::Method { receiver, name, .. } => {
            found
                .functions
                .entry((receiver.package.path.to_string(), receiver.name.to_string(), name.to_string()))
                .or_insert(call);
        }
        Referent::InterfaceMethod { name, .. } => {
            method(&name);
        }
        // A method of a value of which nothing is known may be any.
        Referent::None => {
            if let ExprKind::Selector { operand, name } = own.body().expr(function).kind
                && matches!(own.type_of(operand), Type::Unknown(cause) if !matches!(cause, Cause::MissingPackage | Cause::Std))
            {
                method(own.text((name, own.body().expr(function).range.1)));
            }
        }
        _ => {}
    }
}

fn is_asked(ty: &Type) -> bool {
    match ty {
        Type::Pointer(inner) => inner.qualified().as_deref() == Some(REQUEST),
        ty => ty.qualified().as_deref() == Some(CONTEXT),
    }
}

/// What a function passes the context on to that it may not have.
fn passed_on(types: &FileTypes<'_, '_>, decl: &Decl, (path, new): (&RelPath, &Absent)) -> Absent {
    let (Ok(package), Ok(own)) = (types.package(), types.body_at(decl.span.0 as usize)) else {
        return Absent::default();
    };
    let (receiver, name) = (own.receiver(), own.name());
    if !matches!(decl.kind, DeclKind::Func | DeclKind::Method) || !new.has(&package.name, receiver, name) {
        return Absent::default();
    }
    let body = own.body();
    let is_own = |(_, local): &(LocalId, &super::syntax::body::Local)| {
        let within = (body.signature.0..body.signature.1).contains(&local.name.0);
        within && matches!(local.def, Def::Param { variadic: false, .. })
    };
    let contexts = body.locals().filter(is_own).map(|(id, _)| id).filter(|id| is_asked(&own.type_of_local(*id)));
    together(
        contexts
            .filter(|id| !is_compared(&own, *id))
            .map(|id| given(types, decl, &Gives { fields: &[], parameter: Some(id), path }))
            .collect(),
    )
}

/// Whether a function asks if a parameter is nil: then it knows what to do.
fn is_compared(own: &BodyTypes<'_, '_>, local: LocalId) -> bool {
    let body = own.body();
    let name = own.text(body.local(local).name);
    let is = |id: ExprId, wanted: &str| own.text(body.expr(id).range) == wanted;
    body.exprs().any(|(_, expr)| match expr.kind {
        ExprKind::Binary(_, left, right) => is(left, name) && is(right, "nil") || is(left, "nil") && is(right, name),
        _ => false,
    })
}

/// Reads what a text tells.
fn brought(text: &[u8]) -> Brought {
    let mut found = Brought::default();
    for ty in WRITTEN {
        for at in words(text, ty) {
            found.asking.extend(list_of(text, at).map(Box::from));
            let line = text[..at].rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
            found.unset |= has_name(line, b"var");
            found.fields.extend(field_of(line, text, at));
        }
    }
    for at in words(text, b"nil") {
        let (before, after) = (text[..at].trim_ascii_end(), text[at + 3..].trim_ascii_start());
        if matches!(before.last(), Some(b'(' | b',')) && matches!(after.first(), Some(b',' | b')')) {
            found.given.extend(list_of(text, at).map(Box::from));
        }
    }
    found
}

/// The field that is declared on a line up to its type, if it is one of a package's own.
fn field_of(line: &[u8], text: &[u8], at: usize) -> Option<Box<str>> {
    let name = line.trim_ascii();
    let is_name = name.first().is_some_and(u8::is_ascii_lowercase) && name.iter().all(|byte| is_word(*byte));
    let is_field = is_name && opener(text, at.saturating_sub(MAX_LIST), at, b'{').is_some();
    is_field.then(|| Box::from(&*String::from_utf8_lossy(name)))
}

/// The name before the parenthesis that opens the list in which something stands.
fn list_of(text: &[u8], at: usize) -> Option<&str> {
    let start = at.saturating_sub(MAX_LIST);
    let open = opener(text, start, at, b'(')?;
    let mut before = text[start..open].trim_ascii_end();
    if before.ends_with(b"]") {
        let end = start + before.len() - 1;
        before = text[start..opener(text, start, end, b'[')?].trim_ascii_end();
    }
    let name = before.iter().rposition(|byte| !is_word(*byte)).map_or(before, |last| &before[last + 1..]);
    std::str::from_utf8(name).ok().filter(|name| !name.is_empty() && *name != "func")
}

/// Where the bracket opens that something stands in.
fn opener(text: &[u8], start: usize, at: usize, wanted: u8) -> Option<usize> {
    let mut depth = 0;
    for here in (start..at).rev() {
        match text[here] {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' if depth > 0 => depth -= 1,
            byte @ (b'(' | b'[' | b'{') => return (byte == wanted).then_some(here),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_text_tells_of_contexts() {
        let found = brought(
            b"func (a *A) Run(t *T,\n\tctx context.Context) { b.Do(nil, 1); Gen[int](x(1), nil) }\nvar c context.Context\nfunc() (context.Context, error)",
        );
        let sorted = |names: &FxHashSet<Box<str>>| names.iter().map(|name| name.to_string()).collect::<BTreeSet<_>>();
        assert_eq!(sorted(&found.asking), ["Run".to_owned()].into());
        assert_eq!(sorted(&found.given), ["Do".to_owned(), "Gen".to_owned()].into());
        assert!(found.unset);
        assert!(brought(b"return nil, nil\nif (x == nil) {}").given.is_empty());
    }
}
