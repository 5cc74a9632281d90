//! Constants: which expressions are, and the values of strings and small numbers among them.

use super::super::world::View;
use super::super::{Basic, Type, Untyped};
use super::checker::{Checker, Memo};
use super::meaning::Meaning;
use crate::go::index::{DeclId, Package};
use crate::go::syntax::body::{Body, Def, ExprId, ExprKind, parse_values};
use crate::go::syntax::lex::Tok;
use crate::go::syntax::outline::DeclKind;

/// The value of a constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    /// A string, as the program sees it. Bytes that are not UTF-8 make it unknown.
    Str(String),
    /// An integer.
    Int(i128),
}

/// Constants that refer to constants, more than anyone writes.
const MAX_REFERENCES: u32 = 40;
/// Longer strings are not put together.
const MAX_LEN: usize = 1 << 16;

impl Checker<'_, '_> {
    /// Whether an expression's value is fixed when the program is compiled.
    pub(in crate::go::types) fn is_constant(&self, id: ExprId) -> bool {
        let expr = self.body.expr(id);
        match expr.kind {
            ExprKind::Literal(_) => true,
            ExprKind::Ident => match self.meaning_of(id) {
                Meaning::Local(id) => matches!(self.body.local(id).def, Def::Const { .. }),
                Meaning::Package(home, id) => self.home_of(&home).is_some_and(|p| p.decl(id).kind == DeclKind::Const),
                Meaning::Predeclared => matches!(self.text(expr.range), "true" | "false" | "iota"),
                _ => false,
            },
            ExprKind::Selector { operand, name } => self.qualifier(operand).is_some_and(|import| {
                let package = self.view.package(&import);
                let name = self.text((name, expr.range.1));
                package.is_some_and(|p| p.lookup(name).is_some_and(|id| p.decl(id).kind == DeclKind::Const))
            }),
            ExprKind::Paren(inner) | ExprKind::Unary(Tok::Add | Tok::Sub | Tok::Not | Tok::Xor, inner) => {
                self.is_constant(inner)
            }
            ExprKind::Binary(_, left, right) => self.is_constant(left) && self.is_constant(right),
            ExprKind::Call { function, args, .. } => match (self.denoted(function), self.body.list(args)) {
                (Some(ty), [arg]) => matches!(self.view.underlying(&ty), Type::Basic(_)) && self.is_constant(*arg),
                (None, [arg]) => self.is_fixed_length(function, *arg),
                _ => false,
            },
            _ => false,
        }
    }

    /// `len` of a constant string, or of an array that no call has to make first.
    fn is_fixed_length(&self, function: ExprId, arg: ExprId) -> bool {
        let expr = self.body.expr(function);
        let is_len = expr.kind == ExprKind::Ident && matches!(self.text(expr.range), "len" | "cap");
        let is_builtin = is_len && matches!(self.meaning_of(function), Meaning::Predeclared);
        let ty = self.ty(arg).single();
        match self.view.underlying(ty.pointee().unwrap_or(&ty)) {
            _ if !is_builtin => false,
            Type::Array(..) => matches!(self.body.expr(arg).kind, ExprKind::Ident | ExprKind::Selector { .. }),
            Type::Untyped(Untyped::String) | Type::Basic(Basic::String) => self.is_constant(arg),
            _ => false,
        }
    }

    /// The value of a constant expression.
    pub(in crate::go::types) fn value(&self, id: ExprId, depth: u32) -> Option<Constant> {
        if depth > MAX_REFERENCES {
            return None;
        }
        let expr = self.body.expr(id);
        let value = |id| self.value(id, depth + 1);
        match expr.kind {
            ExprKind::Literal(Tok::Str) => unquote(self.text(expr.range)).map(Constant::Str),
            ExprKind::Literal(Tok::Int) => integer(self.text(expr.range)).map(Constant::Int),
            ExprKind::Literal(Tok::Rune) => {
                let inner = self.text(expr.range).trim_matches('\'').to_owned();
                let mut chars = inner.chars();
                chars.next().filter(|c| *c != '\\' && chars.next().is_none()).map(|c| Constant::Int(c as i128))
            }
            ExprKind::Paren(inner) => value(inner),
            ExprKind::Ident => {
                let name = self.text(expr.range);
                if let Some(local) = self.body.lookup(self.source, expr.scope, name) {
                    let Def::Const { values, index, .. } = self.body.local(local).def else { return None };
                    return self.body.list(values).get(index as usize).and_then(|id| value(*id));
                }
                if name == "iota" {
                    return self.iota.map(|iota| Constant::Int(iota.into()));
                }
                constant_of(self.view, self.package, self.package.lookup(name)?, depth + 1)
            }
            ExprKind::Selector { operand, name } => {
                let package = self.view.package(&self.qualifier(operand)?)?;
                constant_of(self.view, package, package.lookup(self.text((name, expr.range.1)))?, depth + 1)
            }
            ExprKind::Call { function, args, .. } => match (self.denoted(function), self.body.list(args)) {
                // An integer converted to a string is another value.
                (Some(ty), [arg]) => match (value(*arg)?, self.view.underlying(&ty)) {
                    (found @ Constant::Str(_), Type::Basic(basic)) if !basic.is_numeric() => Some(found),
                    (found @ Constant::Int(_), Type::Basic(basic)) if basic.is_integer() => Some(found),
                    _ => None,
                },
                _ => None,
            },
            ExprKind::Unary(Tok::Sub, inner) => match value(inner)? {
                Constant::Int(n) => n.checked_neg().map(Constant::Int),
                Constant::Str(_) => None,
            },
            ExprKind::Binary(op, left, right) => self.combine(op, (left, right), value(left)?, value(right)?),
            _ => None,
        }
    }

