//! The declarations of a file by who answers for them: nobody, where they do not mean what is asked about; the reader of bodies; the
//! grammar's tree.

use std::collections::BTreeSet;

use super::body;
use super::facts::{Call, NAMES};
use super::key::Key;
use super::light::{self, Light};
use crate::go::parse::{self, ParsedFile, SourceFile};
use crate::go::syntax::lex::{Lexer, Tok};
use crate::go::syntax::outline::{Decl, DeclKind, Outline};
use crate::go::syntax::word::{has_name, is_word};
use crate::go::types::{Mention, Referent};
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
    /// Whether only trees are asked.
    pub by_trees: bool,
}

/// What is known without a tree, and what takes one.
#[derive(Default)]
pub struct Sorted {
    /// Calls of functions that are asked about.
    pub calls: Vec<(Key, Call)>,
    /// Methods that stay alike.
    pub links: Vec<(Key, Key)>,
    /// Functions of which the head is enough.
    heads: Vec<Declaration>,
    /// Where declarations start that take a tree.
    whole: BTreeSet<u32>,
}

/// A function's declaration, and what is known of its body.
#[derive(Clone)]
pub struct Declaration {
    /// The function.
    pub key: Key,
    /// Its declaration.
    pub whole: Span,
    /// The end of its head.
    end: usize,
    /// Whether it holds statements that wait.
    pub waits: bool,
    /// Which of the names of new parameters it has already.
    pub taken: [bool; 2],
}

/// A function's declaration without its body.
pub struct Head {
    /// The function.
    pub declaration: Declaration,
    /// The tree of its head.
    pub file: ParsedFile,
}

impl Sorted {
    /// Whether nothing takes a tree.
    pub fn is_done(&self) -> bool {
        self.heads.is_empty() && self.whole.is_empty()
    }

