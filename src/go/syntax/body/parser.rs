//! The reader of bodies: tokens, scopes, and the two ways in.

use super::super::lex::{Lexer, Tok, Token};
use super::params::{Param, split_params};
use super::{Body, Def, Expr, ExprId, ExprKind, ExprList, Local, LocalId, Range, Stmt};

/// Why a body is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It stopped making sense at this byte.
    Syntax(usize),
    /// It is nested too deep at this byte.
    TooDeep(usize),
}

impl BodyError {
    /// The byte.
    pub fn at(self) -> usize {
        let (Self::Syntax(at) | Self::TooDeep(at)) = self;
        at
    }
}

pub(super) type Parsed<T = ()> = Result<T, BodyError>;

/// Statements and expressions within each other; deeper ones are not read. Hand-written Go stays far below.
const MAX_NESTING: u32 = 200;

/// Parses the function or the variable or constant specification that starts at a byte of a file: for functions the
/// `func`, for specifications the first name.
pub fn parse_decl(source: &[u8], start: usize) -> Result<Body, BodyError> {
    let mut parser = Parser::new(source, start);
    if parser.tok() == Tok::Func {
        parser.function()?
    } else {
        parser.package_values()?
    }
    Ok(parser.body)
}

/// Parses a list of expressions: initialisers of package variables or constants.
pub fn parse_values(source: &str) -> Result<Body, BodyError> {
    let mut parser = Parser::new(source.as_bytes(), 0);
    parser.body.values = parser.expr_list()?;
    match parser.tok() {
        Tok::Eof | Tok::Semi => Ok(parser.body),
        _ => parser.fail(),
    }
}

pub(super) struct Parser<'s> {
    pub(super) lexer: Lexer<'s>,
    pub(super) token: Token,
    pub(super) body: Body,
    /// End of the token before the current one.
    pub(super) last_end: u32,
    pub(super) scope: Option<LocalId>,
    /// Where the current block's own names start.
    pub(super) block: usize,
    /// Below zero in headers of statements, where a brace opens the block.
    pub(super) level: i32,
    /// Function literal around.
    pub(super) literal: Option<ExprId>,
    nesting: u32,
    source: &'s [u8],
}

impl<'s> Parser<'s> {
    fn new(source: &'s [u8], start: usize) -> Self {
        let mut lexer = Lexer::new(source, start);
        let token = lexer.token();
        let (body, scope, literal) = (Body::default(), None, None);
        Self { lexer, token, body, last_end: 0, scope, block: 0, level: 0, literal, nesting: 0, source }
    }

    pub(super) fn tok(&self) -> Tok {
        self.token.tok
    }

    pub(super) fn advance(&mut self) -> Token {
        let token = self.token;
        self.last_end = token.end;
        self.token = self.lexer.token();
        token
    }

    pub(super) fn fail<T>(&self) -> Parsed<T> {
        Err(BodyError::Syntax(self.token.start as usize))
    }

