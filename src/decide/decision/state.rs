//! Decisions meet a plan: what is new, unchanged, changed since it was reviewed, and gone.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::{Decision, Decisions, Verdict};
use crate::klog::fingerprint::Fingerprint;

/// Statements of one function that are at least this alike are one statement, edited.
const ALIKE: f32 = 0.5;

/// A proposal as decisions know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The call's name.
    pub fingerprint: Fingerprint,
    /// The file.
    pub path: String,
    /// The function around the call.
    pub function: String,
    /// The call on one line.
    pub statement: String,
    /// Digest of the proposal.
    pub proposal: String,
    /// How many calls of the function have this statement.
    pub twins: usize,
}

/// How a decision's subject differs from what was reviewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// The statement was edited.
    Statement,
    /// The statement is as it was; what is proposed for it is not.
    Proposal,
    /// The statement moved to another function or file.
    Moved,
    /// The function has more or fewer statements equal to this one, and they were not decided alike.
    Twins,
}

/// Where a proposal stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Nobody has decided.
    New,
    /// It is decided, and is what was decided about.
    Decided(Verdict),
    /// It was decided, and is no longer what was decided about: somebody has to look again.
    Changed {
        /// How it changed.
        why: Why,
        /// What was decided then.
        was: Verdict,
        /// The statement then.
        statement: String,
        /// The name that the decision stands under.
        fingerprint: Fingerprint,
    },
}

impl State {
    /// Its name: `new`, `accepted`, `rejected`, `edited` or `changed`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Decided(verdict) => verdict.name(),
            Self::Changed { .. } => "changed",
        }
    }

    /// Whether somebody has to look.
    pub fn is_pending(&self) -> bool {
        !matches!(self, Self::Decided(_))
    }

    /// What was decided, if it holds.
    pub fn verdict(&self) -> Option<&Verdict> {
        match self {
            Self::Decided(verdict) => Some(verdict),
            _ => None,
        }
    }
}

/// A decision whose call is no longer there, or no longer has a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    /// The call's name.
    pub fingerprint: Fingerprint,
    /// What was decided.
    pub decision: Decision,
}

/// The state of each subject, in their order, and the decisions that are about none of them.
///
/// `looked_at` says whether a file was part of the run; decisions about others are left alone, not gone.
pub fn compare(
    subjects: &[Subject],
    decisions: &Decisions,
    looked_at: &dyn Fn(&str) -> bool,
) -> (Vec<State>, Vec<Gone>) {
    let present: FxHashSet<_> = subjects.iter().map(|subject| &subject.fingerprint).collect();
    let mut left: BTreeMap<&Fingerprint, &Decision> = decisions
        .iter()
        .filter(|(fingerprint, decision)| !present.contains(fingerprint) && looked_at(&decision.path))
        .collect();
    let mixed = mixed_twins(decisions);
    let mut states: Vec<State> = subjects.iter().map(|subject| direct(subject, decisions, &mixed)).collect();
    let rounds: [&Alike; 3] = [&same_function, &same_file, &same_name];
    for round in rounds {
        pair(subjects, &mut states, &mut left, round);
    }
    let gone = left.into_iter().map(|(f, d)| Gone { fingerprint: f.clone(), decision: d.clone() }).collect();
    (states, gone)
}

/// How alike a proposal and a decision without one are, and what happened between them; `None`: not at all.
type Alike = dyn Fn(&Subject, &Decision) -> Option<(f32, Why)>;

type Twins<'d> = (&'d str, &'d str, &'d str);

/// Sets of equal statements that were not all decided alike.
fn mixed_twins(decisions: &Decisions) -> FxHashSet<Twins<'_>> {
    let mut sets: FxHashMap<Twins<'_>, Vec<&Decision>> = FxHashMap::default();
    for decision in decisions.values().filter(|d| d.twins > 1) {
        sets.entry((&decision.path, &decision.function, &decision.statement)).or_default().push(decision);
    }
    let mixed = |set: &Vec<&Decision>| set.len() < set[0].twins || set.iter().any(|d| d.verdict != set[0].verdict);
    sets.into_iter().filter(|(_, set)| mixed(set)).map(|(twins, _)| twins).collect()
}

fn direct(subject: &Subject, decisions: &Decisions, mixed: &FxHashSet<Twins<'_>>) -> State {
    let Some(decision) = decisions.get(&subject.fingerprint) else { return State::New };
    let twins: Twins<'_> = (&decision.path, &decision.function, &decision.statement);
    let why = match () {
        () if decision.twins != subject.twins && mixed.contains(&twins) => Some(Why::Twins),
        () if decision.proposal != subject.proposal => Some(Why::Proposal),
        () => None,
    };
    match why {
        None => State::Decided(decision.verdict.clone()),
        Some(why) => changed(&subject.fingerprint, decision, why),
    }
}

fn changed(fingerprint: &Fingerprint, decision: &Decision, why: Why) -> State {
    let (was, statement) = (decision.verdict.clone(), decision.statement.clone());
    State::Changed { why, was, statement, fingerprint: fingerprint.clone() }
}

