//! What is in the way of a log call: the nearest function on the ways to it that cannot change.

use std::collections::{BTreeSet, VecDeque};

use super::facts::{Declared, NAMES};
use super::function::{Carried, Function, lacks};
use super::key::Key;
use super::solve::Solved;
use crate::write::reason::Cause;
use crate::write::thread::outcome::{Blocked, Lone, Unreached};

/// Why a call of a function is not reached, and its receiver's type holds no logger.
pub fn unreached(solved: &Solved, key: &Key, call: &Lone) -> Unreached {
    let blocked = why(solved, solved.families.head(key), call);
    let of_type = key.beside();
    let unheld = of_type.as_ref().and_then(|key| solved.unheld.get(key));
    let field = match (solved.held.get(call), unheld) {
        (Some(field), _) => Some(why(solved, field, call)),
        (None, Some(blocked)) => Some(blocked.clone()),
        (None, None) if of_type.is_some_and(|key| solved.carried.contains_key(&key)) => Some(Blocked {
            function: key.receiver.to_string(),
            ..Blocked::at(Cause::ReceiverUnread, (call.path.clone(), call.line))
        }),
        (None, None) => None,
    };
    Unreached { call: call.clone(), blocked, field }
}

/// Why a call's function gets nothing: it, or one of those that lead to it, stays as it is.
fn why(solved: &Solved, key: &Key, call: &Lone) -> Blocked {
    let mut seen: BTreeSet<&Key> = BTreeSet::from([key]);
    let mut open: VecDeque<&Key> = VecDeque::from([key]);
    while let Some(key) = open.pop_front() {
        let Some(function) = solved.functions.get(key) else { continue };
        if let Some(blocked) = function.blocked.clone().or_else(|| refused(key, function)) {
            return blocked;
        }
        let callers = function.calls.iter().filter(|call| !call.is_test).filter_map(|call| call.caller.as_ref());
        open.extend(callers.filter(|caller| seen.insert(*caller)));
    }
    Blocked { function: key.display(), ..Blocked::at(Cause::NoCarrier, (call.path.clone(), call.line)) }
}

/// What a function that something leads to cannot have, or cannot be passed.
fn refused(key: &Key, function: &Function) -> Option<Blocked> {
    if !function.grounded || function.named.is_some() {
        return None;
    }
    let at = |declared: &Declared, cause: Cause| Blocked {
        function: declared.key.display(),
        ..Blocked::at(cause, (declared.path.clone(), declared.line))
    };
    let number = Carried::Logger as usize;
    let taken = |d: &&Declared| d.taken[number] && !d.is_idle;
    if let Some(declared) = function.declared.iter().find(taken) {
        let (name, function) = (NAMES[number].to_owned(), declared.key.display());
        return Some(at(declared, Cause::NameTaken { name, function }));
    }
    if let Some(declared) = function.declared.iter().find(|declared| declared.packages[number].is_none()) {
        return Some(at(declared, Cause::TypeUnnamed));
    }
    let unpassed = function.calls.iter().any(|call| lacks(call, Carried::Logger) && call.last[number].is_none());
    let first = function.declared.first().filter(|_| unpassed)?;
    Some(Blocked { function: key.display(), ..at(first, Cause::LoggerUnnamed) })
}
