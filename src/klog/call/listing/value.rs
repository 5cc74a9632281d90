//! What a log call is made on, if not on klog itself.

use super::uses;
use crate::go::index::path_of;
use crate::go::syntax::body::{Body, Def, ExprId, ExprKind, ExprList, Range};
use crate::go::syntax::outline::Outline;
use crate::go::types::MAX_NAMES;
use crate::klog::borrowed::Borrowed;
use crate::rule::LogCalls;
use crate::text::Span;

/// Why a declaration's calls are not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlisted {
    /// Its tree has to be asked.
    AskTree,
    /// The reader does not take it for Go.
    Unread,
}

pub(super) type Listed<T> = Result<T, Unlisted>;

/// What is known of the file.
pub(super) struct Known<'a> {
    pub(super) rules: &'a LogCalls,
    pub(super) source: &'a [u8],
    pub(super) outline: &'a Outline,
    /// What the file calls klog's packages.
    pub(super) packages: Vec<&'a str>,
    /// What an expression is by its type.
    pub(super) typed: &'a dyn Fn(Span) -> Option<Borrowed>,
}

impl<'a> Known<'a> {
    pub(super) fn text(&self, (start, end): Range) -> &'a str {
        let text = self.source.get(start as usize..end as usize).and_then(|text| std::str::from_utf8(text).ok());
        text.unwrap_or_default()
    }
}

/// A body and its file. No local name in it is one of klog's packages.
pub(super) struct Code<'l, 'a> {
    pub(super) known: &'l Known<'a>,
    pub(super) body: &'l Body,
}

/// What a klog expression yields, with the text of its level where that is known.
pub(super) enum Value {
    /// A `klog.Verbose`.
    Verbose(Option<String>),
    /// A contextual logger.
    Logger(Option<String>),
}

