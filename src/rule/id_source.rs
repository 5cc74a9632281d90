//! Where request IDs come from.

use serde::{Deserialize, Deserializer};

use super::source::parsed;

/// Where request IDs come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdSource {
    /// A header of its own; servers and clients make up IDs where there are none.
    #[default]
    Own,
    /// kubectl's header, one ID per run.
    KubectlSession,
    /// The trace ID of the W3C Trace Context.
    Traceparent,
    /// The audit ID, which differs from HTTP request to HTTP request.
    AuditId,
}

/// A name that no source has.
#[derive(Debug, thiserror::Error)]
#[error("ID source `{0}` is not own, kubectl-session, traceparent or audit-id")]
pub struct NoSource(String);

impl IdSource {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Own, Self::KubectlSession, Self::Traceparent, Self::AuditId];

    /// As command lines and rules spell it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::KubectlSession => "kubectl-session",
            Self::Traceparent => "traceparent",
            Self::AuditId => "audit-id",
        }
    }
}

impl std::fmt::Display for IdSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl std::str::FromStr for IdSource {
    type Err = NoSource;

    fn from_str(text: &str) -> Result<Self, NoSource> {
        Self::ALL.into_iter().find(|source| source.name() == text).ok_or_else(|| NoSource(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for IdSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "an ID source", str::parse)
    }
}
