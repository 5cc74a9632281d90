//! Which types are asked about.

use std::collections::{BTreeMap, BTreeSet};

use crate::write::thread::carry::key::Key;
use crate::write::thread::carry::sources::{Sources, dir_of};
use crate::write::thread::outcome::Lone;

/// Types by the key of their new field, with the log calls of their methods.
pub struct Types {
    calls: BTreeMap<Key, BTreeSet<Lone>>,
}

/// What one file is asked: types by the name that stands for them in its own package, and all others.
pub struct Asked<'c> {
    /// By what they are called.
    pub types: BTreeMap<&'c str, Vec<&'c Key>>,
    /// The log calls of the file, by where they stand.
    pub calls: BTreeMap<usize, &'c Lone>,
}

impl Types {
    /// Those with these fields, and all log calls by the function around them.
    pub fn of(fields: BTreeSet<Key>, calls: &[(Lone, Key)]) -> Self {
        let mut found: BTreeMap<Key, BTreeSet<Lone>> = fields.into_iter().map(|key| (key, BTreeSet::new())).collect();
        for (call, function) in calls {
            let of_type = function.beside().and_then(|key| found.get_mut(&key));
            of_type.into_iter().for_each(|own| {
                own.insert(call.clone());
            });
        }
        Self { calls: found }
    }

    /// The keys of their fields.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.calls.keys()
    }

    /// The files that may mention one of them, with those that each may mention.
    pub fn files(&self, sources: &Sources) -> Vec<(usize, Asked<'_>)> {
        let mut by_name: BTreeMap<&str, Vec<&Key>> = BTreeMap::new();
        for key in self.calls.keys() {
            by_name.entry(&key.receiver).or_default().push(key);
        }
        let of_file = |(number, names): (usize, Vec<&str>)| {
            let path = &sources.files[number];
            let dir = dir_of(path);
            let mut types: BTreeMap<&str, Vec<&Key>> = BTreeMap::new();
            for (name, keys) in names.iter().filter_map(|name| by_name.get_key_value(*name)) {
                let leads = |key: &&&Key| key.dir().is_some_and(|to| to == dir || sources.imports_it(dir, to));
                let is_exported = name.starts_with(char::is_uppercase);
                let can = |key: &&&Key| leads(key) && (is_exported || key.dir() == Some(dir));
                let keys: Vec<&Key> = keys.iter().filter(can).copied().collect();
                if !keys.is_empty() {
                    types.insert(*name, keys);
                }
            }
            let own = types.values().flatten().filter_map(|key| self.calls.get(*key)).flatten();
            let calls = own.filter(|call| call.path == *path).map(|call| (call.offset, call)).collect();
            (!types.is_empty()).then_some((number, Asked { types, calls }))
        };
        sources.with(by_name.keys().copied()).into_iter().filter_map(of_file).collect()
    }
}