    fn combine(&self, op: Tok, (left, right): (ExprId, ExprId), a: Constant, b: Constant) -> Option<Constant> {
        // The lexer gives operators of one precedence one kind, so the text between the operands tells them apart.
        let between = self.text((self.body.expr(left).range.1, self.body.expr(right).range.0));
        let has = |op: &str| between.contains(op);
        match (a, b) {
            (Constant::Str(a), Constant::Str(b)) if op == Tok::Add && a.len() + b.len() <= MAX_LEN => {
                Some(Constant::Str(a + &b))
            }
            (Constant::Int(a), Constant::Int(b)) => {
                let shift = u32::try_from(b).ok().filter(|by| *by < 100);
                let value = match op {
                    Tok::Add => a.checked_add(b),
                    Tok::Sub => a.checked_sub(b),
                    Tok::Star => a.checked_mul(b),
                    Tok::Div if has("%") && !has("/") => a.checked_rem(b),
                    Tok::Div if !has("%") => a.checked_div(b),
                    Tok::Shift if has("<<") => a.checked_mul(1i128.checked_shl(shift?)?),
                    Tok::Shift if has(">>") => a.checked_shr(shift?),
                    Tok::Or => Some(a | b),
                    Tok::And => Some(a & b),
                    _ => None,
                };
                value.map(Constant::Int)
            }
            _ => None,
        }
    }
}

/// The value of a package constant.
pub(in crate::go::types) fn constant_of<'w>(
    view: &View<'w>,
    package: &'w Package,
    id: DeclId,
    depth: u32,
) -> Option<Constant> {
    let decl = package.decl(id);
    if decl.kind != DeclKind::Const {
        return None;
    }
    let (file, values, iota) = (package.file_of(id), package.text(id, |d| d.values), Some(decl.iota));
    with_values(view, package, file, values, iota, |checker, body| {
        checker.value(*body.list(body.values).get(decl.index as usize)?, depth)
    })
}

impl<'w> View<'w> {
    /// The value of an array's length.
    pub(in crate::go::types) fn length(&self, package: &'w Package, file: usize, code: &str) -> Option<u64> {
        let code = code.trim();
        if let Ok(length) = code.parse() {
            return Some(length);
        }
        let value = with_values(self, package, file, code, None, |checker, body| {
            checker.value(*body.list(body.values).first()?, 0)
        });
        match value? {
            Constant::Int(n) => n.try_into().ok(),
            Constant::Str(_) => None,
        }
    }
}

pub(super) fn with_values<'w, T>(
    view: &View<'w>,
    package: &'w Package,
    file: usize,
    values: &str,
    iota: Option<u32>,
    run: impl FnOnce(&Checker<'_, '_>, &Body) -> Option<T>,
) -> Option<T> {
    let body = parse_values(values).ok()?;
    let memo = Memo::new(&body);
    let (params, source) = (&[][..], values.as_bytes());
    run(&Checker { view, package, file, params, source, body: &body, memo: &memo, iota }, &body)
}

fn integer(text: &str) -> Option<i128> {
    let text = text.replace('_', "");
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&text[2..], 16),
        [b'0', b'b' | b'B', ..] => (&text[2..], 2),
        [b'0', b'o' | b'O', ..] => (&text[2..], 8),
        [b'0', _, ..] => (&text[1..], 8),
        _ => (&text[..], 10),
    };
    i128::from_str_radix(digits, radix).ok()
}

/// The value of a string literal.
pub(in crate::go::types) fn unquote(literal: &str) -> Option<String> {
    if let Some(raw) = literal.strip_prefix('`') {
        return Some(raw.strip_suffix('`')?.replace('\r', ""));
    }
    let inner = literal.strip_prefix('"')?.strip_suffix('"')?;
    let mut bytes = Vec::with_capacity(inner.len());
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        let c = if c == '\\' { escape(&mut chars)? } else { Escape::Char(c) };
        match c {
            Escape::Byte(byte) => bytes.push(byte),
            Escape::Char(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    String::from_utf8(bytes).ok()
}

enum Escape {
    Byte(u8),
    Char(char),
}

/// Behind a backslash.
fn escape(chars: &mut std::str::Chars<'_>) -> Option<Escape> {
    let first = chars.next()?;
    let mut number = |start: Option<char>, digits: usize, radix: u32| {
        let text: String = start.into_iter().chain(chars.by_ref().take(digits)).collect();
        u32::from_str_radix(&text, radix).ok()
    };
    let byte = match first {
        'n' => b'\n',
        't' => b'\t',
        'r' => b'\r',
        'a' => 7,
        'b' => 8,
        'f' => 12,
        'v' => 11,
        '\\' | '"' | '\'' => first as u8,
        'x' => u8::try_from(number(None, 2, 16)?).ok()?,
        '0'..='7' => u8::try_from(number(Some(first), 2, 8)?).ok()?,
        'u' => return char::from_u32(number(None, 4, 16)?).map(Escape::Char),
        'U' => return char::from_u32(number(None, 8, 16)?).map(Escape::Char),
        _ => return None,
    };
    Some(Escape::Byte(byte))
}
