//! What a carrier cannot promise where a call stands.

use super::Accessor;
use crate::klog::call::declared_name;
use crate::klog::name::words;
use crate::klog::place::Place;
use crate::write::reason::Doubt;

/// The caveats of a carrier that concern a call. `request_context`: a context belongs to a request there.
pub fn caveats(accessor: &Accessor, place: &Place<'_, '_>, request_context: bool) -> Vec<Doubt> {
    let path = &*place.file.source.path;
    let function = place.scopes.declaration().map(|d| declared_name(d, place.scopes)).unwrap_or_default();
    let named: Vec<String> = words(&function).iter().map(|w| w.to_lowercase()).collect();
    let concerned = |caveat: &&crate::rule::Caveat| {
        caveat.carriers.contains(&accessor.carrier)
            && (caveat.functions.is_empty() || named.iter().any(|w| caveat.functions.contains(w)))
            && (caveat.paths.is_empty() || caveat.paths.is_match(path))
            && !(caveat.outside_request_contexts && request_context)
    };
    let caveats = place.rules.carriers.caveat.iter().filter(concerned);
    let doubt =
        |text: String, review: bool| if review { Doubt::CaveatToReview { text } } else { Doubt::Caveat { text } };
    caveats.map(|caveat| doubt(caveat.text.clone(), caveat.review)).collect()
}
