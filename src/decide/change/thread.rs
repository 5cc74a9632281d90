//! Threads as decisions know them: proposals about functions, not about calls.

use crate::decide::change::Filter;
use crate::decide::decision::{Decision, Decisions, State, Subject, Verdict, Why};
use crate::plan::report::kebab;
use crate::write::thread::Thread;

/// What a decision about a thread has in the place of a call.
const MARK: &str = "thread: ";

/// What decisions know of a thread.
pub fn thread_subject(thread: &Thread) -> Subject {
    Subject {
        fingerprint: thread.fingerprint.clone(),
        path: thread.functions.first().map(|function| function.path.to_string()).unwrap_or_default(),
        function: thread.names(),
        statement: format!("{MARK}{}", thread.statement()),
        proposal: thread.proposal(),
        twins: 1,
    }
}

/// Whether a decision is about a thread.
pub fn is_of_thread(decision: &Decision) -> bool {
    decision.statement.starts_with(MARK)
}

/// Where a thread stands.
pub fn thread_state(thread: &Thread, decisions: &Decisions) -> State {
    let Some(decision) = decisions.get(&thread.fingerprint) else { return State::New };
    match decision.proposal == thread.proposal() {
        true => State::Decided(decision.verdict.clone()),
        false => State::Changed {
            why: Why::Proposal,
            was: decision.verdict.clone(),
            statement: decision.statement.clone(),
            fingerprint: thread.fingerprint.clone(),
        },
    }
}

/// A decision about a thread.
pub fn decide_thread(thread: &Thread, verdict: Verdict) -> Decision {
    let Subject { path, function, statement, proposal, twins, .. } = thread_subject(thread);
    Decision { verdict, path, function, statement, proposal, twins }
}

impl Filter {
    /// Whether a thread is meant: by the rule `thread`, a file of one of its functions, its applicability, its state, its
    /// fingerprint or a text. No thread belongs to a SIG or an operation.
    pub fn takes_thread(&self, thread: &Thread, state: &State) -> bool {
        let any =
            |list: &[String], found: &dyn Fn(&str) -> bool| list.is_empty() || list.iter().any(|want| found(want));
        let in_path = |paths: &globset::GlobSet| thread.functions.iter().any(|f| paths.is_match(&*f.path));
        let stands = |want: &str| want == state.name() || (want == "pending" && state.is_pending());
        any(&self.rules, &|want| want == "thread")
            && self.paths.as_ref().is_none_or(in_path)
            && any(&self.applicability, &|want| kebab(&thread.applicability) == want)
            && self.sigs.is_empty()
            && self.operations.is_empty()
            && any(&self.states, &stands)
            && any(&self.ids, &|want| thread.fingerprint.as_str().starts_with(want))
            && (self.text.is_empty() || thread.statement().to_lowercase().contains(&self.text.to_lowercase()))
    }
}
