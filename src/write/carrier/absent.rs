//! Contexts that are none where some call gives none.

use tree_sitter::Node;

use crate::go::syntax::{self, field, kind};
use crate::go::types::{Binding, Bound, is_function};
use crate::klog::place::Place;

/// Whether a function is called somewhere with nil for its context, or its request.
pub fn is_absent(function: Node<'_>, place: &Place<'_, '_>) -> bool {
    let absent = place.types.view().world().absent();
    if absent.is_empty() {
        return false;
    }
    let (Ok(package), Some((receiver, name))) = (place.types.package(), syntax::owner(function, place.source())) else {
        return false;
    };
    absent.has(&package.name, receiver, name)
}

/// Whether a name may hold no context: a parameter of such a function, or a variable that nothing has set yet.
pub(super) fn may_be_none(binding: &Binding<'_>, place: &Place<'_, '_>) -> bool {
    match binding.bound {
        Bound::Var { .. } => binding.assigned.is_none() && binding.statement.child_by_field_id(field::VALUE).is_none(),
        Bound::Result { .. } => binding.assigned.is_none(),
        Bound::Param { .. } => {
            let around = |node: &&Node<'_>| is_function(**node) && node.byte_range().contains(&binding.at);
            let function = place.scopes.ancestors().iter().rev().find(around);
            function.is_some_and(|function| function.kind_id() != kind::FUNC_LITERAL && is_absent(*function, place))
        }
        _ => false,
    }
}
