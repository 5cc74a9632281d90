//! What is asked of every object and field: whether it is one, can be named, and is logged.

use crate::go::syntax::{field, kind, named_children, peel};
use crate::go::types::{Basic, Binding, Bound, Type};
use crate::klog::place::Place;
use crate::rule::CarrierType;
use crate::write::value::KeyValue;

/// Whether a call logs an object.
pub(super) fn is_logged(argument: &str, pairs: &[KeyValue]) -> bool {
    logged_at(argument, pairs).is_some()
}

/// Which of a call's pairs logs an object first.
pub(super) fn logged_at(argument: &str, pairs: &[KeyValue]) -> Option<usize> {
    pairs.iter().position(|pair| pair.value.contains(&format!("({argument})")))
}

/// Whether a value of this type, or a pointer to it, is an object whose annotations the API server keeps: a template's are
/// those of what is made from it.
pub(super) fn is_object(ty: &Type, place: &Place<'_, '_>) -> bool {
    let is_part = |ty: &Type| ty.named().is_some_and(|named| place.rules.carriers.not_objects.contains(&*named.name));
    place.is_annotated(ty) && !is_part(ty.stripped())
}

/// Whether a field can be named here: another package's own fields cannot.
pub(super) fn can_be_named(field: &str, owner: &Type, place: &Place<'_, '_>) -> bool {
    let here = || place.types.package().ok().zip(owner.named()).is_some_and(|(here, owner)| here.name == owner.package);
    field.chars().next().is_some_and(char::is_uppercase) || here()
}

/// Whether a type is this named one, or a pointer to it.
pub(super) fn is_type(want: &CarrierType, ty: &Type) -> bool {
    match (want, ty) {
        (CarrierType::PointerTo(want), Type::Pointer(inner)) => is_named(want, inner),
        (CarrierType::Named(want), ty) => is_named(want, ty),
        (CarrierType::Text, Type::Basic(Basic::String)) => true,
        _ => false,
    }
}

/// Whether a variable is a result that is not set yet.
pub(super) fn is_unset(binding: &Binding<'_>) -> bool {
    matches!(binding.bound, Bound::Result { .. }) && binding.assigned.is_none()
}

pub(super) fn is_named(want: &str, ty: &Type) -> bool {
    ty.qualified().as_deref() == Some(want)
}

/// Whether a variable holds an object that is made where it stands, without annotations: nobody has written an ID into it.
pub(super) fn is_blank(binding: &Binding<'_>, place: &Place<'_, '_>) -> bool {
    let Bound::Value { values, index, .. } = binding.bound else { return false };
    if binding.assigned.is_some() || values.kind_id() == kind::CALL_EXPRESSION {
        return false;
    }
    let listed = named_children(values).filter(|node| node.kind_id() != kind::COMMENT).nth(index);
    let value = match listed.map(peel) {
        Some(value) if value.kind_id() == kind::UNARY_EXPRESSION => value.child_by_field_id(field::OPERAND),
        value => value,
    };
    let is_literal = |node: &tree_sitter::Node<'_>| node.kind_id() == kind::COMPOSITE_LITERAL;
    let Some(value) = value.filter(is_literal) else { return false };
    let body = value.child_by_field_id(field::BODY).into_iter().flat_map(named_children);
    body.filter(|element| element.kind_id() == kind::KEYED_ELEMENT).any(|element| {
        let mut parts = named_children(element).map(|part| named_children(part).next().unwrap_or(part));
        let (Some(name), Some(_)) = (parts.next(), parts.next()) else { return false };
        let text = place.text(element);
        let meta = text.trim_start_matches("ObjectMeta").trim_start_matches(':').trim_start();
        place.text(name) == "ObjectMeta" && meta.contains('{') && !meta.contains("Annotations") && !meta.contains("()")
    })
}
