//! Which functions get a context or a logger.
//!
//! From the functions of the log calls one goes up to their callers, and on to theirs, until there is a context or a logger at hand, or the
//! program starts. Then the functions on these ways get what they pass on: a context where one of them waits, else a logger.

use std::collections::{BTreeMap, BTreeSet};

use super::becoming::Becoming;
use super::explore::explore;
use super::facts::{Call, Declared, NAMES, Offer};
use super::family::Families;
use super::fill::Filler;
use super::function::{Carried, Function, lacks};
use super::held::{self, Held, Types};
use super::key::Key;
use super::outside::Outside;
use super::sources::Sources;
use super::worth::dear;
use crate::write::reason::Cause;
use crate::write::thread::ground::Ground;
use crate::write::thread::outcome::{Blocked, Lone};

/// What was found out.
#[derive(Default)]
pub struct Solved {
    /// Functions that were looked at.
    pub functions: BTreeMap<Key, Function>,
    /// Those that get something.
    pub carried: BTreeMap<Key, Carried>,
    /// Which of them are one.
    pub families: Families,
    /// Log calls that read a field of their receiver, by the field.
    pub held: BTreeMap<Lone, Key>,
    /// Why a type has no such field.
    pub unheld: BTreeMap<Key, Blocked>,
}

impl Solved {
    /// What brings a log call of a function its logger, if anything does: a field of the receiver, or the function.
    pub fn gets(&self, call: &Lone, function: &Key) -> Key {
        let field = self.held.get(call).filter(|field| self.carried.contains_key(field));
        field.unwrap_or_else(|| self.families.head(function)).clone()
    }
}

/// Decides for the functions of log calls, and all that lead to them. Methods that nothing can be passed to read a field of their receiver,
/// where every value of its type can have one.
pub fn solve(
    ground: &Ground<'_>,
    sources: &Sources,
    calls: &[(Lone, Key)],
    published: &dyn Fn(&Key) -> bool,
) -> Solved {
    let wanted: BTreeSet<Key> = calls.iter().map(|(_, key)| key.clone()).collect();
    let becoming = Becoming::default();
    let known = (sources, &becoming);
    let outside = Outside::read(ground, sources);
    let (mut functions, mut links) = explore(ground, known, &wanted, &outside, published);
    let mut filler = Filler::new(ground, known);
    let solved = settle(functions.clone(), &links, &wanted, &mut filler);
    let lacks = |key: &Key| !solved.carried.contains_key(solved.families.head(key));
    // Where types hold loggers by habit, nothing is passed to their methods.
    let all = held::holds(ground, sources);
    let lacking: Vec<(Lone, Key)> = calls.iter().filter(|(_, key)| all || lacks(key)).cloned().collect();
    let fields = lacking.iter().filter_map(|(_, key)| key.beside()).collect();
    let mut found = held::find(ground, sources, &Types::of(fields, &lacking), published);
    if found.fields.is_empty() {
        return Solved { unheld: found.blocked, ..solved };
    }
    let made = found.fields.values().flat_map(|field| &field.calls);
    let lacking = made.filter(|call| !call.is_test && !call.starts && !call.has_any());
    let makers: BTreeSet<Key> = lacking.filter_map(|call| call.caller.clone()).collect();
    let makers = makers.into_iter().filter(|key| !functions.contains_key(key)).collect();
    let (more, more_links) = explore(ground, known, &makers, &outside, published);
    for (key, function) in more {
        functions.entry(key).or_insert(function);
    }
    links.extend(more_links);
    let mut settled = |found: &Held| {
        let others = calls.iter().filter(|(call, _)| !found.calls.contains_key(call)).map(|(_, key)| key.clone());
        let wanted = others.chain(found.calls.values().cloned()).collect();
        let fields = found.fields.iter().map(|(key, field)| (key.clone(), field.clone()));
        settle(functions.clone().into_iter().chain(fields).collect(), &links, &wanted, &mut filler)
    };
    let with_all = settled(&found);
    found.leave(dear(&found.calls, (&with_all.functions, &with_all.carried), &solved.carried));
    let solved = settled(&found);
    Solved { held: found.calls, unheld: found.blocked, ..solved }
}

/// Decides for functions whose calls are known, and which of them stay alike.
fn settle(
    mut functions: BTreeMap<Key, Function>,
    links: &BTreeSet<(Key, Key)>,
    wanted: &BTreeSet<Key>,
    filler: &mut Filler<'_>,
) -> Solved {
    // What a method can pass on of its receiver leads somewhere: asked before those that stay alike become one.
    let known: BTreeSet<Key> = functions.keys().cloned().collect();
    let may_hold = |call: &Call| call.caller.as_ref().and_then(Key::beside).is_some_and(|field| known.contains(&field));
    filler.fill(&mut functions, &|_, call| may_hold(call));
    settle_use(&mut functions, wanted);
    let families = Families::of(links);
    let mut functions = families.merge(functions);
    for (key, function) in &mut functions {
        if let Some(cause) = unfit(function).filter(|_| function.blocked.is_none()) {
            function.block(key, cause);
        }
    }
    settle_grounds(&mut functions);
    filler.fill(&mut functions, &|function, _| function.grounded);
    let wanted = wanted.iter().map(|key| families.head(key).clone()).collect();
    let carried = carried(&functions, &wanted);
    Solved { functions, carried, families, ..Solved::default() }
}

