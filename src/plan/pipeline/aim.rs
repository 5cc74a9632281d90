//! What a run is about, as it is asked of a tree: where to look, and which calls are left out.

use std::collections::BTreeSet;

use super::error::PlanError;
use super::file::FilePlan;
use super::options::Options;
use super::scope::ScopeOptions;
use crate::go::calls::Anchor;
use crate::go::files;
use crate::go::index::Index;
use crate::path::{Off, Selection, Served, Standing};
use crate::rule::RuleSet;
use crate::text::diagnostic::RelPath;
use crate::write::edit::Outcome;
use crate::write::reason::SkipReason;

/// Checks that what was asked for is somewhere, unless nothing was.
pub(super) fn check(options: &ScopeOptions, served: &Served) -> Result<(), PlanError> {
    let is_named = ![Selection::default(), Selection::everything()].contains(&options.selection);
    if served.is_empty() && options.narrows && is_named {
        return Err(PlanError::NoEntries);
    }
    Ok(())
}

/// The directories with klog calls among the paths that narrow a run; none: all of the tree's.
pub(super) fn directories(options: &Options, rules: &RuleSet, index: &Index) -> Option<BTreeSet<String>> {
    let root = &options.root;
    if root.narrow.is_empty() {
        return None;
    }
    let files = files::walk(&root.dir, &options.walk(), &rules.scope).files;
    let mut dirs: BTreeSet<&str> = BTreeSet::new();
    for path in &files {
        let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
        let speaks = || index.lend(path, |bytes| rules.log_calls.are_in(bytes)).unwrap_or(true);
        if !dirs.contains(dir) && speaks() {
            dirs.insert(dir);
        }
    }
    Some(dirs.into_iter().map(str::to_owned).collect())
}

/// What becomes of a call that the run is not about.
pub(super) fn left_out(off: &Off) -> Outcome {
    SkipReason::OutOfScope { off: off.clone() }.into()
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
        if let (Some(Standing::Off(off)), true) = (&site.standing, narrows) {
            site.outcome = left_out(off);
        }
    }
}
