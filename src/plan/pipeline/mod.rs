//! The spine: a checkout and rules in, a plan out. A plan is a pure function of the two.

mod applied;
mod follow;
mod packed;
mod recall;
mod scope;
mod seen;
mod stage;
mod threads;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;

use crate::go::calls::Anchor;
use crate::go::files::{self, Overlay, PatternError, Root, Shard, WalkOptions};
use crate::go::parse::LazyTree;
use crate::klog::call_site::CallSite;
use crate::klog::convention::Conventions;
use crate::klog::fingerprint::Fingerprint;
use crate::klog::lint::Facts;
use crate::path::{SelectionError, Standing};
use crate::rule::{RuleSet, Version};
use crate::text::Span;
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::write::edit::{Edits, FileFix, FileFixError, Fix, Outcome};
use crate::write::runtime::IdSource;
use packed::PackedResult;
use stage::{FileResult, Stage};

pub use applied::Applied;
pub use seen::{FileSamples, FileSeen, Seen, again, environment};

pub use follow::{FollowOptions, Followed, follow};
pub use packed::PackedPlan;
pub use scope::{Extent, Scope, ScopeOptions};
pub use threads::threads;

/// Files larger than this are not analysed: 8 MiB, three times kubernetes' largest.
pub const MAX_FILE_SIZE: u64 = 8 << 20;
/// klog's version where no go.mod names one: the oldest with structured calls.
pub const OLDEST_KLOG: Version = Version(2, 0, 0);
/// Deep expressions are walked recursively.
const STACK_SIZE: usize = 64 << 20;

/// Files between two looks at how much is remembered.
const AT_ONCE: usize = 2000;
/// Bytes of files whose declarations are remembered before they are looked up anew: about what kubernetes has.
const MAX_WORLD: usize = 64 << 20;

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The checkout, and the paths in it.
    pub root: Root,
    /// Whether `_test.go` files are taken.
    pub tests: bool,
    /// Patterns of paths to leave alone.
    pub exclude: Vec<String>,
    /// Which edits are proposed.
    pub edits: Edits,
    /// Whether anything is proposed; if not, calls are only counted.
    pub proposes: bool,
    /// klog's version, instead of go.mod's.
    pub klog_version: Option<Version>,
    /// Whether parts whose owners declined are skipped.
    pub declined: bool,
    /// Import path of the runtime package, instead of the rules'.
    pub runtime: Option<String>,
    /// Key of the request ID pair, instead of the rules'.
    pub key: Option<String>,
    /// Where request IDs come from.
    pub id_source: IdSource,
    /// The share of the files that is looked at; none: all.
    pub shard: Option<Shard>,
    /// Whether the habits of the whole tree's structured calls name keys; they decide no call's part.
    pub habits: bool,
    /// Which calls the run is about; none: all.
    pub scope: Option<ScopeOptions>,
    /// Files that are seen otherwise than they are on disk.
    pub overlay: Overlay,
    /// Number of threads; 0: as many as there are processors.
    pub threads: usize,
}

impl Options {
    /// A whole checkout, all edits, everything else as it is without being asked for.
    pub fn new(root: Root) -> Self {
        Self {
            root,
            tests: false,
            exclude: Vec::new(),
            edits: Edits { request_id: true, ..Edits::structural() },
            proposes: true,
            klog_version: None,
            declined: false,
            runtime: None,
            key: None,
            id_source: IdSource::default(),
            shard: None,
            habits: true,
            scope: None,
            overlay: Overlay::default(),
            threads: 0,
        }
    }
}

/// One call site and what becomes of it.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct SitePlan {
    /// Its name across runs.
    pub fingerprint: Fingerprint,
    /// The call.
    pub site: CallSite,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What it shows, if it is structured already.
    pub facts: Facts,
    /// Where it stands among the operations; none where the run did not ask.
    pub standing: Option<Standing>,
    /// Which function of its file it stands in; none where no path can lead to it, or the run did not ask.
    pub anchor: Option<Anchor>,
}

impl SitePlan {
    /// The fix, if one is proposed.
    pub fn fix(&self) -> Option<&Fix> {
        match &self.outcome {
            Outcome::Fix(fix) => Some(fix),
            _ => None,
        }
    }
}

