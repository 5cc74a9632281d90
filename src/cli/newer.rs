//! `klogmod check --new-from`: what differs from a commit, and no more of the tree than the answer rests on.
//!
//! Every file is compared, and what may log among the rest has to be Go; only files that differ are planned. The call graph is
//! asked where a call is new, the habits of the whole tree where somebody is shown what mends it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;

use super::args::{CONFIG, Planned, Status};
use super::coverage::{measured, report_of};
use super::judging::{Args, By, check_names, judged_by};
use super::outputs::{Change, ended};
use super::terminal;
use crate::go::files::Root;
use crate::measure::coverage::{Report, tables};
use crate::measure::gate::{Baseline, Judged};
use crate::measure::history::{Base, concerns_all};
use crate::plan::pipeline::{Options, Plan, Survey, callers_in, plan, pool};
use crate::rule::{Config, GateConfig, RuleSet};
use crate::ship::worktree::{Blob, Repository};
use crate::text::diagnostic::{Diagnostic, Level, RelPath};
use crate::write::edit::Edits;

/// Runs the command, but for `--fix`.
pub fn run(args: &Args, revision: &str) -> Result<Status> {
    let start = Start::new(args, revision)?;
    start.say_settings(args)?;
    // The tree is looked at several times: by the same threads, which have what they need by then.
    pool(&start.options)?.install(|| answer(args, &start))
}

fn answer(args: &Args, start: &Start) -> Result<Status> {
    let survey = start.base().survey()?;
    let mut compared = start.compared(args, &survey)?;
    let baseline = start.base().baseline(&survey.differing, &compared.report)?;
    let mut judged = start.judged(args, &compared, &baseline)?;
    while let Some(depth) = deeper(args, &start.config.gate, compared.depth, &judged) {
        compared = start.planned(args, &survey, depth, Some(compared))?;
        judged = start.judged(args, &compared, &baseline)?;
    }
    let Compared { planned, mut report, whole, .. } = compared;
    let shut = !judged.findings.is_empty();
    let told = |report: &mut Report| {
        report.findings.clone_from(&judged.findings);
        let more = judged.notes.iter().filter(|note| !planned.plan.diagnostics.contains(note));
        report.diagnostics.extend(more.cloned());
    };
    told(&mut report);
    let whole = whole.map(|mut whole| {
        told(&mut whole);
        whole
    });
    let measure = args.report.measure(&start.config.gate)?;
    let change = Change { report: &report, whole: whole.as_ref(), from: &start.origin, files: survey.differing.len() };
    args.report.write_change(&change, measure, &start.rules, judged.allowed)?;
    Ok(ended(&planned, judged.notes.iter(), shut))
}

/// What shuts the gate for a whole tree that was planned, as far as it differs.
pub fn judged(args: &Args, revision: &str, planned: Planned, report: &Report) -> Result<(Planned, Judged)> {
    let start = Start::new(args, revision)?;
    let survey = start.base().survey()?;
    let compared = start.narrowed(&survey, planned, report.clone());
    let baseline = start.base().baseline(&survey.differing, &compared.report)?;
    let judged = start.judged(args, &compared, &baseline)?;
    Ok((compared.planned, judged))
}

/// What is compared with what.
struct Start {
    /// How the tree is read for its calls' parts.
    options: Options,
    rules: RuleSet,
    config: Config,
    repository: Repository,
    commit: String,
    files: BTreeMap<String, Blob>,
    /// How people call the commit.
    origin: String,
}

/// What of a tree is compared.
struct Compared {
    /// The plan of files that differ.
    planned: Planned,
    /// The report of these files.
    report: Report,
    /// The report of the whole tree, where somebody asks for it.
    whole: Option<Report>,
    depth: Depth,
}

/// How much of the tree a plan of some files rests on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Depth {
    /// Declarations that the files name: each call has its part.
    Files,
    /// The call graph as well: calls know their operations.
    Paths,
    /// The whole tree's habits as well: fixes are written, and those of a plan of all.
    Habits,
}

