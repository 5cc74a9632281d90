//! Placeholders for values: the expression itself, printed as its type would be where the type is known.

use tree_sitter::Node;

use super::printed::Kind;
use super::verb;
use super::version::Klog;
use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, kind, named_children, peel};
use crate::klog::format::{Verb, quote, unquote};

/// Characters of an expression that are shown.
const SHOWN: usize = 48;

/// A value that a line prints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// A text of this kind; numbers have the placeholders that numbers can have.
    Of(Kind, String),
    /// A number or a truth value, as it stands.
    Bare(String),
    /// An object reference: namespace, which may be empty, and name.
    Object(String, String),
    /// Anything else.
    Other(String),
}

/// What the verb and the expression tell of a value's type.
pub(super) fn hint_of(node: Node<'_>, source: &[u8], verb: Option<char>) -> Option<Kind> {
    if let Some(call) = CallExpression::cast(node).and_then(|call| call.function()) {
        let callee = syntax::text(call.node(), source);
        let name = callee.rsplit('.').next().unwrap_or(callee);
        match name {
            "len" | "cap" => return Some(Kind::Int),
            "Sprintf" | "Sprint" | "String" | "Error" | "string" => return Some(Kind::Text),
            _ => {}
        }
    }
    match verb? {
        'd' | 'b' | 'o' | 'O' => Some(Kind::Int),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => Some(Kind::Float),
        't' => Some(Kind::Bool),
        'q' | 's' => Some(Kind::Text),
        _ => None,
    }
}

impl Value {
    /// The placeholder for an expression.
    pub(super) fn of(node: Node<'_>, source: &[u8], known: Option<Kind>) -> Self {
        let node = peel(node);
        let text = syntax::text(node, source);
        match node.kind_id() {
            kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL => {
                return Self::Of(Kind::Text, unquote(text).unwrap_or_else(|| shown(text)));
            }
            kind::INT_LITERAL | kind::FLOAT_LITERAL | kind::TRUE | kind::FALSE => return Self::Bare(text.to_owned()),
            kind::CALL_EXPRESSION => {
                if let Some(object) = object(node, source) {
                    return object;
                }
            }
            _ => {}
        }
        match known {
            None => Self::Other(shown(text)),
            Some(kind @ (Kind::Int | Kind::Unsigned | Kind::Float)) => Self::Of(kind, "3".to_owned()),
            Some(Kind::Bool) => Self::Of(Kind::Bool, "true".to_owned()),
            Some(Kind::Duration) => Self::Of(Kind::Duration, "3s".to_owned()),
            Some(Kind::Time) => Self::Of(Kind::Time, "2006-01-02 15:04:05 +0000 UTC".to_owned()),
            Some(kind) => Self::Of(kind, shown(text)),
        }
    }

    /// The text of it, as `%v` prints it.
    pub(super) fn plain(&self) -> String {
        match self {
            Self::Object(namespace, name) if namespace.is_empty() => name.clone(),
            Self::Object(namespace, name) => format!("{namespace}/{name}"),
            Self::Of(Kind::Texts, text) => format!("[{text}]"),
            Self::Of(_, text) | Self::Bare(text) | Self::Other(text) => text.clone(),
        }
    }

    /// As a printf-style line prints it.
    pub(super) fn printed(&self, verb: Option<&Verb>) -> String {
        match (self, verb) {
            (_, None) => self.plain(),
            (Self::Of(kind, text), Some(verb)) => verb::printed(*kind, text, verb).unwrap_or_else(|| self.plain()),
            (_, Some(verb)) if verb.letter == 'q' => quote(&self.plain()),
            _ => self.plain(),
        }
    }

    /// As klog's text format prints it behind a key.
    pub(super) fn text(&self, klog: Klog) -> String {
        let Self::Of(kind, text) = self else {
            return if matches!(self, Self::Object(..)) { quote(&self.plain()) } else { self.plain() };
        };
        match kind {
            Kind::Error if !klog.plain_values => format!("&errors.errorString{{s:{}}}", quote(text)),
            Kind::NamedText if klog.json_values => escaped(text),
            Kind::NamedText if klog.plain_values => text.clone(),
            Kind::Text | Kind::NamedText | Kind::Error | Kind::OwnText | Kind::Duration | Kind::Time => quote(text),
            Kind::Unsigned if !klog.plain_values => format!("0x{text}"),
            Kind::Int | Kind::Unsigned | Kind::Float | Kind::Bool => text.clone(),
            Kind::Texts if klog.json_values => format!("[{}]", escaped(text)),
            Kind::Texts if klog.plain_values => self.plain(),
            Kind::Texts => format!("[]string{{{}}}", quote(text)),
        }
    }

    /// As the JSON format prints it.
    pub(super) fn json(&self) -> String {
        match self {
            Self::Bare(text) | Self::Of(Kind::Int | Kind::Unsigned | Kind::Float | Kind::Bool, text) => text.clone(),
            Self::Object(namespace, name) if namespace.is_empty() => format!("{{\"name\":{}}}", json(name)),
            Self::Object(namespace, name) => format!("{{\"name\":{},\"namespace\":{}}}", json(name), json(namespace)),
            Self::Of(Kind::Texts, text) => format!("[{}]", json(text)),
            Self::Of(_, text) | Self::Other(text) => json(text),
        }
    }
}

/// A JSON string.
pub(super) fn json(text: &str) -> String {
    // Serialising a string cannot fail.
    serde_json::to_string(text).unwrap_or_default()
}

/// A JSON string as Go's encoder writes it where nobody tells it not to: fit for HTML.
fn escaped(text: &str) -> String {
    json(text).replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
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
