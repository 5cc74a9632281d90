//! Which calls a run is about: those on the paths of some operations, or all.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::path::{Absent, Cell, Selection, Served};
use crate::rule::RuleSet;
use crate::text::diagnostic::Diagnostic;

/// What a run asks for.
#[derive(Clone, Debug, Default)]
pub struct ScopeOptions {
    /// The operations.
    pub selection: Selection,
    /// Whether calls elsewhere are left out; if not, they only learn where they stand.
    pub narrows: bool,
}

/// An operation on a resource, and how far it reaches.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Extent {
    /// The two.
    pub cell: Cell,
    /// The phase's name.
    pub phase: String,
    /// How many functions are reached.
    pub functions: usize,
}

/// What a run was about.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Scope {
    /// The selection in words.
    pub title: String,
    /// Its operations on resources.
    pub extents: Vec<Extent>,
    /// Entries that the tree does not have.
    pub absent: Vec<Absent>,
    /// Whether no operation starts in the tree, so that all of it was taken.
    pub is_whole: bool,
}

impl Scope {
    /// Entries that should be there and are not.
    pub(super) fn findings(&self) -> impl Iterator<Item = Diagnostic> {
        let missing = self.absent.iter().filter(|absent| absent.bounds.is_none() && !self.is_whole);
        missing.map(|absent| {
            let names = absent.names.join(" or ");
            let message = format!("no function of this tree is {names}, where an operation should start");
            Diagnostic::warning("operations.toml", message)
                .help("correct its name, or say with `since` or `until` which releases have it")
        })
    }

    pub(super) fn of(options: &ScopeOptions, served: &Served, rules: &RuleSet) -> Self {
        let phase = |cell: &Cell| rules.operations.phase.get(cell.phase).map_or("", |phase| &*phase.name).to_owned();
        let counts = served.functions();
        // What starts nowhere in this tree is no part of its matrix.
        let extents = served.cells.list.iter().zip(counts).filter(|(_, functions)| *functions > 0);
        Self {
            title: options.selection.title(rules),
            extents: extents
                .map(|(cell, functions)| Extent { cell: cell.clone(), phase: phase(cell), functions })
                .collect(),
            absent: served.absent.clone(),
            is_whole: served.is_empty(),
        }
    }
}
