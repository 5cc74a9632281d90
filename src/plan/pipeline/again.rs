//! A later run on a tree that has changed: only what would come out otherwise is planned anew.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::error::PlanError;
use super::file::FileResult;
use super::idle::idle;
use super::options::{Options, pool};
use super::recall::Recall;
use super::scope::Scope;
use super::seen::{FileSeen, Seen, conventions};
use super::stage::Stage;
use super::whole::Plan;
use crate::go::files::GeneratedFiles;
use crate::klog::convention::Conventions;
use crate::rule::RuleSet;
use crate::text::diagnostic::RelPath;
use crate::text::digest::{Digest, Hasher};
use crate::write::runtime::Homes;

/// A digest of what a run reads at fixed places of a tree, and of how it was asked.
pub fn environment(options: &Options, rules: &RuleSet, generated: &GeneratedFiles) -> Digest {
    let root = &options.root.dir;
    let homes = Homes::read(root, options.id_source, &rules.carriers.key);
    let idle = idle(options, rules);
    let asked = Options { threads: 0, ..options.clone() };
    let mut hasher = Hasher::default();
    hasher
        .part(format!(
            "{asked:?} {homes:?} {idle:?} {:?}{:?}{:?}{:?}",
            rules.operations, rules.environments, rules.callgraph, rules.check.also
        ))
        .part(&rules.digest)
        .part(&rules.carriers.key)
        .part(format!("{:?}", generated.digest()));
    hasher.finish()
}

/// Plans anew only the files that changed, on a tree whose declarations are those of the older plan. `None` where what is
/// learned from all files together is no longer the same, so that any file's plan may be another.
pub fn again(
    options: &Options,
    rules: &RuleSet,
    (mut plan, mut seen): (Plan, Seen),
    changed: &BTreeSet<RelPath>,
    bodies: &BTreeMap<RelPath, Digest>,
) -> Result<Option<(Plan, Seen)>, PlanError> {
    // Paths lead through bodies, and say on which lines.
    let aims = !bodies.is_empty() && options.scope.is_some();
    if options.scope.is_some() && !aims && !changed.is_empty() {
        return Ok(None);
    }
    let pool = pool(options)?;
    let mut stage = Stage::new(options, rules);
    stage.seek(&plan.sought);
    stage.learn_absent(&conventions(&seen.samples), plan.absent.as_ref());
    let mut scope = None;
    if aims {
        let source = |path: &RelPath| Some((path.clone(), stage.world().index().source(path).ok()?));
        let sources: Option<Vec<_>> = bodies.keys().chain(changed).map(source).collect();
        match sources.and_then(|sources| Recall::new(&mut plan, &mut seen.shapes, sources, &rules.log_calls)) {
            Some(recall) => stage.recall(Some(recall)),
            None => scope = pool.install(|| stage.aim())?,
        }
    }
    let mut planned = pool.install(|| plan_changed(&stage, &mut seen, changed));
    if stage.is_lost() {
        stage.recall(None);
        scope = pool.install(|| stage.aim())?;
        planned = pool.install(|| plan_changed(&stage, &mut seen, changed));
    }
    let is_anew = aims && !stage.recalls();
    let Some(results) = planned else { return Ok(None) };
    for outline in &mut seen.outlines {
        outline.bytes = bodies.get(&outline.path).copied().unwrap_or(outline.bytes);
    }
    // The changed files may have needed declarations that nobody needed before.
    seen.outlines.extend(stage.outlines());
    seen.outlines.sort();
    seen.outlines.dedup();
    seen.beside.extend(stage.beside());
    plan.files.retain(|file| !changed.contains(&file.path));
    plan.diagnostics.retain(|diagnostic| !changed.contains(&diagnostic.path));
    for result in results {
        plan.files.extend(result.plan);
        plan.diagnostics.extend(result.diagnostics);
    }
    plan.files.sort_by(|a, b| a.path.cmp(&b.path));
    if is_anew {
        seen.shapes = stage.shapes();
        pool.install(|| aim_anew(options, &stage, &mut plan, scope, &conventions(&seen.samples)));
    }
    plan.diagnostics.sort();
    Ok(Some((plan, seen)))
}

/// Plans the files that changed. `None` where that takes more of the tree.
fn plan_changed(stage: &Stage<'_>, seen: &mut Seen, changed: &BTreeSet<RelPath>) -> Option<Vec<FileResult>> {
    let before = conventions(&seen.samples);
    let (files, elsewhere) = (among(&seen.files, changed), among(&seen.elsewhere, changed));
    let loaded: Vec<_> = files.par_iter().map(|path| stage.load(path)).collect();
    let (others, more) = stage.samples_elsewhere(&elsewhere);
    seen.samples.retain(|(path, _)| !changed.contains(path));
    seen.samples.extend(stage.samples_of(&loaded));
    seen.samples.extend(more);
    let now = conventions(&seen.samples);
    let usual = |seen: &FileSeen| matches!(seen, FileSeen::Quiet | FileSeen::Speaking(_));
    if now != before || !loaded.iter().all(|(_, seen)| usual(seen)) {
        return None;
    }
    let seen_now: Vec<_> = files.iter().cloned().zip(loaded.iter().map(|(_, seen)| *seen)).collect();
    update(&mut seen.files, seen_now);
    update(&mut seen.elsewhere, others);
    Some(loaded.into_par_iter().map(|(load, _)| stage.finish(load, &now)).collect())
}

fn among(list: &[(RelPath, FileSeen)], changed: &BTreeSet<RelPath>) -> Vec<RelPath> {
    list.iter().map(|(path, _)| path.clone()).filter(|path| changed.contains(path)).collect()
}

/// Gives every call the standing that it has now.
pub(super) fn aim_anew(
    options: &Options,
    stage: &Stage<'_>,
    plan: &mut Plan,
    scope: Option<Scope>,
    conventions: &Conventions,
) {
    let old: Vec<_> = plan.scope.iter().flat_map(Scope::findings).collect();
    plan.diagnostics.retain(|diagnostic| !old.contains(diagnostic));
    plan.scope = scope;
    plan.tell_findings(options);
    plan.files.par_iter_mut().for_each(|file| {
        if !stage.place_anew(file)
            && let Some(anew) = stage.finish(stage.load(&file.path).0, conventions).plan
        {
            *file = anew;
        }
    });
}

fn update(list: &mut [(RelPath, FileSeen)], now: Vec<(RelPath, FileSeen)>) {
    let now: BTreeMap<_, _> = now.into_iter().collect();
    for (path, seen) in list {
        if let Some(new) = now.get(path) {
            *seen = *new;
        }
    }
}
