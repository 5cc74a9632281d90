//! Why there is no plan at all.

use crate::path::SelectionError;

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
