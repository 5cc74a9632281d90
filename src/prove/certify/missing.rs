//! Imports that are gone although their names are used still.

use tree_sitter::Node;

use super::reason::Finding;
use crate::go::index::Imports;
use crate::go::parse::ParsedFile;
use crate::go::syntax::{self, field, kind, named_children};
use crate::text::LineCol;

/// What a file does not import any more and speaks of, with the place where it does.
pub fn missing(old: &ParsedFile, new: &ParsedFile) -> Vec<(LineCol, Finding)> {
    let of = |file: &ParsedFile| Imports::of(file.tree.root_node(), &file.source.bytes);
    let (olds, news) = (of(old), of(new));
    let gone = olds.list.iter().filter(|import| !matches!(import.name(), "_" | "." | "C"));
    let gone = gone.filter(|import| news.path_of(import.name()).is_none());
    let told = gone.filter_map(|import| {
        let at = used(new, import.name())?;
        Some((new.lines.line_col(at), Finding::OtherCode { old: import.path.to_string(), new: String::new() }))
    });
    told.collect()
}

/// Where a file speaks of a package by its name, unless something else is called so there.
fn used(file: &ParsedFile, name: &str) -> Option<usize> {
    let mut stack = vec![file.tree.root_node()];
    let mut first = None;
    while let Some(node) = stack.pop() {
        let is_it = matches!(node.kind_id(), kind::IDENTIFIER | kind::PACKAGE_IDENTIFIER)
            && syntax::text(node, &file.source.bytes) == name;
        if is_it {
            match node.parent() {
                Some(around) if is_package_of(around, node) => first = first.or(Some(node.start_byte())),
                // The name of a field.
                Some(around) if around.kind_id() == kind::LITERAL_ELEMENT => {}
                _ => return None,
            }
        }
        if node.kind_id() != kind::IMPORT_DECLARATION && node.kind_id() != kind::PACKAGE_CLAUSE {
            stack.extend(named_children(node).collect::<Vec<_>>().into_iter().rev());
        }
    }
    first
}

/// Whether a name stands before a dot.
fn is_package_of(around: Node<'_>, name: Node<'_>) -> bool {
    let of_type = around.kind_id() == kind::QUALIFIED_TYPE;
    of_type || around.kind_id() == kind::SELECTOR_EXPRESSION && around.child_by_field_id(field::OPERAND) == Some(name)
}
