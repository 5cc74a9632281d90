//! The declarations of a file by who answers for them: nobody, where they do not mean what is asked about; the reader of bodies; the
//! grammar's tree.

use std::collections::BTreeSet;

use super::body;
use super::facts::{Call, NAMES};
use super::key::Key;
use super::light::{self, Light};
use crate::go::parse::{self, ParsedFile, SourceFile};
use crate::go::syntax::outline::{Decl, DeclKind, Outline};
use crate::go::syntax::word::has_name;
use crate::go::types::{Mention, Referent, Type};
use crate::text::Span;
use crate::write::thread::concerned::whole;

/// What a file is asked, and what it is.
pub struct Sorter<'r> {
    /// The question.
    pub asked: Light<'r>,
    /// Its declarations.
    pub outline: &'r Outline,
    /// Whether a program wrote it.
    pub is_generated: bool,
}

/// What is known without a tree, and what takes one.
#[derive(Default)]
pub struct Sorted {
    /// Calls of functions that are asked about.
    pub calls: Vec<(Key, Call)>,
    /// Methods that stay alike.
    pub links: Vec<(Key, Key)>,
    /// Functions of which the head is enough, with their offsets and the end of the head.
    heads: Vec<(Key, Span, usize)>,
    /// Where declarations start that take a tree.
    whole: BTreeSet<u32>,
}

/// A function's declaration without its body.
pub struct Head {
    /// The function.
    pub key: Key,
    /// Its declaration.
    pub whole: Span,
    /// The tree of its head.
    pub file: ParsedFile,
}

impl Sorted {
    /// Whether nothing takes a tree.
    pub fn is_done(&self) -> bool {
        self.heads.is_empty() && self.whole.is_empty()
    }

    /// The tree of what takes one; `None` where it leaves something out.
    pub fn parse(&self, source: &SourceFile, outline: Option<&std::sync::Arc<Outline>>) -> Option<ParsedFile> {
        let mut wants = |decls: &[Decl]| decls.first().is_some_and(|first| self.whole.contains(&first.whole.0));
        let file = match outline {
            Some(outline) => parse::parse_wanted(source.clone(), outline, &mut wants),
            None => parse::parse(source.clone()),
        };
        file.ok().filter(|file| file.unread.is_empty())
    }

    /// The heads of functions.
    pub fn heads(&self, source: &SourceFile) -> Option<Vec<Head>> {
        let head = |(key, whole, end): &(Key, Span, usize)| {
            let file = parse::parse_head(source, whole.start, *end)?;
            Some(Head { key: key.clone(), whole: *whole, file })
        };
        self.heads.iter().map(head).collect()
    }
}

impl Sorter<'_> {
    /// Looks at all declarations that hold the name of what is asked about.
    pub fn sort(&self) -> Sorted {
        let mut sorted = Sorted::default();
        for decls in self.outline.declarations() {
            let (start, end) = whole(decls);
            let is_named = self.asked.links.asked.is_in(&self.asked.source.bytes, (start, end));
            let Some(first) = decls.first().filter(|_| is_named) else { continue };
            let text = self.asked.source.bytes.get(start..end).unwrap_or_default();
            let takes_tree = match first.kind {
                DeclKind::Func | DeclKind::Method => {
                    !self.is_light(first, text, &mut sorted) && self.concerns(first, text)
                }
                // Of a type, only what asks for methods.
                DeclKind::Type | DeclKind::Alias => memchr::memmem::find(text, b"interface").is_some(),
                DeclKind::Var | DeclKind::Const => true,
            };
            if takes_tree {
                sorted.whole.insert(first.whole.0);
            }
        }
        sorted
    }

    fn is_asked(&self, name: &str) -> bool {
        !self.asked.links.asked.named(name).is_empty()
    }

    /// Answers for a function without a tree, where that can be done.
    fn is_light(&self, decl: &Decl, text: &[u8], sorted: &mut Sorted) -> bool {
        if self.is_generated || has_interface(text) {
            return false;
        }
        let Ok(package) = self.asked.links.types.package() else { return false };
        let [receiver, name] = [decl.receiver, decl.name].map(|slice| Box::from(self.outline.text(slice)));
        let key = Key { package: package.name.clone(), receiver, name, is_asked: false };
        let is_declared = self.asked.links.asked.has(&key);
        let is_mentioned = || NAMES.iter().any(|name| has_name(text, name.as_bytes()));
        if is_declared && (decl.body.0 == decl.body.1 || body::may_wait(text) || is_mentioned()) {
            return false;
        }
        let Some((calls, links)) = light::calls(&self.asked, decl, &key) else { return false };
        sorted.calls.extend(calls);
        sorted.links.extend(links);
        sorted.links.extend(self.asked.links.implements(&key));
        if is_declared {
            let whole = Span::new(decl.span.0 as usize, decl.span.1 as usize);
            sorted.heads.push((key, whole, decl.body.0 as usize));
        }
        true
    }

    /// Whether a function declares one that is asked about, or may mention it. Most that have its name mean something else.
    fn concerns(&self, decl: &Decl, text: &[u8]) -> bool {
        let (asked, types) = (self.asked.links.asked, self.asked.links.types);
        if self.is_asked(self.outline.text(decl.name)) || has_interface(text) || types.package().is_err() {
            return true;
        }
        let mentions = types.mentions(decl.span.0 as usize, &|name| self.is_asked(name));
        let Ok(mentions) = mentions else { return true };
        mentions.into_iter().any(|Mention { name, referent, operand, .. }| match referent {
            Referent::Function { package, name } => {
                asked.has(&Key { package, receiver: Box::default(), name: Box::from(&*name), is_asked: false })
            }
            Referent::Method { receiver, name, .. } => asked.has(&Key::method(&receiver, &name, false)),
            Referent::InterfaceMethod { .. } => asked.named(&name).iter().any(|key| key.is_asked),
            Referent::None => operand.is_some_and(|ty| matches!(ty, Type::Unknown(_))),
            _ => false,
        })
    }
}

/// Whether an interface without a name may ask for methods.
fn has_interface(text: &[u8]) -> bool {
    memchr::memmem::find_iter(text, b"interface").any(|at| {
        let body = text[at + "interface".len()..].trim_ascii_start();
        body.strip_prefix(b"{").is_some_and(|inner| !inner.trim_ascii_start().starts_with(b"}"))
    })
}
