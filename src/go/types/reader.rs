//! Go's type grammar, from code to [`Type`].

use std::sync::Arc;

use super::{Basic, Cause, ChanDir, Field, Interface, Named, Signature, Struct, Type};
use crate::go::syntax::body::{Param, split_params};
use crate::go::syntax::lex::{Lexer, Tok, Token};

/// What names mean where a type stands.
pub(super) trait Names {
    /// A name alone.
    fn ident(&self, name: &str) -> Type;
    /// `package.name`.
    fn qualified(&self, package: &str, name: &str) -> Type;
    /// The value of an array's length.
    fn length(&self, code: &str) -> Option<u64>;
}

/// Types within types; deeper ones are not read.
const MAX_TYPE_NESTING: u32 = 60;

/// The type that `code` denotes.
pub(super) fn read_type(code: &str, names: &dyn Names) -> Type {
    let mut reader = Reader::new(code, names);
    let ty = reader.union();
    reader.finish(ty)
}

/// The signature in `code`: `(a, b T) (U, error)`.
pub(super) fn read_signature(code: &str, names: &dyn Names) -> Option<Signature> {
    Reader::new(code, names).signature()
}

/// Names of the type parameters in `code`, which stand in brackets, and their constraints' code.
pub(super) fn read_type_params(code: &str) -> Vec<(&str, &str)> {
    let mut lexer = Lexer::new(code.as_bytes(), 0);
    if lexer.token().tok != Tok::LBrack {
        return Vec::new();
    }
    let params = split_params(&mut lexer).unwrap_or_default();
    let text = |(start, end): (u32, u32)| code.get(start as usize..end as usize).unwrap_or_default();
    params.into_iter().map(|p| (text(p.name.unwrap_or(p.ty)), text(p.ty))).collect()
}

struct Reader<'a> {
    code: &'a str,
    lexer: Lexer<'a>,
    token: Token,
    names: &'a dyn Names,
    depth: u32,
}

/// Why nothing was read is said by the caller.
type Read<T> = Option<T>;

impl<'a> Reader<'a> {
    fn new(code: &'a str, names: &'a dyn Names) -> Self {
        let mut lexer = Lexer::new(code.as_bytes(), 0);
        let token = lexer.token();
        Self { code, lexer, token, names, depth: 0 }
    }

    fn finish(&self, ty: Read<Type>) -> Type {
        match ty {
            Some(ty) if matches!(self.token.tok, Tok::Eof | Tok::Semi) => ty,
            _ => Type::Unknown(Cause::Syntax),
        }
    }

    fn advance(&mut self) -> Token {
        std::mem::replace(&mut self.token, self.lexer.token())
    }

    fn eat(&mut self, tok: Tok) -> bool {
        let found = self.token.tok == tok;
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, tok: Tok) -> Read<Token> {
        (self.token.tok == tok).then(|| self.advance())
    }

    /// `~T | U` and plain types.
    fn union(&mut self) -> Read<Type> {
        let tilde = self.eat(Tok::Tilde);
        let first = self.ty()?;
        if !tilde && self.token.tok != Tok::Or {
            return Some(first);
        }
        let mut terms = vec![first];
        while self.eat(Tok::Or) {
            self.eat(Tok::Tilde);
            terms.push(self.ty()?);
        }
        let unions = Box::from([terms.into()]);
        Some(Type::Interface(Arc::new(Interface { unions, ..Interface::default() })))
    }

    fn ty(&mut self) -> Read<Type> {
        self.depth += 1;
        if self.depth > MAX_TYPE_NESTING {
            return None;
        }
        let ty = self.any_type();
        self.depth -= 1;
        ty
    }

