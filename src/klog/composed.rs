//! Values that are put together from text where they stand.

use tree_sitter::Node;

use super::format::constant_string;
use super::place::Place;
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, kind, named_children, peel};

/// Words that text has which is more than a value.
const WORDS: usize = 2;

/// Whether a value is made of text with words in it, and of something else: a sum, or what fmt makes of a format.
pub fn is_composed<'t>(value: Node<'t>, place: &Place<'_, 't>) -> bool {
    let value = peel(value);
    let text = |node: Node<'t>| constant_string(node, place.source(), &|node| place.types.string_of(node));
    let says = |text: String| {
        let is_word =
            |word: &&str| word.chars().filter(|c| c.is_alphabetic()).count() > 1 && !word.contains(['%', '=']);
        text.split_whitespace().filter(is_word).count() >= WORDS
    };
    if value.kind_id() == kind::BINARY_EXPRESSION {
        let terms: Vec<_> = named_children(value).collect();
        let constant = |term: &Node<'t>| text(*term).is_some_and(says);
        return text(value).is_none() && terms.iter().any(|term| constant(term) || is_composed(*term, place));
    }
    let Some(call) = CallExpression::cast(value) else { return false };
    let selector = call.function().and_then(|function| SelectorExpression::cast(peel(function.node())));
    let Some((operand, name)) = selector.and_then(|selector| Some((selector.operand()?, selector.field()?))) else {
        return false;
    };
    let makes = place.imported(operand.node()) == Some("fmt");
    let makes = makes && matches!(place.scopes.text(name.node()), "Sprintf" | "Sprint" | "Sprintln" | "Errorf");
    let given: Vec<_> = call.arguments().map(|list| named_children(list.node()).collect()).unwrap_or_default();
    // What a format says that others give, nobody can tell.
    let open =
        place.scopes.text(name.node()).ends_with('f') && given.first().is_some_and(|format| text(*format).is_none());
    makes && given.len() > 1 && (open || given.iter().filter_map(|node| text(*node)).any(says))
}
