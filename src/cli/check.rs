//! `klogmod check`: the gate.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tree_sitter::Tree;

use super::along::RuntimeArgs;
use super::args::{CONFIG, Planned, Status, TreeArgs};
use super::coverage::{PathArgs, measure};
use super::decisions::DecisionArgs;
use super::outputs::{ReportArgs, ended};
use super::terminal;
use crate::go::parse::parse_bytes;
use crate::klog::lint::Violation;
use crate::measure::coverage::Report;
use crate::measure::gate::{self, Baseline, Judged, Judgement, judge};
use crate::measure::history;
use crate::plan::pipeline::SitePlan;
use crate::rule::{GateConfig, RuleSet};
use crate::ship::worktree::{self, Repository, State};
use crate::text::did_you_mean;
use crate::text::disk;
use crate::write::edit::{FileEdits, Outcome, file_fix};

/// Files that are named on a line.
const NAMED: usize = 3;

/// Fail where a tree got worse: new unstructured calls, lost request IDs, broken rules, rates that are not reached.
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
    /// Compare with this revision, from where the current commit branched off, instead of the baseline.
    #[arg(long, value_name = "REV", conflicts_with = "baseline")]
    new_from: Option<String>,
    /// The baseline, instead of klogmod.baseline.toml at the checkout's root.
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Let a baseline pass that allows more than there is.
    #[arg(long)]
    allow_slack: bool,
    #[command(flatten)]
    runtime: RuntimeArgs,
    /// Mend structured calls that break a rule, rewrite calls that keep the gate shut, and check again.
    #[arg(long)]
    fix: bool,
    /// With --fix, write even where files differ from the newest commit, or outside a git repository.
    #[arg(long, requires = "fix")]
    allow_dirty: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let (mut planned, mut report) = measure(&args.tree, &args.decisions, &args.paths, None)?;
    if args.fix {
        if let Some(refusal) = refusal(args, &planned)? {
            terminal::error(&refusal);
            return Ok(Status::Refused);
        }
        let mended = mend(&planned)?;
        (planned, report) = measure(&args.tree, &args.decisions, &args.paths, None)?;
        let rewritten = rewrite(args, &planned, &judged(args, &planned, &report)?)?;
        terminal::note(&format!("{} violations mended, {} calls rewritten", mended, rewritten));
        (planned, report) = measure(&args.tree, &args.decisions, &args.paths, None)?;
    }
    args.report.weigh(&mut report)?;
    let judged = judged(args, &planned, &report)?;
    let shut = !judged.findings.is_empty();
    report.findings = judged.findings;
    report.diagnostics.extend(judged.notes.iter().filter(|note| !planned.plan.diagnostics.contains(note)).cloned());
    let measure = args.report.measure(&planned.config.gate)?;
    args.report.write(&report, measure, &planned.rules, Some(judged.allowed))?;
    Ok(ended(&planned, judged.notes.iter(), shut))
}

fn judged(args: &Args, planned: &Planned, report: &Report) -> Result<Judged> {
    let root = &planned.plan.root;
    let gate = &planned.config.gate;
    check_names(&planned.config.gate, &planned.rules)?;
    let looked_at = looked_at(planned);
    let fixes = crate::measure::coverage::Fixes::new(&planned.plan);
    let fix_of = |path: &str, name: &_| fixes.of(path, name);
    let (settings, text) = settings(args, planned);
    let path = baseline_path(args.baseline.as_deref(), planned);
    let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
    let mut by = Judgement {
        config: gate,
        measure: args.report.measure(gate)?,
        baseline: None,
        origin: &shown,
        allow_slack: args.allow_slack,
        looked_at: &looked_at,
        is_there: &|path| root.join(path).symlink_metadata().is_ok(),
        fix_of: &fix_of,
        settings: (&settings, &text),
    };
    if let Some(revision) = &args.new_from {
        let repository = Repository::open(root)?;
        let base = repository.merge_base(revision)?;
        say_settings(args, planned, &repository, &base)?;
        let (baseline, changed) = history::base(&repository, &base, &planned.options, &planned.rules, report)?;
        let origin = format!("{revision} ({})", &base[..base.len().min(12)]);
        let of_changed = narrowed(report, &changed);
        by.baseline = Some(&baseline);
        by.origin = &origin;
        by.allow_slack = true;
        let mut judged = judge(&of_changed, &by);
        let none = GateConfig { allow: gate.allow.clone(), ..gate.clone() };
        // Rates are those of the whole tree, whatever changed.
        judged.findings.retain(|finding| finding.rule != "gate-minimum");
        let whole = Baseline::of(report);
        let minimums = judge(report, &Judgement { config: &none, baseline: Some(&whole), ..by });
        judged.findings.extend(minimums.findings.into_iter().filter(|finding| finding.rule == "gate-minimum"));
        judged.findings.sort();
        judged.notes.extend(planned.unseen().cloned());
        return Ok(judged);
    }
    let baseline = baseline(args.baseline.as_deref(), planned)?;
    if baseline.is_none() && args.baseline.is_some() {
        anyhow::bail!("{shown}: no such file; klogmod baseline write makes it");
    }
    if baseline.is_none() {
        terminal::note(
            "there is no baseline, so only rules and minimums are checked; klogmod baseline write makes one",
        );
    }
    by.baseline = baseline.as_ref();
    let mut judged = judge(report, &by);
    let unknown = baseline.unwrap_or_default();
    judged.notes.extend(unknown.unknown(&planned.plan.diagnostics).cloned());
    say_uncounted(&unknown);
    Ok(judged)
}

