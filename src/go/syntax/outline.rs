//! The declarations of a file without its bodies: what the rest of a program can see of it.
//!
//! A file whose brackets, strings or declarations do not fit together has no outline at all; nothing is guessed.

use std::cell::Cell;

use super::decl::empty;
pub use super::decl::{Decl, DeclKind, Slice};
use super::directive::{Directive, directives};
use super::head::unquoted;
use super::lex::{Class, Lexer, Tok, Token, class};
use super::receiver::{asks_for_nil, returned};

/// One import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutlineImport {
    /// The name given to it, `.` and `_` included.
    pub alias: Option<Box<str>>,
    /// The path, unquoted.
    pub path: Box<str>,
}

/// A file's package clause, imports and declarations.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// Name in the package clause.
    pub package: Box<str>,
    /// Imports, in their order.
    pub imports: Vec<OutlineImport>,
    /// Declared names, in their order.
    pub decls: Vec<Decl>,
    /// Comments to tools.
    pub directives: Box<[Directive]>,
    text: Box<str>,
}

impl Outline {
    /// Go code of a slice, without comments.
    pub fn text(&self, slice: Slice) -> &str {
        self.text.get(slice.start as usize..slice.end as usize).unwrap_or_default()
    }

    /// The file's declarations in their order, each with the names that it declares.
    pub fn declarations(&self) -> impl Iterator<Item = &[Decl]> {
        self.decls.chunk_by(|a, b| a.whole == b.whole)
    }

    /// The declaration around a byte of the file.
    pub fn decl_at(&self, offset: usize) -> Option<&Decl> {
        let after = self.decls.partition_point(|d| d.span.0 as usize <= offset);
        let last = self.decls.get(after.checked_sub(1)?)?;
        (offset < last.span.1 as usize).then_some(last)
    }
}

/// The byte at which a file stopped making sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutlineError(pub usize);

/// Reads the outline of a file.
pub fn outline(source: &[u8]) -> Result<Outline, OutlineError> {
    let mut lexer = Lexer::new(source, 0);
    let token = lexer.token();
    let (text, decls) = SCRATCH.take();
    let outline = Outline { decls, ..Outline::default() };
    let mut scanner = Scanner { lexer, token, source, text, last: Class::Mark, outline };
    let read = scanner.file();
    let Scanner { mut text, outline: Outline { package, imports, decls: mut scratch, .. }, .. } = scanner;
    let kept = read.and_then(|()| str::from_utf8(&text).map_err(|error| OutlineError(error.valid_up_to())));
    let outline = kept.map(|text| {
        let (decls, directives) = (scratch.as_slice().into(), directives(source));
        Outline { package, imports, decls, directives, text: text.into() }
    });
    text.clear();
    scratch.clear();
    SCRATCH.set((text, scratch));
    outline
}

thread_local! {
    /// What grows while a file is read serves the next.
    static SCRATCH: Cell<(Vec<u8>, Vec<Decl>)> = const { Cell::new((Vec::new(), Vec::new())) };
}

struct Scanner<'s> {
    lexer: Lexer<'s>,
    token: Token,
    source: &'s [u8],
    text: Vec<u8>,
    last: Class,
    outline: Outline,
}

type Scanned<T = ()> = Result<T, OutlineError>;

