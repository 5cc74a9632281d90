//! Where a field goes: in a struct, and in the literals that set it.

use tree_sitter::Node;

use crate::go::syntax::{kind, named_children};
use crate::text::Span;
use crate::write::thread::slot::Slot;

/// Behind the fields of a struct, apart from them: what stands first is aligned for all machines, and stays first. `None` where all of it
/// stands on one line.
pub fn of_struct(fields: Node<'_>, unit: usize, source: &[u8]) -> Option<Slot> {
    let end = fields.end_byte().checked_sub(1)?;
    if named_children(fields).next().is_none() {
        let start = fields.start_byte();
        let before = if source[..start].ends_with(b" ") { "" } else { " " };
        let indent = indentation(source, line_start(source, start));
        let text = [format!("{before}{{\n{indent}\t"), format!("\n{indent}}}")];
        return Some(Slot::literal(Span::new(start, fields.end_byte()), text, unit));
    }
    let line = line_start(source, end);
    if line <= fields.start_byte() || !source[line..end].trim_ascii().is_empty() {
        return None;
    }
    let (indent, newline) = (indentation(source, line), newline(source));
    Some(Slot::literal(Span::new(line, line), [format!("{newline}{indent}\t"), newline.to_owned()], unit))
}

/// Behind the other elements of a literal. `None` where they have no names.
pub fn of_literal(body: Node<'_>, field: &str, unit: usize, source: &[u8]) -> Option<Slot> {
    let elements: Vec<Node<'_>> = named_children(body).filter(|node| node.kind_id() != kind::COMMENT).collect();
    if elements.iter().any(|node| node.kind_id() != kind::KEYED_ELEMENT) {
        return None;
    }
    let end = body.end_byte().checked_sub(1)?;
    let line = line_start(source, end);
    if line > body.start_byte() && source[line..end].trim_ascii().is_empty() {
        let indent = indentation(source, line);
        let text = [format!("{indent}\t{field}: "), format!(",{}", newline(source))];
        return Some(Slot::literal(Span::new(line, line), text, unit));
    }
    let (at, before) = match elements.last() {
        Some(last) => (last.end_byte(), ", "),
        None => (body.start_byte() + 1, ""),
    };
    Some(Slot::literal(Span::new(at, at), [format!("{before}{field}: "), String::new()], unit))
}

/// In the literal that takes the place of `new(T)`.
pub fn of_new(call: Node<'_>, ty: &str, field: &str, unit: usize) -> Slot {
    Slot::literal(call.byte_range().into(), [format!("&{ty}{{{field}: "), "}".to_owned()], unit)
}

fn line_start(source: &[u8], at: usize) -> usize {
    memchr::memrchr(b'\n', &source[..at]).map_or(0, |before| before + 1)
}

fn indentation(source: &[u8], line: usize) -> String {
    source[line..].iter().take_while(|b| matches!(b, b'\t' | b' ')).map(|b| char::from(*b)).collect()
}

fn newline(source: &[u8]) -> &'static str {
    if memchr::memchr(b'\r', source).is_some() { "\r\n" } else { "\n" }
}
