//! Which types and functions reach which place: sets that grow along the flows until nothing changes.

use std::sync::Arc;

use rustc_hash::FxHashMap;

/// Numbers of types and functions, sorted.
pub(super) type Set = Arc<[u32]>;

/// What flows into what.
#[derive(Debug, Default)]
pub(super) struct Network {
    /// Number of places.
    pub(super) nodes: usize,
    pub(super) flows: Vec<(u32, u32)>,
    /// A type or function that starts somewhere.
    pub(super) origins: Vec<(u32, u32)>,
    /// Only members of the set, by its place in `filters`, flow.
    pub(super) narrowed: Vec<(u32, u32, u32)>,
    pub(super) filters: Vec<Set>,
}

/// What each place holds.
#[derive(Debug)]
pub(super) struct Holdings {
    group: Vec<u32>,
    sets: Vec<u32>,
    store: Store,
}

impl Holdings {
    /// Number of the set of a place: places with one number hold the same.
    pub(super) fn set_number(&self, node: u32) -> u32 {
        self.group.get(node as usize).map_or(0, |group| self.sets[*group as usize])
    }

    /// A set by its number.
    pub(super) fn set(&self, number: u32) -> &[u32] {
        &self.store.sets[number as usize]
    }
}

/// Rounds through assertions; more than any program was seen to need.
const MAX_ROUNDS: usize = 30;

