//! Method sets: which types implement an interface, and which function a method call ends in.

use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{FuncRef, Place, Tables};
use super::program::Program;
use crate::go::syntax::outline::DeclKind;
use crate::go::types::{MemberKind, Method, Named, Type, View};

/// Where a method call ends.
#[derive(Clone, Copy, Debug)]
pub(super) enum MethodTarget {
    /// In this function.
    Function(FuncRef),
    /// In code that is not looked at.
    Outside,
    /// In the method of what an embedded interface holds.
    Embedded { field: u32, interface: u32, method: u32 },
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    name: u32,
    /// Number of its function type; none: not wholly known.
    signature: Option<u32>,
    needs_pointer: bool,
    target: MethodTarget,
}

/// A type that values in interfaces have, pointers to it included.
#[derive(Debug)]
struct Base {
    ty: Type,
    /// The member that declares it.
    member: Option<u32>,
    names: Box<[u32]>,
    entries: OnceLock<Box<[Entry]>>,
}

/// What is known about a type by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// An interface, by its place among them.
    Interface(u32),
    /// A type with methods, or a pointer to it.
    Concrete {
        base: u32,
        pointer: bool,
    },
    Other,
}

#[derive(Debug)]
struct Asked {
    methods: Box<[(u32, Option<u32>)]>,
    /// Numbers of the types that implement it, sorted.
    implementers: OnceLock<Box<[u32]>>,
}

/// Types and interfaces of a program.
pub(super) struct MethodSets<'p, 'w> {
    program: &'p Program<'w>,
    tables: &'p Tables,
    bases: Vec<Base>,
    forms: Vec<Form>,
    asked: Vec<Asked>,
    /// Numbers of a base and of the pointer to it.
    numbers: Vec<[u32; 2]>,
    by_method: FxHashMap<u32, Vec<u32>>,
    /// Names that interfaces ask for: no call is dispatched by another.
    dispatched: FxHashSet<u32>,
}

