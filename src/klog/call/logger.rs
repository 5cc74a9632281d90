//! The logger that a call is made on, or could be: a variable in scope, and the expression that it was made by.

use tree_sitter::Node;

use super::log_call::LogCall;
use super::parts::arguments;
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, kind, named_children, peel};
use crate::go::types::{Binding, Bound};
use crate::klog::format::constant_string;
use crate::klog::place::Place;

/// A logger in scope, or one that is to be made.
pub struct Logger<'t> {
    /// Its name; empty where it is not a variable.
    pub name: String,
    /// The expression that it comes from, as far as it is known.
    pub set: Option<Node<'t>>,
    /// The call in it that takes it from a context, and the function in which that stands.
    pub made: Option<(Node<'t>, Node<'t>)>,
    /// Where it is to be made: the function, and the name of its context.
    pub make: Option<(Node<'t>, &'t str)>,
}

impl<'t> LogCall<'t> {
    /// The logger that a contextual call is made on, if it is a variable or made in the call.
    pub fn logger(&self, place: &Place<'_, 't>) -> Option<Logger<'t>> {
        let set = peel(SelectorExpression::cast(peel(self.callee()?))?.operand()?.node());
        let mut node = set;
        if let (Some(made), Some(function)) = (from_context(node, place), place.scopes.function()) {
            return Some(Logger { name: String::new(), set: Some(set), made: Some((made, function)), make: None });
        }
        while let Some(call) = CallExpression::cast(node) {
            node = peel(SelectorExpression::cast(peel(call.function()?.node()))?.operand()?.node());
        }
        let binding = place.scopes.lookup(place.scopes.text(node)).filter(|_| node.kind_id() == kind::IDENTIFIER)?;
        logger_of(binding, place)
    }

    /// Whether the logger that it is made on was given the pair of this key: in the call, or where the logger is set.
    pub fn logger_has_key(&self, key: &str, place: &Place<'_, 't>) -> bool {
        let operand = self.callee().and_then(|callee| SelectorExpression::cast(peel(callee))?.operand());
        let set = self.logger(place).and_then(|logger| logger.set);
        operand.map(AstNode::node).into_iter().chain(set).any(|node| has_key(node, key, place))
    }
}

impl<'t> Logger<'t> {
    /// Whether it was given the pair of this key where it is set.
    pub fn has_key(&self, key: &str, place: &Place<'_, 't>) -> bool {
        self.set.is_some_and(|set| has_key(set, key, place))
    }
}

/// The nearest logger among the local names.
pub fn existing<'t>(place: &Place<'_, 't>) -> Option<Logger<'t>> {
    place.scopes.visible().find_map(|binding| logger_of(binding, place))
}

fn logger_of<'t>(binding: &Binding<'t>, place: &Place<'_, 't>) -> Option<Logger<'t>> {
    let set = match binding.bound {
        Bound::Value { values, index: 0, of: 1 } => named_children(values).next(),
        _ => None,
    };
    let made = set.and_then(|set| from_context(set, place));
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
    Some(Logger { name: binding.name.to_owned(), set, made: made.zip(function), make: None })
}

/// A call that makes a logger of another.
struct Derived<'t> {
    call: CallExpression<'t>,
    name: String,
    /// Whether it is one of klog's functions.
    of_klog: bool,
    /// The other logger: what it is called on, or given.
    from: Option<Node<'t>>,
    /// The arguments behind the other logger.
    given: Vec<Node<'t>>,
}

impl<'t> Derived<'t> {
    fn of(node: Node<'t>, place: &Place<'_, 't>) -> Option<Self> {
        let call = CallExpression::cast(peel(node))?;
        let selector = SelectorExpression::cast(peel(call.function()?.node()))?;
        let (operand, name) = (selector.operand()?.node(), place.text(selector.field()?.node()));
        let rules = &place.rules.log_calls;
        let of_klog = place.imported(operand).is_some_and(|path| rules.import_paths.iter().any(|klog| klog == path));
        let mut given: Vec<_> = arguments(call).collect();
        let from = match of_klog || name == rules.logger.with_id {
            true if given.is_empty() => None,
            true => Some(given.remove(0)),
            false => Some(operand),
        };
        Some(Self { call, name, of_klog, from, given })
    }
}

/// `klog.FromContext(…)` in the expression that a logger is set from: the expression itself, or what it is made of.
fn from_context<'t>(mut node: Node<'t>, place: &Place<'_, 't>) -> Option<Node<'t>> {
    loop {
        let derived = Derived::of(node, place)?;
        if derived.of_klog && derived.name == place.rules.log_calls.logger.from_context {
            return Some(derived.call.node());
        }
        node = derived.from?;
    }
}

/// Whether an expression that makes a logger gives it the pair of this key.
fn has_key<'t>(node: Node<'t>, key: &str, place: &Place<'_, 't>) -> bool {
    let rules = &place.rules.log_calls.logger;
    let constant = |node: Node<'t>| place.types.string_of(node);
    let is_key = |node: &Node<'t>| constant_string(*node, place.source(), &constant).as_deref() == Some(key);
    let mut next = Some(node);
    while let Some(derived) = next.and_then(|node| Derived::of(node, place)) {
        let gives = rules.values.contains(&derived.name) && derived.given.iter().step_by(2).any(is_key);
        if gives || derived.name == rules.with_id {
            return true;
        }
        next = derived.from;
    }
    false
}

/// The variable that `klog.FromContext` is called with.
pub fn context_of<'t>(made: Node<'t>, place: &Place<'_, 't>) -> Option<&'t str> {
    let argument = arguments(CallExpression::cast(made)?).next()?;
    (argument.kind_id() == kind::IDENTIFIER).then(|| place.scopes.text(argument))
}