/// Lets everything flow.
pub(super) fn solve(network: &Network) -> Holdings {
    let edges = Lists::new(network.nodes, network.flows.iter().copied());
    let group = groups(network.nodes, &edges);
    let count = group.iter().max().map_or(0, |last| *last as usize + 1);
    let of = |node: u32| group[node as usize];
    drop(edges);
    let next = Lists::new(count, network.flows.iter().map(|(a, b)| (of(*a), of(*b))).filter(|(a, b)| a != b));
    let mut own: Vec<(u32, u32)> = network.origins.iter().map(|(element, node)| (of(*node), *element)).collect();
    own.sort_unstable();
    own.dedup();
    let mut store = Store::default();
    let mut starts = vec![EMPTY; count];
    for elements in own.chunk_by(|a, b| a.0 == b.0) {
        starts[elements[0].0 as usize] = store.intern_sorted(elements.iter().map(|(_, element)| *element).collect());
    }
    let narrowed = network.narrowed.iter().map(|(a, filter, b)| (of(*a), *filter, of(*b)));
    let mut narrowed: Vec<(u32, u32, u32)> = narrowed.filter(|(a, _, b)| a != b).collect();
    narrowed.sort_unstable();
    narrowed.dedup();
    let mut sets = Vec::new();
    let mut passed: FxHashMap<(u32, u32), u32> = FxHashMap::default();
    for _ in 0..MAX_ROUNDS {
        sets = spread(&starts, &next, &mut store);
        let mut changed = false;
        for (from, filter, to) in &narrowed {
            let key = (sets[*from as usize], *filter);
            let filtered = match passed.get(&key) {
                Some(set) => *set,
                None => {
                    let wanted = &network.filters[*filter as usize];
                    let kept = store.sets[key.0 as usize].iter().copied().filter(|e| wanted.binary_search(e).is_ok());
                    let set = store.intern_sorted(kept.collect());
                    passed.insert(key, set);
                    set
                }
            };
            if store.union(sets[*to as usize], filtered) != sets[*to as usize] {
                starts[*to as usize] = store.union(starts[*to as usize], filtered);
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    Holdings { group, sets, store }
}

/// One pass over the groups, sources first: groups are numbered the other way round.
fn spread(starts: &[u32], next: &Lists, store: &mut Store) -> Vec<u32> {
    let mut sets = starts.to_vec();
    for group in (0..starts.len()).rev() {
        let set = sets[group];
        if set == EMPTY {
            continue;
        }
        for to in next.of(group as u32) {
            let known = sets[*to as usize];
            sets[*to as usize] = store.union(known, set);
        }
    }
    sets
}

const EMPTY: u32 = 0;

/// Sets, each kept once.
#[derive(Debug)]
struct Store {
    sets: Vec<Set>,
    numbers: FxHashMap<Set, u32>,
    unions: FxHashMap<(u32, u32), u32>,
}

impl Default for Store {
    fn default() -> Self {
        let empty: Set = Arc::from([]);
        Self {
            sets: vec![empty.clone()],
            numbers: FxHashMap::from_iter([(empty, EMPTY)]),
            unions: FxHashMap::default(),
        }
    }
}

impl Store {
    fn intern_sorted(&mut self, elements: Vec<u32>) -> u32 {
        if let Some(number) = self.numbers.get(&*elements) {
            return *number;
        }
        let set: Set = elements.into();
        let number = self.sets.len() as u32;
        self.sets.push(set.clone());
        self.numbers.insert(set, number);
        number
    }

    fn union(&mut self, a: u32, b: u32) -> u32 {
        match (a.min(b), a.max(b)) {
            (small, large) if small == large => small,
            (EMPTY, other) => other,
            key => {
                if let Some(number) = self.unions.get(&key) {
                    return *number;
                }
                let merged = merge(&self.sets[key.0 as usize], &self.sets[key.1 as usize]);
                let number = self.intern_sorted(merged);
                self.unions.insert(key, number);
                number
            }
        }
    }
}

fn merge(a: &[u32], b: &[u32]) -> Vec<u32> {
    let mut merged = Vec::with_capacity(a.len() + b.len());
    let (mut i, mut j) = (0, 0);
    while let (Some(x), Some(y)) = (a.get(i), b.get(j)) {
        merged.push(*x.min(y));
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    merged.extend_from_slice(&a[i..]);
    merged.extend_from_slice(&b[j..]);
    merged
}

/// For each number a list of numbers.
#[derive(Debug)]
pub(super) struct Lists {
    starts: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    pub(super) fn new(count: usize, pairs: impl Iterator<Item = (u32, u32)> + Clone) -> Self {
        let mut starts = vec![0u32; count + 1];
        pairs.clone().for_each(|(from, _)| starts[from as usize + 1] += 1);
        for at in 0..count {
            starts[at + 1] += starts[at];
        }
        let mut items = vec![0; starts[count] as usize];
        let mut fill = starts.clone();
        for (from, to) in pairs {
            items[fill[from as usize] as usize] = to;
            fill[from as usize] += 1;
        }
        Self { starts, items }
    }

    pub(super) fn of(&self, number: u32) -> &[u32] {
        let range = self.starts[number as usize] as usize..self.starts[number as usize + 1] as usize;
        &self.items[range]
    }
}

const NEW: u32 = u32::MAX;

/// Places that flow into each other form one group (Tarjan's algorithm, without recursion); a group's number is above
/// those of all that it flows into.
fn groups(nodes: usize, edges: &Lists) -> Vec<u32> {
    let mut group = vec![NEW; nodes];
    let (mut order, mut low) = (vec![NEW; nodes], vec![0u32; nodes]);
    let (mut clock, mut found) = (0, 0);
    let (mut path, mut calls): (Vec<u32>, Vec<(u32, u32)>) = (Vec::new(), Vec::new());
    for root in 0..nodes as u32 {
        if order[root as usize] != NEW {
            continue;
        }
        calls.push((root, 0));
        while let Some((node, at)) = calls.pop() {
            let n = node as usize;
            if at == 0 {
                (order[n], low[n]) = (clock, clock);
                clock += 1;
                path.push(node);
            }
            match edges.of(node).get(at as usize) {
                Some(to) => {
                    calls.push((node, at + 1));
                    let t = *to as usize;
                    if order[t] == NEW {
                        calls.push((*to, 0));
                    } else if group[t] == NEW {
                        low[n] = low[n].min(order[t]);
                    }
                }
                None => {
                    if low[n] == order[n] {
                        while let Some(member) = path.pop() {
                            group[member as usize] = found;
                            if member == node {
                                break;
                            }
                        }
                        found += 1;
                    }
                    if let Some((parent, _)) = calls.last() {
                        let p = *parent as usize;
                        low[p] = low[p].min(low[n]);
                    }
                }
            }
        }
    }
    group
}
