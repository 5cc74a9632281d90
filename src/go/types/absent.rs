//! Functions that are called with nil for a context, or for a request: whoever takes something out of that panics.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::go::module::PackageName;
use crate::text::diagnostic::RelPath;

/// Functions that are called without a context, though they ask for one.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Absent {
    /// By package, receiver's type and name, with a call that gives none.
    pub functions: BTreeMap<(String, String, String), (RelPath, u32)>,
    /// Methods of any type, where it is not known of which: an interface asks for them.
    pub methods: BTreeMap<String, (RelPath, u32)>,
}

impl Absent {
    /// Whether every function gets the contexts that it asks for.
    pub fn is_empty(&self) -> bool {
        self.functions.is_empty() && self.methods.is_empty()
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

    /// Adds what another one has.
    pub fn join(&mut self, other: Self) {
        other.functions.into_iter().for_each(|(key, call)| {
            self.functions.entry(key).or_insert(call);
        });
        other.methods.into_iter().for_each(|(key, call)| {
            self.methods.entry(key).or_insert(call);
        });
    }
}
