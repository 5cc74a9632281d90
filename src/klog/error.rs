//! Which operands are errors, and which error the code around a call has found.

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, CallExpression, IfStatement, SelectorExpression, kind, named_children, peel};
use crate::go::types::{Reach, Type};
use crate::klog::operand::chain;
use crate::klog::place::Place;

/// The error expression that an operand prints: the operand itself, or `err` of `err.Error()`.
pub fn is_error<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<Node<'t>> {
    let node = peel(node);
    // `x.Error()` may also be a method that returns an error.
    let yields_error = named_error(node, place) && !matches!(place.type_of(node), Type::Unknown(_));
    if let Some(receiver) = error_call(node, place.source()).filter(|_| !yields_error)
        && named_error(receiver, place)
    {
        return Some(receiver);
    }
    named_error(node, place).then_some(node)
}

/// `x` of `x.Error()`.
fn error_call<'t>(node: Node<'t>, source: &[u8]) -> Option<Node<'t>> {
    let call = CallExpression::cast(node)?;
    let selector = SelectorExpression::cast(call.function()?.node())?;
    let is = syntax::text(selector.field()?.node(), source) == "Error";
    let empty = named_children(call.arguments()?.node()).next().is_none();
    (is && empty).then(|| selector.operand().map(|o| peel(o.node())))?
}

fn named_error<'t>(node: Node<'t>, place: &Place<'_, 't>) -> bool {
    let ty = place.type_of(node);
    let known = !matches!(ty, Type::Unknown(_) | Type::Untyped(_));
    if known && let Some(reach) = place.types.view().error_reach(&ty) {
        return reach == Reach::AsIs;
    }
    let simple = matches!(node.kind_id(), kind::IDENTIFIER | kind::SELECTOR_EXPRESSION);
    let last = chain(node, place.source()).names.last().cloned().unwrap_or_default();
    simple && is_error_name(&last)
}

fn is_error_name(name: &str) -> bool {
    matches!(name, "err" | "error" | "Err" | "e") && name != "e"
        || name.ends_with("Err")
        || name.ends_with("Error")
        || name.ends_with("err") && name.len() > 3
}

/// The error that the branch right around a call has found not to be nil: `if err != nil { … }`.
pub fn error_in_scope<'t>(place: &Place<'_, 't>) -> Option<String> {
    let ancestors = place.scopes.ancestors();
    for (at, node) in ancestors.iter().enumerate().rev() {
        if crate::go::types::is_function(*node) {
            return None;
        }
        let Some(branch) = IfStatement::cast(*node) else { continue };
        let inside = ancestors.get(at + 1)?;
        let consequence = branch.consequence()?.node();
        if *inside != consequence {
            continue;
        }
        let condition = branch.condition()?.node();
        if let Some(name) = non_nil_error(condition, place) {
            return Some(name);
        }
    }
    None
}

/// `err` of `err != nil`, also as the first part of `err != nil && …`.
fn non_nil_error<'t>(condition: Node<'t>, place: &Place<'_, 't>) -> Option<String> {
    let binary = syntax::BinaryExpression::cast(peel(condition))?;
    let (left, right) = (binary.left()?.node(), binary.right()?.node());
    match syntax::text(binary.operator()?, place.source()) {
        "!=" => (right.kind_id() == kind::NIL && left.kind_id() == kind::IDENTIFIER && named_error(left, place))
            .then(|| place.text(left)),
        "&&" => non_nil_error(left, place).or_else(|| non_nil_error(right, place)),
        _ => None,
    }
}
