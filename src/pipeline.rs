//! The spine: a checkout and rules in, a plan out. A plan is a pure function of the two.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::Arc;

use globset::GlobSet;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use tree_sitter::{Node, Tree};

use crate::callsite::{CallSite, Class, Recognizer};
use crate::diagnostic::{Diagnostic, RelPath};
use crate::fingerprint::{Fingerprint, Namer};
use crate::format::constant_string;
use crate::index::Imports;
use crate::keyvalue::Place;
use crate::module::{BuildContext, Modules, ResolveOptions};
use crate::parse::{self, ParsedFile, SourceFile};
use crate::rewrite::{Edits, FileFix, Fix, Outcome, Proposer, Skip, SkipReason, file_fix};
use crate::rule::{RuleSet, Version};
use crate::suppress::{Suppression, suppressions};
use crate::syntax::{self, kind, named_children};
use crate::types::{self, FileTypes, Scopes, TooDeep, Visitor, World};
use crate::walk::{self, GeneratedFiles, PatternError, Root, WalkOptions};

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
            Outcome::Fix(fix) if wanted(fix) => Some(fix),
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
}

impl Plan {
    /// All call sites.
    pub fn sites(&self) -> impl Iterator<Item = &SitePlan> {
        self.files.iter().flat_map(|file| &file.sites)
    }
}

