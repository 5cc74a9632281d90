//! Arguments that commands share, and their resolution with the configuration file: once, here.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use super::terminal::{self, Progress};
use crate::go::files::{Overlay, Root, Shard};
use crate::plan::cache::{self, Cache, Store};
use crate::plan::pipeline::{Options, Plan, ScopeOptions, SitePlan, callers, instead};
use crate::rule::{Config, IdSource, KEY_IS, Names, RequestIdConfig, RuleSet, Version, is_key};
use crate::ship::worktree::Repository;
use crate::text::counted;
use crate::text::diagnostic::{Diagnostic, Level, RelPath};
use crate::text::disk;
use crate::write::edit::{Applicability, Edits, Fix, RequestId, Target};
use crate::write::reason::{NoId, Refusal};

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// 0.
    Fine,
    /// 1: the answer is no: there is something to change, a gate is shut, a change is refused.
    Policy,
    /// 2: usage or internal error.
    Error,
    /// 3: something was not analysed, or not written.
    Incomplete,
    /// 4: refused.
    Refused,
    /// 130: interrupted.
    Interrupted,
    /// 141: nobody read the output to its end, as where SIGPIPE ends a program.
    BrokenPipe,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        ExitCode::from(match status {
            Status::Interrupted => 130,
            Status::BrokenPipe => 141,
            status => status as u8,
        })
    }
}

/// Errors that end a run.
pub type Fatal = anyhow::Error;

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Makes the choice that of the whole process.
    pub fn set(self) {
        let choice = match self {
            Self::Auto => anstream::ColorChoice::Auto,
            Self::Always => anstream::ColorChoice::Always,
            Self::Never => anstream::ColorChoice::Never,
        };
        choice.write_global();
    }
}

/// What to look at, and by which rules.
#[derive(Debug, Clone, clap::Args)]
pub struct TreeArgs {
    /// The checkout, and paths in it that narrow the run; `.` if absent.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The checkout's root, instead of the nearest directory upwards with a .git, or the topmost with a go.mod.
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Configuration file, instead of the nearest klogmod.toml upwards, up to the root.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Take the klogmod.toml of this revision, so that a change is not judged by settings that it brings along.
    #[arg(long, value_name = "REV", conflicts_with = "config")]
    pub config_from: Option<String>,
    /// Directory of rules that extend or replace the built-in ones.
    #[arg(long, value_name = "DIR")]
    pub rules: Option<PathBuf>,
    /// Version of klog to rewrite for, instead of the one in go.mod or vendor/modules.txt.
    #[arg(long, value_name = "VERSION")]
    pub klog_version: Option<Version>,
    #[command(flatten)]
    pub request_id: RequestIdArgs,
    /// Propose request IDs also where they would be those of the process: in programs in which no operation starts, and from contexts
    /// made where the call stands.
    #[arg(long)]
    pub process_ids: bool,
    /// Take _test.go files as well.
    #[arg(long)]
    pub tests: bool,
    /// Number of threads; 0: one per processor.
    #[arg(long, short = 'j', value_name = "N", default_value_t = 0)]
    pub threads: usize,
    #[command(flatten)]
    pub cache: CacheArgs,
}

/// Where what a run finds out is kept for the next.
#[derive(Debug, Clone, clap::Args)]
pub struct CacheArgs {
    /// Directory that plans of unchanged files are kept in [default: klogmod below the user's caches]. It may be deleted.
    #[arg(long, value_name = "DIR", conflicts_with = "no_cache")]
    pub cache_dir: Option<PathBuf>,
    /// Plan everything anew, and keep nothing.
    #[arg(long)]
    pub no_cache: bool,
}

impl CacheArgs {
    /// The cache; one that nobody asked for and that cannot be used is none.
    pub fn open(&self) -> Result<Cache> {
        if self.no_cache {
            return Ok(Cache::off());
        }
        match &self.cache_dir {
            Some(dir) => {
                let store = Store::open(dir).with_context(|| format!("--cache-dir: cannot use {}", dir.display()))?;
                Ok(Cache::new(store).always())
            }
            None => Ok(self.store().map_or_else(Cache::off, Cache::new)),
        }
    }

    /// Where entries go, if they can go anywhere.
    pub fn store(&self) -> Option<Store> {
        let dir = self.cache_dir.clone().or_else(cache::default_dir)?;
        Store::open(&dir).ok()
    }
}

