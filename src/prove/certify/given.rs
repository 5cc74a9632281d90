//! What a call, its logger and its exit are given beside values: names, keys that are none, the time to write.

use tree_sitter::Node;

use super::around::made_with;
use super::klog::Klog;
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, kind, peel};
use crate::klog::call::Pair;
use crate::klog::operand::callee_name;
use crate::klog::place::Place;

/// Nanoseconds in which nothing is written out.
const HASTY: i64 = 1_000_000;

/// The method of a logger that gives it a name.
const METHOD: &str = "WithName";

/// All of it that is looked at.
#[derive(Clone, Debug)]
pub struct Given {
    /// The names that its logger was given.
    pub names: Vec<String>,
    /// A key without a value that its logger was given.
    pub odd: Option<String>,
    /// A key of its own that is no constant.
    pub variable_key: Option<String>,
    /// The time that its exit leaves for what is buffered, where that is none.
    pub hasty: Option<String>,
}

impl Given {
    /// Of the expressions that a logger is made by, the pairs of a call and the arguments of the exit behind it.
    pub fn of<'t>(chain: &[Node<'t>], klog: &Klog<'_, '_, 't>, pairs: &[Pair<'t>], exit: &[Node<'t>]) -> Self {
        Self {
            names: names(chain, klog),
            odd: odd(chain, klog),
            variable_key: variable_key(pairs, klog.place),
            hasty: hasty(exit, klog),
        }
    }
}

/// The names that the calls which make a logger give it.
fn names(chain: &[Node<'_>], klog: &Klog<'_, '_, '_>) -> Vec<String> {
    let place = klog.place;
    let name = |node: &Node<'_>| {
        let call = CallExpression::cast(peel(*node))?;
        let callee = callee_name(peel(call.function()?.node()), place.source()).to_owned();
        let given = *made_with(call).last()?;
        let names = &place.rules.log_calls.logger.names;
        (callee == METHOD || names.contains(&callee)).then(|| place.text(given).trim_matches(['"', '`']).to_owned())
    };
    chain.iter().filter_map(name).collect()
}

/// A key without a value that the calls which make a logger give it.
fn odd<'t>(chain: &[Node<'t>], klog: &Klog<'_, '_, 't>) -> Option<String> {
    let given = chain.iter().filter_map(|node| klog.recognizer.given(*node, klog.place.scopes));
    let mut pairs = given.flat_map(|parts| parts.pairs);
    pairs.find(|pair| pair.value.is_none()).map(|pair| klog.place.text(pair.key_node))
}

/// What stands in the place of a key and is a variable, a field of one, or worked out.
fn variable_key(pairs: &[Pair<'_>], place: &Place<'_, '_>) -> Option<String> {
    let is_variable = |node: Node<'_>| match node.kind_id() {
        kind::IDENTIFIER => place.scopes.lookup_at(place.scopes.text(node), node).is_some(),
        kind::SELECTOR_EXPRESSION => {
            let operand = SelectorExpression::cast(node).and_then(|selector| selector.operand());
            operand.is_some_and(|operand| place.imported(peel(operand.node())).is_none())
        }
        _ => true,
    };
    let mut keys =
        pairs.iter().filter(|pair| pair.key.is_none() && pair.value.is_some()).map(|pair| peel(pair.key_node));
    keys.find(|key| is_variable(*key) && !place.types.is_constant(*key)).map(|key| place.text(key))
}

/// The time that an exit leaves for what is buffered to be written, where that is none.
fn hasty<'t>(arguments: &[Node<'t>], klog: &Klog<'_, '_, 't>) -> Option<String> {
    let [timeout, _] = arguments else { return None };
    let span = i64::try_from(klog.place.types.integer_of(*timeout)?).ok()?;
    (span < HASTY).then(|| klog.place.text(*timeout))
}
