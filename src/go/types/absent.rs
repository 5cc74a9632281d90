//! Functions that are called with nil for a context, or for a request: whoever takes something out of that panics.

use std::collections::{BTreeMap, BTreeSet};

use borsh::{BorshDeserialize, BorshSerialize};

use super::ty::Type;
use crate::go::module::PackageName;
use crate::text::diagnostic::RelPath;

/// Functions that are called without a context, though they ask for one.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Absent {
    /// By package, receiver's type and name, with a call that gives none.
    pub functions: BTreeMap<(String, String, String), (RelPath, u32)>,
    /// Methods of any type, where it is not known of which: an interface asks for them.
    pub methods: BTreeMap<String, (RelPath, u32)>,
    /// Functions that are values, by how many parameters they have, and their types.
    pub values: BTreeMap<(usize, String), (RelPath, u32)>,
    /// Variables of packages, and fields by the types that have them, that may hold none: by package, type and name. Variables have no type.
    pub holders: BTreeSet<(String, String, String)>,
    /// Functions that may return none, by package, receiver's type and name.
    pub results: BTreeSet<(String, String, String)>,
}

impl Absent {
    /// Whether every function gets the contexts that it asks for.
    pub fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.methods.is_empty() && self.values.is_empty()
    }

    /// The call that gives a function nil for its context, if one does.
    pub fn call_of(&self, package: &PackageName, receiver: &str, name: &str) -> Option<&(RelPath, u32)> {
        let method = self.methods.get(name).filter(|_| !receiver.is_empty());
        let own = || self.functions.get(&(package.path.to_string(), receiver.to_owned(), name.to_owned()));
        method.or_else(|| if self.functions.is_empty() { None } else { own() })
    }

    /// Whether a function may have nil for its context.
    pub fn has(&self, package: &PackageName, receiver: &str, name: &str) -> bool {
        self.call_of(package, receiver, name).is_some()
    }

    /// The call that gives a function of this type nil for its context, where it is not known which of them it calls.
    pub fn value_of(&self, ty: &Type) -> Option<&(RelPath, u32)> {
        match ty {
            Type::Func(of) if !self.values.is_empty() => self.values.get(&(of.params.len(), ty.to_string())),
            _ => None,
        }
    }

    /// Whether a variable of a package, or a field of a type, may hold no context.
    pub fn holds_none(&self, package: &str, ty: &str, name: &str) -> bool {
        self.holders.contains(&(package.to_owned(), ty.to_owned(), name.to_owned()))
    }

    /// Adds what another one has.
    pub fn join(&mut self, other: Self) {
        other.functions.into_iter().for_each(|(key, call)| {
            self.functions.entry(key).or_insert(call);
        });
        other.values.into_iter().for_each(|(key, call)| {
            self.values.entry(key).or_insert(call);
        });
        self.holders.extend(other.holders);
        self.results.extend(other.results);
        other.methods.into_iter().for_each(|(key, call)| {
            self.methods.entry(key).or_insert(call);
        });
    }
}
