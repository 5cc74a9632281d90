//! Which place an expression's value is read from.

use std::sync::Arc;

use super::super::facts::{CallFact, Manner};
use super::super::facts::{FuncRef, NodeRef, Origin, Place, Sub, Target};
use super::super::program::is_own;
use super::Extractor;
use super::known::{Called, Kind, Value};
use crate::go::module::PackageName;
use crate::go::syntax::body::{Def, ExprId, ExprKind, LocalId};
use crate::go::syntax::lex::Tok;
use crate::go::types::{ChanDir, MAX_NAMES, MemberKind, Named, Referent, Signature, Type};

impl Extractor<'_, '_> {
    pub(super) fn value(&mut self, id: ExprId) -> Value {
        if let Some(value) = self.known.values[id.number()] {
            return value;
        }
        let value = self.find_value(id);
        self.known.values[id.number()] = Some(value);
        value
    }

    fn find_value(&mut self, id: ExprId) -> Value {
        match self.body.expr(id).kind {
            ExprKind::Paren(inner) | ExprKind::KeyValue(_, inner) => self.value(inner),
            ExprKind::Func { .. } => match self.literals.get(&id) {
                Some(sub) => self.taken(id, FuncRef { unit: self.unit, sub: *sub }),
                None => Value::None,
            },
            ExprKind::Ident | ExprKind::Selector { .. } => self.named(id),
            ExprKind::Index { operand, .. } => match self.types.referent(id) {
                Referent::None => self.element_of(operand),
                _ => self.named(id),
            },
            ExprKind::Star(operand) | ExprKind::Unary(Tok::Arrow, operand) => self.element_of(operand),
            ExprKind::Assert { operand, .. } => {
                let (from, ty) = (self.value(operand), self.types.type_of(id));
                match from {
                    Value::Node(from) if self.kind(&ty) == Kind::Interface => {
                        let (wanted, to) = (self.type_number(&ty), self.fresh());
                        self.facts.narrowed.push((from, wanted, to));
                        Value::Node(to)
                    }
                    from => from,
                }
            }
            ExprKind::Call { .. } => self.result(id, 0),
            _ => Value::None,
        }
    }

    fn element_of(&mut self, operand: ExprId) -> Value {
        let ty = self.types.type_of(operand).single();
        self.element(&ty).map_or(Value::None, Value::Node)
    }

    fn named(&mut self, id: ExprId) -> Value {
        match self.types.referent(id) {
            Referent::Function { package, name } => self.function_value(id, &package, "", &name),
            Referent::Method { receiver, name, .. } => {
                self.function_value(id, &receiver.package, &receiver.name, &name)
            }
            Referent::InterfaceMethod { .. } => self.bound(id),
            Referent::Local(local) => match self.body.local(local).def {
                Def::Const { .. } => Value::None,
                _ => Value::Node(self.local(local)),
            },
            Referent::Variable { package, name } => {
                let (number, name) = (package.number() as u32, self.name(&name));
                let node = self.node(Place::Global { package: number, name });
                if !self.is_member(&package) {
                    self.origin(Origin::Opaque, node);
                }
                Value::Node(node)
            }
            Referent::Field { of, name } => {
                let node = self.field(&of, &name);
                if of.named().is_some_and(|named| !self.is_member(&named.package)) {
                    self.origin(Origin::Opaque, node);
                    if let Some(held) = of.named().and_then(|named| self.container(&named.package)) {
                        self.facts.flows.extend([(held, node), (node, held)]);
                    }
                }
                Value::Node(node)
            }
            Referent::Literal(literal) if literal != id => self.value(literal),
            _ => Value::None,
        }
    }

    fn is_member(&self, package: &PackageName) -> bool {
        self.reader.program.member(package).is_some()
    }

    /// Everything that a package outside holds, if it is one that gives it back.
    pub(super) fn container(&self, package: &PackageName) -> Option<NodeRef> {
        let holds = !is_own(package) && self.reader.containers.contains(&*package.path);
        holds.then(|| self.node(Place::Outside(package.number() as u32)))
    }

    fn function_value(&mut self, id: ExprId, package: &PackageName, receiver: &str, name: &str) -> Value {
        match self.reader.program.function(package, receiver, name) {
            Some(unit) => self.taken(id, FuncRef { unit, sub: 0 }),
            None => Value::Opaque,
        }
    }

    /// A function is used as a value.
    fn taken(&mut self, id: ExprId, function: FuncRef) -> Value {
        if let Some(signature) = self.signature_of(id) {
            let number = self.type_number(&Type::Func(signature));
            self.facts.taken.push((function, number));
        }
        Value::Function(function)
    }

