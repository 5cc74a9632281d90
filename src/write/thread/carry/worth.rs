//! Which fields cost more than they bring: exported signatures against log calls.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::facts::Call;
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
    let changes = Changes::of(functions);
    let mut paid: Vec<bool> = functions.1.keys().map(|key| without.contains_key(key)).collect();
    let price = |field: &Key, paid: &[bool]| changes.number(field).map_or((0, Vec::new()), |at| changes.cost(at, paid));
    let priced = |(field, calls): (_, usize)| (field, calls, price(field, &paid));
    let mut open: Vec<(&Key, usize, Price)> = reads.into_iter().map(priced).collect();
    loop {
        let cheap = |at: &usize| open[*at].2.0 * 100 <= open[*at].1 * DEAREST;
        let Some(cheapest) = (0..open.len()).filter(cheap).min_by_key(|at| open[*at].2.0) else {
            let dear = open.into_iter();
            return dear
                .map(|(field, calls, (signatures, _))| (field.clone(), Cause::FieldTooDear { signatures, calls }))
                .collect();
        };
        let (_, _, (_, new)) = open.remove(cheapest);
        new.iter().for_each(|at| paid[*at] = true);
        // What changes for others as before costs them what it did.
        for (field, _, price_of_it) in open.iter_mut().filter(|(_, _, (_, own))| own.iter().any(|at| paid[*at])) {
            *price_of_it = price(field, &paid);
        }
    }
}

/// How many exported signatures change for a field, and all that changes for it.
type Price = (usize, Vec<usize>);

/// What changes, by number, as the keys come.
struct Changes<'f> {
    numbers: FxHashMap<&'f Key, usize>,
    /// Exported signatures of each.
    signatures: Vec<usize>,
    /// What each is brought its logger by.
    brings: Vec<Vec<usize>>,
}

impl<'f> Changes<'f> {
    fn of((functions, carried): Functions<'f>) -> Self {
        let numbers: FxHashMap<&Key, usize> = carried.keys().zip(0..).collect();
        let (mut signatures, mut brings) = (Vec::new(), Vec::new());
        for (key, kind) in carried {
            let function = functions.get(key);
            let signature = function.filter(|function| function.named.is_none()).map_or(0, |function| {
                let declared = function.declared.iter().filter(|declared| !declared.is_field);
                let members: BTreeSet<&Key> = declared.map(|declared| &declared.key).collect();
                members.iter().filter(|member| member.is_exported()).count()
            });
            let lacking = |call: &&Call| !call.is_test && call.logger.is_none() && lacks(call, *kind);
            let calls = function.into_iter().flat_map(|function| &function.calls).filter(lacking);
            let by = calls.flat_map(|call| call.caller.iter().chain(call.held.as_ref().map(|(field, _)| field)));
            let mut by: Vec<usize> = by.filter_map(|key| numbers.get(key).copied()).collect();
            by.sort_unstable();
            by.dedup();
            signatures.push(signature);
            brings.push(by);
        }
        Self { numbers, signatures, brings }
    }

    fn number(&self, key: &Key) -> Option<usize> {
        self.numbers.get(key).copied()
    }

    /// What a field costs that nobody has paid for.
    fn cost(&self, field: usize, paid: &[bool]) -> Price {
        let mut seen = vec![false; self.brings.len()];
        seen[field] = true;
        let (mut new, mut at, mut signatures) = (vec![field], 0, 0);
        while let Some(number) = new.get(at).copied() {
            at += 1;
            signatures += self.signatures[number];
            for by in &self.brings[number] {
                if !paid[*by] && !std::mem::replace(&mut seen[*by], true) {
                    new.push(*by);
                }
            }
        }
        (signatures, new)
    }
}
