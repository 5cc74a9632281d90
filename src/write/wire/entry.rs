//! Elements of maps of flags: what others leave alone is told by name, and a name more goes beside one that is there.

use tree_sitter::Node;

use super::place::{Insertion, nodes};
use crate::go::parse::ParsedFile;
use crate::go::syntax::{kind, named_children};
use crate::rule::Place;
use crate::text::Edit;
use crate::write::reason::Obstacle;

/// An element more before each one of the file that the place's anchor names and that is `true`. What is there already is left out.
pub(super) fn find(file: &ParsedFile, place: &Place, package: &str) -> Result<Vec<Insertion>, Obstacle> {
    let anchor = place.anchor.as_deref().unwrap_or_default();
    let code = place.code.trim().replace("{{package}}", package);
    let key = code.split_once(':').map_or(code.as_str(), |(key, _)| key);
    let mut found = Vec::new();
    for element in nodes(file.tree.root_node()).filter(|node| node.kind_id() == kind::KEYED_ELEMENT) {
        let mut parts = named_children(element).filter(|part| part.kind_id() != kind::COMMENT);
        let (Some(name), Some(value)) = (parts.next(), parts.next()) else { continue };
        let is_named = format!("{}:", file.text(name)).ends_with(anchor);
        if !is_named || file.text(value) != "true" || has(file, element, key) {
            continue;
        }
        found.push(before(file, element, value, &code)?);
    }
    Ok(found)
}

/// Whether the map has the key.
fn has(file: &ParsedFile, element: Node<'_>, key: &str) -> bool {
    let siblings = element.parent().into_iter().flat_map(named_children);
    siblings.filter_map(|sibling| named_children(sibling).next()).any(|name| file.text(name) == key)
}

/// On a line of its own, its value in the column of the others.
fn before(file: &ParsedFile, element: Node<'_>, value: Node<'_>, code: &str) -> Result<Insertion, Obstacle> {
    let source: &[u8] = &file.source.bytes;
    let line = file.position(element).line;
    let start = memchr::memrchr(b'\n', &source[..element.start_byte()]).map_or(0, |at| at + 1);
    let indent = &source[start..element.start_byte()];
    if start == 0 || !indent.iter().all(u8::is_ascii_whitespace) {
        return Err(Obstacle::LineShared { line });
    }
    let newline = if source[..start].ends_with(b"\r\n") { "\r\n" } else { "\n" };
    let column = value.start_byte() - element.start_byte();
    let aligned = match code.split_once(':') {
        Some((key, value)) => format!("{:column$}{}", format!("{key}:"), value.trim_start()),
        None => code.to_owned(),
    };
    let text = format!("{}{aligned}{newline}", String::from_utf8_lossy(indent));
    Ok(Insertion { edits: vec![Edit::insert(start, text)], line, code: code.to_owned(), imports: Vec::new() })
}
