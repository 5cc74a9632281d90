//! Why there is no patch.

use std::path::PathBuf;

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
    /// A sender that no mail can name.
    #[error("{what} of the sender, {value:?}, cannot stand in a mail: {reason}")]
    Sender {
        /// Name or address.
        what: &'static str,
        /// What was given.
        value: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A patch without a change, which `git am` would stop at.
    #[error("the patch {subject:?} changes nothing")]
    Empty {
        /// Its subject.
        subject: String,
    },
    /// Two changes of one file in one patch.
    #[error("the patch {subject:?} changes {path:?} twice")]
    Twice {
        /// The patch's subject.
        subject: String,
        /// The file.
        path: String,
    },
    /// A patch that would not apply on top of those before it.
    #[error("the patch {subject:?} does not start from what an earlier patch makes of {path:?}")]
    OutOfStep {
        /// The patch's subject.
        subject: String,
        /// The file.
        path: String,
    },
    /// The output directory, or something in it, is a link that leads elsewhere.
    #[error("{path:?} is a symbolic link; give the directory itself")]
    Link {
        /// The link.
        path: PathBuf,
    },
    /// The output directory holds something that klogmod did not write, or that was changed since.
    #[error("{path:?} is not as klogmod wrote it; it is left alone: give an empty directory")]
    Foreign {
        /// What it holds.
        path: PathBuf,
    },
    /// The output cannot be written.
    #[error("{path:?}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}