/// Says on one line in which files the baseline bears what may log and is counted nowhere: new calls there open no gate, and shut none.
fn say_uncounted(baseline: &Baseline) {
    let paths = baseline.unseen();
    let named: Vec<&str> = paths.iter().copied().take(NAMED).collect();
    let more = if paths.len() > named.len() { ", …" } else { "" };
    if !named.is_empty() {
        let files = named.join(", ");
        terminal::note(&format!(
            "the baseline bears what may log and is counted nowhere, in {files}{more}; plan says where"
        ));
    }
}

/// Says which settings are not those of the commit that a change is compared with: they may open the gate for it.
fn say_settings(args: &Args, planned: &Planned, repository: &Repository, base: &str) -> Result<()> {
    let root = &planned.plan.root;
    let files = repository.files(base)?;
    let rules = planned.config.rules.as_deref().and_then(Path::to_str).unwrap_or("no directory of rules");
    let is_rule = |path: &str| path.strip_prefix(rules.trim_start_matches("./")).is_some_and(|p| p.starts_with('/'));
    let mut settings: BTreeSet<&str> = BTreeSet::from([".gitattributes", ".generated_files"]);
    settings.extend(args.tree.config_from.is_none().then_some(CONFIG));
    settings.extend(files.keys().map(String::as_str).filter(|path| is_rule(path)));
    let differs = |path: &&str| {
        let now = disk::within(root, path, disk::DECLARATION).ok();
        match (files.get(*path), now) {
            (Some(old), Some(now)) => Repository::id_of(&now, &old.id) != old.id,
            (old, now) => old.is_some() || now.is_some(),
        }
    };
    let changed: Vec<&str> = settings.into_iter().filter(differs).collect();
    if !changed.is_empty() {
        terminal::note(&format!(
            "{} differ from those of {:.12}, and this run goes by them; --config-from REV takes klogmod.toml from there",
            changed.join(", "),
            base
        ));
    }
    Ok(())
}

/// The report of some files alone.
fn narrowed(report: &Report, paths: &BTreeSet<String>) -> Report {
    let mut part = report.clone();
    part.files.retain(|file| paths.contains(&file.path));
    part.findings.retain(|finding| paths.contains(&finding.path));
    (part.totals, part.tables) = crate::measure::coverage::tables(&part.files);
    part
}

/// Names in the settings that no rule has would let everything pass.
pub fn check_names(gate: &GateConfig, rules: &RuleSet) -> Result<()> {
    let known: Vec<&str> = rules.check.rules().map(|rule| rule.name.as_str()).collect();
    if let Some(unknown) = gate.allow.iter().find(|name| !known.contains(&name.as_str())) {
        anyhow::bail!(
            "klogmod.toml: [gate] allow: there is no rule {unknown}{}; there are {}",
            did_you_mean(unknown, known.iter().copied()),
            known.join(", ")
        );
    }
    let opt_in: Vec<&str> = rules.check.rules().filter(|rule| rule.opt_in).map(|rule| rule.name.as_str()).collect();
    if let Some(other) = gate.also.iter().find(|name| !opt_in.contains(&name.as_str())) {
        anyhow::bail!(
            "klogmod.toml: [gate] also: {other} is no rule that is off{}; there are {}",
            did_you_mean(other, opt_in.iter().copied()),
            opt_in.join(", ")
        );
    }
    if let Some(paths) = gate.paths.as_deref().filter(|paths| !matches!(*paths, "all" | "priority")) {
        anyhow::bail!("klogmod.toml: [gate] paths: `{paths}` is neither all nor priority");
    }
    Ok(())
}

/// Where the baseline is.
pub fn baseline_path(given: Option<&Path>, planned: &Planned) -> PathBuf {
    given.map_or_else(|| planned.plan.root.join(own_baseline(planned)), Path::to_owned)
}

/// What the baseline has; one that nobody named lies inside the checkout.
pub fn baseline(given: Option<&Path>, planned: &Planned) -> Result<Option<Baseline>> {
    Ok(match given {
        Some(path) => Baseline::load(path)?,
        None => Baseline::within(&planned.plan.root, &own_baseline(planned).to_string_lossy())?,
    })
}

