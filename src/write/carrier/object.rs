//! What is asked of every object and field: whether it is one, can be named and read, and is logged.

use crate::go::types::{Binding, Type};
use crate::klog::place::Place;
use crate::write::value::{KeyValue, is_proven, reads};

/// Whether a call logs an object.
pub(super) fn is_logged(argument: &str, pairs: &[KeyValue]) -> bool {
    pairs.iter().any(|pair| pair.value.contains(&format!("({argument})")))
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

/// Whether reading a field of a variable cannot panic: it is no pointer, or something before the call has read one.
pub(super) fn can_be_read(binding: &Binding<'_>, ty: &Type, place: &Place<'_, '_>) -> bool {
    let read = || reads(binding, binding.name, ty.stripped(), None, place);
    !matches!(ty, Type::Pointer(_) | Type::Interface(_)) || is_proven(binding.name, place) || read()
}