impl<'p, 'w> MethodSets<'p, 'w> {
    /// Of all types that the facts mention or the program declares.
    pub(super) fn new(program: &'p Program<'w>, tables: &'p Tables) -> Self {
        declare(program, tables);
        let types = tables.types.keys();
        let shape = |view: &mut View<'w>, ty: &Type| -> Shape {
            match view.underlying(ty) {
                Type::Interface(interface) => {
                    let methods = view.interface_methods(&interface);
                    let entry = |(name, signature): &(Arc<str>, _)| {
                        (tables.names.number(name), number_of(tables, Type::Func(Arc::clone(signature))))
                    };
                    Shape::Interface(methods.iter().map(entry).collect())
                }
                _ => match ty.pointee() {
                    Some(_) => Shape::Pointer,
                    None => {
                        let names = view.method_names(ty);
                        Shape::Concrete(names.iter().map(|name| tables.names.number(name)).collect())
                    }
                },
            }
        };
        let with_view = || program.world.view(program.context);
        let shapes: Vec<Shape> = types.par_iter().map_init(with_view, |view, (_, ty)| shape(view, ty)).collect();
        let mut sets = Self {
            program,
            tables,
            bases: Vec::new(),
            forms: vec![Form::Other; types.len()],
            asked: Vec::new(),
            numbers: Vec::new(),
            by_method: FxHashMap::default(),
            dispatched: FxHashSet::default(),
        };
        for ((number, ty), shape) in types.into_iter().zip(shapes) {
            sets.add(number, ty, shape);
        }
        sets.pointers();
        sets
    }

    fn add(&mut self, number: u32, ty: Type, shape: Shape) {
        match shape {
            Shape::Interface(methods) => {
                self.forms[number as usize] = Form::Interface(self.asked.len() as u32);
                self.dispatched.extend(methods.iter().map(|(name, _)| *name));
                self.asked.push(Asked { methods, implementers: OnceLock::new() });
            }
            Shape::Concrete(names) if !names.is_empty() => {
                let base = self.bases.len() as u32;
                self.forms[number as usize] = Form::Concrete { base, pointer: false };
                for name in &names {
                    self.by_method.entry(*name).or_default().push(base);
                }
                let member = ty.named().and_then(|named| self.program.member(&named.package));
                let pointer = self.tables.types.known(&Type::pointer_to(ty.clone())).unwrap_or(u32::MAX);
                self.numbers.push([number, pointer]);
                self.bases.push(Base { ty, member, names, entries: OnceLock::new() });
            }
            Shape::Concrete(_) | Shape::Pointer => {}
        }
    }

    fn pointers(&mut self) {
        for (base, [_, pointer]) in self.numbers.iter().enumerate() {
            if let Some(form) = self.forms.get_mut(*pointer as usize) {
                *form = Form::Concrete { base: base as u32, pointer: true };
            }
        }
    }

    /// Works out, on all threads, which types implement these interfaces.
    pub(super) fn prepare(&self, interfaces: &[u32]) {
        let with_view = || self.program.world.view(self.program.context);
        interfaces.par_iter().for_each_init(with_view, |view, interface| {
            self.implementers_in(view, *interface);
        });
    }

    fn implementers_in(&self, view: &View<'w>, interface: u32) -> Option<&[u32]> {
        let Form::Interface(at) = *self.forms.get(interface as usize)? else { return None };
        let asked = &self.asked[at as usize];
        if asked.methods.is_empty() {
            return None;
        }
        Some(asked.implementers.get_or_init(|| self.find_implementers(view, asked)))
    }

    fn find_implementers(&self, view: &View<'w>, asked: &Asked) -> Box<[u32]> {
        let having = |(name, _): &(u32, _)| self.by_method.get(name).map_or(&[][..], Vec::as_slice);
        let rarest = asked.methods.iter().map(having).min_by_key(|bases| bases.len()).unwrap_or_default();
        let mut found = Vec::new();
        for base in rarest {
            let known = &self.bases[*base as usize];
            if !asked.methods.iter().all(|(name, _)| known.names.contains(name)) {
                continue;
            }
            let entries = self.entries(view, *base);
            let (mut fits, mut by_value) = (true, true);
            for (name, signature) in &asked.methods {
                match entries.iter().find(|entry| entry.name == *name) {
                    Some(entry) => {
                        fits &= entry.signature.is_none() || signature.is_none() || entry.signature == *signature;
                        by_value &= !entry.needs_pointer;
                    }
                    None => fits = false,
                }
            }
            let [value, pointer] = self.numbers[*base as usize];
            if fits && by_value {
                found.push(value);
            }
            if fits && pointer != u32::MAX {
                found.push(pointer);
            }
        }
        found.sort_unstable();
        found.into()
    }

    fn entries(&self, view: &View<'w>, base: u32) -> &[Entry] {
        let base = &self.bases[base as usize];
        base.entries.get_or_init(|| {
            let names = view.method_names(&base.ty);
            let is_dispatched = |name: &&Arc<str>| self.dispatched.contains(&self.tables.name(name));
            names.iter().filter(is_dispatched).filter_map(|name| self.entry(view, &base.ty, name)).collect()
        })
    }

    fn entry(&self, view: &View<'w>, ty: &Type, name: &Arc<str>) -> Option<Entry> {
        let Method { signature, needs_pointer, through, declared_on, dynamic, .. } = view.method(ty, name)?;
        let number = self.tables.names.number(name);
        let target = match &declared_on {
            _ if dynamic => self.embedded(view, ty, &through, &declared_on, number),
            Type::Named(named) => {
                let Named { package, name: receiver, .. } = &**named;
                let unit = self.program.function(package, receiver, name);
                unit.map(|unit| MethodTarget::Function(FuncRef { unit, sub: 0 }))
            }
            _ => None,
        };
        let signature = number_of(self.tables, Type::Func(signature));
        Some(Entry { name: number, signature, needs_pointer, target: target.unwrap_or(MethodTarget::Outside) })
    }

    /// A method that is promoted through an embedded interface.
    fn embedded(
        &self,
        view: &View<'w>,
        ty: &Type,
        through: &[Arc<str>],
        interface: &Type,
        method: u32,
    ) -> Option<MethodTarget> {
        let (last, rest) = through.split_last()?;
        let mut ty = ty.clone();
        for name in rest {
            ty = view.member(&ty, name).ok()?.ty;
        }
        let MemberKind::Field { of } = view.member(&ty, last).ok()?.kind else { return None };
        let (of, name) = (self.tables.types.known(&of)?, self.tables.names.known(last)?);
        let field = self.tables.places.known(&Place::Field { of, name })?;
        let interface = self.tables.types.known(interface)?;
        Some(MethodTarget::Embedded { field, interface, method })
    }

    /// Numbers of the types that implement an interface, sorted; none: all do, or it is none.
    pub(super) fn implementers(&self, interface: u32) -> Option<&[u32]> {
        let Form::Interface(at) = *self.forms.get(interface as usize)? else { return None };
        self.asked[at as usize].implementers.get().map(|found| &**found)
    }

    /// The member that declares a type, or the type that a pointer points to.
    pub(super) fn member_of(&self, ty: u32) -> Option<u32> {
        match self.forms.get(ty as usize)? {
            Form::Concrete { base, .. } => self.bases[*base as usize].member,
            _ => None,
        }
    }

    /// Where a method of a type ends.
    pub(super) fn target(&self, view: &View<'w>, ty: u32, method: u32) -> Option<MethodTarget> {
        let Form::Concrete { base, pointer } = *self.forms.get(ty as usize)? else { return None };
        if !self.bases[base as usize].names.contains(&method) {
            return None;
        }
        let entry = self.entries(view, base).iter().find(|entry| entry.name == method)?;
        (pointer || !entry.needs_pointer).then_some(entry.target)
    }
}

enum Shape {
    Interface(Box<[(u32, Option<u32>)]>),
    Concrete(Box<[u32]>),
    Pointer,
}

/// A type's number; none if it is not wholly known.
fn number_of(tables: &Tables, ty: Type) -> Option<u32> {
    (!ty.is_partial()).then(|| tables.types.number(&ty))
}

/// Numbers the types that the program declares and that can have methods.
fn declare(program: &Program<'_>, tables: &Tables) {
    let with_view = || program.world.view(program.context);
    program.members.par_iter().for_each_init(with_view, |view, member| {
        let package = member.package;
        for id in package.decls().filter(|id| package.decl(*id).kind == DeclKind::Type) {
            let Some(ty) = view.declared_type(package, package.name_of(id)) else { continue };
            if matches!(view.underlying(&ty), Type::Interface(_)) || !view.has_methods(&ty) {
                continue;
            }
            tables.types.number(&Type::pointer_to(ty.clone()));
            tables.types.number(&ty);
        }
    });
}
