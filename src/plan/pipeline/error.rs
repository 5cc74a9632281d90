//! Why there is no plan at all, and what keeps a failure to its file.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::path::SelectionError;
use crate::text::diagnostic::{Diagnostic, RelPath};

/// Why there is no plan at all.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The selection is none.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// None of the selection's operations starts in this tree.
    #[error(
        "none of these operations starts in this tree; describe your own with [[operation]] in klogmod.toml, or take every call: --all"
    )]
    NoEntries,
    /// The threads could not be started.
    #[error("the threads could not be started")]
    Threads(#[from] rayon::ThreadPoolBuildError),
}

/// A failure on one file never hides the others.
pub(super) fn guarded<T>(path: &RelPath, work: impl FnOnce() -> T) -> Result<T, Diagnostic> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|_| {
        let message = "not analysed: klogmod failed on this file; please report it";
        Diagnostic::error(path.clone(), message)
    })
}
