//! The expression in scope that holds the request ID.

use serde::Serialize;

use crate::keyvalue::{Place, kind_of};
use crate::rule::Carrier;
use crate::types::{Bound, Type};

/// A carrier that was found, and the call that reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Accessor {
    /// Which kind of carrier: `object`, `http-request`, `context`.
    pub carrier: String,
    /// The function of the runtime package.
    pub function: String,
    /// Its argument.
    pub argument: String,
}

/// The best carrier among the parameters of the functions around a call; parameters that are shadowed are none.
///
/// Where `context_first` holds, a context goes before an API object: there it belongs to a request, not to a run loop.
pub fn find<'t>(place: &Place<'_, 't>, context_first: bool) -> Option<Accessor> {
    let rules = &place.rules.carriers.carrier;
    let rank = |carrier: &Carrier| {
        let order = rules.iter().position(|c| c.name == carrier.name).unwrap_or(usize::MAX);
        if context_first && carrier.name == "context" { 0 } else { order + 1 }
    };
    let mut best: Option<(usize, Accessor)> = None;
    for binding in place.scopes.visible() {
        if !matches!(binding.bound, Bound::Param { variadic: false, .. } | Bound::Receiver { .. }) {
            continue;
        }
        let ty = place.type_of_binding(binding);
        let Some(carrier) = rules.iter().find(|c| c.types.iter().any(|want| carries(want, &ty, place))) else {
            continue;
        };
        let rank = rank(carrier);
        // Visible bindings come innermost first, so the first of its rank is the nearest.
        if best.as_ref().is_none_or(|(known, _)| rank < *known) {
            let accessor = Accessor {
                carrier: carrier.name.clone(),
                function: carrier.accessor.clone(),
                argument: binding.name.to_owned(),
            };
            best = Some((rank, accessor));
        }
    }
    best.map(|(_, accessor)| accessor)
}

/// Whether a type is the one that a rule names: `*import/path.Name`, or `*object` for a pointer to any API object.
fn carries(want: &str, ty: &Type, place: &Place<'_, '_>) -> bool {
    match (want.strip_prefix('*'), ty) {
        (Some("object"), Type::Pointer(_)) => kind_of(ty, place).is_some(),
        (Some(want), Type::Pointer(inner)) => inner.qualified().as_deref() == Some(want),
        (None, ty) => ty.qualified().as_deref() == Some(want),
        _ => false,
    }
}
