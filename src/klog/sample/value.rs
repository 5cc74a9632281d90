//! Placeholders for values: the expression itself, printed as its type would be where the type is known.

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, kind, named_children, peel};
use crate::klog::format::unquote;

/// Characters of an expression that are shown.
const SHOWN: usize = 48;

/// A value that a line prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Text: quoted in structured lines.
    Text(String),
    /// An error.
    Error(String),
    /// A number or a truth value, as it stands.
    Bare(String),
    /// An object reference: namespace, which may be empty, and name.
    Object(String, String),
    /// Anything else.
    Other(String),
}

/// What is known of a value's type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hint {
    Number,
    Bool,
    Text,
    None,
}

/// What the verb and the expression tell of a value's type.
pub(super) fn hint_of(node: Node<'_>, source: &[u8], verb: Option<char>) -> Hint {
    if let Some(call) = CallExpression::cast(node).and_then(|call| call.function()) {
        let callee = syntax::text(call.node(), source);
        let name = callee.rsplit('.').next().unwrap_or(callee);
        match name {
            "len" | "cap" => return Hint::Number,
            "Sprintf" | "Sprint" | "String" | "Error" | "string" => return Hint::Text,
            _ => {}
        }
    }
    match verb {
        Some('d' | 'b' | 'o' | 'O' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G') => Hint::Number,
        Some('t') => Hint::Bool,
        Some('q' | 's' | 'x' | 'X') => Hint::Text,
        _ => Hint::None,
    }
}

impl Value {
    /// The placeholder for an expression.
    pub(super) fn of(node: Node<'_>, source: &[u8], hint: Hint) -> Self {
        let node = peel(node);
        let text = syntax::text(node, source);
        match node.kind_id() {
            kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL => {
                return Self::Text(unquote(text).unwrap_or_else(|| shown(text)));
            }
            kind::INT_LITERAL | kind::FLOAT_LITERAL | kind::TRUE | kind::FALSE => return Self::Bare(text.to_owned()),
            kind::CALL_EXPRESSION => {
                if let Some(object) = object(node, source) {
                    return object;
                }
            }
            _ => {}
        }
        match hint {
            Hint::Number => Self::Bare("3".to_owned()),
            Hint::Bool => Self::Bare("true".to_owned()),
            Hint::Text => Self::Text(shown(text)),
            Hint::None => Self::Other(shown(text)),
        }
    }

    /// As a printf-style line prints it.
    pub(super) fn plain(&self) -> String {
        match self {
            Self::Object(namespace, name) if namespace.is_empty() => name.clone(),
            Self::Object(namespace, name) => format!("{namespace}/{name}"),
            Self::Text(text) | Self::Error(text) | Self::Bare(text) | Self::Other(text) => text.clone(),
        }
    }
}

/// `klog.KObj(x)` and `klog.KRef(namespace, name)`.
fn object(node: Node<'_>, source: &[u8]) -> Option<Value> {
    let call = CallExpression::cast(node)?;
    let selector = SelectorExpression::cast(call.function()?.node())?;
    let args: Vec<_> = named_children(call.arguments()?.node()).map(|arg| syntax::text(arg, source)).collect();
    match (syntax::text(selector.field()?.node(), source), args.as_slice()) {
        ("KObj", [object]) => {
            Some(Value::Object(shown(&format!("{object}.Namespace")), shown(&format!("{object}.Name"))))
        }
        ("KRef", [namespace, name]) => {
            let part = |text: &str| unquote(text).unwrap_or_else(|| shown(text));
            Some(Value::Object(part(namespace), part(name)))
        }
        _ => None,
    }
}

/// An expression as a placeholder: on one line, in angle brackets, cut where it is long.
pub(super) fn shown(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let end = line.char_indices().nth(SHOWN).map(|(at, _)| at);
    match end {
        Some(at) => format!("<{}…>", &line[..at]),
        None => format!("<{line}>"),
    }
}