/// One file with klog calls.
#[derive(Clone, Debug)]
pub struct FilePlan {
    /// The file.
    pub path: RelPath,
    /// Its bytes.
    pub source: Arc<[u8]>,
    /// The klog that it is compiled against.
    pub klog: Version,
    /// Its calls, in their order.
    pub sites: Vec<SitePlan>,
    /// What sets of its fixes come to.
    pub applied: Applied,
}

impl FilePlan {
    /// The fixes that `wanted` takes.
    pub fn fixes<'p>(&'p self, wanted: &'p dyn Fn(&Fix) -> bool) -> impl Iterator<Item = &'p Fix> {
        self.sites.iter().filter_map(move |site| match &site.outcome {
            Outcome::Fix(fix) if wanted(fix) => Some(&**fix),
            _ => None,
        })
    }

    /// The file after the fixes that `wanted` takes; `None` if there are none.
    pub fn fixed(&self, wanted: &dyn Fn(&Fix) -> bool) -> Result<Option<FileFix>, Diagnostic> {
        let fixes: Vec<_> = self.fixes(wanted).collect();
        if fixes.is_empty() {
            return Ok(None);
        }
        let complain = |error: String| {
            Diagnostic::error(self.path.clone(), format!("its fixes cannot be applied together: {error}"))
        };
        let tree = LazyTree::new(&self.source);
        self.with_fixes(&tree, &fixes).map(Some).map_err(|error| complain(error.to_string()))
    }

    /// Where each edit of these fixes stands in the file after them: its old place, its first and last new line.
    pub fn places(&self, tree: &LazyTree<'_>, fixes: &[&Fix]) -> Result<Vec<(Span, u32, u32)>, FileFixError> {
        Ok(self.applied.edits(&self.source, tree, fixes)?.places(&self.source)?)
    }

    /// The file after these fixes of its own; `tree` is only asked if nobody has worked it out yet.
    pub fn with_fixes(&self, tree: &LazyTree<'_>, fixes: &[&Fix]) -> Result<FileFix, FileFixError> {
        self.applied.edits(&self.source, tree, fixes)?.apply(&self.path, &self.source)
    }
}

/// All proposals for a checkout.
#[derive(Debug)]
pub struct Plan {
    /// The root.
    pub root: PathBuf,
    /// Files with klog calls, sorted.
    pub files: Vec<FilePlan>,
    /// How many Go files were read.
    pub read: usize,
    /// How many files or directories were left alone, by reason.
    pub left_alone: BTreeMap<String, usize>,
    /// What was not analysed, and what looks wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// What the run was about; none: everything.
    pub scope: Option<Scope>,
}

impl Plan {
    /// Takes what came of the files.
    fn take(&mut self, results: Vec<FileResult>, options: &Options) {
        for result in results {
            self.files.extend(result.plan);
            self.diagnostics.extend(result.diagnostics);
            if let Some(reason) = result.left_alone {
                *self.left_alone.entry(reason.to_owned()).or_default() += 1;
                self.read -= 1;
            }
        }
        self.tell_findings(options);
        self.diagnostics.sort();
    }

    /// What belongs to no file is for one shard to say.
    fn tell_findings(&mut self, options: &Options) {
        let speaks = options.shard.is_none_or(Shard::is_first);
        self.diagnostics.extend(self.scope.iter().filter(|_| speaks).flat_map(Scope::findings));
    }

    /// All call sites.
    pub fn sites(&self) -> impl Iterator<Item = &SitePlan> {
        self.files.iter().flat_map(|file| &file.sites)
    }

    /// Calls that the run is not about, by reason.
    pub fn out_of_scope(&self) -> BTreeMap<String, usize> {
        let mut reasons = BTreeMap::new();
        for reason in self.sites().filter_map(SitePlan::out_of_scope) {
            *reasons.entry(reason.to_owned()).or_default() += 1;
        }
        reasons
    }
}

