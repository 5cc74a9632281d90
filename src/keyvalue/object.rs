//! Kubernetes objects among the operands: one reference instead of namespace and name.

use tree_sitter::Node;

use super::Place;
use super::operand::chain;
use crate::callsite::peel;
use crate::format::{Hole, Part, Template};
use crate::rule::{Formatter, Keys};
use crate::syntax::{self, AstNode, CallExpression, SelectorExpression, named_children};
use crate::types::Type;

/// How an object is printed as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectValue {
    /// `klog.KObj(pod)`.
    pub value: String,
    /// Its kind, where the type says it.
    pub kind: Option<String>,
    /// Its own name, for a key where the kind is not known.
    pub name: String,
    /// The rule.
    pub rule: &'static str,
    /// klog panics here if the object is nil and the old call did not.
    pub nil_risk: bool,
    /// The old call printed all of the object.
    pub whole: bool,
}

/// Key of a kind.
pub fn kind_key(kind: &str, rules: &Keys) -> String {
    match rules.kinds.get(kind) {
        Some(key) => key.clone(),
        None => super::name::camel(&super::name::words(kind), rules),
    }
}

/// The API kind of a type: itself or a pointer to it.
pub fn kind_of(ty: &Type, place: &Place<'_, '_>) -> Option<String> {
    let Type::Named { package, name } = ty.stripped() else { return None };
    let values = &place.rules.values;
    (values.kinds.contains(name) && place.object_packages.is_match(package)).then(|| name.clone())
}

/// `klog.KObj(x)` for an expression that is an API object or a pointer to one.
pub fn reference<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<ObjectValue> {
    let ty = place.type_of(node);
    let kind = kind_of(&ty, place)?;
    let text = place.text(node);
    let argument = match ty {
        Type::Pointer(inner) if !matches!(*inner, Type::Pointer(_)) => text,
        Type::Named { .. } if is_addressable(node) => format!("&{text}"),
        _ => return None,
    };
    let name = chain(node, place.source()).names.last().cloned().unwrap_or_default();
    let value = format!("{}KObj({argument})", place.klog_qualifier());
    Some(ObjectValue { value, kind: Some(kind), name, rule: "value-kobj", nil_risk: true, whole: false })
}

/// Variables, their fields and elements of slices have addresses; elements of maps and results of calls do not.
fn is_addressable(node: Node<'_>) -> bool {
    let node = peel(node);
    match syntax::Expression::cast(node) {
        Some(syntax::Expression::Identifier(_)) => true,
        Some(syntax::Expression::SelectorExpression(s)) => s.operand().is_some_and(|o| is_addressable(o.node())),
        _ => false,
    }
}

/// `x` of `x.Name`, `x.GetNamespace()`, `x.ObjectMeta.Name` for the field asked for.
pub fn owner<'t>(node: Node<'t>, field: &str, source: &[u8]) -> Option<Node<'t>> {
    let node = peel(node);
    let (selector, getter) = match CallExpression::cast(node) {
        Some(call) => {
            let empty = call.arguments().is_some_and(|a| named_children(a.node()).next().is_none());
            (SelectorExpression::cast(call.function()?.node()).filter(|_| empty)?, true)
        }
        None => (SelectorExpression::cast(node)?, false),
    };
    let name = syntax::text(selector.field()?.node(), source);
    let matches = if getter { name.strip_prefix("Get") == Some(field) } else { name == field };
    let operand = selector.operand()?.node();
    if !matches {
        return None;
    }
    match SelectorExpression::cast(operand) {
        Some(meta) if meta.field().is_some_and(|f| syntax::text(f.node(), source) == "ObjectMeta") => {
            meta.operand().map(AstNode::node)
        }
        _ => Some(operand),
    }
}

/// An operand that is an object, an object's name, or a call that prints an object.
pub fn object<'t>(hole: &Hole<'t>, place: &Place<'_, 't>) -> Option<ObjectValue> {
    let source = place.source();
    if let Some(name) = hole.name {
        return Some(pair(hole.operand, name, place));
    }
    if let Some((formatter, argument)) = formatted(hole.operand, place) {
        return Some(printed(formatter, argument, place));
    }
    if let Some(owner) = owner(hole.operand, "Name", source)
        && let Some(object) = reference(owner, place)
    {
        return Some(ObjectValue { nil_risk: false, whole: false, ..object });
    }
    reference(hole.operand, place).map(|object| ObjectValue { whole: true, ..object })
}

