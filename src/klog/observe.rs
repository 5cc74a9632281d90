//! What a structured call shows of its tree's habits.

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, SelectorExpression, kind, peel};
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
    let bracketed = message.map(|text| text.starts_with('['));
    Sample { observations, bracketed, through_logger: call.site.class == Class::Contextual }
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
