//! What is reached from functions that are named one by one, so that the graph itself can be judged.

use serde::Serialize;

use super::lines::Lines;
use super::stops::Stops;
use super::witness::{WitnessHop, witness};
use crate::go::calls::{Finder, FunctionId, Graph, Reach};
use crate::text::diagnostic::RelPath;

/// One call that is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reached {
    /// The entry, as it was named.
    pub entry: String,
    /// File of the call.
    pub file: RelPath,
    /// Line of the call.
    pub line: u32,
    /// Calls on the way.
    pub depth: u32,
    /// The path.
    pub witness: Vec<WitnessHop>,
}

/// A call whose distance is asked for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Its file.
    pub path: RelPath,
    /// Its line.
    pub line: u32,
    /// Offset of its first byte.
    pub offset: usize,
}

/// An entry, and the programs that it is followed in.
type Followed = (String, Vec<usize>);

/// Graphs, and the functions to start from.
pub struct Follow {
    parts: Vec<(Graph, Finder, Stops)>,
    entries: Vec<Followed>,
    lines: Lines,
}

impl Follow {
    pub(super) fn new(parts: Vec<(Graph, Finder, Stops)>, entries: Vec<Followed>, lines: Lines) -> Self {
        Self { parts, entries, lines }
    }

    /// Entries that no program has.
    pub fn unknown(&self) -> impl Iterator<Item = &str> {
        let known = |(name, programs): &Followed| {
            self.parts.iter().any(|(graph, finder, _)| {
                let named = finder.named(&graph.functions, name);
                named.is_some_and(|entry| programs.iter().any(|p| graph.programs[*p].has(entry)))
            })
        };
        self.entries.iter().filter(move |entry| !known(entry)).map(|(name, _)| name.as_str())
    }

    /// The places that are reached, by entry, file and line: each with a shortest path.
    pub fn reached(&self, places: &[Place], max_depth: Option<u32>) -> Vec<Reached> {
        let mut all = Vec::new();
        for (name, programs) in &self.entries {
            let mut reaches = Vec::new();
            for (graph, finder, stops) in &self.parts {
                let Some(entry) = finder.named(&graph.functions, name) else { continue };
                for program in programs.iter().map(|p| &graph.programs[*p]).filter(|p| p.has(entry)) {
                    let stop = |id: FunctionId| stops.of(id);
                    reaches.push((graph, finder, Reach::from(&graph.functions, program, &[entry], &stop)));
                }
            }
            for place in places {
                let near = reaches.iter().filter_map(|(graph, finder, reach)| {
                    let function = finder.around(&graph.functions, &place.path, place.offset as u32)?;
                    let depth = reach.depth(function).filter(|depth| max_depth.is_none_or(|max| *depth <= max))?;
                    Some((depth, *graph, reach, function))
                });
                let Some((depth, graph, reach, function)) = near.min_by_key(|(depth, ..)| *depth) else { continue };
                let witness = witness(&graph.functions, reach, function, &self.lines);
                let (entry, file, line) = (name.clone(), place.path.clone(), place.line);
                all.push(Reached { entry, file, line, depth, witness });
            }
        }
        all
    }
}
