//! Levels that are asked for in vain, or twice.

use tree_sitter::Node;

use super::violation::Violation;
use crate::go::syntax::{AstNode, CallExpression, IfStatement, SelectorExpression, kind, named_children, peel};
use crate::klog::call::{Class, Level, LogCall, Recognizer};
use crate::klog::place::Place;
use crate::rule::Severity;
use crate::text::Edit;

/// What is wrong with the level of a call.
pub(super) fn of_call<'t>(call: &LogCall<'t>, place: &Place<'_, 't>, found: &mut Vec<Violation>) {
    let Some(level) = call.level(place) else { return };
    if level.is_zero(place) {
        return found.push(zero(&level, place));
    }
    if call.site.class == Class::Contextual && call.site.severity == Severity::Error {
        let said = "a logger prints errors at every level".to_owned();
        let violation = Violation::new("lint-verbosity-error", level.whole, said);
        found.push(violation.mended_by(level.removal(place).filter(|_| calls_nothing(level.given))));
    }
}

/// A level of 0, where it is.
pub(super) fn zero<'t>(level: &Level<'t>, place: &Place<'_, 't>) -> Violation {
    let said = "V(0) is always printed".to_owned();
    Violation::new("lint-verbosity-zero", level.whole, said).mended_by(level.removal(place))
}

fn calls_nothing(node: Node<'_>) -> bool {
    CallExpression::cast(node).is_none() && named_children(node).all(calls_nothing)
}

/// `if klog.V(4).Enabled() { klog.V(4).InfoS(…) }` asks twice.
pub(super) fn twice<'t>(node: Node<'t>, recognizer: &Recognizer<'_>, place: &Place<'_, 't>) -> Option<Violation> {
    let statement = IfStatement::cast(node)?;
    let condition = statement.condition()?.node();
    let asks = SelectorExpression::cast(peel(CallExpression::cast(peel(condition))?.function()?.node()))?;
    if place.text(asks.field()?.node()) != place.rules.log_calls.verbose.asks {
        return None;
    }
    let level = Level::of(asks.operand()?.node(), place)?;
    let on = level.on?;
    let is_logger = recognizer.is_logger(on, place.scopes);
    if !is_logger && !recognizer.is_package(on, place.scopes) {
        return None;
    }
    let name = if is_logger { "loggerV" } else { "klogV" };
    let said = format!("the level is asked for in the condition and again behind it; {name} can hold the answer");
    let violation = Violation::new("lint-verbosity-twice", condition, said);
    let branch = statement.consequence()?.node();
    let uses = uses(branch, &place.text(level.whole), place);
    let whole = place.scopes.function().map(|function| place.text(function)).unwrap_or_default();
    let is_fixed = place.types.is_constant(level.given) && (!is_logger || is_never_set(on, place));
    let free = statement.initializer().is_none() && !whole.contains(name);
    if uses.is_empty() || !is_fixed || !free {
        return Some(violation);
    }
    let asked = format!("{name} := {}; {name}", place.text(level.whole));
    let inside = uses.into_iter().map(|node| Edit::replace(node.byte_range(), name));
    let edits: Vec<_> = std::iter::once(Edit::replace(level.whole.byte_range(), asked)).chain(inside).collect();
    Some(violation.mended_by(edits))
}

/// Where the same level is asked for in a branch.
fn uses<'t>(branch: Node<'t>, level: &str, place: &Place<'_, 't>) -> Vec<Node<'t>> {
    let (mut found, mut stack) = (Vec::new(), vec![branch]);
    while let Some(node) = stack.pop() {
        match node.kind_id() == kind::CALL_EXPRESSION && place.scopes.text(node) == level {
            true => found.push(node),
            false => stack.extend(named_children(node)),
        }
    }
    found.sort_by_key(Node::start_byte);
    found
}

/// Whether a local logger is what it was declared as.
fn is_never_set<'t>(node: Node<'t>, place: &Place<'_, 't>) -> bool {
    let binding = place.scopes.lookup_at(place.scopes.text(node), node);
    let after = |at: Node<'t>| at.start_byte() > node.start_byte();
    binding.is_some_and(|binding| !binding.assigned.is_some_and(after))
}
