//! Which functions are called with nil for a context or a request, as all files together tell: those that get it written, or what something
//! leaves unset, and those that they pass it on to.

mod gives;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::files::{self, WalkOptions};
use super::syntax::body::{Def, ExprId, ExprKind, Local, LocalId, Range};
use super::syntax::outline::{Decl, DeclKind};
use super::syntax::word::words;
use super::types::{Absent, BodyTypes, Cause, FileTypes, Referent, Type, World};
use crate::rule::Scope;
use crate::text::LineIndex;
use crate::text::diagnostic::RelPath;

use gives::{Gives, is_compared, makes_without, sets_field};
use text::{
    Brought, WRITTEN, brought, called_with_nil, declares, has_literal, makes, passes, sets, sets_variable,
    uses_as_value,
};

pub use gives::{ANY, CONTEXT, returns_none};

const REQUEST: &str = "net/http.Request";
/// Functions that pass it on, one to the next, at most.
const MAX_STEPS: usize = 12;

/// A function's package, receiver's type and name.
type FunctionKey = (String, String, String);
/// How many parameters a function has, and its type.
type ValueType = (usize, String);
/// What the packages of a checkout have, by directory.
type Names = BTreeMap<Box<str>, BTreeSet<Box<str>>>;

/// Looks through all files of a checkout, its tests among them; tells which these are.
pub fn absent(world: &World, scope: &Scope) -> (Absent, Vec<RelPath>) {
    let options = WalkOptions { tests: true, ..WalkOptions::default() };
    let files = files::walk(world.index().resolver().root(), &options, &scope.built()).files;
    let brought: Vec<Brought> =
        files.par_iter().map(|path| world.index().lend(path, brought).unwrap_or_default()).collect();
    let tree = Tree { world, files, brought };
    let mut all = tree.unset();
    all.join(tree.given(&all));
    let (mut new, mut values) = (all.clone(), Values::default());
    for _ in 0..MAX_STEPS {
        new = tree.passed_on(&new, &mut values);
        new.functions.retain(|key, _| !all.functions.contains_key(key));
        new.methods.retain(|name, _| !all.methods.contains_key(name));
        new.values.retain(|ty, _| !all.values.contains_key(ty));
        if new.is_empty() {
            break;
        }
        all.join(new.clone());
    }
    (all, tree.files)
}

/// All files of a checkout, and what their texts tell.
struct Tree<'w> {
    world: &'w World,
    files: Vec<RelPath>,
    brought: Vec<Brought>,
}

/// Functions that ask for a context or a request and are used as values, by what [`Absent::values`] calls their types; those of them that
/// have as many parameters as was asked.
#[derive(Default)]
struct Values {
    asked: BTreeSet<usize>,
    found: Vec<(ValueType, FunctionKey)>,
}

