//! `klogmod accept`, `reject` and `pending`: decisions in one line.

use std::io::Write;

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::args::{EditArgs, Planned, Status, TreeArgs};
use super::decisions::DecisionArgs;
use super::scope::ScopeArgs;
use super::terminal;
use super::threads::{Mode, ThreadArgs};
use crate::decide::change::{Change, Changes, Filter, Tally, decide_thread, thread_state};
use crate::decide::decision::{self, About, Decisions, State, Verdict};
use crate::klog::fingerprint::Fingerprint;
use crate::plan::pipeline;
use crate::plan::report::kebab;
use crate::plan::report::style::{BOLD, DIM, harmless, one_line, styled};
use crate::rule::Patterns;
use crate::text::{counted, did_you_mean};
use crate::write::edit::Applicability;
use crate::write::thread::{Thread, Threads};

/// What threads go by where proposals have the rule that made them.
const THREAD: &str = "thread";

/// Which proposals are meant.
#[derive(Debug, clap::Args)]
pub struct FilterArgs {
    /// Made by this rule.
    #[arg(long, value_name = "NAME")]
    rule: Vec<String>,
    /// In files that match this pattern: pkg/kubelet/**.
    #[arg(long, value_name = "PATTERN")]
    path: Vec<String>,
    /// Of this applicability.
    #[arg(long, value_enum)]
    applicability: Vec<Level>,
    /// Of this SIG: sig/node, or node.
    #[arg(long, value_name = "SIG")]
    sig: Vec<String>,
    /// With a fingerprint that starts so.
    #[arg(long, value_name = "PREFIX")]
    id: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Level {
    Safe,
    NeedsReview,
    DisplayOnly,
}

impl FilterArgs {
    /// A name that no rule has would match nothing, in silence.
    fn check(&self, planned: &Planned, thread: &ThreadArgs) -> Result<()> {
        if self.rule.iter().any(|name| name == THREAD) && thread.thread == Mode::Off {
            bail!("--rule {THREAD}: threads are looked for with --thread=report or --thread=patch");
        }
        let known = || planned.rules.docs().map(|rule| rule.name.as_str()).chain([THREAD]);
        match self.rule.iter().find(|name| known().all(|known| known != name.as_str())) {
            Some(name) => bail!("--rule: there is no rule {name}{}", did_you_mean(name, known())),
            None => Ok(()),
        }
    }