    fn any_type(&mut self) -> Read<Type> {
        let token = self.advance();
        Some(match token.tok {
            Tok::Ident => self.name(token)?,
            Tok::Star => self.wrap(Type::Pointer)?,
            Tok::LParen => {
                let inner = self.ty()?;
                self.expect(Tok::RParen)?;
                inner
            }
            Tok::LBrack => self.array_or_slice()?,
            Tok::Map => {
                self.expect(Tok::LBrack)?;
                let key = self.ty()?;
                self.expect(Tok::RBrack)?;
                Type::Map(Arc::new(key), Arc::new(self.ty()?))
            }
            Tok::Chan if self.eat(Tok::Arrow) => self.wrap(|inner| Type::Chan(ChanDir::Send, inner))?,
            Tok::Chan => self.wrap(|inner| Type::Chan(ChanDir::Both, inner))?,
            Tok::Arrow => {
                self.expect(Tok::Chan)?;
                self.wrap(|inner| Type::Chan(ChanDir::Receive, inner))?
            }
            Tok::Func => Type::Func(Arc::new(self.signature()?)),
            Tok::Struct => self.fields()?,
            Tok::Interface => self.interface()?,
            _ => return None,
        })
    }

    fn wrap(&mut self, with: impl FnOnce(Arc<Type>) -> Type) -> Read<Type> {
        Some(with(Arc::new(self.ty()?)))
    }

    /// `T`, `p.T`, and either with type arguments.
    fn name(&mut self, first: Token) -> Read<Type> {
        let first = self.lexer.text(first);
        let ty = if self.eat(Tok::Dot) {
            let name = self.expect(Tok::Ident)?;
            self.names.qualified(first, self.lexer.text(name))
        } else {
            self.names.ident(first)
        };
        if self.token.tok != Tok::LBrack {
            return Some(ty);
        }
        self.advance();
        let mut args = Vec::new();
        while !self.eat(Tok::RBrack) {
            args.push(self.ty()?);
            self.eat(Tok::Comma);
        }
        Some(instantiate(ty, args))
    }

    fn array_or_slice(&mut self) -> Read<Type> {
        if self.eat(Tok::RBrack) {
            return self.wrap(Type::Slice);
        }
        let start = self.token.start;
        let mut depth = 0;
        while depth > 0 || self.token.tok != Tok::RBrack {
            match self.advance().tok {
                Tok::LBrack | Tok::LParen | Tok::LBrace => depth += 1,
                Tok::RBrack | Tok::RParen | Tok::RBrace => depth -= 1,
                Tok::Eof | Tok::Bad => return None,
                _ => {}
            }
        }
        let length = self.code.get(start as usize..self.token.start as usize)?;
        self.advance();
        let length = self.names.length(length);
        self.wrap(|inner| Type::Array(length, inner))
    }

    /// From the opening parenthesis of the parameters.
    fn signature(&mut self) -> Read<Signature> {
        let params = self.params()?;
        let variadic = params.last().is_some_and(|p| p.variadic);
        let results = match self.token.tok {
            Tok::LParen => {
                let results = self.params()?;
                results.iter().map(|p| self.param(p)).collect::<Read<_>>()?
            }
            Tok::Ident
            | Tok::Star
            | Tok::LBrack
            | Tok::Map
            | Tok::Chan
            | Tok::Func
            | Tok::Struct
            | Tok::Interface
            | Tok::Arrow => Box::from([self.ty()?]),
            _ => Box::default(),
        };
        let params = params.iter().map(|p| self.param(p)).collect::<Read<_>>()?;
        Some(Signature { params, variadic, results, type_params: Box::default() })
    }

    fn params(&mut self) -> Read<Vec<Param>> {
        if self.token.tok != Tok::LParen {
            return None;
        }
        let params = split_params(&mut self.lexer)?;
        self.token = self.lexer.token();
        Some(params)
    }

    fn param(&self, param: &Param) -> Read<Type> {
        let code = self.code.get(param.ty.0 as usize..param.ty.1 as usize)?;
        let mut reader = Reader { depth: self.depth + 1, ..Reader::new(code, self.names) };
        let ty = reader.ty();
        let ty = reader.finish(ty);
        Some(if param.variadic { Type::Slice(Arc::new(ty)) } else { ty })
    }

