//! Values of a type that are made where nothing names it: by what decodes into a list of them, by package reflect, and of types that have
//! the same fields. A field would hold no logger there.

use std::collections::BTreeSet;

use rayon::prelude::*;

use crate::go::syntax::body::{ExprId, ExprKind};
use crate::go::syntax::lex::{Lexer, Tok};
use crate::go::syntax::outline::{Decl, DeclKind};
use crate::go::syntax::word::{has_name, words};
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

const REFLECT: &str = "reflect";
/// The function of package reflect that tells a value's type.
const TYPE_OF: &str = "TypeOf";

/// A type, and where a value of it is made without its field.
pub type Unset = (Key, Cause, RelPath, u32);

/// Looks for such values of types by their new fields, in files that may have some.
pub fn unset(ground: &Ground<'_>, sources: &Sources, fields: &BTreeSet<&Key>) -> Vec<Unset> {
    let loggers = &ground.rules.log_calls.logger;
    let makers: Vec<&str> = loggers.fills.iter().map(String::as_str).chain([TYPE_OF]).collect();
    let dirs: BTreeSet<&str> = fields.iter().filter_map(|key| key.dir()).collect();
    let knows = |dir: &str| dirs.iter().any(|of| sources.leading_to(of).contains(dir));
    let files: Vec<usize> = sources.with(makers.iter().copied()).into_iter().map(|(number, _)| number).collect();
    let made = files.into_par_iter().filter(|number| knows(dir_of(&sources.files[*number]))).flat_map_iter(|number| {
        let path = &sources.files[number];
        let Some(text) = sources.texts.get(number, path, ground.world.index()) else { return Vec::new() };
        let types = ground.world.file_with(path, &text.bytes, text.outline().cloned());
        File { path, text: &text, types: &types, loggers, fields }.made(&makers)
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
}

impl File<'_, '_> {
    fn made(&self, makers: &[&str]) -> Vec<Unset> {
        let bytes = &self.text.bytes;
        let reflects = has_name(bytes, REFLECT.as_bytes())
            && self
                .loggers
                .reflects
                .iter()
                .any(|name| words(bytes, name.as_bytes()).any(|at| bytes[..at].ends_with(b"reflect.")));
        let makers: Vec<&str> = makers.iter().copied().filter(|name| reflects || *name != TYPE_OF).collect();
        let may_make = |decl: &&Decl| {
            let code = bytes.get(decl.span.0 as usize..decl.span.1 as usize).unwrap_or_default();
            let has_code = decl.index == 0 && !matches!(decl.kind, DeclKind::Type | DeclKind::Alias);
            has_code && makers.iter().any(|name| words(code, name.as_bytes()).next().is_some())
        };
        let outline = self.text.outline();
        let decls: Vec<&Decl> = outline.iter().flat_map(|outline| &outline.decls).filter(may_make).collect();
        let bodies = decls.iter().filter_map(|decl| self.types.body_at(decl.span.0 as usize).ok());
        bodies.flat_map(|own| self.made_in(&own, &makers)).collect()
    }

    fn made_in(&self, own: &BodyTypes<'_, '_>, makers: &[&str]) -> Vec<Unset> {
        let body = own.body();
        let mut found = Vec::new();
        for (_, expr) in body.exprs() {
            let ExprKind::Call { function, args, .. } = expr.kind else { continue };
            let Some(name) = name_of(own, function).filter(|name| makers.contains(&&**name)) else { continue };
            for arg in body.list(args) {
                let ty = own.type_of(*arg);
                let key = match &*name {
                    TYPE_OF => self.key(ty.stripped()).or_else(|| self.inside(&ty, false, 0)),
                    _ => self.inside(&ty, false, 0),
                };
                let line = || LineIndex::new(&self.text.bytes).line_col(expr.range.0 as usize).line;
                found.extend(key.map(|key| (key, Cause::MadeUnset, self.path.clone(), line())));
            }
        }
        found
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

/// The name that a call calls.
fn name_of(own: &BodyTypes<'_, '_>, function: ExprId) -> Option<String> {
    let expr = own.body().expr(function);
    match expr.kind {
        ExprKind::Ident => Some(own.text(expr.range).to_owned()),
        ExprKind::Selector { name, .. } => Some(own.text((name, expr.range.1)).to_owned()),
        _ => None,
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
