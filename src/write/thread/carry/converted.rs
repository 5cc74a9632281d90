//! Which values become those of an interface in one file: what is assigned, passed, returned and stored as one.

use super::key::Key;
use super::texts::Text;
use crate::go::index::DeclId;
use crate::go::syntax::body::{Body, Def, Expr, ExprId, ExprKind, ExprList, Stmt};
use crate::go::syntax::lex::Tok;
use crate::go::syntax::outline::{Decl, DeclKind};
use crate::go::syntax::word::{has_name, words};
use crate::go::types::{BodyTypes, Callee, Cause as Unknown, FileTypes, Referent, Signature, Type, Untyped};

/// The types of values that become one of an interface's, or are taken for what it holds; `None` where one is not known.
pub fn converted(path: &str, text: &Text, types: &FileTypes<'_, '_>, interface: &Key) -> Option<Vec<Type>> {
    let outline = text.outline()?;
    let Ok(package) = types.package() else {
        // Nothing is known of what stands in it.
        return (!has_name(&text.bytes, interface.receiver.as_bytes())).then(Vec::new);
    };
    let file = package.files.iter().position(|file| *file.path == *path)?;
    let has_body = |decl: &&Decl| decl.index == 0 && !matches!(decl.kind, DeclKind::Type | DeclKind::Alias);
    let (mut found, mut read) = (Vec::new(), 0);
    for own in types.bodies() {
        let number = outline.decls.partition_point(|decl| decl.span.0 < own.decl().span.0);
        let id = package.id_of(file, number)?;
        let mut reader = Converted { types, body: own.body(), own: &own, interface, found, is_whole: true };
        reader.read(id);
        found = Some(reader.found).filter(|_| reader.is_whole)?;
        read += 1;
    }
    (outline.decls.iter().filter(has_body).count() == read).then_some(found)
}

/// One body, looked through.
struct Converted<'c, 'w> {
    types: &'c FileTypes<'w, 'c>,
    own: &'c BodyTypes<'c, 'w>,
    body: &'c Body,
    interface: &'c Key,
    found: Vec<Type>,
    /// Whether nothing is missing from them.
    is_whole: bool,
}

impl Converted<'_, '_> {
    fn read(&mut self, id: DeclId) {
        let body = self.body;
        for (id, expr) in body.exprs() {
            match expr.kind {
                ExprKind::Call { function, args, .. } => self.call(function, body.list(args)),
                ExprKind::Composite { elements, .. } => self.stored(id, body.list(elements)),
                ExprKind::Binary(_, left, right) => {
                    self.becomes(&self.own.type_of(left), right);
                    self.becomes(&self.own.type_of(right), left);
                }
                ExprKind::Index { operand, index } => {
                    if let Type::Map(key, _) = self.underlying(&self.own.type_of(operand)) {
                        body.list(index).iter().for_each(|value| self.becomes(&key, *value));
                    }
                }
                // Who has its address can put anything there.
                ExprKind::Unary(Tok::And, inner) => self.is_whole &= !self.is_one(inner),
                // What an interface is asserted to be has its methods.
                ExprKind::Assert { operand, ty } if self.is_one(operand) => match ty {
                    Some(_) => self.add(self.own.type_of(id)),
                    None => self.cases(operand),
                },
                _ => {}
            }
        }
        for stmt in &body.statements {
            match *stmt {
                Stmt::Assign { left, right } => {
                    let left: Vec<Type> = body.list(left).iter().map(|id| self.own.type_of(*id)).collect();
                    self.assigned(&left, body.list(right));
                }
                Stmt::Return { of, values } => self.returned(of, id, body.list(values)),
                Stmt::Send { channel, value } => {
                    if let Type::Chan(_, element) = self.underlying(&self.own.type_of(channel)) {
                        self.becomes(&element, value);
                    }
                }
                Stmt::Go(_) | Stmt::Defer(_) => {}
            }
        }
        self.initialised(id, body.values);
        self.is_whole &= !self.ranges_over_one() && !self.is_switched_over();
    }

