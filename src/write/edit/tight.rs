//! Blanks around operators, which gofmt sets in an argument that is alone and not in one of several.

use tree_sitter::Node;

use super::touched::Touched;
use crate::go::syntax::{Children, field, kind, named_children, text};
use crate::text::{Edit, Span};

/// Edits that take away the blanks in the arguments of a list that has just got another one.
pub fn arguments(source: &[u8], list: Node<'_>, touched: Touched<'_>) -> Vec<Edit> {
    let arguments: Vec<_> = named_children(list).collect();
    let (Some(first), true) = (arguments.first(), arguments.len() > 1) else { return Vec::new() };
    let mut edits = Vec::new();
    if touched.any(list.start_byte()..=first.start_byte()) || touched.any(first.end_byte()..=first.end_byte()) {
        arguments.iter().for_each(|argument| tighten(source, *argument, &mut edits));
    }
    edits
}

/// gofmt's `expr1` at a depth of two, where the depth was one.
fn tighten(source: &[u8], node: Node<'_>, edits: &mut Vec<Edit>) {
    let part = |part: u16| node.child_by_field_id(part);
    let inner = match node.kind_id() {
        kind::BINARY_EXPRESSION => {
            if let Some(blanks) = operators(source, node) {
                edits.extend(blanks);
            }
            None
        }
        kind::UNARY_EXPRESSION | kind::SELECTOR_EXPRESSION | kind::TYPE_ASSERTION_EXPRESSION => part(field::OPERAND),
        kind::VARIADIC_ARGUMENT => named_children(node).next(),
        kind::SLICE_EXPRESSION => {
            edits.extend(colons(source, node));
            None
        }
        kind::CALL_EXPRESSION => {
            if let Some(function) = part(field::FUNCTION) {
                tighten(source, function, edits);
            }
            let arguments: Vec<_> = part(field::ARGUMENTS).into_iter().flat_map(named_children).collect();
            // Those of several have none as it is.
            <[Node<'_>; 1]>::try_from(arguments).ok().map(|[only]| only)
        }
        _ => None,
    };
    if let Some(inner) = inner {
        tighten(source, inner, edits);
    }
}

/// The blanks around the operators of a chain that binds as sums and products do; `None` where gofmt keeps some of them apart.
fn operators(source: &[u8], chain: Node<'_>) -> Option<Vec<Edit>> {
    let (mut edits, mut stack) = (Vec::new(), vec![chain]);
    while let Some(node) = stack.pop() {
        if node.kind_id() != kind::BINARY_EXPRESSION {
            continue;
        }
        let [left, right] = [field::LEFT, field::RIGHT].map(|part| node.child_by_field_id(part));
        let (left, right, operator) = (left?, right?, node.child_by_field_id(field::OPERATOR)?);
        let sign = text(operator, source);
        let binds = matches!(sign, "+" | "-" | "|" | "^" | "*" | "/" | "%" | "<<" | ">>" | "&" | "&^");
        // `a - -b` and the like are kept apart.
        if !binds || matches!(right.kind_id(), kind::UNARY_EXPRESSION) {
            return None;
        }
        let gaps = [(left.end_byte(), operator.start_byte()), (operator.end_byte(), right.start_byte())];
        let gaps = gaps.map(|(from, to)| Span::new(from, to));
        edits.extend(gaps.into_iter().filter(|gap| gap.of(source) == b" ").map(Edit::delete));
        stack.extend([left, right]);
    }
    Some(edits)
}

/// The blanks around the colons of a slice whose bounds are sums.
fn colons(source: &[u8], slice: Node<'_>) -> Vec<Edit> {
    let start = slice.child_by_field_id(field::OPERAND).map_or(0, |operand| operand.end_byte());
    let colons = Children::new(slice).filter(|child| child.start_byte() >= start);
    let colons = colons.filter(|child| text(*child, source) == ":");
    let gaps = colons.flat_map(|colon| {
        let before = colon.start_byte().checked_sub(1).map(|at| Span::new(at, at + 1));
        [before, Some(Span::new(colon.end_byte(), colon.end_byte() + 1))]
    });
    gaps.flatten().filter(|gap| gap.of(source) == b" ").map(Edit::delete).collect()
}
