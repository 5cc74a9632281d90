//! Messages that stand outside the call: in a variable, or nowhere but in the name of the call that failed.

use tree_sitter::Node;

use crate::callsite::peel;
use crate::keyvalue::{Place, callee_name, words};
use crate::module::Origin;
use crate::syntax::{self, AstNode, CallExpression, SelectorExpression, kind, named_children};
use crate::types::{Basic, Bound, Callee, Type};

/// The expression that a message variable was set from, where it may stand in the call instead: set once, from values
/// that can be read again, and the variable is used elsewhere, so that it does not become unused.
pub fn message_variable<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<Node<'t>> {
    let name = place.text(node);
    let binding = place.scopes.lookup(&name)?;
    let Bound::Value { values, index: 0, of: 1 } = binding.bound else { return None };
    let value = named_children(values).next().filter(|v| v.end_byte() < node.start_byte())?;
    // Another block may have a variable of the same name.
    let in_block = |n: &&Node<'t>| n.kind_id() == kind::STATEMENT_LIST && n.byte_range().contains(&binding.at);
    let block = place.scopes.ancestors().iter().rev().find(in_block)?;
    let own = binding.statement.byte_range();
    let used_elsewhere = identifiers(*block, &name, place).into_iter().any(|at| at > binding.at && !own.contains(&at));
    (binding.assigned.is_none() && used_elsewhere && is_repeatable(value, place)).then_some(value)
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

fn identifiers(root: Node<'_>, name: &str, place: &Place<'_, '_>) -> Vec<usize> {
    let mut found = Vec::new();
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        // Uses in klog calls do not count: those calls may lose the variable as well.
        if is_klog_call(node, place) {
            continue;
        }
        if node.kind_id() == kind::IDENTIFIER && syntax::text(node, place.source()) == name {
            found.push(node.start_byte());
        }
        stack.extend(syntax::Children::new(node).filter(|c| c.is_named()));
    }
    found
}

fn is_klog_call(node: Node<'_>, place: &Place<'_, '_>) -> bool {
    let Some(call) = CallExpression::cast(node) else { return false };
    let text = call.function().map(|f| place.text(f.node())).unwrap_or_default();
    place.qualifier.is_empty() || text.split('.').next().is_some_and(|first| first.trim() == place.qualifier)
}

/// Whether evaluating an expression again does nothing: names, fields, literals and their concatenation, and calls that
/// format such values.
fn is_repeatable(node: Node<'_>, place: &Place<'_, '_>) -> bool {
    match node.kind_id() {
        kind::CALL_EXPRESSION => {
            let Some(call) = CallExpression::cast(node) else { return false };
            let callee = call.function().map(|f| peel(f.node()));
            let harmless = callee.is_some_and(|c| {
                let name = callee_name(c, place.source());
                let args = call.arguments().map(|a| named_children(a.node()).count()).unwrap_or(0);
                matches!(name, "Sprintf" | "len" | "string")
                    || matches!(name, "String" | "Error" | "Name" | "GetName") && args == 0
            });
            let harmless = harmless || names_something(node, place);
            harmless && call.arguments().is_some_and(|a| named_children(a.node()).all(|arg| is_repeatable(arg, place)))
        }
        kind::FUNC_LITERAL | kind::COMPOSITE_LITERAL => false,
        kind::UNARY_EXPRESSION if place.text(node).starts_with("<-") => false,
        _ => named_children(node).all(|child| is_repeatable(child, place)),
    }
}

/// Last words of functions that make a name of what they are given.
const NAMING: [&str; 5] = ["Key", "Name", "String", "Desc", "Path"];

/// Whether a call only names its one operand: by a rule, or as a function of the tree that says so and returns text.
fn names_something(node: Node<'_>, place: &Place<'_, '_>) -> bool {
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

/// A message for a call that prints an error and nothing else: from the name of the function that returned the error,
/// or else of the function around the call. `err := c.StartServer()` → "Failed to start server".
pub fn derived(error: &str, place: &Place<'_, '_>) -> Option<String> {
    origin(error, place).or_else(|| {
        let declaration = place.scopes.declaration()?;
        let name = declaration.child_by_field_id(syntax::field::NAME).map(|n| place.text(n))?;
        failed(&words(&name), place)
    })
}

fn origin(error: &str, place: &Place<'_, '_>) -> Option<String> {
    let binding = place.scopes.lookup(error)?;
    let statement = binding.assigned.unwrap_or(binding.statement);
    let values =
        statement.child_by_field_id(syntax::field::RIGHT).or(statement.child_by_field_id(syntax::field::VALUE))?;
    let call = named_children(values).next().and_then(CallExpression::cast)?;
    let callee = peel(call.function()?.node());
    let mut name = words(callee_name(callee, place.source()));
    if name.len() == 1
        && let Some(owner) = SelectorExpression::cast(callee).and_then(|s| s.operand())
    {
        let owner = place.text(owner.node());
        let owner = owner.rsplit('.').next().unwrap_or_default().to_owned();
        let plain = owner.len() > 2 && owner.chars().all(|c| c.is_ascii_alphanumeric());
        if plain {
            name.extend(words(&owner));
        }
    }
    failed(&name, place)
}

/// "Failed to start server", where the first word is a verb.
fn failed(name: &[String], place: &Place<'_, '_>) -> Option<String> {
    let (first, rest) = name.split_first()?;
    let first = first.to_lowercase();
    let verb = match first.as_str() {
        "new" => "create",
        "must" | "try" | "do" | "handle" if rest.is_empty() => return None,
        "init" => "initialize",
        verb => place.rules.messages.verbs.get(verb)?,
    };
    let initialism = |w: &String| w.len() > 1 && w.chars().all(|c| c.is_ascii_uppercase());
    let rest: Vec<String> = rest.iter().map(|w| if initialism(w) { w.clone() } else { w.to_lowercase() }).collect();
    let object = if rest.is_empty() { String::new() } else { format!(" {}", rest.join(" ")) };
    Some(format!("Failed to {verb}{object}"))
}
