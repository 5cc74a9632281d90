//! What a structured call shows of its tree's habits.

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, SelectorExpression, kind};
use crate::go::types::Named;
use crate::klog::call_site::{KlogCall, peel};
use crate::klog::convention::{Observation, Sample, Subject};
use crate::klog::name::is_valid;
use crate::klog::operand::chain;
use crate::klog::place::Place;
use crate::rule::Severity;

/// Reads the keys of a structured call.
pub fn sample<'t>(call: &KlogCall<'t>, place: &Place<'_, 't>) -> Sample {
    let text = |node: &Node<'t>| crate::klog::format::unquote(syntax::text(*node, place.source()));
    let skipped = usize::from(call.depth) + usize::from(call.site.severity == Severity::Error);
    let args = call.args.get(skipped..).unwrap_or_default();
    let Some((message, pairs)) = args.split_first() else { return Sample::default() };
    let bracketed = text(message).map(|m| m.starts_with('['));
    let observe = |pair: &[Node<'t>]| {
        let [key, value] = pair else { return None };
        let key = text(key).filter(|key| is_valid(key) && key != &place.rules.carriers.key)?;
        let subjects = subjects(*value, place);
        (!subjects.is_empty()).then_some(Observation { subjects, key })
    };
    Sample { observations: pairs.chunks(2).filter_map(observe).collect(), bracketed }
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
