//! The spine: files are walked, loaded, learned from and gone through; what came of them is the plan.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::error::PlanError;
use super::left::Called;
use super::options::{Options, pool};
use super::packed::PackedResult;
use super::seen::{self, FileSeen, Seen};
use super::sought::{Search, text_files};
use super::stage::{Load, MAX_WORLD, Stage};
use super::unseen;
use super::whole::Plan;
use crate::go::files::{self, Shard, WalkOptions};
use crate::klog::convention::Conventions;
use crate::rule::RuleSet;
use crate::text::diagnostic::RelPath;

/// Files between two looks at how much is remembered.
const AT_ONCE: usize = 2000;

/// Makes the plan. `progress` is told how many files are done, of how many.
pub fn plan(options: &Options, rules: &RuleSet, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Plan, PlanError> {
    watched(options, rules, progress).map(|(plan, _)| plan)
}

/// Makes the plan, and tells what of the tree it was made from.
pub fn watched(
    options: &Options,
    rules: &RuleSet,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<(Plan, Seen), PlanError> {
    let asked = WalkOptions { texts: text_files(options, rules), ..options.walk() };
    let mut walked = files::walk(&options.root.dir, &asked, &rules.scope);
    if let Some(shard) = options.shard {
        walked.keep(shard);
    }
    let (elsewhere, texts) = elsewhere(options, rules, &mut walked);
    let mut stage = Stage::new(options, rules);
    let done = AtomicUsize::new(0);
    let total = walked.files.len();
    let advance = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
    let pool = pool(options)?;
    let search = pool.install(|| Search::of(&options.root.dir, &texts, rules));
    stage.seek(&search.texts);
    let scope = pool.install(|| stage.aim())?;
    let (results, mut seen, called) = pool.install(|| {
        let (results, seen, called) = match options.proposes {
            true => propose(&mut stage, &walked.files, &elsewhere, &advance),
            false => count(&stage, &walked.files, &advance),
        };
        let outlines = if options.callers { Vec::new() } else { stage.outlines() };
        (results, Seen { complete: walked.diagnostics.is_empty(), outlines, shapes: stage.shapes(), ..seen }, called)
    });
    let mut beside = stage.beside();
    let absent = stage.absent().cloned();
    if options.shard.is_none_or(Shard::is_first) {
        told_once(&stage, &search, &mut walked, &mut beside);
    }
    beside.extend(seen.beside);
    seen =
        Seen { beside, texts: asked.texts, searched: search.files, callers: options.callers || seen.callers, ..seen };
    // What the tree declares is no longer needed when the results are spread out, unless threads are to be made.
    let (stage, left) = stage.leave();
    let results = pool.install(|| results.into_par_iter().map(PackedResult::unpack).collect());
    let mut plan = Plan {
        read: total,
        left_alone: walked.left_alone,
        diagnostics: walked.diagnostics,
        scope,
        sought: search.texts,
        conventions: seen::conventions(&seen.samples),
        absent,
        left,
        ..Plan::empty(options.root.dir.clone())
    };
    plan.take(results, options);
    if let Some(stage) = stage {
        let notes = pool.install(|| stage.search().all(&plan, &walked.files, || called.into()));
        plan.diagnostics.extend(notes);
        plan.diagnostics.sort();
        seen.outlines = stage.outlines();
    } else if options.edits.parts_alone {
        plan.called = Some((walked.files, called));
    }
    Ok((plan, seen))
}

/// What one shard says for all: what could not be read beside the calls, and what is not seen.
fn told_once(stage: &Stage<'_>, search: &Search, walked: &mut files::Walk, beside: &mut BTreeSet<RelPath>) {
    let root = &stage.options.root.dir;
    walked.diagnostics.extend(stage.complaints());
    walked.diagnostics.extend(search.complaints());
    walked.left_alone.extend(search.left_alone());
    walked.diagnostics.extend(unseen::copies(root));
    let notes = unseen::links(root, walked, &stage.rules.log_calls, beside);
    walked.diagnostics.extend(notes);
}

/// Goes through files of which each is its own affair, so that no tree has to wait.
fn count(stage: &Stage<'_>, files: &[RelPath], advance: &(dyn Fn() + Sync)) -> (Vec<PackedResult>, Seen, Vec<Called>) {
    let count = |path: &RelPath| {
        let (load, seen, called) = stage.load_calling(path);
        let result = PackedResult::new(stage.finish(load, &Conventions::default()));
        advance();
        ((path.clone(), seen), (result, called))
    };
    let (files, results): (_, Vec<_>) = files.par_iter().map(count).unzip();
    let (results, called) = results.into_iter().unzip();
    (results, Seen { files, ..Seen::default() }, called)
}

/// Goes through files with the habits that all of them show.
fn propose(
    stage: &mut Stage<'_>,
    files: &[RelPath],
    elsewhere: &[RelPath],
    advance: &(dyn Fn() + Sync),
) -> (Vec<PackedResult>, Seen, Vec<Called>) {
    let load = |path: &RelPath| {
        let (load, seen, called) = stage.load_calling(path);
        ((load, seen), called)
    };
    let (loaded, called): (Vec<_>, Vec<_>) = files.par_iter().map(load).unzip();
    let mut seen = Seen::default();
    seen.files.extend(files.iter().zip(&loaded).map(|(path, (_, seen))| (path.clone(), *seen)));
    if stage.learns() {
        let (others, more) = stage.samples_elsewhere(elsewhere);
        seen.samples = stage.samples_of(&loaded);
        seen.samples.extend(more);
        seen.elsewhere = others;
    }
    let habits = seen::conventions(&seen.samples);
    if let Some(asked) = stage.learn_absent(&habits, None) {
        // Any call in any body may be the one without a context.
        seen.callers = true;
        seen.beside = asked.into_iter().filter(|path| files.binary_search(path).is_err()).collect();
    }
    (go_through(stage, loaded, &habits, advance), seen, called)
}

/// Proposes for files that were loaded, and forgets declarations between them.
pub(super) fn go_through(
    stage: &mut Stage<'_>,
    loaded: Vec<(Load, FileSeen)>,
    conventions: &Conventions,
    advance: &(dyn Fn() + Sync),
) -> Vec<PackedResult> {
    let mut results = Vec::with_capacity(loaded.len());
    let mut loaded = loaded.into_iter();
    while !loaded.as_slice().is_empty() {
        stage.forget(MAX_WORLD);
        let finish = |(load, _)| {
            let result = PackedResult::new(stage.finish(load, conventions));
            advance();
            result
        };
        let some: Vec<_> = loaded.by_ref().take(AT_ONCE).collect();
        results.par_extend(some.into_par_iter().map(finish));
    }
    results
}

/// The habits of a checkout: of all of it, whatever paths narrow the run.
pub fn conventions(options: &Options, rules: &RuleSet) -> Result<Conventions, PlanError> {
    let whole = WalkOptions { narrow: Vec::new(), ..options.walk() };
    let walked = files::walk(&options.root.dir, &whole, &rules.scope);
    let stage = Stage::new(options, rules);
    Ok(pool(options)?.install(|| seen::conventions(&stage.samples_elsewhere(&walked.files).1)))
}

/// Files outside the paths and the shard that narrow a run, and all that may look for text of lines: both are asked of the whole tree.
fn elsewhere(options: &Options, rules: &RuleSet, walked: &mut files::Walk) -> (Vec<RelPath>, Vec<RelPath>) {
    if !options.habits || !options.proposes || (options.root.narrow.is_empty() && options.shard.is_none()) {
        return (Vec::new(), std::mem::take(&mut walked.texts));
    }
    let whole = WalkOptions { narrow: Vec::new(), texts: text_files(options, rules), ..options.walk() };
    let all = files::walk(&options.root.dir, &whole, &rules.scope);
    let is_elsewhere = |path: &RelPath| walked.files.binary_search(path).is_err();
    (all.files.into_iter().filter(is_elsewhere).collect(), all.texts)
}
