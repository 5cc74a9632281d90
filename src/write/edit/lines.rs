//! Bodies on the line of their head, which gofmt breaks where the two come to more than it allows.

use tree_sitter::{Node, Tree};

use super::tight;
use super::touched::Touched;
use crate::go::syntax::{Children, children_by_field, field, kind, named_children};
use crate::text::{Edit, Span};

/// gofmt's `maxSize`: how wide a head and its body may be together on one line.
const MAX_WIDTH: usize = 100;
/// How many statements such a body may have.
const MAX_STATEMENTS: usize = 5;

/// Edits that put on lines of their own the bodies that edits have made too wide, and that take the blanks away that arguments have
/// only as long as they are alone. `made` are the edits, in order, and `places` where their texts stand.
pub fn lines(source: &[u8], tree: &Tree, (made, places): (&[Edit], &[Span])) -> Vec<Edit> {
    let touched = Touched(places);
    let (mut edits, mut stack) = (Vec::new(), vec![(tree.root_node(), 0)]);
    while let Some((node, mut broken)) = stack.pop() {
        if !touched.meets(node) {
            continue;
        }
        match node.kind_id() {
            kind::FUNC_LITERAL | kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION => {
                if let Some(breaks) = breaks(source, node, broken, grown(node, made, places)) {
                    edits.extend(breaks);
                    broken += 1;
                }
            }
            kind::ARGUMENT_LIST => edits.extend(tight::arguments(source, node, touched)),
            _ => {}
        }
        let row = node.start_position().row;
        let within = |child: Node<'_>| if child.start_position().row == row { broken } else { 0 };
        stack.extend(named_children(node).map(|child| (child, within(child))));
    }
    edits.sort();
    edits.dedup();
    edits
}

/// By how many bytes the edits in a function have made it longer: by all of it, where it is new.
fn grown(function: Node<'_>, made: &[Edit], places: &[Span]) -> isize {
    let (start, end) = (function.start_byte(), function.end_byte());
    if places.iter().any(|place| place.start <= start && end <= place.end) {
        return (end - start) as isize;
    }
    let inside = |place: &Span| start < place.start && place.end < end;
    let grown = made.iter().zip(places).filter(|(_, place)| inside(place));
    grown.map(|(edit, _)| edit.text.len() as isize - (edit.span.end - edit.span.start) as isize).sum()
}

/// The line breaks of a body that has become too wide for the line of its head, having `grown` so much; `broken` bodies around it on
/// that line are broken, too.
fn breaks(source: &[u8], function: Node<'_>, broken: usize, grown: isize) -> Option<Vec<Edit>> {
    let body = function.child_by_field_id(field::BODY)?;
    if function.start_position().row != function.end_position().row {
        return None;
    }
    let statements = statements(body)?;
    let head = head_end(function)?;
    let width = |from: usize, to: usize| Some(std::str::from_utf8(source.get(from..to)?).ok()?.chars().count());
    // gofmt counts the blank behind a declaration's head.
    let declares = usize::from(function.kind_id() != kind::FUNC_LITERAL);
    let mut wide = width(function.start_byte(), head)? + declares + 2 * statements.len().saturating_sub(1);
    for statement in &statements {
        wide += width(statement.start_byte(), statement.end_byte())?;
    }
    // Whoever had it wider than gofmt does keeps it.
    let was_too_wide = wide.saturating_add_signed(-grown) > MAX_WIDTH;
    if wide <= MAX_WIDTH && statements.len() <= MAX_STATEMENTS || was_too_wide {
        return None;
    }
    let start = memchr::memrchr(b'\n', source.get(..function.start_byte())?).map_or(0, |at| at + 1);
    let tabs = source[start..].iter().take_while(|byte| **byte == b'\t').count() + broken;
    let line = |tabs: usize| format!("\n{}", "\t".repeat(tabs));
    let blanks = |from: usize, to: usize| {
        let gap = Span::new(from, to);
        gap.of(source).iter().all(|byte| matches!(byte, b' ' | b';')).then_some(gap)
    };
    let (mut edits, mut end) = (vec![Edit::replace(blanks(head, body.start_byte())?, " ")], body.start_byte() + 1);
    for statement in &statements {
        edits.push(Edit::replace(blanks(end, statement.start_byte())?, line(tabs + 1)));
        end = statement.end_byte();
    }
    edits.push(Edit::replace(blanks(end, body.end_byte() - 1)?, line(tabs)));
    edits.retain(|edit| edit.span.of(source) != edit.text.as_bytes());
    Some(edits)
}

/// The statements of a block without comments.
fn statements(block: Node<'_>) -> Option<Vec<Node<'_>>> {
    let inner: Vec<_> = Children::new(block).filter(Node::is_named).collect();
    let statements = match inner.as_slice() {
        [list] if list.kind_id() == kind::STATEMENT_LIST => Children::new(*list).filter(Node::is_named).collect(),
        _ => inner,
    };
    statements.iter().all(|node| node.kind_id() != kind::COMMENT).then_some(statements)
}

/// Where the head of a function ends: behind its results, or behind its parameters.
pub fn head_end(function: Node<'_>) -> Option<usize> {
    let part = |part: u16| children_by_field(function, part).filter(Node::is_named).last();
    Some(part(field::RESULT).or_else(|| part(field::PARAMETERS))?.end_byte())
}
