//! Objects in fields: `volumeToMount.Pod`, `&b.pod`, `m.podInfo.pod`.

use super::list::embedded;
use super::object::{can_be_named, is_logged, is_object, is_type, is_unset};
use super::variable::Variable;
use crate::go::types::{MemberKind, Reach, Type};
use crate::klog::name::words;
use crate::klog::place::Place;
use crate::rule::{Carrier, CarrierType};
use crate::write::value::KeyValue;

/// A struct whose fields are looked through.
struct Step {
    /// What its fields are named behind.
    path: String,
    /// The type of that.
    from: Type,
    /// The struct: that type, or one that it embeds.
    of: Type,
}

/// An object in a field.
#[derive(Clone)]
struct Found {
    argument: String,
    /// A pointer to an object.
    ty: Type,
}

impl Found {
    /// Whether it is what a component is at just now.
    fn is_passing(&self, place: &Place<'_, '_>) -> bool {
        let field = self.argument.rsplit('.').next().unwrap_or_default();
        let first = words(field).first().map(|word| word.to_lowercase());
        first.is_some_and(|word| place.rules.carriers.passing_names.contains(&word))
    }
}

/// The one object in a variable's fields, at the least depth that has any, where reading it cannot panic. Of several of one
/// type it is the one that the call logs.
pub fn object_in(variable: &Variable<'_, '_, '_>, pairs: &[KeyValue]) -> Option<String> {
    typed(variable, pairs).map(|(argument, _)| argument)
}

/// As [`object_in`], with the type of a pointer to the object.
pub fn typed(variable: &Variable<'_, '_, '_>, pairs: &[KeyValue]) -> Option<(String, Type)> {
    let Variable { ty, place, .. } = variable;
    if place.is_annotated(ty) || !variable.can_be_read() {
        return None;
    }
    let root = ty.stripped().clone();
    let mut level = vec![Step { path: variable.name().to_owned(), from: root.clone(), of: root }];
    for _ in 0..place.rules.carriers.field_depth {
        let (mut objects, mut next) = (Vec::new(), Vec::new());
        for step in &level {
            look(step, variable, &mut objects, &mut next);
        }
        let stands_by = |ty: &Type| {
            ty.stripped().named().is_some_and(|named| place.rules.carriers.bystanders.contains(&*named.name))
        };
        let is_free = |found: &Found| !stands_by(&found.ty) && !found.is_passing(place);
        objects.retain(|found: &Found| is_free(found) || is_logged(&found.argument, pairs));
        match objects.as_slice() {
            [] => level = next,
            several => return chosen(several, pairs).map(|found| (found.argument.clone(), found.ty.clone())),
        }
    }
    None
}

/// The one field of a variable that has one of these types, where something behind it has been read already.
pub fn of_types(variable: &Variable<'_, '_, '_>, types: &[CarrierType]) -> Option<String> {
    let Variable { ty, place, .. } = variable;
    if !variable.can_be_read() {
        return None;
    }
    let of = ty.stripped();
    let owners: Vec<Type> = std::iter::once(of.clone()).chain(embedded(of, place)).collect();
    // Of several types the first one that it has counts.
    let found = types.iter().map(|want| named(want, of, &owners, place)).find(|found| !found.is_empty())?;
    let [(name, ty)] = &found[..] else { return None };
    let path = format!("{}.{name}", variable.name());
    let is_there = || !matches!(ty, Type::Pointer(_)) || variable.reads(&path, ty.stripped(), None);
    is_there().then_some(path)
}

