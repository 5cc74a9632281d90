//! The edits that give a function its new parameter, at its declarations and its calls.

use std::collections::BTreeMap;

use super::facts::{Declared, NAMES, Offer};
use super::function::Carried;
use super::key::Key;
use super::solve::{Solved, passed};
use crate::text::Edit;
use crate::write::edit::Fix;
use crate::write::thread::edits::nothing;

/// Edits by the number of their file.
pub type ByFile = BTreeMap<usize, Fix>;

/// The new parameter of a function, as a declaration writes it.
pub fn written(declared: &Declared, kind: Carried) -> String {
    let number = kind as usize;
    let package = declared.packages[number].as_ref().map_or("", |(name, _)| name);
    let ty = if kind == Carried::Context { "Context" } else { "Logger" };
    if declared.is_field {
        return format!("{} {package}.{ty}", declared.key.name);
    }
    match (declared.is_unnamed, declared.is_idle && declared.taken[number]) {
        (true, _) => format!("{package}.{ty}"),
        (false, true) => format!("_ {package}.{ty}"),
        (false, false) => format!("{} {package}.{ty}", NAMES[number]),
    }
}

/// Adds the edits of one function. Calls for which nothing can be written have been seen to by the solver.
pub fn add(solved: &Solved, key: &Key, kind: Carried, files: &mut ByFile) {
    let Some(function) = solved.functions.get(key) else { return };
    for declared in &function.declared {
        let fix = files.entry(declared.slot.unit).or_insert_with(nothing);
        if function.named.is_some() {
            fix.edits.extend(declared.named[kind as usize].iter().cloned());
            continue;
        }
        fix.edits.push(declared.slot.insertion(false, &written(declared, kind)));
        let package = declared.packages[kind as usize].as_ref();
        fix.imports.extend(package.and_then(|(_, import)| import.clone()));
    }
    for call in &function.calls {
        let Some(Offer { expression, edits, import }) = passed(call, kind, &solved.carried) else { continue };
        let fix = files.entry(call.slot.unit).or_insert_with(nothing);
        fix.edits.push(call.slot.insertion(false, &expression));
        fix.edits.extend(edits);
        fix.imports.extend(import);
    }
    let tidy = |list: &mut Vec<Edit>| {
        list.sort();
        list.dedup();
    };
    for fix in files.values_mut() {
        tidy(&mut fix.edits);
        fix.imports.sort();
        fix.imports.dedup();
    }
}
