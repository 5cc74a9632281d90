//! Texts that functions put together of what they are given: `ns + "/" + name`, `fmt.Sprintf("%s/%s", pod.Namespace, pod.Name)`.

use std::sync::Arc;

use super::super::world::View;
use super::super::{Basic, Type};
use super::checker::Checker;
use super::constant::{unquote, with_values};
use crate::go::module::{Constraint, PackageName};
use crate::go::syntax::body::{ExprId, ExprKind, ExprList};
use crate::go::syntax::lex::Tok;
use crate::go::syntax::outline::DeclKind;

/// Functions that call functions for it, more than anyone writes.
const MAX_CALLS: u32 = 4;

/// A piece of such a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// As it stands.
    Text(String),
    /// What a parameter has under these names: fields, and calls of methods, `GetName()`.
    Given {
        /// Which parameter.
        index: usize,
        /// Field by field; empty for the parameter itself.
        names: Vec<String>,
    },
}

impl View<'_> {
    /// The text that a function makes of its parameters in one expression. `None` where it does more, or that cannot be told.
    pub fn joined(&self, package: &Arc<PackageName>, function: &str) -> Option<Vec<Piece>> {
        self.joined_within(package, function, MAX_CALLS)
    }

    fn joined_within(&self, package: &Arc<PackageName>, function: &str, depth: u32) -> Option<Vec<Piece>> {
        let package = self.package(package)?;
        let id = package.lookup(function).filter(|id| package.decl(*id).kind == DeclKind::Func)?;
        let (code, file) = (package.text(id, |d| d.values), package.file_of(id));
        let names = parameters(package.text(id, |d| d.code))?;
        if !self.is_always_built(&package.files.get(file)?.path) {
            return None;
        }
        with_values(self, package, file, code, None, |checker, body| {
            let [only] = body.list(body.values) else { return None };
            let pieces = Joining { checker, names: &names, depth: depth.checked_sub(1)? }.pieces(*only)?;
            Some(merged(pieces))
        })
    }
}

impl View<'_> {
    /// Whether a file of the checkout is part of its package however that is built: else another may say what the function does.
    fn is_always_built(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        let constraint = self.world().index().lend(path, |bytes| Constraint::of_file(name, bytes));
        constraint.is_ok_and(|constraint| constraint == Constraint::Always)
    }
}

/// The names of parameters: `(namespace,name string)string`.
fn parameters(code: &str) -> Option<Vec<&str>> {
    let list = code.strip_prefix('(')?.strip_suffix(")string")?;
    let parts: Option<Vec<(&str, &str)>> = list.split(',').map(parameter).collect();
    let parts = parts.filter(|_| !list.contains(['(', ')', '[', '{']))?;
    // Where the last has no type behind it, they are types without names.
    let is_named = parts.last().is_some_and(|(_, ty)| !ty.is_empty() && !ty.starts_with('.'));
    is_named.then(|| parts.into_iter().map(|(name, _)| name).collect())
}

/// The name that a parameter starts with, and its type.
fn parameter(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    text.split_at_checked(end).filter(|(name, _)| !name.is_empty())
}

/// Joins texts that stand side by side.
fn merged(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut found: Vec<Piece> = Vec::new();
    for piece in pieces {
        match (found.last_mut(), &piece) {
            (Some(Piece::Text(before)), Piece::Text(text)) => before.push_str(text),
            (_, Piece::Text(text)) if text.is_empty() => {}
            _ => found.push(piece),
        }
    }
    found
}

struct Joining<'j> {
    checker: &'j Checker<'j, 'j>,
    names: &'j [&'j str],
    depth: u32,
}

