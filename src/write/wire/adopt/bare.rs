//! Calls that are given a context of nobody, in a function that is given an object: requests about it, mostly.

use tree_sitter::Node;

use super::super::place::{Insertion, nodes};
use super::ground::{BARE, Begins, Ground};
use crate::go::syntax::{children_by_field, field, kind, named_children};
use crate::go::types::is_function;
use crate::klog::name::words;
use crate::text::Edit;

/// Calls whose first argument is a bare context, where one object is what the functions around are about.
pub(super) fn find(ground: &Ground<'_>) -> Vec<Begins> {
    let calls = nodes(ground.file.tree.root_node()).filter(|node| node.kind_id() == kind::CALL_EXPRESSION);
    calls.filter_map(|call| adopted(call, ground)).collect()
}

fn adopted(call: Node<'_>, ground: &Ground<'_>) -> Option<Begins> {
    let context = call.child_by_field_id(field::ARGUMENTS).and_then(|list| named_children(list).next())?;
    let bare = ground.file.text(context);
    let callee = call.child_by_field_id(field::FUNCTION).map_or("", |callee| ground.file.text(callee));
    if !BARE.contains(&bare) || callee.starts_with("context.") || callee.starts_with(&format!("{}.", ground.package)) {
        return None;
    }
    let (function, object) = subject(call, ground)?;
    let code = format!("{}.Adopt({bare}, {object})", ground.package);
    let line = ground.file.position(call).line;
    let insertion =
        Insertion { edits: vec![Edit::replace(context.byte_range(), code.clone())], line, code, imports: Vec::new() };
    Some(Begins::Here { insertion, function })
}

/// The object that the functions around a call are given: the only one, but for what was before a change, or the only one that the
/// call names.
fn subject(call: Node<'_>, ground: &Ground<'_>) -> Option<(String, String)> {
    let mut around = std::iter::successors(call.parent(), |node| node.parent()).filter(|node| is_function(*node));
    let (mut objects, mut name) = (Vec::new(), String::new());
    for function in around.by_ref() {
        let parameters = function.child_by_field_id(field::PARAMETERS).into_iter().flat_map(named_children);
        for parameter in parameters.flat_map(|parameter| children_by_field(parameter, field::NAME)) {
            let text = ground.file.text(parameter);
            if is_former(text, ground) || !ground.is_subject(&ground.types.type_of_name(parameter)) {
                continue;
            }
            objects.push(text);
        }
        if let Some(own) = function.child_by_field_id(field::NAME) {
            name = ground.file.text(own).to_owned();
        }
    }
    if objects.len() > 1 {
        objects.retain(|object| ground.names(call, &[object]));
    }
    let [object] = objects.as_slice() else { return None };
    // A name that is declared anew on the way may mean something else.
    let declared =
        std::iter::successors(call.parent(), |node| node.parent()).take_while(|node| node.parent().is_some());
    let shadowed = declared.flat_map(named_children).filter(|node| node.start_byte() < call.start_byte()).any(|node| {
        let left = matches!(node.kind_id(), kind::SHORT_VAR_DECLARATION)
            .then(|| node.child_by_field_id(field::LEFT))
            .flatten();
        left.is_some_and(|left| ground.names(left, &[object]))
    });
    (!shadowed).then(|| (name, (*object).to_owned()))
}

fn is_former(name: &str, ground: &Ground<'_>) -> bool {
    words(name).first().is_some_and(|word| ground.rules.carriers.former_names.contains(&word.to_lowercase()))
}
