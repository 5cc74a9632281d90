//! One call and what becomes of it.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::go::calls::Anchor;
use crate::klog::call::{CallSite, Class};
use crate::klog::fingerprint::Fingerprint;
use crate::klog::lint::Facts;
use crate::path::{Off, OnPath, Standing};
use crate::write::edit::{Fix, Outcome};
use crate::write::reason::SkipReason;

/// One call site and what becomes of it.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct SitePlan {
    /// Its name across runs.
    pub fingerprint: Fingerprint,
    /// The call.
    pub site: CallSite,
    /// What becomes of it.
    pub outcome: Outcome,
    /// What it shows, if it is structured already.
    pub facts: Facts,
    /// Where it stands among the operations; none where the run did not ask.
    pub standing: Option<Standing>,
    /// Which function of its file it stands in; none where no path can lead to it, or the run did not ask.
    pub anchor: Option<Anchor>,
}

impl SitePlan {
    /// Of a call that was not compared with anything yet.
    pub(super) fn undecided(site: CallSite, outcome: Outcome) -> Self {
        let (fingerprint, facts) = (Fingerprint::default(), Facts::default());
        Self { fingerprint, site, outcome, facts, standing: None, anchor: None }
    }

    /// The fix, if one is proposed.
    pub fn fix(&self) -> Option<&Fix> {
        match &self.outcome {
            Outcome::Fix(fix) => Some(fix),
            _ => None,
        }
    }

    /// The path that it lies on.
    pub fn on_path(&self) -> Option<&OnPath> {
        match &self.standing {
            Some(Standing::On(on)) => Some(on),
            _ => None,
        }
    }

    /// Why the run is not about it.
    pub fn out_of_scope(&self) -> Option<&Off> {
        match &self.outcome {
            Outcome::Skip(skip) => match &skip.reason {
                SkipReason::OutOfScope { off } => Some(off),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is a function that is passed or stored, in scope.
    pub fn is_function_value(&self) -> bool {
        self.site.class == Class::FunctionValue && self.out_of_scope().is_none()
    }
}
