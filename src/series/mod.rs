//! Fixes become patches: unified diffs of whole files.

mod path;
mod unified;

pub use path::check_path;
pub use unified::{FileChange, LineCounts, line_counts, unified};

/// Why there is no patch.
#[derive(Debug, thiserror::Error)]
pub enum SeriesError {
    /// A path that no patch may name.
    #[error("{path:?} cannot stand in a patch: {reason}")]
    Path {
        /// The path.
        path: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}
