//! `klogmod coverage` and `klogmod merge`: how far a tree is.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::args::{Planned, Status, TreeArgs};
use super::decisions::DecisionArgs;
use super::outputs::{ReportArgs, ended, summaries};
use super::terminal::{self, Progress};
use crate::decide::owners::Owners;
use crate::go::files::Shard;
use crate::klog::fingerprint::digest;
use crate::measure::coverage::{Report, Source, add_environment, check_sums, merge, of_plan};
use crate::measure::history::{self, History, timeline};
use crate::measure::publish::{Document, Format};
use crate::path::Selection;
use crate::plan::pipeline::{Options, ScopeOptions};
use crate::rule::RuleSet;
use crate::ship::worktree::{self, Repository};
use crate::text::diagnostic::Level;
use crate::text::disk;
use crate::write::edit::Edits;

/// Tell how far a tree is: every klog call in exactly one part, by component, directory, owner and SIG.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    report: ReportArgs,
    #[command(flatten)]
    decisions: DecisionArgs,
    #[command(flatten)]
    paths: PathArgs,
    /// Look at one share of the files: 1/4 to 4/4. klogmod merge joins the JSON reports of all.
    #[arg(long, value_name = "K/N", conflicts_with = "volume")]
    shard: Option<Shard>,
    /// Look at this commit instead of the worktree; may be given several times.
    #[arg(long, value_name = "REV", conflicts_with_all = ["shard", "volume"])]
    at: Vec<String>,
    /// Look at the newest N commits of the main line.
    #[arg(long, value_name = "N", conflicts_with_all = ["shard", "volume", "at"])]
    history: Option<usize>,
    /// With --history, spread the N commits over all since REV.
    #[arg(long, value_name = "REV", requires = "history")]
    since: Option<String>,
}

/// How calls are set in relation to an operator's operations.
#[derive(Debug, Default, clap::Args)]
pub struct PathArgs {
    /// What the cluster is made of, as in rules/environments.toml; may be given several times.
    #[arg(long, value_name = "NAME")]
    pub environment: Vec<String>,
    /// How many calls away from where an operation starts.
    #[arg(long, value_name = "N")]
    pub max_depth: Option<u32>,
}

impl PathArgs {
    /// All operations in an environment; nothing is left out.
    pub fn scope(&self, environment: Option<&String>) -> ScopeOptions {
        let everything = Selection::everything();
        let selection = Selection { environment: environment.cloned(), max_depth: self.max_depth, ..everything };
        ScopeOptions { selection, narrows: false }
    }
}

/// Join the JSON reports of shards.
#[derive(Debug, clap::Args)]
pub struct MergeArgs {
    /// JSON reports, in any order.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    report: ReportArgs,
}

/// Runs `coverage`.
pub fn run(args: &Args) -> Result<Status> {
    if args.history.is_some() || !args.at.is_empty() {
        return past(args);
    }
    let (planned, mut report) = measure(&args.tree, &args.decisions, &args.paths, Edits::parts(), args.shard)?;
    args.report.weigh(&mut report)?;
    args.report.write(&report, args.report.measure(&planned.config.gate)?, &planned.rules, None)?;
    Ok(ended(&planned, planned.unseen(), false))
}

/// Makes a plan and its report. `edits`: [`Edits::parts`], or more for who asks what fixes change.
pub fn measure(
    tree: &TreeArgs,
    decisions: &DecisionArgs,
    paths: &PathArgs,
    edits: Edits,
    shard: Option<Shard>,
) -> Result<(Planned, Report)> {
    let planned = tree.plan_shard(edits, Some(paths.scope(paths.environment.first())), shard)?;
    measured(planned.with_callers()?, tree, decisions, paths, shard)
}

/// As [`measure`], of a plan that is there, in all environments.
pub fn measured(
    planned: Planned,
    tree: &TreeArgs,
    decisions: &DecisionArgs,
    paths: &PathArgs,
    shard: Option<Shard>,
) -> Result<(Planned, Report)> {
    let mut report = report_of(&planned, decisions, paths, shard)?;
    for name in paths.environment.iter().skip(1) {
        let options = Options { scope: Some(paths.scope(Some(name))), ..planned.options.clone() };
        let progress = Progress::new("reading the checkout");
        add_environment(
            &mut report,
            &tree.cache.open()?.plan(&options, &planned.rules, &|done, total| progress.at(done, total))?,
            name,
        );
    }
    check_sums(&report)?;
    Ok((planned, report))
}

