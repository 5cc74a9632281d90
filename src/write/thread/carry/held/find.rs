//! From types to those that can have the field, and why the others cannot.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::candidates::{Asked, Types};
use super::read::read;
use super::unset::{Unset, unset};
use crate::go::module::Modules;
use crate::text::diagnostic::RelPath;
use crate::write::reason::Cause;
use crate::write::thread::carry::function::Function;
use crate::write::thread::carry::key::Key;
use crate::write::thread::carry::sources::{Sources, dir_of};
use crate::write::thread::ground::Ground;
use crate::write::thread::outcome::{Blocked, Lone};

/// Types that can hold a logger, and those that cannot.
#[derive(Default)]
pub struct Held {
    /// The fields, as functions that are called where values are made.
    pub fields: BTreeMap<Key, Function>,
    /// The log calls that can read them.
    pub calls: BTreeMap<Lone, Key>,
    /// Why there is no such field.
    pub blocked: BTreeMap<Key, Blocked>,
}

impl Held {
    /// Leaves out fields that some value would not have.
    fn leave_unset(&mut self, found: Vec<Unset>) {
        for (key, cause, path, line) in found {
            if self.fields.remove(&key).is_some() {
                self.calls.retain(|_, field| *field != key);
                self.blocked.insert(key.clone(), Blocked { function: key.receiver.to_string(), cause, path, line });
            }
        }
    }

    /// Leaves fields out.
    pub fn leave(&mut self, dear: BTreeMap<Key, Cause>) {
        for (key, cause) in dear {
            let first = self.fields.remove(&key).and_then(|field| field.declared.into_iter().next());
            let (path, line) = first.map_or((RelPath::from(""), 1), |declared| (declared.path, declared.line));
            self.calls.retain(|_, field| *field != key);
            self.blocked.insert(key.clone(), Blocked { function: key.receiver.to_string(), cause, path, line });
        }
    }
}

/// Asks all files about types. `published`: types that the world outside the checkout may make values of.
pub fn find(ground: &Ground<'_>, sources: &Sources, types: &Types, published: &dyn Fn(&Key) -> bool) -> Held {
    let loggers = &ground.rules.log_calls.logger;
    let modules = Modules::new(ground.world.index().resolver().root(), &loggers.zero_module);
    let zero_logs = |path: &str| modules.version(dir_of(path)).is_some_and(|version| version >= loggers.zero_since);
    let files = types.files(sources);
    let read = |(number, asked): &(usize, Asked<'_>)| {
        let path = &sources.files[*number];
        read(ground, (sources, *number), asked, zero_logs(path))
    };
    let all: Vec<_> = files.par_iter().map(read).collect();
    let mut held = Held::default();
    let mut functions: BTreeMap<Key, Function> = BTreeMap::new();
    let mut reached: BTreeMap<Key, BTreeSet<Lone>> = BTreeMap::new();
    for found in all {
        for (key, declared) in found.declared {
            functions.entry(key).or_default().declared.push(declared);
        }
        for (key, call) in found.made {
            functions.entry(key).or_default().calls.push(call);
        }
        for (key, lone) in found.reached {
            reached.entry(key).or_default().insert(lone);
        }
        for (key, cause, path, line) in found.blocked {
            let blocked = || Blocked { function: key.receiver.to_string(), cause, path, line };
            held.blocked.entry(key.clone()).or_insert_with(blocked);
        }
    }
    for key in types.keys() {
        let function = Function { depth: 1, ..functions.remove(key).unwrap_or_default() };
        let calls = reached.remove(key).unwrap_or_default();
        let first = function.declared.first();
        let (path, line) = first.map_or((RelPath::from(""), 1), |declared| (declared.path.clone(), declared.line));
        let cause = unfit(&function, calls.is_empty(), published(key));
        if let Some(cause) = cause {
            let blocked = || Blocked { function: key.receiver.to_string(), cause, path, line };
            held.blocked.entry(key.clone()).or_insert_with(blocked);
        }
        if !held.blocked.contains_key(key) {
            held.calls.extend(calls.into_iter().map(|call| (call, key.clone())));
            held.fields.insert(key.clone(), function);
        }
    }
    held.leave_unset(unset(ground, sources, &held.fields.keys().collect()));
    held
}

/// Why a type cannot have the field, for what all files together say.
fn unfit(function: &Function, is_idle: bool, published: bool) -> Option<Cause> {
    match () {
        () if function.declared.is_empty() => Some(Cause::NoStruct),
        () if published => Some(Cause::Exported),
        () if function.calls.iter().all(|call| call.is_test) => Some(Cause::MadeByTests),
        () if is_idle => Some(Cause::ReceiverUnread),
        () => None,
    }
}
