//! Values of a type that are made where nothing names it: by what decodes into a list of them, by package reflect, and of types that have
//! the same fields. A field would hold no logger there.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::makers::{self, Does, Makers, TELLS};
use crate::go::syntax::body::{ExprId, ExprKind};
use crate::go::syntax::lex::{Lexer, Tok};
use crate::go::syntax::outline::{Decl, DeclKind};
use crate::go::syntax::word::{calls_any, has_name, words};
use crate::go::types::{BodyTypes, FileTypes, Type};
use crate::rule::Loggers;
use crate::text::LineIndex;
use crate::text::diagnostic::RelPath;
use crate::write::reason::Cause;
use crate::write::thread::carry::key::Key;
use crate::write::thread::carry::sources::{Sources, dir_of};
use crate::write::thread::carry::texts::Text;
use crate::write::thread::ground::Ground;

/// Types in types that are looked into, at most.
const MAX_DEPTH: usize = 6;
/// Packages that lay values out, by the names that files call them.
const LAYERS: [&str; 2] = ["unsafe", "binary"];

/// A type, and where a value of it is made without its field.
pub type Unset = (Key, Cause, RelPath, u32);

/// Looks for such values of types by their new fields, in files that may have some.
pub fn unset(ground: &Ground<'_>, sources: &Sources, fields: &BTreeSet<&Key>) -> Vec<Unset> {
    if fields.is_empty() {
        return Vec::new();
    }
    let loggers = &ground.rules.log_calls.logger;
    let known = makers::known(ground);
    let generic = sources.generic.iter().map(|name| (name.to_string(), Does::Generic));
    let mut helpers: Makers = generic.collect();
    helpers.extend(makers::helpers(ground, sources, &known));
    let dirs: BTreeSet<&str> = fields.iter().filter_map(|key| key.dir()).collect();
    let exporting: BTreeSet<&str> =
        fields.iter().filter(|key| key.receiver.starts_with(char::is_uppercase)).filter_map(|key| key.dir()).collect();
    let knows = |dir: &str| dirs.iter().any(|of| sources.leading_to(of).contains(dir));
    // What goes by a name that many functions have is looked at where values of the types are likely.
    let is_near = |dir: &str| dirs.contains(dir) || exporting.iter().any(|of| sources.imports_it(dir, of));
    let names = known.keys().chain(helpers.keys()).map(String::as_str);
    let files: BTreeSet<usize> = sources.with(names).into_iter().map(|(number, _)| number).collect();
    let compared = sources.files.iter().enumerate().filter(|(_, path)| dirs.contains(dir_of(path)));
    let files: BTreeSet<usize> = files.into_iter().chain(compared.map(|(number, _)| number)).collect();
    let made = files.into_par_iter().filter(|number| knows(dir_of(&sources.files[*number]))).flat_map_iter(|number| {
        let path = &sources.files[number];
        let Some(text) = sources.texts.get(number, path, ground.world.index()) else { return Vec::new() };
        let types = ground.world.file_with(path, &text.bytes, text.outline().cloned());
        let mut makers = known.clone();
        if is_near(dir_of(path)) {
            helpers.iter().for_each(|(name, does)| _ = makers.entry(name.clone()).or_insert(*does));
        }
        let is_own = dirs.contains(dir_of(path));
        File { path, text: &text, types: &types, loggers, fields, is_own }.made(makers)
    });
    let mut found: Vec<Unset> = made.collect();
    let own = sources.files.par_iter().enumerate().filter(|(_, path)| dirs.contains(dir_of(path)));
    let alike = own.flat_map_iter(|(number, path)| {
        let text = sources.texts.get(number, path, ground.world.index());
        text.map(|text| alike((ground, sources), (path, &text), fields)).unwrap_or_default()
    });
    found.extend(alike.collect::<Vec<_>>());
    found.sort_by(|a, b| (&a.0, &a.2, a.3).cmp(&(&b.0, &b.2, b.3)));
    found
}

/// A file that may make some.
struct File<'f, 'w> {
    path: &'f RelPath,
    text: &'f Text,
    types: &'f FileTypes<'w, 'f>,
    loggers: &'f Loggers,
    fields: &'f BTreeSet<&'f Key>,
    /// Whether it stands beside one of the types.
    is_own: bool,
}

impl File<'_, '_> {
    fn made(&self, mut makers: Makers) -> Vec<Unset> {
        let bytes = &self.text.bytes;
        let reflects = has_name(bytes, b"reflect") && makers::reflects(bytes, &self.loggers.reflects);
        let lays_out = LAYERS.iter().any(|package| has_name(bytes, package.as_bytes()));
        let is_test = self.path.ends_with("_test.go");
        makers.retain(|name, does| match does {
            Does::Like => reflects || !TELLS.contains(&name.as_str()),
            Does::Layout => lays_out,
            Does::Compare => !is_test,
            Does::Fill | Does::Elements | Does::Generic => words(bytes, name.as_bytes()).next().is_some(),
        });
        let may_make = |decl: &&Decl| {
            let code = bytes.get(decl.span.0 as usize..decl.span.1 as usize).unwrap_or_default();
            let has_code = decl.index == 0 && !matches!(decl.kind, DeclKind::Type | DeclKind::Alias);
            has_code && (self.is_own || calls_any(code, |name| makers.contains_key(name)))
        };
        let outline = self.text.outline();
        let decls: Vec<&Decl> = outline.iter().flat_map(|outline| &outline.decls).filter(may_make).collect();
        let bodies = decls.iter().filter_map(|decl| self.types.body_at(decl.span.0 as usize).ok());
        bodies.flat_map(|own| self.made_in(&own, &makers)).collect()
    }

