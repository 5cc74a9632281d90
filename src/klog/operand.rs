//! What an operand is, from its syntax: the chain of names that it ends in.

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, CallExpression, Expression, kind, named_children, peel};

/// The names of an operand, and what was taken off to find them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// `pod.Spec.NodeName` → pod, Spec, NodeName. Empty for literals and arithmetic.
    pub names: Vec<String>,
    /// `len(x)`.
    pub count: bool,
    /// `x[i]`: one of x.
    pub element: bool,
    /// A function call that computes something from its arguments; the names are those of the function.
    pub computed: bool,
}

/// Methods that return what their receiver is about.
const TRANSPARENT: [&str; 24] = [
    "String",
    "toString",
    "ToString",
    "Error",
    "List",
    "UnsortedList",
    "Value",
    "Seconds",
    "Milliseconds",
    "Minutes",
    "Hours",
    "Unix",
    "UnixMilli",
    "UnixNano",
    "Join",
    "Render",
    "Encode",
    "Hex",
    "Pretty",
    "UTC",
    "ToSlice",
    "MilliValue",
    "Len",
    "Local",
];
/// Functions and conversions that print or convert their argument.
const CONVERSIONS: [&str; 23] = [
    "new",
    "string",
    "int",
    "int32",
    "int64",
    "uint",
    "uint32",
    "uint64",
    "float64",
    "float32",
    "bool",
    "Sprint",
    "Sdump",
    "Sprintf",
    "PrettyPrintObject",
    "ToLower",
    "ToUpper",
    "TrimSpace",
    "Base",
    "KObj",
    "KObjs",
    "KObjSlice",
    "SafePtr",
];
/// Functions that return what their first argument points to, or their second.
const DEREFERENCES: [&str; 4] = ["Deref", "PtrDeref", "DerefOr", "ValueOr"];

/// Operands within operands that are looked at for names.
const MAX_OPERANDS: usize = 64;

/// The chain of an operand.
pub fn chain(node: Node<'_>, source: &[u8]) -> Chain {
    let mut chain = Chain::default();
    collect(node, source, &mut chain, 0);
    chain
}

fn collect(node: Node<'_>, source: &[u8], chain: &mut Chain, depth: usize) {
    if depth > MAX_OPERANDS {
        return;
    }
    let node = peel(node);
    let text = |node| syntax::text(node, source).to_owned();
    let inner = |node: Option<Expression<'_>>, chain: &mut Chain| {
        if let Some(node) = node {
            collect(node.node(), source, chain, depth + 1);
        }
    };
    match Expression::cast(node) {
        Some(Expression::Identifier(_)) => chain.names.push(text(node)),
        Some(Expression::SelectorExpression(selector)) => {
            inner(selector.operand(), chain);
            chain.names.extend(selector.field().map(|f| text(f.node())));
        }
        Some(Expression::UnaryExpression(unary)) => inner(unary.operand(), chain),
        Some(Expression::IndexExpression(index)) => {
            inner(index.operand(), chain);
            chain.element = true;
        }
        Some(Expression::SliceExpression(slice)) => inner(slice.operand(), chain),
        Some(Expression::TypeAssertionExpression(assertion)) => inner(assertion.operand(), chain),
        Some(Expression::TypeConversionExpression(conversion)) => inner(conversion.operand(), chain),
        Some(Expression::CallExpression(call)) => call_chain(call, source, chain, depth),
        _ => {}
    }
}

fn call_chain(call: CallExpression<'_>, source: &[u8], chain: &mut Chain, depth: usize) {
    let Some(callee) = call.function().map(|f| peel(f.node())) else { return };
    let args: Vec<_> = call.arguments().map(|a| named_children(a.node()).collect()).unwrap_or_default();
    let name = callee_name(callee, source);
    if name == "len" || name == "cap" {
        chain.count = true;
    }
    let argument = match (name, args.as_slice()) {
        ("len" | "cap", [only]) => Some(*only),
        ("Join", [list, _]) => Some(*list),
        (name, [pointer, _]) if DEREFERENCES.contains(&name) => Some(*pointer),
        ("KRef", [_, name]) => Some(*name),
        ("Sprintf", [_, only]) => Some(*only),
        (name, [only]) if CONVERSIONS.contains(&name) || is_printer(name) => Some(*only),
        // A conversion to a named type: types.UID(x), v1.PodPhase(x). Functions of packages look the same; their
        // argument names the value better than they do.
        (name, [only]) if callee.kind_id() == kind::SELECTOR_EXPRESSION && is_conversion(name) => Some(*only),
        _ => None,
    };
    if let Some(argument) = argument {
        collect(argument, source, chain, depth + 1);
        return;
    }
    match syntax::SelectorExpression::cast(callee) {
        Some(selector) => {
            let operand = selector.operand().map(AstNode::node);
            if let Some(operand) = operand {
                collect(operand, source, chain, depth + 1);
            }
            if TRANSPARENT.contains(&name) && args.is_empty() {
                chain.count |= name == "Len";
                return;
            }
            chain.computed |= !args.is_empty();
            chain.give(name, !args.is_empty());
        }
        None if callee.kind_id() == kind::IDENTIFIER => {
            chain.computed = true;
            chain.give(name, true);
        }
        // What a function gives that has no name: of a literal nothing is known.
        None => {
            collect(callee, source, chain, depth + 1);
            chain.computed = true;
        }
    }
}