/// Why there is no plan at all.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// A pattern is none.
    #[error("{0}")]
    Pattern(#[from] PatternError),
    /// The threads could not be started.
    #[error("the threads could not be started: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// Makes the plan. `progress` is told how many files are done, of how many.
pub fn plan(options: &Options, rules: &RuleSet, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Plan, PlanError> {
    let walk_options =
        WalkOptions { narrow: options.root.narrow.clone(), tests: options.tests, exclude: options.exclude.clone() };
    let walked = walk::walk(&options.root.dir, &walk_options, &rules.scope)?;
    let stage = Stage::new(options, rules)?;
    let done = std::sync::atomic::AtomicUsize::new(0);
    let total = walked.files.len();
    let pool = rayon::ThreadPoolBuilder::new().num_threads(options.threads).stack_size(STACK_SIZE).build()?;
    let results: Vec<FileResult> = pool.install(|| {
        walked
            .files
            .par_iter()
            .map(|path| {
                let result = catch_unwind(AssertUnwindSafe(|| stage.file(path))).unwrap_or_else(|_| {
                    FileResult::failed(Diagnostic::error(
                        path.clone(),
                        "not analysed: klogmod failed on this file; please report it",
                    ))
                });
                progress(done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1, total);
                result
            })
            .collect()
    });
    let mut plan = Plan {
        root: options.root.dir.clone(),
        files: Vec::new(),
        read: total,
        left_alone: walked.left_alone,
        diagnostics: walked.diagnostics,
    };
    for result in results {
        plan.files.extend(result.plan);
        plan.diagnostics.extend(result.diagnostics);
        if let Some(reason) = result.left_alone {
            *plan.left_alone.entry(reason.to_owned()).or_default() += 1;
            plan.read -= 1;
        }
    }
    plan.diagnostics.sort();
    Ok(plan)
}

#[derive(Default)]
struct FileResult {
    plan: Option<FilePlan>,
    left_alone: Option<&'static str>,
    diagnostics: Vec<Diagnostic>,
}

impl FileResult {
    fn failed(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }
}

/// What all files share.
struct Stage<'a> {
    options: &'a Options,
    rules: &'a RuleSet,
    generated: GeneratedFiles,
    modules: Modules<'a>,
    world: World,
    object_packages: GlobSet,
    request_contexts: GlobSet,
    declined: Vec<(GlobSet, &'a str)>,
}

impl<'a> Stage<'a> {
    fn new(options: &'a Options, rules: &'a RuleSet) -> Result<Self, PatternError> {
        let klog = rules.log_calls.import_paths.last().map_or("", String::as_str);
        let declined = rules.scope.declined.iter().filter(|_| options.declined);
        Ok(Self {
            options,
            rules,
            generated: GeneratedFiles::load(&options.root.dir),
            modules: Modules::new(&options.root.dir, klog),
            world: World::new(&options.root.dir, BuildContext::default(), ResolveOptions::default()),
            object_packages: walk::patterns(&rules.values.object_packages)?,
            request_contexts: walk::patterns(&rules.carriers.request_contexts)?,
            declined: declined.map(|d| Ok((walk::patterns(&d.paths)?, d.reason.as_str()))).collect::<Result<_, _>>()?,
        })
    }

    fn file(&self, path: &RelPath) -> FileResult {
        let full = self.options.root.dir.join(&**path);
        let bytes = match std::fs::read(&full) {
            Ok(bytes) => bytes,
            Err(error) => return FileResult::failed(Diagnostic::error(path.clone(), format!("not analysed: {error}"))),
        };
        if self.generated.contains(path) || parse::is_generated(&bytes) {
            return FileResult { left_alone: Some(walk::GENERATED), ..FileResult::default() };
        }
        if !parse::mentions_klog(&bytes) {
            return FileResult::default();
        }
        if bytes.len() as u64 > MAX_FILE_SIZE {
            let message = format!("not analysed: {} bytes are more than {MAX_FILE_SIZE}", bytes.len());
            return FileResult::failed(Diagnostic::error(path.clone(), message).help("split the file or exclude it"));
        }
        match parse::parse(SourceFile { path: path.clone(), bytes: bytes.into() }) {
            Ok(file) => self.parsed(&file),
            Err(diagnostic) => FileResult::failed(diagnostic),
        }
    }

    fn parsed(&self, file: &ParsedFile) -> FileResult {
        let root = file.tree.root_node();
        let source = &file.source.bytes;
        let imports = Imports::of(root, source);
        let recognizer = Recognizer::new(&self.rules.log_calls, file, &imports);
        if !recognizer.has_klog() {
            return FileResult::default();
        }
        let dir = file.source.path.rsplit_once('/').map_or("", |(dir, _)| dir);
        let klog = self.options.klog_version.or_else(|| self.modules.version(dir)).unwrap_or(OLDEST_KLOG);
        let constants = constants(root, source);
        let constant = |name: &str| constants.get(name).cloned();
        let types = self.world.file(file);
        let proposer = Proposer {
            rules: self.rules,
            edits: self.options.edits,
            runtime: self.options.runtime.as_deref().unwrap_or(&self.rules.carriers.import),
            key: self.options.key.as_deref().unwrap_or(&self.rules.carriers.key),
            request_contexts: &self.request_contexts,
            constant: &constant,
        };
        let declined =
            self.declined.iter().find(|(set, _)| set.is_match(&*file.source.path)).map(|(_, reason)| *reason);
        let mut visitor = FileVisitor {
            stage: self,
            file,
            imports: &imports,
            recognizer,
            proposer,
            types: &types,
            klog,
            declined,
            sites: Vec::new(),
        };
        if let Err(TooDeep(at)) = types::walk(root, source, &mut visitor) {
            let message = format!("not analysed: nested deeper than {} levels", types::MAX_DEPTH);
            return FileResult::failed(
                Diagnostic::error(file.source.path.clone(), message).at(file.lines.line_col(at)),
            );
        }
        let mut sites = visitor.sites;
        sites.sort_by_key(|s| (s.site.span.start, s.site.span.end));
        name(&mut sites, file);
        let diagnostics = suppress(&mut sites, suppressions(file, &self.rules.scope.suppress), file);
        let mut plan = FilePlan { path: file.source.path.clone(), source: source.clone(), klog, sites };
        retract_broken(&mut plan, &file.tree);
        FileResult { plan: Some(plan), left_alone: None, diagnostics }
    }
}

/// Package-level string constants of one file, by name.
fn constants(root: Node<'_>, source: &[u8]) -> FxHashMap<String, String> {
    let mut constants = FxHashMap::default();
    for declaration in named_children(root).filter(|n| n.kind_id() == kind::CONST_DECLARATION) {
        for spec in named_children(declaration) {
            let names: Vec<_> = syntax::children_by_field(spec, syntax::field::NAME).filter(|n| n.is_named()).collect();
            let Some(list) = spec.child_by_field_id(syntax::field::VALUE) else { continue };
            for (name, value) in names.into_iter().zip(named_children(list)) {
                let known = |name: &str| constants.get(name).cloned();
                if let Some(value) = constant_string(value, source, &known) {
                    constants.insert(syntax::text(name, source).to_owned(), value);
                }
            }
        }
    }
    constants
}

/// Gives each site its fingerprint.
fn name(sites: &mut [SitePlan], file: &ParsedFile) {
    let (root, source) = (file.tree.root_node(), &file.source.bytes);
    let mut namer = Namer::new(&file.source.path);
    for plan in sites {
        let span = plan.site.span;
        if let Some(node) = root.descendant_for_byte_range(span.start, span.end) {
            plan.fingerprint = namer.name(&plan.site.function, node, source);
        }
    }
}

/// Marks what comments keep as it is, and returns what is wrong with those comments.
fn suppress(sites: &mut [SitePlan], suppressions: Vec<Suppression>, file: &ParsedFile) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    for suppression in suppressions {
        let mut used = false;
        for plan in sites.iter_mut() {
            let last = file.lines.line_col(plan.site.span.end).line;
            if (plan.site.position.line..=last).contains(&suppression.covers) && plan.site.class != Class::FunctionValue
            {
                plan.outcome = Outcome::Suppressed(suppression.clone());
                used = true;
            }
        }
        complaints.extend(suppression.complaint(&file.source.path, used));
    }
    complaints
}

/// Fixes that do not parse are never shown: each becomes a skip that says so.
fn retract_broken(plan: &mut FilePlan, tree: &Tree) {
    let fixes: Vec<_> = plan.fixes(&|_| true).collect();
    if fixes.is_empty() || file_fix(&plan.path, &plan.source, tree, &fixes).is_ok() {
        return;
    }
    let (path, source) = (plan.path.clone(), plan.source.clone());
    for site in &mut plan.sites {
        let Outcome::Fix(fix) = &site.outcome else { continue };
        if let Err(error) = file_fix(&path, &source, tree, &[fix]) {
            site.outcome = Outcome::Skip(Skip::new(SkipReason::DoesNotParse, error.to_string()));
        }
    }
}

struct FileVisitor<'v, 't> {
    stage: &'v Stage<'v>,
    file: &'t ParsedFile,
    imports: &'v Imports,
    recognizer: Recognizer<'v>,
    proposer: Proposer<'v>,
    types: &'v FileTypes<'v, 'v>,
    klog: Version,
    declined: Option<&'v str>,
    sites: Vec<SitePlan>,
}

impl<'t> Visitor<'t> for FileVisitor<'_, 't> {
    fn enter(&mut self, node: Node<'t>, scopes: &Scopes<'t>) {
        match node.kind_id() {
            kind::CALL_EXPRESSION => {
                let Some(call) = self.recognizer.call(node, scopes) else { return };
                let outcome = match self.declined {
                    Some(reason) if call.site.class == Class::Unstructured => {
                        Outcome::Skip(Skip::new(SkipReason::Declined, reason))
                    }
                    _ => {
                        let place = Place {
                            rules: self.stage.rules,
                            object_packages: &self.stage.object_packages,
                            file: self.file,
                            imports: self.imports,
                            scopes,
                            types: self.types,
                            klog: self.klog,
                            qualifier: &call.klog.qualifier,
                        };
                        self.proposer.propose(&call, &place)
                    }
                };
                self.sites.push(SitePlan { fingerprint: Fingerprint::default(), site: call.site, outcome });
            }
            kind::SELECTOR_EXPRESSION | kind::IDENTIFIER => {
                if let Some(site) = self.recognizer.function_value(node, scopes) {
                    let detail = "the function is passed or stored, not called";
                    let outcome = Outcome::Skip(Skip::new(SkipReason::FunctionValue, detail));
                    self.sites.push(SitePlan { fingerprint: Fingerprint::default(), site, outcome });
                }
            }
            _ => {}
        }
    }
}
