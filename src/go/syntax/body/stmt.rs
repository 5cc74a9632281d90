//! Statements: what they bind, and the scopes that they open.

use super::super::lex::Tok;
use super::parser::{Parsed, Parser};
use super::{Def, ExprId, ExprKind, ExprList, Range, Stmt};

/// What a simple statement turned out to be.
enum Simple {
    /// Nothing more to know.
    Plain,
    /// An expression alone: the condition or tag of a header.
    Expr,
    /// `label:`.
    Label,
    /// A range clause.
    Range,
    /// `x := y.(type)` or `y.(type)`.
    TypeSwitch { name: Option<Range>, value: ExprId },
}

impl Parser<'_> {
    pub(super) fn block(&mut self) -> Parsed {
        self.expect(Tok::LBrace)?;
        self.statements()?;
        self.expect(Tok::RBrace).map(drop)
    }

    fn statements(&mut self) -> Parsed {
        while !matches!(self.tok(), Tok::RBrace | Tok::Case | Tok::Default) {
            self.stmt()?;
        }
        Ok(())
    }

    fn stmt(&mut self) -> Parsed {
        self.nested(|p| {
            match p.tok() {
                Tok::Semi => {}
                Tok::Const => p.specs(Self::const_spec)?,
                Tok::Var => p.specs(|p, repeat| {
                    *repeat = None;
                    p.var_spec()
                })?,
                Tok::Type => p.specs(|p, _| p.type_spec())?,
                Tok::LBrace => p.scoped(Self::block)?,
                Tok::If => p.if_stmt()?,
                Tok::For => p.scoped(Self::for_stmt)?,
                Tok::Switch => p.scoped(Self::switch)?,
                Tok::Select => p.select()?,
                Tok::Return => p.return_stmt()?,
                Tok::Go | Tok::Defer => {
                    let tok = p.advance().tok;
                    let call = p.expr()?;
                    p.statement(if tok == Tok::Go { Stmt::Go(call) } else { Stmt::Defer(call) });
                }
                Tok::Break | Tok::Continue | Tok::Goto | Tok::Fallthrough => {
                    p.advance();
                    p.eat(Tok::Ident);
                }
                _ => {
                    if let Simple::Label = p.simple(false)? {
                        return Ok(());
                    }
                }
            }
            match p.tok() {
                Tok::Semi => p.advance(),
                Tok::RBrace | Tok::Case | Tok::Default => return Ok(()),
                _ => return p.fail(),
            };
            Ok(())
        })
    }

    fn return_stmt(&mut self) -> Parsed {
        self.advance();
        let ends = matches!(self.tok(), Tok::Semi | Tok::RBrace);
        let values = if ends { ExprList::default() } else { self.expr_list()? };
        self.statement(Stmt::Return { of: self.literal, values });
        Ok(())
    }

    /// `keyword spec` and `keyword ( spec; … )`.
    fn specs(&mut self, mut spec: impl FnMut(&mut Self, &mut Option<Repeat>) -> Parsed) -> Parsed {
        self.advance();
        let mut repeat = None;
        if !self.eat(Tok::LParen) {
            return spec(self, &mut repeat);
        }
        while !self.eat(Tok::RParen) {
            if !self.eat(Tok::Semi) {
                spec(self, &mut repeat)?;
            }
        }
        Ok(())
    }

    fn names(&mut self) -> Parsed<Vec<Range>> {
        let mut names = Vec::new();
        loop {
            let token = self.expect(Tok::Ident)?;
            names.push((token.start, token.end));
            if !self.eat(Tok::Comma) {
                return Ok(names);
            }
        }
    }

    fn optional_type(&mut self) -> Parsed<Option<Range>> {
        if !self.starts_type() {
            return Ok(None);
        }
        let start = self.token.start;
        self.skip_type()?;
        Ok(Some((start, self.last_end)))
    }

    fn var_spec(&mut self) -> Parsed {
        let names = self.names()?;
        let ty = self.optional_type()?;
        let values = if self.eat(Tok::Assign) { self.expr_list()? } else { ExprList::default() };
        let of = names.len() as u32;
        let mut targets = Vec::new();
        for (index, name) in names.into_iter().enumerate() {
            let value = Def::Value { values, index: index as u32, of };
            self.bind(name, 0, ty.map_or(value, |ty| Def::Var { ty }));
            targets.push(self.target(name));
        }
        if !values.is_empty() {
            let left = self.list(&targets);
            self.statement(Stmt::Assign { left, right: values });
        }
        Ok(())
    }

    /// A declared name as an expression, so that it can be assigned to.
    fn target(&mut self, name: Range) -> ExprId {
        let id = self.push(ExprKind::Ident, name.0);
        self.expr_mut(id).range = name;
        id
    }

    fn const_spec(&mut self, repeat: &mut Option<Repeat>) -> Parsed {
        let names = self.names()?;
        let ty = self.optional_type()?;
        if self.eat(Tok::Assign) {
            *repeat = Some(Repeat { ty, values: self.expr_list()? });
        }
        // Without a value anywhere it is for the compiler to refuse.
        let Repeat { ty, values } = repeat.unwrap_or(Repeat { ty, values: ExprList::default() });
        for (index, name) in names.into_iter().enumerate() {
            self.bind(name, 0, Def::Const { ty, values, index: index as u32 });
        }
        Ok(())
    }

    fn type_spec(&mut self) -> Parsed {
        let name = self.expect(Tok::Ident)?;
        let alias = self.eat(Tok::Assign);
        // A type may mention itself, so the name is bound before its definition is read.
        self.bind((name.start, name.end), 0, Def::Type { ty: (0, 0), alias });
        let start = self.token.start;
        self.skip_type()?;
        if let Some(id) = self.scope {
            let ty = (start, self.last_end);
            self.local_mut(id).def = Def::Type { ty, alias };
        }
        Ok(())
    }

    /// Runs in the header of a statement, where a brace opens the block.
    fn header<T>(&mut self, run: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let level = std::mem::replace(&mut self.level, -1);
        let done = run(self);
        self.level = level;
        done
    }

    /// A chain of `else if` is one loop, however long: each link sees the names of those before it.
    fn if_stmt(&mut self) -> Parsed {
        let (scope, block, names) = (self.scope, self.block, self.body.local_count());
        loop {
            self.advance();
            self.block = self.body.local_count();
            self.header(|p| {
                if p.tok() != Tok::Semi {
                    p.simple(false)?;
                }
                if p.eat(Tok::Semi) {
                    p.simple(false)?;
                }
                Ok(())
            })?;
            self.scoped(Self::block)?;
            if !self.eat(Tok::Else) {
                break;
            }
            if self.tok() != Tok::If {
                self.scoped(Self::block)?;
                break;
            }
        }
        self.block = names;
        self.close(scope, block);
        Ok(())
    }

    fn for_stmt(&mut self) -> Parsed {
        self.advance();
        self.header(|p| {
            if p.tok() == Tok::Range {
                p.advance();
                return p.expr().map(drop);
            }
            if !matches!(p.tok(), Tok::LBrace | Tok::Semi) && matches!(p.simple(true)?, Simple::Range) {
                return Ok(());
            }
            for _ in 0..2 {
                if p.eat(Tok::Semi) && !matches!(p.tok(), Tok::Semi | Tok::LBrace) {
                    p.simple(false)?;
                }
            }
            Ok(())
        })?;
        self.scoped(Self::block)
    }

    fn switch(&mut self) -> Parsed {
        self.advance();
        let mut on = Simple::Plain;
        self.header(|p| {
            if !matches!(p.tok(), Tok::LBrace | Tok::Semi) {
                on = p.simple(false)?;
            }
            if p.eat(Tok::Semi) && p.tok() != Tok::LBrace {
                on = p.simple(false)?;
            }
            Ok(())
        })?;
        self.expect(Tok::LBrace)?;
        while self.tok() != Tok::RBrace {
            self.scoped(|p| p.case(&on))?;
        }
        self.expect(Tok::RBrace).map(drop)
    }

    fn case(&mut self, on: &Simple) -> Parsed {
        let clause = self.token.start;
        let types = match self.tok() {
            Tok::Case => {
                self.advance();
                self.expr_list()?
            }
            _ => {
                self.expect(Tok::Default)?;
                ExprList::default()
            }
        };
        self.expect(Tok::Colon)?;
        if let Simple::TypeSwitch { name: Some(name), value } = on {
            self.bind(*name, clause, Def::Case { value: *value, types });
        }
        self.statements()
    }

    fn select(&mut self) -> Parsed {
        self.advance();
        self.expect(Tok::LBrace)?;
        while self.tok() != Tok::RBrace {
            self.scoped(|p| {
                if p.eat(Tok::Case) {
                    p.simple(false)?;
                } else {
                    p.expect(Tok::Default)?;
                }
                p.expect(Tok::Colon)?;
                p.statements()
            })?;
        }
        self.expect(Tok::RBrace).map(drop)
    }

    /// An expression, assignment, definition, send, increment, label, or (in `for`) a range clause.
    fn simple(&mut self, in_for: bool) -> Parsed<Simple> {
        let left = self.expr_list()?;
        match self.tok() {
            Tok::Define | Tok::Assign if in_for && self.range_follows() => self.range(left),
            Tok::Define => self.define(left),
            Tok::Assign | Tok::OpAssign => {
                self.advance();
                let right = self.expr_list()?;
                self.statement(Stmt::Assign { left, right });
                Ok(Simple::Plain)
            }
            Tok::Arrow => {
                self.advance();
                let value = self.expr()?;
                if let [channel] = *self.body.list(left) {
                    self.statement(Stmt::Send { channel, value });
                }
                Ok(Simple::Plain)
            }
            Tok::IncDec => {
                self.advance();
                Ok(Simple::Plain)
            }
            Tok::Colon if self.is_label(left) => {
                self.advance();
                Ok(Simple::Label)
            }
            _ => Ok(self.type_switch(None, left).unwrap_or(Simple::Expr)),
        }
    }

    /// A colon behind anything but a name ends the header of a `select`'s case.
    fn is_label(&self, left: ExprList) -> bool {
        let [id] = self.body.list(left) else { return false };
        self.body.expr(*id).kind == ExprKind::Ident
    }

    fn range_follows(&self) -> bool {
        let mut ahead = self.lexer;
        ahead.token().tok == Tok::Range
    }

    fn range(&mut self, left: ExprList) -> Parsed<Simple> {
        let defines = self.advance().tok == Tok::Define;
        self.advance();
        let over = self.expr()?;
        if defines {
            for (index, target) in self.body.list(left).to_vec().into_iter().enumerate() {
                self.bind_target(target, if index == 0 { Def::RangeKey(over) } else { Def::RangeValue(over) });
            }
        }
        Ok(Simple::Range)
    }

    fn define(&mut self, left: ExprList) -> Parsed<Simple> {
        self.advance();
        let values = self.expr_list()?;
        let targets = self.body.list(left).to_vec();
        if let [target] = *targets
            && let Some(found) = self.type_switch(Some(self.body.expr(target).range), values)
        {
            return Ok(found);
        }
        let of = targets.len() as u32;
        for (index, target) in targets.into_iter().enumerate() {
            if !self.declared_in_block(self.body.expr(target).range) {
                self.bind_target(target, Def::Value { values, index: index as u32, of });
            }
        }
        self.statement(Stmt::Assign { left, right: values });
        Ok(Simple::Plain)
    }

    /// Binds a target's name; from then on, the target means the name that it declares.
    fn bind_target(&mut self, target: ExprId, def: Def) {
        self.bind(self.body.expr(target).range, 0, def);
        let scope = self.scope;
        self.expr_mut(target).scope = scope;
    }

    fn type_switch(&self, name: Option<Range>, values: ExprList) -> Option<Simple> {
        let [id] = *self.body.list(values) else { return None };
        match self.body.expr(id).kind {
            ExprKind::Assert { operand, ty: None } => Some(Simple::TypeSwitch { name, value: operand }),
            _ => None,
        }
    }
}

/// What a constant without a value repeats.
#[derive(Clone, Copy)]
struct Repeat {
    ty: Option<Range>,
    values: ExprList,
}