/// A statement of the same function that is much alike: edited.
fn same_function(subject: &Subject, decision: &Decision) -> Option<(f32, Why)> {
    if subject.path != decision.path || subject.function != decision.function {
        return None;
    }
    let words =
        |text: &str| text.split_inclusive(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (words(&decision.statement), words(&subject.statement));
    let diff = capture_diff_slices(Algorithm::Myers, &old, &new);
    let equal: usize = diff.iter().filter(|op| op.tag() == DiffTag::Equal).map(|op| op.new_range().len()).sum();
    let ratio = 2.0 * equal as f32 / (old.len() + new.len()).max(1) as f32;
    (ratio >= ALIKE).then_some((ratio, Why::Statement))
}

/// The same statement in another function of the file.
fn same_file(subject: &Subject, decision: &Decision) -> Option<(f32, Why)> {
    (subject.path == decision.path && subject.statement == decision.statement).then_some((1.0, Why::Moved))
}

/// The same statement in a function of the same name in another file.
fn same_name(subject: &Subject, decision: &Decision) -> Option<(f32, Why)> {
    (subject.function == decision.function && subject.statement == decision.statement).then_some((1.0, Why::Moved))
}

/// Joins subjects that nobody decided with decisions that have no subject: the most alike first.
fn pair(subjects: &[Subject], states: &mut [State], left: &mut BTreeMap<&Fingerprint, &Decision>, alike: &Alike) {
    let mut pairs = Vec::new();
    for (index, subject) in subjects.iter().enumerate().filter(|(index, _)| states[*index] == State::New) {
        for (fingerprint, decision) in left.iter() {
            if let Some((ratio, why)) = alike(subject, decision) {
                pairs.push((ratio, index, *fingerprint, why));
            }
        }
    }
    // Ties go to the order of the file, so that two runs agree.
    pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| (a.1, a.2).cmp(&(b.1, b.2))));
    for (_, index, fingerprint, why) in pairs {
        if states[index] != State::New {
            continue;
        }
        if let Some(decision) = left.remove(fingerprint) {
            states[index] = changed(fingerprint, decision, why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decide::decision::About;

    fn subject(name: &str, statement: &str, twins: usize) -> Subject {
        Subject {
            fingerprint: name.to_owned().into(),
            path: "a.go".to_owned(),
            function: "f".to_owned(),
            statement: statement.to_owned(),
            proposal: "p".to_owned(),
            twins,
        }
    }

    fn decided(subject: &Subject, verdict: Verdict) -> (Fingerprint, Decision) {
        let s = subject.clone();
        let decision = Decision {
            verdict,
            about: About::Call,
            path: s.path,
            function: s.function,
            statement: s.statement,
            proposal: s.proposal,
            twins: s.twins,
        };
        (s.fingerprint, decision)
    }

    fn names(states: &[State]) -> Vec<&'static str> {
        states.iter().map(State::name).collect()
    }

    #[test]
    fn states_are_told_apart() {
        let kept = subject("kept", "klog.Info(\"a b c\")", 1);
        let edited = subject("old", "klog.Infof(\"pod %s is gone\", pod)", 1);
        let lost = subject("lost", "klog.Warning(x.Y(1, 2, 3))", 1);
        let decisions = Decisions::from([
            decided(&kept, Verdict::Accepted),
            decided(&edited, Verdict::Accepted),
            decided(&lost, Verdict::Rejected { reason: String::new() }),
        ]);
        let now = [
            kept.clone(),
            subject("new", "klog.Infof(\"pod %q is gone\", pod)", 1),
            subject("other", "klog.ErrorDepth(7)", 1),
            Subject { proposal: "q".to_owned(), ..kept.clone() },
        ];
        let (states, gone) = compare(&now, &decisions, &|_| true);
        assert_eq!(names(&states), ["accepted", "changed", "new", "changed"]);
        assert_eq!(gone.iter().map(|g| g.fingerprint.as_str()).collect::<Vec<_>>(), ["lost"]);
        assert!(matches!(&states[1], State::Changed { why: Why::Statement, was: Verdict::Accepted, .. }));
        let (_, gone) = compare(&now, &decisions, &|_| false);
        assert!(gone.is_empty());
    }

    #[test]
    fn moved_statements_come_back() {
        let old = subject("old", "klog.Info(\"a\")", 1);
        let decisions = Decisions::from([decided(&old, Verdict::Accepted)]);
        let elsewhere = Subject { function: "g".to_owned(), ..subject("new", "klog.Info(\"a\")", 1) };
        let (states, gone) = compare(std::slice::from_ref(&elsewhere), &decisions, &|_| true);
        assert!(matches!(states[0], State::Changed { why: Why::Moved, .. }) && gone.is_empty());
        let moved = Subject { path: "b.go".to_owned(), ..subject("new", "klog.Info(\"a\")", 1) };
        let (states, gone) = compare(&[moved], &decisions, &|_| true);
        assert!(matches!(states[0], State::Changed { why: Why::Moved, .. }) && gone.is_empty());
    }

    #[test]
    fn twins_decided_alike_stand_and_others_come_back() {
        let (one, two) = (subject("t0", "klog.Error(err)", 2), subject("t1", "klog.Error(err)", 2));
        let now = [subject("t0", "klog.Error(err)", 1)];
        let alike = Decisions::from([decided(&one, Verdict::Accepted), decided(&two, Verdict::Accepted)]);
        assert_eq!(names(&compare(&now, &alike, &|_| true).0), ["accepted"]);
        let no = Verdict::Rejected { reason: String::new() };
        let mixed = Decisions::from([decided(&one, Verdict::Accepted), decided(&two, no)]);
        assert_eq!(names(&compare(&now, &mixed, &|_| true).0), ["changed"]);
    }
}
