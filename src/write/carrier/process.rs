//! Contexts that a function makes for its process: what they carry is the ID of no operation.

use tree_sitter::Node;

use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, kind, named_children, peel};
use crate::go::types::{Binding, Bound};
use crate::klog::place::Place;

/// Functions of package context that start from nothing.
const EMPTY: [&str; 2] = ["Background", "TODO"];
/// Packages of the standard library whose functions give a context what the first argument has; those that log do so, too.
const DERIVING: [&str; 2] = ["context", "os/signal"];
/// Functions of several packages that make the context that ends with the process.
const UNTIL_SIGNAL: [&str; 2] = ["SetupSignalContext", "SetupSignalHandler"];
/// How many variables are followed.
const STEPS: usize = 4;

/// Whether a variable holds nothing but a context that was made here out of none.
pub fn is_of_process(binding: &Binding<'_>, place: &Place<'_, '_>) -> bool {
    // What is assigned later may come from an operation.
    binding.assigned.is_none() && is_made_here(binding, place, (STEPS, false))
}

/// Whether it held such a context when it was declared, whatever it was given since: the same wherever in the function that is asked.
pub fn was_of_process(binding: &Binding<'_>, place: &Place<'_, '_>) -> bool {
    is_made_here(binding, place, (STEPS, true))
}

fn is_made_here<'t>(binding: &Binding<'t>, place: &Place<'_, 't>, (steps, once): (usize, bool)) -> bool {
    let Bound::Value { values, index, of } = binding.bound else { return false };
    if (binding.assigned.is_some() && !once) || steps == 0 {
        return false;
    }
    let mut listed = named_children(values).filter(|node| node.kind_id() != kind::COMMENT);
    let alone = || named_children(values).count() == 1 || values.kind_id() == kind::CALL_EXPRESSION;
    let value = match (values.kind_id() == kind::CALL_EXPRESSION, of > 1 && alone()) {
        (true, _) => Some(values),
        (false, true) => listed.next().filter(|_| index == 0),
        (false, false) => listed.nth(index),
    };
    value.is_some_and(|value| makes(value, place, (steps, once)))
}

/// Whether an expression makes such a context.
fn makes<'t>(value: Node<'t>, place: &Place<'_, 't>, (steps, once): (usize, bool)) -> bool {
    let value = peel(value);
    if value.kind_id() == kind::IDENTIFIER {
        let name = place.text(value);
        let rest = (steps - 1, once);
        return place.scopes.lookup_at(&name, value).is_some_and(|binding| is_made_here(binding, place, rest));
    }
    let Some(call) = CallExpression::cast(value) else { return false };
    let function = call.function().map(|function| peel(function.node()));
    let Some(selector) = function.and_then(SelectorExpression::cast) else { return false };
    let (Some(package), Some(name)) = (selector.operand(), selector.field()) else { return false };
    let (package, name) = (place.text(package.node()), place.text(name.node()));
    let path = place.imports.path_of(&package).unwrap_or_default();
    if UNTIL_SIGNAL.contains(&&*name) || (path == "context" && EMPTY.contains(&&*name)) {
        return true;
    }
    let first = call.arguments().and_then(|arguments| named_children(arguments.node()).next());
    let rules = &place.rules.log_calls;
    let of_type = |ty: &String| ty.rsplit_once('.').is_some_and(|(package, _)| package == path);
    let logs = || rules.import_paths.iter().any(|import| import == path) || rules.logger.types.iter().any(of_type);
    (DERIVING.contains(&path) || logs()) && first.is_some_and(|first| makes(first, place, (steps, once)))
}
