//! A call around a list of arguments that leaves the list: `requestid.Pairs("pod", pod)...`, `requestid.ServerOptions(…)...`.

use tree_sitter::Node;

use super::cut::{argument, from_list, has_comment, line_start};
use super::uses::arguments;
use crate::go::parse::ParsedFile;
use crate::go::syntax::{field, kind};
use crate::text::Edit;

/// What becomes of such a call. `slice`: whether its list may stand by itself, as a slice of anything.
pub(super) fn unwrapped(call: Node<'_>, slice: bool, file: &ParsedFile) -> Option<Vec<Edit>> {
    let list = call.child_by_field_id(field::ARGUMENTS)?;
    let inner = arguments(call);
    let spread = argument(call).filter(|(_, node)| node.kind_id() == kind::VARIADIC_ARGUMENT);
    let (open, close) = (list.start_byte() + 1, list.end_byte() - 1);
    let (first, last) = match (inner.first(), inner.last(), spread) {
        (Some(first), Some(last), _) => (*first, *last),
        (_, _, Some((around, node))) => return Some(vec![from_list(around, node, node, file)?]),
        _ => return slice.then(|| vec![Edit::replace(call.byte_range(), "[]interface{}{}")]),
    };
    match spread {
        Some((_, node)) => match own_lines(call, list, (first, last), file) {
            true if has_comment(list, open..first.start_byte()) || has_comment(list, last.end_byte()..close) => None,
            true => Some(shallower(call.start_byte(), node.end_byte(), (first, last), file)),
            false => Some(vec![Edit::delete(call.start_byte()..open), Edit::delete(close..node.end_byte())]),
        },
        None if last.kind_id() == kind::VARIADIC_ARGUMENT => {
            let dots = file.text(last).ends_with("...").then(|| last.end_byte() - 3)?;
            (inner.len() == 1).then(|| vec![Edit::delete(call.start_byte()..open), Edit::delete(dots..call.end_byte())])
        }
        None => slice.then(|| {
            let braces = [(call.start_byte()..open, "[]interface{}{"), (close..call.end_byte(), "}")];
            braces.into_iter().map(|(range, text)| Edit::replace(range, text)).collect()
        }),
    }
}

/// Whether the call begins its line, and the list one of its own.
fn own_lines(call: Node<'_>, list: Node<'_>, (first, last): (Node<'_>, Node<'_>), file: &ParsedFile) -> bool {
    let source: &[u8] = &file.source.bytes;
    let begins = |at: usize| source[line_start(source, at)..at].trim_ascii().is_empty();
    begins(call.start_byte())
        && line_start(source, first.start_byte()) > list.start_byte()
        && line_start(source, list.end_byte() - 1) > last.end_byte()
}

/// The list in the place of the call, its lines one tab further to the left; those of a raw string stay where they are.
fn shallower(start: usize, end: usize, (first, last): (Node<'_>, Node<'_>), file: &ParsedFile) -> Vec<Edit> {
    let source: &[u8] = &file.source.bytes;
    let text = &source[first.start_byte()..last.end_byte()];
    let mut edits = vec![Edit::delete(start..first.start_byte()), Edit::delete(last.end_byte()..end)];
    if memchr::memchr(b'`', text).is_none() {
        let lines = memchr::memchr_iter(b'\n', text).map(|at| first.start_byte() + at + 1);
        let deep = lines.filter(|at| source.get(*at) == Some(&b'\t'));
        edits.extend(deep.map(|at| Edit::delete(at..at + 1)));
    }
    edits
}
