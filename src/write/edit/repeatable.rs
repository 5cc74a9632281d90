//! Which expressions may be evaluated a second time: what they are made of stands in the call again.

use tree_sitter::Node;

use crate::go::module::Origin;
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, kind, named_children, peel};
use crate::go::types::{Basic, Callee, Type};
use crate::klog::name::words;
use crate::klog::operand::callee_name;
use crate::klog::place::Place;

/// Packages whose functions only make text of what they are given.
const PURE: [&str; 4] = ["strings", "strconv", "path", "path/filepath"];

/// Whether evaluating an expression again does nothing: names, fields, literals and their concatenation, and calls that
/// format such values.
pub fn is_repeatable<'t>(node: Node<'t>, place: &Place<'_, 't>) -> bool {
    match node.kind_id() {
        kind::CALL_EXPRESSION => is_repeatable_call(node, place).unwrap_or(false),
        kind::FUNC_LITERAL | kind::COMPOSITE_LITERAL => false,
        kind::UNARY_EXPRESSION if place.text(node).starts_with("<-") => false,
        _ => named_children(node).all(|child| is_repeatable(child, place)),
    }
}

fn is_repeatable_call<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<bool> {
    let call = CallExpression::cast(node)?;
    let callee = peel(call.function()?.node());
    let name = callee_name(callee, place.source());
    let args: Vec<_> = named_children(call.arguments()?.node()).collect();
    let operand = SelectorExpression::cast(callee).and_then(|s| s.operand()).map(AstNode::node);
    let package = operand.and_then(|o| place.imported(o));
    let wraps = || place.rules.messages.wrapper.iter().any(|w| w.method == name && w.arguments == args.len());
    // What is named is named again: where the name comes from is not asked.
    if args.is_empty() && matches!(name, "String" | "Error" | "Name" | "GetName") {
        return Some(true);
    }
    let harmless = matches!(name, "Sprintf" | "len" | "string")
        || args.is_empty() && is_getter(name)
        || package.is_some_and(|path| PURE.contains(&path))
        || operand.is_some() && wraps()
        || is_printer(node, place)
        || names_something(node, place);
    Some(harmless && operand.into_iter().chain(args).all(|part| is_repeatable(part, place)))
}

/// Whether a method without arguments only tells something: `GetNextID` and `GetOrCreatePod` do more.
fn is_getter(name: &str) -> bool {
    let does = |word: &String| matches!(word.as_str(), "Next" | "Or" | "And");
    let gets = name.strip_prefix("Get").is_some_and(|rest| rest.starts_with(char::is_uppercase));
    gets && !words(name).iter().any(does) || name == "Message"
}

/// Whether a call makes text of a format and operands: a function of the tree that takes a string and any operands, and
/// returns a string.
pub fn is_printer<'t>(node: Node<'t>, place: &Place<'_, 't>) -> bool {
    let Callee::Function { package, name } = place.types.callee(node) else { return false };
    let view = place.types.view();
    let Some(declared) = view.package(&package) else { return false };
    let signature = declared.lookup(&name).and_then(|id| view.signature(declared, id));
    signature.is_some_and(|s| {
        let any = |ty: &Type| matches!(view.underlying(ty), Type::Interface(i) if i.methods.is_empty());
        let takes = matches!(&*s.params, [Type::Basic(Basic::String), Type::Slice(rest)] if s.variadic && any(rest));
        takes && matches!(&*s.results, [Type::Basic(Basic::String)]) && package.origin != Origin::Std
    })
}

/// Last words of functions that make a name of what they are given.
const NAMING: [&str; 5] = ["Key", "Name", "String", "Desc", "Path"];

/// Whether a call only names its one operand: by a rule, or as a function of the tree that says so and returns text.
fn names_something<'t>(node: Node<'t>, place: &Place<'_, 't>) -> bool {
    let Callee::Function { package, name } = place.types.callee(node) else { return false };
    let known = |f: &crate::rule::Formatter| f.package == *package.path && f.function == *name;
    if place.rules.values.formatter.iter().any(known) {
        return true;
    }
    let view = place.types.view();
    let Some(declared) = view.package(&package) else { return false };
    let signature = declared.lookup(&name).and_then(|id| view.signature(declared, id));
    let names = words(&name).last().is_some_and(|last| NAMING.contains(&last.as_str()));
    names && signature.is_some_and(|s| s.params.len() == 1 && matches!(&*s.results, [Type::Basic(Basic::String)]))
}
