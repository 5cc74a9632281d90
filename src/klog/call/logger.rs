//! The logger that a call is made on, or could be: a variable in scope, and the expression that it was made by.

use tree_sitter::Node;

use super::log_call::LogCall;
use super::parts::arguments;
use crate::go::syntax::{AssignmentStatement, AstNode, CallExpression, SelectorExpression, kind, named_children, peel};
use crate::go::types::{Binding, Bound, MAX_NAMES, Type};
use crate::klog::format::constant_string;
use crate::klog::place::Place;

/// A logger in scope, or one that is to be made.
pub struct Logger<'t> {
    /// Its name; empty where it is not a variable.
    pub name: String,
    /// The expression that it comes from, as far as it is known.
    pub set: Option<Node<'t>>,
    /// What it is in the end made of, where that is no other variable of the function: a call that takes it from a context, a
    /// field, a variable of the package, what a function gives; and the function in which that stands.
    pub made: Option<(Node<'t>, Node<'t>)>,
    /// Where it is to be made.
    pub make: Option<Make<'t>>,
}

/// Where a logger is to be made, and of what.
pub struct Make<'t> {
    /// The function that it is made in.
    pub function: Node<'t>,
    /// The context; none: klog's own logger.
    pub context: Option<String>,
    /// The statement behind which it is made; none: it is the first.
    pub behind: Option<Node<'t>>,
    /// Whether it is made in the call itself, for want of a place or a name.
    pub inline: bool,
}

impl<'t> LogCall<'t> {
    /// The logger that a contextual call is made on, if it is a variable or made in the call.
    pub fn logger(&self, place: &Place<'_, 't>) -> Option<Logger<'t>> {
        let set = peel(SelectorExpression::cast(peel(self.callee()?))?.operand()?.node());
        match origin(set, place)? {
            Origin::Made(made) => {
                let made = Some((made, place.scopes.function()?));
                Some(Logger { name: String::new(), set: Some(set), made, make: None })
            }
            Origin::Local(name) => logger_of(place.scopes.lookup_at(place.scopes.text(name), name)?, place),
        }
    }

    /// Whether the logger that it is made on was given the pair of this key: in the call, or where the logger is set.
    pub fn logger_has_key(&self, key: &str, place: &Place<'_, 't>) -> bool {
        let operand = self.callee().and_then(|callee| SelectorExpression::cast(peel(callee))?.operand());
        operand.is_some_and(|operand| was_given(operand.node(), key, place))
    }
}

impl<'t> Logger<'t> {
    /// Whether it was given the pair of this key where it is set.
    pub fn has_key(&self, key: &str, place: &Place<'_, 't>) -> bool {
        self.set.is_some_and(|set| was_given(set, key, place))
    }
}

/// The nearest logger among the local names.
pub fn existing<'t>(place: &Place<'_, 't>) -> Option<Logger<'t>> {
    place.scopes.visible().find_map(|binding| logger_of(binding, place))
}

fn logger_of<'t>(binding: &Binding<'t>, place: &Place<'_, 't>) -> Option<Logger<'t>> {
    let declared = match binding.bound {
        Bound::Value { values, index: 0, of: 1 } => named_children(values).next(),
        _ => None,
    };
    let set = binding.assigned.map_or(declared, |statement| AssignmentStatement::cast(statement).and_then(only_value));
    let made = made_of(binding, place, MAX_NAMES);
    let usable = !matches!(binding.bound, Bound::Result { .. } | Bound::Type { .. } | Bound::Const { .. });
    if !usable || made.is_none() && !is_logger(&place.type_of_binding(binding), place) {
        return None;
    }
    let around = |made: Node<'t>| {
        let mut nodes = place.scopes.ancestors().iter().rev().copied();
        nodes.find(|node| crate::go::types::is_function(*node) && node.byte_range().contains(&made.start_byte()))
    };
    let made = made.and_then(|made| Some((made, around(made)?)));
    Some(Logger { name: binding.name.to_owned(), set, made, make: None })
}

fn is_logger(ty: &Type, place: &Place<'_, '_>) -> bool {
    ty.qualified().is_some_and(|name| place.rules.log_calls.logger.types.contains(&name))
}

/// Where the logger of an expression comes from.
enum Origin<'t> {
    /// Another variable of the function.
    Local(Node<'t>),
    /// From elsewhere, by this expression.
    Made(Node<'t>),
}

fn origin<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<Origin<'t>> {
    let mut node = peel(node);
    while let Some(from) = Derived::of(node, place).and_then(|derived| derived.from) {
        node = peel(from);
    }
    let is_local =
        node.kind_id() == kind::IDENTIFIER && place.scopes.lookup_at(place.scopes.text(node), node).is_some();
    if is_local {
        return Some(Origin::Local(node));
    }
    is_logger(&place.type_of(node), place).then_some(Origin::Made(node))
}

