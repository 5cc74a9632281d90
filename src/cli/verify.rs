//! `klogmod verify`: the plan, proven with Go's own tools on a scratch copy.

use std::io::Write;
use std::sync::atomic::Ordering;

use anyhow::Result;
use clap::ValueEnum;

use super::args::{EditArgs, FixArgs, Planned, Status, TreeArgs};
use super::decide::set;
use super::decisions::DecisionArgs;
use super::scope::ScopeArgs;
use super::terminal::{self, Progress};
use crate::decide::change::Changes;
use crate::decide::decision::{self, Verdict};
use crate::go::parse::LazyTree;
use crate::plan::cache::Store;
use crate::plan::report::inert_json;
use crate::plan::report::style::{BOLD, harmless, styled};
use crate::prove::{Candidate, Configuration, Demoted, Go, GoError, Proof, Settings, Subject, verify};
use crate::ship::along::packages;
use crate::text::diagnostic::Diagnostic;
use crate::text::digest::{Digest, Hasher};
use crate::text::{FileChange, counted};
use crate::write::edit::Fix;

/// Prove the plan on a scratch copy: gofmt, go build, go vet, and logcheck where it is installed.
///
/// A package that fails as it is is not blamed on the plan. A fix that breaks one is taken back, with what the tool said as
/// the reason; exit code 1 tells so. Exit code 3: some fixes were compiled by no configuration.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    fixes: FixArgs,
    #[command(flatten)]
    decisions: DecisionArgs,
    /// Only fixes that somebody accepted or edited.
    #[arg(long)]
    accepted_only: bool,
    /// Only changes in these directories and below; several with commas.
    #[arg(long, value_name = "DIRS", value_delimiter = ',')]
    packages: Vec<String>,
    /// Build only packages with changes, not those that depend on them.
    #[arg(long)]
    no_dependants: bool,
    /// Number of packages to build at once; 0: as Go likes.
    #[arg(long, value_name = "N", default_value_t = 0)]
    jobs: usize,
    /// Systems to build for, with commas; this machine's if absent.
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    goos: Vec<String>,
    /// Build tags, with commas.
    #[arg(long, value_name = "LIST", default_value = "")]
    tags: String,
    /// Record what had to be taken back as rejected, with its reason, in the decisions file.
    #[arg(long)]
    reject: bool,
    /// Forget what an earlier run of the same plan took back.
    #[arg(long)]
    restart: bool,
    /// Output: text for people; json, one document.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let go = Go::find(args.jobs)?;
    let planned = args.tree.plan(args.edits.edits(), args.scope.options()?)?;
    let status = planned.report();
    let mut decisions = args.decisions.load(&planned.plan.root)?;
    let changes = planned.changes(&decisions);
    let subjects = args.subjects(&changes);
    let extras = args.extras(&planned, &subjects)?;
    let memory = Memory::new(args, &go, &planned, &subjects);
    let settings = Settings {
        checkout: planned.plan.root.clone(),
        configurations: args.configurations(),
        dependants: !args.no_dependants,
        extras,
        known: if args.restart { Vec::new() } else { memory.recall() },
    };
    if !settings.known.is_empty() {
        terminal::note(&format!(
            "{} fixes were taken back by an earlier run (--restart asks again)",
            settings.known.len()
        ));
    }
    // Go gets the signal as well and ends; what it was asked is not what it then says.
    let interrupted = terminal::interruption();
    let stop = || interrupted.load(Ordering::Relaxed);
    let progress = Progress::new("asking go");
    let mut say = |message: &str| progress.note(message);
    let proof = verify(&go, &settings, &subjects, &mut say, &mut |demoted| memory.keep(demoted), &stop);
    progress.finish();
    let proof = match proof {
        Err(GoError::Interrupted) => {
            terminal::error("interrupted: nothing is claimed; the same command goes on with what it has found so far");
            return Ok(Status::Interrupted);
        }
        other => other?,
    };
    let mut out = std::io::BufWriter::new(anstream::stdout());
    match args.format {
        Format::Text => text(&proof, &mut out)?,
        Format::Json => inert_json::document(&proof, &mut out)?,
    }
    out.flush()?;
    if args.reject {
        let before = decisions.clone();
        for demoted in &proof.demoted {
            let reason = format!("{}: {}", demoted.check.name(), demoted.reason);
            for change in changes.list.iter().filter(|change| change.subject.fingerprint == demoted.fingerprint) {
                set(&mut decisions, change, Some(Verdict::Rejected { reason: reason.clone() }));
            }
        }
        decision::update(&args.decisions.path(&planned.plan.root), &before, &decisions)?;
    }
    Ok(match status {
        Status::Fine if !proof.demoted.is_empty() || proof.is_broken() => Status::Policy,
        Status::Fine if !proof.unproven.is_empty() => Status::Incomplete,
        other => other,
    })
}

