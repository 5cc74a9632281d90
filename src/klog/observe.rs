//! What a structured call shows of its tree's habits.

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, SelectorExpression, UnaryExpression, kind, peel};
use crate::go::types::Named;
use crate::klog::call::{Class, LogCall, Pair};
use crate::klog::convention::{Observation, Sample};
use crate::klog::format;
use crate::klog::name::is_valid;
use crate::klog::operand::chain;
use crate::klog::place::Place;
use crate::rule::Subject;

/// Reads the keys of a structured call.
pub fn sample<'t>(call: &LogCall<'t>, place: &Place<'_, 't>) -> Sample {
    let message = call.parts.message.and_then(|node| format::unquote(syntax::text(node, place.source())));
    let observe = |pair: &Pair<'t>| {
        let key = pair.key.clone().filter(|key| is_valid(key) && key != &place.rules.carriers.key)?;
        let subjects = subjects(pair.value?, place);
        (!subjects.is_empty()).then_some(Observation { subjects, key })
    };
    let observations = call.parts.pairs.iter().filter_map(observe).collect();
    let bracketed = message.as_deref().map(|text| text.starts_with('['));
    let small = message.as_deref().and_then(is_small);
    Sample { observations, bracketed, small, through_logger: call.site.class == Class::Contextual }
}

/// Whether a message starts with a small letter; nothing of one that starts with no plain word, as `kubeClient` and `http.Get` are none.
fn is_small(message: &str) -> Option<bool> {
    let first = message.split(' ').next()?.trim_end_matches([':', ',', '.', '!']);
    let plain =
        first.chars().skip(1).all(|c| c.is_ascii_lowercase()) && first.starts_with(|c: char| c.is_ascii_alphabetic());
    plain.then(|| first.starts_with(char::is_lowercase))
}

/// What an operand is, for habits: objects are not named by habit, the rules know their kinds.
pub fn subjects(node: Node<'_>, place: &Place<'_, '_>) -> Vec<Subject> {
    let mut subjects = Vec::new();
    let node = peel(node);
    let chain = chain(node, place.source());
    let Some(last) = chain.names.last().filter(|_| !chain.count && !chain.computed) else { return subjects };
    let ty = place.type_of(node);
    if let Some(selector) = SelectorExpression::cast(node)
        && let Some(owner) = selector.operand().map(|o| place.type_of(o.node()))
        && let Some(owner) = owner.stripped().qualified()
    {
        subjects.push(Subject::Field(format!("{owner}.{last}")));
    }
    if node.kind_id() == kind::SELECTOR_EXPRESSION {
        subjects.push(Subject::Expression(place.text(node)));
    }
    // A UID is one of many things; what it belongs to names it.
    let telling = |named: &Named| !named.name.ends_with("ID");
    if let Some(named) = ty.named().filter(|named| telling(named) && place.is_text(&ty)) {
        subjects.push(Subject::Type(format!("{}.{}", named.package.path, named.name)));
    }
    if last.len() > 3 && !place.rules.keys.generic.contains(&last.to_lowercase()) {
        subjects.push(Subject::Name(last.clone()));
    }
    subjects
}

/// Bytes of an expression that an answer can be about.
const MAX_EXPRESSION: usize = 80;

/// What a reader's answer can be kept for, the most telling first: what habits are about, behind what it points to; and where that is
/// nothing, since the name says nothing by itself, the expression within its package.
pub fn askable(node: Node<'_>, place: &Place<'_, '_>) -> Vec<Subject> {
    let found = subjects(pointed(node), place);
    let text = place.text(peel(node));
    let home = place.types.package().ok();
    let is_named =
        text.len() <= MAX_EXPRESSION && !text.contains(['\n', '"', '`']) && text.contains(char::is_alphabetic);
    match home.filter(|_| found.is_empty() && is_named) {
        Some(home) => vec![Subject::Expression(format!("{text} in {}", home.name.path))],
        None => found,
    }
}

/// `pip.Name` of `*pip.Name`.
fn pointed(node: Node<'_>) -> Node<'_> {
    let node = peel(node);
    match UnaryExpression::cast(node).and_then(|unary| unary.operand()) {
        Some(operand) => peel(operand.node()),
        None => node,
    }
}
