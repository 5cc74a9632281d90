//! Children without comments, which stand anywhere.

use tree_sitter::Node;

use super::generated::kind;
use super::node::Children;

/// Named children of `node`, comments left out.
pub fn named_children<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> + use<'t> {
    Children::new(node).filter(|child| child.is_named() && child.kind_id() != kind::COMMENT)
}
