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

/// What printers call the error before the message.
pub const ERROR_KEY: &str = "err";

/// Whether a key is that of the error which a line is about.
pub fn is_error_key(key: &str) -> bool {
    matches!(key, "err" | "error")
}

/// Whether an error is one by its type: known, or proven by how it is used.
pub fn is_proven_error<'t>(node: Node<'t>, place: &Place<'_, 't>) -> bool {
    let ty = place.type_of(node);
    place.types.view().error_reach(&ty).is_some() && !ty.is_unknown() || is_used_as_error(node, place)
}

/// Whether a variable is handed on as an `error` somewhere in its function: code that compiles proves its type.
fn is_used_as_error<'t>(node: Node<'t>, place: &Place<'_, 't>) -> bool {
    let name = place.text(node);
    let binding = match node.kind_id() {
        kind::IDENTIFIER => place.scopes.lookup(&name),
        _ => None,
    };
    let Some(binding) = binding else { return false };
    let ancestors = place.scopes.ancestors();
    let holds =
        |function: &&Node<'t>| crate::go::types::is_function(**function) && function.byte_range().contains(&binding.at);
    let Some(function) = ancestors.iter().rev().find(holds) else { return false };
    let mut stack = vec![(*function, *function)];
    while let Some((node, function)) = stack.pop() {
        let function = if crate::go::types::is_function(node) { node } else { function };
        let found = match node.kind_id() {
            kind::RETURN_STATEMENT => returned(node, function, &name, place),
            kind::CALL_EXPRESSION => asked(node, &name, place),
            _ => None,
        };
        let is_it = |used: Node<'t>| {
            used.start_byte() > binding.at
                && place.scopes.lookup_at(&name, used).is_some_and(|other| other.at == binding.at)
        };
        if found.is_some_and(is_it) {
            return true;
        }
        stack.extend(named_children(node).map(|child| (child, function)));
    }
    false
}

/// The variable in a `return`, where the function's result is an `error`.
fn returned<'t>(statement: Node<'t>, function: Node<'t>, name: &str, place: &Place<'_, 't>) -> Option<Node<'t>> {
    let list = named_children(statement).next()?;
    let values: Vec<_> = named_children(list).collect();
    let at = values.iter().position(|value| value.kind_id() == kind::IDENTIFIER && place.text(*value) == name)?;
    let result = function.child_by_field_id(syntax::field::RESULT)?;
    let types: Vec<String> = match result.kind_id() {
        kind::PARAMETER_LIST => named_children(result)
            .flat_map(|parameter| {
                let names = syntax::children_by_field(parameter, syntax::field::NAME).count().max(1);
                let ty = parameter.child_by_field_id(syntax::field::TYPE).map(|ty| place.text(ty)).unwrap_or_default();
                std::iter::repeat_n(ty, names)
            })
            .collect(),
        _ => vec![place.text(result)],
    };
    (types.len() == values.len() && types[at] == "error").then(|| values[at])
}

/// The variable as first argument of `errors.Is`, `errors.As` or `errors.Unwrap`.
fn asked<'t>(call: Node<'t>, name: &str, place: &Place<'_, 't>) -> Option<Node<'t>> {
    let call = CallExpression::cast(call)?;
    let selector = SelectorExpression::cast(call.function()?.node())?;
    let asks = matches!(place.text(selector.field()?.node()).as_str(), "Is" | "As" | "Unwrap");
    let first = named_children(call.arguments()?.node()).next()?;
    let is_it = first.kind_id() == kind::IDENTIFIER && place.text(first) == name;
    (asks && is_it && place.imported(selector.operand()?.node()) == Some("errors")).then_some(first)
}

fn named_error<'t>(node: Node<'t>, place: &Place<'_, 't>) -> bool {
    let ty = place.type_of(node);
    let known = !matches!(ty, Type::Unknown(_) | Type::Untyped(_));
    if known && let Some(reach) = place.types.view().error_reach(&ty) {
        return reach == Reach::AsIs;
    }
    let simple = matches!(node.kind_id(), kind::IDENTIFIER | kind::SELECTOR_EXPRESSION);
    let last = chain(node, place.source()).names.last().cloned().unwrap_or_default();
    simple && is_error_name(&last) && (is_used_as_error(node, place) || is_compared_with_nil(node, place))
}

/// Whether the function around asks of an expression if it is nil: what is no number, text or struct may be an error.
fn is_compared_with_nil<'t>(node: Node<'t>, place: &Place<'_, 't>) -> bool {
    let (text, mut stack) = (place.scopes.text(node), Vec::from_iter(place.scopes.declaration()));
    while let Some(node) = stack.pop() {
        if let Some(comparison) = syntax::BinaryExpression::cast(node)
            && let (Some(left), Some(right)) = (comparison.left(), comparison.right())
            && peel(right.node()).kind_id() == kind::NIL
            && place.scopes.text(peel(left.node())) == text
        {
            return true;
        }
        stack.extend(named_children(node));
    }
    false
}

fn is_error_name(name: &str) -> bool {
    name == "error" || ["err", "Err", "Error"].iter().any(|end| name.ends_with(end))
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
        "!=" => {
            let is_error = || named_error(left, place) && is_proven_error(left, place);
            (right.kind_id() == kind::NIL && left.kind_id() == kind::IDENTIFIER && is_error()).then(|| place.text(left))
        }
        "&&" => non_nil_error(left, place).or_else(|| non_nil_error(right, place)),
        _ => None,
    }
}
