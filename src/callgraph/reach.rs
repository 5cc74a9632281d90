//! What a function leads to: breadth first, so that the path found first is a shortest one.

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
    /// It is not entered at all; the number tells the rule.
    Before(u16),
    /// It is entered, but nothing that it calls is.
    After(u16),
}

/// What is reached from one function.
#[derive(Clone, Debug)]
pub struct Reach {
    depths: Vec<u32>,
    via: Vec<Option<(FunctionId, Edge)>>,
    /// The functions that were reached, nearest first.
    pub found: Vec<FunctionId>,
}

const UNREACHED: u32 = u32::MAX;

impl Reach {
    /// Walks from `entry`. Literals are as near as the function that they stand in. `stop` says where not to go on.
    pub fn from(
        functions: &[Function],
        calls: &Calls,
        entry: FunctionId,
        max_depth: Option<u32>,
        stop: &dyn Fn(FunctionId) -> Option<Stop>,
    ) -> Self {
        let mut reach =
            Self { depths: vec![UNREACHED; functions.len()], via: vec![None; functions.len()], found: Vec::new() };
        let limit = max_depth.unwrap_or(UNREACHED - 1);
        let mut open = VecDeque::from([entry]);
        let mut done = vec![false; functions.len()];
        if let Some(depth) = reach.depths.get_mut(entry.number()) {
            *depth = 0;
        }
        while let Some(function) = open.pop_front() {
            if std::mem::replace(&mut done[function.number()], true) {
                continue;
            }
            reach.found.push(function);
            if function != entry && matches!(stop(function), Some(Stop::After(_))) {
                continue;
            }
            let depth = reach.depths[function.number()];
            for edge in calls.of(function) {
                let free = edge.kind == EdgeKind::Closure || functions[edge.to.number()].bound;
                let next = if free { depth } else { depth + 1 };
                let known = &mut reach.depths[edge.to.number()];
                if next >= *known || next > limit || matches!(stop(edge.to), Some(Stop::Before(_))) {
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

    /// The path to a function, from the entry on.
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
