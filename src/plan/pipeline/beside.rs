//! What is wrong in a file beside its log calls.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::go::parse::ParsedFile;
use crate::go::types::Scopes;
use crate::klog::call::declaration_name;
use crate::klog::fingerprint::{Fingerprint, digest};
use crate::klog::lint::Violation;
use crate::klog::suppress::Suppression;

/// Something that is wrong where no line is printed.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Beside {
    /// The function around it.
    pub function: String,
    /// Its name across runs.
    pub fingerprint: Fingerprint,
    /// What is wrong.
    pub violation: Violation,
}

impl Beside {
    /// In the function around the current node; not yet named.
    pub(super) fn new(violation: Violation, scopes: &Scopes<'_>) -> Self {
        Self { function: declaration_name(scopes), fingerprint: Fingerprint::default(), violation }
    }

    /// Outside of functions; not yet named.
    pub(super) fn outside(violation: Violation) -> Self {
        Self { function: String::new(), fingerprint: Fingerprint::default(), violation }
    }

    /// Whether a comment keeps it as it is.
    fn is_kept_by(&self, suppression: &Suppression, file: &ParsedFile) -> bool {
        let span = self.violation.span;
        let lines = file.lines.line_col(span.start).line..=file.lines.line_col(span.end).line;
        lines.contains(&suppression.covers)
    }
}

/// Gives each its name, in the order of their places: made of what it says and where it says so, without line numbers.
pub(super) fn name(found: &mut [Beside], file: &ParsedFile) {
    found.sort_by_key(|beside| (beside.violation.span.start, beside.violation.span.end));
    for at in 0..found.len() {
        let (before, rest) = found.split_at_mut(at);
        let Some(Beside { function, fingerprint, violation }) = rest.first_mut() else { continue };
        let twins =
            before.iter().filter(|other| other.function == *function && other.violation.message == violation.message);
        let text =
            format!("{} {} {function} {} {}", file.source.path, violation.rule, violation.message, twins.count());
        *fingerprint = Fingerprint::from(digest(&text));
    }
}

/// Leaves out what a comment keeps as it is, and tells whether there was any.
pub(super) fn suppress(found: &mut Vec<Beside>, suppression: &Suppression, file: &ParsedFile) -> bool {
    let is_used = found.iter().any(|beside| beside.is_kept_by(suppression, file));
    if suppression.counts() {
        found.retain(|beside| !beside.is_kept_by(suppression, file));
    }
    is_used
}
