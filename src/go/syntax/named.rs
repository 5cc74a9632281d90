//! Children without comments, which stand anywhere.

use tree_sitter::Node;

use super::generated::{field, kind};
use super::node::{Children, text};

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

/// The name of the type that a method is declared on, empty for a function, and the name of either; `None` where neither is declared.
pub fn owner<'s>(declaration: Node<'_>, source: &'s [u8]) -> Option<(&'s str, &'s str)> {
    let name = text(declaration.child_by_field_id(field::NAME)?, source);
    let receiver = match declaration.kind_id() {
        kind::FUNCTION_DECLARATION => "",
        kind::METHOD_DECLARATION => {
            let list = declaration.child_by_field_id(field::RECEIVER)?;
            let ty = named_children(list).next()?.child_by_field_id(field::TYPE)?;
            let text = text(ty, source).trim_matches(['*', '(', ')', ' ']);
            text.split('[').next().unwrap_or(text)
        }
        _ => return None,
    };
    Some((receiver, name))
}