    fn made_in(&self, own: &BodyTypes<'_, '_>, makers: &Makers) -> Vec<Unset> {
        let body = own.body();
        let mut found = Vec::new();
        let mut add = |key: Option<Key>, cause: Cause, at: u32| {
            let line = || LineIndex::new(&self.text.bytes).line_col(at as usize).line;
            found.extend(key.map(|key| (key, cause, self.path.clone(), line())));
        };
        for (_, expr) in body.exprs() {
            match expr.kind {
                ExprKind::Call { function, args, .. } => {
                    let Some(does) = makers::called(own, function).and_then(|name| makers.get(&name).copied()) else {
                        continue;
                    };
                    for (at, arg) in body.list(args).iter().enumerate() {
                        let (key, cause) = self.of_argument(own, (function, at), *arg, does);
                        add(key, cause, expr.range.0);
                    }
                }
                ExprKind::Binary(Tok::Compare, left, right)
                    if self.is_own && own.text(body.expr(right).range) != "nil" =>
                {
                    add(self.key(&own.type_of(left)), Cause::Compared, expr.range.0);
                }
                _ => {}
            }
        }
        found
    }

    /// What a call does to the type of one of its arguments.
    fn of_argument(
        &self,
        own: &BodyTypes<'_, '_>,
        (function, at): (ExprId, usize),
        arg: ExprId,
        does: Does,
    ) -> (Option<Key>, Cause) {
        let ty = own.type_of(arg);
        let direct = || self.key(ty.stripped());
        match does {
            Does::Fill => (self.inside(&ty, false, 0), Cause::MadeUnset),
            Does::Like => (direct().or_else(|| self.inside(&ty, false, 0)), Cause::MadeUnset),
            Does::Elements => (self.value_in(&ty, 0).filter(|_| !matches!(ty, Type::Named(_))), Cause::MadeUnset),
            Does::Compare => (direct().or_else(|| self.value_in(&ty, 0)), Cause::Compared),
            Does::Layout => {
                let by = match own.body().expr(function).kind {
                    ExprKind::Selector { operand, .. } => own.text(own.body().expr(operand).range).to_owned(),
                    _ => String::new(),
                };
                let found = direct().or_else(|| self.value_in(ty.stripped(), 0));
                (found.filter(|_| LAYERS.contains(&by.as_str())), Cause::LaidOut)
            }
            Does::Generic => {
                let Type::Func(signature) = own.type_of(function) else { return (None, Cause::MadeUnset) };
                let last = signature.params.len().saturating_sub(1);
                let parameter = signature.params.get(at.min(last));
                let parameter = match parameter {
                    Some(Type::Slice(of)) if signature.variadic && at >= last => Some(&**of),
                    parameter => parameter,
                };
                (parameter.and_then(|parameter| self.bound(parameter, &ty, 0)), Cause::MadeUnset)
            }
        }
    }

    /// The type that a type parameter stands for, or holds by value, where this is passed for that.
    fn bound(&self, parameter: &Type, given: &Type, depth: usize) -> Option<Key> {
        match (parameter, given) {
            _ if depth > MAX_DEPTH => None,
            (Type::Param(_), given) => self.value_in(given, 0),
            (Type::Pointer(parameter), Type::Pointer(given))
            | (Type::Slice(parameter), Type::Slice(given))
            | (Type::Map(_, parameter), Type::Map(_, given)) => self.bound(parameter, given, depth + 1),
            _ => None,
        }
    }

    /// The type that a value is, or holds as it is.
    fn value_in(&self, ty: &Type, depth: usize) -> Option<Key> {
        match ty {
            _ if depth > MAX_DEPTH => None,
            Type::Slice(of) | Type::Array(_, of) | Type::Map(_, of) | Type::Chan(_, of) => self.value_in(of, depth + 1),
            Type::Struct(of) => of.fields.iter().find_map(|field| self.value_in(&field.ty, depth + 1)),
            Type::Named(_) => self.key(ty).or_else(|| self.value_in(&self.types.view().underlying(ty), depth + 1)),
            _ => None,
        }
    }

    fn key(&self, ty: &Type) -> Option<Key> {
        let key = Key::field(ty.named().filter(|named| named.local.is_none())?);
        self.fields.contains(&key).then_some(key)
    }

