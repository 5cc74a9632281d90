//! Where request IDs come from.

use super::error::RuntimeError;

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

impl IdSource {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::Own, Self::KubectlSession, Self::Traceparent, Self::AuditId];

    /// As command lines spell it.
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
    type Err = RuntimeError;

    fn from_str(text: &str) -> Result<Self, RuntimeError> {
        Self::ALL.into_iter().find(|source| source.name() == text).ok_or_else(|| RuntimeError::Option {
            option: "ID source",
            value: text.to_owned(),
            expected: "own, kubectl-session, traceparent or audit-id",
        })
    }
}
