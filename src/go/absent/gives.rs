//! Whether an expression may be no context.

use rustc_hash::FxHashSet;

use crate::go::syntax::body::{Def, Expr, ExprId, ExprKind, LocalId, Stmt};
use crate::go::syntax::word::words;
use crate::go::types::{Absent, BodyTypes, Referent, Type};
use crate::text::diagnostic::RelPath;

/// In the place of a type, where a field of any of the package's has the name.
pub const ANY: &str = "*";
/// The type of contexts.
pub const CONTEXT: &str = "context.Context";

/// What may stand for no context.
pub(super) struct Gives<'g> {
    /// Fields that nothing sets, or not everything, among other names.
    pub fields: &'g FxHashSet<&'g str>,
    /// Variables and fields that may be none, and functions that may return none.
    pub known: &'g Absent,
    /// This parameter alone.
    pub parameter: Option<LocalId>,
    pub path: &'g RelPath,
}

impl Gives<'_> {
    /// Whether an argument is nil, a context that something leaves unset, or the parameter.
    pub fn is_none(&self, own: &BodyTypes<'_, '_>, arg: ExprId) -> bool {
        let body = own.body();
        let expr = body.expr(arg);
        match expr.kind {
            ExprKind::Paren(inner) => self.is_none(own, inner),
            ExprKind::Ident => self.is_none_named(own, (arg, expr)),
            ExprKind::Selector { name, .. } => {
                let name = own.text((name, expr.range.1));
                self.parameter.is_none()
                    && self.fields.contains(name)
                    && own.type_of(arg).qualified().as_deref() == Some(CONTEXT)
                    && matches!(own.referent(arg), Referent::Field { of, .. } if self.is_left_out(own, &of, name))
            }
            ExprKind::Call { function, args, .. } => {
                if let ([only], Referent::Type(_)) = (body.list(args), own.referent(function)) {
                    return self.is_none(own, *only) && own.type_of(arg).qualified().as_deref() == Some(CONTEXT);
                }
                self.parameter.is_none()
                    && !self.known.results.is_empty()
                    && own.type_of(arg).qualified().as_deref() == Some(CONTEXT)
                    && returns_none(self.known, &own.referent(function))
            }
            _ => false,
        }
    }

    fn is_none_named(&self, own: &BodyTypes<'_, '_>, (id, expr): (ExprId, &Expr)) -> bool {
        let (body, name) = (own.body(), own.text(expr.range));
        let is_context = |local| own.type_of_local(local).qualified().as_deref() == Some(CONTEXT);
        match body.lookup(own.source(), expr.scope, name) {
            Some(local) if self.parameter == Some(local) => true,
            Some(local) if self.parameter.is_none() => match body.local(local).def {
                Def::Var { .. } => is_context(local) && !is_set(own, name, 0),
                Def::Value { values, index, of } if of as usize == values.len() => {
                    let value = body.list(values).get(index as usize).copied();
                    value.is_some_and(|value| self.is_none(own, value))
                        && is_context(local)
                        && !is_set(own, name, 1)
                        && !is_compared(own, name)
                }
                _ => false,
            },
            Some(_) => false,
            None if self.parameter.is_some() => false,
            None if name == "nil" => true,
            None => match self.known.holders.is_empty() {
                true => false,
                false => matches!(own.referent(id), Referent::Variable { package, name }
                    if self.known.holds_none(&package.path, "", &name)),
            },
        }
    }

    /// Whether a field may be unset where it is read: nothing sets it, or some value is made without it.
    fn is_left_out(&self, own: &BodyTypes<'_, '_>, of: &Type, name: &str) -> bool {
        let of = of.pointee().unwrap_or(of);
        let declared = of.named().filter(|named| named.local.is_none());
        let holds = |ty: &str| declared.is_some_and(|named| self.known.holds_none(&named.package.path, ty, name));
        if holds(ANY) {
            return true;
        }
        if sets_field(own, name) || compares_field(own, name) {
            return false;
        }
        let left_out = declared.is_some_and(|named| holds(&named.name));
        let mut is_made = false;
        // A type of the function's own has all of its values there.
        if declared.is_none() {
            makes_without(own, name, &mut |ty| is_made |= ty == of);
        }
        left_out || is_made
    }
}

/// The structs of which a body makes a value without a field of this name, should they have one.
pub(super) fn makes_without(own: &BodyTypes<'_, '_>, name: &str, found: &mut dyn FnMut(&Type)) {
    let body = own.body();
    for (id, expr) in body.exprs() {
        let ExprKind::Composite { elements, .. } = expr.kind else { continue };
        let ty = own.type_of(id);
        if leaves_out(own, (&ty, body.list(elements)), name) {
            found(ty.pointee().unwrap_or(&ty));
        }
    }
}

