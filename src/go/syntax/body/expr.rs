//! Expressions and the types among them.

use super::super::lex::Tok;
use super::parser::{Parsed, Parser};
use super::{ExprId, ExprKind, ExprList};

impl Parser<'_> {
    pub(super) fn expr_list(&mut self) -> Parsed<ExprList> {
        let mut ids = vec![self.expr()?];
        while self.eat(Tok::Comma) {
            ids.push(self.expr()?);
        }
        Ok(self.list(&ids))
    }

    pub(super) fn expr(&mut self) -> Parsed<ExprId> {
        self.nested(|p| p.binary(1))
    }

    fn binary(&mut self, least: u8) -> Parsed<ExprId> {
        let start = self.token.start;
        let mut left = self.unary()?;
        loop {
            let op = self.tok();
            let binds = op.precedence();
            if binds == 0 || binds < least {
                return Ok(left);
            }
            self.advance();
            let right = self.binary(binds + 1)?;
            left = self.push(ExprKind::Binary(op, left, right), start);
        }
    }

    fn unary(&mut self) -> Parsed<ExprId> {
        let start = self.token.start;
        match self.tok() {
            Tok::Arrow if self.lexer_peek() == Tok::Chan => self.type_operand(),
            op @ (Tok::Add | Tok::Sub | Tok::Not | Tok::Xor | Tok::And | Tok::Arrow | Tok::Star | Tok::Tilde) => {
                self.advance();
                let operand = self.nested(Self::unary)?;
                let kind = if op == Tok::Star { ExprKind::Star(operand) } else { ExprKind::Unary(op, operand) };
                Ok(self.push(kind, start))
            }
            _ => self.primary(),
        }
    }

    fn lexer_peek(&self) -> Tok {
        let mut ahead = self.lexer;
        ahead.token().tok
    }

    fn operand(&mut self) -> Parsed<ExprId> {
        let start = self.token.start;
        match self.tok() {
            Tok::Ident => {
                self.advance();
                Ok(self.push(ExprKind::Ident, start))
            }
            tok @ (Tok::Int | Tok::Float | Tok::Imaginary | Tok::Rune | Tok::Str) => {
                self.advance();
                Ok(self.push(ExprKind::Literal(tok), start))
            }
            Tok::LParen => {
                self.advance();
                let inner = self.inside(Self::expr)?;
                self.expect(Tok::RParen)?;
                Ok(self.push(ExprKind::Paren(inner), start))
            }
            Tok::Func => self.func(),
            _ if self.starts_type() => self.type_operand(),
            _ => self.fail(),
        }
    }

    /// Runs inside of brackets, where a brace belongs to a literal again.
    pub(super) fn inside<T>(&mut self, run: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let level = std::mem::replace(&mut self.level, 0);
        let done = run(self);
        self.level = level;
        done
    }

    fn func(&mut self) -> Parsed<ExprId> {
        let start = self.token.start;
        self.advance();
        // The literal has a number before its body has, so that statements inside can name it.
        let id = self.push(ExprKind::Type, start);
        let (scope, block, outer) = (self.scope, self.block, self.literal);
        let is_literal = self.scoped(|p| {
            let signature = p.signature()?;
            let is_literal = p.tok() == Tok::LBrace;
            if is_literal {
                p.expr_mut(id).kind = ExprKind::Func { signature };
                p.literal = Some(id);
                p.inside(Self::block)?;
            }
            Ok(is_literal)
        });
        (self.scope, self.block, self.literal) = (scope, block, outer);
        is_literal?;
        let end = self.last_end;
        self.expr_mut(id).range.1 = end;
        Ok(id)
    }

    fn type_operand(&mut self) -> Parsed<ExprId> {
        let start = self.token.start;
        self.skip_type()?;
        Ok(self.push(ExprKind::Type, start))
    }

    fn primary(&mut self) -> Parsed<ExprId> {
        let start = self.token.start;
        let mut left = self.operand()?;
        loop {
            left = match self.tok() {
                Tok::Dot => self.dotted(left, start)?,
                Tok::LBrack => self.bracketed(left, start)?,
                Tok::LParen => {
                    self.advance();
                    let (args, spread) = self.inside(Self::args)?;
                    self.push(ExprKind::Call { function: left, args, spread }, start)
                }
                Tok::LBrace if self.is_literal_type(left) => {
                    let elements = self.inside(Self::elements)?;
                    let literal = self.push(ExprKind::Composite { ty: Some(left), elements, outer: None }, start);
                    self.adopt(literal, elements);
                    literal
                }
                _ => return Ok(left),
            };
        }
    }

    fn dotted(&mut self, operand: ExprId, start: u32) -> Parsed<ExprId> {
        self.advance();
        if self.tok() == Tok::Ident {
            let name = self.token.start;
            self.advance();
            return Ok(self.push(ExprKind::Selector { operand, name }, start));
        }
        self.expect(Tok::LParen)?;
        let ty = if self.eat(Tok::Type) { None } else { Some(self.inside(Self::expr)?) };
        self.expect(Tok::RParen)?;
        Ok(self.push(ExprKind::Assert { operand, ty }, start))
    }

    /// `x[i]`, `x[i:j:k]`, `F[T, U]`.
    fn bracketed(&mut self, operand: ExprId, start: u32) -> Parsed<ExprId> {
        self.advance();
        let (mut index, mut is_slice) = (Vec::new(), false);
        while self.tok() != Tok::RBrack {
            match self.tok() {
                Tok::Colon => {
                    is_slice = true;
                    self.advance();
                }
                Tok::Comma => drop(self.advance()),
                _ => index.push(self.inside(Self::expr)?),
            }
        }
        self.advance();
        let index = self.list(&index);
        let kind = if is_slice { ExprKind::Slice(operand) } else { ExprKind::Index { operand, index } };
        Ok(self.push(kind, start))
    }

    fn args(&mut self) -> Parsed<(ExprList, bool)> {
        let (mut args, mut spread) = (Vec::new(), false);
        while self.tok() != Tok::RParen {
            args.push(self.expr()?);
            spread |= self.eat(Tok::Ellipsis);
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::RParen)?;
        Ok((self.list(&args), spread))
    }

    /// Whether a brace behind this expression opens a literal: not behind a mere name in a statement's header.
    fn is_literal_type(&self, id: ExprId) -> bool {
        match self.body.expr(id).kind {
            ExprKind::Ident => self.level >= 0,
            ExprKind::Selector { operand, .. } | ExprKind::Index { operand, .. } => {
                self.level >= 0 && self.is_type_name(operand)
            }
            ExprKind::Type => true,
            _ => false,
        }
    }

    fn is_type_name(&self, id: ExprId) -> bool {
        match self.body.expr(id).kind {
            ExprKind::Ident => true,
            ExprKind::Selector { operand, .. } => self.body.expr(operand).kind == ExprKind::Ident,
            _ => false,
        }
    }

    /// `{ a, k: v, … }`.
    fn elements(&mut self) -> Parsed<ExprList> {
        self.expect(Tok::LBrace)?;
        let mut elements = Vec::new();
        while self.tok() != Tok::RBrace {
            let start = self.token.start;
            let mut element = self.element()?;
            if self.eat(Tok::Colon) {
                let value = self.element()?;
                element = self.push(ExprKind::KeyValue(element, value), start);
            }
            elements.push(element);
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.expect(Tok::RBrace)?;
        Ok(self.list(&elements))
    }

    fn element(&mut self) -> Parsed<ExprId> {
        if self.tok() != Tok::LBrace {
            return self.expr();
        }
        let start = self.token.start;
        let elements = self.nested(Self::elements)?;
        let literal = self.push(ExprKind::Composite { ty: None, elements, outer: None }, start);
        self.adopt(literal, elements);
        Ok(literal)
    }

    /// Tells the literals without a type among the elements which literal is around them.
    fn adopt(&mut self, literal: ExprId, elements: ExprList) {
        for element in self.body.list(elements).to_vec() {
            let parts = match self.body.expr(element).kind {
                ExprKind::KeyValue(key, value) => [Some(key), Some(value)],
                _ => [Some(element), None],
            };
            for part in parts.into_iter().flatten() {
                if let ExprKind::Composite { ty: None, outer, .. } = &mut self.expr_mut(part).kind {
                    *outer = Some(literal);
                }
            }
        }
    }

    pub(super) fn starts_type(&self) -> bool {
        use Tok::*;
        matches!(self.tok(), Ident | Star | LBrack | LParen | Map | Chan | Func | Struct | Interface | Arrow)
    }

    pub(super) fn skip_type(&mut self) -> Parsed {
        self.nested(|p| match p.tok() {
            Tok::Ident => {
                p.advance();
                if p.eat(Tok::Dot) {
                    p.expect(Tok::Ident)?;
                }
                if p.tok() == Tok::LBrack { p.skip_brackets() } else { Ok(()) }
            }
            Tok::Star => {
                p.advance();
                p.skip_type()
            }
            Tok::LParen => p.skip_brackets(),
            Tok::LBrack => {
                p.skip_brackets()?;
                p.skip_type()
            }
            Tok::Map => {
                p.advance();
                p.skip_brackets()?;
                p.skip_type()
            }
            Tok::Arrow | Tok::Chan => {
                let first = p.advance().tok;
                let second = if first == Tok::Chan { Tok::Arrow } else { Tok::Chan };
                let found = p.eat(second);
                if first == Tok::Arrow && !found { p.fail() } else { p.skip_type() }
            }
            Tok::Func => {
                p.advance();
                p.skip_brackets()?;
                if p.starts_type() { p.skip_type() } else { Ok(()) }
            }
            Tok::Struct | Tok::Interface => {
                p.advance();
                p.skip_brackets()
            }
            _ => p.fail(),
        })
    }

    /// From an opening bracket of any kind to behind its closing one.
    fn skip_brackets(&mut self) -> Parsed {
        let mut depth = 0;
        loop {
            match self.tok() {
                Tok::LParen | Tok::LBrack | Tok::LBrace => depth += 1,
                Tok::RParen | Tok::RBrack | Tok::RBrace => depth -= 1,
                Tok::Eof | Tok::Bad => return self.fail(),
                _ if depth == 0 => return self.fail(),
                _ => {}
            }
            self.advance();
            if depth == 0 {
                return Ok(());
            }
        }
    }
}
