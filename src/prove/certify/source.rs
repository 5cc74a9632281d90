//! Where the logger of a line comes from: read backwards from where it is used, through names and through functions and methods that make
//! one logger of another, up to what gives it.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::around::made_with;
use super::defined::{definitions, is_set_in_loop};
use super::klog::Klog;
use super::reason::Finding;
use crate::go::syntax::{
    self, AstNode, CallExpression, SelectorExpression, children_by_field, field, kind, named_children, peel,
};
use crate::go::types::is_function;
use crate::klog::call::{Class, LogCall};
use crate::klog::error::is_error_key;
use crate::klog::operand::callee_name;
use crate::plan::pipeline::Making;

/// Expressions that are looked at for one logger.
const MAX_STEPS: usize = 64;
/// The method that has lines told of another frame.
const DEPTH: &str = "WithCallDepth";
/// The function of logr that gives a logger which prints nothing.
const DROPS: &str = "Discard";
/// The rule that no key stands twice.
const TWICE: &str = "lint-key-duplicate";

/// Where the logger of a call comes from.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// What is to be said of that.
    pub said: Vec<Finding>,
    /// The levels that are asked for on the way there.
    pub asked: Vec<String>,
}

impl Source {
    /// Reads back from a call.
    pub fn of<'t>(call: &LogCall<'t>, klog: &Klog<'_, '_, 't>) -> Self {
        let on = call.callee().and_then(|callee| SelectorExpression::cast(peel(callee))?.operand());
        let Some(on) = on.filter(|_| call.site.class == Class::Contextual) else { return Self::default() };
        let traced = Tracer::of(on.node(), klog);
        let own = call.parts.pairs.iter().filter_map(|pair| pair.key.clone());
        let mut seen = BTreeSet::new();
        let twice = traced.keys.iter().cloned().chain(own).find(|key| !seen.insert(key.clone()));
        let twice = twice.filter(|_| !traced.keys.is_empty()).map(|key| Finding::RuleBroken {
            rule: TWICE.to_owned(),
            what: format!("the logger and the call have {key:?} twice"),
        });
        let said = traced.unclear.into_iter().chain(traced.errors).chain(twice);
        Self { said: said.collect(), asked: traced.levels }
    }
}

/// What is to be said of what makes a logger beside log calls.
pub fn of_maker<'t>(making: &Making<'_, 't>, klog: &Klog<'_, '_, 't>) -> Vec<Finding> {
    let place = klog.place;
    let mut found = Vec::new();
    for value in making.values {
        let traced = Tracer::of(*value, klog);
        let callee = CallExpression::cast(peel(*value)).and_then(|call| call.function());
        let into = callee.is_some_and(|callee| klog.puts_into_context(peel(callee.node())));
        found.extend(traced.unclear);
        if into
            || is_handed_on(making.node, making.is_statement)
            || making.is_statement && is_passed_on(making.node, klog)
        {
            let altered = traced.levels.iter().any(|level| level != "0") || traced.is_deeper;
            found.extend(altered.then(|| Finding::LoggerAltered { logger: place.text(*value) }));
            found.extend(traced.errors);
        }
    }
    found.extend(grows(making, klog));
    found
}

/// Whether others than the function around print by a logger: whoever is given it, or gets it from where it is kept.
fn is_handed_on(node: Node<'_>, is_statement: bool) -> bool {
    let around = std::iter::successors(node.parent(), Node::parent);
    let mut around = around.skip_while(|node| {
        matches!(node.kind_id(), kind::PARENTHESIZED_EXPRESSION | kind::EXPRESSION_LIST | kind::VAR_SPEC_LIST)
            || is_statement && node.kind_id() == kind::VAR_DECLARATION
    });
    if is_statement {
        let is_name = |list: Node<'_>| named_children(list).all(|name| name.kind_id() == kind::IDENTIFIER);
        let of_package = around.next().is_some_and(|node| node.kind_id() == kind::SOURCE_FILE);
        return of_package || children_by_field(node, field::LEFT).any(|list| !is_name(list));
    }
    let kinds = [kind::ARGUMENT_LIST, kind::RETURN_STATEMENT, kind::LITERAL_ELEMENT, kind::KEYED_ELEMENT];
    around.next().is_some_and(|node| kinds.contains(&node.kind_id()))
}

