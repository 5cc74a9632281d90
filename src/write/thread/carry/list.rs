//! A list of parameters: what has a name in it, and what could get one.

use tree_sitter::Node;

use super::facts::{NAMES, Qualifier};
use crate::go::syntax::{self, field, kind, named_children};
use crate::text::Edit;

/// What a list of parameters is like.
pub struct List {
    /// Whether it takes exactly one value.
    pub takes_one: bool,
    /// Whether its parameters have no names.
    pub is_unnamed: bool,
    /// What names a context and a logger that have no name, or `_`.
    pub named: [Vec<Edit>; 2],
}

/// The names of one of them.
fn names(parameter: Node<'_>) -> Vec<Node<'_>> {
    syntax::children_by_field(parameter, field::NAME).collect()
}

impl List {
    /// Of a declaration's list; `packages` are the names of those of contexts and loggers.
    pub fn of(list: Node<'_>, source: &[u8], packages: &[Option<Qualifier>; 2]) -> Self {
        let parameters: Vec<Node<'_>> = named_children(list).collect();
        let is_unnamed = !parameters.is_empty() && parameters.iter().all(|node| names(*node).is_empty());
        let count: usize = parameters.iter().map(|node| names(*node).len().max(1)).sum();
        let variadic = parameters.iter().any(|node| node.kind_id() == kind::VARIADIC_PARAMETER_DECLARATION);
        let name = |node: &Node<'_>, name: &str| Edit::insert(node.start_byte(), format!("{name} "));
        let of_kind = |number: usize| {
            let ty = ["Context", "Logger"][number];
            let package = packages[number].as_ref().map_or("", |(name, _)| name);
            let is_of = |node: &&Node<'_>| {
                let own = node.child_by_field_id(field::TYPE).map(|own| syntax::text(own, source));
                own.and_then(|own| own.split_once('.')).is_some_and(|(of, own)| of == package && own == ty)
            };
            let Some(found) = parameters.iter().find(is_of) else { return Vec::new() };
            match names(*found).as_slice() {
                [] => {
                    let others = parameters.iter().filter(|node| *node != found).map(|node| name(node, "_"));
                    others.chain([name(found, NAMES[number])]).collect()
                }
                [blank] if syntax::text(*blank, source) == "_" => {
                    vec![Edit::replace(blank.byte_range(), NAMES[number])]
                }
                _ => Vec::new(),
            }
        };
        Self { takes_one: count == 1 && !variadic, is_unnamed, named: [of_kind(0), of_kind(1)] }
    }
}
