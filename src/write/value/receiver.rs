//! Whether a method's receiver is there where a call stands: something has read a field of it on the way, or does so next.

use tree_sitter::Node;

use super::nil::{reads, shows_field};
use crate::go::syntax::word::words;
use crate::go::syntax::{self, field, kind, named_children};
use crate::go::types::{Binding, Bound, Type, is_function};
use crate::klog::place::Place;

/// What shows that a receiver is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum There {
    /// It is no pointer, or something has read a field of it.
    Read,
    /// The statement behind the call reads a field of it: were it nil, that would panic at once.
    ReadNext,
}

/// The method's receiver that a place sees, and what shows that it is there.
pub fn receiver<'p, 't>(place: &'p Place<'_, 't>) -> Option<(&'p Binding<'t>, Type, There)> {
    let binding = place.scopes.visible().find(|binding| matches!(binding.bound, Bound::Receiver { .. }))?;
    let ty = place.type_of_binding(binding);
    let of = ty.stripped().clone();
    let is_read = || {
        reads(binding, binding.name, &of, None, place)
            || stays_itself(binding, place) && on_the_way(place).any(|part| shows_field(part, binding, &of, place))
    };
    let is_pointer = matches!(ty, Type::Pointer(_));
    if !is_pointer || is_read() {
        return Some((binding, of, There::Read));
    }
    let reads_next =
        stays_itself(binding, place) && next(place).is_some_and(|part| shows_field(part, binding, &of, place));
    reads_next.then_some((binding, of, There::ReadNext))
}

/// Whether nothing in its method sets the receiver, or hides it by another of its name.
fn stays_itself(binding: &Binding<'_>, place: &Place<'_, '_>) -> bool {
    let Some(declaration) = place.scopes.declaration() else { return false };
    let text = &place.source()[declaration.byte_range()];
    if words(text, b"goto").next().is_some() {
        return false;
    }
    let start = declaration.start_byte();
    let nodes = words(text, binding.name.as_bytes()).filter_map(|at| {
        let range = (start + at, start + at + binding.name.len());
        declaration.descendant_for_byte_range(range.0, range.1)
    });
    let own = binding.at;
    nodes.filter(|node| node.kind_id() == kind::IDENTIFIER && node.start_byte() != own).all(|node| {
        let Some(parent) = node.parent() else { return false };
        match parent.kind_id() {
            kind::PARAMETER_DECLARATION
            | kind::VARIADIC_PARAMETER_DECLARATION
            | kind::VAR_SPEC
            | kind::CONST_SPEC
            | kind::RANGE_CLAUSE => false,
            kind::EXPRESSION_LIST => {
                let statement = parent.parent();
                !statement.is_some_and(|statement| {
                    [field::LEFT, field::ALIAS].iter().any(|side| statement.child_by_field_id(*side) == Some(parent))
                })
            }
            kind::UNARY_EXPRESSION => !syntax::text(parent, place.source()).starts_with('&'),
            _ => true,
        }
    })
}

/// What has been evaluated when the call is: statements before it, in the functions around its own as well, and the heads of those around it.
fn on_the_way<'p, 't: 'p>(place: &'p Place<'_, 't>) -> impl Iterator<Item = Node<'t>> + 'p {
    place.scopes.ancestors().windows(2).flat_map(|pair| {
        let [around, inside] = pair else { return Vec::new() };
        match around.kind_id() {
            kind::STATEMENT_LIST => {
                let earlier = named_children(*around).take_while(|s| s.start_byte() < inside.start_byte());
                earlier.flat_map(head).collect()
            }
            kind::IF_STATEMENT | kind::FOR_STATEMENT | kind::EXPRESSION_SWITCH_STATEMENT => {
                let body = inside.kind_id() != kind::EXPRESSION_LIST;
                if body { head(*around) } else { Vec::new() }
            }
            _ => Vec::new(),
        }
    })
}

/// What of a statement is evaluated whenever it is reached.
fn head(statement: Node<'_>) -> Vec<Node<'_>> {
    let parts = |names: &[u16]| names.iter().filter_map(|name| statement.child_by_field_id(*name)).collect();
    match statement.kind_id() {
        kind::IF_STATEMENT => parts(&[field::INITIALIZER, field::CONDITION]),
        kind::EXPRESSION_SWITCH_STATEMENT => parts(&[field::INITIALIZER, field::VALUE]),
        kind::FOR_STATEMENT => {
            let clause =
                named_children(statement).find(|c| matches!(c.kind_id(), kind::RANGE_CLAUSE | kind::FOR_CLAUSE));
            match clause {
                Some(clause) if clause.kind_id() == kind::FOR_CLAUSE => {
                    [field::INITIALIZER, field::CONDITION].iter().filter_map(|n| clause.child_by_field_id(*n)).collect()
                }
                Some(clause) => vec![clause],
                None => Vec::new(),
            }
        }
        kind::EXPRESSION_STATEMENT
        | kind::SHORT_VAR_DECLARATION
        | kind::ASSIGNMENT_STATEMENT
        | kind::RETURN_STATEMENT
        | kind::VAR_DECLARATION
        | kind::SEND_STATEMENT
        | kind::INC_STATEMENT
        | kind::DEC_STATEMENT => vec![statement],
        _ => Vec::new(),
    }
}

/// What is evaluated behind the call's own statement, past other log calls, in the method itself.
fn next<'t>(place: &Place<'_, 't>) -> Option<Node<'t>> {
    let ancestors = place.scopes.ancestors();
    let function = ancestors.iter().rposition(|node| is_function(*node))?;
    let lists: Vec<(Node<'t>, Node<'t>)> = ancestors[function..]
        .windows(2)
        .filter_map(|pair| match pair {
            [list, statement] if list.kind_id() == kind::STATEMENT_LIST => Some((*list, *statement)),
            _ => None,
        })
        .collect();
    // A literal may be called later, and a loop may go on.
    let (list, statement) = lists.last().filter(|_| function == 1)?;
    // What stands in a statement that is evaluated as a whole is read with the rest of it.
    if !matches!(statement.kind_id(), kind::EXPRESSION_STATEMENT | kind::IF_STATEMENT | kind::FOR_STATEMENT) {
        return head(*statement).into_iter().next();
    }
    let klog = place.klog_qualifier();
    let logs = |node: &Node<'t>| node.kind_id() == kind::COMMENT || place.text(*node).starts_with(klog.as_str());
    let mut behind = named_children(*list).skip_while(|node| node.start_byte() <= statement.start_byte());
    let next = behind.find(|node| klog.is_empty() || !logs(node))?;
    head(next).into_iter().next()
}
