//! Where values flow: assignments, literals, results, and what ranges and type switches define.

use super::super::facts::{FuncRef, NodeRef, Origin, Place};
use super::Extractor;
use super::known::{Kind, Value};
use crate::go::syntax::body::{Def, ExprId, ExprKind, ExprList, LocalId, Stmt};
use crate::go::types::{Type, Untyped};

impl Extractor<'_, '_> {
    pub(super) fn statement(&mut self, stmt: &Stmt) {
        match *stmt {
            Stmt::Assign { left, right } => {
                let targets = self.body.list(left).to_vec();
                for (index, target) in targets.iter().enumerate() {
                    self.assign(*target, right, index, targets.len());
                }
            }
            Stmt::Return { of, values } => self.returned(of, values),
            Stmt::Send { channel, value } => {
                let ty = self.types.type_of(channel).single();
                if let (Some(node), Some(inner)) = (self.element(&ty), self.view.element(&ty)) {
                    self.send(value, node, &inner);
                }
            }
            // The calls are expressions of their own.
            Stmt::Go(_) | Stmt::Defer(_) => {}
        }
    }

    fn assign(&mut self, target: ExprId, values: ExprList, index: usize, of: usize) {
        if let ExprKind::Index { operand, index: key } = self.body.expr(target).kind
            && let [key] = *self.body.list(key)
        {
            self.key(operand, key);
        }
        let wanted = self.types.type_of(target).single();
        if !matches!(self.kind(&wanted), Kind::Interface | Kind::Func) {
            return;
        }
        if let Value::Node(node) = self.value(target) {
            self.send_nth(values, index, of, node, &wanted);
        }
    }

    /// `m[key] = …`.
    fn key(&mut self, operand: ExprId, key: ExprId) {
        let ty = self.types.type_of(operand).single();
        if let Type::Map(wanted, _) = self.view.underlying(&ty) {
            let node = self.keys(&ty);
            self.send(key, node, &wanted);
        }
    }

    /// The `index`-th of `of` values goes to a place of this type.
    pub(super) fn send_nth(&mut self, values: ExprList, index: usize, of: usize, to: NodeRef, wanted: &Type) {
        let list = self.body.list(values);
        if list.len() == of {
            return self.send(list[index], to, wanted);
        }
        let [only] = *list else { return };
        if !matches!(self.kind(wanted), Kind::Interface | Kind::Func) {
            return;
        }
        let (value, ty) = match (self.types.type_of(only), index) {
            (Type::Tuple(types), _) => (self.result(only, index), types.get(index).cloned().unwrap_or_default()),
            // `v, ok := x.(T)` and its like.
            (ty, 0) => (self.value(only), ty),
            _ => return,
        };
        self.pour(value, &ty, to, wanted);
    }

    /// A value goes to a place of this type; where that is an interface, it remembers the value's type.
    pub(super) fn send(&mut self, from: ExprId, to: NodeRef, wanted: &Type) {
        if !matches!(self.kind(wanted), Kind::Interface | Kind::Func) {
            return;
        }
        let ty = self.types.type_of(from).single();
        let value = match self.kind(&ty) {
            Kind::Plain => Value::None,
            _ => self.value(from),
        };
        self.pour(value, &ty, to, wanted);
    }

    fn pour(&mut self, value: Value, ty: &Type, to: NodeRef, wanted: &Type) {
        let stores_type = match (self.kind(wanted), self.kind(ty)) {
            (Kind::Interface, Kind::Plain) => !matches!(ty, Type::Untyped(Untyped::Nil)),
            (Kind::Interface, Kind::Func) => true,
            _ => false,
        };
        if stores_type {
            let number = self.type_number(&ty.defaulted());
            self.origin(Origin::Type(number), to);
        }
        self.flow(value, to);
    }

    pub(super) fn flow(&mut self, value: Value, to: NodeRef) {
        match value {
            Value::None => {}
            Value::Opaque => self.origin(Origin::Opaque, to),
            Value::Function(function) => self.origin(Origin::Function(function), to),
            Value::Node(from) if from == to => {}
            Value::Node(from) => self.facts.flows.push((from, to)),
        }
    }

    fn returned(&mut self, of: Option<ExprId>, values: ExprList) {
        let sub = of.map_or(Some(0), |id| self.literals.get(&id).copied());
        let signature = match of {
            Some(id) => self.signature_of(id),
            None => self.view.signature(self.package, self.decl),
        };
        let (Some(sub), Some(signature)) = (sub, signature) else { return };
        let function = FuncRef { unit: self.unit, sub };
        if values.is_empty() {
            return;
        }
        for (index, wanted) in signature.results.iter().enumerate() {
            if matches!(self.kind(wanted), Kind::Interface | Kind::Func) {
                let node = self.node(Place::Result(function, index as u16));
                self.send_nth(values, index, signature.results.len(), node, wanted);
            }
        }
    }

