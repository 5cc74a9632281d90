//! What a mention of a type makes of it: values that can be given a logger, values that cannot, or none.

use tree_sitter::Node;

use crate::go::syntax::{self, field, kind, named_children};

/// What a mention makes.
pub enum Mention<'t> {
    /// No value.
    Nothing,
    /// The type's declaration.
    Declared(Node<'t>),
    /// Literals, by what stands between their braces.
    Literals(Vec<Node<'t>>),
    /// One of `new`, by its call.
    New(Node<'t>),
    /// Another struct has its members as its own, through a pointer: the declaration around it.
    Embedded(Option<Node<'t>>),
    /// Values whose fields nothing sets.
    Unset,
    /// Values of another type become its own, or the other way round: both have the same fields.
    Converted,
}

/// How a type is written around its name.
struct Written<'t> {
    /// The whole.
    ty: Node<'t>,
    /// What it stands in.
    parent: Node<'t>,
    /// Whether a pointer to it is all that is named.
    pointer: bool,
    /// Slices, arrays, maps and channels of it, outermost last.
    inside: Vec<u16>,
}

/// What a name makes that is, or ends, the name of a type, given the nodes around it.
pub fn mention<'t>(name: Node<'t>, ancestors: &[Node<'t>], source: &[u8]) -> Mention<'t> {
    let Some((written, rest)) = written(name, ancestors) else { return Mention::Unset };
    let Written { ty, parent, pointer, ref inside } = written;
    let is = |name: u16| parent.child_by_field_id(name) == Some(ty);
    // An embedded pointer is no type of its own in the grammar.
    let pointer = pointer
        || parent.kind_id() == kind::FIELD_DECLARATION && parent.child(0).is_some_and(|sign| sign.kind() == "*");
    match parent.kind_id() {
        kind::TYPE_SPEC if is(field::NAME) => match rest {
            [_, _] => Mention::Declared(parent),
            _ => Mention::Nothing,
        },
        kind::COMPOSITE_LITERAL if is(field::TYPE) => literals(parent, pointer, inside),
        kind::ARGUMENT_LIST => made(parent, pointer, inside, source),
        kind::CALL_EXPRESSION if is(field::FUNCTION) => {
            let list = parent.child_by_field_id(field::ARGUMENTS);
            let of_nil = list.is_some_and(|list| syntax::text(list, source) == "(nil)");
            if of_nil && pointer { Mention::Nothing } else { Mention::Converted }
        }
        kind::FIELD_DECLARATION if pointer && inside.is_empty() => {
            if parent.child_by_field_id(field::TAG).is_some() {
                return Mention::Unset;
            }
            let is_embedded = parent.child_by_field_id(field::NAME).is_none();
            let owner = rest.iter().rev().find(|node| node.kind_id() == kind::TYPE_SPEC).copied();
            if is_embedded { Mention::Embedded(owner) } else { Mention::Nothing }
        }
        kind::FIELD_DECLARATION if !pointer && parent.child_by_field_id(field::NAME).is_none() => Mention::Unset,
        // A literal of a list that has a name of its own need not mention what is in it.
        kind::TYPE_SPEC if !inside.is_empty() => Mention::Unset,
        kind::TYPE_SPEC if !pointer => Mention::Converted,
        kind::TYPE_ALIAS => Mention::Unset,
        _ if pointer => Mention::Nothing,
        _ => of_value(parent, ty, inside),
    }
}

fn written<'t, 'a>(name: Node<'t>, ancestors: &'a [Node<'t>]) -> Option<(Written<'t>, &'a [Node<'t>])> {
    let (mut ty, mut pointer, mut inside) = (name, false, Vec::new());
    for (at, parent) in ancestors.iter().copied().enumerate().rev() {
        match parent.kind_id() {
            kind::QUALIFIED_TYPE | kind::PARENTHESIZED_TYPE | kind::PARENTHESIZED_EXPRESSION => {}
            kind::SELECTOR_EXPRESSION if parent.child_by_field_id(field::FIELD) == Some(ty) => {}
            kind::POINTER_TYPE => pointer |= inside.is_empty(),
            kind::UNARY_EXPRESSION if parent.child(0).is_some_and(|sign| sign.kind() == "*") => {
                pointer |= inside.is_empty();
            }
            kind::SLICE_TYPE
            | kind::ARRAY_TYPE
            | kind::IMPLICIT_LENGTH_ARRAY_TYPE
            | kind::MAP_TYPE
            | kind::CHANNEL_TYPE => inside.push(parent.kind_id()),
            _ => return Some((Written { ty, parent, pointer, inside }, &ancestors[..at])),
        }
        ty = parent;
    }
    None
}

/// The literals in one: itself, or the elements of a list that leave the type out.
fn literals<'t>(literal: Node<'t>, pointer: bool, inside: &[u16]) -> Mention<'t> {
    let Some(body) = literal.child_by_field_id(field::BODY) else { return Mention::Unset };
    let elided = |node: Node<'t>| -> Option<Node<'t>> {
        let value = match node.kind_id() {
            kind::KEYED_ELEMENT => named_children(node).last()?,
            _ => node,
        };
        let value = if value.kind_id() == kind::LITERAL_ELEMENT { named_children(value).next()? } else { value };
        (value.kind_id() == kind::LITERAL_VALUE).then_some(value)
    };
    let elements: Vec<Node<'t>> = named_children(body).collect();
    // Elements between those that have a place of their own are made of nothing.
    let has_places = elements.iter().any(|node| node.kind_id() == kind::KEYED_ELEMENT);
    match inside {
        [] => Mention::Literals(vec![body]),
        [kind::SLICE_TYPE | kind::IMPLICIT_LENGTH_ARRAY_TYPE] if has_places && !pointer => Mention::Unset,
        [kind::SLICE_TYPE | kind::IMPLICIT_LENGTH_ARRAY_TYPE] => {
            Mention::Literals(elements.into_iter().filter_map(elided).collect())
        }
        [kind::MAP_TYPE] if pointer => Mention::Literals(elements.into_iter().filter_map(elided).collect()),
        _ if elements.is_empty() && pointer => Mention::Nothing,
        _ => Mention::Unset,
    }
}

/// What `new` and `make` make of their first argument.
fn made<'t>(list: Node<'t>, pointer: bool, inside: &[u16], source: &[u8]) -> Mention<'t> {
    let call = list.parent().filter(|call| call.kind_id() == kind::CALL_EXPRESSION);
    let function = call.and_then(|call| call.child_by_field_id(field::FUNCTION));
    match (call, function.map(|function| syntax::text(function, source))) {
        (Some(_), _) if pointer => Mention::Nothing,
        (Some(call), Some("new")) if inside.is_empty() => Mention::New(call),
        _ => Mention::Unset,
    }
}

