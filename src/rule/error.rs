//! Why rules or settings cannot be used.

use std::path::PathBuf;

/// A rules or configuration file that cannot be used, shown with the offending line.
#[derive(Debug, thiserror::Error)]
pub enum RuleError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not what is expected there.
    #[error("{}:{line}:{col}: {rendered}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// Line of the offence, from 1.
        line: u32,
        /// Column of the offence, from 1.
        col: u32,
        /// The message with the offending line.
        rendered: String,
    },
    /// A rules directory holds a file that is no rules file.
    #[error("{}: no such rules file; expected one of {known}", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// Files that there are.
        known: String,
    },
}
