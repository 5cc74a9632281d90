//! The spine: a checkout and rules in, a plan out. A plan is a pure function of the two.

mod follow;
mod scope;
mod stage;
mod threads;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;

use crate::callsite::CallSite;
use crate::diagnostic::{Diagnostic, RelPath};
use crate::fingerprint::Fingerprint;
use crate::keyvalue::Conventions;
use crate::parse;
use crate::priority::{SelectionError, Standing};
use crate::rewrite::{Edits, FileFix, Fix, Outcome, file_fix};
use crate::rule::{RuleSet, Version};
use crate::runtime::IdSource;
use crate::walk::{self, Overlay, PatternError, Root, WalkOptions};
use stage::{FileResult, Load, Stage};

pub use follow::{FollowOptions, Followed, follow};
pub use scope::{Extent, Scope, ScopeOptions};
pub use threads::threads;

/// Files larger than this are not analysed: 8 MiB, three times kubernetes' largest.
pub const MAX_FILE_SIZE: u64 = 8 << 20;
/// klog's version where no go.mod names one: the oldest with structured calls.
pub const OLDEST_KLOG: Version = Version(2, 0, 0);
/// Deep expressions are walked recursively.
const STACK_SIZE: usize = 64 << 20;

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
    /// Which calls the run is about; none: all.
    pub scope: Option<ScopeOptions>,
    /// Files that are seen otherwise than they are on disk.
    pub overlay: Overlay,
    /// Number of threads; 0: as many as there are processors.
    pub threads: usize,
}

/// One call site and what becomes of it.
#[derive(Clone, Debug)]
pub struct SitePlan {
    /// Its name across runs.
    pub fingerprint: Fingerprint,
    /// The call.
    pub site: CallSite,
    /// What becomes of it.
    pub outcome: Outcome,
    /// Where it stands among the operations; none where the run did not ask.
    pub standing: Option<Standing>,
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
        let tree = parse::parse_bytes(&self.source).ok_or_else(|| complain("it does not parse".to_owned()))?;
        file_fix(&self.path, &self.source, &tree, &fixes).map(Some).map_err(|error| complain(error.to_string()))
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
    let walk_options =
        WalkOptions { narrow: options.root.narrow.clone(), tests: options.tests, exclude: options.exclude.clone() };
    let walked = walk::walk(&options.root.dir, &walk_options, &rules.scope)?;
    let elsewhere = elsewhere(options, rules, &walked)?;
    let mut stage = Stage::new(options, rules)?;
    let done = AtomicUsize::new(0);
    let total = walked.files.len();
    let advance = || progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).stack_size(STACK_SIZE).build()?;
    let scope = pool.install(|| stage.aim())?;
    let results: Vec<FileResult> = pool.install(|| {
        let loaded: Vec<Load> = walked.files.par_iter().map(|path| stage.load(path)).collect();
        let conventions = stage.learn(&loaded, &elsewhere);
        let finish = |load: Load| {
            let result = stage.finish(load, &conventions);
            advance();
            result
        };
        loaded.into_par_iter().map(finish).collect()
    });
    let mut plan = Plan {
        root: options.root.dir.clone(),
        files: Vec::new(),
        read: total,
        left_alone: walked.left_alone,
        diagnostics: walked.diagnostics,
        scope,
    };
    for result in results {
        plan.files.extend(result.plan);
        plan.diagnostics.extend(result.diagnostics);
        if let Some(reason) = result.left_alone {
            *plan.left_alone.entry(reason.to_owned()).or_default() += 1;
            plan.read -= 1;
        }
    }
    plan.diagnostics.extend(plan.scope.iter().flat_map(Scope::findings));
    plan.diagnostics.sort();
    Ok(plan)
}

/// The habits of a checkout: of all of it, whatever paths narrow the run.
pub fn conventions(options: &Options, rules: &RuleSet) -> Result<Conventions, PlanError> {
    let whole = WalkOptions { narrow: Vec::new(), tests: options.tests, exclude: options.exclude.clone() };
    let walked = walk::walk(&options.root.dir, &whole, &rules.scope)?;
    let stage = Stage::new(options, rules)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).stack_size(STACK_SIZE).build()?;
    Ok(pool.install(|| stage.learn(&[], &walked.files)))
}

/// Files outside the paths that narrow a run: habits are those of the whole tree.
fn elsewhere(options: &Options, rules: &RuleSet, walked: &walk::Walk) -> Result<Vec<RelPath>, PatternError> {
    if options.root.narrow.is_empty() {
        return Ok(Vec::new());
    }
    let whole = WalkOptions { narrow: Vec::new(), tests: options.tests, exclude: options.exclude.clone() };
    let all = walk::walk(&options.root.dir, &whole, &rules.scope)?;
    Ok(all.files.into_iter().filter(|path| walked.files.binary_search(path).is_err()).collect())
}
