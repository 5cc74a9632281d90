//! What a run is asked to do, and the threads that it gets.

use std::cell::Cell;

use super::error::PlanError;
use super::scope::ScopeOptions;
use crate::go::files::{Overlay, Root, Shard, WalkOptions};
use crate::go::module::{BuildContext, ResolveOptions};
use crate::go::types::World;
use crate::rule::{IdSource, Patterns, Version};
use crate::text::diagnostic::RelPath;
use crate::write::edit::Edits;

/// Deep expressions are walked recursively.
const STACK_SIZE: usize = 64 << 20;
/// Threads for each processor, at most.
const MAX_SHARE: usize = 8;

/// What a run is asked to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The checkout, and the paths in it.
    pub root: Root,
    /// Whether `_test.go` files are taken.
    pub tests: bool,
    /// Patterns of paths to leave alone.
    pub exclude: Patterns,
    /// Which edits are proposed.
    pub edits: Edits,
    /// Whether anything is proposed; if not, calls are only counted.
    pub proposes: bool,
    /// Whether calls of functions are named that hand what they are given to klog. Only where nothing is proposed: it takes the whole
    /// tree, so that no plan could be brought up to date that has them.
    pub callers: bool,
    /// klog's version, instead of go.mod's.
    pub klog_version: Option<Version>,
    /// Whether parts whose owners declined are skipped.
    pub declined: bool,
    /// Import path of the runtime package, instead of the rules'.
    pub runtime: Option<String>,
    /// Where request IDs come from.
    pub id_source: IdSource,
    /// Whether IDs are proposed that are those of a process, not of an operation.
    pub process_ids: bool,
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
            exclude: Patterns::default(),
            edits: Edits { request_id: true, ..Edits::structural() },
            proposes: true,
            callers: false,
            klog_version: None,
            declined: false,
            runtime: None,
            id_source: IdSource::default(),
            process_ids: false,
            shard: None,
            habits: true,
            scope: None,
            overlay: Overlay::default(),
            threads: 0,
        }
    }

    /// The same run with all fixes written, where this one asks for parts alone: its plan answers both.
    pub fn written(&self) -> Option<Self> {
        let edits = Edits { parts_alone: false, ..self.edits };
        self.edits.parts_alone.then(|| Self { edits, ..self.clone() })
    }

    /// The declarations of the checkout, as far as they are asked for.
    pub(super) fn world(&self) -> World {
        World::new(&self.root.dir, BuildContext::default(), ResolveOptions::with_module_cache())
            .with_overlay(self.overlay.clone())
    }

    /// What it walks.
    pub(super) fn walk(&self) -> WalkOptions {
        let Self { root, tests, exclude, overlay, .. } = self;
        let is_unsaved = |path: &&RelPath| root.narrow.contains(path) && !root.dir.join(&***path).exists();
        WalkOptions {
            narrow: root.narrow.clone(),
            tests: *tests,
            exclude: exclude.clone(),
            unsaved: overlay.paths().filter(is_unsaved).cloned().collect(),
            ..WalkOptions::default()
        }
    }
}

thread_local! {
    /// Whether a thread is one of a pool's.
    static IS_POOLED: Cell<bool> = const { Cell::new(false) };
}

/// Threads with room for deep expressions.
pub(crate) enum Pool {
    /// Of this run's own.
    Own(rayon::ThreadPool),
    /// Those of the run that this one is part of: what they hold is there already.
    Around,
}

impl Pool {
    /// Runs something in them.
    pub(crate) fn install<T: Send>(&self, run: impl FnOnce() -> T + Send) -> T {
        match self {
            Self::Own(pool) => pool.install(run),
            Self::Around => run(),
        }
    }
}

/// The threads that a run gets.
pub(crate) fn pool(options: &Options) -> Result<Pool, PlanError> {
    if IS_POOLED.get() {
        return Ok(Pool::Around);
    }
    // More threads than these only wait for each other, and each has its own stack.
    let most = std::thread::available_parallelism().map_or(1, usize::from) * MAX_SHARE;
    let threads = options.threads.min(most);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK_SIZE);
    Ok(Pool::Own(pool.start_handler(|_| IS_POOLED.set(true)).build()?))
}
