//! Proposals with all that a person needs to judge them: owners, state, sample lines.

mod edit;
mod filter;
mod thread;

use std::borrow::Cow;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::decide::decision::{About, Decision, Decisions, Gone, State, Subject, Verdict, compare, one_line};
use crate::decide::owners::{Owners, Ownership};
use crate::klog::fingerprint::{Fingerprint, digest};
use crate::klog::sample::{Samples, samples};
use crate::plan::pipeline::{FilePlan, Plan, SitePlan};
use crate::rule::{LogCalls, RuleSet};
use crate::write::edit::{Applicability, Fix, Outcome, RequestId};
use crate::write::reason::NoId;
use crate::write::thread::Thread;

pub use edit::{EditError, edited};
pub use filter::Filter;
pub use thread::{decide_thread, thread_state};

/// Why a call matters to an operator; what no stage has found out stays empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Priority {
    /// Which operation on which resource.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<(String, String)>,
    /// What is done to resources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<String>,
    /// The resources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub resources: Vec<String>,
    /// `alpha`, `beta` or `ga`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The path that proves it, from the entry point to the call.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub witness: Vec<String>,
}

impl Priority {
    /// Of a site.
    pub fn of(site: &SitePlan) -> Self {
        let Some(on) = site.on_path() else { return Self::default() };
        Self {
            cells: on.cells.clone(),
            operations: on.operations.clone(),
            resources: on.resources.clone(),
            phase: Some(on.phase.clone()),
            witness: on.witness.iter().map(ToString::to_string).collect(),
        }
    }
}

/// One proposal.
#[derive(Clone, Debug)]
pub struct Change<'p> {
    /// The file.
    pub file: &'p FilePlan,
    /// The call.
    pub site: &'p SitePlan,
    /// What is proposed.
    pub fix: &'p Fix,
    /// What a log call is.
    pub log_calls: &'p LogCalls,
    /// Who is asked.
    pub owners: Arc<Ownership>,
    /// Why it matters.
    pub priority: Priority,
    /// What decisions know of it.
    pub subject: Subject,
    /// Where it stands.
    pub state: State,
}

/// All proposals of a plan, and the decisions that are about none of them.
#[derive(Clone, Debug)]
pub struct Changes<'p> {
    /// By path and position.
    pub list: Vec<Change<'p>>,
    /// Decisions whose call is gone.
    pub gone: Vec<Gone>,
    /// Decisions whose proposal stands in the tree.
    pub made: Vec<Gone>,
}

/// How many proposals are in which state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Tally {
    /// Nobody decided.
    pub new: usize,
    /// Decided, and as they were then.
    pub unchanged: usize,
    /// Decided, and changed since.
    pub changed: usize,
    /// Decisions without a call.
    pub gone: usize,
    /// Decisions whose proposal was made.
    pub made: usize,
}

impl<'p> Changes<'p> {
    /// Of a plan. `looked_at` says whether a file was part of the run.
    pub fn of(
        plan: &'p Plan,
        rules: &'p RuleSet,
        decisions: &Decisions,
        owners: &mut Owners,
        looked_at: &dyn Fn(&str) -> bool,
    ) -> Self {
        let mut list = Vec::new();
        for file in &plan.files {
            let start = list.len();
            let mut asked = None;
            for site in &file.sites {
                let Outcome::Fix(fix) = &site.outcome else { continue };
                let owners = asked.get_or_insert_with(|| Arc::new(owners.of(&file.path)));
                list.push(change((file, site, fix), &rules.log_calls, owners.clone()));
            }
            count_twins(&mut list[start..]);
        }
        let subjects: Vec<_> = list.iter().map(|change| change.subject.clone()).collect();
        // Threads are compared where they are known.
        let of_calls = decisions.iter().filter(|(_, decision)| decision.about == About::Call);
        let of_calls: Decisions = of_calls.map(|(name, decision)| (name.clone(), decision.clone())).collect();
        let (states, mut gone) = compare(&subjects, &of_calls, looked_at);
        let made = take_made(plan, &mut gone);
        keep_standing(plan, &mut gone);
        for (change, state) in list.iter_mut().zip(states) {
            change.state = state;
        }
        Self { list, gone, made }
    }

