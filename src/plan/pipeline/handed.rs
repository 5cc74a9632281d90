//! What a function hands on: the arguments that it is given, as they are.

use tree_sitter::Node;

use crate::go::syntax::{field, kind, named_children};
use crate::go::types::{Binding, Bound, Scopes};

/// The declaration around a call whose last arguments are those that the declared function is given.
pub(super) fn handed_on<'t>(call: Node<'t>, scopes: &Scopes<'t>) -> Option<Node<'t>> {
    let list = spread_list(call)?;
    let binding = scopes.lookup(scopes.text(list))?;
    let declaration = scopes.declaration()?;
    let is_its = |parameter: &Binding<'t>| parameter.at == binding.at;
    let variadic = matches!(binding.bound, Bound::Param { variadic: true, .. });
    (variadic && scopes.parameters(declaration).any(is_its)).then_some(declaration)
}

/// The variable that is spread out as the last arguments of a call.
pub(super) fn spread_list(call: Node<'_>) -> Option<Node<'_>> {
    let arguments = call.child_by_field_id(field::ARGUMENTS)?;
    let spread = named_children(arguments).last().filter(|last| last.kind_id() == kind::VARIADIC_ARGUMENT)?;
    named_children(spread).next().filter(|list| list.kind_id() == kind::IDENTIFIER)
}