fn own_baseline(planned: &Planned) -> &Path {
    planned.config.gate.baseline.as_deref().unwrap_or(Path::new(gate::FILE_NAME))
}

/// Whether a path was part of a run.
pub fn looked_at(planned: &Planned) -> impl Fn(&str) -> bool + '_ {
    let narrow = &planned.options.root.narrow;
    let below = |path: &str, dir: &str| path == dir || path.strip_prefix(dir).is_some_and(|p| p.starts_with('/'));
    move |path| {
        (narrow.is_empty() || narrow.iter().any(|dir| below(path, dir)))
            && (planned.options.tests || !path.ends_with("_test.go"))
    }
}

/// The configuration file as messages name it, and its text.
fn settings(args: &Args, planned: &Planned) -> (String, String) {
    let root = &planned.plan.root;
    let path = args.tree.config.clone().unwrap_or_else(|| root.join("klogmod.toml"));
    let text = disk::read_text(&path, disk::DECLARATION).unwrap_or_default();
    (path.strip_prefix(root).unwrap_or(&path).display().to_string(), text)
}

fn refusal(args: &Args, planned: &Planned) -> Result<Option<String>> {
    if args.allow_dirty {
        return Ok(None);
    }
    Ok(match worktree::state(&planned.plan.root)? {
        State::Clean => None,
        State::NoRepository => Some("this is no git repository, so that nothing could be undone".to_owned()),
        State::Dirty(files) => {
            let first = files.iter().next().map_or("", String::as_str);
            Some(format!("the worktree has uncommitted changes ({first}); commit or stash them, or pass --allow-dirty"))
        }
    })
}

/// Writes the fixes of calls that keep the gate shut, and the package that they name: how many.
fn rewrite(args: &Args, planned: &Planned, judged: &Judged) -> Result<usize> {
    let names: BTreeSet<&str> = judged
        .findings
        .iter()
        .filter(|finding| finding.rule.starts_with("gate-") && !finding.fix.is_empty())
        .map(|finding| finding.fingerprint.as_str())
        .collect();
    let mut calls = 0;
    let mut changes = Vec::new();
    for file in &planned.plan.files {
        let wanted = |site: &&SitePlan| names.contains(site.fingerprint.as_str());
        let fixes: Vec<_> = file.sites.iter().filter(wanted).filter_map(SitePlan::fix).collect();
        let Some(tree) = parse_bytes(&file.source).filter(|_| !fixes.is_empty()) else { continue };
        let Ok(fixed) = file_fix(&file.path, &file.source, &tree, &fixes) else { continue };
        calls += fixes.len();
        changes.push(fixed);
    }
    let packages = args.runtime.packages(planned, &changes.iter().collect::<Vec<_>>())?;
    for change in packages.iter().flat_map(|package| &package.files).chain(&changes) {
        planned.write(change).context("nothing is lost; run the command again")?;
    }
    Ok(calls)
}

/// Writes the edits that mend what breaks a rule: how many.
fn mend(planned: &Planned) -> Result<usize> {
    let mut mended = 0;
    for file in &planned.plan.files {
        let allowed = |rule: &str| planned.config.gate.allow.iter().any(|allowed| allowed == rule);
        let kept = |site: &&SitePlan| !matches!(site.outcome, Outcome::Suppressed(_));
        let of_sites = file.sites.iter().filter(kept).flat_map(|site| &site.facts.violations);
        let beside = file.beside.iter().map(|beside| &beside.violation);
        let wanted =
            of_sites.chain(beside).filter(|violation| !violation.edits.is_empty() && !allowed(&violation.rule));
        let wanted: Vec<_> = wanted.collect();
        let Some(tree) = parse_bytes(&file.source).filter(|_| !wanted.is_empty()) else { continue };
        let (edits, taken) = together(&file.source, &tree, &wanted);
        if let Some(edits) = edits {
            planned.write(&edits.apply(&file.path, &file.source)?).context("nothing is lost; run the command again")?;
            mended += taken;
        }
    }
    Ok(mended)
}

/// The edits of as many violations as go together, and of how many; the others wait for the next run.
fn together(source: &[u8], tree: &Tree, wanted: &[&Violation]) -> (Option<FileEdits>, usize) {
    let all = wanted.iter().flat_map(|violation| violation.edits.iter().cloned()).collect();
    if let Ok(edits) = FileEdits::of(source, tree, all) {
        return (Some(edits), wanted.len());
    }
    let (mut texts, mut found, mut taken) = (Vec::new(), None, 0);
    for violation in wanted {
        let with: Vec<_> = texts.iter().chain(&violation.edits).cloned().collect();
        if let Ok(edits) = FileEdits::of(source, tree, with.clone()) {
            (texts, found, taken) = (with, Some(edits), taken + 1);
        }
    }
    (found, taken)
}