    /// How many are in which state.
    pub fn tally(&self) -> Tally {
        let of_calls = Tally::of(self.list.iter().map(|change| &change.state));
        Tally { gone: self.gone.len(), made: self.made.len(), ..of_calls }
    }
}

impl Tally {
    /// Counts states.
    pub fn of<'s>(states: impl Iterator<Item = &'s State>) -> Self {
        let mut tally = Self::default();
        for state in states {
            match state {
                State::New => tally.new += 1,
                State::Decided(_) => tally.unchanged += 1,
                State::Changed { .. } => tally.changed += 1,
            }
        }
        tally
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { new, unchanged, changed, gone, made } = self;
        write!(f, "{new} new, {unchanged} decided and unchanged, {changed} changed since they were reviewed, ")?;
        if *made > 0 {
            write!(f, "{made} made, ")?;
        }
        write!(f, "{gone} gone")
    }
}

fn change<'p>(
    (file, site, fix): (&'p FilePlan, &'p SitePlan, &'p Fix),
    log_calls: &'p LogCalls,
    owners: Arc<Ownership>,
) -> Change<'p> {
    let subject = Subject {
        fingerprint: site.fingerprint.clone(),
        path: file.path.to_string(),
        function: site.site.function.clone(),
        statement: one_line(&String::from_utf8_lossy(site.site.span.of(&file.source))),
        proposal: digest(&fix.after),
        twins: 1,
    };
    Change { file, site, fix, log_calls, owners, priority: Priority::of(site), subject, state: State::New }
}

/// A decision about a call that stands is not gone, though this run, for other edits or another klog, proposes nothing for it.
fn keep_standing(plan: &Plan, gone: &mut Vec<Gone>) {
    let mut calls: FxHashSet<(&str, &str, String)> = FxHashSet::default();
    let mut names: FxHashSet<&Fingerprint> = FxHashSet::default();
    let paths: FxHashSet<&str> = gone.iter().map(|gone| gone.decision.path.as_str()).collect();
    for file in plan.files.iter().filter(|file| paths.contains(&*file.path)) {
        for plan in file.sites.iter().filter(|site| site.fix().is_none()) {
            let statement = one_line(&String::from_utf8_lossy(plan.site.span.of(&file.source)));
            calls.insert((&file.path, &plan.site.function, statement));
            names.insert(&plan.fingerprint);
        }
    }
    gone.retain(|Gone { fingerprint, decision }| {
        let call = (decision.path.as_str(), decision.function.as_str(), decision.statement.clone());
        !names.contains(fingerprint) && !calls.contains(&call)
    });
}

/// Takes the decisions whose new call stands where the old one did: what was decided has been done, and nothing is lost.
fn take_made(plan: &Plan, gone: &mut Vec<Gone>) -> Vec<Gone> {
    let paths: FxHashSet<&str> = gone.iter().map(|gone| gone.decision.path.as_str()).collect();
    let mut calls: FxHashSet<(&str, &str, String)> = FxHashSet::default();
    for file in plan.files.iter().filter(|file| paths.contains(&*file.path)) {
        calls.extend(file.sites.iter().map(|site| {
            let text = String::from_utf8_lossy(site.site.span.of(&file.source));
            (&*file.path, site.site.function.as_str(), digest(&text))
        }));
    }
    let is_there = |Gone { decision, .. }: &Gone| {
        let new = match &decision.verdict {
            Verdict::Accepted => decision.proposal.clone(),
            Verdict::Edited { text } => digest(text.trim()),
            Verdict::Rejected { .. } => return false,
        };
        calls.contains(&(decision.path.as_str(), decision.function.as_str(), new))
    };
    let (made, lost) = std::mem::take(gone).into_iter().partition(is_there);
    *gone = lost;
    made
}

