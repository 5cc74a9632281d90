//! Threads as decisions know them: proposals about functions, not about calls.

use crate::decide::decision::{About, Decision, Decisions, State, Verdict, Why};
use crate::write::thread::Thread;

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
    Decision {
        verdict,
        about: About::Thread,
        path: thread.functions.first().map(|function| function.path.to_string()).unwrap_or_default(),
        function: thread.names(),
        statement: thread.statement(),
        proposal: thread.proposal(),
        twins: 1,
    }
}