impl<'a> Code<'_, 'a> {
    /// What an expression yields, followed through local variables.
    pub(super) fn value(&self, id: ExprId, depth: usize) -> Listed<Option<Value>> {
        if depth > MAX_NAMES {
            return Ok(None);
        }
        let id = self.peel(id);
        match self.body.expr(id).kind {
            ExprKind::Call { function, args, .. } => self.value_of_call(self.peel(function), args, depth),
            ExprKind::Assert { ty: Some(ty), .. } => self.value_of_type(self.body.expr(ty).range),
            ExprKind::Ident => self.value_of_name(id, depth),
            _ => Ok(None),
        }
    }

    fn value_of_name(&self, id: ExprId, depth: usize) -> Listed<Option<Value>> {
        let expr = self.body.expr(id);
        let found = self.body.lookup(self.known.source, expr.scope, self.known.text(expr.range));
        let Some(local) = found.map(|found| self.body.local(found)) else { return Ok(None) };
        match local.def {
            Def::Value { values, index, of } => {
                let values = self.body.list(values);
                let value = if values.len() == of as usize { values.get(index as usize) } else { None };
                let Some(value) = value.filter(|value| self.body.expr(**value).range.1 <= expr.range.0) else {
                    return Ok(None);
                };
                match self.value(*value, depth + 1)? {
                    // Whether it is still that level, assignments tell.
                    Some(Value::Verbose(_)) => Err(Unlisted::AskTree),
                    value => Ok(value),
                }
            }
            Def::Param { ty, variadic: false, .. } | Def::Var { ty } => self.value_of_type(ty),
            _ => Ok(None),
        }
    }

    fn value_of_call(&self, callee: ExprId, args: ExprList, depth: usize) -> Listed<Option<Value>> {
        let ExprKind::Selector { operand, .. } = self.body.expr(callee).kind else { return Ok(None) };
        let (name, rules) = (self.name(callee), self.known.rules);
        if self.is_package(operand) {
            if let Some(level) = rules.verbose.functions.get(name) {
                return Ok(Some(Value::Verbose(self.argument(args, *level))));
            }
            let constructs = rules.logger.constructors.iter().any(|constructor| constructor == name);
            return Ok(constructs.then_some(Value::Logger(None)));
        }
        if name == rules.logger.with_id {
            return Err(Unlisted::AskTree);
        }
        match self.value(operand, depth + 1)? {
            Some(Value::Logger(level)) if rules.logger.methods.iter().any(|method| method == name) => {
                Ok(Some(Value::Logger(if name == "V" { self.argument(args, 0) } else { level })))
            }
            _ => Ok(None),
        }
    }

    fn argument(&self, args: ExprList, index: usize) -> Option<String> {
        let argument = self.body.list(args).get(index)?;
        Some(self.known.text(self.body.expr(*argument).range).to_owned())
    }

    /// Of `package.Name`.
    fn value_of_type(&self, ty: Range) -> Listed<Option<Value>> {
        let rules = self.known.rules;
        let Some((package, name)) = self.known.text(ty).split_once('.') else { return Ok(None) };
        if name != rules.verbose.ty && !rules.logger.types.iter().any(|ty| ty.ends_with(name)) {
            return Ok(None);
        }
        let Some(path) = path_of(&self.known.outline.imports, package) else { return Ok(None) };
        if self.body.locals().any(|(_, local)| self.known.text(local.name) == package) {
            return Err(Unlisted::AskTree);
        }
        if name == rules.verbose.ty && self.known.packages.contains(&package) {
            return Ok(Some(Value::Verbose(None)));
        }
        let is_logger = rules.logger.types.iter().any(|ty| ty.rsplit_once('.') == Some((path, name)));
        // Without klog in the file, types are asked.
        Ok((is_logger && !self.known.packages.is_empty()).then_some(Value::Logger(None)))
    }

    /// A `klog.Verbose` or a logger out of a field, an element, a result, or a variable of the package.
    pub(super) fn borrowed(&self, id: ExprId, depth: usize) -> Option<Value> {
        let id = self.peel(id);
        if self.imported(id).is_some() {
            return None;
        }
        let (start, end) = self.body.expr(id).range;
        Some(match (self.known.typed)(Span::new(start as usize, end as usize))? {
            Borrowed::Verbose(_) => Value::Verbose(None),
            Borrowed::Logger => Value::Logger(self.level_of(id, depth)),
        })
    }

    /// The level in an expression that makes a logger of another.
    fn level_of(&self, id: ExprId, depth: usize) -> Option<String> {
        let mut next = self.peel(id);
        let rules = self.known.rules;
        for _ in depth..MAX_NAMES {
            let ExprKind::Call { function, args, .. } = self.body.expr(next).kind else { return None };
            let selector = self.peel(function);
            let ExprKind::Selector { operand, .. } = self.body.expr(selector).kind else { return None };
            let name = self.name(selector);
            if !rules.logger.methods.iter().any(|method| method == name) {
                return None;
            }
            if rules.verbose.functions.get(name) == Some(&0) {
                return self.argument(args, 0);
            }
            next = self.peel(operand);
        }
        None
    }

    pub(super) fn is_package(&self, operand: ExprId) -> bool {
        self.ident(operand).is_some_and(|name| self.known.packages.contains(&name))
    }

    /// The path of the package that an expression names.
    pub(super) fn imported(&self, id: ExprId) -> Option<&'a str> {
        let name = self.ident(id)?;
        let scope = self.body.expr(self.peel(id)).scope;
        let is_local = self.body.lookup(self.known.source, scope, name).is_some();
        if is_local { None } else { path_of(&self.known.outline.imports, name) }
    }

    pub(super) fn ident(&self, id: ExprId) -> Option<&'a str> {
        let expr = self.body.expr(self.peel(id));
        (expr.kind == ExprKind::Ident).then(|| self.known.text(expr.range))
    }

    /// The name behind a selector's dot.
    pub(super) fn name(&self, selector: ExprId) -> &'a str {
        let expr = self.body.expr(selector);
        match expr.kind {
            ExprKind::Selector { name, .. } => self.known.text((name, expr.range.1)),
            _ => "",
        }
    }

    pub(super) fn peel(&self, id: ExprId) -> ExprId {
        uses::peel(self.body, id)
    }
}
