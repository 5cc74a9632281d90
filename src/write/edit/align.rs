//! Comments behind statements, kept in the column where gofmt puts them.

use tree_sitter::{Node, Tree};

use crate::go::syntax::{Children, kind};
use crate::text::{Edit, LineIndex, Span};

/// A line that ends in a comment behind code.
struct Line {
    number: u32,
    /// The statement before the comment began on an earlier line: gofmt aligns nothing across its end.
    closes: bool,
    indent: Vec<u8>,
    code_width: usize,
    /// From the end of the code to the comment.
    gap: Span,
}

/// Edits that align the comments of the lines in `touched` and of the lines around them, as gofmt does: neighbouring
/// lines of one indentation that all end in a comment have them in one column, up to the end of a statement of several lines.
pub fn align(source: &[u8], tree: &Tree, touched: &[Span]) -> Vec<Edit> {
    let index = LineIndex::new(source);
    // Spans come in order and apart from each other.
    let touched: Vec<(u32, u32)> =
        touched.iter().map(|span| (index.line_col(span.start).line, index.line_col(span.end).line)).collect();
    if !touched.iter().any(|lines| may_comment(source, &index, *lines)) {
        return Vec::new();
    }
    let lines = commented_lines(source, tree, &index);
    let is_touched = |line: &Line| {
        let behind = touched.partition_point(|(first, _)| *first <= line.number);
        behind.checked_sub(1).and_then(|last| touched.get(last)).is_some_and(|(_, last)| *last >= line.number)
    };
    let mut edits = Vec::new();
    // A statement that has just grown to several lines no longer holds the lines behind it in its column.
    let mut parted = None;
    for block in lines.chunk_by(|a, b| a.number + 1 == b.number && a.indent == b.indent && !a.closes) {
        let was_beside = block.first().is_some_and(|line| parted == Some(line.number));
        parted = block.last().filter(|line| line.closes && is_touched(line)).map(|line| line.number + 1);
        if !was_beside && !block.iter().any(is_touched) {
            continue;
        }
        let column = block.iter().map(|line| line.code_width).max().unwrap_or(0) + 1;
        for line in block {
            let gap = " ".repeat(column - line.code_width);
            if line.gap.of(source) != gap.as_bytes() {
                edits.push(Edit::replace(line.gap, gap));
            }
        }
    }
    edits
}

/// Whether a comment may start on one of these lines.
fn may_comment(source: &[u8], index: &LineIndex, (first, last): (u32, u32)) -> bool {
    let start = index.line_start(first).unwrap_or(0);
    let end = index.line_start(last + 1).unwrap_or(source.len());
    let text = source.get(start..end).unwrap_or(source);
    memchr::memchr_iter(b'/', text).any(|at| matches!(text.get(at + 1), Some(b'/' | b'*')))
}

fn commented_lines(source: &[u8], tree: &Tree, index: &LineIndex) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut stack = vec![tree.root_node()];
    while let Some(node) = stack.pop() {
        if node.kind_id() == kind::COMMENT {
            lines.extend(commented_line(source, node, index));
        }
        stack.extend(Children::new(node).filter(|c| c.is_named()));
    }
    lines.sort_by_key(|line| line.number);
    lines
}

fn commented_line(source: &[u8], node: Node<'_>, index: &LineIndex) -> Option<Line> {
    let comment = Span::from(node.byte_range());
    let number = index.line_col(comment.start).line;
    let closes = node.prev_named_sibling().is_some_and(|before| {
        let ends_here = index.line_col(before.end_byte()).line == number;
        ends_here && index.line_col(before.start_byte()).line != number
    });
    let start = index.line_start(number)?;
    let before = source.get(start..comment.start)?;
    let code = before.trim_ascii_end();
    let indent: Vec<u8> = before.iter().copied().take_while(|b| matches!(b, b'\t' | b' ')).collect();
    let behind = source[comment.end..].split(|&b| b == b'\n').next().unwrap_or_default();
    let ends_line = behind.trim_ascii().is_empty() && !comment.of(source).contains(&b'\n');
    let gap = Span::new(start + code.len(), comment.start);
    let spaces = gap.of(source).iter().all(|b| *b == b' ');
    if code.len() <= indent.len() || !ends_line || !spaces {
        return None;
    }
    let code_width = std::str::from_utf8(&code[indent.len()..]).ok()?.chars().count();
    Some(Line { number, closes, indent, code_width, gap })
}