fn count_twins(list: &mut [Change<'_>]) {
    let mut counts: FxHashMap<(String, String), usize> = FxHashMap::default();
    let key = |change: &Change<'_>| (change.subject.function.clone(), change.subject.statement.clone());
    for change in list.iter() {
        *counts.entry(key(change)).or_default() += 1;
    }
    for change in list {
        change.subject.twins = counts.get(&key(change)).copied().unwrap_or(1);
    }
}

impl<'p> Change<'p> {
    /// The old call.
    pub fn before(&self) -> &'p str {
        std::str::from_utf8(self.site.site.span.of(&self.file.source)).unwrap_or_default()
    }

    /// The new call: an edited one where somebody edited it.
    pub fn after(&self) -> &str {
        match &self.state {
            State::Decided(Verdict::Edited { text }) => text,
            _ => &self.fix.after,
        }
    }

    /// The file's directory: its Go package.
    pub fn package(&self) -> &'p str {
        self.file.path.rsplit_once('/').map_or(".", |(dir, _)| dir)
    }

    /// `path:line`.
    pub fn place(&self) -> String {
        format!("{}:{}", self.file.path, self.site.site.position.line)
    }

    /// What the old and the new call print.
    pub fn samples(&self, rules: &RuleSet) -> Samples {
        samples(&self.site.site, (self.before(), self.after()), &self.fix.kinds, self.file.klog, rules)
    }

    /// Where the request ID comes from, or why there is none; `None` where it was not asked for.
    pub fn request_id(&self) -> Option<Result<String, &'p NoId>> {
        match self.fix.request_id.as_ref()? {
            RequestId::From(accessor) => Some(Ok(format!("{}({})", accessor.function, accessor.argument))),
            RequestId::None(reason) => Some(Err(reason)),
        }
    }

    /// A decision about it as it is now.
    pub fn decide(&self, verdict: Verdict) -> Decision {
        let Subject { path, function, statement, proposal, twins, .. } = self.subject.clone();
        Decision { verdict, about: About::Call, path, function, statement, proposal, twins }
    }

    /// The fix to make, by what was decided: accepted and edited ones are made, rejected ones and those that changed since
    /// are not; `undecided` judges the others.
    pub fn chosen(&self, undecided: &dyn Fn(&Fix) -> bool) -> Result<Option<Cow<'p, Fix>>, EditError> {
        Ok(match &self.state {
            State::Decided(Verdict::Accepted) => Some(Cow::Borrowed(self.fix)),
            State::Decided(Verdict::Edited { text }) => {
                Some(Cow::Owned(edited(self.file, self.site, self.fix, self.log_calls, text)?))
            }
            State::Decided(Verdict::Rejected { .. }) | State::Changed { .. } => None,
            State::New => undecided(self.fix).then_some(Cow::Borrowed(self.fix)),
        })
    }
}

/// Which fixes a command makes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice {
    /// Only safe ones.
    pub safe: bool,
    /// Also those that are shown only.
    pub display_only: bool,
    /// Only those that somebody accepted or edited.
    pub accepted_only: bool,
}

impl Choice {
    /// Whether a thread is taken: one that was rejected, or that changed since it was decided, is not.
    pub fn takes_thread(&self, thread: &Thread, decisions: &Decisions) -> bool {
        let level = match thread.applicability {
            Applicability::Safe => true,
            Applicability::NeedsReview => !self.safe,
            Applicability::DisplayOnly => self.display_only,
        };
        let decided = match thread_state(thread, decisions) {
            State::New => !self.accepted_only,
            State::Decided(verdict) => verdict == Verdict::Accepted,
            State::Changed { .. } => false,
        };
        level && decided
    }

    /// The fix to make for a change, if any.
    pub fn of<'p>(&self, change: &Change<'p>) -> Result<Option<Cow<'p, Fix>>, EditError> {
        if self.safe && change.fix.applicability != Applicability::Safe {
            return Ok(None);
        }
        // Also where somebody has edited its words: that says nothing of what it does.
        if change.fix.applicability == Applicability::DisplayOnly && !self.display_only {
            return Ok(None);
        }
        change.chosen(&|_| !self.accepted_only)
    }
}