    /// The type of which values are made when one of this type is filled. What is there already keeps what it has.
    fn inside(&self, ty: &Type, is_made: bool, depth: usize) -> Option<Key> {
        if depth > MAX_DEPTH {
            return None;
        }
        let inner = |ty: &Type, is_made: bool| self.inside(ty, is_made, depth + 1);
        match ty {
            Type::Pointer(of) => inner(of, is_made || depth > 0),
            Type::Slice(of) | Type::Array(_, of) | Type::Map(_, of) => inner(of, true),
            Type::Struct(of) => {
                let exported = of.fields.iter().filter(|field| field.name.starts_with(char::is_uppercase));
                exported.map(|field| &field.ty).find_map(|ty| inner(ty, is_made))
            }
            Type::Named(_) => {
                self.key(ty).filter(|_| is_made).or_else(|| inner(&self.types.view().underlying(ty), is_made))
            }
            _ => None,
        }
    }
}

/// Structs of a file that are written as the types of its own package are: values of one become the other's.
fn alike(
    (ground, sources): (&Ground<'_>, &Sources),
    (path, text): (&RelPath, &Text),
    fields: &BTreeSet<&Key>,
) -> Vec<Unset> {
    let types = ground.world.file_with(path, &text.bytes, text.outline().cloned());
    let Ok(package) = types.package() else { return Vec::new() };
    let own = fields.iter().filter(|key| key.package == package.name);
    let code = |key: &&&Key| Some(package.text(package.lookup(&key.receiver)?, |decl| decl.code));
    let of_types: Vec<(&Key, Vec<&[u8]>)> =
        own.filter_map(|key| Some((*key, structs(code(&key)?.as_bytes()).next()?.1))).collect();
    if of_types.is_empty() {
        return Vec::new();
    }
    let outline = text.outline();
    let named = |at: usize| {
        let (outline, decl) = outline.and_then(|outline| Some((outline, outline.decl_at(at)?)))?;
        (decl.kind == DeclKind::Type).then(|| outline.text(decl.name))
    };
    let mut found = Vec::new();
    for (at, tokens) in structs(&text.bytes) {
        let same = || of_types.iter().filter(|(_, own)| *own == tokens);
        let counts = match named(at) {
            _ if same().next().is_none() => false,
            Some(name) => is_converted_to((ground, sources), dir_of(path), name),
            // A struct without fields is a signal, unless something is made one.
            None => tokens.len() > 2 || is_called(&text.bytes[at..]),
        };
        for (key, _) in same().filter(|(key, _)| counts && named(at) != Some(&*key.receiver)) {
            let line = LineIndex::new(&text.bytes).line_col(at).line;
            found.push(((*key).clone(), Cause::MadeOfAnother, path.clone(), line));
        }
    }
    found
}

/// Whether `struct{}` is what a text converts something to.
fn is_called(text: &[u8]) -> bool {
    text.iter().filter(|byte| !byte.is_ascii_whitespace()).nth("struct{}".len()) == Some(&b'(')
}

/// Whether a type's own package makes values of it of others, as far as its text tells.
fn is_converted_to((ground, sources): (&Ground<'_>, &Sources), dir: &str, name: &str) -> bool {
    let own = sources.with([name]).into_iter().filter(|(number, _)| dir_of(&sources.files[*number]) == dir);
    let mut texts = own.map(|(number, _)| sources.texts.get(number, &sources.files[number], ground.world.index()));
    let converts = |text: &[u8]| {
        words(text, name.as_bytes()).any(|at| {
            let behind = text[at + name.len()..].trim_ascii_start();
            behind.starts_with(b"(") || behind.starts_with(b")(")
        })
    };
    texts.any(|text| text.is_none_or(|text| converts(&text.bytes)))
}

/// The structs that are written in a text: where each starts, and the words between its braces, those included.
fn structs(text: &[u8]) -> impl Iterator<Item = (usize, Vec<&[u8]>)> {
    words(text, b"struct").filter_map(|at| {
        let mut lexer = Lexer::new(text, at);
        let mut tokens = std::iter::from_fn(|| Some(lexer.token()).filter(|token| token.tok != Tok::Eof)).skip(1);
        let (mut depth, mut found) = (0, Vec::new());
        loop {
            let token = tokens.next()?;
            let word = text.get(token.start as usize..token.end as usize)?;
            depth += match word {
                b"{" => 1,
                b"}" => -1,
                _ => 0,
            };
            // Lines end where semicolons may stand.
            found.extend(Some(word).filter(|word| !word.trim_ascii().is_empty() && *word != b";"));
            match depth {
                0 if found.len() > 1 => return Some((at, found)),
                0 => return None,
                _ => {}
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structs_are_read_as_what_they_hold() {
        let of = |text: &str| structs(text.as_bytes()).map(|(at, words)| (at, words.len())).collect::<Vec<_>>();
        assert_eq!(of("struct{}"), [(0, 2)]);
        let (a, b) = ("type T struct {\n\ta int // why\n\tb []string\n}\n", "x = struct{ a int; b []string }(*t)");
        let words = |text: &'static str| structs(text.as_bytes()).next().unwrap().1;
        assert_eq!(words(a), words(b));
        assert_ne!(words(a), words("struct { b []string; a int }"));
        // What is no struct, or has no end.
        assert_eq!(of("a.struct\nstruct {"), []);
    }
}
