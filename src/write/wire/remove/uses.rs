//! Where a file names the package.

use tree_sitter::Node;

use super::super::place::nodes;
use crate::go::index::Imports;
use crate::go::parse::ParsedFile;
use crate::go::syntax::{field, kind, named_children};

/// A name of the package, as `requestid.FromObject`.
#[derive(Clone, Copy)]
pub(super) struct Use<'t> {
    /// The selector, or the type.
    pub(super) node: Node<'t>,
    /// What of the package it names.
    pub(super) name: &'t str,
}

impl<'t> Use<'t> {
    /// The call of the function that it names, if it is called.
    pub(super) fn call(&self) -> Option<Node<'t>> {
        let call = self.node.parent().filter(|parent| parent.kind_id() == kind::CALL_EXPRESSION)?;
        (call.child_by_field_id(field::FUNCTION) == Some(self.node)).then_some(call)
    }
}

/// What the file calls the packages of these paths.
pub(super) fn names(file: &ParsedFile, paths: &[&str]) -> Vec<String> {
    let imports = Imports::of(file.tree.root_node(), &file.source.bytes);
    let ours = imports.list.iter().filter(|import| paths.contains(&import.path.as_str()));
    ours.map(|import| import.name().to_owned()).filter(|name| !matches!(name.as_str(), "_" | ".")).collect()
}

/// All names of the packages that the file calls so, in its order.
pub(super) fn uses<'t>(file: &'t ParsedFile, names: &[String]) -> Vec<Use<'t>> {
    let found = nodes(file.tree.root_node()).filter_map(|node| {
        let (of, name) = match node.kind_id() {
            kind::SELECTOR_EXPRESSION => {
                let of = node.child_by_field_id(field::OPERAND)?;
                (of.kind_id() == kind::IDENTIFIER).then_some((of, node.child_by_field_id(field::FIELD)?))?
            }
            kind::QUALIFIED_TYPE => (node.child_by_field_id(field::PACKAGE)?, node.child_by_field_id(field::NAME)?),
            _ => return None,
        };
        let is_ours = names.iter().any(|own| own == file.text(of));
        is_ours.then(|| Use { node, name: file.text(name) })
    });
    found.collect()
}

/// What a call is given.
pub(super) fn arguments(call: Node<'_>) -> Vec<Node<'_>> {
    call.child_by_field_id(field::ARGUMENTS).into_iter().flat_map(named_children).collect()
}