    fn fields(&mut self) -> Read<Type> {
        self.expect(Tok::LBrace)?;
        let mut fields = Vec::new();
        while !self.eat(Tok::RBrace) {
            if self.eat(Tok::Semi) {
                continue;
            }
            if self.is_embedded() {
                let name = self.embedded_name();
                fields.push(Field { name, ty: self.ty()?, embedded: true });
            } else {
                let mut names = vec![self.expect(Tok::Ident)?];
                while self.eat(Tok::Comma) {
                    names.push(self.expect(Tok::Ident)?);
                }
                let ty = self.ty()?;
                let field = |name: Token| Field { name: self.lexer.text(name).into(), ty: ty.clone(), embedded: false };
                fields.extend(names.into_iter().map(field));
            }
            self.eat(Tok::Str);
        }
        Some(Type::Struct(Arc::new(Struct { fields: fields.into() })))
    }

    /// Whether a field is a type alone.
    fn is_embedded(&self) -> bool {
        let mut ahead = self.lexer;
        if self.token.tok == Tok::Star {
            return true;
        }
        let next = ahead.token();
        match next.tok {
            Tok::Dot | Tok::Semi | Tok::RBrace | Tok::Str => true,
            Tok::LBrack => {
                let (mut depth, mut inside) = (1, 0);
                while depth > 0 {
                    match ahead.token().tok {
                        Tok::LBrack => depth += 1,
                        Tok::RBrack => depth -= 1,
                        Tok::Eof | Tok::Bad => return false,
                        _ => inside += 1,
                    }
                }
                inside > 0 && matches!(ahead.token().tok, Tok::Semi | Tok::RBrace | Tok::Str)
            }
            _ => false,
        }
    }

    /// The name of the embedded field that starts here: the last one of its type's name.
    fn embedded_name(&self) -> Arc<str> {
        let (mut ahead, mut token, mut name) = (self.lexer, self.token, "");
        while matches!(token.tok, Tok::Star | Tok::Ident | Tok::Dot) {
            name = self.lexer.text(token);
            token = ahead.token();
        }
        name.into()
    }

    fn interface(&mut self) -> Read<Type> {
        self.expect(Tok::LBrace)?;
        let (mut methods, mut embedded, mut unions) = (Vec::new(), Vec::new(), Vec::new());
        while !self.eat(Tok::RBrace) {
            if self.eat(Tok::Semi) {
                continue;
            }
            let mut ahead = self.lexer;
            if self.token.tok == Tok::Ident && ahead.token().tok == Tok::LParen {
                let name = self.advance();
                methods.push((self.lexer.text(name).into(), Arc::new(self.signature()?)));
                continue;
            }
            match self.union()? {
                Type::Interface(inner) if !inner.unions.is_empty() => unions.extend(inner.unions.iter().cloned()),
                other => embedded.push(other),
            }
        }
        methods.sort_by(|(a, _): &(Arc<str>, Arc<Signature>), (b, _)| a.cmp(b));
        let (methods, embedded, unions) = (methods.into(), embedded.into(), unions.into());
        Some(Type::Interface(Arc::new(Interface { methods, embedded, unions })))
    }
}

/// A generic type with its arguments.
pub(super) fn instantiate(ty: Type, args: Vec<Type>) -> Type {
    match ty {
        Type::Named(named) if named.args.is_empty() => {
            Type::Named(Arc::new(Named { args: args.into(), ..(*named).clone() }))
        }
        Type::Unknown(_) => ty,
        _ => Type::Unknown(Cause::Mismatch),
    }
}

/// The predeclared type of this name.
pub(super) fn predeclared(name: &str) -> Option<Type> {
    match name {
        "any" | "comparable" => Some(Type::any()),
        _ => Basic::named(name).map(Type::Basic),
    }
}

/// Whether a name is one of Go's own functions or constants.
pub(super) fn is_predeclared(name: &str) -> bool {
    matches!(
        name,
        "true"
            | "false"
            | "nil"
            | "iota"
            | "append"
            | "cap"
            | "clear"
            | "close"
            | "complex"
            | "copy"
            | "delete"
            | "imag"
            | "len"
            | "make"
            | "max"
            | "min"
            | "new"
            | "panic"
            | "print"
            | "println"
            | "real"
            | "recover"
            | "_"
    )
}