/// What has to be asked for an answer to hold: which operations a new call serves, and how a call would be written.
fn deeper(args: &Args, gate: &GateConfig, depth: Depth, judged: &Judged) -> Option<Depth> {
    let breaks = |rule: &str| judged.findings.iter().any(|finding| finding.rule == rule);
    let is_new = breaks("gate-new-unstructured");
    match depth {
        Depth::Files if is_new && gate.paths.as_deref() != Some("all") => Some(Depth::Paths),
        Depth::Files | Depth::Paths if args.report.shows_fixes() && (is_new || breaks("gate-lost-request-id")) => {
            Some(Depth::Habits)
        }
        _ => None,
    }
}

impl Start {
    fn new(args: &Args, revision: &str) -> Result<Self> {
        let (options, rules) = args.tree.options(Edits::parts())?;
        let (config, _) = args.tree.configuration(&options.root)?;
        check_names(&config.gate, &rules)?;
        let scope = Some(args.paths.scope(args.paths.environment.first()));
        let repository = Repository::open(&options.root.dir)?;
        let commit = repository.merge_base(revision)?;
        let origin = format!("{revision} ({commit:.12})");
        let files = repository.files(&commit)?;
        Ok(Self { options: Options { scope, ..options }, rules, config, repository, commit, files, origin })
    }

    /// As `options`, for who asks what fixes change.
    fn written(&self) -> Options {
        Options { edits: Edits::both(), ..self.options.clone() }
    }

