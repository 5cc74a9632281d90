//! Nodes of any kind: what a typed view of one is, its children, its text.

use tree_sitter::{Node, TreeCursor};

/// A node of a known kind.
pub trait AstNode<'t>: Copy {
    /// The typed node, if `node` is of this kind.
    fn cast(node: Node<'t>) -> Option<Self>;
    /// The untyped node.
    fn node(self) -> Node<'t>;
}

/// Children of `node` in the field with this number.
pub fn children_by_field<'t>(node: Node<'t>, field: u16) -> impl Iterator<Item = Node<'t>> + use<'t> {
    let mut children = Children::new(node);
    std::iter::from_fn(move || {
        loop {
            let child = children.next()?;
            if children.field() == Some(field) {
                return Some(child);
            }
        }
    })
}

/// All children of `node`, in order; linear in their number, unlike `Node::child(i)`.
pub struct Children<'t> {
    cursor: TreeCursor<'t>,
    state: State,
}

#[derive(PartialEq)]
enum State {
    Before,
    Inside,
    Done,
}

impl<'t> Children<'t> {
    /// Starts before the first child.
    pub fn new(node: Node<'t>) -> Self {
        Self { cursor: node.walk(), state: State::Before }
    }

    /// Number of the field that holds the child last returned.
    pub fn field(&self) -> Option<u16> {
        self.cursor.field_id().map(|id| id.get())
    }
}

impl<'t> Iterator for Children<'t> {
    type Item = Node<'t>;

    fn next(&mut self) -> Option<Node<'t>> {
        let moved = match self.state {
            State::Before => self.cursor.goto_first_child(),
            State::Inside => self.cursor.goto_next_sibling(),
            State::Done => false,
        };
        self.state = if moved { State::Inside } else { State::Done };
        moved.then(|| self.cursor.node())
    }
}

/// The text of a node; empty where the file is not UTF-8 there (such files are not analysed).
pub fn text<'s>(node: Node<'_>, source: &'s [u8]) -> &'s str {
    source.get(node.byte_range()).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
}
