//! What becomes of a function's context between its start, where a logger would be taken from it, and a call.

use tree_sitter::Node;

use crate::go::syntax::{
    AstNode, BinaryExpression, CallExpression, SelectorExpression, field, kind, named_children, peel,
};
use crate::go::types::{Binding, is_function};
use crate::klog::place::Place;

/// The type of contexts.
pub(super) const CONTEXT: &str = "context.Context";

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

/// What becomes of the context that a parameter of `function` holds, or the request that it is of, up to the current node.
pub(super) fn fate<'t>(function: Node<'t>, context: &str, place: &Place<'_, 't>) -> Fate {
    let context = context.split('.').next().unwrap_or(context);
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

/// Where the context of a function's parameter, or of the request that is one, is first given another logger.
pub(super) fn first_renewal(function: Node<'_>, context: &str, place: &Place<'_, '_>) -> Option<usize> {
    let context = context.split('.').next().unwrap_or(context);
    let (mut first, mut stack) = (None, vec![function]);
    while let Some(node) = stack.pop() {
        if sets(node, function, context, place) {
            let at = node.start_byte();
            first = Some(first.map_or(at, |known: usize| known.min(at)));
        }
        stack.extend(named_children(node));
    }
    first
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
    let Some((operand, name, arguments)) = called(value, place) else { return false };
    match arguments.as_slice() {
        // A request with another context.
        [context] if name == "WithContext" => keeps(*context, place),
        _ => place.imported(peel(operand)) == Some("context") && name.starts_with("With"),
    }
}

/// What a method or a function of a package is called on, its name, and its arguments.
fn called<'t>(call: Node<'t>, place: &Place<'_, 't>) -> Option<(Node<'t>, &'t str, Vec<Node<'t>>)> {
    let call = CallExpression::cast(peel(call))?;
    let selector = SelectorExpression::cast(peel(call.function()?.node()))?;
    let arguments = named_children(call.arguments()?.node()).collect();
    Some((selector.operand()?.node(), place.scopes.text(selector.field()?.node()), arguments))
}

/// The context that was given another logger since this one was set, with the function that it was given it in: what reads that
/// context there has more to say.
pub(super) fn outdated_by<'t>(logger: &str, place: &Place<'_, 't>) -> Option<(&'t str, Node<'t>)> {
    let binding = place.scopes.lookup(logger)?;
    let since = binding.assigned.map_or(binding.at, |set| set.start_byte());
    let here = place.scopes.ancestors();
    let at = here.last()?.start_byte();
    let function = here.iter().rev().copied().find(|node| is_function(*node) && node.byte_range().contains(&since))?;
    let is_context = |binding: &&Binding<'t>| place.type_of_binding(binding).qualified().as_deref() == Some(CONTEXT);
    let context = place.scopes.visible().find(is_context)?.name;
    let mut stack = vec![function];
    while let Some(node) = stack.pop() {
        let meant = match node.kind_id() {
            kind::ASSIGNMENT_STATEMENT => true,
            // Elsewhere it makes another variable.
            kind::SHORT_VAR_DECLARATION => node.parent().is_some_and(|list| list.byte_range().contains(&at)),
            _ => false,
        };
        if meant && (since..at).contains(&node.start_byte()) && gives_other(node, context, logger, place) {
            return Some((context, function));
        }
        stack.extend(named_children(node));
    }
    None
}

/// Whether a statement sets a context to one with a logger that is not this variable's.
fn gives_other<'t>(statement: Node<'t>, context: &str, logger: &str, place: &Place<'_, 't>) -> bool {
    let mut left = statement.child_by_field_id(field::LEFT).into_iter().flat_map(named_children);
    if !left.any(|name| name.kind_id() == kind::IDENTIFIER && place.scopes.text(name) == context) {
        return false;
    }
    let puts = &place.rules.log_calls.logger.into_context;
    let mut stack = Vec::from_iter(statement.child_by_field_id(field::RIGHT));
    while let Some(node) = stack.pop() {
        if let Some((package, name, arguments)) = called(node, place)
            && place.imported(peel(package)).is_some()
            && puts.iter().any(|known| known == name)
            && arguments.last().is_some_and(|given| place.scopes.text(*given) != logger)
        {
            return true;
        }
        stack.extend(named_children(node));
    }
    false
}
