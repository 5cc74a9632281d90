//! The logger that a call is made on, or could be: a variable in scope, and the expression that it was made by.

use tree_sitter::Node;

use super::log_call::LogCall;
use super::parts::arguments;
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, kind, named_children, peel};
use crate::go::types::{Binding, Bound};
use crate::klog::format::quote;
use crate::klog::place::Place;

/// A logger in scope, or one that is to be made.
pub struct Logger<'t> {
    /// Its name; empty where it is not a variable.
    pub name: String,
    /// The expression that it is set from, and the function in which that stands.
    pub made: Option<(Node<'t>, Node<'t>)>,
    /// Where it is to be made: the function, and the name of its context.
    pub make: Option<(Node<'t>, &'t str)>,
}

/// Whether the logger that a call is made on was given the request ID where it was made.
pub fn logger_has_id<'t>(call: &LogCall<'t>, place: &Place<'_, 't>, key: &str) -> bool {
    let made = call.callee().and_then(|callee| receiver(callee, place)).and_then(|logger| logger.made);
    // `WithValues` may stand between the constructor and the call, or in the expression that the logger is set from.
    let chain = call.callee().map(|callee| place.text(callee)).unwrap_or_default();
    let made = made.map(|(made, _)| place.text(made)).unwrap_or_default();
    [chain, made]
        .iter()
        .any(|text| text.contains(&quote(key)) || text.contains(&format!("{}(", place.rules.log_calls.logger.with_id)))
}

/// The nearest logger among the local names.
pub fn existing<'t>(place: &Place<'_, 't>) -> Option<Logger<'t>> {
    place.scopes.visible().find_map(|binding| logger_of(binding, place))
}

fn logger_of<'t>(binding: &Binding<'t>, place: &Place<'_, 't>) -> Option<Logger<'t>> {
    let made = match binding.bound {
        Bound::Value { values, index: 0, of: 1 } => {
            named_children(values).next().and_then(|made| from_context(made, place))
        }
        _ => None,
    };
    let types = &place.rules.log_calls.logger.types;
    let is_logger = || place.type_of_binding(binding).qualified().is_some_and(|ty| types.contains(&ty));
    let usable = !matches!(binding.bound, Bound::Result { .. } | Bound::Type { .. } | Bound::Const { .. });
    if !usable || made.is_none() && !is_logger() {
        return None;
    }
    let function = place
        .scopes
        .ancestors()
        .iter()
        .rev()
        .copied()
        .find(|node| crate::go::types::is_function(*node) && node.byte_range().contains(&binding.at));
    Some(Logger { name: binding.name.to_owned(), made: made.zip(function), make: None })
}

/// `klog.FromContext(…)` in the expression that a logger is set from: the expression itself, or what it is made of.
fn from_context<'t>(mut node: Node<'t>, place: &Place<'_, 't>) -> Option<Node<'t>> {
    loop {
        let call = CallExpression::cast(peel(node))?;
        let selector = SelectorExpression::cast(call.function()?.node())?;
        let (operand, name) = (selector.operand()?.node(), place.text(selector.field()?.node()));
        let klog =
            place.imported(operand).is_some_and(|path| place.rules.log_calls.import_paths.iter().any(|p| p == path));
        node = match klog {
            true if name == "FromContext" => return Some(call.node()),
            true => arguments(call).next()?,
            false => operand,
        };
    }
}

/// The logger that a contextual call is made on, if it is a variable.
pub fn receiver<'t>(callee: Node<'t>, place: &Place<'_, 't>) -> Option<Logger<'t>> {
    let mut node = peel(SelectorExpression::cast(peel(callee))?.operand()?.node());
    if let (Some(made), Some(function)) = (from_context(node, place), place.scopes.function()) {
        return Some(Logger { name: String::new(), made: Some((made, function)), make: None });
    }
    while let Some(call) = CallExpression::cast(node) {
        node = peel(SelectorExpression::cast(peel(call.function()?.node()))?.operand()?.node());
    }
    let binding = place.scopes.lookup(place.scopes.text(node)).filter(|_| node.kind_id() == kind::IDENTIFIER)?;
    logger_of(binding, place)
}

/// The variable that `klog.FromContext` is called with.
pub fn context_of<'t>(made: Node<'t>, place: &Place<'_, 't>) -> Option<&'t str> {
    let argument = arguments(CallExpression::cast(made)?).next()?;
    (argument.kind_id() == kind::IDENTIFIER).then(|| place.scopes.text(argument))
}
