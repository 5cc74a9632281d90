//! Which values become those of interfaces in one package: what is assigned, passed, returned and stored as one.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::key::Key;
use super::texts::Text;
use crate::go::index::DeclId;
use crate::go::module::{Origin, PackageName};
use crate::go::syntax::body::{Body, Def, Expr, ExprId, ExprKind, ExprList, Stmt};
use crate::go::syntax::lex::Tok;
use crate::go::syntax::outline::{Decl, DeclKind};
use crate::go::syntax::word::{has_name, words};
use crate::go::types::{BodyTypes, Callee, Cause as Unknown, FileTypes, Referent, Signature, Type, Untyped};

/// What becomes of values in the files of a package, by the interface.
#[derive(Default)]
pub struct Conversions {
    found: FxHashMap<Interface, Converted>,
    /// Files that belong to no package: of what they name nothing is known.
    unplaced: Vec<Arc<Text>>,
    /// Whether something is not known that may be any interface's.
    is_unknown: bool,
}

/// A declared type by its package and its name.
type Interface = (Arc<PackageName>, Box<str>);

/// The types of values that become an interface's.
#[derive(Default)]
struct Converted {
    types: Vec<Type>,
    /// Whether one of them is not known.
    is_unknown: bool,
}

impl Conversions {
    /// The types of values that become one of an interface's, or are taken for what it holds; `None` where one is not known.
    pub fn of(&self, interface: &Key) -> Option<&[Type]> {
        let names = |text: &Arc<Text>| has_name(&text.bytes, interface.receiver.as_bytes());
        if self.is_unknown || self.unplaced.iter().any(names) {
            return None;
        }
        match self.found.get(&(interface.package.clone(), interface.receiver.clone())) {
            Some(found) if found.is_unknown => None,
            Some(found) => Some(&found.types),
            None => Some(&[]),
        }
    }

    /// That nothing is known of a file.
    pub fn lose(&mut self) {
        self.is_unknown = true;
    }

    /// Adds what a file does.
    pub fn read(&mut self, path: &str, text: &Arc<Text>, types: &FileTypes<'_, '_>) {
        self.is_unknown |= self.read_whole(path, text, types).is_none();
    }

    fn read_whole(&mut self, path: &str, text: &Arc<Text>, types: &FileTypes<'_, '_>) -> Option<()> {
        let outline = text.outline()?;
        let Ok(package) = types.package() else {
            self.unplaced.push(text.clone());
            return Some(());
        };
        let file = package.files.iter().position(|file| *file.path == *path)?;
        let has_body = |decl: &&Decl| decl.index == 0 && !matches!(decl.kind, DeclKind::Type | DeclKind::Alias);
        let mut read = 0;
        for own in types.bodies() {
            let number = outline.decls.partition_point(|decl| decl.span.0 < own.decl().span.0);
            let id = package.id_of(file, number)?;
            Reader { types, body: own.body(), own: &own, to: self }.read(id);
            read += 1;
        }
        (outline.decls.iter().filter(has_body).count() == read).then_some(())
    }
}

/// One body, looked through.
struct Reader<'c, 'w> {
    types: &'c FileTypes<'w, 'c>,
    own: &'c BodyTypes<'c, 'w>,
    body: &'c Body,
    to: &'c mut Conversions,
}

