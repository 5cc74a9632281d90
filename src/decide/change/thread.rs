//! Threads as decisions know them: proposals about functions, not about calls.

use crate::decide::decision::{Decision, Decisions, State, Subject, Verdict, Why};
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
