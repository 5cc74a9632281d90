//! Expressions, and the types among them.

use super::super::lex::Tok;
use super::kind::Kind;
use super::reader::{Reader, Sure};

impl Reader<'_> {
    /// An expression that is a value.
    pub(super) fn value(&mut self) -> Sure {
        let kind = self.expr()?;
        self.is_value(kind).then_some(())
    }

    /// Whether it may stand for a value. Go's own parser leaves it to the compiler to refuse types.
    pub(super) fn is_value(&self, kind: Kind) -> bool {
        kind.is_value() || self.is_wide
    }

    /// Values with commas between them.
    pub(super) fn values_list(&mut self) -> Sure {
        self.value()?;
        while self.eat(Tok::Comma) {
            self.value()?;
        }
        Some(())
    }

    /// An expression, or a type in the place of one.
    pub(super) fn expr(&mut self) -> Sure<Kind> {
        self.nested(|r| r.binary(1))
    }

    fn binary(&mut self, least: u8) -> Sure<Kind> {
        let mut left = self.unary()?;
        for links in 0.. {
            let binds = self.tok().precedence();
            if binds == 0 || binds < least {
                break;
            }
            self.linked(links)?;
            self.advance();
            let right = self.binary(binds + 1)?;
            if !self.is_value(left) || !self.is_value(right) {
                return None;
            }
            left = Kind::Value;
        }
        Some(left)
    }

    fn unary(&mut self) -> Sure<Kind> {
        match self.tok() {
            Tok::Arrow if self.next_tok() == Tok::Chan => {
                self.ty()?;
                Some(Kind::Type)
            }
            op @ (Tok::Add | Tok::Sub | Tok::Not | Tok::Xor | Tok::And | Tok::Arrow | Tok::Star) => {
                self.advance();
                let operand = self.nested(Self::unary)?;
                match (self.is_value(operand), operand.is_type()) {
                    (true, true) if op == Tok::Star => Some(Kind::Either),
                    (true, _) => Some(Kind::Value),
                    (false, true) if op == Tok::Star => Some(Kind::Type),
                    _ => None,
                }
            }
            Tok::Tilde if self.is_wide => {
                self.advance();
                self.nested(Self::unary)
            }
            _ => self.primary(),
        }
    }

    fn primary(&mut self) -> Sure<Kind> {
        let mut left = self.operand()?;
        for links in 0.. {
            left = match self.tok() {
                Tok::Dot if self.is_value(left) => self.dotted(left)?,
                Tok::LBrack if self.is_value(left) => self.bracketed(left)?,
                Tok::LParen => {
                    self.advance();
                    self.with_header(false, |r| r.arguments(left))?;
                    Kind::Value
                }
                Tok::LBrace if self.takes_literal(left) => {
                    self.with_header(false, Self::literal)?;
                    Kind::Value
                }
                _ => break,
            };
            self.linked(links)?;
        }
        Some(left)
    }

    /// Whether a brace opens a literal: not behind a mere name in a statement's header.
    fn takes_literal(&self, ty: Kind) -> bool {
        let is_named = matches!(ty, Kind::Name | Kind::Qualified | Kind::Instance);
        ty == Kind::Literal || is_named && !self.in_header
    }

    fn operand(&mut self) -> Sure<Kind> {
        match self.tok() {
            Tok::Ident => {
                let kind = if self.is_wide { Kind::Name } else { Kind::of_name(self.text()) };
                self.advance();
                Some(kind)
            }
            Tok::Int | Tok::Float | Tok::Imaginary | Tok::Rune | Tok::Str => {
                self.advance();
                Some(Kind::Value)
            }
            Tok::LParen => {
                self.advance();
                let inner = self.with_header(false, Self::expr)?;
                self.expect(Tok::RParen)?;
                match (self.is_value(inner), inner.is_type()) {
                    (true, true) => Some(Kind::Either),
                    (true, false) => Some(Kind::Value),
                    (false, true) => Some(Kind::Type),
                    (false, false) => None,
                }
            }
            Tok::Func => self.func(),
            Tok::LBrack if self.next_tok() == Tok::Ellipsis => {
                self.advance();
                self.advance();
                self.expect(Tok::RBrack)?;
                self.ty()?;
                (self.tok() == Tok::LBrace || self.is_wide).then_some(Kind::Literal)
            }
            Tok::LBrack | Tok::Map | Tok::Struct => {
                self.ty()?;
                Some(Kind::Literal)
            }
            Tok::Chan | Tok::Interface => {
                self.ty()?;
                Some(Kind::Type)
            }
            _ => None,
        }
    }

    /// A function, or the type of one.
    fn func(&mut self) -> Sure<Kind> {
        self.advance();
        self.signature()?;
        if self.tok() != Tok::LBrace {
            return Some(Kind::Type);
        }
        self.nested(Self::block)?;
        Some(Kind::Value)
    }

    fn dotted(&mut self, operand: Kind) -> Sure<Kind> {
        self.advance();
        if self.eat(Tok::Ident) {
            return Some(if operand == Kind::Name { Kind::Qualified } else { Kind::Value });
        }
        self.expect(Tok::LParen)?;
        let kind = if self.eat(Tok::Type) {
            Kind::Guard
        } else {
            self.ty()?;
            Kind::Value
        };
        self.expect(Tok::RParen)?;
        Some(kind)
    }

    /// `x[i]`, `x[i:j:k]`, `F[T, U]`.
    fn bracketed(&mut self, operand: Kind) -> Sure<Kind> {
        self.advance();
        self.with_header(false, |r| {
            if r.tok() == Tok::Colon {
                return r.slice();
            }
            let first = r.expr()?;
            match r.tok() {
                Tok::Colon if r.is_value(first) => return r.slice(),
                Tok::RBrack if r.is_value(first) => {
                    r.advance();
                    let is_type = operand.is_type_name() && first.is_type();
                    return Some(if is_type { Kind::Instance } else { Kind::Value });
                }
                _ if !first.is_type() => return None,
                Tok::Comma => {
                    r.advance();
                    r.listed(Tok::RBrack, Self::ty)?;
                }
                _ => r.expect(Tok::RBrack)?,
            }
            match operand.is_type_name() {
                true => Some(Kind::Instance),
                // What is called may be anything.
                false => (r.tok() == Tok::LParen).then_some(Kind::Value),
            }
        })
    }

    /// From the colon of `[i:j:k]` on.
    fn slice(&mut self) -> Sure<Kind> {
        self.expect(Tok::Colon)?;
        if self.tok() != Tok::RBrack {
            self.value()?;
            if self.eat(Tok::Colon) {
                self.value()?;
            }
        }
        self.expect(Tok::RBrack)?;
        Some(Kind::Value)
    }

    /// Behind the parenthesis of a call or a conversion.
    fn arguments(&mut self, callee: Kind) -> Sure {
        match callee {
            Kind::Maker => {
                if self.tok() != Tok::RParen {
                    self.ty()?;
                    if !self.eat(Tok::Comma) {
                        return self.expect(Tok::RParen);
                    }
                }
                self.listed(Tok::RParen, Self::value)
            }
            _ if self.is_value(callee) => self.listed(Tok::RParen, |r| {
                r.value()?;
                r.eat(Tok::Ellipsis);
                Some(())
            }),
            Kind::Guard => None,
            _ => {
                self.value()?;
                self.eat(Tok::Comma);
                self.expect(Tok::RParen)
            }
        }
    }

    /// `{ a, k: v, … }`.
    fn literal(&mut self) -> Sure {
        self.expect(Tok::LBrace)?;
        self.nested(|r| {
            r.listed(Tok::RBrace, |r| {
                r.item()?;
                if r.eat(Tok::Colon) { r.item() } else { Some(()) }
            })
        })
    }

    fn item(&mut self) -> Sure {
        if self.tok() == Tok::LBrace { self.literal() } else { self.value() }
    }
}