    fn filter(&self) -> Result<Filter> {
        let level = |level: &Level| level.to_possible_value().map(|v| v.get_name().to_owned()).unwrap_or_default();
        Ok(Filter {
            rules: self.rule.clone(),
            paths: if self.path.is_empty() { None } else { Some(Patterns::new(self.path.clone())?) },
            applicability: self.applicability.iter().map(level).collect(),
            sigs: self.sig.clone(),
            ids: self.id.clone(),
            ..Filter::default()
        })
    }
}

/// What the three commands share.
#[derive(Debug, clap::Args)]
pub struct Common {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    thread: ThreadArgs,
    #[command(flatten)]
    decisions: DecisionArgs,
    #[command(flatten)]
    filter: FilterArgs,
}

/// Accept pending proposals that match; each kind of filter must match, and any value of a kind.
#[derive(Debug, clap::Args)]
pub struct AcceptArgs {
    #[command(flatten)]
    common: Common,
    /// All of them, if no filter is given.
    #[arg(long)]
    everything: bool,
    /// Also those that are decided already.
    #[arg(long)]
    decided: bool,
}

/// Reject pending proposals that match.
#[derive(Debug, clap::Args)]
pub struct RejectArgs {
    #[command(flatten)]
    common: Common,
    /// Why.
    #[arg(long, default_value = "")]
    reason: String,
    /// All of them, if no filter is given.
    #[arg(long)]
    everything: bool,
    /// Also those that are decided already.
    #[arg(long)]
    decided: bool,
}

/// List proposals that wait for a decision, or take decisions back.
#[derive(Debug, clap::Args)]
pub struct PendingArgs {
    #[command(flatten)]
    common: Common,
    /// Take back the decisions on proposals that match.
    #[arg(long)]
    undo: bool,
    /// Forget decisions whose call is gone, or whose proposal was made.
    #[arg(long)]
    prune: bool,
}

/// Runs `accept`.
pub fn accept(args: &AcceptArgs) -> Result<Status> {
    decide(&args.common, &Verdict::Accepted, args.everything, args.decided)
}

/// Runs `reject`.
pub fn reject(args: &RejectArgs) -> Result<Status> {
    decide(&args.common, &Verdict::Rejected { reason: args.reason.clone() }, args.everything, args.decided)
}

fn decide(common: &Common, verdict: &Verdict, everything: bool, decided: bool) -> Result<Status> {
    let filter = common.filter()?;
    if filter.is_empty() && !everything {
        bail!(
            "no filter is given: name a --rule, --path, --applicability, --sig, --operation or --id, or say --everything"
        );
    }
    let (planned, mut decisions, threads) = common.load()?;
    common.filter.check(&planned, &common.thread)?;
    let before = decisions.clone();
    let status = planned.report();
    let changes = planned.changes(&decisions);
    let mut count = 0;
    for thread in &threads {
        let state = thread_state(thread, &decisions);
        if filter.takes_thread(thread, &state) && (decided || state.is_pending()) {
            decisions.insert(thread.fingerprint.clone(), decide_thread(thread, verdict.clone()));
            count += 1;
        }
    }
    // What ends the process otherwise than before is taken by those who say so.
    let accepts = *verdict == Verdict::Accepted;
    let mut shown_only = 0;
    for change in changes.list.iter().filter(|c| filter.takes(c) && (decided || c.state.is_pending())) {
        if accepts && change.fix.applicability == Applicability::DisplayOnly && !filter.names_display_only() {
            shown_only += 1;
            continue;
        }
        set(&mut decisions, change, Some(verdict.clone()));
        count += 1;
    }
    if shown_only > 0 {
        terminal::note(&format!(
            "{shown_only} that end the process are not accepted unless they are named: --applicability display-only, or --id"
        ));
    }
    decision::update(&common.decisions.path(&planned.plan.root), &before, &decisions)?;
    terminal::note(&format!("{} {}", counted(count, "proposal"), verdict.name()));
    Ok(status)
}

/// Makes or takes back a decision; the one it replaces goes, whatever name it stood under.
pub fn set(decisions: &mut Decisions, change: &Change<'_>, verdict: Option<Verdict>) {
    if let State::Changed { fingerprint, .. } = &change.state {
        decisions.remove(fingerprint);
    }
    let fingerprint = change.subject.fingerprint.clone();
    match verdict {
        Some(verdict) => decisions.insert(fingerprint, change.decide(verdict)),
        None => decisions.remove(&fingerprint),
    };
}

/// Runs `pending`.
pub fn pending(args: &PendingArgs) -> Result<Status> {
    let filter = args.common.filter()?;
    let (planned, mut decisions, threads) = args.common.load()?;
    args.common.filter.check(&planned, &args.common.thread)?;
    let status = planned.report();
    let path = args.common.decisions.path(&planned.plan.root);
    let changes = planned.changes(&decisions);
    if args.prune && status == Status::Incomplete {
        terminal::error("nothing is forgotten, because not everything was analysed");
        return Ok(status);
    }
    if args.undo || args.prune {
        let before = decisions.clone();
        for change in changes.list.iter().filter(|change| args.undo && filter.takes(change)) {
            set(&mut decisions, change, None);
        }
        for thread in threads.iter().filter(|_| args.undo) {
            if filter.takes_thread(thread, &thread_state(thread, &decisions)) {
                decisions.remove(&thread.fingerprint);
            }
        }
        for gone in changes.gone.iter().chain(&changes.made).filter(|_| args.prune) {
            decisions.remove(&gone.fingerprint);
        }
        // Only a run that has looked for threads knows which are gone.
        if args.prune && args.common.thread.word().is_some() {
            let known = |name: &Fingerprint| threads.iter().any(|thread| thread.fingerprint == *name);
            decisions.retain(|name, decision| decision.about == About::Call || known(name));
        }
        decision::update(&path, &before, &decisions)?;
        terminal::note(&format!("{} taken back", counted(before.len() - decisions.len(), "decision")));
        return Ok(status);
    }
    let threads: Vec<_> = threads.iter().map(|thread| (thread, thread_state(thread, &decisions))).collect();
    list(&changes, &threads, &filter)?;
    Ok(status)
}

fn list(changes: &Changes<'_>, threads: &[(&Thread, State)], filter: &Filter) -> Result<()> {
    let mut out = std::io::BufWriter::new(anstream::stdout());
    let waits = |(thread, state): &&(&Thread, State)| state.is_pending() && filter.takes_thread(thread, state);
    for (thread, state) in threads.iter().filter(waits) {
        let Some(first) = thread.functions.first() else { continue };
        let place = one_line(&format!("{}:{}", first.path, first.line));
        let what = one_line(&format!("thread: {}", thread.statement()));
        let (state, level) = (state.name(), kebab(&thread.applicability));
        let id = format!("{:.12}", thread.fingerprint.as_str());
        writeln!(out, "{id} {state:7} {level:12} {} {}", styled(BOLD, &place), styled(DIM, &what))?;
    }
    for change in changes.list.iter().filter(|c| c.state.is_pending() && filter.takes(c)) {
        let place = one_line(&change.place());
        let function = one_line(&change.subject.function);
        let (state, level) = (change.state.name(), kebab(&change.fix.applicability));
        let id = &change.subject.fingerprint.as_str()[..12.min(change.subject.fingerprint.as_str().len())];
        writeln!(out, "{id} {state:7} {level:12} {} {}", styled(BOLD, &place), styled(DIM, &function))?;
        if let State::Changed { was, statement, .. } = &change.state {
            writeln!(out, "{:12} {} when it was: {}", "", was.name(), harmless(statement))?;
        }
    }
    for (word, list) in [("made", &changes.made), ("gone", &changes.gone)] {
        for gone in list {
            let place = one_line(&gone.decision.path);
            let (id, verdict) = (gone.fingerprint.as_str(), gone.decision.verdict.name());
            writeln!(out, "{id:.12} {word}    {verdict:12} {place}")?;
        }
    }
    writeln!(out, "{}", changes.tally())?;
    if !threads.is_empty() {
        writeln!(out, "threads: {}", Tally::of(threads.iter().map(|(_, state)| state)))?;
    }
    out.flush()?;
    Ok(())
}

impl Common {
    /// Operations that are asked for are a filter, too.
    fn filter(&self) -> Result<Filter> {
        Ok(Filter { operations: self.scope.operation.clone(), ..self.filter.filter()? })
    }

    /// The plan with its threads: those that were rejected are among them, but not in the plan.
    fn load(&self) -> Result<(Planned, Decisions, Vec<Thread>)> {
        let mut planned = self.tree.plan(self.thread.edits(self.edits.edits()), self.scope.options()?)?;
        let decisions = self.decisions.load(&planned.plan.root)?;
        let is_in =
            |thread: &Thread| thread_state(thread, &decisions).verdict().is_none_or(|v| *v == Verdict::Accepted);
        let threads = self.thread.run(&mut planned, &is_in)?;
        if let Some(threads) = threads.as_ref().filter(|_| self.thread.thread == Mode::Patch) {
            pipeline::place_in_checkout(&mut planned.plan, threads);
        }
        let all = |threads: Threads| threads.threads.into_iter().chain(threads.left_out).collect();
        Ok((planned, decisions, threads.map(all).unwrap_or_default()))
    }
}