/// Functions that make text of their argument: convertToString, pretty, dumpJSON.
fn is_printer(name: &str) -> bool {
    let lower = name.to_lowercase();
    lower.ends_with("string")
        || lower.ends_with("str")
        || lower.contains("pretty")
        || lower.starts_with("dump")
        || lower.starts_with("format")
}

fn is_conversion(name: &str) -> bool {
    matches!(
        name,
        "UID"
            | "NodeName"
            | "PodPhase"
            | "UniqueVolumeName"
            | "ResourceName"
            | "Duration"
            | "StringValue"
            | "BoolValue"
            | "Int32Value"
            | "Int64Value"
    )
}

/// The name that a call calls: the last part of its callee.
pub fn callee_name<'s>(callee: Node<'_>, source: &'s [u8]) -> &'s str {
    match syntax::SelectorExpression::cast(callee) {
        Some(selector) => selector.field().map_or("", |f| syntax::text(f.node(), source)),
        None => syntax::text(callee, source),
    }
}

impl Chain {
    /// Adds what a function gives. One that makes or converts has no name for it: `big.NewInt(1)`, `reflect.TypeOf(x)`.
    fn give(&mut self, function: &str, makes: bool) {
        let given = getter(function);
        let starts = |verb: &str| {
            let rest = given.strip_prefix(verb).or_else(|| given.strip_prefix(&capitalised(verb)));
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
        };
        let bare = BARE_MAKERS.iter().any(|verb| given.eq_ignore_ascii_case(verb));
        match bare || makes && (MAKERS.iter().any(|verb| starts(verb)) || given.len() > 2 && given.ends_with("Of")) {
            true => self.names.clear(),
            false => self.names.push(given.to_owned()),
        }
    }
}

/// Verbs that functions start with whose names say what they do and not what they give.
const MAKERS: [&str; 17] = [
    "new",
    "must",
    "parse",
    "make",
    "build",
    "create",
    "convert",
    "unix",
    "inf",
    "min",
    "max",
    "marshal",
    "unmarshal",
    "encode",
    "decode",
    "compile",
    "quote",
];

/// Those of them that are no name of anything by themselves, `x.Parse()`; `x.Min()` may be one.
const BARE_MAKERS: [&str; 7] = ["parse", "make", "build", "create", "convert", "marshal", "compile"];

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

/// `GetName` → `Name`.
fn getter(name: &str) -> &str {
    match name.strip_prefix("Get").or_else(|| name.strip_prefix("get")) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_uppercase()) => rest,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(expression: &str) -> String {
        let source = format!("package p\nvar _ = {expression}\n");
        let tree = crate::go::parse::parse_bytes(source.as_bytes()).unwrap();
        let start = source.find("= ").unwrap() + 2;
        let node = tree.root_node().named_descendant_for_byte_range(start, source.len() - 1).unwrap();
        let chain = chain(node, source.as_bytes());
        format!(
            "{}{}{}",
            chain.names.join("."),
            if chain.count { " #" } else { "" },
            if chain.element { " []" } else { "" }
        )
    }

    #[test]
    fn an_operand_is_named_by_what_it_is_about() {
        for (expression, want) in [
            ("pod.Spec.NodeName", "pod.Spec.NodeName"),
            ("len(u.Pods)", "u.Pods #"),
            ("string(x.UID)", "x.UID"),
            ("types.UID(uid)", "uid"),
            ("containers[i].id", "containers.id []"),
            ("id.String()", "id"),
            ("pod.GetName()", "pod.Name"),
            ("strings.Join(names, \", \")", "names"),
            ("*count", "count"),
            ("(&pod).Name", "pod.Name"),
            ("fmt.Sprintf(\"%v\", x)", "x"),
            ("3 + 4", ""),
            ("\"text\"", ""),
            ("func() int { return started }()", ""),
        ] {
            assert_eq!(names(expression), want, "{expression}");
        }
    }
}
