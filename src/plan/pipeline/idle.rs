//! Packages in whose programs no operation starts: a request ID there would be that of the process.

use std::collections::BTreeSet;

use super::options::Options;
use crate::go::module::{Programs, modules};
use crate::rule::RuleSet;
use crate::write::runtime::is_kubernetes;

/// The directories of such packages. A package that is part of no program of the checkout is none: nobody knows its callers.
pub(super) fn idle(options: &Options, rules: &RuleSet) -> BTreeSet<String> {
    let root = &options.root.dir;
    // All of kubernetes' components serve or reconcile, and its rules name those that run once per operation.
    if options.process_ids || !options.proposes || !options.edits.request_id || is_kubernetes(root) {
        return BTreeSet::new();
    }
    let modules = modules(root);
    // Without a module there is no telling what a program imports.
    if modules.is_empty() {
        return BTreeSet::new();
    }
    Programs::read(root, &modules, &rules.carriers.starts, &rules.carriers.probes).unmarked()
}