    fn base(&self) -> Base<'_> {
        Base { repository: &self.repository, files: &self.files, options: &self.options, rules: &self.rules }
    }

    /// Plans what differs, or all where that is asked for; a plan that was kept is taken.
    fn compared(&self, args: &Args, survey: &Survey) -> Result<Compared> {
        let cache = args.tree.cache.open()?;
        if needs_all(args, &self.config.gate) {
            let planned = self.with(cache.plan(&self.written(), &self.rules, &|_, _| {})?);
            let planned = planned.with_callers()?;
            let (planned, mut report) = measured(planned, &args.tree, &args.decisions, &args.paths, None)?;
            args.report.weigh(&mut report)?;
            return Ok(self.narrowed(survey, planned, report));
        }
        for (options, depth) in [(&self.written(), Depth::Habits), (&self.options, Depth::Paths)] {
            if let Some(plan) = cache.known(options, &self.rules)? {
                return self.planned_as(args, survey, plan, depth);
            }
        }
        self.planned(args, survey, Depth::Files, None)
    }

    /// The part of a whole tree's plan and report that differs.
    fn narrowed(&self, survey: &Survey, mut planned: Planned, whole: Report) -> Compared {
        planned.plan.files.retain(|file| survey.differing.contains(&file.path));
        planned.plan.diagnostics = self.said(survey, std::mem::take(&mut planned.plan.diagnostics));
        let mut report = self.part_of(survey, whole.clone());
        report.diagnostics.clone_from(&planned.plan.diagnostics);
        Compared { planned, report, whole: Some(whole), depth: Depth::Habits }
    }

    /// The part of a report about files that differ.
    fn part_of(&self, survey: &Survey, mut report: Report) -> Report {
        report.files.retain(|file| survey.differing.contains(file.path.as_str()));
        report.findings.retain(|finding| survey.differing.contains(finding.path.as_str()));
        (report.totals, report.tables) = tables(&report.files);
        report
    }

    /// Plans the files that differ; `before` is what is known of them already.
    fn planned(&self, args: &Args, survey: &Survey, depth: Depth, before: Option<Compared>) -> Result<Compared> {
        let narrow: Vec<RelPath> = survey.differing.iter().cloned().collect();
        if narrow.is_empty() {
            return self.planned_as(args, survey, Plan::empty(self.options.root.dir.clone()), depth);
        }
        let root = Root { narrow, ..self.options.root.clone() };
        let placed = before.filter(|before| before.depth == Depth::Paths).map(|before| before.planned.plan);
        let scope = self.options.scope.clone().filter(|_| depth == Depth::Paths);
        let asked = if depth == Depth::Habits { self.written() } else { self.options.clone() };
        let options = Options { root, scope, habits: depth == Depth::Habits, ..asked };
        let mut plan = plan(&options, &self.rules, &|_, _| {})?;
        if let Some(placed) = placed {
            plan.scope = placed.scope;
            let sites = plan.files.iter_mut().flat_map(|file| &mut file.sites);
            let standings = placed.files.into_iter().flat_map(|file| file.sites);
            sites.zip(standings).for_each(|(site, placed)| site.standing = placed.standing);
        }
        self.planned_as(args, survey, plan, depth)
    }

    fn planned_as(&self, args: &Args, survey: &Survey, mut plan: Plan, depth: Depth) -> Result<Compared> {
        plan.files.retain(|file| survey.differing.contains(&file.path));
        plan.diagnostics.extend(callers_in(&survey.differing, &survey.spreading, &self.options, &self.rules)?);
        plan.diagnostics = self.said(survey, plan.diagnostics);
        let planned = self.with(plan);
        let report = self.part_of(survey, report_of(&planned, &args.decisions, &args.paths, None)?);
        Ok(Compared { planned, report, whole: None, depth })
    }

    fn with(&self, plan: Plan) -> Planned {
        Planned { plan, rules: self.rules.clone(), options: self.options.clone(), config: self.config.clone() }
    }

    /// What is to be said: all of files that differ; of the rest what kept it from being analysed, and what changed beside the code.
    fn said(&self, survey: &Survey, of_plan: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let base = self.base();
        let is_told = |said: &&Diagnostic| {
            let is_other = || concerns_all(&said.path) && base.differs(&said.path);
            said.level == Level::Error || said.path.ends_with(".go") || is_other()
        };
        let mut told: Vec<_> = survey.diagnostics.iter().filter(is_told).cloned().collect();
        told.extend(of_plan.into_iter().filter(|said| survey.differing.contains(&said.path)));
        told.sort();
        told.dedup();
        told
    }

    fn judged(&self, args: &Args, compared: &Compared, baseline: &Baseline) -> Result<Judged> {
        let Compared { planned, report, whole, .. } = compared;
        let gate = &self.config.gate;
        let by = By { baseline: Some(baseline), origin: &self.origin, allow_slack: true, gate };
        let mut judged = judged_by(args, planned, report, &by)?;
        // Rates are those of the whole tree, whatever changed.
        judged.findings.retain(|finding| finding.rule != MINIMUM);
        if let Some(whole) = whole {
            let none = GateConfig { allow: gate.allow.clone(), ..gate.clone() };
            let minimums =
                judged_by(args, planned, whole, &By { baseline: Some(&Baseline::of(whole)), gate: &none, ..by })?;
            judged.findings.extend(minimums.findings.into_iter().filter(|finding| finding.rule == MINIMUM));
            judged.findings.sort();
        }
        judged.notes.extend(planned.unseen().cloned());
        Ok(judged)
    }

    /// Says which settings are not those of the commit that a change is compared with: they may open the gate for it.
    fn say_settings(&self, args: &Args) -> Result<()> {
        let rules = self.config.rules.as_deref().and_then(Path::to_str).unwrap_or("no directory of rules");
        let is_rule =
            |path: &str| path.strip_prefix(rules.trim_start_matches("./")).is_some_and(|p| p.starts_with('/'));
        let mut settings: BTreeSet<&str> = BTreeSet::from([".gitattributes", ".generated_files"]);
        settings.extend(args.tree.config_from.is_none().then_some(CONFIG));
        settings.extend(self.files.keys().map(String::as_str).filter(|path| is_rule(path)));
        let changed: Vec<&str> = settings.into_iter().filter(|path| self.base().differs(path)).collect();
        if !changed.is_empty() {
            terminal::note(&format!(
                "{} differ from those of {:.12}, and this run goes by them; --config-from REV takes klogmod.toml from there",
                changed.join(", "),
                self.commit
            ));
        }
        Ok(())
    }
}

/// The rule about rates.
const MINIMUM: &str = "gate-minimum";

/// Whether somebody asks for more than what differs.
fn needs_all(args: &Args, gate: &GateConfig) -> bool {
    args.report.tells_all() || gate.has_minimum() || args.paths.environment.len() > 1
}