/// Text that the call logs, which has one of the carrier's names: the variable, or a field of it.
pub fn text(variable: &Variable<'_, '_, '_>, carrier: &Carrier, pairs: &[KeyValue]) -> Option<String> {
    let Variable { ty, place, .. } = variable;
    let of = ty.stripped();
    let is_one = |value: &str| match value.rsplit_once('.') {
        None => {
            value == variable.name()
                && is_type(&CarrierType::Text, ty)
                && !is_unset(variable.binding)
                && carrier.names.is_match(value)
        }
        Some((owner, name)) => {
            let owners = || std::iter::once(of.clone()).chain(embedded(of, place)).collect::<Vec<Type>>();
            let fields = || named(&CarrierType::Text, of, &owners(), place);
            owner == variable.name()
                && carrier.names.is_match(name)
                && fields().iter().any(|(field, _)| field.as_str() == name)
        }
    };
    pairs.iter().map(|pair| pair.value.as_str()).find(|value| is_one(value)).map(str::to_owned)
}

/// Fields of a type that can be named behind a value, promoted ones as well.
fn named(want: &CarrierType, of: &Type, owners: &[Type], place: &Place<'_, '_>) -> Vec<(String, Type)> {
    let mut found = Vec::new();
    for owner in owners {
        let Type::Struct(fields) = place.types.view().underlying(owner) else { continue };
        for field in fields.fields.iter().filter(|field| is_type(want, &field.ty)) {
            // Something nearer may have the name of a promoted field.
            let member = place.types.view().member(of, &field.name);
            let is_it = member.is_ok_and(|m| matches!(&m.kind, MemberKind::Field { of } if of == owner));
            if is_it && can_be_named(&field.name, owner, place) {
                found.push((field.name.to_string(), field.ty.clone()));
            }
        }
    }
    found
}

/// The only one, or the only one that is logged among variants of the same thing.
fn chosen<'f>(objects: &'f [Found], pairs: &[KeyValue]) -> Option<&'f Found> {
    let (first, rest) = objects.split_first()?;
    if rest.is_empty() {
        return Some(first);
    }
    if rest.iter().any(|other| other.ty != first.ty) {
        return None;
    }
    let mut logged = objects.iter().filter(|found| is_logged(&found.argument, pairs));
    logged.next().filter(|_| logged.next().is_none())
}

/// Sorts a struct's fields into objects and structs to look through next.
fn look(step: &Step, variable: &Variable<'_, '_, '_>, objects: &mut Vec<Found>, next: &mut Vec<Step>) {
    let place = variable.place;
    let view = place.types.view();
    let Type::Struct(fields) = view.underlying(&step.of) else { return };
    for field in fields.fields.iter().filter(|field| can_be_named(&field.name, &step.of, place)) {
        // Something nearer may have the name of a promoted field.
        let is_it = |of: &Type| *of == step.of;
        let member = view.member(&step.from, &field.name);
        if !member.is_ok_and(|m| matches!(&m.kind, MemberKind::Field { of } if is_it(of))) {
            continue;
        }
        let path = format!("{}.{}", step.path, field.name);
        match &field.ty {
            Type::Pointer(_) if is_object(&field.ty, place) => {
                objects.push(Found { argument: path, ty: field.ty.clone() });
            }
            Type::Named(_) if is_object(&field.ty, place) => {
                if place.object_reach(&field.ty) == Reach::ByAddress {
                    objects.push(Found { argument: format!("&{path}"), ty: Type::pointer_to(field.ty.clone()) });
                }
            }
            ty if !field.embedded && !is_near(ty, &step.of) => {}
            ty => {
                let (from, path) = match field.embedded {
                    true => (step.from.clone(), step.path.clone()),
                    false => (ty.stripped().clone(), path),
                };
                // A pointer on the way may be nil unless something has been read behind it; a struct cannot.
                let through = if field.embedded { Some(&*field.name) } else { None };
                if matches!(ty, Type::Named(_)) || variable.reads(&path, &from, through) {
                    next.push(Step { path, from, of: ty.stripped().clone() });
                }
            }
        }
    }
}

/// Named fields are followed within a package's own types: what another package holds is not this one's business.
fn is_near(field: &Type, owner: &Type) -> bool {
    match (field.stripped().named(), owner.named()) {
        (Some(field), Some(owner)) => field.package == owner.package,
        _ => false,
    }
}
