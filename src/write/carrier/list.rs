//! Lists of objects: `pods`, `update.Pods`, `volumeToAttach.ScheduledPods`.

use super::object::{can_be_named, is_object};
use super::variable::Variable;
use crate::go::types::{Bound, MemberKind, Type};
use crate::klog::place::Place;
use crate::write::value::KeyValue;

/// A list, or the one list in a variable's fields, that the call is about: it logs the list, or the list is a field of what is worked on.
/// What else is in scope is mostly all that there is of a kind.
pub fn list(variable: &Variable<'_, '_, '_>, pairs: &[KeyValue]) -> Option<String> {
    let Variable { binding, ty, place } = variable;
    let is_logged = |argument: &str| pairs.iter().any(|pair| names(&pair.value, argument));
    if is_list(ty, place) {
        return is_logged(variable.name()).then(|| variable.name().to_owned());
    }
    if place.is_annotated(ty) || !variable.can_be_read() {
        return None;
    }
    let owner = ty.stripped();
    let mut lists = Vec::new();
    for of in std::iter::once(owner.clone()).chain(embedded(owner, place)) {
        let Type::Struct(fields) = place.types.view().underlying(&of) else { continue };
        for field in fields.fields.iter().filter(|field| is_list(&field.ty, place)) {
            // Something nearer may have the name of a promoted field.
            let member = place.types.view().member(owner, &field.name);
            let is_it = member.is_ok_and(|m| matches!(&m.kind, MemberKind::Field { of: found } if *found == of));
            let argument = format!("{}.{}", variable.name(), field.name);
            // A component's own lists, and those of the API, hold all that there is.
            let is_work = !matches!(binding.bound, Bound::Receiver { .. }) && &*field.name != "Items";
            if is_it && can_be_named(&field.name, &of, place) && (is_work || is_logged(&argument)) {
                lists.push(argument);
            }
        }
    }
    match lists.as_slice() {
        [_] => lists.pop(),
        _ => lists.into_iter().find(|argument| is_logged(argument)),
    }
}

/// The structs that a struct embeds; not those behind pointers, which may be nil.
pub(super) fn embedded(owner: &Type, place: &Place<'_, '_>) -> Vec<Type> {
    let Type::Struct(fields) = place.types.view().underlying(owner) else { return Vec::new() };
    let embedded = fields.fields.iter().filter(|field| field.embedded && matches!(field.ty, Type::Named(_)));
    embedded.map(|field| field.ty.clone()).collect()
}

/// A slice of objects that somebody asked for: nodes and config maps stand by, and most of them belong to no operation.
fn is_list(ty: &Type, place: &Place<'_, '_>) -> bool {
    let Type::Slice(element) = ty else { return false };
    let name = element.stripped().named().map(|named| &*named.name);
    is_object(element, place) && name.is_some_and(|name| !place.rules.carriers.bystanders.contains(name))
}

/// Whether an expression names a list for more than its length.
fn names(value: &str, argument: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '[');
    value.match_indices(argument).any(|(at, _)| {
        let (before, after) = (&value[..at], &value[at + argument.len()..]);
        !before.ends_with(is_part) && !before.ends_with("len(") && !after.starts_with(is_part)
    })
}
