//! What is wrong where no line is printed: loggers that are given keys and values, levels that are asked for, functions that klog
//! has declared deprecated.

use memchr::memmem;
use tree_sitter::Node;

use super::pairs::Listed;
use super::violation::Violation;
use super::{asked, levels, marked};
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, kind, peel};
use crate::klog::call::{Level, Recognizer, derived_has_key};
use crate::klog::place::Place;
use crate::rule::RuleSet;
use crate::text::Edit;

/// Whether something may be wrong with nodes of a kind that are no log calls.
pub fn is_looked_at(node: u16) -> bool {
    let declares = [kind::FUNCTION_DECLARATION, kind::METHOD_DECLARATION, kind::METHOD_ELEM];
    let is_function = declares.contains(&node) || matches!(node, kind::FUNC_LITERAL | kind::FUNCTION_TYPE);
    is_function || matches!(node, kind::IF_STATEMENT | kind::CALL_EXPRESSION)
}

/// Whether something may be wrong in code beside its log calls. Of what a tree has to ask for ([`super::asks_of_all`]) it tells nothing.
pub fn may_be_loose(code: &[u8], rules: &RuleSet) -> bool {
    let names = |name: &String| memmem::find(code, name.as_bytes()).is_some();
    let logs = &rules.log_calls;
    // `klog.V(4).Enabled`, and nothing else that is called so; a comment may stand between.
    let of_call = |at: usize| {
        let before = code[..at].trim_ascii_end().strip_suffix(b".").unwrap_or_default().trim_ascii_end();
        matches!(before.last(), Some(b')' | b'/'))
    };
    logs.references.deprecated.keys().chain(&logs.logger.values).any(names)
        || memmem::find_iter(code, &logs.verbose.asks).any(of_call)
}

/// What is wrong with a node that is no log call; `key` is that of the request ID pair.
pub fn loose<'t>(node: Node<'t>, recognizer: &Recognizer<'_>, place: &Place<'_, 't>, key: &str) -> Vec<Violation> {
    let mut found = Vec::from_iter(asked::loose(node, recognizer, place));
    match node.kind_id() {
        kind::IF_STATEMENT => found.extend(levels::twice(node, recognizer, place)),
        kind::CALL_EXPRESSION => {
            found.extend(deprecated(node, recognizer, place));
            found.extend(marked::called(node, place));
            given(node, recognizer, place, key, &mut found);
        }
        _ => {}
    }
    found
}

/// Keys and values that a logger is given.
fn given<'t>(
    node: Node<'t>,
    recognizer: &Recognizer<'_>,
    place: &Place<'_, 't>,
    key: &str,
    found: &mut Vec<Violation>,
) {
    let Some(parts) = recognizer.given(node, place.scopes) else { return };
    let carries = |key: &str| derived_has_key(node, key, place);
    Listed { parts: &parts, place, id_key: key }.violations(&carries, found);
    let callee = CallExpression::cast(node).and_then(|call| call.function());
    let operand = callee.and_then(|callee| SelectorExpression::cast(peel(callee.node()))?.operand());
    let level = operand.and_then(|operand| Level::of(operand.node(), place));
    found.extend(level.filter(|level| level.is_zero(place)).map(|level| levels::zero(&level, place)));
}

/// A function that klog has something better for.
fn deprecated<'t>(node: Node<'t>, recognizer: &Recognizer<'_>, place: &Place<'_, 't>) -> Option<Violation> {
    let selector = SelectorExpression::cast(peel(CallExpression::cast(node)?.function()?.node()))?;
    let (operand, field) = (peel(selector.operand()?.node()), selector.field()?.node());
    let name = place.text(field);
    let better = place.rules.log_calls.references.deprecated.get(&name).filter(|better| place.has(better))?;
    if !recognizer.is_package(operand, place.scopes) {
        return None;
    }
    let said =
        format!("klog has declared {name} deprecated: {better} does the same, and only where the line is printed");
    let violation = Violation::new("lint-deprecated", field, said);
    // What they return has different types, which a log call's arguments bear.
    let in_call = place.scopes.ancestors().iter().rev().find(|outer| outer.kind_id() == kind::CALL_EXPRESSION);
    let bears = in_call.is_some_and(|outer| recognizer.call(*outer, place.scopes).is_some());
    Some(violation.mended_by(bears.then(|| Edit::replace(field.byte_range(), better))))
}
