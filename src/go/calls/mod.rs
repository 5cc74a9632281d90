//! Who calls whom: direct calls, interfaces, functions that are passed or stored.
//!
//! Declarations are read one at a time into facts (`extract`), facts are joined to one network of places (`link`),
//! types and functions spread through it (`solve`), and calls are looked up in what arrived (`resolve`): variable-type
//! analysis, with three rules of its own. A function that was passed in is called by whoever passes it; a literal is
//! reached with the function that it stands in; where nothing is seen to reach an interface, any type that implements
//! it may be meant. Code outside of the checkout is not walked through.

mod extract;
mod facts;
mod find;
mod graph;
mod intern;
mod kept;
mod link;
mod methods;
mod program;
mod reach;
mod resolve;
mod shape;
mod solve;

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

pub use find::{Anchor, Finder};
pub use graph::{Calls, Edge, EdgeKind, Function, FunctionId};
pub use kept::Kept;
pub use reach::{Hop, Reach, Stop};
pub use shape::Shape;

use crate::go::index::ContextId;
use crate::go::module::PackageName;
use crate::go::syntax::outline::DeclKind;
use crate::go::types::World;
use crate::rule::{LogCalls, Patterns};
use crate::text::diagnostic::RelPath;
use extract::{FileFacts, Reader};
use facts::{Facts, FuncRef};
use link::Joined;
use program::{Program, Unit};

/// Functions, and the calls of each program that they form.
#[derive(Debug, Default)]
pub struct Graph {
    /// All functions, by package, file and place.
    pub functions: Vec<Function>,
    /// Calls, one set for each program.
    pub programs: Vec<Calls>,
    /// The files that it was read from.
    pub shapes: Vec<(RelPath, Shape)>,
}

/// What is known about code outside of the checkout.
pub struct Outside<'a> {
    /// Import paths of packages that give back what they are given.
    pub containers: &'a BTreeSet<String>,
    /// What logs: it prints what it is given, and calls none of it.
    pub logs: &'a LogCalls,
    /// Patterns of vendored packages that values are followed through, though paths are not.
    pub followed: &'a Patterns,
    /// Patterns of files whose functions call none but each other.
    pub leaves: &'a Patterns,
}

/// Builds the graph of several programs, each given by the packages that it starts from. Programs without any of the
/// packages that are `asked` about are left without calls; none: all are asked about. `kept` is of an earlier graph, or empty, and
/// becomes this one's.
pub fn build(
    world: &World,
    context: ContextId,
    programs: &[Vec<Arc<PackageName>>],
    asked: Option<&[Arc<PackageName>]>,
    outside: &Outside<'_>,
    kept: &mut Kept,
) -> Graph {
    let roots: Vec<_> = programs.iter().flatten().cloned().collect();
    let program = Program::new(world, context, &roots, outside.followed);
    let of = |roots: &Vec<Arc<PackageName>>| program.closure(roots.iter().filter_map(|root| program.member(root)));
    let closures: Vec<Vec<bool>> = programs.iter().map(of).collect();
    let asked: Option<Vec<usize>> =
        asked.map(|asked| asked.iter().filter_map(|package| program.member(package)).map(|m| m as usize).collect());
    let is_asked = |needed: &&Vec<bool>| asked.as_ref().is_none_or(|asked| asked.iter().any(|member| needed[*member]));
    let mut members = vec![false; program.members.len()];
    for needed in closures.iter().filter(is_asked) {
        members.iter_mut().zip(needed).for_each(|(member, needed)| *member |= *needed);
    }
    kept.fit(&program, &members);
    let shapes = read(&program, &members, kept, outside);
    let Kept { tables, facts, .. } = &*kept;
    let joined = Joined::new(&program, tables, facts);
    let of = |needed: &Vec<bool>| match is_asked(&needed) {
        true => resolve::calls(&joined, needed),
        false => Calls::new(Vec::new(), resolve::functions(&joined, needed)),
    };
    let calls = closures.iter().map(of).collect();
    Graph { functions: functions(&program, facts, &joined), programs: calls, shapes }
}

/// The facts of all units, as far as they stand in the members that are flagged, and the shapes of the files that were read for them.
fn read(program: &Program<'_>, members: &[bool], kept: &mut Kept, outside: &Outside<'_>) -> Vec<(RelPath, Shape)> {
    let Kept { tables, facts, .. } = kept;
    let reader = Reader { program, tables, containers: outside.containers, logs: outside.logs };
    let numbered = program.units.iter().enumerate().map(|(number, unit)| (number as u32, *unit));
    let is_open =
        |(number, unit): &(u32, Unit)| members[unit.member as usize] && facts[*number as usize].subs.is_empty();
    let numbered: Vec<(u32, Unit)> = numbered.filter(is_open).collect();
    let files: Vec<&[(u32, Unit)]> =
        numbered.chunk_by(|(_, a), (_, b)| (a.member, a.file) == (b.member, b.file)).collect();
    let read = |units: &&[(u32, Unit)]| match units.first() {
        Some((_, first)) if !outside.leaves.is_match(&**program.path_of(*first)) => {
            reader.file(first.member, first.file as usize, units)
        }
        _ => None,
    };
    let found: Vec<Option<FileFacts>> = files.par_iter().map(read).collect();
    let mut shapes = Vec::with_capacity(found.len());
    for file in found.into_iter().flatten() {
        shapes.push((file.path, file.shape));
        for (unit, known) in file.units {
            facts[unit as usize] = known;
        }
    }
    // A body that could not be read is a function without calls.
    for (facts, unit) in facts.iter_mut().zip(&program.units) {
        if facts.subs.is_empty() {
            let range = program.members[unit.member as usize].package.decl(unit.decl).span;
            facts.subs.push(facts::Sub { parent: 0, range, bound: false });
        }
    }
    shapes
}

fn functions(program: &Program<'_>, facts: &[Facts], joined: &Joined<'_, '_>) -> Vec<Function> {
    let mut functions = Vec::with_capacity(joined.functions.last().copied().unwrap_or_default() as usize);
    let mut inits: (u32, usize) = (0, 0);
    for (number, (unit, facts)) in program.units.iter().zip(facts).enumerate() {
        let package = program.members[unit.member as usize].package;
        let (decl, path) = (package.decl(unit.decl), &package.name.path);
        let name = package.name_of(unit.decl);
        let receiver = package.text(unit.decl, |d| d.receiver);
        let declared = match decl.kind {
            DeclKind::Method if decl.pointer => format!("(*{path}.{receiver}).{name}"),
            DeclKind::Method => format!("({path}.{receiver}).{name}"),
            // A package may have any number of them, counted through.
            DeclKind::Func if name == "init" => {
                inits = (unit.member, if inits.0 == unit.member { inits.1 + 1 } else { 1 });
                format!("{path}.init#{}", inits.1)
            }
            _ => format!("{path}.{name}"),
        };
        let mut literals = 0;
        for (sub, known) in facts.subs.iter().enumerate() {
            let name = match sub {
                0 => declared.clone(),
                _ if known.bound => format!("{declared}$bound"),
                _ => {
                    literals += 1;
                    format!("{declared}${literals}")
                }
            };
            let parent = FuncRef { unit: number as u32, sub: known.parent };
            functions.push(Function {
                name,
                package: path.clone(),
                path: program.path_of(*unit).clone(),
                range: known.range,
                parent: (sub > 0).then(|| FunctionId(joined.function(parent))),
                bound: known.bound,
            });
        }
    }
    functions
}
