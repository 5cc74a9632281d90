//! Functions of the checkout that tell an object by its namespace and name: `claimToClaimKey(claim)`.

use tree_sitter::Node;

use crate::go::syntax::{AstNode, CallExpression, named_children, peel};
use crate::go::types::{Callee, Piece};
use crate::klog::place::Place;

/// What a call tells so: its argument. The call reads both of it and nothing else, so that it is not nil behind it.
pub fn told<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<Node<'t>> {
    let call = CallExpression::cast(peel(node))?;
    let Callee::Function { package, name } = place.types.callee(call.node()) else { return None };
    let given = namespaced(&place.types.view().joined(&package, &name)?)?;
    named_children(call.arguments()?.node()).nth(given)
}

/// The parameter whose namespace and name a text consists of, with a slash between.
fn namespaced(pieces: &[Piece]) -> Option<usize> {
    let [Piece::Given { index, names: namespace }, Piece::Text(slash), Piece::Given { index: other, names: name }] =
        pieces
    else {
        return None;
    };
    let is = |names: &[String], field: &str| {
        let own = names.strip_prefix(&["ObjectMeta".to_owned()]).unwrap_or(names);
        matches!(own, [only] if only.strip_prefix("Get").unwrap_or(only) == field)
    };
    (index == other && slash == "/" && is(namespace, "Namespace") && is(name, "Name")).then_some(*index)
}