/// Whether what is called may return no context.
pub fn returns_none(known: &Absent, called: &Referent) -> bool {
    let key = match called {
        Referent::Function { package, name } => (package.path.to_string(), String::new(), name.to_string()),
        Referent::Method { receiver, name, .. } => {
            (receiver.package.path.to_string(), receiver.name.to_string(), name.to_string())
        }
        _ => return false,
    };
    known.results.contains(&key)
}

/// Whether the elements of a struct's literal leave a field unset, or set it to nil.
fn leaves_out(own: &BodyTypes<'_, '_>, (ty, elements): (&Type, &[ExprId]), name: &str) -> bool {
    let body = own.body();
    let is_nil = |id: &ExprId| own.text(body.expr(*id).range) == "nil";
    let keyed = |id: &ExprId| match body.expr(*id).kind {
        ExprKind::KeyValue(key, value) => Some((key, value)),
        _ => None,
    };
    let Some(first) = elements.first() else { return true };
    if keyed(first).is_some() {
        let mut named = elements.iter().filter_map(keyed).filter(|(key, _)| own.text(body.expr(*key).range) == name);
        return named.next().is_none_or(|(_, value)| is_nil(&value));
    }
    let Type::Struct(of) = own.view().underlying(ty.pointee().unwrap_or(ty)) else { return false };
    let at = of.fields.iter().position(|field| *field.name == *name);
    at.and_then(|at| elements.get(at)).is_some_and(is_nil)
}

/// Whether a function sets a field of this name: `x.name = …`, and those of several.
pub(super) fn sets_field(own: &BodyTypes<'_, '_>, name: &str) -> bool {
    let body = own.body();
    let is_it = |id: &ExprId| match body.expr(*id).kind {
        ExprKind::Selector { name: at, .. } => own.text((at, body.expr(*id).range.1)) == name,
        _ => false,
    };
    body.statements.iter().any(|stmt| gives(own, stmt, &is_it))
}

/// Whether a statement gives what is meant something but nil.
fn gives(own: &BodyTypes<'_, '_>, stmt: &Stmt, is_it: &dyn Fn(&ExprId) -> bool) -> bool {
    let body = own.body();
    let Stmt::Assign { left, right } = stmt else { return false };
    let (left, right) = (body.list(*left), body.list(*right));
    let is_nil = |at: usize| {
        let value = right.get(at).filter(|_| left.len() == right.len());
        value.is_some_and(|value| own.text(body.expr(*value).range) == "nil")
    };
    left.iter().enumerate().any(|(at, target)| is_it(target) && !is_nil(at))
}

/// Whether a function asks if a field of this name is nil.
fn compares_field(own: &BodyTypes<'_, '_>, name: &str) -> bool {
    let (start, end) = own.decl().span;
    let text = own.source().get(start as usize..end as usize).unwrap_or_default();
    words(text, name.as_bytes()).any(|at| {
        let after = text[at + name.len()..].trim_ascii_start();
        text[..at].ends_with(b".") && (after.starts_with(b"== nil") || after.starts_with(b"!= nil"))
    })
}

/// Whether a variable is given something more often than it is defined with a value, or its address is told.
fn is_set(own: &BodyTypes<'_, '_>, name: &str, defined: usize) -> bool {
    let body = own.body();
    let is_it = |id: &ExprId| matches!(body.expr(*id).kind, ExprKind::Ident) && own.text(body.expr(*id).range) == name;
    let sets = |stmt: &&Stmt| gives(own, stmt, &is_it);
    let addresses = |expr: &Expr| matches!(expr.kind, ExprKind::Unary(_, inner) if is_it(&inner));
    let ranges = || {
        body.locals().any(|(_, local)| {
            matches!(local.def, Def::RangeKey(_) | Def::RangeValue(_)) && own.text(local.name) == name
        })
    };
    body.statements.iter().filter(sets).count() > defined || body.exprs().any(|(_, expr)| addresses(expr)) || ranges()
}

/// Whether a function asks if a name is nil: then it knows what to do.
pub(super) fn is_compared(own: &BodyTypes<'_, '_>, name: &str) -> bool {
    let body = own.body();
    let is = |id: ExprId, wanted: &str| own.text(body.expr(id).range) == wanted;
    body.exprs().any(|(_, expr)| match expr.kind {
        ExprKind::Binary(_, left, right) => is(left, name) && is(right, "nil") || is(left, "nil") && is(right, name),
        _ => false,
    })
}
