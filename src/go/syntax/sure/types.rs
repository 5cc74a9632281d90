//! Types, parameters and fields.

use super::super::lex::Tok;
use super::kind::Kind;
use super::reader::{Reader, Sure};

impl Reader<'_> {
    pub(super) fn ty(&mut self) -> Sure {
        self.nested(|r| match r.tok() {
            Tok::Ident => {
                r.advance();
                r.named_type()
            }
            Tok::Star => {
                r.advance();
                r.ty()
            }
            Tok::LParen => {
                r.advance();
                r.ty()?;
                r.expect(Tok::RParen)
            }
            Tok::LBrack => {
                r.advance();
                let is_open = r.is_wide && r.eat(Tok::Ellipsis);
                if r.tok() != Tok::RBrack && !is_open {
                    r.with_header(false, Self::value)?;
                }
                r.expect(Tok::RBrack)?;
                r.ty()
            }
            Tok::Map => {
                r.advance();
                r.expect(Tok::LBrack)?;
                r.ty()?;
                r.expect(Tok::RBrack)?;
                r.ty()
            }
            Tok::Chan => {
                r.advance();
                r.eat(Tok::Arrow);
                r.ty()
            }
            Tok::Arrow => {
                r.advance();
                r.expect(Tok::Chan)?;
                r.ty()
            }
            Tok::Func => {
                r.advance();
                r.signature()
            }
            Tok::Struct => {
                r.advance();
                r.expect(Tok::LBrace)?;
                r.lined(Tok::RBrace, Self::field)
            }
            Tok::Interface => {
                r.advance();
                r.expect(Tok::LBrace)?;
                r.lined(Tok::RBrace, Self::element)
            }
            _ => None,
        })
    }

    /// Behind a type's first name: the package's own name and type arguments.
    fn named_type(&mut self) -> Sure {
        if self.eat(Tok::Dot) {
            self.expect(Tok::Ident)?;
        }
        if self.eat(Tok::LBrack) { self.type_list() } else { Some(()) }
    }

    /// Types behind an opening bracket, one at least, and the closing one.
    pub(super) fn type_list(&mut self) -> Sure {
        self.ty()?;
        if self.eat(Tok::Comma) { self.listed(Tok::RBrack, Self::ty) } else { self.expect(Tok::RBrack) }
    }

    /// Parameters and results.
    pub(super) fn signature(&mut self) -> Sure {
        self.params()?;
        match self.tok() {
            Tok::LParen => self.params(),
            _ if self.starts_type() => self.ty(),
            _ => Some(()),
        }
    }

    /// Whether a type begins here, parentheses around it left out.
    pub(super) fn starts_type(&self) -> bool {
        use Tok::*;
        matches!(self.tok(), Ident | Star | LBrack | Map | Chan | Arrow | Func | Struct | Interface)
    }

    /// `(a, b int, c ...string)` and `(A, B)`.
    pub(super) fn params(&mut self) -> Sure {
        self.expect(Tok::LParen)?;
        self.nested(|r| r.listed(Tok::RParen, Self::param))
    }

    fn param(&mut self) -> Sure {
        if self.tok() == Tok::Ident {
            self.advance();
            match self.tok() {
                Tok::Comma | Tok::RParen => return Some(()),
                Tok::Dot => return self.named_type(),
                Tok::LBrack => return self.bracket(|tok| matches!(tok, Tok::Comma | Tok::RParen)),
                _ => {}
            }
        }
        self.eat(Tok::Ellipsis);
        self.ty()
    }

    /// At the bracket behind a name: the name is a generic type's where one of these tokens follows, or that of something whose type
    /// is a slice or an array.
    fn bracket(&mut self, ends: fn(Tok) -> bool) -> Sure {
        self.advance();
        if self.eat(Tok::RBrack) {
            return self.ty();
        }
        let inner = self.with_header(false, Self::expr)?;
        if self.eat(Tok::Comma) {
            self.listed(Tok::RBrack, Self::ty)?;
            return (inner.is_type() && ends(self.tok())).then_some(());
        }
        self.expect(Tok::RBrack)?;
        if ends(self.tok()) {
            return inner.is_type().then_some(());
        }
        self.is_value(inner).then_some(())?;
        self.ty()
    }

    fn field(&mut self) -> Sure {
        let ends = |tok| matches!(tok, Tok::Semi | Tok::RBrace | Tok::Str);
        let is_pointer = self.eat(Tok::Star);
        self.expect(Tok::Ident)?;
        match self.tok() {
            tok if ends(tok) => {}
            Tok::Dot => self.named_type()?,
            Tok::LBrack if is_pointer => self.named_type()?,
            _ if is_pointer => return None,
            Tok::LBrack => self.bracket(ends)?,
            Tok::Comma => {
                self.advance();
                self.names()?;
                self.ty()?;
            }
            _ => self.ty()?,
        }
        self.eat(Tok::Str);
        Some(())
    }

    /// A method, or a union of types, of an interface.
    fn element(&mut self) -> Sure {
        if self.tok() == Tok::Ident && self.next_tok() == Tok::LParen {
            self.advance();
            return self.signature();
        }
        self.union()
    }

    fn union(&mut self) -> Sure {
        loop {
            self.eat(Tok::Tilde);
            self.ty()?;
            if !self.eat(Tok::Or) {
                return Some(());
            }
        }
    }

    /// `[K comparable, A, B any]`.
    pub(super) fn type_params(&mut self) -> Sure {
        self.expect(Tok::LBrack)?;
        loop {
            self.type_param_names()?;
            self.union()?;
            if !self.eat(Tok::Comma) || self.tok() == Tok::RBrack {
                return self.expect(Tok::RBrack);
            }
        }
    }

    /// Names that the grammar has words for may stand for an array's length there.
    fn type_param_names(&mut self) -> Sure {
        loop {
            (self.is_wide || Kind::of_name(self.text()) == Kind::Name).then_some(())?;
            self.expect(Tok::Ident)?;
            if !self.eat(Tok::Comma) {
                return Some(());
            }
        }
    }
}
