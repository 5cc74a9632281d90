//! A plan whose files are seen otherwise than they were for it, as threads would leave them: what threads left alone stays as it was
//! planned, but for where the run's paths lead now.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use super::again::aim_anew;
use super::error::PlanError;
use super::options::{Options, pool};
use super::packed::PackedResult;
use super::recall::Recall;
use super::spine::go_through;
use super::stage::Stage;
use super::whole::Plan;
use crate::go::files::{self, Walk, WalkOptions};
use crate::rule::RuleSet;
use crate::text::diagnostic::RelPath;
use crate::write::thread::Threads;

/// Makes a plan anew where `threads` reach; its files are seen as they leave them. Its habits are those of the tree as it is.
pub fn anew(
    options: &Options,
    rules: &RuleSet,
    mut old: Plan,
    threads: &Threads,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Plan, PlanError> {
    let files = reached(options, rules, &old, threads);
    let mut stage = Stage::new(options, rules);
    stage.seek(&old.sought);
    if let Some(left) = old.left.take() {
        stage.take(*left);
    }
    let pool = pool(options)?;
    pool.install(|| stage.learn_absent(&old.conventions, old.absent.as_ref()));
    let mut results = None;
    if old.scope.as_ref().is_some_and(|scope| !scope.is_whole) {
        let source = |path: &RelPath| Some((path.clone(), stage.world().index().source(path).ok()?));
        let sources: Option<Vec<_>> = files.iter().map(source).collect();
        stage.recall(sources.and_then(|sources| Recall::of_threads(&mut old, threads, sources)));
        results = stage.recalls().then(|| pool.install(|| again(&mut stage, &files, &old, progress)));
    }
    if stage.is_lost() {
        results = None;
    }
    let is_new = |path: &RelPath| files.binary_search(path).is_ok();
    let results = match results {
        Some(results) => results,
        None => {
            stage.recall(None);
            let scope = pool.install(|| stage.aim())?;
            let results = pool.install(|| again(&mut stage, &files, &old, progress));
            old.files.retain(|file| !is_new(&file.path));
            let conventions = old.conventions.clone();
            if scope.is_some() {
                pool.install(|| aim_anew(options, &stage, &mut old, scope, &conventions));
            }
            results
        }
    };
    old.files.retain(|file| !is_new(&file.path));
    old.diagnostics.retain(|diagnostic| !is_new(&diagnostic.path));
    for result in pool.install(|| results.into_par_iter().map(PackedResult::unpack).collect::<Vec<_>>()) {
        old.files.extend(result.plan);
        old.diagnostics.extend(result.diagnostics);
    }
    old.files.sort_by(|a, b| a.path.cmp(&b.path));
    old.diagnostics.sort();
    Ok(old)
}

/// Plans files as they are seen now.
fn again(
    stage: &mut Stage<'_>,
    files: &[RelPath],
    old: &Plan,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<PackedResult> {
    let done = AtomicUsize::new(0);
    let advance = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, files.len());
    let loaded = files.par_iter().map(|path| stage.load(path)).collect();
    go_through(stage, loaded, &old.conventions, &advance)
}

/// The files that threads change, and those whose methods read the fields of types that do.
fn reached(options: &Options, rules: &RuleSet, old: &Plan, threads: &Threads) -> Vec<RelPath> {
    let fields = threads.threads.iter().flat_map(|thread| &thread.functions).filter(|function| function.field);
    let fields: BTreeSet<&str> = fields.map(|function| directory(&function.path)).collect();
    let narrow = &options.root.narrow;
    let is_below = |path: &RelPath, dir: &RelPath| {
        path.strip_prefix(&**dir).is_some_and(|rest| dir.is_empty() || rest.is_empty() || rest.starts_with('/'))
    };
    let is_taken = |path: &&RelPath| narrow.is_empty() || narrow.iter().any(|dir| is_below(path, dir));
    let changed: Vec<RelPath> = options.overlay.paths().filter(is_taken).cloned().collect();
    let mut walked = match changed.is_empty() {
        true => Walk::default(),
        false => files::walk(&options.root.dir, &WalkOptions { narrow: changed, ..options.walk() }, &rules.scope),
    };
    if let Some(shard) = options.shard {
        walked.keep(shard);
    }
    let reads = old.files.iter().map(|file| &file.path).filter(|path| fields.contains(directory(path)));
    reads.cloned().chain(walked.files).collect::<BTreeSet<_>>().into_iter().collect()
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}
