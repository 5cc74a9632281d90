//! What every format is made from.

use crate::measure::coverage::{Measure, Rate, Report};

/// A report and how it is read.
#[derive(Clone, Copy)]
pub struct Document<'d> {
    /// The report.
    pub report: &'d Report,
    /// What counts as covered.
    pub measure: Measure,
    /// The command that made it, for people who want to make it again.
    pub command: &'d str,
    /// What rules say of themselves: name, summary.
    pub rules: &'d [(String, String)],
    /// Of a gate, how many violations it lets pass: people want to know what is wrong, and not how far each part of the tree is.
    pub passed: Option<usize>,
    /// Of a report about what differs from a commit: how many Go files do, and from what.
    pub differing: Option<(usize, &'d str)>,
}

impl Document<'_> {
    /// The rate of all calls.
    pub fn rate(&self) -> Rate {
        self.measure.rate(&self.report.totals.parts)
    }
}