fn text(proof: &Proof, out: &mut dyn Write) -> std::io::Result<()> {
    let line = |text: &str| harmless(text).replace('\n', " ");
    for demoted in &proof.demoted {
        let place = format!("{}:{}", demoted.path, demoted.line);
        writeln!(
            out,
            "{} taken back: {}: {}",
            styled(BOLD, &line(&place)),
            demoted.check.name(),
            line(&demoted.reason)
        )?;
    }
    for configuration in &proof.configurations {
        for (what, packages) in [
            ("failed before, so nothing is claimed", &configuration.failed_before),
            ("builds; vet cannot load it", &configuration.unvetted),
            ("fails now", &configuration.broken),
        ] {
            for package in packages {
                writeln!(out, "{} {what}: {}", styled(BOLD, &line(&package.name)), line(&package.message))?;
            }
        }
        let (passed, failed) = (configuration.passed, configuration.failed_before.len());
        writeln!(
            out,
            "{}: passed by {}, {failed} failed before",
            configuration.configuration,
            counted(passed, "package")
        )?;
    }
    for file in &proof.unproven {
        writeln!(out, "{} not proven: {}", styled(BOLD, &line(&file.name)), line(&file.message))?;
    }
    let unproven = proof.unproven.len();
    writeln!(
        out,
        "{} proven, {} taken back, {} not proven ({})",
        counted(proof.proven, "fix"),
        proof.demoted.len(),
        counted(unproven, "file"),
        proof.go
    )
}

impl Args {
    fn configurations(&self) -> Vec<Configuration> {
        let of = |os: Option<String>| Configuration { os, tags: self.tags.clone() };
        if self.goos.is_empty() { vec![of(None)] } else { self.goos.iter().cloned().map(Some).map(of).collect() }
    }

    /// The fixes to prove, by file; what cannot be made is complained about.
    fn subjects<'p>(&self, changes: &Changes<'p>) -> Vec<Subject<'p>> {
        let choice = self.fixes.choice(self.accepted_only);
        let below = |path: &str, dir: &str| {
            let dir = dir.trim_end_matches('/');
            path.strip_prefix(dir).is_some_and(|rest| rest.starts_with('/')) || dir == "."
        };
        let wanted = |path: &str| self.packages.is_empty() || self.packages.iter().any(|dir| below(path, dir));
        let mut subjects: Vec<Subject<'p>> = Vec::new();
        for change in changes.list.iter().filter(|change| wanted(&change.file.path)) {
            let fix = match choice.of(change) {
                Ok(Some(fix)) => fix,
                Ok(None) => continue,
                Err(error) => {
                    let left_out = Diagnostic::error(change.file.path.clone(), format!("left out: {error}"));
                    terminal::diagnostic(&left_out.at(change.site.site.position));
                    continue;
                }
            };
            let candidate = Candidate { site: change.site, fix };
            match subjects.last_mut() {
                Some(last) if last.file.path == change.file.path => last.candidates.push(candidate),
                _ => subjects.push(Subject { file: change.file, candidates: vec![candidate] }),
            }
        }
        subjects
    }

    /// The runtime package, in each module whose fixes need it and that lacks it.
    fn extras(&self, planned: &Planned, subjects: &[Subject<'_>]) -> Result<Vec<FileChange>> {
        if !self.edits.edits().request_id {
            return Ok(Vec::new());
        }
        let fixed = |subject: &Subject<'_>| {
            let fixes: Vec<&Fix> = subject.candidates.iter().map(|candidate| &*candidate.fix).collect();
            subject.file.with_fixes(&LazyTree::new(&subject.file.source), &fixes).ok()
        };
        let changes: Vec<FileChange> = subjects.iter().filter_map(fixed).collect();
        let packages = packages(&planned.plan.root, &planned.names(), &changes.iter().collect::<Vec<_>>())?;
        Ok(packages.into_iter().flat_map(|package| package.files).collect())
    }
}

/// What a run took back, for one that goes on where it was stopped.
struct Memory {
    store: Option<Store>,
    name: String,
}

impl Memory {
    fn new(args: &Args, go: &Go, planned: &Planned, subjects: &[Subject<'_>]) -> Self {
        let mut hasher = Hasher::default();
        hasher.part(planned.plan.root.as_os_str().as_encoded_bytes()).part(&go.version);
        hasher.part(format!("{:?} {}", args.configurations(), args.no_dependants));
        for subject in subjects {
            hasher.part(&*subject.file.path).part(Digest::of(&subject.file.source).to_string());
            for candidate in &subject.candidates {
                hasher.part(&candidate.fix.after);
            }
        }
        let store = if args.tree.cache.no_cache { None } else { args.tree.cache.store() };
        Self { store, name: format!("{}.verify", hasher.finish()) }
    }

    fn recall(&self) -> Vec<Demoted> {
        let bytes = self.store.as_ref().and_then(|store| store.get(&self.name));
        bytes.and_then(|bytes| borsh::from_slice(&bytes).ok()).unwrap_or_default()
    }

    fn keep(&self, demoted: &[Demoted]) {
        if let (Some(store), Ok(bytes)) = (&self.store, borsh::to_vec(demoted)) {
            store.put(&self.name, &bytes);
        }
    }
}
