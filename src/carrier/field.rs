//! Objects in fields: `volumeToMount.Pod`, `b.pod`.

use super::can_be_read;
use crate::keyvalue::Place;
use crate::types::{Binding, Reach, Type};

/// The one object in a variable's fields, at the least depth that has any, where reading it cannot panic.
pub fn object_in<'t>(binding: &Binding<'t>, ty: &Type, place: &Place<'_, 't>) -> Option<String> {
    typed(binding, ty, place).map(|(path, _)| path)
}

/// As [`object_in`], with the object's type.
pub fn typed<'t>(binding: &Binding<'t>, ty: &Type, place: &Place<'_, 't>) -> Option<(String, Type)> {
    if place.is_annotated(ty) || !can_be_read(binding, ty, place) {
        return None;
    }
    let mut level = vec![(binding.name.to_owned(), ty.stripped().clone())];
    for _ in 0..place.rules.carriers.field_depth {
        let mut objects = Vec::new();
        let mut next = Vec::new();
        for (path, ty) in &level {
            let Type::Struct(fields) = place.types.view().underlying(ty) else { continue };
            for field in fields.fields.iter().filter(|field| can_be_named(&field.name, ty, place)) {
                let path = format!("{path}.{}", field.name);
                match &field.ty {
                    Type::Pointer(_) if is_object(&field.ty, place) => objects.push((path, field.ty.clone())),
                    // A pointer on the way may be nil; a struct cannot.
                    Type::Named(_) if is_near(&field.ty, ty) => next.push((path, field.ty.clone())),
                    _ => {}
                }
            }
        }
        match objects.as_slice() {
            [only] => return Some(only.clone()),
            [] => level = next,
            _ => return None,
        }
    }
    None
}

fn is_object(ty: &Type, place: &Place<'_, '_>) -> bool {
    place.object_reach(ty) == Reach::AsIs && place.is_annotated(ty)
}

/// Fields are followed within a package's own types: what another package holds is not this one's business.
fn is_near(field: &Type, owner: &Type) -> bool {
    match (field.named(), owner.named()) {
        (Some(field), Some(owner)) => field.package == owner.package,
        _ => false,
    }
}

/// Whether a field can be named here: another package's own fields cannot.
fn can_be_named(field: &str, owner: &Type, place: &Place<'_, '_>) -> bool {
    let here = || place.types.package().ok().zip(owner.named()).is_some_and(|(here, owner)| here.name == owner.package);
    field.chars().next().is_some_and(char::is_uppercase) || here()
}
