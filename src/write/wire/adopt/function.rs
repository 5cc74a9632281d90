//! What a function is given: a context, and what tells the object that it is to work on.

use tree_sitter::Node;

use super::super::place::nodes;
use super::ground::{CONTEXT, Ground};
use crate::go::syntax::{children_by_field, field, kind, named_children};

/// A function with a context of its own.
pub(super) struct Function<'t> {
    /// What it is called in messages.
    pub(super) name: String,
    /// Its context's name.
    pub(super) context: &'t str,
    /// Other parameters: keys, requests, names.
    pub(super) given: Vec<&'t str>,
    /// Its statements, in order.
    pub(super) statements: Vec<Node<'t>>,
}

impl<'t> Function<'t> {
    /// The function, if it is given a context and no object: one that is given an object belongs to work that has begun already.
    pub(super) fn read(node: Node<'t>, ground: &Ground<'t>) -> Option<Self> {
        let body = node.child_by_field_id(field::BODY)?;
        let list = named_children(body).find(|child| child.kind_id() == kind::STATEMENT_LIST)?;
        let (mut context, mut given) = (None, Vec::new());
        for name in parameters(node, field::PARAMETERS) {
            let ty = ground.types.type_of_name(name);
            let name = ground.file.text(name);
            match ty.qualified().as_deref() {
                _ if ground.is_object(&ty) => return None,
                Some(CONTEXT) if name != "_" && context.is_none() => context = Some(name),
                Some(CONTEXT) => {}
                _ => given.push(name),
            }
        }
        if parameters(node, field::RECEIVER).any(|name| ground.is_object(&ground.types.type_of_name(name))) {
            return None;
        }
        let name = node.child_by_field_id(field::NAME).map_or("a function literal", |name| ground.file.text(name));
        let statements = named_children(list).collect();
        Some(Self { name: name.to_owned(), context: context?, given, statements })
    }
}

fn parameters<'t>(function: Node<'t>, of: u16) -> impl Iterator<Item = Node<'t>> {
    let declared = function.child_by_field_id(of).into_iter().flat_map(named_children);
    declared.flat_map(|parameter| children_by_field(parameter, field::NAME))
}

impl<'g> Ground<'g> {
    /// Whether an expression or statement names one of these.
    pub(super) fn names(&self, node: Node<'_>, names: &[&str]) -> bool {
        nodes(node).any(|inner| inner.kind_id() == kind::IDENTIFIER && names.contains(&self.file.text(inner)))
    }
}