    /// Whether no declaration takes a whole tree.
    pub fn has_heads_alone(&self) -> bool {
        self.whole.is_empty()
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
        let head = |declaration: &Declaration| {
            let file = parse::parse_head(source, declaration.whole.start, declaration.end)?;
            Some(Head { declaration: declaration.clone(), file })
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
                _ if self.by_trees => true,
                DeclKind::Func | DeclKind::Method => {
                    !self.is_light(first, text, &mut sorted) && self.concerns(first, text)
                }
                DeclKind::Type | DeclKind::Alias => {
                    self.asks(text, (start, end)) && !self.is_light_interface(decls, &mut sorted)
                }
                DeclKind::Var if self.are_light(decls, text, &mut sorted) => false,
                DeclKind::Var | DeclKind::Const => has_interface(text) || self.concern(decls),
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
        if has_interface(text) {
            return false;
        }
        let Ok(package) = self.asked.links.types.package() else { return false };
        let [receiver, name] = [decl.receiver, decl.name].map(|slice| Box::from(self.outline.text(slice)));
        let key = Key { package: package.name.clone(), receiver, name, is_asked: false };
        let is_declared = self.asked.links.asked.has(&key);
        if self.is_generated && is_declared {
            return false;
        }
        let declaration = is_declared.then(|| self.declaration(decl, &key, text));
        if matches!(declaration, Some(None)) {
            return false;
        }
        let Some((calls, links)) = light::calls(&self.asked, decl, Some(&key)) else { return false };
        // Why it cannot change stands on its line.
        if self.is_generated && !calls.is_empty() {
            return false;
        }
        sorted.calls.extend(calls);
        sorted.links.extend(links);
        sorted.links.extend(self.asked.links.implements(&key));
        sorted.heads.extend(declaration.flatten());
        true
    }

    /// Answers for variables of a package without a tree, where that can be done.
    fn are_light(&self, decls: &[Decl], text: &[u8], sorted: &mut Sorted) -> bool {
        if has_interface(text) || self.asked.links.types.package().is_err() {
            return false;
        }
        let first = decls.iter().filter(|decl| decl.index == 0);
        let Some(all) = first.map(|decl| light::calls(&self.asked, decl, None)).collect::<Option<Vec<_>>>() else {
            return false;
        };
        if self.is_generated && all.iter().any(|(calls, _)| !calls.is_empty()) {
            return false;
        }
        for (calls, links) in all {
            sorted.calls.extend(calls);
            sorted.links.extend(links);
        }
        true
    }

    /// Answers for an interface without a tree, where nobody asks about its own methods: which others have to stay like them.
    fn is_light_interface(&self, decls: &[Decl], sorted: &mut Sorted) -> bool {
        let ([decl], Ok(package)) = (decls, self.asked.links.types.package()) else { return false };
        let Some(methods) = self.methods(decl) else { return false };
        let (links, receiver) = (&self.asked.links, self.outline.text(decl.name));
        let mut found = Vec::new();
        for name in methods {
            let (package, receiver) = (package.name.clone(), Box::from(receiver));
            let own = Key { package, receiver, name: Box::from(name), is_asked: true };
            if links.asked.has(&own) {
                return false;
            }
            let alike = links.asked.named(name).iter().filter(|key| !key.receiver.is_empty());
            found.extend(alike.filter(|key| links.is_bound(key, &own)).map(|key| (key.clone(), own.clone())));
        }
        sorted.links.extend(found);
        true
    }

    /// The names of methods that an interface asks for itself; `None` if it is no interface, has parameters, or holds another one.
    fn methods(&self, decl: &Decl) -> Option<Vec<&str>> {
        let mut lexer = Lexer::new(&self.asked.source.bytes, decl.at as usize);
        let mut take = |tok: Tok| (lexer.token().tok == tok).then_some(());
        take(Tok::Ident)?;
        take(Tok::Interface)?;
        take(Tok::LBrace)?;
        let (mut found, mut depth, mut last) = (Vec::new(), 1, Tok::LBrace);
        while depth > 0 {
            let token = lexer.token();
            match token.tok {
                Tok::LBrace | Tok::LParen | Tok::LBrack => depth += 1,
                Tok::RBrace | Tok::RParen | Tok::RBrack => depth -= 1,
                Tok::Interface | Tok::Eof | Tok::Bad => return None,
                Tok::Ident if depth == 1 && matches!(last, Tok::LBrace | Tok::Semi) => {
                    let name = lexer.text(token);
                    let mut ahead = lexer;
                    found.extend((ahead.token().tok == Tok::LParen && self.is_asked(name)).then_some(name));
                }
                _ => {}
            }
            last = token.tok;
        }
        Some(found)
    }

    /// A function of which the head is enough; `None` where the reader of bodies cannot tell what is asked of the rest.
    fn declaration(&self, decl: &Decl, key: &Key, text: &[u8]) -> Option<Declaration> {
        let [(start, end), (from, until)] = [decl.span, decl.body].map(|(start, end)| (start as usize, end as usize));
        let mut taken = [false; 2];
        let (mut waits, is_known) = (false, from < until);
        let is_named: Vec<usize> = (0..NAMES.len()).filter(|at| has_name(text, NAMES[*at].as_bytes())).collect();
        if is_known && (body::may_wait(text) || !is_named.is_empty()) {
            let types = self.asked.links.types.body_at(start).ok()?;
            waits = light::waits(&types);
            for at in is_named {
                taken[at] = light::names(&types, NAMES[at]).then_some(true)?;
            }
        }
        is_known.then(|| Declaration { key: key.clone(), whole: Span::new(start, end), end: from, waits, taken })
    }

    /// Whether a function declares one that is asked about, or may mention it. Most that have its name mean something else.
    fn concerns(&self, decl: &Decl, text: &[u8]) -> bool {
        let types = self.asked.links.types;
        if self.is_asked(self.outline.text(decl.name)) || has_interface(text) || types.package().is_err() {
            return true;
        }
        self.mentions(decl)
    }

    /// Whether what the names of a package start with may mention a function that is asked about.
    fn concern(&self, decls: &[Decl]) -> bool {
        self.asked.links.types.package().is_err()
            || decls.iter().filter(|decl| decl.index == 0).any(|decl| self.mentions(decl))
    }

    /// Whether a body may mention a function that is asked about.
    fn mentions(&self, decl: &Decl) -> bool {
        let (asked, types) = (self.asked.links.asked, self.asked.links.types);
        let mentions = types.mentions(decl.span.0 as usize, &|name| self.is_asked(name));
        let Ok(mentions) = mentions else { return true };
        mentions.into_iter().any(|Mention { name, referent, operand, .. }| match referent {
            Referent::Function { package, name } => {
                asked.has(&Key { package, receiver: Box::default(), name: Box::from(&*name), is_asked: false })
            }
            Referent::Method { receiver, name, .. } => asked.has(&Key::method(&receiver, &name, false)),
            Referent::InterfaceMethod { .. } => asked.named(&name).iter().any(|key| key.is_asked),
            Referent::None => operand.is_some_and(|ty| light::is_unknown(&ty)),
            _ => false,
        })
    }

    /// Whether a type may ask for a method that is asked about: its name stands as an interface's does.
    fn asks(&self, text: &[u8], place: (usize, usize)) -> bool {
        memchr::memmem::find(text, b"interface").is_some()
            && self.asked.links.asked.places(&self.asked.source.bytes, place).any(|at| {
                let (before, after) = (text[..at - place.0].trim_ascii_end(), &text[at - place.0..]);
                let is_first = before.len() < at - place.0 && text[before.len()..at - place.0].contains(&b'\n');
                let rest = &after[after.iter().position(|b| !is_word(*b)).unwrap_or(after.len())..];
                rest.trim_ascii_start().starts_with(b"(")
                    && (is_first || matches!(before.last(), Some(b'{' | b';' | b'/')))
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
