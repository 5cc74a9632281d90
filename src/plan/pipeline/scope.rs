//! Which calls a run is about: those on the paths of some operations, or all.

use std::collections::BTreeSet;

use super::{FilePlan, Options, PlanError, SitePlan};
use crate::go::calls::Anchor;
use crate::go::files::{self, PatternError, WalkOptions};
use crate::go::index::Index;
use crate::go::parse;
use crate::klog::call_site::Class;
use crate::path::{Absent, Cell, OnPath, Selection, Served, Standing};
use crate::rule::RuleSet;
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::write::edit::{Outcome, Skip, SkipReason};
use borsh::{BorshDeserialize, BorshSerialize};

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

/// Checks that what was asked for is somewhere, unless nothing was.
pub(super) fn check(options: &ScopeOptions, served: &Served) -> Result<(), PlanError> {
    let is_named = ![Selection::default(), Selection::everything()].contains(&options.selection);
    if served.is_empty() && options.narrows && is_named {
        return Err(PlanError::NoEntries);
    }
    Ok(())
}

/// The directories with klog calls among the paths that narrow a run; none: all of the tree's.
pub(super) fn directories(
    options: &Options,
    rules: &RuleSet,
    index: &Index,
) -> Result<Option<BTreeSet<String>>, PatternError> {
    let Options { root, tests, exclude, .. } = options;
    if root.narrow.is_empty() {
        return Ok(None);
    }
    let options = WalkOptions { narrow: root.narrow.clone(), tests: *tests, exclude: exclude.clone() };
    let files = files::walk(&root.dir, &options, &rules.scope)?.files;
    let mut dirs: BTreeSet<&str> = BTreeSet::new();
    for path in &files {
        let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
        let speaks = || index.lend(path, parse::mentions_klog).unwrap_or(true);
        if !dirs.contains(dir) && speaks() {
            dirs.insert(dir);
        }
    }
    Ok(Some(dirs.into_iter().map(str::to_owned).collect()))
}

/// What becomes of a call that the run is not about.
pub(super) fn left_out(reason: &str) -> Outcome {
    Outcome::Skip(Skip::new(SkipReason::OutOfScope, reason))
}

/// Tells where a call at a byte of a file stands, and in which function.
type Ask<'a> = &'a dyn Fn(&RelPath, &[u8], usize) -> Option<(Standing, Option<Anchor>)>;

/// Gives each call its standing, and leaves out those that stand elsewhere.
pub(super) fn place(plan: &mut FilePlan, ask: Ask<'_>, narrows: bool) {
    let FilePlan { path, source, sites, .. } = plan;
    for site in sites {
        if site.standing.is_none() {
            let (standing, anchor) = ask(path, source, site.site.span.start).unzip();
            (site.standing, site.anchor) = (standing, anchor.flatten());
        }
        if let (Some(Standing::Off(reason)), true) = (&site.standing, narrows) {
            site.outcome = left_out(reason);
        }
    }
}

impl SitePlan {
    /// The path that it lies on.
    pub fn on_path(&self) -> Option<&OnPath> {
        match &self.standing {
            Some(Standing::On(on)) => Some(on),
            _ => None,
        }
    }

    /// Why the run is not about it.
    pub fn out_of_scope(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Skip(skip) if skip.reason == SkipReason::OutOfScope => Some(&skip.detail),
            _ => None,
        }
    }

    /// Whether it is a function that is passed or stored, in scope.
    pub fn is_function_value(&self) -> bool {
        self.site.class == Class::FunctionValue && self.out_of_scope().is_none()
    }
}
