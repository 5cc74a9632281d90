//! Decisions on disk while people decide: each step is written at once, on top of what others wrote meanwhile.

use std::path::PathBuf;

use crate::decide::decision::{Decision, Decisions, DecisionsError, load, update};
use crate::klog::fingerprint::Fingerprint;

/// One step: what each of these calls is decided as from now on; `None` takes a decision back.
pub type Step = Vec<(Fingerprint, Option<Decision>)>;

/// A decisions file.
#[derive(Clone, Debug)]
pub struct Store {
    path: PathBuf,
}

impl Store {
    /// The file at `path`.
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// What is decided.
    pub fn load(&self) -> Result<Decisions, DecisionsError> {
        load(&self.path)
    }

    /// Makes a step, and returns the one that takes it back.
    pub fn step(&self, step: Step) -> Result<Step, DecisionsError> {
        let before = self.load()?;
        let mut decisions = before.clone();
        let mut back = Step::new();
        for (fingerprint, decision) in step {
            let old = match decision {
                Some(decision) => decisions.insert(fingerprint.clone(), decision),
                None => decisions.remove(&fingerprint),
            };
            back.push((fingerprint, old));
        }
        // What was changed twice is restored in the opposite order.
        back.reverse();
        update(&self.path, &before, &decisions)?;
        Ok(back)
    }
}