impl Scanner<'_> {
    fn advance(&mut self) {
        self.token = self.lexer.token();
    }

    fn fail<T>(&self) -> Scanned<T> {
        Err(OutlineError(self.token.start as usize))
    }

    fn expect(&mut self, tok: Tok) -> Scanned {
        if self.token.tok != tok {
            return self.fail();
        }
        self.advance();
        Ok(())
    }

    /// The end of a declaration: a semicolon, or the end of the group or file.
    fn end(&mut self) -> Scanned {
        match self.token.tok {
            Tok::Semi => self.advance(),
            Tok::RParen | Tok::Eof => {}
            _ => return self.fail(),
        }
        Ok(())
    }

    fn here(&self) -> u32 {
        self.text.len() as u32
    }

    fn since(&self, start: u32) -> Slice {
        Slice { start, end: self.here() }
    }

    /// Starts a slice: its first token needs no blank before it.
    fn open(&mut self) -> u32 {
        self.last = Class::Mark;
        self.here()
    }

    /// Copies the current token and goes on.
    fn keep(&mut self) {
        let Token { tok, start, end } = self.token;
        let class = class(tok);
        if class == self.last && class != Class::Mark {
            self.text.push(b' ');
        }
        match tok {
            Tok::Semi => self.text.push(b';'),
            _ => self.text.extend_from_slice(self.source.get(start as usize..end as usize).unwrap_or_default()),
        }
        self.last = class;
        self.advance();
    }

    /// An identifier, as a slice of its own.
    fn name(&mut self) -> Scanned<(Slice, u32)> {
        if self.token.tok != Tok::Ident {
            return self.fail();
        }
        let (start, at) = (self.open(), self.token.start);
        self.keep();
        Ok((self.since(start), at))
    }

    fn file(&mut self) -> Scanned {
        self.expect(Tok::Package)?;
        self.outline.package = self.lexer.text(self.token).into();
        self.expect(Tok::Ident)?;
        self.end()?;
        loop {
            match self.token.tok {
                Tok::Import => self.group(|s, _| s.import())?,
                Tok::Const => self.constants()?,
                Tok::Var => self.group(|s, _| s.values(DeclKind::Var, 0, &mut Repeat::default()))?,
                Tok::Type => self.group(|s, _| s.type_spec())?,
                Tok::Func => self.func()?,
                Tok::Semi => self.advance(),
                Tok::Eof => return Ok(()),
                _ => return self.fail(),
            }
        }
    }

    /// `keyword spec` or `keyword ( spec; … )`.
    fn group(&mut self, mut spec: impl FnMut(&mut Self, u32) -> Scanned) -> Scanned {
        let (start, first) = (self.token.start, self.outline.decls.len());
        self.advance();
        if self.token.tok == Tok::LParen {
            self.specs(&mut spec)?;
        } else {
            spec(self, 0)?;
        }
        let whole = (start, self.token.start);
        self.outline.decls[first..].iter_mut().for_each(|decl| decl.whole = whole);
        self.end()
    }

    /// `( spec; … )`.
    fn specs(&mut self, spec: &mut dyn FnMut(&mut Self, u32) -> Scanned) -> Scanned {
        self.advance();
        let mut index = 0;
        while self.token.tok != Tok::RParen {
            if self.token.tok == Tok::Semi {
                self.advance();
                continue;
            }
            spec(self, index)?;
            self.end()?;
            index += 1;
        }
        self.advance();
        Ok(())
    }

    fn import(&mut self) -> Scanned {
        let alias = match self.token.tok {
            Tok::Ident | Tok::Dot => {
                let alias = self.lexer.text(self.token).into();
                self.advance();
                Some(alias)
            }
            _ => None,
        };
        let path = self.lexer.text(self.token);
        let inner = path.strip_prefix('"').and_then(|path| path.strip_suffix('"'));
        let plain = inner.and_then(|inner| unquoted(inner.as_bytes()));
        let path = plain.map_or_else(|| path.trim_matches(['"', '`']).into(), |path| path.into());
        self.expect(Tok::Str)?;
        self.outline.imports.push(OutlineImport { alias, path });
        Ok(())
    }

    fn constants(&mut self) -> Scanned {
        let mut repeat = Repeat::default();
        self.group(|s, iota| s.values(DeclKind::Const, iota, &mut repeat))
    }

    fn values(&mut self, kind: DeclKind, iota: u32, repeat: &mut Repeat) -> Scanned {
        let start = self.token.start;
        let mut names = vec![self.name()?];
        while self.token.tok == Tok::Comma {
            self.advance();
            names.push(self.name()?);
        }
        let code = self.copy(true, |tok| matches!(tok, Tok::Assign | Tok::Semi | Tok::RParen | Tok::Eof))?;
        let mut found = Repeat { code, values: Slice::default() };
        if self.token.tok == Tok::Assign {
            self.advance();
            found.values = self.copy(true, |tok| matches!(tok, Tok::Semi | Tok::RParen | Tok::Eof))?;
        }
        if kind == DeclKind::Var || !found.values.is_empty() {
            *repeat = found;
        }
        let Repeat { code, values } = *repeat;
        let (span, of) = ((start, self.token.start), names.len() as u16);
        for (index, (name, at)) in names.into_iter().enumerate() {
            let decl = Decl { name, code, values, index: index as u16, of, iota, at, span, ..empty(kind) };
            self.outline.decls.push(decl);
        }
        Ok(())
    }

    fn type_spec(&mut self) -> Scanned {
        let start = self.token.start;
        let (name, at) = self.name()?;
        let params = if self.has_type_params() { self.brackets()? } else { Slice::default() };
        let mut kind = DeclKind::Type;
        if self.token.tok == Tok::Assign {
            kind = DeclKind::Alias;
            self.advance();
        }
        let code = self.copy(false, |tok| matches!(tok, Tok::Semi | Tok::RParen | Tok::Eof))?;
        if code.is_empty() {
            return self.fail();
        }
        let span = (start, self.token.start);
        self.outline.decls.push(Decl { name, params, code, at, span, ..empty(kind) });
        Ok(())
    }

    /// Whether the bracket behind a type's name opens type parameters, not an array's length.
    fn has_type_params(&self) -> bool {
        use Tok::*;
        let mut ahead = self.lexer;
        if self.token.tok != LBrack || ahead.token().tok != Ident {
            return false;
        }
        match ahead.token().tok {
            Ident | LBrack | Interface | Tilde | Func | Map | Chan | Comma | Arrow => true,
            // `[N * M]T` is an array; `[P *T, Q any]` and `[P *T | ~string]` are not.
            Star => {
                let mut depth = 1;
                while depth > 0 {
                    match ahead.token().tok {
                        LBrack => depth += 1,
                        RBrack => depth -= 1,
                        Comma | Tilde | Interface if depth == 1 => return true,
                        Eof | Bad => return false,
                        _ => {}
                    }
                }
                false
            }
            _ => false,
        }
    }

    /// Copies from an opening bracket to its closing one.
    fn brackets(&mut self) -> Scanned<Slice> {
        let start = self.open();
        self.keep();
        self.copied(false, |tok| tok == Tok::RBrack)?;
        self.keep();
        Ok(self.since(start))
    }

    fn func(&mut self) -> Scanned {
        let start = self.token.start;
        self.advance();
        let mut decl = empty(DeclKind::Func);
        if self.token.tok == Tok::LParen {
            decl.kind = DeclKind::Method;
            self.receiver(&mut decl)?;
        }
        (decl.name, decl.at) = self.name()?;
        if self.token.tok == Tok::LBrack {
            decl.params = self.brackets()?;
        }
        if self.token.tok != Tok::LParen {
            return self.fail();
        }
        decl.code = self.copy(false, |tok| matches!(tok, Tok::LBrace | Tok::Semi | Tok::Eof))?;
        decl.span = (start, self.token.start);
        if self.token.tok == Tok::LBrace {
            let open = self.token.start;
            let Some(close) = self.lexer.skip_braces() else { return self.fail() };
            decl.body = (open, close + 1);
            decl.span.1 = close + 1;
            decl.bears_nil = decl.pointer && asks_for_nil(self.lexer.source(), (start, decl.at), decl.body);
            decl.values = self.returned(&decl);
            self.advance();
        }
        decl.whole = (start, self.token.start);
        self.outline.decls.push(decl);
        self.end()
    }

    fn returned(&mut self, decl: &Decl) -> Slice {
        let start = self.text.len() as u32;
        if decl.kind == DeclKind::Func
            && self.text.get(decl.code.start as usize..).unwrap_or_default().ends_with(b")string")
        {
            self.text.extend(returned(self.source, decl.body).unwrap_or_default());
        }
        Slice { start, end: self.text.len() as u32 }
    }

    /// `(name *Type[P, Q])`, with any of its parts left out but the type.
    fn receiver(&mut self, decl: &mut Decl) -> Scanned {
        self.advance();
        let mut depth = 0;
        loop {
            match self.token.tok {
                Tok::LParen => depth += 1,
                Tok::RParen if depth == 0 => break self.advance(),
                Tok::RParen => depth -= 1,
                Tok::Star => decl.pointer = true,
                Tok::Ident => {
                    // The last identifier is the type's.
                    decl.receiver = self.name()?.0;
                    continue;
                }
                Tok::LBrack if !decl.receiver.is_empty() => {
                    decl.params = self.brackets()?;
                    continue;
                }
                Tok::Comma => {}
                _ => return self.fail(),
            }
            self.advance();
        }
        if decl.receiver.is_empty() { self.fail() } else { Ok(()) }
    }

    fn copy(&mut self, values: bool, stop: fn(Tok) -> bool) -> Scanned<Slice> {
        let start = self.open();
        self.copied(values, stop)?;
        Ok(self.since(start))
    }

    /// Copies up to a token outside of all brackets that is a stop. In values, literals and function bodies are
    /// emptied: `T{}` has the type of `T{a: b}`. In types, tags are left out.
    fn copied(&mut self, values: bool, stop: fn(Tok) -> bool) -> Scanned {
        let mut depth = 0;
        let mut braced_type = false;
        loop {
            let tok = self.token.tok;
            // The brace of `struct {` opens a type even where a brace would stop.
            if depth == 0 && stop(tok) && !(braced_type && tok == Tok::LBrace) {
                return Ok(());
            }
            match tok {
                Tok::Eof | Tok::Bad => return self.fail(),
                Tok::LParen | Tok::LBrack => depth += 1,
                Tok::RParen | Tok::RBrack | Tok::RBrace if depth == 0 => return self.fail(),
                Tok::RParen | Tok::RBrack | Tok::RBrace => depth -= 1,
                Tok::LBrace if braced_type => depth += 1,
                // In a type, only an array's length can hold a literal.
                Tok::LBrace if values || depth > 0 => {
                    if self.lexer.skip_braces().is_none() {
                        return self.fail();
                    }
                    self.text.extend_from_slice(b"{}");
                    self.last = Class::Mark;
                    self.advance();
                    continue;
                }
                Tok::LBrace => return self.fail(),
                Tok::Str if !values => {
                    self.advance();
                    continue;
                }
                _ => {}
            }
            braced_type = matches!(tok, Tok::Struct | Tok::Interface);
            self.keep();
        }
    }
}

