//! `klogmod check`: the gate.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tree_sitter::Tree;

use super::args::{Planned, Status};
use super::coverage::measure;
use super::guard::Guard;
pub use super::judging::Args;
use super::judging::{By, check_names, judged_by};
use super::outputs::ended;
use super::{newer, terminal};
use crate::go::parse::parse_bytes;
use crate::klog::lint::Violation;
use crate::measure::coverage::Report;
use crate::measure::gate::{self, Baseline, Judged};
use crate::plan::pipeline::SitePlan;
use crate::text::diagnostic::RelPath;
use crate::text::{FileChange, counted};
use crate::write::edit::{Edits, FileEdits, Outcome, file_fix};

/// Files that are named on a line.
const NAMED: usize = 3;

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    if let (Some(revision), false) = (&args.new_from, args.fix) {
        return newer::run(args, revision);
    }
    let (mut planned, mut report) = measure(&args.tree, &args.decisions, &args.paths, Edits::both(), None)?;
    if args.fix {
        if let Some(refusal) = fix(args, &planned)? {
            terminal::error(&refusal);
            return Ok(Status::Refused);
        }
        if let Some(revision) = &args.new_from {
            return newer::run(args, revision);
        }
        (planned, report) = measure(&args.tree, &args.decisions, &args.paths, Edits::both(), None)?;
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

/// Mends what breaks a rule, and rewrites the calls that keep the gate shut; or says why nothing may be written.
fn fix(args: &Args, planned: &Planned) -> Result<Option<String>> {
    let guard = Guard { allow_dirty: args.allow_dirty, allow_no_vcs: args.allow_dirty };
    if let Some(refusal) = guard.refusal(planned)? {
        return Ok(Some(refusal));
    }
    let (mended, changes) = mends(planned)?;
    if let Some(refusal) = guard.unkept(planned, changes.iter().map(|change| &change.path))? {
        return Ok(Some(refusal));
    }
    write(planned, &changes)?;
    // What was mended just now is in no commit, and is nobody's work.
    let ours: BTreeSet<RelPath> = changes.into_iter().map(|change| change.path).collect();
    let (planned, report) = measure(&args.tree, &args.decisions, &args.paths, Edits::both(), None)?;
    let (planned, judged) = match &args.new_from {
        Some(revision) => newer::judged(args, revision, planned, &report)?,
        None => {
            let judged = judged(args, &planned, &report)?;
            (planned, judged)
        }
    };
    let (rewritten, changes) = rewrites(args, &planned, &judged)?;
    let others = changes.iter().map(|change| &change.path).filter(|path| !ours.contains(*path));
    if let Some(refusal) = guard.unkept(&planned, others)? {
        return Ok(Some(refusal));
    }
    write(&planned, &changes)?;
    terminal::note(&format!("{} mended, {} rewritten", counted(mended, "violation"), counted(rewritten, "call")));
    Ok(None)
}

fn judged(args: &Args, planned: &Planned, report: &Report) -> Result<Judged> {
    check_names(&planned.config.gate, &planned.rules)?;
    let root = &planned.plan.root;
    let path = baseline_path(args.baseline.as_deref(), planned);
    let shown = path.strip_prefix(root).unwrap_or(&path).display().to_string();
    let baseline = baseline(args.baseline.as_deref(), planned)?;
    if baseline.is_none() && args.baseline.is_some() {
        anyhow::bail!("{shown}: no such file; klogmod baseline write makes it");
    }
    if baseline.is_none() {
        terminal::note(
            "there is no baseline, so only rules and minimums are checked; klogmod baseline write makes one",
        );
    }
    let by =
        By { baseline: baseline.as_ref(), origin: &shown, allow_slack: args.allow_slack, gate: &planned.config.gate };
    let mut judged = judged_by(args, planned, report, &by)?;
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

fn write(planned: &Planned, changes: &[FileChange]) -> Result<()> {
    changes.iter().try_for_each(|change| planned.write(change).context("nothing is lost; run the command again"))
}

/// The fixes of calls that keep the gate shut, how many they are, and the package that they name.
fn rewrites(args: &Args, planned: &Planned, judged: &Judged) -> Result<(usize, Vec<FileChange>)> {
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
    let packages = packages.into_iter().flat_map(|package| package.files);
    Ok((calls, packages.chain(changes).collect()))
}

/// The edits that mend what breaks a rule, and how many breaches they mend.
fn mends(planned: &Planned) -> Result<(usize, Vec<FileChange>)> {
    let (mut mended, mut changes) = (0, Vec::new());
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
            changes.push(edits.apply(&file.path, &file.source)?);
            mended += taken;
        }
    }
    Ok((mended, changes))
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
