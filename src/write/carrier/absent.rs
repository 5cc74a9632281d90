//! Contexts that are none where some call gives none.

use tree_sitter::Node;

use crate::go::absent::{ANY, returns_none};
use crate::go::syntax::{self, field, kind, named_children, peel};
use crate::go::types::{Absent, Binding, Bound, Referent, is_function};
use crate::klog::place::Place;

/// Whether a function is called somewhere with nil for its context, or its request.
pub fn is_absent(function: Node<'_>, place: &Place<'_, '_>) -> bool {
    let absent = place.types.view().world().absent();
    if absent.is_empty() {
        return false;
    }
    if function.kind_id() == kind::FUNC_LITERAL {
        return !absent.values.is_empty() && absent.value_of(&place.types.type_of(function)).is_some();
    }
    let (Ok(package), Some((receiver, name))) = (place.types.package(), syntax::owner(function, place.source())) else {
        return false;
    };
    absent.has(&package.name, receiver, name)
}

/// Whether a name may hold no context: a parameter of such a function, or a variable that nothing has set yet, or that was set to what may
/// be none.
pub fn may_be_none(binding: &Binding<'_>, place: &Place<'_, '_>) -> bool {
    match binding.bound {
        Bound::Var { .. } => binding.assigned.is_none() && binding.statement.child_by_field_id(field::VALUE).is_none(),
        Bound::Result { .. } => binding.assigned.is_none(),
        Bound::Param { .. } => {
            let around = |node: &&Node<'_>| is_function(**node) && node.byte_range().contains(&binding.at);
            place.scopes.ancestors().iter().rev().find(around).is_some_and(|function| is_absent(*function, place))
        }
        Bound::Value { values, index, of } => {
            let values: Vec<Node<'_>> = named_children(values).collect();
            let own = values.get(index).filter(|_| values.len() == of && binding.assigned.is_none());
            own.is_some_and(|value| is_none(peel(*value), place))
        }
        _ => false,
    }
}

/// Whether a value may be no context: of a variable or a field that something leaves unset, of a function that returns nil.
fn is_none(value: Node<'_>, place: &Place<'_, '_>) -> bool {
    let absent: &Absent = place.types.view().world().absent();
    if value.kind_id() == kind::CALL_EXPRESSION {
        let callee = value.child_by_field_id(field::FUNCTION).filter(|_| !absent.results.is_empty());
        return callee.is_some_and(|callee| returns_none(absent, &place.types.referent(peel(callee))));
    }
    if absent.holders.is_empty() {
        return false;
    }
    match place.types.referent(value) {
        Referent::Variable { package, name } => absent.holds_none(&package.path, "", &name),
        Referent::Field { of, name } => of.pointee().unwrap_or(&of).named().is_some_and(|named| {
            [ANY, &*named.name].iter().any(|ty| absent.holds_none(&named.package.path, ty, &name))
        }),
        _ => false,
    }
}