/// What comes of a type itself, not a pointer to it, where it is written down.
fn of_value<'t>(parent: Node<'t>, ty: Node<'t>, inside: &[u16]) -> Mention<'t> {
    // A list starts empty.
    let is_list = matches!(inside, [kind::SLICE_TYPE]);
    let has = |name: u16| parent.child_by_field_id(name).is_some();
    let fine = match parent.kind_id() {
        kind::PARAMETER_DECLARATION => {
            let is_result = parent.parent().is_some_and(|list| {
                list.parent().is_some_and(|owner| owner.child_by_field_id(field::RESULT) == Some(list))
            });
            !is_result || !has(field::NAME) || is_list
        }
        kind::VARIADIC_PARAMETER_DECLARATION | kind::TYPE_CASE => true,
        kind::FUNCTION_DECLARATION
        | kind::METHOD_DECLARATION
        | kind::FUNC_LITERAL
        | kind::FUNCTION_TYPE
        | kind::METHOD_ELEM => parent.child_by_field_id(field::RESULT) == Some(ty),
        kind::VAR_SPEC => has(field::VALUE) || is_list,
        kind::FIELD_DECLARATION => is_list,
        // `T.method`.
        kind::SELECTOR_EXPRESSION => true,
        _ => false,
    };
    if fine { Mention::Nothing } else { Mention::Unset }
}
