//! Which fields cost more than they bring: exported signatures against log calls.

use std::collections::{BTreeMap, BTreeSet};

use super::function::{Carried, Function, lacks};
use super::key::Key;
use crate::write::reason::Cause;
use crate::write::thread::outcome::Lone;

/// A field may bring this many exported signatures to change for each hundred log calls that read it.
const DEAREST: usize = 50;

type Functions<'f> = (&'f BTreeMap<Key, Function>, &'f BTreeMap<Key, Carried>);

/// The fields that are too dear, given what reads each, what carries loggers with all of them, and what does without any. What one field
/// has paid for costs others nothing; the cheapest pays first.
pub fn dear(
    calls: &BTreeMap<Lone, Key>,
    functions: Functions<'_>,
    without: &BTreeMap<Key, Carried>,
) -> BTreeMap<Key, Cause> {
    let mut reads: BTreeMap<&Key, usize> = BTreeMap::new();
    for field in calls.values() {
        *reads.entry(field).or_default() += 1;
    }
    let mut paid: BTreeSet<&Key> = without.keys().collect();
    let mut open: Vec<(&Key, usize)> = reads.into_iter().collect();
    loop {
        let costs = open.iter().map(|(field, _)| cost(field, functions, &paid)).collect::<Vec<_>>();
        let cheap = |at: &usize| costs[*at].0 * 100 <= open[*at].1 * DEAREST;
        let Some(cheapest) = (0..open.len()).filter(cheap).min_by_key(|at| costs[*at].0) else {
            let dear = open.into_iter().zip(costs);
            return dear
                .map(|((field, calls), (signatures, _))| (field.clone(), Cause::FieldTooDear { signatures, calls }))
                .collect();
        };
        paid.extend(costs.into_iter().nth(cheapest).map(|(_, new)| new).unwrap_or_default());
        open.remove(cheapest);
    }
}

/// How many exported signatures change for a field that nobody has paid for, and all that changes for it.
fn cost<'f>(field: &'f Key, (functions, carried): Functions<'f>, paid: &BTreeSet<&Key>) -> (usize, BTreeSet<&'f Key>) {
    let (mut new, mut open) = (BTreeSet::from([field]), vec![field]);
    let mut signatures = 0;
    while let Some(key) = open.pop() {
        let (Some(function), Some(kind)) = (functions.get(key), carried.get(key)) else { continue };
        if function.named.is_none() {
            let members: BTreeSet<&Key> =
                function.declared.iter().filter(|declared| !declared.is_field).map(|declared| &declared.key).collect();
            signatures += members.iter().filter(|member| member.is_exported()).count();
        }
        for call in function.calls.iter().filter(|call| !call.is_test && call.logger.is_none() && lacks(call, *kind)) {
            let brings = call.caller.iter().chain(call.held.as_ref().map(|(field, _)| field));
            open.extend(brings.filter(|key| carried.contains_key(key) && !paid.contains(key) && new.insert(*key)));
        }
    }
    (signatures, new)
}
