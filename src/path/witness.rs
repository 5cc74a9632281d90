//! The path that proves that a call is reached, hop by hop.

use std::borrow::Cow;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use super::lines::Lines;
use crate::go::calls::{EdgeKind, Function, FunctionId, Reach};
use crate::text::diagnostic::RelPath;

/// One function on the way, and where it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize)]
pub struct WitnessHop {
    /// The function, as `(*import/path.Type).Method`.
    pub func: String,
    /// File of the call that leads to it; of the entry, its own.
    pub file: RelPath,
    /// Line of that call; of the entry, where it is declared.
    pub line: u32,
    /// How it is called: `entry`, `call`, `go`, `defer`, `interface`, `stored`, `passed`, `closure`, `implements`.
    pub edge: Cow<'static, str>,
}

impl std::fmt::Display for WitnessHop {
    /// `file:line: function (edge)`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {} ({})", self.file, self.line, self.func, self.edge)
    }
}

/// The hops from an entry to a function.
pub fn witness(functions: &[Function], reach: &Reach, function: FunctionId, lines: &Lines) -> Vec<WitnessHop> {
    let entry = reach.entry(function);
    let declared = &functions[entry.number()];
    let line = lines.line(&declared.path, declared.range.0);
    let mut hops =
        vec![WitnessHop { func: declared.name.clone(), file: declared.path.clone(), line, edge: "entry".into() }];
    let mut steps = reach.witness(function).into_iter().peekable();
    while let Some(step) = steps.next() {
        let (mut to, mut edge) = (step.edge.to, step.edge.kind.name());
        let file = functions[step.from.number()].path.clone();
        let line = lines.line(&file, step.edge.at);
        // A method value that is passed on has no code of its own: the method stands where it is passed.
        if functions[to.number()].bound
            && step.edge.kind == EdgeKind::Passed
            && let Some(next) = steps.next_if(|next| next.from == to)
        {
            (to, edge) = (next.edge.to, EdgeKind::Passed.name());
        }
        hops.push(WitnessHop { func: functions[to.number()].name.clone(), file, line, edge: edge.into() });
    }
    hops
}
