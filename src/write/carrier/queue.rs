//! Items of work queues: what the worker that holds the queue is called with.

use tree_sitter::Node;

use super::variable::{Variable, is_usable};
use crate::go::syntax;
use crate::go::types::{Basic, Binding, Bound, Type};
use crate::klog::place::Place;
use crate::rule::{Carrier, CarrierType};

/// What the accessor takes of a receiver that holds queues: the receiver, which may be nil, and the item, or its key, among the parameters of
/// its method.
pub fn item(carrier: &Carrier, variable: &Variable<'_, '_, '_>) -> Option<String> {
    let Variable { binding, ty, place } = variable;
    let Type::Pointer(of) = ty else { return None };
    if !matches!(binding.bound, Bound::Receiver { .. }) || binding.name == "_" || !holds_queue(of, place) {
        return None;
    }
    let declaration = place.scopes.declaration()?;
    let given: Vec<&Binding<'_>> = place
        .scopes
        .parameters(declaration)
        .filter(|given| matches!(given.bound, Bound::Param { variadic: false, .. }) && given.name != "_")
        .filter(|given| place.scopes.lookup(given.name).is_some_and(|seen| seen.at == given.at))
        .filter(|given| is_usable(given, place))
        .collect();
    let names = |given: &Binding<'_>| carrier.names.is_match(given.name);
    let worker = variable.name();
    if !carrier.types.contains(&CarrierType::Text) {
        let item = given.iter().find(|given| names(given) && is_item(&place.type_of_binding(given), place))?;
        return Some(format!("{worker}, {}", item.name));
    }
    let is_text = |given: &&&Binding<'_>| place.type_of_binding(given) == Type::Basic(Basic::String);
    let texts: Vec<&&Binding<'_>> = given.iter().filter(is_text).collect();
    let is_part = |given: &Binding<'_>, part: &str| given.name.to_lowercase().ends_with(part);
    match texts.as_slice() {
        [key] if names(key) => Some(format!("{worker}, {}", key.name)),
        // Many things have names; an item's is passed where it is taken.
        [name] if is_part(name, "name") && is_called_by_taker(declaration, place) => {
            Some(format!("{worker}, {}", name.name))
        }
        [namespace, name] if is_part(namespace, "namespace") && is_part(name, "name") => {
            Some(format!("{worker}, {}, {}", namespace.name, name.name))
        }
        _ => None,
    }
}

/// Whether a method is called, in its file, where items are taken from a queue.
fn is_called_by_taker(declaration: Node<'_>, place: &Place<'_, '_>) -> bool {
    let Some((_, name)) = syntax::owner(declaration, place.source()) else { return false };
    let calls = format!(".{name}(");
    let takes: Vec<String> = place.rules.wires.adopt.takes.iter().map(|take| format!(".{take}()")).collect();
    // What logs nothing is not in the tree.
    let mut functions = String::from_utf8_lossy(place.source()).into_owned();
    functions.insert(0, '\n');
    let has = |text: &str, part: &String| text.contains(part.as_str());
    functions.split("\nfunc ").any(|text| has(text, &calls) && takes.iter().any(|take| has(text, take)))
}

/// Whether a struct holds a work queue.
fn holds_queue(of: &Type, place: &Place<'_, '_>) -> bool {
    let Type::Struct(fields) = place.types.view().underlying(of) else { return false };
    let is_queue = |ty: &Type| {
        let of = ty.stripped().qualified();
        let package = of.as_deref().and_then(|of| of.rsplit_once('.')).map(|(package, _)| package);
        package.is_some_and(|package| place.rules.wires.adopt.queues.iter().any(|queue| queue == package))
    };
    fields.fields.iter().any(|field| is_queue(&field.ty))
}

/// Whether a value of a type can be an item without being copied: anything, or a pointer.
fn is_item(ty: &Type, place: &Place<'_, '_>) -> bool {
    match ty {
        Type::Pointer(_) => true,
        ty => {
            matches!(place.types.view().underlying(ty), Type::Interface(i) if i.methods.is_empty() && i.embedded.is_empty())
        }
    }
}
