//! What functions lead to: breadth first, so that the path found first is a shortest one.

use std::collections::VecDeque;

use super::graph::{Calls, Edge, EdgeKind, Function, FunctionId};

/// One step of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The caller.
    pub from: FunctionId,
    /// The call.
    pub edge: Edge,
}

/// Why a function is not walked through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stop {
    /// It is not entered at all.
    Before,
    /// It is entered, but nothing that it calls is.
    After,
}

/// What is reached from some functions.
#[derive(Clone, Debug)]
pub struct Reach {
    depths: Vec<u32>,
    via: Vec<Option<(FunctionId, Edge)>>,
    /// The functions that were reached, nearest first.
    pub found: Vec<FunctionId>,
}

const UNREACHED: u32 = u32::MAX;

impl Reach {
    /// Walks from the entries. Literals are as near as the function that they stand in. `stop` says where not to go on.
    pub fn from(
        functions: &[Function],
        calls: &Calls,
        entries: &[FunctionId],
        stop: &dyn Fn(FunctionId) -> Option<Stop>,
    ) -> Self {
        let mut reach =
            Self { depths: vec![UNREACHED; functions.len()], via: vec![None; functions.len()], found: Vec::new() };
        let mut open: VecDeque<FunctionId> = entries.iter().copied().collect();
        let mut done = vec![false; functions.len()];
        open.iter().for_each(|entry| reach.depths[entry.number()] = 0);
        while let Some(function) = open.pop_front() {
            if std::mem::replace(&mut done[function.number()], true) {
                continue;
            }
            reach.found.push(function);
            if reach.via[function.number()].is_some() && stop(function) == Some(Stop::After) {
                continue;
            }
            let depth = reach.depths[function.number()];
            for edge in calls.of(function) {
                let free = edge.kind == EdgeKind::Closure || functions[edge.to.number()].bound;
                let next = if free { depth } else { depth + 1 };
                let known = &mut reach.depths[edge.to.number()];
                if next >= *known || stop(edge.to) == Some(Stop::Before) {
                    continue;
                }
                *known = next;
                reach.via[edge.to.number()] = Some((function, *edge));
                if free { open.push_front(edge.to) } else { open.push_back(edge.to) }
            }
        }
        reach
    }

    /// How many calls away a function is.
    pub fn depth(&self, function: FunctionId) -> Option<u32> {
        self.depths.get(function.number()).copied().filter(|depth| *depth != UNREACHED)
    }

    /// The entry that a function is reached from.
    pub fn entry(&self, function: FunctionId) -> FunctionId {
        self.witness(function).first().map_or(function, |hop| hop.from)
    }

    /// The path to a function, from an entry on.
    pub fn witness(&self, function: FunctionId) -> Vec<Hop> {
        let mut hops = Vec::new();
        let mut at = function;
        while let Some((from, edge)) = self.via.get(at.number()).copied().flatten() {
            hops.push(Hop { from, edge });
            at = from;
        }
        hops.reverse();
        hops
    }
}