/// Why a function cannot change, for how it is called.
fn unfit(function: &Function) -> Option<Cause> {
    if function.named.is_some() {
        return None;
    }
    if function.calls.iter().all(|call| call.is_test) {
        return Some(Cause::OnlyTests);
    }
    let spreads = function.calls.iter().any(|call| call.spreads) && function.declared.iter().any(|d| !d.takes_one);
    spreads.then_some(Cause::SeveralValues)
}

/// Which functions use what they are given: those of log calls, and those that pass it on.
fn settle_use(functions: &mut BTreeMap<Key, Function>, wanted: &BTreeSet<Key>) {
    let callers = functions.values().flat_map(|function| &function.calls).filter_map(|call| call.caller.clone());
    let users: BTreeSet<Key> = callers.chain(wanted.iter().cloned()).collect();
    for (key, function) in functions {
        let is_idle = !users.contains(key);
        function.declared.iter_mut().for_each(|declared| declared.is_idle = is_idle);
        let is_nameless = function.declared.iter().any(|declared| declared.is_unnamed);
        if !is_idle && is_nameless && function.named.is_none() && function.blocked.is_none() {
            function.block(key, Cause::UnnamedParameters);
        }
    }
}

/// Which functions have a way to what they can be given.
fn settle_grounds(functions: &mut BTreeMap<Key, Function>) {
    loop {
        let leads = |call: &Call, functions: &BTreeMap<Key, Function>| {
            let by_caller =
                || call.caller.as_ref().and_then(|caller| functions.get(caller)).is_some_and(|f| f.grounded);
            let by_caller = || by_caller() || held_by(call, functions).is_some();
            !call.is_test && (call.has_any() || call.starts || by_caller())
        };
        let new = functions.iter().filter(|(_, function)| {
            let is_led_to = || function.named.is_some() || function.calls.iter().any(|call| leads(call, functions));
            !function.grounded && function.blocked.is_none() && is_led_to()
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
                let of_caller = call.caller.as_ref();
                let of_caller =
                    of_caller.and_then(|key| Some((key.clone(), choose(functions, key, Some(kind), &refused)?)));
                let field = held_by(call, functions).filter(|_| kind == Carried::Logger);
                // Who has a field passes that on.
                let field = field.filter(|field| wanted.contains(*field) || of_caller.is_none());
                open.extend(field.map(|field| (field.clone(), kind)).or(of_caller));
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

/// The field that a call can pass on, where its type can have it.
fn held_by<'c>(call: &'c Call, functions: &BTreeMap<Key, Function>) -> Option<&'c Key> {
    let (field, _) = call.held.as_ref()?;
    functions.get(field).is_some_and(|function| function.grounded).then_some(field)
}

/// What a function gets: what those that it calls need, or what it does itself.
fn choose(
    functions: &BTreeMap<Key, Function>,
    key: &Key,
    needed: Option<Carried>,
    refused: &Refused,
) -> Option<Carried> {
    let function = functions.get(key).filter(|function| function.grounded)?;
    let can = |kind: &Carried| !refused.contains(&(key.clone(), *kind));
    if let Some(named) = function.named {
        return Some(named).filter(can);
    }
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
    [first, second].into_iter().find(can)
}

/// Whether all declarations of a function can have such a parameter, and all its calls such an argument.
fn fits(function: &Function, kind: Carried) -> bool {
    let number = kind as usize;
    let declared =
        |d: &Declared| (!d.taken[number] || d.is_idle) && (d.packages[number].is_some() || function.named.is_some());
    function.declared.iter().all(declared)
        && function.calls.iter().all(|call| !lacks(call, kind) || call.last[number].is_some())
}

/// What a call passes, given what functions and types get.
pub fn passed(call: &Call, kind: Carried, carried: &BTreeMap<Key, Carried>) -> Option<Offer> {
    let of_caller = call.caller.as_ref().and_then(|caller| carried.get(caller)).copied();
    let held = call.held.as_ref().filter(|(field, _)| carried.contains_key(field)).map(|(_, offer)| offer.clone());
    let own = |name: &str| Offer { expression: name.to_owned(), edits: Vec::new(), import: None };
    let offer = match kind {
        Carried::Context => call.context.clone(),
        // The name of one that would be made is the new parameter's then.
        Carried::Logger => {
            call.logger.clone().filter(|made| made.edits.is_empty() || of_caller != Some(Carried::Logger))
        }
    };
    let last = call.last[kind as usize].clone();
    offer.or_else(|| match (kind, of_caller) {
        (Carried::Context, Some(Carried::Context)) => Some(own(NAMES[0])),
        (Carried::Logger, Some(Carried::Logger)) => Some(own(NAMES[1])),
        (Carried::Logger, _) if held.is_some() => held,
        (Carried::Logger, Some(Carried::Context)) => call.of_new_context.clone().or(last),
        _ => last,
    })
}
