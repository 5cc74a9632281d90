//! What becomes of a function's context between its start, where a logger would be taken from it, and a call.

use tree_sitter::Node;

use crate::go::syntax::{
    self, AstNode, BinaryExpression, CallExpression, SelectorExpression, field, kind, named_children, peel,
};
use crate::klog::place::Place;

/// What a context is where the call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// What it was at the start, as far as its logger goes.
    Same,
    /// Perhaps another one, with another logger.
    Renewed,
    /// The function asks whether there is any.
    MayBeNil,
}

/// What becomes of the context that a parameter of `function` holds, up to the current node.
pub(super) fn fate<'t>(function: Node<'t>, context: &str, place: &Place<'_, 't>) -> Fate {
    let here = place.scopes.ancestors();
    let Some(at) = here.last().map(Node::start_byte) else { return Fate::Renewed };
    let inside = || here.iter().filter(|node| function.byte_range().contains(&node.start_byte()) && **node != function);
    // A function literal may run later.
    let later = inside().any(|node| node.kind_id() == kind::FUNC_LITERAL);
    let loops: Vec<_> = inside().filter(|node| node.kind_id() == kind::FOR_STATEMENT).collect();
    let (mut fate, mut stack) = (Fate::Same, vec![function]);
    while let Some(node) = stack.pop() {
        if is_asked(node, context, place) {
            return Fate::MayBeNil;
        }
        if sets(node, function, context, place) {
            let again = loops.iter().any(|around| around.byte_range().contains(&node.start_byte()));
            if node.start_byte() < at || later || again {
                fate = Fate::Renewed;
            }
        }
        stack.extend(named_children(node));
    }
    fate
}

/// `ctx == nil`.
fn is_asked<'t>(node: Node<'t>, context: &str, place: &Place<'_, 't>) -> bool {
    let Some(comparison) = BinaryExpression::cast(node) else { return false };
    let sides = [comparison.left().map(AstNode::node), comparison.right().map(AstNode::node)];
    let is = |wanted: &dyn Fn(Node<'t>) -> bool| sides.iter().flatten().any(|side| wanted(peel(*side)));
    is(&|side| side.kind_id() == kind::NIL)
        && is(&|side| side.kind_id() == kind::IDENTIFIER && place.scopes.text(side) == context)
}

/// Whether a statement gives the variable a context that may carry another logger.
fn sets<'t>(statement: Node<'t>, function: Node<'t>, context: &str, place: &Place<'_, 't>) -> bool {
    let is_outermost = || {
        let body = function.child_by_field_id(field::BODY);
        statement.parent().is_some_and(|list| Some(list) == body || list.parent() == body)
    };
    match statement.kind_id() {
        kind::ASSIGNMENT_STATEMENT => {}
        // In a block of its own it makes another variable.
        kind::SHORT_VAR_DECLARATION if is_outermost() => {}
        _ => return false,
    }
    let left = statement.child_by_field_id(field::LEFT).into_iter().flat_map(named_children);
    let mut named = left.filter(|name| name.kind_id() == kind::IDENTIFIER && place.scopes.text(*name) == context);
    let mut values = statement.child_by_field_id(field::RIGHT).into_iter().flat_map(named_children);
    named.next().is_some() && !values.all(|value| keeps(value, place))
}

/// Whether a context is one that package context has made of another: the logger in it is the same.
fn keeps<'t>(value: Node<'t>, place: &Place<'_, 't>) -> bool {
    let callee = CallExpression::cast(peel(value)).and_then(|call| call.function());
    let selector = callee.and_then(|callee| SelectorExpression::cast(peel(callee.node())));
    let named = selector.and_then(|selector| Some((selector.operand()?.node(), selector.field()?.node())));
    named.is_some_and(|(package, name)| {
        place.imported(peel(package)) == Some("context") && syntax::text(name, place.source()).starts_with("With")
    })
}
