//! What people decided about proposals: a small text file beside the plan, never part of it.

mod file;
mod state;

use std::collections::BTreeMap;

use serde::Deserialize;

pub use file::{DecisionsError, load, parse, render, render_line, update};
pub use state::{Gone, State, Subject, Why, compare};

use crate::klog::fingerprint::Fingerprint;

/// Name of the file at the root of a checkout.
pub const FILE_NAME: &str = "klogmod.decisions.toml";

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase", tag = "is")]
pub enum Verdict {
    /// The proposal is taken.
    Accepted,
    /// It is not, perhaps for this reason.
    Rejected {
        /// Why; empty where nobody said.
        reason: String,
    },
    /// This call is taken in its place.
    Edited {
        /// The new call.
        text: String,
    },
}

impl Verdict {
    /// Its name in the file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected { .. } => "rejected",
            Self::Edited { .. } => "edited",
        }
    }
}

/// What a decision is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum About {
    /// One call.
    #[default]
    Call,
    /// Functions that get a parameter.
    Thread,
}

/// One decision, and what it was about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What was decided.
    pub verdict: Verdict,
    /// About what.
    pub about: About,
    /// The file.
    pub path: String,
    /// The function around the call.
    pub function: String,
    /// The call as it was, on one line; of a thread, what its functions got.
    pub statement: String,
    /// Digest of the proposal that was looked at.
    pub proposal: String,
    /// How many equal calls the function had.
    pub twins: usize,
}

/// All decisions, by the call's name.
pub type Decisions = BTreeMap<Fingerprint, Decision>;

/// A call on one line, as decisions hold it.
pub fn one_line(call: &str) -> String {
    call.split_whitespace().collect::<Vec<_>>().join(" ")
}