/// What request IDs are called and where they come from.
#[derive(Debug, Clone, clap::Args)]
pub struct RequestIdArgs {
    /// Key of the request ID pair [default: requestID].
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
    /// Where request IDs come from: own, kubectl-session, traceparent, audit-id [default: own].
    #[arg(long, value_name = "SOURCE")]
    pub id_source: Option<IdSource>,
}

impl RequestIdArgs {
    /// The rules of a directory, or the built-in ones, with what the checkout's owners set and the key that is asked for.
    pub fn rules(&self, dir: Option<&Path>, config: &Config) -> Result<RuleSet> {
        if let Some(dir) = dir.filter(|dir| !dir.is_dir()) {
            bail!("{}: no such directory of rules", dir.display());
        }
        let mut rules = RuleSet::load(dir)?;
        config.extend(&mut rules)?;
        if let Some(key) = &self.key {
            if !is_key(key) {
                bail!("key `{key}` is not {KEY_IS}");
            }
            rules.carriers.key.clone_from(key);
        }
        Ok(rules)
    }

    /// The source.
    pub fn id_source(&self, config: &RequestIdConfig) -> IdSource {
        self.id_source.or(config.id_source).unwrap_or_default()
    }
}

/// Which edits are made.
#[derive(Debug, clap::Args)]
pub struct EditArgs {
    /// Edits: s, structural; r, request ID; or both.
    #[arg(long, value_name = "LIST", value_delimiter = ',', default_value = "s,r")]
    pub edits: Vec<EditKind>,
    /// What structural edits make of a call [default: contextual where most of the tree's structured calls go through a logger, else
    /// infos].
    #[arg(long, value_enum)]
    pub target: Option<Target>,
}

/// One of the two edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum EditKind {
    /// Printf-style calls become InfoS and ErrorS.
    S,
    /// Calls get the pair "requestID", ….
    R,
}

impl EditArgs {
    /// As the pipeline takes them.
    pub fn edits(&self) -> Edits {
        Edits {
            structural: self.edits.contains(&EditKind::S),
            request_id: self.edits.contains(&EditKind::R),
            target: self.target.unwrap_or_default(),
            by_habit: self.target.is_none(),
            last_resort: false,
            parts_alone: false,
        }
    }
}

/// Which fixes are taken.
#[derive(Debug, clap::Args)]
pub struct FixArgs {
    /// Only safe fixes.
    #[arg(long, conflicts_with = "display_only")]
    pub safe: bool,
    /// Also fixes that are shown only: calls that end the process.
    #[arg(long)]
    pub display_only: bool,
}

impl FixArgs {
    /// Whether a fix is taken.
    pub fn takes(&self, fix: &Fix) -> bool {
        match fix.applicability {
            Applicability::Safe => true,
            Applicability::NeedsReview => !self.safe,
            Applicability::DisplayOnly => self.display_only,
        }
    }
}

/// A plan, and the rules that it was made by.
pub struct Planned {
    /// The plan.
    pub plan: Plan,
    /// The rules.
    pub rules: RuleSet,
    /// What was asked for.
    pub options: Options,
    /// What the checkout's owners set.
    pub config: Config,
}

impl Planned {
    /// Prints what was not analysed or looks wrong, and says how complete the run was.
    pub fn report(&self) -> Status {
        self.plan.diagnostics.iter().filter(|d| d.level != Level::Note).for_each(terminal::diagnostic);
        if self.plan.diagnostics.iter().any(|d| d.level == Level::Error) { Status::Incomplete } else { Status::Fine }
    }
}

impl Planned {
    /// Names the callers of functions that hand what they are given to klog.
    pub fn with_callers(mut self) -> Result<Self> {
        let notes = callers(&self.plan, &self.options, &self.rules)?;
        self.plan.diagnostics.extend(notes);
        self.plan.diagnostics.sort();
        Ok(self)
    }

    /// What may log without being counted: for those who ask how far a tree is.
    pub fn unseen(&self) -> impl Iterator<Item = &Diagnostic> {
        self.plan.diagnostics.iter().filter(|d| d.level == Level::Note)
    }
}

