//! One thing that is wrong, and what the lints ask of expressions.

use std::borrow::Cow;

use borsh::{BorshDeserialize, BorshSerialize};
use tree_sitter::Node;

use crate::go::syntax::{AstNode, CallExpression, kind};
use crate::klog::format::constant_string;
use crate::klog::place::Place;
use crate::text::{Edit, Span};

/// One thing that is wrong with a log call, or with what stands around log calls.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Violation {
    /// Name of the rule.
    pub rule: Cow<'static, str>,
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What mends it; empty where only a person can.
    pub edits: Vec<Edit>,
}

impl Violation {
    pub(super) fn new(rule: &'static str, at: Node<'_>, message: String) -> Self {
        Self { rule: rule.into(), span: at.byte_range().into(), message, edits: Vec::new() }
    }

    pub(super) fn mended_by(self, edits: impl IntoIterator<Item = Edit>) -> Self {
        Self { edits: edits.into_iter().collect(), ..self }
    }
}

/// The text of a constant expression; literals are read also where a file's types are not known.
pub(super) fn constant<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<String> {
    constant_string(node, place.source(), &|node| place.types.string_of(node))
}

pub(super) fn is_literal(node: Node<'_>) -> bool {
    matches!(node.kind_id(), kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL)
}

/// Whether an expression calls nothing: moving or dropping it changes no behaviour.
pub(super) fn is_plain(node: Node<'_>) -> bool {
    CallExpression::cast(node).is_none()
        && matches!(node.kind_id(), kind::IDENTIFIER | kind::INTERPRETED_STRING_LITERAL)
}

/// The first format verb of a text that would be read as one; `100%` and `%%` are none.
pub fn verb(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        rest = &rest[at..];
        if let Some(length) = verb_length(rest) {
            return Some(rest[..length].to_owned());
        }
        rest = &rest[if rest.starts_with("%%") { 2 } else { 1 }..];
    }
    None
}

/// Bytes of the verb that a text starts with: flags, width, precision and operands as fmt reads them. "80%disk" is a percentage.
fn verb_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 1;
    let skip = |at: &mut usize, set: &[u8]| {
        while bytes.get(*at).is_some_and(|byte| set.contains(byte)) {
            *at += 1;
        }
    };
    const DIGITS: &[u8] = b"0123456789";
    let number = |at: &mut usize| {
        index(bytes, at)?;
        if bytes.get(*at) == Some(&b'*') {
            *at += 1;
        } else {
            skip(at, DIGITS);
        }
        Some(())
    };
    skip(&mut at, b"+-#0 ");
    let flags = at;
    // "at 5 % d" is no verb, "% 8d" is one.
    let spaced = bytes[1..at].contains(&b' ') && !bytes.get(at).is_some_and(u8::is_ascii_digit);
    number(&mut at)?;
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        number(&mut at)?;
    }
    index(bytes, &mut at)?;
    let letter = bytes.get(at).filter(|byte| b"vTtbcdoOqxXUeEfFgGspw".contains(byte))?;
    // fmt has no other form of these.
    let refused = bytes[1..flags].contains(&b'#') && matches!(letter, b'c' | b'd' | b's' | b't' | b'T');
    let goes_on = bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric);
    (!spaced && !refused && !goes_on && letter.is_ascii()).then_some(at + 1)
}

/// Steps over `[n]`; `None` for one that is no operand.
fn index(bytes: &[u8], at: &mut usize) -> Option<()> {
    if bytes.get(*at) != Some(&b'[') {
        return Some(());
    }
    let length = bytes[*at + 1..].iter().position(|byte| *byte == b']')?;
    let digits = &bytes[*at + 1..*at + 1 + length];
    let number = digits.iter().all(u8::is_ascii_digit) && digits.iter().any(|digit| *digit != b'0');
    *at += length + 2;
    number.then_some(())
}

#[cfg(test)]
mod tests {
    use super::verb;

    #[test]
    fn verbs_are_told_from_percentages() {
        for (text, want) in [
            ("Got %s", Some("%s")),
            ("Got %+v, then", Some("%+v")),
            ("Took %0.3f seconds", Some("%0.3f")),
            ("Padded % 6d", Some("% 6d")),
            ("Second %[2]s first", Some("%[2]s")),
            ("Wide %[3]*.[2]*[1]f", Some("%[3]*.[2]*[1]f")),
            ("Later %% and %q", Some("%q")),
            ("At 100% of 5%% done", None),
            ("Used 80%disk", None),
            ("At 5 % d", None),
            ("Ends in %", None),
            ("Broken %[0]s and %[x]d and %[s", None),
            ("Broken %.2 and %1", None),
            ("Sharp %#d, %#.s and %#v", Some("%#v")),
        ] {
            assert_eq!(verb(text).as_deref(), want, "{text}");
        }
    }
}
