//! Comments behind statements, kept in the column where gofmt puts them.

use tree_sitter::Tree;

use crate::syntax::{Children, kind};
use crate::text::{Edit, LineIndex, Span};

/// A line that ends in a comment behind code.
struct Line {
    number: u32,
    indent: Vec<u8>,
    code_width: usize,
    /// From the end of the code to the comment.
    gap: Span,
}

/// Edits that align the comments of the lines in `touched` and of the lines around them, as gofmt does: neighbouring
/// lines of one indentation that all end in a comment have them in one column.
pub fn align(source: &[u8], tree: &Tree, touched: &[Span]) -> Vec<Edit> {
    let index = LineIndex::new(source);
    let lines = commented_lines(source, tree, &index);
    let is_touched = |line: &Line| {
        touched
            .iter()
            .any(|span| (index.line_col(span.start).line..=index.line_col(span.end).line).contains(&line.number))
    };
    let mut edits = Vec::new();
    for block in lines.chunk_by(|a, b| a.number + 1 == b.number && a.indent == b.indent) {
        if !block.iter().any(is_touched) {
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

fn commented_lines(source: &[u8], tree: &Tree, index: &LineIndex) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut stack = vec![tree.root_node()];
    while let Some(node) = stack.pop() {
        if node.kind_id() == kind::COMMENT {
            lines.extend(commented_line(source, node.byte_range().into(), index));
        }
        stack.extend(Children::new(node).filter(|c| c.is_named()));
    }
    lines.sort_by_key(|line| line.number);
    lines
}

fn commented_line(source: &[u8], comment: Span, index: &LineIndex) -> Option<Line> {
    let number = index.line_col(comment.start).line;
    let start = index.line_start(number)?;
    let before = source.get(start..comment.start)?;
    let code = before.trim_ascii_end();
    let indent: Vec<u8> = before.iter().copied().take_while(|b| matches!(b, b'\t' | b' ')).collect();
    let is_line_comment = comment.of(source).starts_with(b"//");
    let gap = Span::new(start + code.len(), comment.start);
    let spaces = gap.of(source).iter().all(|b| *b == b' ');
    if code.len() <= indent.len() || !is_line_comment || !spaces {
        return None;
    }
    let code_width = std::str::from_utf8(&code[indent.len()..]).ok()?.chars().count();
    Some(Line { number, indent, code_width, gap })
}