    /// `x.Method` of an interface: a function that calls the method on what `x` holds.
    fn bound(&mut self, id: ExprId) -> Value {
        if let Some(sub) = self.bounds.get(&id) {
            return Value::Function(FuncRef { unit: self.unit, sub: *sub });
        }
        let Some((interface, method, node)) = self.asked(id) else { return Value::None };
        let sub = self.facts.subs.len() as u32;
        let (parent, range) = (self.known.around[id.number()], self.body.expr(id).range);
        self.facts.subs.push(Sub { parent, range, bound: true });
        self.bounds.insert(id, sub);
        let target = Target::Dispatch { node, interface, method };
        self.facts.calls.push(CallFact { sub, at: self.name_at(id), manner: Manner::Call, target });
        self.taken(id, FuncRef { unit: self.unit, sub })
    }

    /// The interface and its method that a selector names, and where the interface's value is.
    pub(super) fn asked(&mut self, id: ExprId) -> Option<(u32, u32, NodeRef)> {
        let mut id = id;
        while let ExprKind::Paren(inner) = self.body.expr(id).kind {
            id = inner;
        }
        let expr = self.body.expr(id);
        let ExprKind::Selector { operand, name } = expr.kind else { return None };
        let name: Arc<str> = self.types.text((name, expr.range.1)).into();
        let member = self.types.member(id).ok()?;
        let MemberKind::InterfaceMethod { interface } = member.kind else { return None };
        let node = if member.through.is_empty() {
            match self.value(operand) {
                Value::Node(node) => node,
                other => {
                    let node = self.fresh();
                    let unknown = if other == Value::None { Value::Opaque } else { other };
                    self.flow(unknown, node);
                    node
                }
            }
        } else {
            self.embedded(&self.types.type_of(operand).single(), &member.through)?
        };
        Some((self.type_number(&interface), self.name(&name), node))
    }

    /// The embedded field that a method is promoted through.
    fn embedded(&mut self, ty: &Type, through: &[Arc<str>]) -> Option<NodeRef> {
        let (last, rest) = through.split_last()?;
        let mut ty = ty.clone();
        for name in rest {
            ty = self.view.member(&ty, name).ok()?.ty;
        }
        match self.view.member(&ty, last).ok()?.kind {
            MemberKind::Field { of } => Some(self.field(&of, last)),
            _ => None,
        }
    }

    /// What a call calls.
    pub(super) fn called(&mut self, call: ExprId) -> Called {
        if let Some(called) = self.known.called[call.number()] {
            return called;
        }
        let called = match self.body.expr(call).kind {
            ExprKind::Call { function, .. } => self.find_called(function),
            _ => Called::Nothing,
        };
        self.known.called[call.number()] = Some(called);
        called
    }

    fn find_called(&mut self, function: ExprId) -> Called {
        match self.types.referent(function) {
            Referent::Function { package, name } => self.declared(&package, "", &name),
            Referent::Method { receiver, name, .. } => {
                let Named { package, name: receiver, .. } = &*receiver;
                self.declared(package, receiver, &name)
            }
            Referent::InterfaceMethod { .. } => match self.asked(function) {
                Some((interface, method, node)) => Called::Asked { interface, method, node },
                None => Called::Nothing,
            },
            Referent::Literal(id) => match self.literals.get(&id) {
                Some(sub) => Called::Function(FuncRef { unit: self.unit, sub: *sub }),
                None => Called::Nothing,
            },
            Referent::Builtin(_) | Referent::Type(_) | Referent::Package(_) => Called::Nothing,
            _ => self.called_value(function),
        }
    }

    fn declared(&mut self, package: &PackageName, receiver: &str, name: &str) -> Called {
        match self.reader.program.function(package, receiver, name) {
            Some(unit) => Called::Function(FuncRef { unit, sub: 0 }),
            None => Called::Outside(self.container(package)),
        }
    }

    fn called_value(&mut self, function: ExprId) -> Called {
        let Some(signature) = self.signature_of(function) else { return Called::Nothing };
        let signature = self.type_number(&Type::Func(signature));
        if self.is_parameter(function, 0) {
            return Called::Callback { signature };
        }
        match self.value(function) {
            Value::Node(node) => Called::Value { signature, node },
            Value::Function(function) => Called::Function(function),
            Value::None | Value::Opaque => Called::Nothing,
        }
    }

    /// Whether an expression is a parameter, or a name for one.
    fn is_parameter(&self, id: ExprId, depth: usize) -> bool {
        let Referent::Local(local) = self.types.referent(id) else { return false };
        match self.body.local(local).def {
            Def::Param { .. } => true,
            Def::Value { values, index, of } if depth < MAX_NAMES => {
                let list = self.body.list(values);
                list.len() == of as usize && list.get(index as usize).is_some_and(|v| self.is_parameter(*v, depth + 1))
            }
            _ => false,
        }
    }