/// Prints notes, of each kind the first places.
pub fn report_notes<'d>(notes: impl Iterator<Item = &'d Diagnostic>) {
    let mut kinds: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
    for note in notes {
        kinds.entry(&note.message).or_default().push(note);
    }
    for (kind, notes) in kinds {
        notes.iter().take(NOTES).for_each(|note| terminal::diagnostic(note));
        if let Some(more) = notes.len().checked_sub(NOTES).filter(|more| *more > 0) {
            terminal::note(&format!(
                "{} of this kind ({kind}); JSON output lists them all",
                counted(more, "more place")
            ));
        }
    }
}

/// Places of a kind that are named on a terminal.
const NOTES: usize = 5;

const WHOLE: &str = "no operation of the rules starts in this tree, so every call is taken; [[operation]] in klogmod.toml says where yours start";

impl TreeArgs {
    /// Loads rules and configuration, and makes the plan.
    pub fn plan(&self, edits: Edits, scope: Option<ScopeOptions>) -> Result<Planned> {
        let planned = self.plan_shard(edits, scope, None)?;
        if let Some(note) = without_operation(&planned.plan) {
            terminal::note(&note);
        }
        Ok(planned)
    }

    /// As [`TreeArgs::plan`], for a share of the files.
    pub fn plan_shard(&self, edits: Edits, scope: Option<ScopeOptions>, shard: Option<Shard>) -> Result<Planned> {
        let (options, rules) = self.options(edits)?;
        self.plan_as(Options { scope, shard, ..options }, rules)
    }

    /// As [`TreeArgs::plan`], for one file whose text is this, whatever is on disk; nothing of it is kept.
    pub fn plan_text(&self, edits: Edits, scope: Option<ScopeOptions>, at: &Path, text: Vec<u8>) -> Result<Planned> {
        let (dir, name) = match (at.parent(), at.file_name()) {
            (Some(dir), Some(name)) if !dir.as_os_str().is_empty() => (dir, name),
            (_, Some(name)) => (Path::new("."), name),
            _ => bail!("--stdin-path: {} is no file's path", at.display()),
        };
        let name = name.to_str().filter(|name| name.ends_with(".go")).context("--stdin-path: no Go file")?;
        let cache = CacheArgs { cache_dir: None, no_cache: true };
        let tree = Self { paths: vec![dir.to_owned()], cache, ..self.clone() };
        let (mut options, rules) = tree.options(edits)?;
        let path: RelPath = match options.root.narrow.first() {
            Some(dir) => format!("{dir}/{name}").into(),
            None => name.into(),
        };
        options.tests |= name.ends_with("_test.go");
        options.overlay = Overlay::new(BTreeMap::from([(path.clone(), text.into())]));
        options.root.narrow = vec![path];
        let planned = tree.plan_as(Options { scope, ..options }, rules)?;
        if let Some(note) = without_operation(&planned.plan) {
            terminal::note(&note);
        }
        Ok(planned)
    }

    /// Finds the calls, and names the callers of functions that hand what they are given to klog; proposes nothing.
    pub fn count(&self, scope: Option<ScopeOptions>) -> Result<Planned> {
        let (options, rules) = self.options(Edits::structural())?;
        self.plan_as(Options { scope, proposes: false, callers: true, ..options }, rules)
    }

    fn plan_as(&self, mut options: Options, rules: RuleSet) -> Result<Planned> {
        let progress = Progress::new("reading the checkout");
        let plan = self.cache.open()?.plan(&options, &rules, &|done, total| progress.at(done, total))?;
        progress.finish();
        let is_whole = plan.scope.as_ref().is_some_and(|scope| scope.is_whole);
        if plan.is_empty() {
            terminal::note(&nothing(plan.read, &instead(&options, &rules)?));
        } else if options.scope.as_ref().is_some_and(|scope| scope.narrows) && is_whole {
            terminal::note(WHOLE);
        }
        let settled = options.edits.settled(&plan.conventions);
        if let Some((through, of)) = plan.conventions.through_loggers().filter(|_| settled != options.edits) {
            terminal::note(&format!(
                "{through} of the tree's {of} structured calls go through a logger, so that these do: --target=contextual; --target=infos makes InfoS and ErrorS"
            ));
        }
        options.edits = settled;
        let (config, _) = self.configuration(&options.root)?;
        Ok(Planned { plan, rules, options, config })
    }