impl Reader<'_, '_> {
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
                ExprKind::Unary(Tok::And, inner) => self.lose(self.interface_of(inner)),
                // What an interface is asserted to be has its methods.
                ExprKind::Assert { operand, ty } => {
                    if let Some(interface) = self.interface_of(operand) {
                        match ty {
                            Some(_) => self.add(interface, self.own.type_of(id)),
                            None => self.cases(interface, operand),
                        }
                    }
                }
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
        let lost: Vec<Interface> = self.ranged_over().into_iter().chain(self.switched_over()).collect();
        lost.into_iter().for_each(|interface| self.lose(Some(interface)));
    }

    fn underlying(&self, ty: &Type) -> Type {
        self.types.view().underlying(ty)
    }

    /// The interface that a type is, if the checkout declares it.
    fn interface(&self, ty: &Type) -> Option<Interface> {
        let named = ty.named().filter(|named| matches!(named.package.origin, Origin::Dir(_)))?;
        let is_one = matches!(self.underlying(ty), Type::Interface(_) | Type::Unknown(_));
        is_one.then(|| (named.package.clone(), Box::from(&*named.name)))
    }

    fn interface_of(&self, id: ExprId) -> Option<Interface> {
        self.interface(&self.own.type_of(id))
    }

    /// A value that is used as one of a type.
    fn becomes(&mut self, to: &Type, value: ExprId) {
        if let Some(interface) = self.interface(to) {
            self.add(interface, self.own.type_of(value));
        }
    }

    fn add(&mut self, interface: Interface, ty: Type) {
        let is_itself = ty.named().is_some_and(|named| named.package == interface.0 && *named.name == *interface.1);
        match ty {
            Type::Unknown(Unknown::MissingPackage | Unknown::Std) => {}
            Type::Unknown(_) => self.lose(Some(interface)),
            _ if is_itself => {}
            ty => {
                let types = &mut self.to.found.entry(interface).or_default().types;
                if !types.contains(&ty) {
                    types.push(ty);
                }
            }
        }
    }

    /// That not everything is known that becomes an interface's.
    fn lose(&mut self, interface: Option<Interface>) {
        if let Some(interface) = interface {
            self.to.found.entry(interface).or_default().is_unknown = true;
        }
    }

    fn assigned(&mut self, to: &[Type], values: &[ExprId]) {
        match values {
            [only] if to.len() > 1 => match self.own.type_of(*only) {
                Type::Tuple(types) => {
                    for (to, ty) in to.iter().zip(types.iter()) {
                        if let Some(interface) = self.interface(to) {
                            self.add(interface, ty.clone());
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
                _ => self.to.lose(),
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
            ("append" | "delete", _) => self.to.lose(),
            _ => {}
        }
    }

    /// The types of a switch over one of the interface's; where no name holds them, they are not known.
    fn cases(&mut self, interface: Interface, over: ExprId) {
        let body = self.body;
        let of_case = |def: &Def| match def {
            Def::Case { value, types } if *value == over => Some(*types),
            _ => None,
        };
        let cases: Vec<ExprList> = body.locals().filter_map(|(_, local)| of_case(&local.def)).collect();
        if cases.is_empty() {
            self.lose(Some(interface.clone()));
        }
        for ty in cases.into_iter().flat_map(|types| body.list(types)) {
            let ty = self.own.type_of(*ty);
            if ty != Type::Untyped(Untyped::Nil) {
                self.add(interface.clone(), ty);
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
            if !values.is_empty() {
                self.to.lose();
            }
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

    /// Interfaces that are compared with the cases of a switch, or are one of them.
    fn switched_over(&self) -> Vec<Interface> {
        let is_there = |range: (u32, u32)| {
            let before = self.own.source().get(..range.0 as usize).unwrap_or_default().trim_ascii_end();
            before.ends_with(b"switch") || before.ends_with(b"case")
        };
        let is_plain = |expr: &Expr| !matches!(expr.kind, ExprKind::Assert { .. } | ExprKind::Type);
        let compared = self.body.exprs().filter(|(_, expr)| is_plain(expr) && is_there(expr.range));
        compared.filter_map(|(id, _)| self.interface_of_value(id)).collect()
    }

    fn interface_of_value(&self, id: ExprId) -> Option<Interface> {
        if matches!(self.own.referent(id), Referent::Type(_)) { None } else { self.interface_of(id) }
    }

    /// Interfaces of variables that were there before a range clause sets them.
    fn ranged_over(&self) -> Vec<Interface> {
        let (start, end) = self.own.decl().span;
        let text = self.own.source().get(start as usize..end as usize).unwrap_or_default();
        let over = words(text, b"range").flat_map(|at| {
            let before = text[..at].trim_ascii_end();
            let left = before.strip_suffix(b"=").filter(|left| !left.ends_with(b":"));
            let lines = left.map(|left| {
                let from = start + memchr::memrchr(b'\n', left).unwrap_or(0) as u32;
                (from, start + left.len() as u32)
            });
            let is_left =
                move |range: (u32, u32)| lines.is_some_and(|(from, until)| from <= range.0 && range.1 <= until);
            self.body.exprs().filter(move |(_, expr)| is_left(expr.range))
        });
        over.filter_map(|(id, _)| self.interface_of(id)).collect()
    }
}