    /// The `index`-th result of a call.
    pub(super) fn result(&mut self, call: ExprId, index: usize) -> Value {
        let mut call = call;
        while let ExprKind::Paren(inner) = self.body.expr(call).kind {
            call = inner;
        }
        let ExprKind::Call { function, args, .. } = self.body.expr(call).kind else { return Value::None };
        let position = index as u16;
        match self.called(call) {
            Called::Function(function) => Value::Node(self.node(Place::Result(function, position))),
            Called::Outside(None) => Value::Opaque,
            Called::Outside(Some(held)) => self.given_back(call, index, held),
            Called::Asked { interface, method, .. } => {
                Value::Node(self.node(Place::AskedResult { interface, method, index: position }))
            }
            Called::Callback { signature } | Called::Value { signature, .. } => {
                Value::Node(self.node(Place::CalledResult { signature, index: position }))
            }
            Called::Nothing => match (self.types.referent(function), self.body.list(args)) {
                (Referent::Type(ty), [only]) => self.converted(*only, &ty),
                _ => Value::Opaque,
            },
        }
    }

    /// `T(x)`.
    fn converted(&mut self, from: ExprId, to: &Type) -> Value {
        let ty = self.types.type_of(from).single();
        match (self.kind(to), self.kind(&ty)) {
            (Kind::Interface, Kind::Plain) => {
                let node = self.fresh();
                self.send(from, node, to);
                Value::Node(node)
            }
            _ => self.value(from),
        }
    }

    /// What a package outside may give back, as far as it fits the result.
    fn given_back(&mut self, call: ExprId, index: usize, held: NodeRef) -> Value {
        let ty = match self.types.type_of(call) {
            Type::Tuple(types) => types.get(index).cloned().unwrap_or_default(),
            ty => ty,
        };
        let (node, wanted) = (self.fresh(), self.type_number(&ty));
        self.facts.narrowed.push((held, wanted, node));
        self.origin(Origin::Opaque, node);
        Value::Node(node)
    }

    /// Parameters and results of what an expression of function type calls.
    pub(super) fn signature_of(&mut self, id: ExprId) -> Option<Arc<Signature>> {
        match self.view.underlying(&self.types.type_of(id).single()) {
            Type::Func(signature) => Some(signature),
            _ => None,
        }
    }

    /// A field of all structs of a type; type arguments do not tell them apart.
    pub(super) fn field(&mut self, of: &Type, name: &str) -> NodeRef {
        let of = match of {
            Type::Named(named) if !named.args.is_empty() => {
                Type::Named(Arc::new(Named { args: Box::default(), ..(**named).clone() }))
            }
            other => other.clone(),
        };
        let (of, name) = (self.type_number(&of), self.name(name));
        self.node(Place::Field { of, name })
    }

    /// Elements of all containers of a type, or what all pointers of a type point to.
    pub(super) fn element(&mut self, ty: &Type) -> Option<NodeRef> {
        let container = match self.view.underlying(ty) {
            Type::Array(_, inner) => Type::Slice(inner),
            Type::Chan(_, inner) => Type::Chan(ChanDir::Both, inner),
            Type::Pointer(inner) => match self.view.underlying(&inner) {
                Type::Array(_, inner) => Type::Slice(inner),
                _ => Type::Pointer(inner),
            },
            other @ (Type::Slice(_) | Type::Map(..)) => other,
            _ => return None,
        };
        let number = self.type_number(&container);
        Some(self.node(Place::Element(number)))
    }

    /// Keys of all maps of a type.
    pub(super) fn keys(&mut self, ty: &Type) -> NodeRef {
        let number = self.type_number(&self.view.underlying(ty));
        self.node(Place::Key(number))
    }

    /// Functions that an expression is plainly known to be.
    pub(super) fn functions(&mut self, id: ExprId, depth: usize) -> Option<FuncRef> {
        match self.value(id) {
            Value::Function(function) => Some(function),
            Value::Node(_) if depth < MAX_NAMES => {
                let Referent::Local(local) = self.types.referent(id) else { return None };
                let value = self.only_value(local)?;
                self.functions(value, depth + 1)
            }
            _ => None,
        }
    }

    fn only_value(&self, local: LocalId) -> Option<ExprId> {
        match self.body.local(local).def {
            Def::Value { values, index, of } if values.len() == of as usize => {
                self.body.list(values).get(index as usize).copied()
            }
            _ => None,
        }
    }
}