    fn underlying(&self, ty: &Type) -> Type {
        self.types.view().underlying(ty)
    }

    fn is_interface(&self, ty: &Type) -> bool {
        ty.named()
            .is_some_and(|named| named.package == self.interface.package && *named.name == *self.interface.receiver)
    }

    fn is_one(&self, id: ExprId) -> bool {
        self.is_interface(&self.own.type_of(id))
    }

    /// A value that is used as one of a type.
    fn becomes(&mut self, to: &Type, value: ExprId) {
        if self.is_interface(to) {
            self.add(self.own.type_of(value));
        }
    }

    fn add(&mut self, ty: Type) {
        match ty {
            Type::Unknown(Unknown::MissingPackage | Unknown::Std) => {}
            Type::Unknown(_) => self.is_whole = false,
            ty if self.is_interface(&ty) || self.found.contains(&ty) => {}
            ty => self.found.push(ty),
        }
    }

    fn assigned(&mut self, to: &[Type], values: &[ExprId]) {
        match values {
            [only] if to.len() > 1 => match self.own.type_of(*only) {
                Type::Tuple(types) => {
                    for (to, ty) in to.iter().zip(types.iter()) {
                        if self.is_interface(to) {
                            self.add(ty.clone());
                        }
                    }
                }
                // `v, ok := m[key]`.
                _ => to.first().into_iter().for_each(|to| self.becomes(to, *only)),
            },
            _ => to.iter().zip(values).for_each(|(to, value)| self.becomes(to, *value)),
        }
    }

    fn call(&mut self, function: ExprId, args: &[ExprId]) {
        match self.own.callee(function) {
            Callee::Conversion(ty) => args.first().into_iter().for_each(|value| self.becomes(&ty, *value)),
            Callee::Builtin(name) => self.builtin(&name, args),
            _ => match self.underlying(&self.own.type_of(function)) {
                Type::Func(signature) => self.passed(&signature, args),
                Type::Unknown(Unknown::MissingPackage | Unknown::Std) => {}
                _ => self.is_whole = false,
            },
        }
    }

    fn passed(&mut self, signature: &Signature, args: &[ExprId]) {
        let count = match args {
            [only] => match self.own.type_of(*only) {
                Type::Tuple(types) => types.len(),
                _ => 1,
            },
            _ => args.len(),
        };
        let mut to: Vec<Type> = signature.params.to_vec();
        if let (true, Some(Type::Slice(element))) = (signature.variadic, to.last().cloned()) {
            to.pop();
            to.extend(std::iter::repeat_n((*element).clone(), count.saturating_sub(to.len())));
        }
        match args {
            [only] if count == 1 => to.first().into_iter().for_each(|to| self.becomes(to, *only)),
            _ => self.assigned(&to, args),
        }
    }

    fn builtin(&mut self, name: &str, args: &[ExprId]) {
        let [of, values @ ..] = args else { return };
        match (name, self.underlying(&self.own.type_of(*of))) {
            ("append", Type::Slice(element)) => values.iter().for_each(|value| self.becomes(&element, *value)),
            ("append", Type::Untyped(Untyped::Nil)) => {}
            ("delete", Type::Map(key, _)) => values.iter().for_each(|value| self.becomes(&key, *value)),
            ("append" | "delete", _) => self.is_whole = false,
            _ => {}
        }
    }

    /// The types of a switch over one of the interface's; where no name holds them, they are not known.
    fn cases(&mut self, over: ExprId) {
        let body = self.body;
        let of_case = |def: &Def| match def {
            Def::Case { value, types } if *value == over => Some(*types),
            _ => None,
        };
        let cases: Vec<ExprList> = body.locals().filter_map(|(_, local)| of_case(&local.def)).collect();
        self.is_whole &= !cases.is_empty();
        for ty in cases.into_iter().flat_map(|types| body.list(types)) {
            let ty = self.own.type_of(*ty);
            if ty != Type::Untyped(Untyped::Nil) {
                self.add(ty);
            }
        }
    }

