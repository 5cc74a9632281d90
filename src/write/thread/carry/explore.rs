//! From the functions of log calls up to their callers, wave by wave, and from methods to the interfaces that ask for them.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::asked::Asked;
use super::becoming::Becoming;
use super::function::Function;
use super::key::Key;
use super::outside::Outside;
use super::read::read;
use super::sources::Sources;
use crate::text::diagnostic::RelPath;
use crate::write::reason::Cause;
use crate::write::thread::ground::Ground;
use crate::write::thread::outcome::Blocked;

/// A way from a log call to what it is given has this many functions at most.
const MAX_DEPTH: usize = 8;

/// Functions, and which of them stay alike.
pub type Explored = (BTreeMap<Key, Function>, BTreeSet<(Key, Key)>);

/// Reads what is said about functions, wave by wave.
pub fn explore(
    ground: &Ground<'_>,
    sources: (&Sources, &Becoming),
    wanted: &BTreeSet<Key>,
    outside: &Outside<'_>,
    published: &dyn Fn(&Key) -> bool,
) -> Explored {
    let (mut functions, mut all_links) = Explored::default();
    let mut wave: BTreeMap<Key, usize> = wanted.iter().map(|key| (key.clone(), 1)).collect();
    while !wave.is_empty() {
        for (key, depth) in &wave {
            let blocked = (*depth > MAX_DEPTH).then(|| too_long(key));
            functions.insert(key.clone(), Function { depth: *depth, blocked, ..Function::default() });
        }
        let open = |functions: &BTreeMap<Key, Function>, far: bool| -> BTreeSet<Key> {
            let is_open = |key: &&Key| {
                let function = functions.get(*key);
                function.is_some_and(|f| f.blocked.is_none() && f.named.is_none()) && (!far || key.is_exported())
            };
            wave.keys().filter(is_open).cloned().collect()
        };
        // What cannot change for what stands in its own package, or for all the world to see, need not be looked for elsewhere.
        let mut links = ask(ground, sources, (&open(&functions, false), true), &mut functions);
        for key in wave.keys() {
            let Some(function) = functions.get_mut(key) else { continue };
            function.take_name();
            if function.blocked.is_none()
                && function.named.is_none()
                && let Some(cause) = fixed(key, function, published(key))
                    .or_else(|| outside.asks_for(key, sources.0))
                    .or_else(|| sources.0.called_by_name(key, ground.world.index().resolver().root()))
            {
                function.block(key, cause);
            }
        }
        links.extend(ask(ground, sources, (&open(&functions, true), false), &mut functions));
        let mut alike: FxHashMap<&Key, Vec<&Key>> = FxHashMap::default();
        links.iter().for_each(|(own, other)| alike.entry(own).or_default().push(other));
        let mut next: BTreeMap<Key, usize> = BTreeMap::new();
        for key in open(&functions, false) {
            let Some(function) = functions.get(&key) else { continue };
            let without = function.calls.iter().filter(|call| !call.is_test && !call.starts && !call.has_any());
            let callers = without.filter_map(|call| Some((call.caller.clone()?, function.depth + 1)));
            let alike = alike.get(&key).into_iter().flatten().map(|other| ((*other).clone(), function.depth));
            for (key, depth) in callers.chain(alike) {
                let known = next.entry(key).or_insert(depth);
                *known = depth.min(*known);
            }
        }
        all_links.extend(links.into_iter().filter(|(own, _)| functions.get(own).is_some_and(|f| f.named.is_none())));
        next.retain(|key, _| !functions.contains_key(key));
        wave = next;
    }
    // Of what is blocked nobody asked what else is like it.
    all_links.retain(|(_, other)| functions.contains_key(other));
    (functions, all_links)
}

/// What is in the way of a function that is too far from a log call.
fn too_long(key: &Key) -> Blocked {
    Blocked { function: key.display(), cause: Cause::TooLong, path: RelPath::from(""), line: 1 }
}

/// Asks files about functions, those of their own packages, or all others, and tells what stays like them.
fn ask(
    ground: &Ground<'_>,
    sources: (&Sources, &Becoming),
    (keys, near): (&BTreeSet<Key>, bool),
    functions: &mut BTreeMap<Key, Function>,
) -> BTreeSet<(Key, Key)> {
    let asked = Asked::new(keys);
    let files = sources.0.with(asked.names());
    let read = |(file, names): &(usize, Vec<&str>)| read(ground, sources, (*file, names, near), &asked);
    let found: Vec<_> = files.par_iter().map(read).collect();
    let mut links = BTreeSet::new();
    for mut found in found {
        // Whoever told of them: of several callers the first is named.
        found.calls.sort_by_key(|(_, call)| call.slot.at);
        links.extend(found.links);
        for (key, declared) in found.declared {
            functions.entry(key).or_default().declared.push(declared);
        }
        for (key, call) in found.calls {
            functions.entry(key).or_default().calls.push(call);
        }
        for (key, cause, path, line) in found.blocked {
            let blocked = || Blocked { function: key.display(), cause, path, line };
            functions.entry(key.clone()).or_default().blocked.get_or_insert_with(blocked);
        }
    }
    links
}

/// Why a function cannot change, for what it is.
fn fixed(key: &Key, function: &Function, published: bool) -> Option<Cause> {
    match &*key.name {
        "main" | "init" if key.receiver.is_empty() => Some(Cause::EntryPoint),
        "_" => Some(Cause::Unnamed),
        _ if function.declared.is_empty() => Some(Cause::NoBody),
        _ if published => Some(Cause::Exported),
        _ => None,
    }
}
