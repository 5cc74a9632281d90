//! What forbids a rewrite where a call stands.

use tree_sitter::Node;

use super::outcome::Fix;
use crate::go::syntax::{self, AstNode, IfStatement, SelectorExpression, field, kind, named_children, peel};
use crate::klog::call::LogCall;
use crate::klog::place::Place;
use crate::text::{Edit, Span};
use crate::write::reason::SkipReason;

/// That a package of the standard library can be called here.
pub fn nameable(package: &str, place: &Place<'_, '_>) -> Result<(), SkipReason> {
    match place.package_name(package) {
        Some(_) => Ok(()),
        None => Err(SkipReason::NameTaken { package: package.to_owned() }),
    }
}

/// Whether a call prints its line whenever it is reached: it has no level but 0, or stands in the branch that has asked for it.
pub fn is_always_printed(call: &LogCall<'_>, place: &Place<'_, '_>) -> bool {
    let callee = call.callee().map(peel);
    let operand = callee.and_then(SelectorExpression::cast).and_then(|selector| selector.operand());
    // A dot import has no operand.
    let plain = operand.is_none_or(|operand| place.imported(peel(operand.node())).is_some());
    let asked = |pair: &[Node<'_>]| {
        let [branch, inside] = pair else { return false };
        let Some(branch) = IfStatement::cast(*branch) else { return false };
        let condition = branch.condition().map(|condition| place.text(condition.node())).unwrap_or_default();
        branch.consequence().is_some_and(|taken| taken.node() == *inside) && condition.ends_with(".Enabled()")
    };
    let zero = call.level(place).is_some_and(|level| level.is_zero(place));
    plain || zero || place.scopes.ancestors().windows(2).any(asked)
}

pub fn has_comment(call: Node<'_>) -> bool {
    let mut stack = vec![call];
    while let Some(node) = stack.pop() {
        if node.kind_id() == kind::COMMENT {
            return true;
        }
        if node.kind_id() != kind::FUNC_LITERAL {
            stack.extend(syntax::Children::new(node));
        }
    }
    false
}

/// Whether a call stands as a statement on a line of its own.
pub fn is_own_statement(place: &Place<'_, '_>) -> bool {
    let ancestors = place.scopes.ancestors();
    let [.., outer, list, statement] = ancestors else { return false };
    // What stands behind a label on lines of its own is as good as any in its list.
    let list = if list.kind_id() == kind::LABELED_STATEMENT { outer } else { list };
    let own = statement.kind_id() == kind::EXPRESSION_STATEMENT && list.kind_id() == kind::STATEMENT_LIST;
    let source = place.source();
    let before = &source[..statement.start_byte()];
    let line = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let rest = &source[statement.end_byte()..];
    let after = rest[..memchr::memchr(b'\n', rest).unwrap_or(rest.len())].trim_ascii_start();
    own && before[line..].trim_ascii().is_empty() && (after.is_empty() || after.starts_with(b"//"))
}

/// The body of a function on one line whose only statement is the call: a block can hold two, each on a line of its own.
pub fn lone_body<'t>(place: &Place<'_, 't>) -> Option<Node<'t>> {
    let [.., body, list, statement] = place.scopes.ancestors() else { return None };
    let own = statement.kind_id() == kind::EXPRESSION_STATEMENT && list.kind_id() == kind::STATEMENT_LIST;
    let of_function =
        body.parent().filter(|f| crate::go::types::is_function(*f)).and_then(|f| f.child_by_field_id(field::BODY));
    (own && of_function == Some(*body) && only_statement(*body, place).is_some()).then_some(*body)
}

pub fn indentation(place: &Place<'_, '_>, offset: usize) -> String {
    let before = &place.source()[..offset];
    let line = memchr::memrchr(b'\n', before).map_or(0, |at| at + 1);
    let indent: Vec<u8> = before[line..].iter().copied().take_while(|b| matches!(b, b' ' | b'\t')).collect();
    String::from_utf8_lossy(&indent).into_owned()
}

/// gofmt's `maxSize`: the characters of a function on one line, without the braces and the spaces around them.
const ONE_LINE: usize = 100;

/// Parts a function on one line, as gofmt would, once its only call has become what a fix makes of it.
pub fn unfold(call: Span, fix: &mut Fix, place: &Place<'_, '_>) {
    let function = place.scopes.ancestors().iter().rev().copied().find(|node| crate::go::types::is_function(*node));
    let Some((function, body)) = function.and_then(|f| Some((f, f.child_by_field_id(field::BODY)?))) else { return };
    let Some((before, after)) = only_statement(body, place) else { return };
    let header = body.start_byte() - function.start_byte();
    let size = header + (after.start - before.end) - (call.end - call.start) + fix.after.len();
    let is_parted = fix.elsewhere.iter().any(|edit| edit.span == before);
    if size > ONE_LINE + 1 && !is_parted {
        fix.elsewhere.extend(parted(body, "", place));
    }
}

/// The edits that give the only statement of a body on one line a line of its own, behind `statement` on another.
pub fn parted(body: Node<'_>, statement: &str, place: &Place<'_, '_>) -> Vec<Edit> {
    let Some((before, after)) = only_statement(body, place) else { return Vec::new() };
    let indent = indentation(place, body.start_byte());
    let newline = if place.source().contains(&b'\r') { "\r\n" } else { "\n" };
    let statement = if statement.is_empty() { String::new() } else { format!("{newline}{indent}\t{statement}") };
    vec![
        Edit::replace(before, format!("{statement}{newline}{indent}\t")),
        Edit::replace(after, format!("{newline}{indent}")),
    ]
}

/// What stands between the braces and the only statement of a body on one line.
pub fn only_statement(body: Node<'_>, place: &Place<'_, '_>) -> Option<(Span, Span)> {
    let inside = Span::from(body.start_byte() + 1..body.end_byte() - 1);
    let text = inside.of(place.source());
    // Two are as good as thousands.
    let statements = named_children(body).take(2).map(|node| match node.kind_id() {
        kind::STATEMENT_LIST => named_children(node).take(2).count(),
        _ => 1,
    });
    let start = inside.end - text.trim_ascii_start().len();
    let end = inside.start + text.trim_ascii_end().len();
    (memchr::memchr(b'\n', text).is_none() && statements.sum::<usize>() == 1)
        .then(|| (Span::from(inside.start..start), Span::from(end..inside.end)))
}