impl Joining<'_> {
    fn pieces(&self, id: ExprId) -> Option<Vec<Piece>> {
        if let Some(given) = self.given(id) {
            return Some(vec![given]);
        }
        let (checker, body) = (self.checker, self.checker.body);
        let expr = body.expr(id);
        match expr.kind {
            ExprKind::Literal(Tok::Str) => Some(vec![Piece::Text(unquote(checker.text(expr.range))?)]),
            ExprKind::Paren(inner) => self.pieces(inner),
            ExprKind::Binary(Tok::Add, left, right) => {
                // Operators of one precedence have one kind.
                let between = checker.text((body.expr(left).range.1, body.expr(right).range.0));
                let both = [self.pieces(left)?, self.pieces(right)?];
                (between.trim() == "+").then(|| both.concat())
            }
            ExprKind::Call { function, args, spread: false } => self.call(function, args),
            _ => None,
        }
    }

    /// `x`, `x.Meta.Name` and `x.GetName()` of a parameter.
    fn given(&self, id: ExprId) -> Option<Piece> {
        let (checker, body) = (self.checker, self.checker.body);
        let expr = body.expr(id);
        match expr.kind {
            ExprKind::Ident => {
                let index = self.names.iter().position(|name| *name == checker.text(expr.range))?;
                Some(Piece::Given { index, names: Vec::new() })
            }
            ExprKind::Selector { operand, name } => match self.given(operand)? {
                Piece::Given { index, mut names } => {
                    names.push(checker.text((name, expr.range.1)).to_owned());
                    Some(Piece::Given { index, names })
                }
                Piece::Text(_) => None,
            },
            ExprKind::Call { function, args, .. } if body.list(args).is_empty() => match self.given(function)? {
                Piece::Given { index, mut names } => {
                    names.last_mut()?.push_str("()");
                    Some(Piece::Given { index, names })
                }
                Piece::Text(_) => None,
            },
            _ => None,
        }
    }

    fn call(&self, function: ExprId, args: ExprList) -> Option<Vec<Piece>> {
        let (checker, body) = (self.checker, self.checker.body);
        let args = body.list(args);
        // What a parameter is called means nothing else.
        if self.names.contains(&checker.text(body.expr(function).range)) {
            return None;
        }
        if let ([only], Some(Type::Basic(Basic::String))) = (args, checker.denoted(function)) {
            return self.pieces(*only);
        }
        let (package, name) = match body.expr(function).kind {
            ExprKind::Selector { operand, name } => {
                let qualifier = checker.text(body.expr(operand).range);
                let package = checker.qualifier(operand).filter(|_| !self.names.contains(&qualifier))?;
                (package, checker.text((name, body.expr(function).range.1)))
            }
            ExprKind::Ident => (checker.package.name.clone(), checker.text(body.expr(function).range)),
            _ => return None,
        };
        let given: Vec<Vec<Piece>> = args.iter().map(|arg| self.pieces(*arg)).collect::<Option<_>>()?;
        if &*package.path == "fmt" {
            return filled(&given, name);
        }
        let inner = checker.view.joined_within(&package, name, self.depth)?;
        let placed = inner.into_iter().map(|piece| match piece {
            Piece::Text(text) => Some(vec![Piece::Text(text)]),
            Piece::Given { index, names } => match (given.get(index)?.as_slice(), names.is_empty()) {
                (pieces, true) => Some(pieces.to_vec()),
                ([Piece::Given { index, names: own }], false) => {
                    Some(vec![Piece::Given { index: *index, names: [own.clone(), names].concat() }])
                }
                _ => None,
            },
        });
        Some(placed.collect::<Option<Vec<_>>>()?.concat())
    }
}

/// What `fmt.Sprintf` makes of a format with nothing but `%s` and `%v`.
fn filled(given: &[Vec<Piece>], name: &str) -> Option<Vec<Piece>> {
    let ([Piece::Text(format)], rest) = given.split_first().map(|(first, rest)| (first.as_slice(), rest))? else {
        return None;
    };
    let texts: Vec<&str> = format.split("%").collect();
    if name != "Sprintf" || texts.len() != rest.len() + 1 {
        return None;
    }
    let mut found = vec![Piece::Text((*texts.first()?).to_owned())];
    for (text, pieces) in texts.get(1..)?.iter().zip(rest) {
        found.extend(pieces.iter().cloned());
        found.push(Piece::Text(text.strip_prefix(['s', 'v'])?.to_owned()));
    }
    Some(found)
}
