//! The Go package that the rewrites call: its templates, and where it goes.

mod facade;
mod importers;
mod options;
mod render;
mod source;
mod tree;

pub use importers::{Importable, Importers, Refusal};
pub use options::{Base, DEFAULT_KEY, License, RuntimeOptions};
pub use render::files;
pub use source::IdSource;
pub use tree::tree_files;

use crate::rule::Version;

/// klog has a log filter since this version.
pub const FILTER_SINCE: Version = Version(2, 4, 0);
/// klog has contextual loggers since this version.
pub const CONTEXTUAL_SINCE: Version = Version(2, 50, 0);
/// klog's loggers take part in log/slog since this version.
pub const SLOG_SINCE: Version = Version(2, 120, 0);

/// A file that the tree gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuntimeFile {
    /// Below the root of the checkout, with `/` between its parts.
    pub path: String,
    /// All of it.
    pub contents: Vec<u8>,
    /// What the tree had there before, if it had something.
    pub before: Option<Vec<u8>>,
}

/// How a call names the pair, so that it can vanish.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallForm {
    /// `klog.InfoS("Updated pod", "pod", klog.KObj(pod), "requestID", requestid.FromObject(pod))`: a filter drops it.
    Pair,
    /// `klog.InfoS("Updated pod", requestid.Pairs("pod", klog.KObj(pod), "requestID", requestid.FromObject(pod))...)`:
    /// klog has no filter yet, or the package that is imported gives it none; and klog prints every key that a call is given.
    Pairs,
}

impl CallForm {
    /// The form for calls of klog's functions, compiled against this version. `filters`: the package gives klog its filter.
    pub fn of(klog: Version, filters: bool) -> Self {
        if filters && klog >= FILTER_SINCE { Self::Pair } else { Self::Pairs }
    }
}

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
