//! Why there is no package to write.

/// Why there is no package to write.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// An option has a value that would not make a sound package.
    #[error("{option} `{value}` is not {expected}")]
    Option {
        /// The option, as a person knows it.
        option: &'static str,
        /// What was given.
        value: String,
        /// What would do.
        expected: &'static str,
    },
    /// Two options exclude each other, or one needs another.
    #[error("{0}")]
    Conflict(String),
    /// The checkout lacks what is needed to place the package.
    #[error("{path}: {reason}")]
    Tree {
        /// The file or directory.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file of the checkout could not be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}
