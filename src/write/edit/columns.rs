//! Values of keyed literals and of `var ( … )`, and bodies of functions on one line, kept in the columns where gofmt puts them.

use tree_sitter::{Node, Tree};

use super::lines::head_end;
use super::specs::of_list;
use super::touched::Touched;
use crate::go::syntax::{field, kind, named_children};
use crate::text::{Edit, Span};

/// gofmt compares keys that are longer than this with their neighbours before it gives them a column.
const LONG_KEY: usize = 40;

/// A pair on lines of its own: a key and its value, or the head and the body of a function.
#[derive(Clone, Copy)]
struct Pair {
    first: usize,
    last: usize,
    key_width: usize,
    /// From the colon to the value.
    gap: Span,
    touched: bool,
}

/// Edits that put the values of literals that have a pair in `touched` where gofmt does: neighbouring pairs of one line each
/// have theirs in one column, and a pair of several lines stands alone. So those of lists of variables, and bodies of functions.
pub fn columns(source: &[u8], tree: &Tree, touched: &[Span]) -> Vec<Edit> {
    let touched = Touched(touched);
    let is_touched = |node: Node<'_>| touched.meets(node);
    let (mut edits, mut stack) = (Vec::new(), vec![tree.root_node()]);
    while let Some(node) = stack.pop() {
        if !is_touched(node) {
            continue;
        }
        match node.kind_id() {
            kind::LITERAL_VALUE => edits.extend(of_literal(source, node, &is_touched)),
            kind::SOURCE_FILE => edits.extend(of_functions(source, node, &is_touched)),
            kind::VAR_SPEC_LIST => edits.extend(of_list(source, node, &is_touched)),
            _ => {}
        }
        stack.extend(named_children(node));
    }
    edits.sort();
    edits
}

fn of_literal(source: &[u8], literal: Node<'_>, is_touched: &dyn Fn(Node<'_>) -> bool) -> Vec<Edit> {
    let elements: Vec<_> = named_children(literal).collect();
    let mut pairs = Vec::new();
    let mut row = literal.start_position().row;
    for (at, element) in elements.iter().enumerate() {
        let (first, last) = (element.start_position().row, element.end_position().row);
        let next = elements.get(at + 1).filter(|next| next.kind_id() != kind::COMMENT);
        let alone = row < first && next.is_none_or(|next| next.start_position().row > last);
        row = last;
        pairs.extend(pair(source, *element).filter(|_| alone).map(|(key_width, gap)| Pair {
            first,
            last,
            key_width,
            gap,
            touched: is_touched(*element),
        }));
    }
    in_columns(source, &pairs, LONG_KEY)
}

/// The bodies of functions on neighbouring lines.
fn of_functions(source: &[u8], root: Node<'_>, is_touched: &dyn Fn(Node<'_>) -> bool) -> Vec<Edit> {
    let pair = |function: Node<'_>| {
        let body = function.child_by_field_id(field::BODY).filter(|_| function.kind_id() != kind::FUNC_LITERAL)?;
        let gap = Span::new(head_end(function)?, body.start_byte());
        let head = std::str::from_utf8(source.get(function.start_byte()..gap.start)?).ok()?;
        Some(Pair {
            first: function.start_position().row,
            last: function.end_position().row,
            key_width: head.chars().count(),
            gap: gap.of(source).iter().all(|byte| *byte == b' ').then_some(gap)?,
            touched: is_touched(function),
        })
    };
    let pairs: Vec<Pair> = named_children(root).filter_map(pair).collect();
    in_columns(source, &pairs, usize::MAX)
}

/// Edits that give the values of each group of pairs on neighbouring lines one column, but beside a key that is too long.
fn in_columns(source: &[u8], pairs: &[Pair], long: usize) -> Vec<Edit> {
    let beside = |a: &Pair, b: &Pair| a.last + 1 == b.first && a.first == a.last && b.first == b.last;
    let groups: Vec<&[Pair]> = pairs.chunk_by(beside).collect();
    let near = |group: &[Pair]| group.iter().any(|pair| pair.touched);
    let mut edits = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        let around = [at.checked_sub(1), Some(at), at.checked_add(1)];
        let is_near = around.into_iter().flatten().filter_map(|at| groups.get(at)).any(|group| near(group));
        if !is_near || group.iter().any(|pair| pair.key_width > long) {
            continue;
        }
        let column = group.iter().map(|pair| pair.key_width).max().unwrap_or(0) + 1;
        for pair in *group {
            let gap = " ".repeat(column - pair.key_width);
            if pair.gap.of(source) != gap.as_bytes() {
                edits.push(Edit::replace(pair.gap, gap));
            }
        }
    }
    edits
}

/// The width of a pair's key, and what stands between its colon and its value, where that is blank.
fn pair(source: &[u8], element: Node<'_>) -> Option<(usize, Span)> {
    let parts: Vec<_> = named_children(element).collect();
    let [key, value] = parts.as_slice() else { return None };
    let is_pair = element.kind_id() == kind::KEYED_ELEMENT && key.end_position().row == value.start_position().row;
    let between = source.get(key.end_byte()..value.start_byte()).filter(|_| is_pair)?;
    let blank = between.strip_prefix(b":").filter(|gap| gap.iter().all(|b| *b == b' '))?;
    let width = std::str::from_utf8(source.get(key.byte_range())?).ok()?.chars().count();
    Some((width, Span::new(value.start_byte() - blank.len(), value.start_byte())))
}
