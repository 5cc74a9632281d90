//! Keys and values of a structured call, as they stand in the source.

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, kind, named_children};
use crate::klog::call_site::peel;
use crate::klog::format;
use crate::klog::place::Place;

/// A key, and the value behind it unless it has none.
pub(super) struct Pair<'t> {
    /// The key's expression.
    pub key_node: Node<'t>,
    /// The key, where it is a constant.
    pub key: Option<String>,
    /// The value's expression.
    pub value: Option<Node<'t>>,
}

/// All pairs of a call.
pub(super) struct Pairs<'t> {
    /// In their order.
    pub list: Vec<Pair<'t>>,
    /// Whether a slice brings more, or less: nothing is known about it.
    pub spread: bool,
}

impl<'t> Pairs<'t> {
    /// Reads arguments behind the message.
    pub fn read(args: &[Node<'t>], place: &Place<'_, 't>, runtime: &str) -> Self {
        let mut nodes = args.to_vec();
        let mut spread = false;
        if let Some(last) = nodes.last().copied().filter(|last| last.kind_id() == kind::VARIADIC_ARGUMENT) {
            nodes.pop();
            match wrapped(last, place, runtime) {
                Some(inner) => nodes.extend(inner),
                None => spread = true,
            }
        }
        let pair =
            |pair: &[Node<'t>]| Pair { key_node: pair[0], key: constant(pair[0], place), value: pair.get(1).copied() };
        Self { list: nodes.chunks(2).map(pair).collect(), spread }
    }
}

/// The pairs inside `requestid.Pairs(…)...`, in which rewrites for an old klog put them.
fn wrapped<'t>(spread: Node<'t>, place: &Place<'_, 't>, runtime: &str) -> Option<Vec<Node<'t>>> {
    let call = CallExpression::cast(peel(named_children(spread).next()?))?;
    let callee = SelectorExpression::cast(peel(call.function()?.node()))?;
    let package = syntax::text(callee.operand()?.node(), place.source());
    let is_ours = place.imports.path_of(package) == Some(runtime) && place.text(callee.field()?.node()) == "Pairs";
    is_ours.then(|| call.arguments().map(|args| named_children(args.node()).collect()))?
}

/// The text of a constant expression; literals are read also where a file's types are not known.
pub(super) fn constant<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<String> {
    format::constant_string(node, place.source(), &|node| place.types.string_of(node))
}
