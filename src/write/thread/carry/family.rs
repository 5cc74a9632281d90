//! Methods that stay alike: those of an interface, and those of what implements it.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::function::Function;
use super::key::Key;

/// Heads of families by member; a function alone is its own.
#[derive(Debug, Default)]
pub struct Families {
    heads: BTreeMap<Key, Key>,
}

impl Families {
    /// Of links between functions. A method that an interface asks for goes before its implementations.
    pub fn of(links: &BTreeSet<(Key, Key)>) -> Self {
        let mut found = Self::default();
        for (a, b) in links {
            let (a, b) = (found.head(a).clone(), found.head(b).clone());
            if a == b {
                continue;
            }
            let (head, other) = if (!a.is_asked, &a) < (!b.is_asked, &b) { (a, b) } else { (b, a) };
            found.heads.insert(other, head);
        }
        found
    }

    /// The head of a function's family.
    pub fn head<'k>(&'k self, key: &'k Key) -> &'k Key {
        let mut key = key;
        while let Some(head) = self.heads.get(key) {
            key = head;
        }
        key
    }

    /// Makes one function of each family: if one of them cannot change, none can.
    pub fn merge(&self, functions: BTreeMap<Key, Function>) -> BTreeMap<Key, Function> {
        let mut merged: BTreeMap<Key, Function> = BTreeMap::new();
        // Who heads a family speaks first.
        let (heads, others): (Vec<_>, Vec<_>) =
            functions.into_iter().partition(|(key, _)| !self.heads.contains_key(key));
        for (key, mut function) in heads.into_iter().chain(others) {
            for call in &mut function.calls {
                call.caller = call.caller.take().map(|caller| self.head(&caller).clone());
            }
            let head = self.head(&key).clone();
            match merged.entry(head) {
                Entry::Vacant(entry) => {
                    entry.insert(function);
                }
                Entry::Occupied(mut entry) => entry.get_mut().join(function),
            }
        }
        merged
    }
}
