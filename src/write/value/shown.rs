//! What klog shows of a bare value, beside what a format verb showed of it.
//!
//! A value with a text of its own (`String`, `Error`) is printed by that text. Anything else is JSON: in klog's text from the
//! version that the rules name, and always in Kubernetes' JSON logging. JSON knows no unexported fields, no text of inner values,
//! no channels; and it follows pointers that `%v` printed as addresses. Only what is proven to show the same datum is the same.

use std::collections::BTreeSet;

use crate::go::types::{Basic, Reach, Type, Untyped, View};
use crate::rule::Printing;
use crate::write::reason::Loss;

/// Elements of elements; types deeper than that are not looked through.
const MAX_DEPTH: usize = 8;

/// What becomes of a value's datum when the bare value is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The same datum is shown.
    Same,
    /// The value's own text is shown, and its method does not bear a nil pointer, which fmt prints as `<nil>`.
    PanicsOnNil,
    /// Something else is shown.
    Other(Loss),
    /// The type is not known.
    Unknown,
}

/// What is shown of a value of type `ty` that was printed as text.
pub fn shown(ty: &Type, view: &View<'_>, printing: &Printing) -> Shown {
    let ty = ty.defaulted();
    match ty {
        Type::Unknown(_) | Type::Param(_) | Type::Tuple(_) => return Shown::Unknown,
        Type::Untyped(Untyped::Nil) => return Shown::Same,
        _ => {}
    }
    let pointee = match &ty {
        Type::Pointer(inner) => inner,
        _ => &ty,
    };
    let listed = |names: &BTreeSet<String>, ty: &Type| ty.qualified().is_some_and(|name| names.contains(&name));
    if listed(&printing.not_its_text, &ty) {
        return Shown::Other(Loss::OwnText);
    }
    if listed(&printing.json_prints_now, pointee) {
        return Shown::Other(Loss::Now);
    }
    let texts = [view.error_reach(&ty), view.string_method(&ty)];
    // fmt prints what Error says, klog what String says.
    if texts == [Some(Reach::AsIs); 2] {
        return Shown::Other(Loss::OwnText);
    }
    if texts.contains(&Some(Reach::AsIs)) {
        let name = if texts[0] == Some(Reach::AsIs) { "Error" } else { "String" };
        // JSON logging asks for MarshalLog first; fmt for Format, which a message of an error need not know of.
        let others: &[_] = match name {
            "String" if !listed(&printing.formats_its_text, pointee) => {
                &[("MarshalLog", Loss::OwnJson), ("Format", Loss::OwnText)]
            }
            _ => &[("MarshalLog", Loss::OwnJson)],
        };
        for (method, loss) in others {
            match view.find_method(&ty, method) {
                Ok(None) => {}
                Ok(Some(_)) => return Shown::Other(*loss),
                Err(_) => return Shown::Unknown,
            }
        }
        return if bears_nil(&ty, name, view, printing) { Shown::Same } else { Shown::PanicsOnNil };
    }
    if texts.contains(&None) { Shown::Unknown } else { as_json(&ty, view, 0) }
}

/// Whether the method that makes a value's text can be called on whatever the value may be.
fn bears_nil(ty: &Type, method: &str, view: &View<'_>, printing: &Printing) -> bool {
    let Type::Pointer(pointee) = ty else { return true };
    if pointee.qualified().is_some_and(|name| printing.bears_nil.contains(&name)) {
        return true;
    }
    let Some(method) = view.method(ty, method) else { return false };
    let declared_by_pointer = method.through.is_empty() && !method.dynamic;
    declared_by_pointer && view.bears_nil(pointee, &method.name)
}

fn as_json(ty: &Type, view: &View<'_>, depth: usize) -> Shown {
    if depth > MAX_DEPTH {
        return Shown::Unknown;
    }
    if let Some(shown) = methods(ty, view, depth) {
        return shown;
    }
    match view.underlying(ty) {
        Type::Basic(basic) => of_basic(basic),
        Type::Slice(element) if view.underlying(&element).is_basic("uint8") => Shown::Other(Loss::Bytes),
        Type::Slice(element) | Type::Array(_, element) => as_json(&element, view, depth + 1),
        Type::Map(key, value) => match of_key(&key, view) {
            Shown::Same => as_json(&value, view, depth + 1),
            other => other,
        },
        Type::Struct(fields) if fields.fields.is_empty() => Shown::Same,
        Type::Struct(_) => Shown::Other(Loss::Fields),
        // fmt follows the outermost pointer, too.
        Type::Pointer(inner) if depth == 0 && matches!(view.underlying(&inner), Type::Struct(_)) => {
            Shown::Other(Loss::Fields)
        }
        Type::Pointer(_) => Shown::Other(Loss::Pointee),
        Type::Interface(_) => Shown::Other(Loss::Dynamic),
        Type::Chan(..) | Type::Func(_) => Shown::Other(Loss::Fails),
        Type::Unknown(_) | Type::Param(_) | Type::Tuple(_) | Type::Named(_) | Type::Untyped(_) => Shown::Unknown,
    }
}

/// What a type's own methods decide: fmt asks elements for their text, JSON for their JSON.
fn methods(ty: &Type, view: &View<'_>, depth: usize) -> Option<Shown> {
    let error = Type::Basic(Basic::Error);
    if *ty != error && !matches!(ty.stripped(), Type::Named(_) | Type::Struct(_) | Type::Interface(_)) {
        return None;
    }
    let has = |name: &str| match view.find_method(ty, name) {
        Ok(found) => found.map(|_| true),
        Err(_) => Some(false),
    };
    let mut unknown = false;
    for (name, loss) in [
        ("String", Loss::InnerText),
        ("Error", Loss::InnerText),
        ("MarshalJSON", Loss::OwnJson),
        ("MarshalText", Loss::OwnJson),
        ("MarshalLog", Loss::OwnJson),
        ("Format", Loss::OwnJson),
    ] {
        let counts = depth > 0 || loss == Loss::OwnJson;
        match has(name) {
            Some(true) if counts => return Some(Shown::Other(loss)),
            Some(false) => unknown = true,
            _ => {}
        }
    }
    unknown.then_some(Shown::Unknown)
}

fn of_basic(basic: Basic) -> Shown {
    match basic {
        Basic::Bool | Basic::String | Basic::Error => Shown::Same,
        basic if basic.is_integer() => Shown::Same,
        Basic::Float32 | Basic::Float64 => Shown::Other(Loss::NotFinite),
        _ => Shown::Other(Loss::Fails),
    }
}

/// Keys of a map: text and whole numbers are JSON keys, by what they are and not by their own text.
fn of_key(key: &Type, view: &View<'_>) -> Shown {
    if let Some(shown) = methods(key, view, 1) {
        return shown;
    }
    match view.underlying(key) {
        Type::Basic(Basic::String) => Shown::Same,
        Type::Basic(basic) if basic.is_integer() => Shown::Same,
        Type::Unknown(_) | Type::Param(_) => Shown::Unknown,
        _ => Shown::Other(Loss::Keys),
    }
}
