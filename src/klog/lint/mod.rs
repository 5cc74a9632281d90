//! What is wrong with log calls and with what stands around them, and whether calls carry a request ID.

mod asked;
mod levels;
mod loose;
mod marked;
mod pairs;
mod printed;
mod structured;
mod violation;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::go::syntax::kind;
use crate::klog::call::{Class, LogCall};
use crate::klog::place::Place;

pub use asked::{asks_of_all, is_held};
pub use loose::{is_looked_at, loose, may_be_loose};
pub use marked::marks;
pub use violation::{Violation, verb};

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
    /// What the text of an unstructured call is put together from before it, as it stands there.
    pub built: Option<String>,
}

/// Looks at a call; those that are not structured have nothing to show. `key` is that of the request ID pair.
pub fn facts<'t>(call: &LogCall<'t>, place: &Place<'_, 't>, key: &str) -> Facts {
    if !matches!(call.site.class, Class::Structured | Class::Contextual) {
        let mut violations = Vec::new();
        printed::of_call(call, place, &mut violations);
        levels::of_call(call, place, &mut violations);
        violations.extend(around_logger(call, place));
        return Facts { built: built(call, place), violations, ..Facts::default() };
    }
    let in_call = call.parts.has_id(key);
    let in_logger = || call.site.class == Class::Contextual && call.logger_has_key(key, place);
    let mut violations = structured::Subject { call, place, id_key: key }.violations();
    violations.extend(around_logger(call, place));
    Facts {
        id: if in_call || in_logger() { IdPair::Present } else { IdPair::Absent },
        message: call.parts.message.and_then(|node| violation::constant(node, place)),
        violations,
        built: None,
    }
}

/// A call that goes through no logger of its own, in a tree that asks for them.
fn around_logger<'t>(call: &LogCall<'t>, place: &Place<'_, 't>) -> Option<Violation> {
    let rule = "lint-contextual";
    let callee = call.callee().filter(|_| call.site.class != Class::Contextual && asked::asks(rule, place))?;
    let said = format!("{} prints without the logger that the caller has made", place.text(callee));
    Some(Violation::new(rule, callee, said))
}

/// Where the text or the format is a local variable that is set to text: the statements that set it, first and last.
fn built<'t>(call: &LogCall<'t>, place: &Place<'_, 't>) -> Option<String> {
    let text = *call.parts.printed.first()?;
    let name = (text.kind_id() == kind::IDENTIFIER).then(|| place.scopes.text(text))?;
    let binding = place.scopes.lookup_at(name, text)?;
    let statements = [Some(binding.statement), binding.assigned];
    let set = statements.into_iter().flatten().map(|statement| place.scopes.text(statement));
    let text: String = set.filter(|set| set.contains(['"', '`'])).collect();
    (!text.is_empty()).then_some(text)
}
