//! Statements.

use super::super::lex::Tok;
use super::kind::Kind;
use super::reader::{Reader, Sure};

/// What a simple statement turned out to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Simple {
    /// Nothing that stands for a value.
    Plain,
    /// An expression alone.
    Value,
    /// `label:`, or what stands before the colon of a case.
    Name,
    /// `x.(type)`, with or without a name for it.
    Guard,
}

impl Simple {
    fn is_value(self) -> bool {
        matches!(self, Self::Value | Self::Name)
    }
}

impl Reader<'_> {
    pub(super) fn block(&mut self) -> Sure {
        self.expect(Tok::LBrace)?;
        self.with_header(false, Self::statements)?;
        self.expect(Tok::RBrace)
    }

    fn statements(&mut self) -> Sure {
        while !self.is_over() {
            if self.is_wide && self.eat(Tok::Semi) {
                continue;
            }
            self.nested(Self::statement)?;
            if !self.eat(Tok::Semi) {
                break;
            }
        }
        self.is_over().then_some(())
    }

    /// Whether a list of statements has ended.
    fn is_over(&self) -> bool {
        matches!(self.tok(), Tok::RBrace | Tok::Case | Tok::Default)
    }

    fn statement(&mut self) -> Sure {
        match self.tok() {
            Tok::Const | Tok::Var | Tok::Type => self.declaration(),
            Tok::LBrace => self.block(),
            Tok::If => self.if_statement(),
            Tok::For => self.for_statement(),
            Tok::Switch => self.switch(),
            Tok::Select => self.select(),
            Tok::Return => {
                self.advance();
                if matches!(self.tok(), Tok::Semi | Tok::RBrace) { Some(()) } else { self.values_list() }
            }
            Tok::Go | Tok::Defer => {
                self.advance();
                self.value()
            }
            Tok::Break | Tok::Continue => {
                self.advance();
                self.eat(Tok::Ident);
                Some(())
            }
            Tok::Goto => {
                self.advance();
                self.expect(Tok::Ident)
            }
            Tok::Fallthrough => self.expect(Tok::Fallthrough),
            _ => match self.simple()? {
                Simple::Name if self.eat(Tok::Colon) => self.labelled(),
                Simple::Guard if !self.is_wide => None,
                _ => Some(()),
            },
        }
    }

    /// What stands behind a label: nothing at the end of a block, but for the grammar no second label there.
    fn labelled(&mut self) -> Sure {
        if self.is_over() || self.is_wide && self.tok() == Tok::Semi {
            return Some(());
        }
        let is_label = self.tok() == Tok::Ident && self.next_tok() == Tok::Colon;
        if is_label && !self.is_wide { None } else { self.nested(Self::statement) }
    }

    fn if_statement(&mut self) -> Sure {
        self.advance();
        self.with_header(true, |r| {
            if r.is_wide && r.is_head_semicolon() {
                r.advance();
                return r.value();
            }
            let first = r.simple()?;
            if r.is_head_semicolon() && (first != Simple::Guard || r.is_wide) {
                r.advance();
                return r.value();
            }
            first.is_value().then_some(())
        })?;
        self.block()?;
        if !self.eat(Tok::Else) {
            return Some(());
        }
        if self.tok() == Tok::If { self.nested(Self::if_statement) } else { self.block() }
    }

    fn for_statement(&mut self) -> Sure {
        self.advance();
        self.with_header(true, Self::for_header)?;
        self.block()
    }

    fn for_header(&mut self) -> Sure {
        if self.tok() == Tok::LBrace {
            return Some(());
        }
        if self.eat(Tok::Range) {
            return self.value();
        }
        if self.tok() != Tok::Semi {
            let left = self.targets()?;
            if matches!(self.tok(), Tok::Define | Tok::Assign) && self.next_tok() == Tok::Range {
                self.advance();
                self.advance();
                return self.value();
            }
            let first = self.rest_of_simple(left)?;
            if !self.is_head_semicolon() {
                return first.is_value().then_some(());
            }
            (first != Simple::Guard).then_some(())?;
        }
        self.expect_head_semicolon()?;
        if self.tok() != Tok::Semi {
            self.value()?;
        }
        self.expect_head_semicolon()?;
        if self.tok() == Tok::LBrace {
            return Some(());
        }
        (self.simple()? != Simple::Guard).then_some(())
    }

    fn switch(&mut self) -> Sure {
        self.advance();
        let is_of_types = self.with_header(true, |r| {
            let mut on = Simple::Plain;
            if r.tok() != Tok::LBrace {
                let is_empty = r.is_wide && r.is_head_semicolon();
                on = if is_empty { Simple::Plain } else { r.simple()? };
                if r.is_head_semicolon() && on != Simple::Guard {
                    r.advance();
                    on = if r.tok() == Tok::LBrace { Simple::Value } else { r.simple()? };
                }
                (on != Simple::Plain).then_some(())?;
            }
            Some(on == Simple::Guard)
        })?;
        self.cases(|r| if is_of_types && !r.is_wide { r.types() } else { r.values_list() })
    }

    fn types(&mut self) -> Sure {
        self.ty()?;
        while self.eat(Tok::Comma) {
            self.ty()?;
        }
        Some(())
    }

    fn select(&mut self) -> Sure {
        self.advance();
        self.cases(Self::communication)
    }

    /// What is sent or received.
    fn communication(&mut self) -> Sure {
        let (is_single, last) = self.targets()?;
        self.is_value(last).then_some(())?;
        match self.tok() {
            Tok::Define | Tok::Assign => {
                self.advance();
                self.value()
            }
            Tok::Arrow if is_single => {
                self.advance();
                self.value()
            }
            _ => is_single.then_some(()),
        }
    }

    fn cases(&mut self, mut of: impl FnMut(&mut Self) -> Sure) -> Sure {
        self.expect(Tok::LBrace)?;
        self.with_header(false, |r| {
            while r.tok() != Tok::RBrace {
                if r.eat(Tok::Case) {
                    of(r)?;
                } else {
                    r.expect(Tok::Default)?;
                }
                r.expect(Tok::Colon)?;
                r.statements()?;
            }
            r.expect(Tok::RBrace)
        })
    }

    /// Expressions with commas between them: whether it is one, and what the last one is. Those before are values.
    fn targets(&mut self) -> Sure<(bool, Kind)> {
        let mut last = self.expr()?;
        let mut is_single = true;
        while self.eat(Tok::Comma) {
            self.is_value(last).then_some(())?;
            is_single = false;
            last = self.expr()?;
        }
        (self.is_value(last) || last == Kind::Guard).then_some((is_single, last))
    }

    /// An expression, assignment, definition, send or increment.
    fn simple(&mut self) -> Sure<Simple> {
        let left = self.targets()?;
        self.rest_of_simple(left)
    }

    fn rest_of_simple(&mut self, (is_single, last): (bool, Kind)) -> Sure<Simple> {
        let is_value = self.is_value(last);
        match self.tok() {
            Tok::Define if is_value => {
                self.advance();
                match self.targets()? {
                    (true, Kind::Guard) => Some(Simple::Guard),
                    (_, last) => self.is_value(last).then_some(Simple::Plain),
                }
            }
            Tok::Assign | Tok::OpAssign if is_value => {
                self.advance();
                self.values_list()?;
                Some(Simple::Plain)
            }
            Tok::Arrow if is_value && is_single => {
                self.advance();
                self.value()?;
                Some(Simple::Plain)
            }
            Tok::IncDec if is_value && is_single => {
                self.advance();
                Some(Simple::Plain)
            }
            _ if !is_single => None,
            _ => Some(match last {
                Kind::Guard => Simple::Guard,
                Kind::Name => Simple::Name,
                _ => Simple::Value,
            }),
        }
    }
}
