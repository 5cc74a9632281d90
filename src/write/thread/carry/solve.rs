//! Which functions get a context or a logger.
//!
//! From the functions of the log calls one goes up to their callers, and on to theirs, until there is a context or a logger at hand, or the
//! program starts. Then the functions on these ways get what they pass on: a context where one of them waits, else a logger.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::asked::Asked;
use super::facts::{Call, Declared, Offer};
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

/// What a function gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Carried {
    /// `ctx context.Context`.
    Context,
    /// `logger klog.Logger`.
    Logger,
}

/// All that is known of a function.
#[derive(Debug, Default)]
pub struct Function {
    /// Its declarations, one for each set of build tags.
    pub declared: Vec<Declared>,
    /// Its calls.
    pub calls: Vec<Call>,
    /// Why it cannot change.
    pub blocked: Option<Blocked>,
    /// How many calls away from a log call.
    pub depth: usize,
    /// Whether a way leads from it to what it can be given.
    grounded: bool,
}

/// What was found out.
pub struct Solved {
    /// Functions that were looked at.
    pub functions: BTreeMap<Key, Function>,
    /// Those that get something.
    pub carried: BTreeMap<Key, Carried>,
}

/// Decides for the functions of log calls, and all that lead to them.
pub fn solve(
    ground: &Ground<'_>,
    sources: &Sources,
    wanted: BTreeSet<Key>,
    published: &dyn Fn(&Key) -> bool,
) -> Solved {
    let mut functions = explore(ground, sources, &wanted, published);
    settle_grounds(&mut functions);
    let carried = carried(&functions, &wanted);
    Solved { functions, carried }
}

/// Reads what is said about functions, wave by wave.
fn explore(
    ground: &Ground<'_>,
    sources: &Sources,
    wanted: &BTreeSet<Key>,
    published: &dyn Fn(&Key) -> bool,
) -> BTreeMap<Key, Function> {
    let outside = Outside::read(ground, sources);
    let mut functions: BTreeMap<Key, Function> = BTreeMap::new();
    let mut wave: BTreeSet<Key> = wanted.clone();
    for depth in 1..=MAX_DEPTH {
        for key in &wave {
            functions.insert(key.clone(), Function { depth, ..Function::default() });
        }
        // What cannot change for what stands in its own package, or for all the world to see, need not be looked for elsewhere.
        ask(ground, sources, (&wave, true), &mut functions);
        for key in &wave {
            let Some(function) = functions.get_mut(key).filter(|function| function.blocked.is_none()) else { continue };
            if let Some(cause) = fixed(key, function, published(key)).or_else(|| outside.asks_for(key, sources)) {
                function.block(key, cause);
            }
        }
        let is_open = |key: &&Key| key.is_exported() && functions.get(*key).is_some_and(|f| f.blocked.is_none());
        let open: BTreeSet<Key> = wave.iter().filter(is_open).cloned().collect();
        ask(ground, sources, (&open, false), &mut functions);
        let mut next = BTreeSet::new();
        for key in &wave {
            let Some(function) = functions.get_mut(key) else { continue };
            if function.blocked.is_none()
                && let Some(cause) = unfit(function)
            {
                function.block(key, cause);
            }
            if function.blocked.is_some() {
                continue;
            }
            let without = function.calls.iter().filter(|call| !call.is_test && !call.starts && !has(call));
            next.extend(without.filter_map(|call| call.caller.clone()));
        }
        next.retain(|key| !functions.contains_key(key));
        wave = next;
        if wave.is_empty() {
            break;
        }
    }
    for key in wave {
        let blocked =
            Some(Blocked { function: key.display(), cause: Cause::TooLong, path: RelPath::from(""), line: 1 });
        functions.insert(key, Function { blocked, depth: MAX_DEPTH + 1, ..Function::default() });
    }
    functions
}

/// Whether something is at hand at a call.
fn has(call: &Call) -> bool {
    call.context.is_some() || call.logger.is_some()
}

