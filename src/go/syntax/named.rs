//! Children without comments, which stand anywhere.

use tree_sitter::Node;

use super::generated::kind;
use super::node::Children;

/// Named children of `node`, comments left out.
pub fn named_children<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> + use<'t> {
    Children::new(node).filter(|child| child.is_named() && child.kind_id() != kind::COMMENT)
}

/// The expression inside any number of parentheses.
pub fn peel(mut node: Node<'_>) -> Node<'_> {
    while node.kind_id() == kind::PARENTHESIZED_EXPRESSION {
        let Some(inner) = named_children(node).next() else { return node };
        node = inner;
    }
    node
}