    pub(super) fn eat(&mut self, tok: Tok) -> bool {
        let found = self.tok() == tok;
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn expect(&mut self, tok: Tok) -> Parsed<Token> {
        if self.tok() == tok { Ok(self.advance()) } else { self.fail() }
    }

    /// Runs one level deeper.
    pub(super) fn nested<T>(&mut self, inside: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.nesting >= MAX_NESTING {
            return Err(BodyError::TooDeep(self.token.start as usize));
        }
        self.nesting += 1;
        let done = inside(self);
        self.nesting -= 1;
        done
    }

    /// Runs in a block of its own.
    pub(super) fn scoped<T>(&mut self, inside: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        let (scope, block) = (self.scope, self.block);
        self.block = self.body.local_count();
        let done = self.nested(inside);
        self.close(scope, block);
        done
    }

    /// Ends the current block: its names are visible up to here. What was visible around it is so again.
    pub(super) fn close(&mut self, scope: Option<LocalId>, block: usize) {
        let mut own = self.scope.filter(|id| id.number() >= self.block);
        while let Some(id) = own {
            let until = self.last_end;
            let local = self.local_mut(id);
            local.until = until;
            own = local.outer.filter(|id| id.number() >= self.block);
        }
        (self.scope, self.block) = (scope, block);
    }

    pub(super) fn push(&mut self, kind: ExprKind, start: u32) -> ExprId {
        let id = ExprId(self.body.exprs.len() as u32);
        self.body.exprs.push(Expr { kind, range: (start, self.last_end), scope: self.scope });
        id
    }

    pub(super) fn expr_mut(&mut self, id: ExprId) -> &mut Expr {
        &mut self.body.exprs[id.number()]
    }

    pub(super) fn list(&mut self, ids: &[ExprId]) -> ExprList {
        let start = self.body.lists.len() as u32;
        self.body.lists.extend_from_slice(ids);
        ExprList { start, len: ids.len() as u32 }
    }

    pub(super) fn statement(&mut self, stmt: Stmt) {
        self.body.statements.push(stmt);
    }

    pub(super) fn bind(&mut self, name: Range, clause: u32, def: Def) {
        if self.name(name) == b"_" {
            return;
        }
        let id = LocalId(self.body.locals.len() as u32);
        self.body.locals.push(Local { name, clause, def, outer: self.scope, until: u32::MAX });
        self.scope = Some(id);
    }

    pub(super) fn local_mut(&mut self, id: LocalId) -> &mut Local {
        &mut self.body.locals[id.number()]
    }

    fn name(&self, (start, end): Range) -> &'s [u8] {
        self.source.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Whether the current block itself has declared a name.
    pub(super) fn declared_in_block(&self, name: Range) -> bool {
        let mut next = self.scope.filter(|id| id.number() >= self.block);
        while let Some(id) = next {
            let local = self.body.local(id);
            if self.name(local.name) == self.name(name) {
                return true;
            }
            next = local.outer.filter(|id| id.number() >= self.block);
        }
        false
    }

    /// Behind an opening bracket: parameters, and the closing bracket.
    pub(super) fn params(&mut self) -> Parsed<Vec<Param>> {
        let mut lexer = self.lexer.back_to(self.token);
        let Some(params) = split_params(&mut lexer) else { return self.fail() };
        self.last_end = lexer.offset();
        self.lexer = lexer;
        self.token = self.lexer.token();
        Ok(params)
    }

    pub(super) fn bind_params(&mut self, params: &[Param]) {
        let scope = self.scope;
        for Param { name, ty, variadic } in params {
            if let Some(name) = name {
                self.bind(*name, 0, Def::Param { ty: *ty, variadic: *variadic, scope });
            }
        }
    }

    /// From an opening parenthesis: parameters and results; binds their names.
    pub(super) fn signature(&mut self) -> Parsed<Range> {
        let start = self.token.start;
        self.expect(Tok::LParen)?;
        let mut params = self.params()?;
        let mut end = self.last_end;
        if self.tok() == Tok::LParen {
            self.advance();
            params.extend(self.params()?);
            end = self.last_end;
        } else if self.starts_type() {
            self.skip_type()?;
            end = self.last_end;
        }
        self.bind_params(&params);
        Ok((start, end))
    }

    /// `func (r *T[P]) name[P any](…) … { … }`.
    fn function(&mut self) -> Parsed {
        self.advance();
        if self.eat(Tok::LParen) {
            for receiver in self.params()? {
                self.receiver_params(receiver.ty)?;
                self.bind_params(&[receiver]);
            }
        }
        self.expect(Tok::Ident)?;
        if self.eat(Tok::LBrack) {
            for (index, param) in self.params()?.into_iter().enumerate() {
                self.bind(param.name.unwrap_or(param.ty), 0, Def::TypeParam { index: index as u32 });
            }
        }
        self.body.signature = self.signature()?;
        if self.tok() == Tok::LBrace {
            self.block()?;
        }
        self.close(None, 0);
        Ok(())
    }

    /// Names in the brackets of a receiver's type.
    fn receiver_params(&mut self, (start, end): Range) -> Parsed {
        let mut lexer = Lexer::new(self.source, start as usize);
        let mut depth = 0;
        let mut index = 0;
        loop {
            let token = lexer.token();
            match token.tok {
                _ if token.start >= end => return Ok(()),
                Tok::LBrack => depth += 1,
                Tok::RBrack => depth -= 1,
                Tok::Ident if depth > 0 => {
                    self.bind((token.start, token.end), 0, Def::TypeParam { index });
                    index += 1;
                }
                _ => {}
            }
        }
    }

    /// `a, b T = x, y` outside of functions: the names are the package's.
    fn package_values(&mut self) -> Parsed {
        self.expect(Tok::Ident)?;
        while self.eat(Tok::Comma) {
            self.expect(Tok::Ident)?;
        }
        if self.starts_type() {
            self.skip_type()?;
        }
        if self.eat(Tok::Assign) {
            self.body.values = self.expr_list()?;
        }
        Ok(())
    }
}