/// What a constant without a value repeats.
#[derive(Clone, Copy, Default)]
struct Repeat {
    code: Slice,
    values: Slice,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn show(source: &str) -> Vec<String> {
        let outline = outline(source.as_bytes()).unwrap();
        let show = |d: &Decl| {
            let [name, params, code, values, receiver] =
                [d.name, d.params, d.code, d.values, d.receiver].map(|s| outline.text(s));
            let star = if d.pointer { "*" } else { "" };
            format!("{:?} {star}{receiver}.{name}|{params}|{code}|{values}|{}", d.kind, d.iota)
        };
        outline.decls.iter().map(show).collect()
    }

    #[test]
    fn every_form_of_declaration_is_found() {
        let source = "package p // x
import . \"a\"
import (
\tb \"c/d\"; `e`
)
type (
\tA struct { X, Y int `json:\"x\"`; *B // why
\t\tC }
\tD = interface { M(a struct{}) error }
\tE[T any, U ~[]T] map[string]T
\tF [N - len(T{1}.x)]int
\tG []int)
const ( a, b T = iota, \"x\"
\tc, d
\t_ = 1 << - -2 )
var e, f = map[string]int{\"}\": 1}, func(x int) (y error) { return nil }
var g struct{ x int } = struct{ x int }{1}
func (r *List[K, V]) Get(k K) (v V, ok bool) { if true { return } ; return }
func (T) m() struct{ x int } { panic(`}`) }
func asm(x int)
func Map[T, U any](f func(T) U) interface{} {return nil}
";
        insta::assert_snapshot!(show(source).join("\n"), @r#"
        Type .A||struct{X,Y int;*B;C}||0
        Alias .D||interface{M(a struct{})error}||0
        Type .E|[T any,U~[]T]|map[string]T||0
        Type .F||[N-len(T{}.x)]int||0
        Type .G||[]int||0
        Const .a||T|iota,"x"|0
        Const .b||T|iota,"x"|0
        Const .c||T|iota,"x"|1
        Const .d||T|iota,"x"|1
        Const ._|||1<< - -2|2
        Var .e|||map[string]int{},func(x int)(y error){}|0
        Var .f|||map[string]int{},func(x int)(y error){}|0
        Var .g||struct{x int}|struct{x int}{}|0
        Method *List.Get|[K,V]|(k K)(v V,ok bool)||0
        Method T.m||()struct{x int}||0
        Func .asm||(x int)||0
        Func .Map|[T,U any]|(f func(T)U)interface{}||0
        "#);
        let outline = outline(source.as_bytes()).unwrap();
        let imports: Vec<_> = outline.imports.iter().map(|i| (i.alias.as_deref(), &*i.path)).collect();
        assert_eq!(imports, [(Some("."), "a"), (Some("b"), "c/d"), (None, "e")]);
        let wholes: Vec<_> =
            outline.declarations().map(|d| &source[d[0].whole.0 as usize..d[0].whole.1 as usize]).collect();
        assert_eq!(wholes.len(), 8, "{wholes:?}");
        assert!(wholes[0].starts_with("type (\n") && wholes[0].ends_with("G []int)"), "{wholes:?}");
        assert_eq!(wholes[6], "func asm(x int)");
        let at = source.find("panic").unwrap();
        assert_eq!(outline.decl_at(at).map(|d| outline.text(d.name)), Some("m"));
        assert!(outline.decl_at(3).is_none());
    }

    #[test]
    fn what_does_not_fit_together_has_no_outline() {
        for source in [
            "",
            "package",
            "package p\nfunc f() {",
            "package p\nx",
            "package p\ntype T",
            "package p\nvar x = )",
            "package p\nvar s = \"a",
        ] {
            assert!(outline(source.as_bytes()).is_err(), "{source}");
        }
    }

    proptest! {
        #[test]
        fn no_input_breaks_it(bytes in proptest::collection::vec(any::<u8>(), 0..200), go in "(package p\n)?([a-z{}()\\[\\]\"'`/*=,;.\n ]|func |type |var |const |struct ){0,60}") {
            let _ = outline(&bytes);
            let _ = outline(go.as_bytes());
        }
    }
}
