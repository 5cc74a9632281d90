//! What the gate is asked, and how a report is judged by it: of a whole tree, and of what differs from a commit.

use std::path::PathBuf;

use anyhow::Result;

use super::along::RuntimeArgs;
use super::args::{Planned, TreeArgs};
use super::coverage::PathArgs;
use super::decisions::DecisionArgs;
use super::outputs::ReportArgs;
use crate::measure::coverage::{Fixes, Report};
use crate::measure::gate::{Baseline, Judged, Judgement, judge};
use crate::rule::{GateConfig, RuleDoc, RuleSet};
use crate::text::did_you_mean;
use crate::text::disk;

/// Fail where a tree got worse: new unstructured calls, lost request IDs, broken rules, rates that are not reached.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub tree: TreeArgs,
    #[command(flatten)]
    pub report: ReportArgs,
    #[command(flatten)]
    pub decisions: DecisionArgs,
    #[command(flatten)]
    pub paths: PathArgs,
    /// Compare with this revision, from where the current commit branched off, instead of the baseline.
    #[arg(long, value_name = "REV", conflicts_with = "baseline")]
    pub new_from: Option<String>,
    /// The baseline, instead of klogmod.baseline.toml at the checkout's root.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Let a baseline pass that allows more than there is.
    #[arg(long)]
    pub allow_slack: bool,
    #[command(flatten)]
    pub runtime: RuntimeArgs,
    /// Mend structured calls that break a rule, rewrite calls that keep the gate shut, and check again.
    #[arg(long)]
    pub fix: bool,
    /// With --fix, write even where files differ from the newest commit, or outside a git repository.
    #[arg(long, requires = "fix")]
    pub allow_dirty: bool,
}

/// What a report is judged by.
pub struct By<'b> {
    /// What is allowed; none: nothing is compared.
    pub baseline: Option<&'b Baseline>,
    /// Where that comes from.
    pub origin: &'b str,
    /// Whether what nothing needs is let pass.
    pub allow_slack: bool,
    /// What the tree's owners ask for.
    pub gate: &'b GateConfig,
}

/// Judges the report of a plan.
pub fn judged_by(args: &Args, planned: &Planned, report: &Report, by: &By<'_>) -> Result<Judged> {
    let root = &planned.plan.root;
    let fixes = Fixes::new(&planned.plan);
    let (settings, text) = settings(args, planned);
    let judgement = Judgement {
        config: by.gate,
        measure: args.report.measure(by.gate)?,
        baseline: by.baseline,
        origin: by.origin,
        allow_slack: by.allow_slack,
        looked_at: &looked_at(planned),
        is_there: &|path| root.join(path).symlink_metadata().is_ok(),
        fix_of: &|path: &str, name: &_| fixes.of(path, name),
        settings: (&settings, &text),
    };
    Ok(judge(report, &judgement))
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
    let opt_in: Vec<&str> =
        rules.check.rules().filter(|rule: &&RuleDoc| rule.opt_in).map(|rule| rule.name.as_str()).collect();
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
