//! What calls could pass, asked of the tree where it matters: at calls of functions that can be given something.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::asked::Asked;
use super::becoming::Becoming;
use super::facts::Call;
use super::function::Function;
use super::key::Key;
use super::read::calls_at;
use super::sources::Sources;
use crate::write::reason::Cause;
use crate::write::thread::ground::Ground;
use crate::write::thread::outcome::Blocked;

/// The calls of a file that are asked for: where their arguments start, and what they call.
type Places = (BTreeSet<usize>, BTreeSet<Key>);

/// A file, where arguments start there, and whether a literal does: around a function that is the first of them.
type Place = (usize, usize, bool);

fn place(call: &Call) -> Place {
    (call.slot.unit, call.slot.at, call.slot.literal.is_some())
}

/// Asks the tree, at most once for each place.
pub struct Filler<'f> {
    ground: &'f Ground<'f>,
    sources: (&'f Sources, &'f Becoming),
    /// What was read, by its place.
    read: BTreeMap<Place, Call>,
}

impl<'f> Filler<'f> {
    /// Nothing was asked yet.
    pub fn new(ground: &'f Ground<'f>, sources: (&'f Sources, &'f Becoming)) -> Self {
        Self { ground, sources, read: BTreeMap::new() }
    }

    /// Completes the `wanted` calls of functions. A function whose calls cannot be seen whole is given nothing.
    pub fn fill(&mut self, functions: &mut BTreeMap<Key, Function>, wanted: &dyn Fn(&Function, &Call) -> bool) {
        let mut files: BTreeMap<usize, Places> = BTreeMap::new();
        for function in functions.values().filter(|function| function.blocked.is_none()) {
            for call in function.calls.iter().filter(|call| call.is_light && wanted(function, call)) {
                if self.read.contains_key(&place(call)) {
                    continue;
                }
                let (places, keys) = files.entry(call.slot.unit).or_default();
                places.insert(call.slot.at);
                keys.insert(call.callee.clone());
            }
        }
        let read = |(number, (places, keys)): (&usize, &Places)| {
            calls_at(self.ground, self.sources, (*number, places), &Asked::new(keys)).unwrap_or_default()
        };
        let read: Vec<Vec<Call>> = files.par_iter().map(read).collect();
        self.read.extend(read.into_iter().flatten().map(|call| (place(&call), call)));
        for (key, function) in functions.iter_mut().filter(|(_, function)| function.blocked.is_none()) {
            for at in 0..function.calls.len() {
                let call = &function.calls[at];
                if !call.is_light || !wanted(function, call) {
                    continue;
                }
                let Some(found) = self.read.get(&place(call)).cloned() else {
                    let path = self.sources.0.files[call.slot.unit].clone();
                    function.blocked = Some(Blocked { function: key.display(), cause: Cause::Unread, path, line: 1 });
                    break;
                };
                function.calls[at] = Call { callee: call.callee.clone(), caller: call.caller.clone(), ..found };
            }
        }
    }
}
