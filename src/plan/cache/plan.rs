//! The plan of an earlier run, taken as it is or brought up to date.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;

use super::store::Store;
use super::tree::{Difference, Older, Tree};
use crate::go::files::GeneratedFiles;
use crate::go::types::Absent;
use crate::klog::sought::FileTexts;
use crate::plan::pipeline::{self, FilePlan, FileSamples, Options, PackedPlan, Plan, PlanError, Scope, Seen};
use crate::rule::RuleSet;
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::text::digest::{Digest, Hasher};
use crate::text::disk;

/// Below so many files a plan is made sooner than it is looked up.
const WORTH_IT: usize = 200;

/// Plans, from an earlier run where that is possible.
#[derive(Clone, Debug, Default)]
pub struct Cache {
    store: Option<Store>,
    least: usize,
}

/// A plan as it is kept: without what the tree holds anyway. [`encode`] writes the same fields without a copy of them.
#[derive(BorshDeserialize)]
struct Stored {
    files: Vec<PackedPlan>,
    read: u64,
    left_alone: BTreeMap<String, u64>,
    diagnostics: Vec<Diagnostic>,
    scope: Option<Scope>,
    samples: Vec<FileSamples>,
    sought: Vec<FileTexts>,
    absent: Option<Absent>,
}

fn encode(plan: &Plan, seen: &Seen) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(8 << 20);
    (plan.files.len() as u32).serialize(&mut bytes)?;
    for file in &plan.files {
        file.pack(&mut bytes)?;
    }
    let left_alone: BTreeMap<&String, u64> = plan.left_alone.iter().map(|(why, count)| (why, *count as u64)).collect();
    (
        plan.read as u64,
        &left_alone,
        &plan.diagnostics,
        &plan.scope,
        &seen.samples,
        &plan.sought,
        plan.absent.as_deref(),
    )
        .serialize(&mut bytes)?;
    Ok(bytes)
}

/// A tree, and the name of the plan that belongs to it.
#[derive(BorshSerialize, BorshDeserialize)]
struct Entry {
    tree: Tree,
    plan: Digest,
}

impl Cache {
    /// Keeps nothing.
    pub fn off() -> Self {
        Self::default()
    }

    /// Keeps plans of large trees.
    pub fn new(store: Store) -> Self {
        Self { store: Some(store), least: WORTH_IT }
    }

    /// Keeps every plan.
    pub fn always(self) -> Self {
        Self { least: 0, ..self }
    }

    /// Makes the plan, as [`pipeline::plan`] does.
    pub fn plan(
        &self,
        options: &Options,
        rules: &RuleSet,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<Plan, PlanError> {
        if let Some(whole) = options.written()
            && let Some(plan) = self.known(&whole, rules)?
        {
            return Ok(plan);
        }
        let Some(kept) = self.kept(options, rules) else { return pipeline::plan(options, rules, progress) };
        if let Some(plan) = kept.plan()? {
            return Ok(plan);
        }
        let (plan, seen) = pipeline::watched(options, rules, progress)?;
        if plan.read >= self.least {
            pipeline::pool(options)?.install(|| save(kept.store, &kept.name, &plan, &seen, (kept.start, None)));
        }
        Ok(plan)
    }

    /// The plan, where one was kept that can be brought up to date.
    pub fn known(&self, options: &Options, rules: &RuleSet) -> Result<Option<Plan>, PlanError> {
        self.kept(options, rules).map_or(Ok(None), |kept| kept.plan())
    }

    fn kept<'k>(&'k self, options: &'k Options, rules: &'k RuleSet) -> Option<Kept<'k>> {
        // A share of the files, or a run without habits, shows too little of the tree to be brought up to date.
        let fits = options.habits && options.shard.is_none();
        let store = self.store.as_ref().filter(|_| fits)?;
        let start = SystemTime::now();
        let generated = GeneratedFiles::load(&options.root.dir);
        let name = format!("{}.tree", key(options, rules, &generated));
        Some(Kept { store, options, rules, generated, name, start })
    }
}

/// What was kept of a kind of run.
struct Kept<'k> {
    store: &'k Store,
    options: &'k Options,
    rules: &'k RuleSet,
    generated: GeneratedFiles,
    name: String,
    start: SystemTime,
}