/// Namespace and name.
fn pair<'t>(namespace: Node<'t>, name: Node<'t>, place: &Place<'_, 't>) -> ObjectValue {
    let source = place.source();
    let owners = (owner(namespace, "Namespace", source), owner(name, "Name", source));
    if let (Some(a), Some(b)) = owners
        && place.text(a) == place.text(b)
        && let Some(object) = reference(a, place)
    {
        return ObjectValue { nil_risk: false, whole: false, ..object };
    }
    let own = owners.1.map(|o| chain(o, source)).unwrap_or_else(|| chain(name, source));
    let value = format!("{}KRef({}, {})", place.klog_qualifier(), place.text(namespace), place.text(name));
    let own_name = own.names.last().cloned().unwrap_or_default();
    ObjectValue { value, kind: None, name: own_name, rule: "value-kref", nil_risk: false, whole: false }
}

fn formatted<'t, 'a>(node: Node<'t>, place: &Place<'a, 't>) -> Option<(&'a Formatter, Node<'t>)> {
    let call = CallExpression::cast(peel(node))?;
    let selector = SelectorExpression::cast(call.function()?.node())?;
    let package = selector.operand()?.node();
    let path = place.imported(package)?;
    let function = syntax::text(selector.field()?.node(), place.source());
    let args: Vec<_> = named_children(call.arguments()?.node()).collect();
    let rules = &place.rules.values.formatter;
    let rule = rules.iter().find(|f| f.package == path && f.function == function && f.arguments == args.len())?;
    (args.len() == 1).then(|| (rule, args[0]))
}

fn printed(formatter: &Formatter, argument: Node<'_>, place: &Place<'_, '_>) -> ObjectValue {
    let text = place.text(argument);
    let (function, key) = match (&formatter.object, &formatter.objects) {
        (_, Some(key)) if place.has("KObjSlice") => ("KObjSlice", key),
        (_, Some(key)) if place.has("KObjs") => ("KObjs", key),
        (_, Some(key)) => {
            let value = place.text(argument);
            return ObjectValue {
                value,
                kind: None,
                name: key.clone(),
                rule: "value-kobj",
                nil_risk: false,
                whole: false,
            };
        }
        (Some(key), None) => ("KObj", key),
        (None, None) => ("KObj", &formatter.function),
    };
    let value = format!("{}{function}({text})", place.klog_qualifier());
    ObjectValue { value, kind: None, name: key.clone(), rule: "value-kobj", nil_risk: true, whole: false }
}

/// Joins the holes of a namespace and a name that are printed as one: `%s/%s`.
pub fn join<'t>(template: Template<'t>, place: &Place<'_, 't>) -> Template<'t> {
    let source = place.source();
    let is_namespace = |hole: &Hole<'t>| {
        let last = chain(hole.operand, source).names.last().map(|n| n.to_lowercase());
        last.is_some_and(|n| n == "ns" || n.ends_with("namespace"))
    };
    let is_name = |hole: &Hole<'t>| {
        let last = chain(hole.operand, source).names.last().cloned();
        last.is_some_and(|n| n.ends_with("Name") || n == "name")
    };
    let mut parts: Vec<Part<'t>> = Vec::with_capacity(template.parts.len());
    let mut rest = template.parts.into_iter().peekable();
    while let Some(part) = rest.next() {
        match (parts.last(), &part, rest.peek()) {
            (Some(Part::Hole(namespace)), Part::Text(slash), Some(Part::Hole(name)))
                if matches!(slash.as_str(), "/" | ":" | " / ") && is_namespace(namespace) && is_name(name) =>
            {
                let joined = Hole { operand: namespace.operand, verb: None, name: Some(name.operand) };
                parts.pop();
                parts.push(Part::Hole(joined));
                rest.next();
            }
            _ => parts.push(part),
        }
    }
    Template { parts, notes: template.notes }
}
