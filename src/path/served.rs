//! Which calls serve which operations, and which are left out for what reason.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::Serialize;

use super::Environment;
use super::absent::Absent;
use super::lines::Lines;
use super::off::Off;
use super::selection::{Cell, Cells};
use super::stops::Stops;
use super::witness::{WitnessHop, witness};
use crate::go::calls::{Anchor, Finder, FunctionId, Graph, Reach, Shape};
use crate::go::index::OutlineSeen;
use crate::go::module::{BuildContext, Constraint};
use crate::text::diagnostic::RelPath;

/// A call on a path from an entry.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize)]
#[serde(rename_all = "camelCase")]
pub struct OnPath {
    /// Operations that it serves.
    pub operations: Vec<String>,
    /// Resources that they are about.
    pub resources: Vec<String>,
    /// Which operation on which resource.
    pub cells: Vec<(String, String)>,
    /// The first phase that takes it up.
    pub phase: String,
    /// How much it matters: the phase's priority, less with every call on the way.
    pub priority: u32,
    /// Calls on the way.
    pub depth: u32,
    /// Environments that have a use for its file.
    pub environments: Vec<String>,
    /// The component that the path lies in.
    pub component: String,
    /// The path, from the entry to the function around the call.
    pub witness: Vec<WitnessHop>,
}

/// Where a call stands.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub enum Standing {
    /// On a path.
    On(Box<OnPath>),
    /// On none that is taken, for this reason.
    Off(Off),
}

/// Entries of one component that serve the same cells.
pub(super) struct Group {
    pub(super) component: String,
    /// The component's place among the graph's programs.
    pub(super) program: usize,
    /// The first phase of its cells.
    pub(super) phase: usize,
    pub(super) cells: Vec<u16>,
    pub(super) entries: Vec<FunctionId>,
}

/// Entries of one component and one phase, and what they reach.
struct Tree {
    component: String,
    phase: usize,
    reach: Reach,
}

/// What was found for one build context.
pub(super) struct Part {
    pub(super) graph: Arc<Graph>,
    pub(super) finder: Finder,
    pub(super) stops: Stops,
    pub(super) context: BuildContext,
    trees: Vec<Tree>,
    /// For each function the cells that reach it, as bits.
    cells: Vec<Vec<u64>>,
    max_depth: Option<u32>,
}

impl Part {
    /// Walks from all entries.
    pub(super) fn new(
        (graph, context): (Arc<Graph>, BuildContext),
        finder: Finder,
        stops: Stops,
        groups: &[Group],
        max_depth: Option<u32>,
    ) -> Self {
        let functions = &graph.functions;
        let stop = |id: FunctionId| stops.of(id);
        let from = |program: usize, entries: &[FunctionId]| {
            // Where an operation passes batch work it goes on elsewhere.
            let walked: Vec<FunctionId> = entries.iter().copied().filter(|id| stop(*id).is_none()).collect();
            Reach::from(functions, &graph.programs[program], &walked, &stop)
        };
        let near = |reach: &Reach, id: FunctionId| reach.depth(id) <= max_depth.or(Some(u32::MAX));
        let reached = |group: &Group| -> Vec<FunctionId> {
            let reach = from(group.program, &group.entries);
            reach.found.iter().copied().filter(|id| near(&reach, *id)).collect()
        };
        let reached: Vec<Vec<FunctionId>> = groups.par_iter().map(reached).collect();
        let words = groups.iter().flat_map(|g| &g.cells).max().map_or(0, |last| *last as usize / 64 + 1);
        let mut cells = vec![Vec::new(); functions.len()];
        for (group, found) in groups.iter().zip(reached) {
            for function in found {
                let bits = &mut cells[function.number()];
                bits.resize(words, 0u64);
                group.cells.iter().for_each(|cell| bits[*cell as usize / 64] |= 1 << (cell % 64));
            }
        }
        let mut kinds: BTreeMap<(usize, usize), (&str, Vec<FunctionId>)> = BTreeMap::new();
        for group in groups {
            let (_, entries) = kinds.entry((group.phase, group.program)).or_insert((&group.component, Vec::new()));
            entries.extend(&group.entries);
        }
        let kinds: Vec<_> = kinds.into_iter().collect();
        let tree = |((phase, program), (component, entries)): &((usize, usize), (&str, Vec<FunctionId>))| {
            let mut entries = entries.clone();
            entries.sort_unstable();
            entries.dedup();
            Tree { component: (*component).to_owned(), phase: *phase, reach: from(*program, &entries) }
        };
        let trees = kinds.par_iter().map(tree).collect();
        Self { graph, finder, stops, context, trees, cells, max_depth }
    }

    /// The path to a function that matters most, and its priority.
    fn best(&self, function: FunctionId, phases: &[(String, u32)], decay: f64) -> Option<(&Tree, u32, u32)> {
        let found = self.trees.iter().filter_map(|tree| {
            let depth = tree.reach.depth(function).filter(|depth| self.max_depth.is_none_or(|max| *depth <= max))?;
            let priority = f64::from(phases.get(tree.phase)?.1) * decay.powi(depth as i32);
            Some((tree, depth, priority.round() as u32))
        });
        // Of equal ones the first: trees are sorted by phase and component.
        found.reduce(|best, next| if (next.2, best.1) > (best.2, next.1) { next } else { best })
    }

