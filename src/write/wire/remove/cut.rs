//! What is cut out of a file: a statement with its line, an argument with its comma, a line of a literal.

use tree_sitter::Node;

use super::uses::arguments;
use crate::go::parse::ParsedFile;
use crate::go::syntax::{Children, field, kind, named_children};
use crate::text::{Edit, Span};

/// A statement, with its line where it has one of its own; none where it is no statement of a list.
pub(super) fn statement(node: Node<'_>, file: &ParsedFile) -> Option<Edit> {
    node.parent().filter(|parent| parent.kind_id() == kind::STATEMENT_LIST)?;
    Some(lines(node.byte_range().into(), file).unwrap_or_else(|| {
        let rest = &file.source.bytes[node.end_byte()..];
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b';')).count();
        Edit::delete(node.start_byte()..node.end_byte() + blanks)
    }))
}

/// An element of a literal that has a line of its own.
pub(super) fn element(node: Node<'_>, file: &ParsedFile) -> Option<Edit> {
    let comma = file.source.bytes[node.end_byte()..].starts_with(b",");
    lines(Span::new(node.start_byte(), node.end_byte() + usize::from(comma)), file)
}

/// The whole lines of a span, if nothing else stands on them.
fn lines(span: Span, file: &ParsedFile) -> Option<Edit> {
    let source: &[u8] = &file.source.bytes;
    let start = line_start(source, span.start);
    let end = memchr::memchr(b'\n', &source[span.end..]).map_or(source.len(), |at| span.end + at + 1);
    let is_alone = source[start..span.start].trim_ascii().is_empty() && source[span.end..end].trim_ascii().is_empty();
    is_alone.then(|| Edit::delete(start..end))
}

pub(super) fn line_start(source: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &source[..at]).map_or(0, |at| at + 1)
}

/// The arguments from `first` to `last` of a list, with the comma that parts them from the others.
pub(super) fn from_list(list: Node<'_>, first: Node<'_>, last: Node<'_>, file: &ParsedFile) -> Option<Edit> {
    let all: Vec<Node<'_>> = named_children(list).collect();
    let at = all.iter().position(|node| *node == first)?;
    let end = all.iter().position(|node| *node == last)?;
    let source: &[u8] = &file.source.bytes;
    if at > 0 {
        let before = all[at - 1];
        if !has_comment(list, before.end_byte()..first.start_byte()) {
            return Some(Edit::delete(before.end_byte()..last.end_byte()));
        }
        let comma = usize::from(source[last.end_byte()..].starts_with(b","));
        return lines(Span::new(first.start_byte(), last.end_byte() + comma), file);
    }
    if let Some(next) = all.get(end + 1) {
        return Some(Edit::delete(first.start_byte()..next.start_byte()));
    }
    let inside = list.start_byte() + 1..list.end_byte() - 1;
    (!has_comment(list, inside.clone())).then(|| Edit::delete(inside))
}

/// Whether a comment stands between a node's children there.
pub(super) fn has_comment(node: Node<'_>, range: std::ops::Range<usize>) -> bool {
    Children::new(node).any(|child| child.kind_id() == kind::COMMENT && range.contains(&child.start_byte()))
}

/// The list that a call is an argument of, and the argument: the call, or the call with the dots behind it.
pub(super) fn argument(call: Node<'_>) -> Option<(Node<'_>, Node<'_>)> {
    let around = call.parent()?;
    let node = if around.kind_id() == kind::VARIADIC_ARGUMENT { around } else { call };
    let list = node.parent().filter(|list| list.kind_id() == kind::ARGUMENT_LIST)?;
    Some((list, node))
}

/// All but one argument of a call.
pub(super) fn all_but(call: Node<'_>, kept: Node<'_>) -> Option<Vec<Edit>> {
    let list = call.child_by_field_id(field::ARGUMENTS)?;
    let last = arguments(call).last()?.end_byte();
    if has_comment(list, list.start_byte()..kept.start_byte())
        || has_comment(list, kept.end_byte()..last.max(list.end_byte()))
    {
        return None;
    }
    let ends = [call.start_byte()..kept.start_byte(), kept.end_byte()..call.end_byte()];
    Some(ends.into_iter().map(Edit::delete).collect())
}
