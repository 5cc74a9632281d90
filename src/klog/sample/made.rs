//! What an expression prints: the parts that it puts together, each as a placeholder, or itself as one.

use std::collections::{BTreeMap, BTreeSet};

use tree_sitter::Node;

use super::printed::Kind;
use super::value::{self, Value, hint_of};
use crate::go::syntax::{
    self, AstNode, BinaryExpression, CallExpression, SelectorExpression, kind, named_children, peel,
};
use crate::klog::format::{Part, Reader, Template, unquote};
use crate::rule::Style;

/// What is known of expressions: what kind their types are, and the verb that the old call prints them by.
pub(super) struct Known<'k> {
    /// The key of request IDs, whose values have a text of their own.
    pub id_key: &'k str,
    pub kinds: BTreeMap<String, Kind>,
    pub verbs: BTreeMap<String, char>,
    /// Whether what is not constant is a [`HOLE`].
    pub holes: bool,
}

/// What stands for any text: nobody logs it.
pub(super) const HOLE: &str = "\0";

impl<'k> Known<'k> {
    /// Nothing is known but these kinds.
    pub(super) fn new(id_key: &'k str, kinds: &[(String, Kind)]) -> Self {
        Self { id_key, kinds: kinds.iter().cloned().collect(), verbs: BTreeMap::new(), holes: false }
    }

    /// The placeholder of an expression.
    pub(super) fn shown(&self, text: &str) -> String {
        if self.holes { HOLE.to_owned() } else { value::shown(text) }
    }

    /// What stands for an expression that is not put together of others.
    fn value(&self, node: Node<'_>, source: &[u8], kind: Option<Kind>) -> Value {
        let is_text = matches!(peel(node).kind_id(), kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL);
        match Value::of(node, source, kind) {
            value if is_text || !self.holes || matches!(value, Value::Bare(_)) => value,
            Value::Of(kind, _) => Value::Of(kind, HOLE.to_owned()),
            _ => Value::Other(HOLE.to_owned()),
        }
    }

    /// What an expression is, by its type or by what it looks like.
    pub(super) fn kind(&self, node: Node<'_>, source: &[u8], verb: Option<char>) -> Option<Kind> {
        let text = syntax::text(node, source);
        let verb = verb.or_else(|| self.verbs.get(text).copied());
        self.kinds.get(text).copied().or_else(|| hint_of(node, source, verb))
    }
}

/// As `Printf` prints; nothing where format and operands do not fit, or the format is made at run time.
pub(super) fn formatted(args: &[Node<'_>], source: &[u8], known: &mut Known<'_>) -> Option<String> {
    let reader = Reader {
        source,
        constant: &|_| None,
        printer: &|_| false,
        variable: &|_| None,
        error: &|_| false,
        fmt: None,
        wrappers: &[],
        closed: &BTreeSet::new(),
    };
    let template = Template::of(args, Style::Printf, &reader).ok()?;
    let mut message = String::new();
    for part in &template.parts {
        match part {
            Part::Text(text) => message.push_str(text),
            Part::Hole(hole) => {
                let text = syntax::text(hole.operand, source);
                let letter = hole.verb.as_ref().map_or('v', |verb| verb.letter);
                known.verbs.insert(text.to_owned(), letter);
                if letter == 'T' {
                    message.push_str(&known.shown(&format!("type of {text}")));
                    continue;
                }
                let value = value(hole.operand, source, known, Some(letter));
                let verb = hole.verb.as_ref().filter(|_| !value.plain().contains(HOLE));
                message.push_str(&value.printed(verb));
            }
        }
    }
    Some(message)
}

/// As `Print` and `Println` print: whatever looks like a verb is text.
pub(super) fn printed(args: &[Node<'_>], style: Style, source: &[u8], known: &mut Known<'_>) -> String {
    let mut message = String::new();
    let mut after_text = true;
    for (index, arg) in args.iter().enumerate() {
        let value = value(*arg, source, known, None);
        let is_text = matches!(&value, Value::Of(kind, _) if kind.is_string());
        if index > 0 && (style == Style::Println || !(is_text || after_text)) {
            message.push(' ');
        }
        message.push_str(&value.plain());
        after_text = is_text;
    }
    message
}

/// What stands for an expression: what it puts together, or itself.
pub(super) fn value(node: Node<'_>, source: &[u8], known: &mut Known<'_>, verb: Option<char>) -> Value {
    if let Some(text) = made(node, source, known, 0) {
        return Value::Of(Kind::Text, text);
    }
    known.value(node, source, known.kind(node, source, verb))
}

/// Parts of parts; expressions deeper than that stand for themselves.
const MAX_DEPTH: usize = 16;

/// The text that an expression puts together, if it does.
fn made(node: Node<'_>, source: &[u8], known: &mut Known<'_>, depth: usize) -> Option<String> {
    let node = peel(node);
    if depth > MAX_DEPTH {
        return None;
    }
    if let Some(binary) = BinaryExpression::cast(node) {
        let side = |side: Node<'_>, known: &mut Known<'_>| match peel(side).kind_id() {
            kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL => unquote(syntax::text(peel(side), source)),
            _ => made(side, source, known, depth + 1),
        };
        let (left, right) = (binary.left()?.node(), binary.right()?.node());
        let (one, other) = (side(left, known), side(right, known));
        // Of a sum of texts one side at least is known to be one.
        let is_text = |node, known: &Known<'_>| known.kind(node, source, None).is_some_and(Kind::is_string);
        if one.is_none() && other.is_none() && !is_text(node, known) {
            return None;
        }
        let own = |node, known: &Known<'_>| known.value(node, source, known.kind(node, source, None)).plain();
        let plus = source.get(left.end_byte()..right.start_byte())?.trim_ascii() == b"+";
        return plus.then(|| one.unwrap_or_else(|| own(left, known)) + &other.unwrap_or_else(|| own(right, known)));
    }
    let call = CallExpression::cast(node)?;
    let args: Vec<Node<'_>> = named_children(call.arguments()?.node()).collect();
    let callee = peel(call.function()?.node());
    match (syntax::text(callee, source), args.as_slice()) {
        ("string", [of]) => Some(made(*of, source, known, depth + 1).unwrap_or_else(|| inner(*of, source, known))),
        ("fmt.Sprintf", [_, ..]) => formatted(&args, source, known),
        ("fmt.Sprint", [_, ..]) => Some(printed(&args, Style::Print, source, known)),
        (name, []) if name.ends_with(".String") || name.ends_with(".Error") => {
            let of = SelectorExpression::cast(callee)?.operand()?.node();
            match known.kind(of, source, None) {
                Some(Kind::Duration | Kind::Time) => Some(value(of, source, known, None).plain()),
                _ => Some(inner(of, source, known)),
            }
        }
        _ => None,
    }
}

/// The placeholder of what a text is made of.
fn inner(node: Node<'_>, source: &[u8], known: &Known<'_>) -> String {
    known.shown(syntax::text(peel(node), source))
}