    /// Whether a path leads to a function at all, however long.
    fn is_reached(&self, function: FunctionId) -> bool {
        self.trees.iter().any(|tree| tree.reach.depth(function).is_some())
    }
}

/// Whether a cell is among those of a function.
fn has(bits: &[u64], cell: usize) -> bool {
    bits.get(cell / 64).is_some_and(|word| word & (1 << (cell % 64)) != 0)
}

/// All calls on the paths of a selection.
pub struct Served {
    pub(super) parts: Vec<Part>,
    /// The operations on resources that were asked for.
    pub cells: Cells,
    /// Names and priorities of phases.
    pub(super) phases: Vec<(String, u32)>,
    pub(super) decay: f64,
    pub(super) environment: Environment,
    /// All environments of the rules.
    pub(super) environments: Vec<Environment>,
    pub(super) lines: Lines,
    /// Entries that the tree does not have.
    pub absent: Vec<Absent>,
    /// What was taken from files for systems other than Linux.
    pub seen: Vec<OutlineSeen>,
}

impl Served {
    /// Whether no operation starts in the tree.
    pub fn is_empty(&self) -> bool {
        self.parts.iter().all(|part| part.trees.iter().all(|tree| tree.reach.found.is_empty()))
    }

    /// How many declared functions each cell reaches, batch work among them.
    pub fn functions(&self) -> Vec<usize> {
        let mut found = vec![FxHashSet::default(); self.cells.list.len()];
        for part in &self.parts {
            let declared = part.graph.functions.iter().zip(&part.cells).filter(|(f, _)| f.parent.is_none() && !f.bound);
            for (function, bits) in declared {
                let reached = found.iter_mut().enumerate().filter(|(cell, _)| has(bits, *cell));
                reached.for_each(|(_, names)| _ = names.insert(function.name.as_str()));
            }
        }
        found.iter().map(FxHashSet::len).collect()
    }

    /// Where a call at a byte of a file stands.
    pub fn standing(&self, path: &RelPath, source: &[u8], offset: usize) -> Standing {
        let found = self.parts.iter().filter_map(|part| {
            let function = part.finder.around(&part.graph.functions, path, offset as u32)?;
            Some((part, function))
        });
        let found: Vec<(&Part, FunctionId)> = found.collect();
        if let Some(off) = self.environment.excludes(path) {
            return Standing::Off(off.clone());
        }
        if let Some(work) = found.iter().find_map(|(part, function)| part.stops.batch_of(*function)) {
            return Standing::Off(Off::Batch { work: work.to_owned() });
        }
        if let Some(on) = found.iter().find_map(|(part, function)| self.on_path(part, *function, path)) {
            return Standing::On(Box::new(on));
        }
        if let Some(what) = found.iter().find_map(|(part, function)| part.stops.hub_of(*function)) {
            return Standing::Off(Off::Hub { what: what.to_owned() });
        }
        if found.iter().any(|(part, function)| part.is_reached(*function)) {
            return Standing::Off(Off::TooFar);
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let constraint = Constraint::of_file(name, source);
        let built = self.parts.is_empty() || self.parts.iter().any(|part| constraint.holds(&part.context));
        Standing::Off(if built { Off::Unreached } else { Off::NotBuilt })
    }

    /// Which function of its file a call stands in.
    pub fn anchor(&self, path: &RelPath, offset: usize) -> Option<Anchor> {
        let place = |part: &Part| part.finder.place(&part.graph.functions, path, offset as u32);
        self.parts.iter().find_map(place).map(|(_, anchor)| anchor)
    }

    /// What the paths were read from.
    pub fn shapes(&self) -> impl Iterator<Item = &(RelPath, Shape)> {
        self.parts.iter().flat_map(|part| &part.graph.shapes)
    }

    fn on_path(&self, part: &Part, function: FunctionId, path: &str) -> Option<OnPath> {
        let (tree, depth, priority) = part.best(function, &self.phases, self.decay)?;
        let bits = part.cells.get(function.number())?;
        let cells: Vec<usize> = (0..self.cells.list.len()).filter(|cell| has(bits, *cell)).collect();
        let served = |name: fn(&Cell) -> &String| {
            let names: BTreeSet<&String> = cells.iter().map(|cell| name(&self.cells.list[*cell])).collect();
            names.into_iter().cloned().collect()
        };
        Some(OnPath {
            operations: served(|cell| &cell.operation),
            resources: served(|cell| &cell.resource),
            phase: self.phases.get(tree.phase)?.0.clone(),
            priority,
            depth,
            environments: self
                .environments
                .iter()
                .filter(|e| e.excludes(path).is_none())
                .map(|e| e.name.clone())
                .collect(),
            component: tree.component.clone(),
            witness: witness(&part.graph.functions, &tree.reach, function, &self.lines),
            cells: (cells.into_iter().map(|cell| &self.cells.list[cell]))
                .map(|Cell { operation, resource, .. }| (operation.clone(), resource.clone()))
                .collect(),
        })
    }
}