    /// Elements of a literal.
    pub(super) fn composite(&mut self, id: ExprId, elements: ExprList) {
        let ty = self.types.type_of(id);
        // `{…}` among elements of type `*T` is `&T{…}`.
        let ty = ty.pointee().unwrap_or(&ty).clone();
        match self.view.underlying(&ty) {
            Type::Struct(fields) => {
                for (index, element) in self.body.list(elements).to_vec().into_iter().enumerate() {
                    let (field, value) = match self.body.expr(element).kind {
                        ExprKind::KeyValue(key, value) => {
                            let name = self.types.text(self.body.expr(key).range);
                            (fields.fields.iter().find(|f| &*f.name == name), value)
                        }
                        _ => (fields.fields.get(index), element),
                    };
                    let Some(field) = field else { continue };
                    if matches!(self.kind(&field.ty), Kind::Interface | Kind::Func) {
                        let node = self.field(&ty, &field.name);
                        self.send(value, node, &field.ty);
                    }
                }
            }
            Type::Slice(inner) | Type::Array(_, inner) => self.elements(&ty, &inner, None, elements),
            Type::Map(key, inner) => self.elements(&ty, &inner, Some(&key), elements),
            _ => {}
        }
    }

    fn elements(&mut self, ty: &Type, inner: &Type, key_type: Option<&Type>, elements: ExprList) {
        let Some(node) = self.element(ty) else { return };
        for element in self.body.list(elements).to_vec() {
            let value = match self.body.expr(element).kind {
                ExprKind::KeyValue(key, value) => {
                    if let Some(wanted) = key_type {
                        let keys = self.keys(ty);
                        self.send(key, keys, wanted);
                    }
                    value
                }
                _ => element,
            };
            self.send(value, node, inner);
        }
    }

    /// `&x` of an interface or function: whoever has the pointer can read and change it.
    pub(super) fn address(&mut self, operand: ExprId) {
        let ty = self.types.type_of(operand);
        if matches!(self.kind(&ty), Kind::Interface | Kind::Func)
            && let Value::Node(node) = self.value(operand)
            && let Some(pointed) = self.element(&Type::pointer_to(ty))
        {
            self.facts.flows.extend([(node, pointed), (pointed, node)]);
        }
    }

    /// What ranges and type switches define.
    pub(super) fn definitions(&mut self) {
        let ids: Vec<(LocalId, Def)> = self.body.locals().map(|(id, local)| (id, local.def)).collect();
        for (id, def) in ids {
            if !matches!(def, Def::RangeKey(_) | Def::RangeValue(_) | Def::Case { .. }) {
                continue;
            }
            let ty = self.types.type_of_local(id);
            let kind = self.kind(&ty);
            if !matches!(kind, Kind::Interface | Kind::Func) {
                continue;
            }
            match def {
                Def::RangeKey(over) | Def::RangeValue(over) => {
                    let container = self.types.type_of(over).single();
                    let is_key = matches!(def, Def::RangeKey(_));
                    let node = match self.view.underlying(&container) {
                        Type::Map(..) if is_key => Some(self.keys(&container)),
                        _ => self.element(&container),
                    };
                    let local = self.local(id);
                    self.flow(node.map_or(Value::None, Value::Node), local);
                }
                Def::Case { value, types } => {
                    let (from, local) = (self.value(value), self.local(id));
                    match from {
                        Value::Node(from) if types.len() == 1 && kind == Kind::Interface => {
                            let wanted = self.type_number(&ty);
                            self.facts.narrowed.push((from, wanted, local));
                        }
                        from => self.flow(from, local),
                    }
                }
                _ => {}
            }
        }
    }

    /// Values of package variables.
    pub(super) fn initialisers(&mut self) {
        if self.body.values.is_empty() {
            return;
        }
        let file = self.package.file_of(self.decl);
        let first = self.package.decl(self.decl).span;
        let of = self.package.decl(self.decl).of as usize;
        let names: Vec<_> = self.package.decls().skip(self.decl.number()).take(of).collect();
        for (index, id) in names.into_iter().enumerate() {
            // The names of one specification follow each other.
            if self.package.file_of(id) != file || self.package.decl(id).span != first {
                return;
            }
            let wanted = self.view.value_type(self.package, id);
            if matches!(self.kind(&wanted), Kind::Interface | Kind::Func) && self.package.name_of(id) != "_" {
                let (package, name) = (self.package.name.number() as u32, self.name(self.package.name_of(id)));
                let node = self.node(Place::Global { package, name });
                self.send_nth(self.body.values, index, of, node, &wanted);
            }
        }
    }
}
