//! Gates: what must not get worse, and what must be reached.

mod baseline;
mod judge;
mod minimum;
mod ratchet;

pub use baseline::{Baseline, BaselineError, Entry, FILE_NAME, Section};
pub use judge::{Judged, Judgement, RULES, judge};