    /// What a function returns as one of its results.
    fn returned(&mut self, of: Option<ExprId>, id: DeclId, values: &[ExprId]) {
        let view = self.types.view();
        let signature = match of.map(|literal| self.underlying(&self.own.type_of(literal))) {
            Some(Type::Func(signature)) => Some(signature),
            Some(_) => None,
            None => self.types.package().ok().and_then(|package| view.signature(package, id)),
        };
        let Some(Signature { results, .. }) = signature.as_deref() else {
            self.is_whole &= values.is_empty();
            return;
        };
        if !values.is_empty() {
            self.assigned(results, values);
        }
    }

    /// What the names of a package start with.
    fn initialised(&mut self, first: DeclId, values: ExprList) {
        let Ok(package) = self.types.package() else { return };
        if values.is_empty() {
            return;
        }
        let of = package.decl(first).of as usize;
        let names = package.decls().skip(first.number()).take(of);
        let to: Vec<Type> = names.map(|id| self.types.view().value_type(package, id)).collect();
        self.assigned(&to, self.body.list(values));
    }

    /// What a literal's braces hold.
    fn stored(&mut self, literal: ExprId, elements: &[ExprId]) {
        let ty = self.own.type_of(literal);
        // `{…}` among elements of type `*T` is `&T{…}`.
        let of = match self.underlying(&ty) {
            Type::Pointer(pointee) => self.underlying(&pointee),
            of => of,
        };
        for (at, element) in elements.iter().enumerate() {
            let (key, value) = match self.body.expr(*element).kind {
                ExprKind::KeyValue(key, value) => (Some(key), value),
                _ => (None, *element),
            };
            match &of {
                Type::Struct(of) => {
                    let name = key.map(|key| self.own.text(self.body.expr(key).range));
                    let field = match name {
                        Some(name) => of.fields.iter().find(|field| *field.name == *name),
                        None => of.fields.get(at),
                    };
                    field.into_iter().for_each(|field| self.becomes(&field.ty, value));
                }
                Type::Slice(element) | Type::Array(_, element) => self.becomes(element, value),
                Type::Map(of_key, element) => {
                    key.into_iter().for_each(|key| self.becomes(of_key, key));
                    self.becomes(element, value);
                }
                _ => {}
            }
        }
    }

    /// Whether one is compared with the cases of a switch, or is one of them.
    fn is_switched_over(&self) -> bool {
        let is_there = |range: (u32, u32)| {
            let before = self.own.source().get(..range.0 as usize).unwrap_or_default().trim_ascii_end();
            before.ends_with(b"switch") || before.ends_with(b"case")
        };
        let is_plain = |expr: &Expr| !matches!(expr.kind, ExprKind::Assert { .. } | ExprKind::Type);
        self.body.exprs().any(|(id, expr)| is_plain(expr) && is_there(expr.range) && self.is_value_of_one(id))
    }

    fn is_value_of_one(&self, id: ExprId) -> bool {
        !matches!(self.own.referent(id), Referent::Type(_)) && self.is_one(id)
    }

    /// Whether a range clause sets a variable of the interface's type that was there before.
    fn ranges_over_one(&self) -> bool {
        let (start, end) = self.own.decl().span;
        let text = self.own.source().get(start as usize..end as usize).unwrap_or_default();
        words(text, b"range").any(|at| {
            let before = text[..at].trim_ascii_end();
            let Some(left) = before.strip_suffix(b"=").filter(|left| !left.ends_with(b":")) else { return false };
            let from = start + memchr::memrchr(b'\n', left).unwrap_or(0) as u32;
            let until = start + left.len() as u32;
            let is_left = |range: (u32, u32)| from <= range.0 && range.1 <= until;
            self.body.exprs().any(|(id, expr)| is_left(expr.range) && self.is_one(id))
        })
    }
}
