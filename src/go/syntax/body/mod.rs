//! Function bodies and initialisers as flat lists of expressions, each with the local names that are visible to it.
//!
//! What types need and no more: parsed straight from tokens where an operand's type is asked for, so that whole
//! trees can be looked through. Edits never rest on it: they are made on the grammar's own tree.

mod expr;
mod params;
mod parser;
mod stmt;

pub use params::{Param, split_params};
pub use parser::{BodyError, parse_decl, parse_values};

use super::lex::Tok;

/// An expression of a [`Body`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExprId(u32);

impl ExprId {
    /// Its place among the body's expressions.
    pub fn number(self) -> usize {
        self.0 as usize
    }
}

/// A list of expressions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExprList {
    start: u32,
    len: u32,
}

impl ExprList {
    /// How many there are.
    pub fn len(self) -> usize {
        self.len as usize
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len == 0
    }
}

/// A local name of a [`Body`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocalId(u32);

impl LocalId {
    /// Its place among the body's names.
    pub fn number(self) -> usize {
        self.0 as usize
    }
}

/// Offsets of the first byte and behind the last.
pub type Range = (u32, u32);

/// The form of an expression. A type in the place of an expression is one as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExprKind {
    /// A name.
    Ident,
    /// A literal: `Int`, `Float`, `Imaginary`, `Rune` or `Str`.
    Literal(Tok),
    /// `func(…) … { … }`: what stands between `func` and the brace.
    Func {
        /// Parameters and results.
        signature: Range,
    },
    /// `T{…}`; `{…}` inside of another literal.
    Composite {
        /// The type; none where the literal around it says it.
        ty: Option<ExprId>,
        /// Elements; keys and values as [`ExprKind::KeyValue`].
        elements: ExprList,
        /// The literal around it, where the type is left out.
        outer: Option<ExprId>,
    },
    /// `(x)`.
    Paren(ExprId),
    /// `x.name`.
    Selector {
        /// What stands before the dot.
        operand: ExprId,
        /// Offset of the name.
        name: u32,
    },
    /// `x[i]` and `x[T, U]`.
    Index {
        /// What stands before the bracket.
        operand: ExprId,
        /// What stands in the brackets.
        index: ExprList,
    },
    /// `x[i:j]`.
    Slice(ExprId),
    /// `x.(T)`; no type: `x.(type)`.
    Assert {
        /// What stands before the dot.
        operand: ExprId,
        /// The type.
        ty: Option<ExprId>,
    },
    /// `f(x)` and `T(x)`.
    Call {
        /// What is called.
        function: ExprId,
        /// Arguments.
        args: ExprList,
        /// Whether the last one has `...` behind it.
        spread: bool,
    },
    /// `*x`.
    Star(ExprId),
    /// `-x`, `!x`, `&x`, `<-x`, …
    Unary(Tok, ExprId),
    /// `x + y`.
    Binary(Tok, ExprId, ExprId),
    /// `k: v` in a literal.
    KeyValue(ExprId, ExprId),
    /// A type that starts with a keyword or a bracket.
    Type,
}

/// An expression.
#[derive(Clone, Copy, Debug)]
pub struct Expr {
    /// Its form.
    pub kind: ExprKind,
    /// Where it stands.
    pub range: Range,
    /// The innermost local name visible to it.
    pub scope: Option<LocalId>,
}