/// The report of a plan that is there, in its own environment.
pub fn report_of(
    planned: &Planned,
    decisions: &DecisionArgs,
    paths: &PathArgs,
    shard: Option<Shard>,
) -> Result<Report> {
    let environment = |name: Option<&String>| name.or(planned.rules.environments.default.as_ref()).cloned();
    let decided = decisions.load(&planned.plan.root)?;
    let options = &planned.options;
    let asked = format!(
        "{:?} {} {:?} {} {:?} {:?} {} {:?} {:?} {:?}",
        options.root.narrow,
        options.tests,
        options.exclude,
        options.declined,
        options.klog_version,
        options.runtime,
        planned.rules.carriers.key,
        (options.id_source, options.process_ids),
        decided,
        paths,
    );
    let source = Source {
        rules: &planned.rules,
        decisions: &decided,
        revision: worktree::head(&planned.plan.root).map(|(name, _)| name),
        settings: digest(&asked),
        environment: environment(paths.environment.first()).unwrap_or_default(),
        shard,
    };
    let mut owners = Owners::load(&planned.plan.root);
    let report = of_plan(&planned.plan, &source, &mut owners);
    for complaint in owners.complaints() {
        terminal::diagnostic(complaint);
    }
    Ok(report)
}

/// Coverage of commits.
fn past(args: &Args) -> Result<Status> {
    let (options, rules) = args.tree.options(Edits::parts())?;
    let (config, _) = args.tree.configuration(&options.root)?;
    let repository = Repository::open(&options.root.dir)?;
    let commits = match args.history {
        Some(count) => repository.history(count, args.since.as_deref())?,
        None => args.at.iter().map(|revision| repository.commit(revision)).collect::<Result<_, _>>()?,
    };
    let progress = Progress::new("reading commits");
    let points = timeline(&repository, &commits, &options, &rules, &|done, total| progress.at(done * 64, total * 64))?;
    progress.finish();
    let unread = points.iter().any(|point| point.totals.parts.not_analysed > 0);
    let measure = args.report.measure(&config.gate)?;
    let history = History {
        schema: history::SCHEMA.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        rules: rules.digest.clone(),
        measure,
        points,
    };
    // Histories leave paths out: what a page shows by operation is the worktree's.
    let now = match args.history {
        Some(_) if args.report.wants(Format::Html) => {
            Some(self::measure(&args.tree, &args.decisions, &args.paths, Edits::parts(), None)?)
        }
        _ => None,
    };
    let rules = summaries(&rules);
    let command = "klogmod coverage --history";
    let document = now.as_ref().map(|(_, report)| Document {
        report,
        measure,
        command,
        rules: &rules,
        passed: None,
        differing: None,
    });
    args.report.write_with(&|format, out| Ok(history::write(&history, document.as_ref(), format, out)?))?;
    let unread = unread || now.is_some_and(|(planned, _)| planned.report() == Status::Incomplete);
    Ok(if unread { Status::Incomplete } else { Status::Fine })
}

/// Runs `merge`.
pub fn join(args: &MergeArgs) -> Result<Status> {
    let reports = args.files.iter().map(|path| Ok((path.display().to_string(), load(path)?)));
    let mut report = merge(reports.collect::<Result<Vec<_>>>()?)?;
    if args.report.volume.is_some() && report.volume.is_some() {
        bail!("these reports are weighed already");
    }
    args.report.weigh(&mut report)?;
    args.report.write(&report, args.report.measure.unwrap_or_default(), &RuleSet::builtin()?, None)?;
    if let Some(shards) = &report.shards {
        let missing: Vec<String> = shards.missing().iter().map(u32::to_string).collect();
        terminal::note(&format!("shards {} of {} are missing", missing.join(", "), shards.of));
    }
    let unread = report.diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error);
    unread.clone().for_each(terminal::diagnostic);
    Ok(if unread.count() > 0 || report.shards.is_some() { Status::Incomplete } else { Status::Fine })
}

/// Reads a JSON report.
fn load(path: &Path) -> Result<Report> {
    let text = disk::read_named(path, disk::DOCUMENT)
        .and_then(disk::utf8)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let report: Report = serde_json::from_str(&text)
        .with_context(|| format!("{} is no report of klogmod coverage --output json=FILE", path.display()))?;
    check_sums(&report).with_context(|| path.display().to_string())?;
    Ok(report)
}