impl Kept<'_> {
    fn plan(&self) -> Result<Option<Plan>, PlanError> {
        let Self { store, options, rules, generated, name, start } = self;
        let root = &options.root.dir;
        let pool = pipeline::pool(options)?;
        let found = pool.install(|| {
            let entry: Entry = decode(&store.get(name)?)?;
            match entry.tree.compare(root, generated, rules) {
                (Difference::Whole, _) => None,
                (difference, touched) => Some((entry, difference, touched)),
            }
        });
        let Some((entry, difference, touched)) = found else { return Ok(None) };
        let Some(old) = pool.install(|| load(store, &entry, options, &difference)) else { return Ok(None) };
        let older = Older { tree: &entry.tree, touched: &touched };
        match difference {
            Difference::None { times: false } => Ok(Some(old.0)),
            Difference::None { times: true } => {
                pool.install(|| save_tree(store, name, &old.1, (root, *start, Some(older)), entry.plan));
                Ok(Some(old.0))
            }
            Difference::Files { files, bodies } => {
                let anew = pipeline::again(options, rules, old, &files, &bodies)?;
                Ok(anew.map(|(plan, seen)| {
                    pool.install(|| save(store, name, &plan, &seen, (*start, Some(older))));
                    plan
                }))
            }
            Difference::Whole => Ok(None),
        }
    }
}

/// Names a kind of run: its options, its rules, and the very program.
fn key(options: &Options, rules: &RuleSet, generated: &GeneratedFiles) -> Digest {
    let program = std::env::current_exe().and_then(std::fs::metadata);
    let program = program.map(|metadata| (metadata.len(), metadata.modified().ok())).ok();
    let mut hasher = Hasher::default();
    hasher.part(env!("CARGO_PKG_VERSION")).part(format!("{program:?}"));
    hasher.part(pipeline::environment(options, rules, generated).to_string());
    hasher.finish()
}

fn decode<T: BorshDeserialize>(bytes: &[u8]) -> Option<T> {
    T::try_from_slice(bytes).ok()
}

/// The plan of an entry, with the bytes of its files as they are now, unless calls were only counted: who counts asks for no bytes, and
/// the tree was compared. Those of changed files are planned anew anyway.
fn load(store: &Store, entry: &Entry, options: &Options, difference: &Difference) -> Option<(Plan, Seen)> {
    let root = &options.root.dir;
    let bytes = store.get(&format!("{}.plan", entry.plan))?;
    let stored: Stored = decode(&bytes)?;
    let seen = Seen { samples: stored.samples, ..entry.tree.seen() };
    let is_changed = |path: &RelPath| matches!(difference, Difference::Files { files, .. } if files.contains(path));
    let file = |file: PackedPlan| {
        if !options.proposes {
            return Some(file.unpack(Arc::default()));
        }
        let (source, metadata) = disk::read_as_it_is(&root.join(&*file.path), disk::SOURCE).ok()?;
        // Places in a plan mean these bytes and no others.
        let same = entry.tree.holds(&file.path, &metadata, &source);
        (same || is_changed(&file.path)).then(|| file.unpack(source.into()))
    };
    let files: Option<Vec<FilePlan>> = stored.files.into_par_iter().map(file).collect();
    let plan = Plan {
        root: root.clone(),
        files: files?,
        read: stored.read as usize,
        left_alone: stored.left_alone.into_iter().map(|(reason, count)| (reason, count as usize)).collect(),
        diagnostics: stored.diagnostics,
        scope: stored.scope,
        conventions: pipeline::habits(&seen.samples),
        sought: stored.sought,
        absent: stored.absent.map(Arc::new),
        left: None,
        called: None,
        copies: OnceLock::from(entry.tree.copies.clone()),
    };
    Some((plan, seen))
}

fn save(store: &Store, name: &str, plan: &Plan, seen: &Seen, (start, older): (SystemTime, Option<Older<'_>>)) {
    if !seen.complete {
        return;
    }
    let Ok(bytes) = encode(plan, seen) else { return };
    let digest = Digest::of(&bytes);
    if let Some(tree) = save_tree(store, name, seen, (&plan.root, start, older), digest) {
        store.put(&format!("{digest}.plan"), &bytes);
        plan.copies.get_or_init(|| tree.copies);
    }
}

/// The tree, if it stood still meanwhile, so that it was saved.
fn save_tree(
    store: &Store,
    name: &str,
    seen: &Seen,
    (root, start, older): (&Path, SystemTime, Option<Older<'_>>),
    plan: Digest,
) -> Option<Tree> {
    let entry = Entry { tree: Tree::new(root, seen, start, older)?, plan };
    store.put(name, &borsh::to_vec(&entry).ok()?);
    Some(entry.tree)
}