/// What defines a local name.
#[derive(Clone, Copy, Debug)]
pub enum Def {
    /// A parameter, receiver or result: the code of its type.
    Param {
        /// The type.
        ty: Range,
        /// Whether `...` stands before it.
        variadic: bool,
        /// What is visible to the type: no other parameter is.
        scope: Option<LocalId>,
    },
    /// `var x T`.
    Var {
        /// The type.
        ty: Range,
    },
    /// `x, y := f()` and `var x, y = …`.
    Value {
        /// Right-hand sides.
        values: ExprList,
        /// Which of the left-hand sides it is.
        index: u32,
        /// How many there are.
        of: u32,
    },
    /// First name of a range clause.
    RangeKey(ExprId),
    /// Second name of a range clause.
    RangeValue(ExprId),
    /// `switch x := value.(type)`, in one case.
    Case {
        /// What is switched on.
        value: ExprId,
        /// The case's types; none in `default`.
        types: ExprList,
    },
    /// A constant.
    Const {
        /// Its type, if it has one.
        ty: Option<Range>,
        /// Values of the specification.
        values: ExprList,
        /// Which of them is its own.
        index: u32,
    },
    /// A type.
    Type {
        /// Its definition.
        ty: Range,
        /// Whether it is an alias.
        alias: bool,
    },
    /// A type parameter of the function or of its receiver.
    TypeParam {
        /// Which one.
        index: u32,
    },
}

/// A local name.
#[derive(Clone, Copy, Debug)]
pub struct Local {
    /// Where it stands.
    pub name: Range,
    /// The case that it belongs to, of names of type switches; else 0.
    pub clause: u32,
    /// What defines it.
    pub def: Def,
    /// The name defined before it that is still visible.
    pub outer: Option<LocalId>,
    /// Offset behind the last byte of its block, up to which it is visible.
    pub until: u32,
}

/// Statements that move values or control.
#[derive(Clone, Copy, Debug)]
pub enum Stmt {
    /// `a, b = x, y`, `a, b := x, y` and `var a, b = x, y`.
    Assign {
        /// Targets.
        left: ExprList,
        /// Values.
        right: ExprList,
    },
    /// `return x, y` of a function literal, or of the function itself.
    Return {
        /// The literal.
        of: Option<ExprId>,
        /// Results.
        values: ExprList,
    },
    /// `ch <- x`.
    Send {
        /// The channel.
        channel: ExprId,
        /// The value.
        value: ExprId,
    },
    /// `go f()`.
    Go(ExprId),
    /// `defer f()`.
    Defer(ExprId),
}

/// A function or initialiser.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// Parameters and results of the function, receiver left out.
    pub signature: Range,
    /// Its initialisers, if it is not a function.
    pub values: ExprList,
    /// Its statements.
    pub statements: Vec<Stmt>,
    exprs: Vec<Expr>,
    lists: Vec<ExprId>,
    locals: Vec<Local>,
}

impl Body {
    /// An expression.
    pub fn expr(&self, id: ExprId) -> &Expr {
        // Ids are handed out by this body alone, so the place exists.
        &self.exprs[id.number()]
    }

    /// All expressions, inner ones before outer ones; a function literal stands before its body.
    pub fn exprs(&self) -> impl Iterator<Item = (ExprId, &Expr)> {
        self.exprs.iter().enumerate().map(|(number, expr)| (ExprId(number as u32), expr))
    }

    /// Number of expressions.
    pub fn len(&self) -> usize {
        self.exprs.len()
    }

    /// Whether it has no expressions.
    pub fn is_empty(&self) -> bool {
        self.exprs.is_empty()
    }

    /// The expressions of a list.
    pub fn list(&self, list: ExprList) -> &[ExprId] {
        self.lists.get(list.start as usize..(list.start + list.len) as usize).unwrap_or_default()
    }

    /// A local name.
    pub fn local(&self, id: LocalId) -> &Local {
        &self.locals[id.number()]
    }

    /// Number of local names.
    pub fn local_count(&self) -> usize {
        self.locals.len()
    }

    /// All local names, in source order.
    pub fn locals(&self) -> impl Iterator<Item = (LocalId, &Local)> {
        self.locals.iter().enumerate().map(|(number, local)| (LocalId(number as u32), local))
    }

    /// The local name that an identifier at `scope` refers to; none: package scope, an import, or predeclared.
    pub fn lookup(&self, source: &[u8], scope: Option<LocalId>, name: &str) -> Option<LocalId> {
        let mut next = scope;
        while let Some(id) = next {
            let local = self.local(id);
            if source.get(local.name.0 as usize..local.name.1 as usize) == Some(name.as_bytes()) {
                return Some(id);
            }
            next = local.outer;
        }
        None
    }
}
