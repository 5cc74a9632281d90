//! Expressions that make a logger, or a context for one, beside log calls: what they evaluate where they stand, and what they have
//! lines carry.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::around::{astray, logger_chain};
use super::evaluated::{Evaluated, Evaluator};
use super::guard::guards;
use super::judge::{is_shown, unproven};
use super::klog::Klog;
use super::reading::{Reading, Value, value};
use super::reason::Finding;
use super::shown::{Atom, Shower};
use super::source;
use crate::go::syntax::{AstNode, CallExpression, kind, named_children, peel};
use crate::klog::call::declaration_name;
use crate::klog::operand::callee_name;
use crate::klog::place::Place;
use crate::plan::pipeline::Making;
use crate::rule::LogCalls;
use crate::text::LineCol;

/// One of them.
pub struct Maker {
    /// Where it is.
    pub position: LineCol,
    /// The statement, where all that is does is setting names to such values.
    pub statement: Option<(usize, usize)>,
    /// The function around it.
    function: String,
    /// What its lines carry.
    values: Vec<Value>,
    /// What evaluating it may do.
    evaluated: Vec<Evaluated>,
    /// A logger that drops its lines.
    astray: Option<String>,
    /// What is to be said of where it comes from, and of who gets it.
    source: Vec<Finding>,
    /// What it stands under, where a log call stands right behind it.
    before_call: Option<Vec<String>>,
}

/// Reads one in its place.
pub fn making(met: &Making<'_, '_>, runtime: &str) -> Maker {
    let place = met.place;
    let klog = Klog { recognizer: met.recognizer, place };
    let shower = Shower { place, klog: &klog };
    let mut evaluator = Evaluator { place, klog: &klog, runtime, found: Vec::new() };
    met.values.iter().for_each(|made| evaluator.visit(*made));
    let chain: Vec<Node<'_>> = met.values.iter().flat_map(|made| logger_chain(*made, &klog)).collect();
    let given = chain.iter().filter_map(|node| met.recognizer.given(*node, place.scopes)).flat_map(|parts| parts.pairs);
    let values = given.filter_map(|pair| Some(value(&shower, pair.value?, pair.key)));
    Maker {
        position: place.file.position(met.node),
        statement: met.is_statement.then(|| (met.node.start_byte(), met.node.end_byte())),
        function: declaration_name(place.scopes),
        values: values.collect(),
        evaluated: evaluator.found,
        astray: astray(&chain, place),
        source: source::of_maker(met, &klog),
        before_call: is_before_call(met.node, place).then(|| guards(place)),
    }
}

/// Whether nothing stands between a statement and a log call behind it but others of its kind.
fn is_before_call(statement: Node<'_>, place: &Place<'_, '_>) -> bool {
    let rules = &place.rules.log_calls;
    let whole = statement.parent().filter(|_| statement.kind_id() == kind::VAR_SPEC).unwrap_or(statement);
    let behind = std::iter::successors(whole.next_named_sibling(), Node::next_named_sibling);
    for node in behind.filter(|node| node.kind_id() != kind::COMMENT) {
        let value = match node.kind_id() {
            kind::EXPRESSION_STATEMENT => {
                return named_children(node).next().is_some_and(|call| logs(call, place, rules));
            }
            kind::SHORT_VAR_DECLARATION | kind::ASSIGNMENT_STATEMENT => {
                node.child_by_field_id(crate::go::syntax::field::RIGHT).and_then(|list| named_children(list).next())
            }
            _ => None,
        };
        if !value.is_some_and(|value| makes(value, place, rules)) {
            return false;
        }
    }
    false
}

fn name_of<'p>(call: Node<'_>, place: &'p Place<'_, '_>) -> Option<&'p str> {
    let callee = CallExpression::cast(peel(call))?.function()?.node();
    Some(callee_name(peel(callee), place.source()))
}

fn logs(call: Node<'_>, place: &Place<'_, '_>, rules: &LogCalls) -> bool {
    name_of(call, place).is_some_and(|name| rules.function(name).is_some() || rules.logger_method(name).is_some())
}

fn makes(call: Node<'_>, place: &Place<'_, '_>, rules: &LogCalls) -> bool {
    name_of(call, place).is_some_and(|name| rules.logger.makes(name))
}

/// What is to be said of the makers of a file. `pairs` are its calls before and after.
pub fn compare(olds: &[Maker], news: &[Maker], pairs: &[(&Reading, &Reading)]) -> Vec<(LineCol, Finding)> {
    let mut found = Vec::new();
    for new in news {
        let same = olds.iter().filter(|old| old.function == new.function);
        let stood = |logger: &&String| same.clone().any(|old| old.astray.as_ref() == Some(*logger));
        let astray = new.astray.as_ref().filter(|logger| !stood(logger));
        found.extend(astray.map(|logger| (new.position, Finding::LoggerChanged { logger: logger.clone() })));
        let said = new.source.iter().filter(|said| !same.clone().any(|old| old.source.contains(said)));
        found.extend(said.map(|said| (new.position, said.clone())));
        let mut before: Vec<&Evaluated> = same.flat_map(|old| &old.evaluated).collect();
        let behind = pairs.iter().filter(|(old, _)| new.before_call.as_ref() == Some(&old.guards));
        let behind = behind.filter(|(old, _)| old.site.function == new.function);
        before.extend(behind.flat_map(|(old, _)| &old.evaluated));
        found.extend(unproven(&before, &new.evaluated).into_iter().map(|finding| (new.position, finding)));
    }
    for old in olds.iter().filter(|old| !old.values.is_empty()) {
        let made = news.iter().filter(|new| new.function == old.function);
        let calls = pairs.iter().filter(|(_, new)| new.site.function == old.function);
        let values = made.clone().flat_map(|new| &new.values).chain(calls.flat_map(|(_, new)| new.all()));
        let shown: BTreeSet<&Atom> = values.flat_map(|value| value.shows.iter().chain(&value.reads)).collect();
        let lost = old.values.iter().filter(|value| !value.needs.iter().all(|need| is_shown(need, &shown, "")));
        let position = made.map(|new| new.position).next().unwrap_or(old.position);
        found.extend(lost.map(|value| (position, Finding::ValueDropped { value: value.text.clone() })));
    }
    found.sort_by_key(|(position, _)| (position.line, position.col));
    found.dedup();
    found
}