/// The first value of each statement by which a function returns.
fn returned(body: Node<'_>) -> Vec<Node<'_>> {
    let (mut found, mut stack) = (Vec::new(), vec![body]);
    while let Some(node) = stack.pop() {
        match node.kind_id() {
            kind::FUNC_LITERAL => {}
            kind::RETURN_STATEMENT => {
                found.extend(named_children(node).next().and_then(|list| named_children(list).next()).map(peel));
            }
            _ => stack.extend(named_children(node)),
        }
    }
    found
}

/// Whether the name that a statement sets is given to others behind it: a function that makes no logger of it, a caller, a field.
fn is_passed_on(statement: Node<'_>, klog: &Klog<'_, '_, '_>) -> bool {
    let source = klog.place.source();
    let name = children_by_field(statement, field::LEFT).find_map(|list| named_children(list).next());
    let Some(name) = name.filter(|name| name.kind_id() == kind::IDENTIFIER) else { return false };
    let name = syntax::text(name, source);
    let function = std::iter::successors(statement.parent(), Node::parent).find(|node| is_function(*node));
    let makes = |list: Node<'_>| {
        let callee = list.parent().and_then(CallExpression::cast).and_then(|call| call.function());
        callee.is_some_and(|callee| klog.place.rules.log_calls.logger.makes(callee_name(peel(callee.node()), source)))
    };
    let mut stack: Vec<_> = function.into_iter().collect();
    while let Some(node) = stack.pop() {
        let is_it = node.kind_id() == kind::IDENTIFIER
            && node.start_byte() >= statement.end_byte()
            && syntax::text(node, source) == name;
        let around = node.parent().filter(|_| is_it);
        let is_given = around.is_some_and(|around| match around.kind_id() {
            kind::ARGUMENT_LIST => !makes(around),
            kind::LITERAL_ELEMENT | kind::KEYED_ELEMENT => true,
            kind::EXPRESSION_LIST => around.parent().is_some_and(|list| list.kind_id() == kind::RETURN_STATEMENT),
            _ => false,
        });
        if is_given {
            return true;
        }
        stack.extend(named_children(node));
    }
    false
}

/// A logger, or a context, that is made of itself in a loop with something more each time.
fn grows<'t>(making: &Making<'_, 't>, klog: &Klog<'_, '_, 't>) -> Option<Finding> {
    let (place, statement) = (klog.place, making.node);
    let name = statement.child_by_field_id(field::LEFT).and_then(|list| named_children(list).next())?;
    let is_set_anew = statement.kind_id() == kind::ASSIGNMENT_STATEMENT && name.kind_id() == kind::IDENTIFIER;
    let text = syntax::text(name, place.source());
    let rules = &place.rules.log_calls;
    let (mut of_itself, mut adds) = (false, false);
    let mut stack: Vec<Node<'t>> = making.values.to_vec();
    while let Some(node) = stack.pop() {
        of_itself |= node.kind_id() == kind::IDENTIFIER && syntax::text(node, place.source()) == text;
        if let Some(callee) = CallExpression::cast(node).and_then(|call| call.function()) {
            let name = callee_name(peel(callee.node()), place.source());
            let known = |list: &[String]| list.iter().any(|known| known == name);
            adds |= known(&rules.logger.methods) || known(&rules.logger.values) || known(&rules.logger.names);
        }
        stack.extend(named_children(node));
    }
    let is_it = is_set_anew && of_itself && adds && is_set_in_loop(statement, text, place.source());
    is_it.then(|| Finding::LoggerGrows { logger: text.to_owned() })
}

/// What is found on the way back from a logger.
struct Tracer<'s, 'a, 't> {
    klog: &'s Klog<'s, 'a, 't>,
    steps: usize,
    seen: BTreeSet<usize>,
    levels: Vec<String>,
    /// The keys that it has in any case.
    keys: Vec<String>,
    /// Whether it names another frame.
    is_deeper: bool,
    /// Keys of errors with values that are none.
    errors: Vec<Finding>,
    /// What gives it, where nobody can tell what that is: a function written in place, an element or a field of a value written in
    /// place, what comes over a channel.
    unclear: Option<Finding>,
}

impl<'s, 'a, 't> Tracer<'s, 'a, 't> {
    fn of(logger: Node<'t>, klog: &'s Klog<'s, 'a, 't>) -> Self {
        let (seen, levels, keys, errors) = Default::default();
        let mut tracer = Self { klog, steps: MAX_STEPS, seen, levels, keys, is_deeper: false, errors, unclear: None };
        tracer.walk(logger, true);
        tracer
    }

    fn is_unclear(&mut self, node: Node<'t>) {
        let logger = self.klog.place.text(node);
        self.unclear.get_or_insert(Finding::LoggerChanged { logger });
    }