/// Why there is no plan at all.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A pattern is none.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The selection is none.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// None of the selection's operations starts in this tree.
    #[error(
        "none of these operations starts in this tree; describe your own with [[operation]] in klogmod.toml, or take every call: --all"
    )]
    NoEntries,
    /// The threads could not be started.
    #[error("the threads could not be started")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

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
    let walk_options =
        WalkOptions { narrow: options.root.narrow.clone(), tests: options.tests, exclude: options.exclude.clone() };
    let mut walked = files::walk(&options.root.dir, &walk_options, &rules.scope)?;
    if let Some(shard) = options.shard {
        walked.keep(shard);
    }
    let elsewhere = elsewhere(options, rules, &walked)?;
    let mut stage = Stage::new(options, rules)?;
    let done = AtomicUsize::new(0);
    let total = walked.files.len();
    let advance = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
    let pool = pool(options)?;
    let scope = pool.install(|| stage.aim())?;
    let complete = walked.diagnostics.is_empty();
    let (results, seen) = pool.install(|| {
        let (results, seen) = match options.proposes {
            true => propose(&mut stage, &walked.files, &elsewhere, &advance),
            false => count(&stage, &walked.files, &advance),
        };
        (results, Seen { complete, outlines: stage.outlines(), shapes: stage.shapes(), ..seen })
    });
    // What the tree declares is no longer needed when the results are spread out.
    drop(stage);
    let results = pool.install(|| results.into_par_iter().map(PackedResult::unpack).collect());
    let mut plan = Plan {
        root: options.root.dir.clone(),
        files: Vec::new(),
        read: total,
        left_alone: walked.left_alone,
        diagnostics: walked.diagnostics,
        scope,
    };
    plan.take(results, options);
    Ok((plan, seen))
}

/// Goes through files of which each is its own affair, so that no tree has to wait.
fn count(stage: &Stage<'_>, files: &[RelPath], advance: &(dyn Fn() + Sync)) -> (Vec<PackedResult>, Seen) {
    let count = |path: &RelPath| {
        let (load, seen) = stage.load(path);
        let result = PackedResult::new(stage.finish(load, &Conventions::default()));
        advance();
        ((path.clone(), seen), result)
    };
    let (files, results) = files.par_iter().map(count).unzip();
    (results, Seen { files, ..Seen::default() })
}

/// Goes through files with the habits that all of them show.
fn propose(
    stage: &mut Stage<'_>,
    files: &[RelPath],
    elsewhere: &[RelPath],
    advance: &(dyn Fn() + Sync),
) -> (Vec<PackedResult>, Seen) {
    let loaded: Vec<_> = files.par_iter().map(|path| stage.load(path)).collect();
    let mut seen = Seen::default();
    seen.files.extend(files.iter().zip(&loaded).map(|(path, (_, seen))| (path.clone(), *seen)));
    if stage.learns() {
        let (others, more) = stage.samples_elsewhere(elsewhere);
        seen.samples = stage.samples_of(&loaded);
        seen.samples.extend(more);
        seen.elsewhere = others;
    }
    let conventions = stage::conventions(&seen.samples);
    let mut results = Vec::with_capacity(loaded.len());
    let mut loaded = loaded.into_iter();
    while !loaded.as_slice().is_empty() {
        stage.forget(MAX_WORLD);
        let finish = |(load, _)| {
            let result = PackedResult::new(stage.finish(load, &conventions));
            advance();
            result
        };
        let some: Vec<_> = loaded.by_ref().take(AT_ONCE).collect();
        results.par_extend(some.into_par_iter().map(finish));
    }
    (results, seen)
}

/// Threads with room for deep expressions.
pub(crate) fn pool(options: &Options) -> Result<rayon::ThreadPool, PlanError> {
    Ok(rayon::ThreadPoolBuilder::new().num_threads(options.threads).stack_size(STACK_SIZE).build()?)
}

/// The habits of a checkout: of all of it, whatever paths narrow the run.
pub fn conventions(options: &Options, rules: &RuleSet) -> Result<Conventions, PlanError> {
    let whole = WalkOptions { narrow: Vec::new(), tests: options.tests, exclude: options.exclude.clone() };
    let walked = files::walk(&options.root.dir, &whole, &rules.scope)?;
    let stage = Stage::new(options, rules)?;
    Ok(pool(options)?.install(|| stage::conventions(&stage.samples_elsewhere(&walked.files).1)))
}

/// Files outside the paths and the shard that narrow a run: habits are those of the whole tree.
fn elsewhere(options: &Options, rules: &RuleSet, walked: &files::Walk) -> Result<Vec<RelPath>, PatternError> {
    if !options.habits || !options.proposes || (options.root.narrow.is_empty() && options.shard.is_none()) {
        return Ok(Vec::new());
    }
    let whole = WalkOptions { narrow: Vec::new(), tests: options.tests, exclude: options.exclude.clone() };
    let all = files::walk(&options.root.dir, &whole, &rules.scope)?;
    Ok(all.files.into_iter().filter(|path| walked.files.binary_search(path).is_err()).collect())
}
