//! Threads in an order in which each builds on those before it: callers pass on what they have got by then.

use std::collections::{BTreeMap, BTreeSet};

use super::function::lacks;
use super::key::Key;
use super::solve::Solved;

/// Functions that change together, and the numbers of the groups that go before.
pub struct Group {
    /// The functions.
    pub keys: Vec<Key>,
    /// Groups whose new parameters its calls pass on.
    pub after: BTreeSet<usize>,
}

/// The functions of a package form a group; packages that pass on each other's parameters are one.
pub fn groups(solved: &Solved) -> Vec<Group> {
    let mut packages: BTreeMap<(&str, Option<&str>), usize> = BTreeMap::new();
    let mut number = |key: &'_ Key| -> usize { package_number(&mut packages, solved, key) };
    let of: BTreeMap<&Key, usize> = solved.carried.keys().map(|key| (key, number(key))).collect();
    let count = of.values().max().map_or(0, |max| max + 1);
    let mut needs: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); count];
    for (key, kind) in &solved.carried {
        let (Some(own), Some(function)) = (of.get(key), solved.functions.get(key)) else { continue };
        for call in function.calls.iter().filter(|call| lacks(call, *kind)) {
            let held = call.held.as_ref().map(|(field, _)| field);
            let brings = call.caller.iter().chain(held).filter_map(|key| of.get(key));
            needs[*own].extend(brings.filter(|group| *group != own));
        }
    }
    let order = components(&needs);
    let place: BTreeMap<usize, usize> =
        order.iter().enumerate().flat_map(|(at, members)| members.iter().map(move |member| (*member, at))).collect();
    let group = |(at, members): (usize, &Vec<usize>)| Group {
        keys: of.iter().filter(|(_, package)| members.contains(package)).map(|(key, _)| (*key).clone()).collect(),
        after: members.iter().flat_map(|m| &needs[*m]).map(|n| place[n]).filter(|before| *before != at).collect(),
    };
    order.iter().enumerate().map(group).collect()
}

fn package_number<'s>(
    packages: &mut BTreeMap<(&'s str, Option<&'s str>), usize>,
    solved: &'s Solved,
    key: &Key,
) -> usize {
    let Some((key, _)) = solved.carried.get_key_value(key) else { return 0 };
    let next = packages.len();
    *packages.entry((&key.package.path, key.dir())).or_insert(next)
}

/// Strongly connected components, those that others need first.
fn components(needs: &[BTreeSet<usize>]) -> Vec<Vec<usize>> {
    let mut walk = Walk { needs, index: vec![None; needs.len()], low: vec![0; needs.len()], ..Walk::default() };
    for node in 0..needs.len() {
        if walk.index[node].is_none() {
            walk.visit(node);
        }
    }
    walk.found
}

#[derive(Default)]
struct Walk<'n> {
    needs: &'n [BTreeSet<usize>],
    index: Vec<Option<usize>>,
    low: Vec<usize>,
    stack: Vec<usize>,
    next: usize,
    found: Vec<Vec<usize>>,
}

impl Walk<'_> {
    /// Tarjan's walk.
    fn visit(&mut self, node: usize) {
        self.index[node] = Some(self.next);
        self.low[node] = self.next;
        self.next += 1;
        self.stack.push(node);
        for need in self.needs[node].iter().copied() {
            match self.index[need] {
                None => {
                    self.visit(need);
                    self.low[node] = self.low[node].min(self.low[need]);
                }
                Some(index) if self.stack.contains(&need) => self.low[node] = self.low[node].min(index),
                Some(_) => {}
            }
        }
        if Some(self.low[node]) == self.index[node] {
            let mut members = Vec::new();
            while let Some(member) = self.stack.pop() {
                members.push(member);
                if member == node {
                    break;
                }
            }
            members.sort_unstable();
            self.found.push(members);
        }
    }
}