/// What a variable's logger is made of, through `names` other variables at most.
fn made_of<'t>(binding: &Binding<'t>, place: &Place<'_, 't>, names: usize) -> Option<Node<'t>> {
    let Bound::Value { values, index: 0, of: 1 } = binding.bound else { return None };
    // A logger that is replaced goes on with what it has if it is made of itself.
    let replaced = |statement: Node<'t>| {
        let value = AssignmentStatement::cast(statement)?.right().and_then(|right| named_children(right.node()).next());
        Some(matches!(origin(value?, place)?, Origin::Local(name) if place.scopes.text(name) == binding.name))
    };
    if binding.assigned.is_some_and(|statement| replaced(statement) != Some(true)) {
        return None;
    }
    match origin(named_children(values).next()?, place)? {
        Origin::Made(made) => Some(made),
        Origin::Local(name) => {
            let before = place.scopes.lookup_at(place.scopes.text(name), name)?;
            made_of(before, place, names.checked_sub(1)?)
        }
    }
}

/// Whether a logger was given the pair of this key: where it stands, or where one of those is set that it is made of.
fn was_given<'t>(logger: Node<'t>, key: &str, place: &Place<'_, 't>) -> bool {
    given(logger, key, place, &mut { MAX_NAMES })
}

/// The same for `steps` more expressions at most. What a variable is set to last counts; where that is in a block that may be passed
/// by, what it held before counts as well: a pair that a line may have already is not put there twice.
fn given<'t>(logger: Node<'t>, key: &str, place: &Place<'_, 't>, steps: &mut usize) -> bool {
    if has_key(logger, key, place) {
        return true;
    }
    let Some(left) = steps.checked_sub(1) else { return false };
    *steps = left;
    let mut base = logger;
    while let Some(from) = Derived::of(base, place).and_then(|derived| derived.from) {
        base = from;
    }
    let Some(name) = Some(peel(base)).filter(|node| node.kind_id() == kind::IDENTIFIER) else { return false };
    let Some(binding) = place.scopes.lookup_at(place.scopes.text(name), name) else { return false };
    for statement in place.scopes.assignments(binding, name.start_byte()) {
        let value = AssignmentStatement::cast(statement).and_then(only_value);
        let surely = statement.parent().is_some_and(|block| block.byte_range().contains(&name.start_byte()));
        let has = value.is_some_and(|value| given(value, key, place, steps));
        if has || surely {
            return has;
        }
    }
    match binding.bound {
        Bound::Value { values, index: 0, of: 1 } => {
            named_children(values).next().is_some_and(|value| given(value, key, place, steps))
        }
        _ => false,
    }
}

/// What the one variable of an assignment is set to.
fn only_value(assignment: AssignmentStatement<'_>) -> Option<Node<'_>> {
    let mut values = named_children(assignment.right()?.node());
    let (first, more) = (values.next(), values.next());
    first.filter(|_| more.is_none())
}

/// A call that makes a logger of another.
struct Derived<'t> {
    name: String,
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
        let of_package = place.imported(operand).is_some();
        let mut given: Vec<_> = arguments(call).collect();
        let takes_logger = rules.logger.values.contains(&name) || rules.logger.names.contains(&name);
        let from = match of_package {
            true if name == rules.logger.with_id || takes_logger => (!given.is_empty()).then(|| given.remove(0)),
            true => None,
            false => rules.logger.methods.contains(&name).then_some(operand),
        };
        Some(Self { name, from, given })
    }
}

/// Whether the logger that an expression makes another of carries the pair of this key.
pub fn derived_has_key<'t>(node: Node<'t>, key: &str, place: &Place<'_, 't>) -> bool {
    let from = Derived::of(node, place).and_then(|derived| derived.from);
    from.is_some_and(|from| has_key(from, key, place))
}

/// Whether an expression that makes a logger gives it the pair of this key.
fn has_key<'t>(node: Node<'t>, key: &str, place: &Place<'_, 't>) -> bool {
    let rules = &place.rules.log_calls.logger;
    let constant = |node: Node<'t>| place.types.string_of(node);
    let is_key = |node: &Node<'t>| constant_string(*node, place.source(), &constant).as_deref() == Some(key);
    let mut next = Some(node);
    while let Some(derived) = next.and_then(|node| Derived::of(node, place)) {
        let gives = rules.values.contains(&derived.name) && derived.given.iter().step_by(2).any(is_key);
        if gives || derived.name == rules.with_id && key == place.rules.carriers.key {
            return true;
        }
        next = derived.from;
    }
    false
}

/// The variable with the context that a logger is taken from: what is called gets it first.
pub fn context_of<'t>(made: Node<'t>, place: &Place<'_, 't>) -> Option<&'t str> {
    let argument = arguments(CallExpression::cast(made)?).next().filter(|node| node.kind_id() == kind::IDENTIFIER)?;
    (place.type_of(argument).qualified().as_deref() == Some("context.Context")).then(|| place.scopes.text(argument))
}
