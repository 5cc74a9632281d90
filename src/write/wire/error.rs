//! Why there is no proposal.

use crate::write::runtime::RuntimeError;

/// Why there is no proposal.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// What the package needs is not there.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// A file of the checkout could not be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file that a place is in cannot be analysed.
    #[error("{path}: {reason}")]
    Unparsed {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
}
