//! What becomes of a file's calls once all of them are known: names, suppressions, and fixes that do not go together.

use tree_sitter::Tree;

use super::beside::{self, Beside};
use super::file::FilePlan;
use super::site::SitePlan;
use crate::go::parse::{LazyTree, ParsedFile, SourceFile};
use crate::klog::fingerprint::Namer;
use crate::klog::suppress::Suppression;
use crate::text::diagnostic::Diagnostic;
use crate::write::edit::{Applicability, Fix, Outcome, file_fix};
use crate::write::reason::SkipReason;

/// Gives each site of a file its fingerprint.
pub(super) fn name(sites: &mut [SitePlan], source: &SourceFile) {
    let mut namer = Namer::new(&source.path);
    for plan in sites {
        plan.fingerprint = namer.name(&plan.site.function, plan.site.span.of(&source.bytes));
    }
}

/// Marks what comments keep as it is, and returns what is wrong with those comments.
pub(super) fn suppress(
    sites: &mut [SitePlan],
    besides: &mut Vec<Beside>,
    suppressions: Vec<Suppression>,
    file: &ParsedFile,
) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    for suppression in suppressions {
        let mut used = beside::suppress(besides, &suppression, file);
        for plan in sites.iter_mut() {
            let last = file.lines.line_col(plan.site.span.end).line;
            if (plan.site.position.line..=last).contains(&suppression.covers) {
                if suppression.counts() {
                    plan.outcome = Outcome::Suppressed(suppression.clone());
                }
                used = true;
            }
        }
        complaints.extend(suppression.complaint(&file.source.path, used));
    }
    complaints
}

/// Of a call and one in its arguments, only the inner one is rewritten: their edits would overlap.
pub(super) fn retract_outer(sites: &mut [SitePlan]) {
    let mut open: Vec<usize> = Vec::new();
    for at in 0..sites.len() {
        let Some(site) = sites.get(at).filter(|site| site.fix().is_some()) else { continue };
        let start = site.site.span.start;
        open.retain(|outer| sites.get(*outer).is_some_and(|outer| outer.site.span.end > start));
        for outer in open.drain(..) {
            if let Some(outer) = sites.get_mut(outer) {
                outer.outcome = SkipReason::CallInside.into();
            }
        }
        open.push(at);
    }
}

/// Fixes that do not parse are never shown: each becomes a skip that says so.
pub(super) fn retract_broken(plan: &mut FilePlan, tree: &Tree) {
    let lazy = LazyTree::known(tree);
    // What patches take first: it is asked for again.
    let usual: Vec<_> = plan.fixes(&|fix| fix.applicability != Applicability::DisplayOnly).collect();
    // Who asks for parts alone has fixes that nobody wrote.
    let all: Vec<_> = plan.fixes(&|fix| !fix.edits.is_empty()).collect();
    if all.is_empty() {
        return;
    }
    let parses = |fixes: &[&Fix]| plan.applied.edits(&plan.source, &lazy, fixes).is_ok();
    if parses(&usual) && (all.len() == usual.len() || file_fix(&plan.path, &plan.source, tree, &all).is_ok()) {
        return;
    }
    let (path, source) = (plan.path.clone(), plan.source.clone());
    for site in &mut plan.sites {
        let Outcome::Fix(fix) = &site.outcome else { continue };
        if let Err(error) = file_fix(&path, &source, tree, &[fix]) {
            site.outcome = SkipReason::DoesNotParse { error: error.to_string() }.into();
        }
    }
}