    /// The settings, and the directory that their paths start from.
    pub fn configuration(&self, root: &Root) -> Result<(Config, PathBuf)> {
        let Some(revision) = &self.config_from else { return configuration(root, self.config.as_deref()) };
        let repository = Repository::open(&root.dir)?;
        let files = repository.files(&repository.commit(revision)?.id)?;
        let name = format!("{CONFIG} of {revision}");
        let config = match files.get(CONFIG).filter(|blob| !blob.is_link) {
            Some(blob) => {
                let text = disk::utf8(repository.blobs()?.read(&blob.id)?).context(name.clone())?;
                Config::parse(Path::new(&name), &text)?
            }
            None => Config::default(),
        };
        Ok((config, root.dir.clone()))
    }

    /// What the arguments and the configuration file ask for together, and the rules to do it by.
    pub fn options(&self, edits: Edits) -> Result<(Options, RuleSet)> {
        let root = Root::find(&self.paths, self.root.as_deref())?;
        let (config, config_dir) = self.configuration(&root)?;
        let given = self.rules.clone().or_else(|| config.rules.as_ref().map(|dir| config_dir.join(dir)));
        let rules = self.request_id.rules(given.as_deref(), &config)?;
        let names = Names::within(&root.dir, &rules.keys.reserved)?;
        let rules = rules.with_names(names);
        let options = Options {
            root,
            tests: self.tests || config.tests,
            exclude: config.scope.exclude.clone(),
            edits,
            callers: false,
            proposes: true,
            klog_version: self.klog_version.or(config.klog_version),
            declined: config.scope.declined,
            runtime: config.request_id.import.clone(),
            id_source: self.request_id.id_source(&config.request_id),
            process_ids: self.process_ids,
            shard: None,
            habits: true,
            scope: None,
            overlay: Overlay::default(),
            threads: self.threads,
        };
        Ok((options, rules))
    }
}

/// Says that no call was found, and what logs instead.
fn nothing(read: usize, others: &[(String, usize)]) -> String {
    let listed: Vec<String> =
        others.iter().take(NOTES).map(|(logger, count)| format!("{count} through {logger}")).collect();
    let instead = match listed.is_empty() {
        true => String::new(),
        false => format!("; files that log otherwise, which is not looked at: {}", listed.join(", ")),
    };
    let files = match read {
        0 => "there is no Go file to read".to_owned(),
        1 => "the one Go file that was read does not log with klog or a logr logger".to_owned(),
        _ => format!("none of the {read} Go files that were read logs with klog or a logr logger"),
    };
    format!("nothing was found: {files}{instead}")
}

/// Says how many fixes are structure only because the ID would be that of a process.
fn without_operation(plan: &Plan) -> Option<String> {
    let is_of_process = |fix: &&Fix| match &fix.request_id {
        Some(RequestId::None(reason)) => {
            matches!(reason, NoId::ProcessContext | NoId::Refused { refusal: Refusal::NoOperation })
        }
        _ => false,
    };
    let count = plan.sites().filter_map(SitePlan::fix).filter(is_of_process).count();
    (count > 0).then(|| {
        let get = if count == 1 { "gets its" } else { "get their" };
        let calls = counted(count, "call");
        format!("{calls} {get} structure only: a request ID would be that of the process, not of an operation; --process-ids adds it")
    })
}

/// Name of the configuration file.
pub const CONFIG: &str = "klogmod.toml";

/// The configuration file's settings, and the directory that its paths start from.
pub fn configuration(root: &Root, given: Option<&Path>) -> Result<(Config, PathBuf)> {
    if let Some(path) = given {
        return Ok((Config::load(path)?, path.parent().map_or_else(PathBuf::new, Path::to_owned)));
    }
    match nearest(root) {
        Some(path) => {
            let below = crate::go::files::relative(&root.dir, &path).context("the path is not UTF-8")?;
            Ok((Config::within(&root.dir, &below)?, path.parent().map_or_else(PathBuf::new, Path::to_owned)))
        }
        None => Ok((Config::default(), root.dir.clone())),
    }
}

/// klogmod.toml upwards from the first narrowing path to the root.
fn nearest(root: &Root) -> Option<PathBuf> {
    let start = root.narrow.first().map_or_else(|| root.dir.clone(), |path| root.dir.join(&**path));
    let inside = start.ancestors().take_while(|dir| dir.starts_with(&root.dir));
    inside.map(|dir| dir.join(CONFIG)).find(|path| path.symlink_metadata().is_ok())
}

/// Creates a directory for output.
pub fn create_dir(dir: &Path) -> Result<()> {
    std::fs::create_dir_all(dir).with_context(|| format!("cannot create {}", dir.display()))
}
