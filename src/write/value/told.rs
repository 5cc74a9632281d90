//! Functions of the checkout that tell an object by its namespace and name: `claimToClaimKey(claim)`.

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, named_children, peel};
use crate::go::types::{Callee, Piece, Type};
use crate::klog::format::Hole;
use crate::klog::place::Place;
use crate::rule::Formatter;

/// The embedded type that objects have their names from.
const META: &str = "ObjectMeta";

/// What a call tells so, where `klog.KObj` shows the same of it: the call's only argument. The call reads both, so that it is not nil
/// behind it.
pub fn told<'t>(hole: &Hole<'t>, place: &Place<'_, 't>) -> Option<Node<'t>> {
    let is_text = hole.verb.as_ref().is_none_or(|verb| verb.is_plain() && matches!(verb.letter, 's' | 'v' | 'q'));
    is_text.then(|| told_by(hole.operand, place))?
}

/// The object whose fields a call reads, whatever else it does: one that tells it by its namespace and name, prints it by the rules, or
/// refers to it by a klog that does not bear nil.
pub fn read_by<'n>(call: Node<'n>, place: &Place<'_, '_>) -> Option<Node<'n>> {
    let printed = || match formatted(call, place) {
        Some((formatter, args)) if formatter.object.is_some() && formatter.reference.is_none() => args.first().copied(),
        _ => None,
    };
    printed().or_else(|| referred(call, place)).or_else(|| told_by(call, place))
}

/// What klog is given to refer to, where it bears no nil.
fn referred<'n>(node: Node<'n>, place: &Place<'_, '_>) -> Option<Node<'n>> {
    let rules = &place.rules.log_calls;
    let call = CallExpression::cast(peel(node)).filter(|_| !place.has("nil-safe-kobj"))?;
    let selector = SelectorExpression::cast(peel(call.function()?.node()))?;
    let package = place.imported(selector.operand()?.node())?;
    let name = syntax::text(selector.field()?.node(), place.source());
    let is_one = rules.references.object.iter().any(|known| known == name);
    let args: Vec<Node<'n>> = named_children(call.arguments()?.node()).collect();
    match args.as_slice() {
        [object] if is_one && rules.import_paths.iter().any(|path| path == package) => Some(*object),
        _ => None,
    }
}

/// The rule and the arguments of a call that prints an object.
pub(super) fn formatted<'n, 'a>(node: Node<'n>, place: &Place<'a, '_>) -> Option<(&'a Formatter, Vec<Node<'n>>)> {
    let call = CallExpression::cast(peel(node))?;
    let selector = SelectorExpression::cast(call.function()?.node())?;
    let path = place.imported(selector.operand()?.node())?;
    let function = syntax::text(selector.field()?.node(), place.source());
    let args: Vec<_> = named_children(call.arguments()?.node()).collect();
    let wanted = |f: &&Formatter| {
        let count = f.reference.map_or(1, |[a, b]| a.max(b).max(f.uid.unwrap_or(0)) + 1);
        f.package == path && f.function == function && count == args.len()
    };
    let rule = place.rules.values.formatter.iter().find(wanted)?;
    Some((rule, args))
}

fn told_by<'n>(node: Node<'n>, place: &Place<'_, '_>) -> Option<Node<'n>> {
    let call = CallExpression::cast(peel(node))?;
    let Callee::Function { package, name } = place.types.callee(call.node()) else { return None };
    // An import that brings nothing but the function could not stay.
    let is_named = SelectorExpression::cast(call.function()?.node()).is_some()
        || place.types.package().is_ok_and(|own| own.name == package);
    let arguments: Vec<Node<'n>> = named_children(call.arguments()?.node()).collect();
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
