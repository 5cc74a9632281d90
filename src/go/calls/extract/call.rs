//! Calls: what is called, what it is given, and which functions are passed to it.

use std::sync::Arc;

use super::super::facts::{CallFact, FuncRef, Manner, NodeRef, Place, RECEIVER, Target};
use super::Extractor;
use super::known::{Called, Kind};
use crate::go::syntax::body::{ExprId, ExprKind, ExprList};
use crate::go::types::{Referent, Signature, Type};

impl Extractor<'_, '_> {
    pub(super) fn call(&mut self, sub: u32, id: ExprId, function: ExprId, args: ExprList, spread: bool) {
        let manner = self.manners.get(&id).copied().unwrap_or(Manner::Call);
        let called = self.called(id);
        let target = match called {
            Called::Function(function) => Some(Target::Function(function)),
            Called::Asked { interface, method, node } => Some(Target::Dispatch { node, interface, method }),
            Called::Value { node, .. } => Some(Target::Value(node)),
            Called::Outside(_) | Called::Callback { .. } | Called::Nothing => None,
        };
        let at = self.name_at(function);
        if let Some(target) = target {
            self.facts.calls.push(CallFact { sub, at, manner, target });
        }
        let referent = if matches!(called, Called::Nothing) { self.types.referent(function) } else { Referent::None };
        if let Referent::Builtin(name) = &referent {
            self.builtin(name, id, args, spread);
        }
        let converts = matches!(referent, Referent::Type(_));
        let signature = if converts { None } else { self.signature_of(function) };
        if let Some(signature) = &signature {
            self.arguments(called, signature, args, spread);
        }
        if let Called::Function(called) = called {
            self.receiver(called, function);
        }
        self.passed(sub, function, signature.as_deref(), (args, spread));
    }

    /// Whether what is called only prints what it is given.
    fn prints(&self, function: ExprId) -> bool {
        let package = match self.types.referent(function) {
            Referent::Function { package, .. } => package,
            Referent::Method { receiver, .. } => receiver.package.clone(),
            _ => return false,
        };
        self.reader.logs.import_paths.iter().any(|path| **path == *package.path)
    }

    /// Where the name stands that an expression ends with.
    pub(super) fn name_at(&self, id: ExprId) -> u32 {
        let expr = self.body.expr(id);
        match expr.kind {
            ExprKind::Paren(inner) => self.name_at(inner),
            ExprKind::Selector { name, .. } => name,
            ExprKind::Index { operand, .. } => self.name_at(operand),
            // Of `f()()` the end tells most.
            ExprKind::Call { .. } => expr.range.1.saturating_sub(1),
            _ => expr.range.0,
        }
    }

    /// `append(s, x)`.
    fn builtin(&mut self, name: &str, call: ExprId, args: ExprList, spread: bool) {
        if name != "append" || spread {
            return;
        }
        let ty = self.types.type_of(call);
        let (Some(node), Some(inner)) = (self.element(&ty), self.view.element(&ty)) else { return };
        for arg in self.body.list(args).iter().skip(1) {
            self.send(*arg, node, &inner);
        }
    }

    fn arguments(&mut self, called: Called, signature: &Arc<Signature>, args: ExprList, spread: bool) {
        let list = self.body.list(args);
        // `f(g())` passes all results of g.
        let of = match list {
            [only] => match self.types.type_of(*only) {
                Type::Tuple(types) => types.len(),
                _ => 1,
            },
            _ => list.len(),
        };
        for index in 0..of {
            let Some((wanted, among)) = wanted(signature, index, spread) else { return };
            if !matches!(self.kind(wanted), Kind::Interface | Kind::Func) {
                continue;
            }
            let to = match among {
                // The elements of a slice that code outside gets are of no interest.
                Some(_) if matches!(called, Called::Outside(None)) => None,
                Some(slice) => self.element(slice),
                None => self.parameter_of(called, index as u16),
            };
            if let Some(to) = to {
                self.send_nth(args, index, of, to, wanted);
            }
        }
    }

    fn parameter_of(&self, called: Called, index: u16) -> Option<NodeRef> {
        match called {
            Called::Function(function) => Some(self.node(Place::Param(function, index))),
            Called::Outside(held) => held,
            Called::Asked { interface, method, .. } => Some(self.node(Place::AskedParam { interface, method, index })),
            Called::Callback { signature } | Called::Value { signature, .. } => {
                Some(self.node(Place::CalledParam { signature, index }))
            }
            Called::Nothing => None,
        }
    }

    /// Functions with methods are receivers that can be called.
    fn receiver(&mut self, called: FuncRef, function: ExprId) {
        let ExprKind::Selector { operand, .. } = self.body.expr(function).kind else { return };
        let ty = self.types.type_of(operand).single();
        if self.kind(&ty) == Kind::Func && !matches!(self.types.referent(operand), Referent::Type(_)) {
            let node = self.node(Place::Param(called, RECEIVER));
            self.send(operand, node, &ty);
        }
    }

    /// Functions among the arguments: whoever passes one may have it called.
    fn passed(&mut self, sub: u32, function: ExprId, signature: Option<&Signature>, (args, spread): (ExprList, bool)) {
        for (index, arg) in self.body.list(args).iter().copied().enumerate() {
            let wanted = signature.and_then(|signature| Some(wanted(signature, index, spread)?.0));
            if wanted.is_some_and(|wanted| self.kind(wanted) == Kind::Plain) {
                continue;
            }
            let ty = self.types.type_of(arg);
            if self.kind(&ty) != Kind::Func || self.prints(function) {
                continue;
            }
            if let Some(function) = self.functions(arg, 0) {
                let (at, target) = (self.name_at(arg), Target::Function(function));
                self.facts.calls.push(CallFact { sub, at, manner: Manner::Passed, target });
            }
        }
    }
}

/// The type that an argument has to have, and the slice that it becomes an element of, if it does.
fn wanted(signature: &Signature, index: usize, spread: bool) -> Option<(&Type, Option<&Type>)> {
    let last = signature.params.len().checked_sub(1)?;
    Some(match &signature.params[index.min(last)] {
        slice @ Type::Slice(inner) if signature.variadic && index >= last && !spread => (inner, Some(slice)),
        other => (other, None),
    })
}