impl Tree<'_> {
    fn each(&self) -> impl ParallelIterator<Item = (&RelPath, &Brought)> {
        self.files.par_iter().zip(&self.brought)
    }

    /// What files have, by their directories.
    fn by_dir<'b>(&'b self, of: impl Fn(&'b Brought) -> &'b FxHashSet<Box<str>>) -> Names {
        let mut names = Names::default();
        for (path, file) in self.files.iter().zip(&self.brought).filter(|(_, file)| !of(file).is_empty()) {
            names.entry(dir_of(path).into()).or_default().extend(of(file).iter().cloned());
        }
        names
    }

    /// Those that no file of the directory sets.
    fn never_set(&self, mut names: Names, sets: impl Fn(&[u8], &[u8]) -> bool) -> Names {
        for path in &self.files {
            let Some(names) = names.get_mut(dir_of(path)).filter(|names| !names.is_empty()) else { continue };
            let _ = self.world.index().lend(path, |text| names.retain(|name| !sets(text, name.as_bytes())));
        }
        names
    }

    /// Variables and fields of packages' own that may hold no context, and functions that may return none.
    fn unset(&self) -> Absent {
        let variables = self.never_set(self.by_dir(|file| &file.variables), sets_variable);
        let fields = self.never_set(self.by_dir(|file| &file.fields), sets);
        let passed = self.never_set(self.by_dir(|file| &file.fields), passes);
        let has = |names: &Names, path: &str, name: &str| names.get(dir_of(path)).is_some_and(|own| own.contains(name));
        let of_file = |(path, file): (&RelPath, &Brought)| {
            let mut found = Absent::default();
            let may_hold = |names: &FxHashSet<Box<str>>, all: &Names| -> Vec<String> {
                names.iter().filter(|name| has(all, path, name)).map(ToString::to_string).collect()
            };
            let (never, unset) = (may_hold(&file.fields, &fields), may_hold(&file.variables, &variables));
            if !never.is_empty() || !unset.is_empty() || !file.returning.is_empty() {
                let Ok(bytes) = self.world.index().source(path) else { return found };
                let package = self.world.file_at(path, &bytes).package().map(|package| package.name.path.to_string());
                let Ok(package) = package else { return found };
                let key = |ty: &str, name: &str| (package.clone(), ty.to_owned(), name.to_owned());
                found.holders.extend(never.iter().map(|name| key(ANY, name)));
                found.holders.extend(unset.iter().map(|name| key("", name)));
                found.results.extend(file.returning.iter().map(|(receiver, name)| key(receiver, name)));
            }
            found
        };
        let mut all = together(self.each().map(of_file).collect());
        let partly = self.by_dir(|file| &file.fields);
        let structs = self.by_dir(|file| &file.structs);
        let left_out = |path: &RelPath| {
            let names = partly.get(dir_of(path)).into_iter().flatten();
            let names: Vec<&str> = names
                .filter(|name| !has(&fields, path, name) && !has(&passed, path, name))
                .map(|name| &**name)
                .collect();
            let mut found = Absent::default();
            if !names.is_empty() {
                let may_make = |text: &[u8]| makes(text, |word| has(&structs, path, word));
                in_file(self.world, path, may_make, |types, decl| {
                    found.holders.extend(left_out(types, decl, &names));
                });
            }
            found
        };
        all.join(together(self.files.par_iter().map(left_out).collect()));
        all
    }

    /// What is called with nil, or with what may be unset.
    fn given(&self, unset: &Absent) -> Absent {
        let asking: FxHashSet<&str> =
            self.brought.iter().flat_map(|file| file.asking.iter().chain(&file.holding)).map(|name| &**name).collect();
        let fields = self.by_dir(|file| &file.fields);
        let mut others = self.by_dir(|file| &file.variables);
        for (path, file) in self.files.iter().zip(&self.brought).filter(|(_, file)| !file.returning.is_empty()) {
            let names = file.returning.iter().map(|(_, name)| name.clone());
            others.entry(dir_of(path).into()).or_default().extend(names);
        }
        let of_file = |(path, file): (&RelPath, &Brought)| {
            let calls = file.given.iter().map(|name| &**name).filter(|name| asking.contains(name));
            let calls: FxHashSet<&str> = calls.collect();
            let others = others.get(dir_of(path)).into_iter().flatten().map(|name| &**name);
            let fields = fields.get(dir_of(path)).into_iter().flatten().map(|name| &**name);
            let (mut others, mut fields): (Vec<&str>, FxHashSet<&str>) = (others.collect(), fields.collect());
            if !others.is_empty() || !fields.is_empty() {
                let _ = self.world.index().lend(path, |text| {
                    others.retain(|name| words(text, name.as_bytes()).next().is_some());
                    fields.retain(|name| passes(text, name.as_bytes()));
                });
            }
            let may_give = |text: &[u8]| {
                called_with_nil(text).any(|name| calls.contains(name))
                    || others.iter().any(|name| words(text, name.as_bytes()).next().is_some())
                    || fields.iter().any(|name| passes(text, name.as_bytes()))
                    || file.unset && WRITTEN.iter().any(|ty| memchr::memmem::find(text, ty).is_some())
            };
            let gives = Gives { fields: &fields, known: unset, parameter: None, path };
            let mut found = Absent::default();
            if !calls.is_empty() || !others.is_empty() || !fields.is_empty() || file.unset {
                in_file(self.world, path, may_give, |types, decl| found.join(given(types, decl, &gives)));
            }
            found
        };
        together(self.each().map(of_file).collect())
    }

    /// What is given it by those that are.
    fn passed_on(&self, new: &Absent, values: &mut Values) -> Absent {
        let functions = new.functions.keys().map(|(_, _, name)| name);
        let names: BTreeSet<&str> = functions.chain(new.methods.keys()).map(String::as_str).collect();
        let asks = |file: &Brought| {
            !new.values.is_empty() && file.literals || names.iter().any(|name| file.asking.contains(*name))
        };
        let of_file = |(path, _): (&RelPath, &Brought)| {
            let mut found = Absent::default();
            let may_pass = |text: &[u8]| {
                declares(text, |word| names.contains(word)) || !new.values.is_empty() && has_literal(text)
            };
            in_file(self.world, path, may_pass, |types, decl| found.join(passed_on(types, decl, (path, new))));
            found
        };
        let mut all = together(self.each().filter(|(_, file)| asks(file)).map(of_file).collect());
        let counts: BTreeSet<usize> = new.values.keys().map(|(count, _)| *count).collect();
        let counts: BTreeSet<usize> = counts.difference(&values.asked).copied().collect();
        if !counts.is_empty() {
            values.found.extend(self.values(&counts));
            values.asked.extend(counts);
        }
        for (ty, key) in &values.found {
            if let Some(call) = new.values.get(ty) {
                all.functions.entry(key.clone()).or_insert_with(|| call.clone());
            }
        }
        all
    }

    /// What is used as a value, of functions with so many parameters.
    fn values(&self, counts: &BTreeSet<usize>) -> Vec<(ValueType, FunctionKey)> {
        let taking = self.brought.iter().flat_map(|file| &file.taking).filter(|(_, count)| counts.contains(count));
        let taking: FxHashSet<&str> = taking.map(|(name, _)| &**name).collect();
        let own = self.by_dir(|file| &file.asking);
        let of_file = |(path, file): (&RelPath, &Brought)| {
            let mut found = Vec::new();
            let is_own = |name: &str| file.dotted || own.get(dir_of(path)).is_some_and(|own| own.contains(name));
            let uses = |text: &[u8]| uses_as_value(text, |name| taking.contains(name), is_own);
            in_file(self.world, path, uses, |types, decl| found.extend(used(types, decl, &taking)));
            found
        };
        self.each().flat_map_iter(of_file).collect()
    }
}

