//! What is wrong with calls that are structured already, and whether they carry a request ID.

mod pairs;
mod violations;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::klog::call_site::{Class, KlogCall};
use crate::klog::logger::logger_has_id;
use crate::klog::place::Place;
use crate::rule::Severity;

use pairs::Pairs;
pub use violations::Violation;

/// Whether a call carries the request ID pair.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
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
#[serde(rename_all = "kebab-case")]
pub enum IdPair {
    /// It does not.
    #[default]
    Absent,
    /// It does, or its logger does.
    Present,
}

/// What a structured call shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Facts {
    /// Whether it carries the request ID.
    pub id: IdPair,
    /// Its message, where that is a constant.
    pub message: Option<String>,
    /// What is wrong with it.
    pub violations: Vec<Violation>,
}

/// Looks at a call; those that are not structured have nothing to show. `key` is that of the request ID pair, `runtime` the import
/// path of the package that wraps pairs for an old klog.
pub fn facts<'t>(call: &KlogCall<'t>, place: &Place<'_, 't>, key: &str, runtime: &str) -> Facts {
    if !matches!(call.site.class, Class::Structured | Class::Contextual) {
        return Facts::default();
    }
    let leading = usize::from(call.depth);
    let is_error = call.site.severity == Severity::Error;
    let args = call.args.get(leading..).unwrap_or_default();
    let (error, rest) = match (is_error, args.split_first()) {
        (true, Some((error, rest))) => (Some(*error), rest),
        _ => (None, args),
    };
    let message = rest.first().copied();
    let pairs = Pairs::read(rest.get(1..).unwrap_or_default(), place, runtime);
    let in_call = pairs.list.iter().any(|pair| pair.key.as_deref() == Some(key));
    let in_logger = || call.site.class == Class::Contextual && logger_has_id(call, place, key);
    let subject = violations::Subject { call, place, error, message, pairs: &pairs, id_key: key };
    Facts {
        id: if in_call || in_logger() { IdPair::Present } else { IdPair::Absent },
        message: message.and_then(|node| pairs::constant(node, place)),
        violations: subject.violations(),
    }
}
