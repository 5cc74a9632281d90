//! Functions of the checkout that tell an object by its namespace and name: `claimToClaimKey(claim)`.

use tree_sitter::Node;

use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, named_children, peel};
use crate::go::types::{Callee, Piece, Type};
use crate::klog::format::Hole;
use crate::klog::place::Place;

/// The embedded type that objects have their names from.
const META: &str = "ObjectMeta";

/// What a call tells so, where `klog.KObj` shows the same of it: the call's only argument. The call reads both, so that it is not nil
/// behind it.
pub fn told<'t>(hole: &Hole<'t>, place: &Place<'_, 't>) -> Option<Node<'t>> {
    let is_text = hole.verb.as_ref().is_none_or(|verb| verb.is_plain() && matches!(verb.letter, 's' | 'v' | 'q'));
    let call = CallExpression::cast(peel(hole.operand)).filter(|_| is_text)?;
    let Callee::Function { package, name } = place.types.callee(call.node()) else { return None };
    // An import that brings nothing but the function could not stay.
    let is_named = SelectorExpression::cast(call.function()?.node()).is_some()
        || place.types.package().is_ok_and(|own| own.name == package);
    let arguments: Vec<Node<'t>> = named_children(call.arguments()?.node()).collect();
    let [argument] = arguments.as_slice() else { return None };
    let pieces = place.types.view().joined(&package, &name).filter(|_| is_named)?;
    shows_alike(&pieces, &place.type_of(*argument), place).then_some(*argument)
}

/// Whether a text is what `klog.KObj` shows of the one parameter: what its getters say, or the fields behind these.
fn shows_alike(pieces: &[Piece], ty: &Type, place: &Place<'_, '_>) -> bool {
    let [Piece::Given { index: 0, names: namespace }, Piece::Text(slash), Piece::Given { index: 0, names: name }] =
        pieces
    else {
        return false;
    };
    let is = |names: &[String], what: &[&str]| names.iter().map(String::as_str).eq(what.iter().copied());
    if slash != "/" {
        return false;
    }
    if is(namespace, &["GetNamespace()"]) && is(name, &["GetName()"]) {
        return true;
    }
    let reads = |names: &[String], field: &str| {
        let getter = format!("Get{field}()");
        let own = names.strip_prefix(&[META.to_owned()]).unwrap_or(names);
        is(own, &[field]) || is(own, &[&getter])
    };
    reads(namespace, "Namespace")
        && reads(name, "Name")
        && ["Namespace", "Name"].iter().all(|field| is_meta(ty, field, place))
}

/// Whether an object's field and getter are those of its metadata; of an API's own kind that is not at hand they are.
fn is_meta(ty: &Type, field: &str, place: &Place<'_, '_>) -> bool {
    let view = place.types.view();
    if view.api_object(ty).is_none() {
        return true;
    }
    let of_meta = |ty: &Type| ty.stripped().named().is_some_and(|named| &*named.name == META);
    let own = view.member(ty, field).is_ok_and(|member| member.through.last().is_some_and(|last| &**last == META));
    let getter = view.find_method(ty, &format!("Get{field}"));
    own && getter.is_ok_and(|getter| getter.is_some_and(|getter| of_meta(&getter.declared_on)))
}