/// Fields by these names that some literal of a type of the package leaves unset, in a function that does not set them.
fn left_out(types: &FileTypes<'_, '_>, decl: &Decl, names: &[&str]) -> BTreeSet<(String, String, String)> {
    let (Ok(package), Ok(own)) = (types.package(), types.body_at(decl.span.0 as usize)) else {
        return BTreeSet::default();
    };
    let mut found = BTreeSet::default();
    for name in names.iter().filter(|name| !sets_field(&own, name)) {
        makes_without(&own, name, &mut |ty| {
            let declared = ty.named().filter(|named| named.local.is_none() && named.package.path == package.name.path);
            if let Some(named) = declared
                && let Type::Struct(of) = own.view().underlying(ty)
                && of.fields.iter().any(|field| *field.name == **name && is_asked(&field.ty))
            {
                found.insert((named.package.path.to_string(), named.name.to_string(), (*name).to_owned()));
            }
        });
    }
    found
}

/// Functions by these names that a declaration uses as values, if they ask for a context or a request.
fn used(types: &FileTypes<'_, '_>, decl: &Decl, names: &FxHashSet<&str>) -> Vec<(ValueType, FunctionKey)> {
    let Ok(own) = types.body_at(decl.span.0 as usize) else { return Vec::new() };
    let body = own.body();
    let called: FxHashSet<ExprId> = body
        .exprs()
        .filter_map(|(_, expr)| match expr.kind {
            ExprKind::Call { function, .. } => Some(function),
            _ => None,
        })
        .collect();
    let named = body.exprs().filter(|(_, expr)| match expr.kind {
        ExprKind::Ident => names.contains(own.text(expr.range)),
        ExprKind::Selector { name, .. } => names.contains(own.text((name, expr.range.1))),
        _ => false,
    });
    let of_expr = |id| {
        let key = match own.referent(id) {
            Referent::Function { package, name } => (package.path.to_string(), String::new(), name.to_string()),
            Referent::Method { receiver, name, .. } => {
                (receiver.package.path.to_string(), receiver.name.to_string(), name.to_string())
            }
            _ => return None,
        };
        let ty = own.type_of(id);
        let Type::Func(of) = &ty else { return None };
        of.params.iter().any(is_asked).then(|| ((of.params.len(), ty.to_string()), key))
    };
    named.filter(|(id, _)| !called.contains(id)).filter_map(|(id, _)| of_expr(id)).collect()
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

/// Asks those functions and initialisers of a file whose text is `wanted`: none is, where that of the whole file is not.
fn in_file(
    world: &World,
    path: &RelPath,
    wanted: impl Fn(&[u8]) -> bool,
    mut ask: impl FnMut(&FileTypes<'_, '_>, &Decl),
) {
    let Ok(Some(bytes)) = world.index().lend(path, |bytes| wanted(bytes).then(|| bytes.to_vec())) else { return };
    let types = world.file_at(path, &bytes);
    let Ok(package) = types.package() else { return };
    let own = package.files.iter().find(|file| file.path == *path);
    let decls = own.map(|file| file.outline.decls.as_slice()).unwrap_or_default();
    let has_body = |decl: &&Decl| decl.index == 0 && !matches!(decl.kind, DeclKind::Type | DeclKind::Alias);
    let text = |decl: &Decl| bytes.get(decl.span.0 as usize..decl.span.1 as usize).unwrap_or_default();
    decls.iter().filter(has_body).filter(|decl| wanted(text(decl))).for_each(|decl| ask(&types, decl));
}

/// What a declaration calls without a context: with nil, with what nothing sets, or with a parameter.
fn given(types: &FileTypes<'_, '_>, decl: &Decl, gives: &Gives<'_>) -> Absent {
    let mut found = Absent::default();
    let Ok(own) = types.body_at(decl.span.0 as usize) else { return found };
    let body = own.body();
    for (_, expr) in body.exprs() {
        let ExprKind::Call { function, args, .. } = expr.kind else { continue };
        for (at, arg) in body.list(args).iter().enumerate() {
            if gives.is_none(&own, *arg) {
                let line = LineIndex::new(own.source()).line_col(expr.range.0 as usize).line;
                take(&own, (function, at), (gives.path.clone(), line), &mut found);
            }
        }
    }
    found
}

/// Adds what an expression calls, if it asks for a context or a request there.
fn take(own: &BodyTypes<'_, '_>, (function, at): (ExprId, usize), call: (RelPath, u32), found: &mut Absent) {
    let mut method = |name: &str| {
        found.methods.entry(name.to_owned()).or_insert_with(|| call.clone());
    };
    let ty = own.view().underlying(&own.type_of(function));
    let parameters = match &ty {
        Type::Func(signature) if signature.params.get(at).is_some_and(is_asked) => Some(signature.params.len()),
        Type::Unknown(cause) if !matches!(cause, Cause::MissingPackage | Cause::Std) => None,
        _ => return,
    };
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
        Referent::Builtin(_) | Referent::Type(_) => {}
        // Whatever function the value is.
        _ if parameters.is_some() => {
            let key = (parameters.unwrap_or_default(), ty.to_string());
            found.values.entry(key).or_insert(call);
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

/// What a function passes the context on to that it may not have, and its literals do.
fn passed_on(types: &FileTypes<'_, '_>, decl: &Decl, (path, new): (&RelPath, &Absent)) -> Absent {
    let (Ok(package), Ok(own)) = (types.package(), types.body_at(decl.span.0 as usize)) else {
        return Absent::default();
    };
    let body = own.body();
    let (receiver, name) = (own.receiver(), own.name());
    let is_function = matches!(decl.kind, DeclKind::Func | DeclKind::Method);
    let whole = (is_function && new.has(&package.name, receiver, name)).then_some(body.signature);
    let literals = body.exprs().filter(|_| !new.values.is_empty()).filter_map(|(id, expr)| match expr.kind {
        ExprKind::Func { signature } => new.value_of(&own.type_of(id)).map(|_| signature),
        _ => None,
    });
    let signatures: Vec<Range> = whole.into_iter().chain(literals).collect();
    if signatures.is_empty() {
        return Absent::default();
    }
    let is_own = |(_, local): &(LocalId, &Local)| {
        let within = signatures.iter().any(|(start, end)| (*start..*end).contains(&local.name.0));
        within && matches!(local.def, Def::Param { variadic: false, .. })
    };
    let contexts = body.locals().filter(is_own).filter(|(id, _)| is_asked(&own.type_of_local(*id)));
    let (none, fields) = (Absent::default(), FxHashSet::default());
    together(
        contexts
            .filter(|(_, local)| !is_compared(&own, own.text(local.name)))
            .map(|(id, _)| given(types, decl, &Gives { fields: &fields, known: &none, parameter: Some(id), path }))
            .collect(),
    )
}
