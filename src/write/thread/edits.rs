//! A thread's edits: parameters, arguments, and the imports that they need.

use std::collections::BTreeMap;

use super::func::Func;
use super::outcome::Blocked;
use super::package::Unit;
use super::parameter::{Kind, Parameters};
use super::refs::Refs;
use crate::go::index::default_name;
use crate::text::Edit;
use crate::write::edit::{Applicability, Fix};
use crate::write::key::CallKnown;
use crate::write::reason::{Cause, Doubts};

const CONTEXT: &str = "context";
const META: &str = "k8s.io/apimachinery/pkg/apis/meta/v1";

/// An edit of one function's thread.
#[derive(Clone, Debug)]
pub struct Change {
    /// The file.
    pub unit: usize,
    /// The edit.
    pub edit: Edit,
    /// The import that it needs and the file has not.
    pub import: Option<String>,
}

/// How the type of a parameter is written in the files of a function's declarations, and which imports that needs.
pub fn type_names(
    units: &[Unit<'_>],
    refs: &Refs,
    kind: &Kind,
) -> Result<BTreeMap<usize, (String, Option<String>)>, Blocked> {
    let mut names = BTreeMap::new();
    for declared in &refs.declared {
        let unit = &units[declared.slot.unit];
        let named = type_name(unit, kind).ok_or_else(|| Blocked::at(Cause::TypeUnnamed, unit.place(declared.name)))?;
        names.insert(declared.slot.unit, named);
    }
    Ok(names)
}

fn type_name(unit: &Unit<'_>, kind: &Kind) -> Option<(String, Option<String>)> {
    let ty = match kind {
        Kind::Object(ty) => ty,
        Kind::Context => {
            let (package, import) = qualifier(unit, CONTEXT)?;
            return Some((format!("{package}.Context"), import));
        }
        // Its package is imported by another name than its own: only where the file has that name already.
        Kind::AnyObject => return unit.imports.by_path(META).map(|i| (format!("{}.Object", i.name()), None)),
    };
    let named = ty.pointee()?.named().filter(|named| named.args.is_empty() && named.local.is_none())?;
    if unit.types.package().is_ok_and(|own| own.name == named.package) {
        return Some((format!("*{}", named.name), None));
    }
    let (package, import) = qualifier(unit, &named.package.path)?;
    // Who imports an internal package must stand near it.
    let hidden = import.as_ref().is_some_and(|path| path.split('/').any(|part| part == "internal"));
    let exported = named.name.chars().next().is_some_and(char::is_uppercase);
    (exported && !hidden).then(|| (format!("*{package}.{}", named.name), import))
}

/// How a file calls a package, and the import that it lacks.
pub(super) fn qualifier(unit: &Unit<'_>, path: &str) -> Option<(String, Option<String>)> {
    if let Some(import) = unit.imports.by_path(path) {
        return Some((import.name().to_owned(), None));
    }
    // Beside an import by a dot, one that has a name may be the only one that is used.
    if unit.imports.list.iter().any(|import| import.path == path && import.name() == ".") {
        return None;
    }
    let name = default_name(path);
    let taken = unit.imports.list.iter().any(|import| import.name() == name)
        || unit.types.package().is_ok_and(|package| package.lookup(name).is_some())
        || unit.types.declares(name) != Some(false);
    (!taken).then(|| (name.to_owned(), Some(path.to_owned())))
}

/// The edits that give a function its parameter, at its declarations and its calls.
pub fn changes(units: &[Unit<'_>], refs: &Refs, func: &Func, parameters: &Parameters) -> Vec<Change> {
    let Some(parameter) = parameters.get(func) else { return Vec::new() };
    let Ok(types) = type_names(units, refs, &parameter.kind) else { return Vec::new() };
    let second = parameter.kind != Kind::Context && refs.declared.iter().all(|declared| declared.has_context);
    let mut changes = Vec::new();
    for declared in &refs.declared {
        let Some((ty, import)) = types.get(&declared.slot.unit) else { continue };
        let edit = declared.slot.insertion(second, &format!("{} {ty}", parameter.name));
        changes.push(Change { unit: declared.slot.unit, edit, import: import.clone() });
    }
    for call in &refs.calls {
        let unit = &units[call.slot.unit];
        let of_caller = call.caller.as_ref().and_then(|caller| parameters.get(caller));
        let of_caller = of_caller.filter(|of| of.kind == parameter.kind).map(|of| of.name.clone());
        let (text, import) = match (call.offer(&parameter.kind), of_caller) {
            (Some(own), _) => (own.to_owned(), None),
            (None, Some(name)) => (name, None),
            (None, None) if parameter.kind == Kind::Context => {
                let import = unit.imports.by_path(CONTEXT).is_none().then(|| CONTEXT.to_owned());
                (format!("{}.Background()", call.context.as_deref().unwrap_or(CONTEXT)), import)
            }
            (None, None) => ("nil".to_owned(), None),
        };
        changes.push(Change { unit: call.slot.unit, edit: call.slot.insertion(second, &text), import });
    }
    changes
}

/// A thread's share of a file before any edit.
pub(super) fn nothing() -> Fix {
    Fix {
        applicability: Applicability::NeedsReview,
        after: String::new(),
        message: None,
        edits: Vec::new(),
        elsewhere: Vec::new(),
        imports: Vec::new(),
        rules: vec!["thread".to_owned()],
        doubts: Doubts::default(),
        names: Vec::new(),
        p: None,
        words: CallKnown::default(),
        kinds: Vec::new(),
        request_id: None,
    }
}
