//! What any stage may say to a person: where, what is wrong, what to do.

use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::text::LineCol;

/// A path below the root of the checkout, with `/` between its parts on every system.
pub type RelPath = Arc<str>;

/// How bad it is.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Something was not analysed: the run is incomplete.
    Error,
    /// The run is complete, but something looks wrong.
    Warning,
    /// Something may log, and static reading does not see it as a call.
    Note,
}

/// One message about one place.
#[derive(
    Clone,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
pub struct Diagnostic {
    /// The file, relative to the root.
    pub path: RelPath,
    /// Line and column, where one is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub position: Option<LineCol>,
    /// How bad it is.
    pub level: Level,
    /// What is wrong, as a sentence without a final period.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub help: Option<String>,
}

impl Diagnostic {
    /// A file, or a part of one, that was not analysed.
    pub fn error(path: impl Into<RelPath>, message: impl Into<String>) -> Self {
        Self { path: path.into(), position: None, level: Level::Error, message: message.into(), help: None }
    }

    /// Something odd that does not make the run incomplete.
    pub fn warning(path: impl Into<RelPath>, message: impl Into<String>) -> Self {
        Self { level: Level::Warning, ..Self::error(path, message) }
    }

    /// What may log without being counted as a call.
    pub fn note(path: impl Into<RelPath>, message: impl Into<String>) -> Self {
        Self { level: Level::Note, ..Self::error(path, message) }
    }

    /// Adds the place.
    pub fn at(mut self, position: LineCol) -> Self {
        self.position = Some(position);
        self
    }

    /// Adds what to do.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl std::fmt::Display for Diagnostic {
    /// `path:line:col: message; help`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.path)?;
        if let Some(LineCol { line, col }) = self.position {
            write!(f, ":{line}:{col}")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}
