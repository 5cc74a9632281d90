//! Which of many types implement an interface, without asking each of them.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::{Type, View};

/// Types by the names of the methods that they have.
pub struct Implementers {
    types: Vec<Type>,
    /// Places of the types that have a method of a name, themselves or by their address.
    by_method: FxHashMap<Arc<str>, Vec<u32>>,
}

/// A type that implements an interface.
#[derive(Clone, Debug)]
pub struct Implementer<'a> {
    /// The declared type.
    pub ty: &'a Type,
    /// Whether only pointers to it do.
    pub by_pointer: bool,
}

impl Implementers {
    /// Among these declared types; interfaces among them are left out, as no value has one for its type.
    pub fn new(view: &View<'_>, types: impl IntoIterator<Item = Type>) -> Self {
        let concrete = |ty: &Type| !matches!(view.underlying(ty), Type::Interface(_));
        let types: Vec<_> = types.into_iter().filter(concrete).collect();
        let mut by_method: FxHashMap<_, Vec<_>> = FxHashMap::default();
        for (place, ty) in types.iter().enumerate() {
            for name in view.method_names(ty) {
                by_method.entry(name).or_default().push(place as u32);
            }
        }
        Self { types, by_method }
    }

    /// The types that implement an interface, in the order in which they were given. What is not known for certain is
    /// left out. An interface without methods has none: all types implement it.
    pub fn of(&self, view: &View<'_>, interface: &Type) -> Vec<Implementer<'_>> {
        let Type::Interface(asked) = view.underlying(interface) else { return Vec::new() };
        let methods = view.interface_methods(&asked);
        let with = |name: &Arc<str>| self.by_method.get(name).map(Vec::as_slice).unwrap_or_default();
        let rarest = methods.iter().map(|(name, _)| with(name)).min_by_key(|places| places.len());
        let places = rarest.unwrap_or_default().iter();
        let found = places.filter_map(|place| {
            let ty = self.types.get(*place as usize)?;
            let by_value = view.implements(ty, interface) == Some(true);
            let by_pointer = !by_value && view.implements(&Type::pointer_to(ty.clone()), interface) == Some(true);
            (by_value || by_pointer).then_some(Implementer { ty, by_pointer })
        });
        found.collect()
    }
}
