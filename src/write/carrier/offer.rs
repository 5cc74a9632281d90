//! Carriers that a call could pass on to the function that it calls.

use super::absent::may_be_none;
use super::variable::{Variable, is_usable};
use super::{field, is_named, is_object};
use crate::go::types::{Bound, Reach, Type};
use crate::klog::place::Place;

/// An expression in scope that carries a request ID.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The expression.
    pub expression: String,
    /// A pointer to an API object; none: a context.
    pub object: Option<Type>,
}

const CONTEXT: &str = "context.Context";
const REQUEST: &str = "net/http.Request";

/// Contexts and API objects in scope, those that need no field or call first, nearer ones before others.
pub fn offers(place: &Place<'_, '_>) -> Vec<Offer> {
    let (mut plain, mut derived) = (Vec::new(), Vec::new());
    for binding in place.scopes.visible() {
        if !is_usable(binding, place) {
            continue;
        }
        let variable = Variable::new(binding, place);
        let (name, ty) = (variable.name(), variable.ty.clone());
        let offer = |expression: String, object: Option<Type>| Offer { expression, object };
        match place.object_reach(&ty) {
            _ if is_named(CONTEXT, &ty) => plain.push(offer(name.to_owned(), None)),
            _ if matches!(&ty, Type::Pointer(inner) if is_named(REQUEST, inner)) => {
                derived.push(offer(format!("{name}.Context()"), None))
            }
            Reach::AsIs if matches!(ty, Type::Pointer(_)) && is_object(&ty, place) => {
                plain.push(offer(name.to_owned(), Some(ty)));
            }
            // The address of a range variable may outlive its turn.
            Reach::ByAddress if is_lasting(&binding.bound) && is_object(&ty, place) => {
                derived.push(offer(format!("&{name}"), Some(Type::pointer_to(ty))));
            }
            _ => {
                let found = field::typed(&variable, &[]);
                let lasts = |path: &str| !path.starts_with('&') || is_lasting(&binding.bound);
                derived.extend(found.filter(|(path, _)| lasts(path)).map(|(path, ty)| offer(path, Some(ty))));
            }
        }
    }
    plain.append(&mut derived);
    plain
}

/// The nearest context in scope, or that of a request.
pub fn context(place: &Place<'_, '_>) -> Option<String> {
    let mut of_request = None;
    for binding in place.scopes.visible() {
        let ty = place.type_of_binding(binding);
        let is_request = matches!(&ty, Type::Pointer(inner) if is_named(REQUEST, inner));
        if !is_request && !is_named(CONTEXT, &ty) || !is_usable(binding, place) || may_be_none(binding, place) {
            continue;
        }
        if !is_request {
            return Some(binding.name.to_owned());
        }
        of_request.get_or_insert_with(|| format!("{}.Context()", binding.name));
    }
    of_request
}

fn is_lasting(bound: &Bound<'_>) -> bool {
    !matches!(bound, Bound::RangeKey { .. } | Bound::RangeValue { .. })
}