    fn walk(&mut self, node: Node<'t>, surely: bool) {
        let node = peel(node);
        let Some(steps) = self.steps.checked_sub(1).filter(|_| self.seen.insert(node.id())) else { return };
        self.steps = steps;
        match node.kind_id() {
            kind::IDENTIFIER => {
                for definition in definitions(node, self.klog.place.source()) {
                    definition.value.into_iter().for_each(|value| self.walk(value, surely && definition.surely));
                }
            }
            kind::CALL_EXPRESSION => self.call(node, surely),
            kind::TYPE_CONVERSION_EXPRESSION => self.is_unclear(node),
            kind::UNARY_EXPRESSION if self.klog.place.text(node).starts_with("<-") => self.is_unclear(node),
            kind::SELECTOR_EXPRESSION | kind::INDEX_EXPRESSION => {
                let operand = node.child_by_field_id(field::OPERAND).map(peel);
                if operand.is_some_and(|operand| operand.kind_id() == kind::COMPOSITE_LITERAL) {
                    self.is_unclear(node);
                }
            }
            _ => {}
        }
    }

    fn call(&mut self, node: Node<'t>, surely: bool) {
        let place = self.klog.place;
        let Some(call) = CallExpression::cast(node) else { return };
        let Some(callee) = call.function().map(|callee| peel(callee.node())) else { return };
        let args = made_with(call);
        let has_function = args.iter().any(|arg| peel(*arg).kind_id() == kind::FUNC_LITERAL);
        let is_named = matches!(callee.kind_id(), kind::SELECTOR_EXPRESSION | kind::IDENTIFIER);
        if !is_named || has_function {
            return self.is_unclear(node);
        }
        let Some(operand) = SelectorExpression::cast(callee).and_then(|of| of.operand()) else {
            return self.helper(node, syntax::text(callee, place.source()), kind::FUNCTION_DECLARATION);
        };
        let operand = peel(operand.node());
        let name = callee_name(callee, place.source());
        let rules = &place.rules.log_calls.logger;
        let known = |list: &[String]| list.iter().any(|known| known == name);
        let first = args.first().copied();
        if known(&rules.values) {
            self.given(node, surely);
        }
        if name == DROPS && place.imported(operand).is_some() {
            return self.is_unclear(node);
        }
        if self.klog.puts_into_context(callee) {
            if first.is_some_and(|context| peel(context).kind_id() == kind::NIL) {
                self.is_unclear(node);
            }
            args.last().into_iter().for_each(|logger| self.walk(*logger, surely));
        } else if self.klog.is_package(operand) || place.imported(operand).is_some() {
            let of_first =
                known(&rules.names) || known(&rules.values) || name == rules.with_id || name == rules.from_context;
            first.filter(|_| of_first).into_iter().for_each(|of| self.walk(of, surely));
        } else if known(&rules.methods) {
            if place.rules.log_calls.verbose.functions.contains_key(name) {
                self.levels.extend(first.map(|level| place.text(level)));
            }
            self.is_deeper |= name == DEPTH;
            self.walk(operand, surely);
        } else if name != rules.background {
            self.helper(node, name, kind::METHOD_DECLARATION);
        }
    }

    /// What a function or method of the file gives, by each of its returns.
    fn helper(&mut self, call: Node<'t>, name: &str, of: u16) {
        let source = self.klog.place.source();
        let Some(root) = std::iter::successors(Some(call), Node::parent).last() else { return };
        let is_it = |node: &Node<'t>| {
            let own = node.child_by_field_id(field::NAME).map(|name| syntax::text(name, source));
            node.kind_id() == of && own == Some(name)
        };
        let bodies: Vec<_> =
            named_children(root).filter(is_it).map(|node| node.child_by_field_id(field::BODY)).collect();
        // Methods of several types may be called alike.
        let [Some(body)] = bodies.as_slice() else { return };
        for value in returned(*body) {
            let made = CallExpression::cast(value).and_then(|call| call.function());
            let drops = made.is_some_and(|callee| callee_name(peel(callee.node()), source) == DROPS);
            if drops || value.kind_id() == kind::COMPOSITE_LITERAL {
                return self.is_unclear(call);
            }
            self.walk(value, false);
        }
    }

    /// The pairs that a call has a logger carry.
    fn given(&mut self, node: Node<'t>, surely: bool) {
        let place = self.klog.place;
        let parts = self.klog.recognizer.given(node, place.scopes);
        for pair in parts.into_iter().flat_map(|parts| parts.pairs) {
            let (Some(key), Some(value)) = (pair.key, pair.value) else { continue };
            if is_error_key(&key) && (value.kind_id() == kind::NIL || place.types.is_constant(value)) {
                self.errors.push(Finding::ValueMisnamed { value: place.text(value), key: key.clone() });
            }
            self.keys.extend(surely.then_some(key));
        }
    }
}
