//! Where request IDs come from, and which Go finds them there.

use super::{RuntimeError, RuntimeOptions};
use crate::rule::Version;

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

/// apiserver's filter always puts an audit ID into the context since this version.
const AUDIT_ID_SINCE: Version = Version(0, 22, 0);
/// The accessor for it is in this package since this version.
const AUDIT_PACKAGE_SINCE: Version = Version(0, 26, 0);

/// The template of source.go for these options.
pub(super) fn template(options: &RuntimeOptions) -> Result<String, RuntimeError> {
    let traceparent = |template: &str| {
        template.replace("{{traceparent}}", include_str!("go/source/traceparent_header.go.part").trim_end())
    };
    Ok(match options.id_source {
        IdSource::Own => include_str!("go/source/own.go.tmpl").to_owned(),
        IdSource::KubectlSession => include_str!("go/source/kubectl_session.go.tmpl").to_owned(),
        IdSource::Traceparent if options.otel => traceparent(include_str!("go/source/traceparent_otel.go.tmpl")),
        IdSource::Traceparent => traceparent(include_str!("go/source/traceparent.go.tmpl")),
        IdSource::AuditId => match options.apiserver_version {
            None => {
                return Err(RuntimeError::Conflict(
                    "audit IDs need the version of k8s.io/apiserver: its accessors have changed over time".to_owned(),
                ));
            }
            Some(version) if version < AUDIT_ID_SINCE => include_str!("go/source/audit_event.go.tmpl"),
            Some(version) if version < AUDIT_PACKAGE_SINCE => include_str!("go/source/audit_id_request.go.tmpl"),
            Some(_) => include_str!("go/source/audit_id_audit.go.tmpl"),
        }
        .to_owned(),
    })
}