/// Asks files about functions: those of their own packages, or all others.
fn ask(
    ground: &Ground<'_>,
    sources: &Sources,
    (keys, near): (&BTreeSet<Key>, bool),
    functions: &mut BTreeMap<Key, Function>,
) {
    let asked = Asked::new(keys);
    let files = sources.with(asked.names());
    let read = |(file, names): &(usize, Vec<&str>)| read(ground, sources, (*file, names, near), &asked);
    let found: Vec<_> = files.par_iter().map(read).collect();
    for found in found {
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

/// Why a function cannot change, for how it is called.
fn unfit(function: &Function) -> Option<Cause> {
    if function.calls.iter().all(|call| call.is_test) {
        return Some(Cause::OnlyTests);
    }
    let spreads = function.calls.iter().any(|call| call.spreads) && function.declared.iter().any(|d| !d.takes_one);
    spreads.then_some(Cause::SeveralValues)
}

impl Function {
    /// Keeps it as it is, for a reason that lies in its declaration.
    fn block(&mut self, key: &Key, cause: Cause) {
        let first = self.declared.first();
        let (path, line) = first.map_or((RelPath::from(""), 1), |declared| (declared.path.clone(), declared.line));
        self.blocked = Some(Blocked { function: key.display(), cause, path, line });
    }
}

/// Which functions have a way to what they can be given.
fn settle_grounds(functions: &mut BTreeMap<Key, Function>) {
    loop {
        let leads = |call: &Call, functions: &BTreeMap<Key, Function>| {
            let by_caller =
                || call.caller.as_ref().and_then(|caller| functions.get(caller)).is_some_and(|f| f.grounded);
            !call.is_test && (has(call) || call.starts || by_caller())
        };
        let new = functions.iter().filter(|(_, function)| {
            !function.grounded && function.blocked.is_none() && function.calls.iter().any(|call| leads(call, functions))
        });
        let new: Vec<Key> = new.map(|(key, _)| key.clone()).collect();
        if new.is_empty() {
            return;
        }
        for key in new {
            if let Some(function) = functions.get_mut(&key) {
                function.grounded = true;
            }
        }
    }
}

/// What cannot be given to whom.
type Refused = BTreeSet<(Key, Carried)>;

/// The functions that change, and what each gets. Where the name of one of the two is taken, it is the other.
fn carried(functions: &BTreeMap<Key, Function>, wanted: &BTreeSet<Key>) -> BTreeMap<Key, Carried> {
    let mut refused = Refused::new();
    loop {
        let mut carried: BTreeMap<Key, Carried> = BTreeMap::new();
        let mut open: Vec<(Key, Carried)> = Vec::new();
        open.extend(wanted.iter().filter_map(|key| Some((key.clone(), choose(functions, key, None, &refused)?))));
        while let Some((key, kind)) = open.pop() {
            // A context gives a logger, too.
            let known = carried.get(&key).copied();
            let Some(function) = functions.get(&key).filter(|_| known.is_none_or(|known| kind < known)) else {
                continue;
            };
            carried.insert(key.clone(), kind);
            let lacking = function.calls.iter().filter(|call| !call.is_test && lacks(call, kind));
            for call in lacking.filter(|call| call.logger.is_none()) {
                let Some(caller) = &call.caller else { continue };
                open.extend(choose(functions, caller, Some(kind), &refused).map(|kind| (caller.clone(), kind)));
            }
        }
        let unfit = carried.iter().filter(|(key, kind)| !functions.get(key).is_some_and(|f| fits(f, **kind)));
        let unfit: Vec<_> = unfit.map(|(key, kind)| (key.clone(), *kind)).collect();
        if unfit.is_empty() {
            return carried;
        }
        refused.extend(unfit);
    }
}

/// What a function gets: what those that it calls need, or what it does itself.
fn choose(
    functions: &BTreeMap<Key, Function>,
    key: &Key,
    needed: Option<Carried>,
    refused: &Refused,
) -> Option<Carried> {
    let function = functions.get(key).filter(|function| function.grounded)?;
    let waits = function.declared.iter().any(|declared| declared.waits);
    // Who has a logger and no context can pass the logger alone.
    let only_logger =
        function.calls.iter().any(|call| !call.is_test && call.context.is_none() && call.logger.is_some());
    let first = match needed {
        Some(Carried::Context) => Carried::Context,
        _ if waits && !only_logger => Carried::Context,
        _ => Carried::Logger,
    };
    let second = if first == Carried::Context { Carried::Logger } else { Carried::Context };
    [first, second].into_iter().find(|kind| !refused.contains(&(key.clone(), *kind)))
}

/// Whether nothing at a call is, or makes, what is passed.
pub fn lacks(call: &Call, kind: Carried) -> bool {
    match kind {
        Carried::Context => call.context.is_none(),
        Carried::Logger => call.logger.is_none(),
    }
}

/// Whether all declarations of a function can have such a parameter, and all its calls such an argument.
fn fits(function: &Function, kind: Carried) -> bool {
    let number = kind as usize;
    let declared = |d: &Declared| !d.taken[number] && d.packages[number].is_some();
    function.declared.iter().all(declared)
        && function.calls.iter().all(|call| !lacks(call, kind) || call.last[number].is_some())
}

/// What a call passes, given what its caller gets.
pub fn passed(call: &Call, kind: Carried, of_caller: Option<Carried>) -> Option<Offer> {
    let own = |name: &str| Offer { expression: name.to_owned(), edits: Vec::new(), import: None };
    let offer = match kind {
        Carried::Context => call.context.clone(),
        Carried::Logger => call.logger.clone(),
    };
    let last = call.last[kind as usize].clone();
    offer.or_else(|| match (kind, of_caller) {
        (Carried::Context, Some(Carried::Context)) => Some(own(super::read::NAMES[0])),
        (Carried::Logger, Some(Carried::Logger)) => Some(own(super::read::NAMES[1])),
        (Carried::Logger, Some(Carried::Context)) => call.of_new_context.clone().or(last),
        _ => last,
    })
}
