//! The rules that structured calls are held to; their documentation lies in rules/lint.toml.

use std::borrow::Cow;

use borsh::{BorshDeserialize, BorshSerialize};
use tree_sitter::Node;

use crate::go::syntax::{AstNode, CallExpression, kind};
use crate::go::types::Type;
use crate::klog::call::{Class, LogCall, Pair};
use crate::klog::error::is_error;
use crate::klog::format::{constant_string, quote};
use crate::klog::name::{camel, is_valid, words};
use crate::klog::place::Place;
use crate::rule::Severity;
use crate::text::{Edit, Span};

/// One thing that is wrong with a structured call.
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

/// A structured call.
pub(super) struct Subject<'s, 'a, 't> {
    pub call: &'s LogCall<'t>,
    pub place: &'s Place<'a, 't>,
    pub id_key: &'s str,
}

impl<'t> Subject<'_, '_, 't> {
    /// All of them, in the order of their rules.
    pub fn violations(&self) -> Vec<Violation> {
        let mut found = Vec::new();
        self.error_first(&mut found);
        self.message(&mut found);
        self.odd(&mut found);
        for pair in &self.call.parts.pairs {
            self.key(pair, &mut found);
        }
        self.duplicates(&mut found);
        self.request_id(&mut found);
        found
    }

    fn note(&self, rule: &'static str, at: Node<'t>, message: String) -> Violation {
        Violation { rule: rule.into(), span: at.byte_range().into(), message, edits: Vec::new() }
    }

    /// `ErrorS("msg", …)` has its message where the error belongs.
    fn error_first(&self, found: &mut Vec<Violation>) {
        if self.call.site.severity != Severity::Error {
            return;
        }
        let Some(error) = self.call.parts.error else { return };
        if constant(error, self.place).is_some() {
            let said = "the error comes first, then the message; nil where there is none".to_owned();
            let mut violation = self.note("lint-error-first", error, said);
            // Only an error that stands at hand under its own key is moved: everything else is a guess.
            if let Some((edit, at)) = self.moved_error() {
                violation.edits = vec![Edit::insert(error.start_byte(), format!("{at}, ")), edit];
            }
            found.push(violation);
            return;
        }
        let nil = error.kind_id() == kind::NIL;
        let beside = self.call.parts.pairs.iter().find(|pair| {
            pair.key.as_deref().is_some_and(is_error_key)
                && pair.value.is_some_and(|v| is_error(v, self.place).is_some())
        });
        if let (true, Some(pair)) = (nil, beside) {
            let said = "the error stands among the pairs and nil in its place".to_owned();
            let mut violation = self.note("lint-error-first", pair.key_node, said);
            if let Some(value) = pair.value.filter(|value| is_plain(*value))
                && let Some(cut) = self.call.parts.cut(pair)
            {
                violation.edits = vec![Edit::replace(error.byte_range(), self.place.text(value)), Edit::delete(cut)];
            }
            found.push(violation);
        }
    }

    /// The pair `"err", err` of a call that has no error in front: how it is cut, and the error.
    fn moved_error(&self) -> Option<(Edit, String)> {
        let is_error_pair = |pair: &&Pair<'t>| pair.key.as_deref().is_some_and(is_error_key);
        let pair = self.call.parts.pairs_without_error.iter().find(is_error_pair)?;
        let value = pair.value.filter(|value| is_plain(*value) && is_error(*value, self.place).is_some())?;
        Some((Edit::delete(self.call.parts.cut(pair)?), self.place.text(value)))
    }

    fn message(&self, found: &mut Vec<Violation>) {
        let misplaced = found.iter().any(|v| {
            v.rule == "lint-error-first" && self.call.parts.error.is_some_and(|e| v.span == e.byte_range().into())
        });
        let Some(message) = self.call.parts.message.filter(|_| !misplaced) else { return };
        let Some(text) = constant(message, self.place) else {
            if !self.may_be_constant(message) {
                let said = "the message is made at run time; what changes belongs into pairs".to_owned();
                found.push(self.note("lint-message-constant", message, said));
            }
            return;
        };
        if let Some(verb) = verb(&text) {
            let said = format!("the message has the format verb {verb}, which is printed as it stands");
            found.push(self.note("lint-message-verb", message, said));
        }
        let trimmed = text.trim_end_matches('\n');
        if trimmed != text {
            let mut violation = self.note(
                "lint-message-newline",
                message,
                "the message ends with a line break, which is printed as \\n".to_owned(),
            );
            if is_literal(message) {
                violation.edits = vec![Edit::replace(message.byte_range(), quote(trimmed))];
            }
            found.push(violation);
        }
    }

    fn odd(&self, found: &mut Vec<Violation>) {
        let Some(last) = self.call.parts.pairs.last().filter(|last| last.value.is_none()) else { return };
        let said = match self.call.parts.spread.is_some() {
            true => {
                format!("{} stands before a slice of pairs without a value of its own", self.place.text(last.key_node))
            }
            false => format!("{} has no value: klog prints (MISSING)", self.place.text(last.key_node)),
        };
        found.push(self.note("lint-odd-arguments", last.key_node, said));
    }

    fn key(&self, pair: &Pair<'t>, found: &mut Vec<Violation>) {
        let Some(key) = &pair.key else {
            if !self.may_be_constant(pair.key_node) {
                let said = format!("{} is no constant key", self.place.text(pair.key_node));
                found.push(self.note("lint-key-constant", pair.key_node, said));
            }
            return;
        };
        let rules = &self.place.rules.keys;
        let is_literal = is_literal(pair.key_node);
        if rules.reserved.contains(key) {
            let said = format!("{} is a field of every JSON line", quote(key));
            found.push(self.note("lint-key-reserved", pair.key_node, said));
        } else if !is_valid(key) {
            let better = camel(&words(key), rules);
            let said = format!("{} is no key: letters and digits in lowerCamelCase", quote(key));
            let mut violation = self.note("lint-key-name", pair.key_node, said);
            let taken = self.call.parts.pairs.iter().any(|other| other.key.as_deref() == Some(&better));
            if is_literal && is_valid(&better) && !taken && !rules.reserved.contains(&better) {
                violation.message.push_str(&format!(", such as {}", quote(&better)));
                violation.edits = vec![Edit::replace(pair.key_node.byte_range(), quote(&better))];
            }
            found.push(violation);
        }
    }

    fn duplicates(&self, found: &mut Vec<Violation>) {
        for (at, pair) in self.call.parts.pairs.iter().enumerate() {
            let Some(key) = pair.key.as_ref() else { continue };
            let Some(first) = self.call.parts.pairs.iter().take(at).find(|other| other.key.as_ref() == Some(key))
            else {
                continue;
            };
            let rule = if key == self.id_key { "lint-request-id-twice" } else { "lint-key-duplicate" };
            let said = format!("{} occurs twice: both are printed, and JSON readers take one or fail", quote(key));
            let mut violation = self.note(rule, pair.key_node, said);
            let same = matches!((first.value, pair.value), (Some(a), Some(b)) if self.place.text(a) == self.place.text(b) && is_plain(b));
            if let (true, Some(cut)) = (same, self.call.parts.cut(pair)) {
                violation.edits = vec![Edit::delete(cut)];
            }
            found.push(violation);
        }
    }

    fn request_id(&self, found: &mut Vec<Violation>) {
        let ids = self.call.parts.pairs.iter().filter(|pair| pair.key.as_deref() == Some(self.id_key));
        for pair in ids {
            let Some(value) = pair.value else { continue };
            let empty =
                value.kind_id() == kind::NIL || constant(value, self.place).is_some_and(|v| v.trim().is_empty());
            if empty {
                let said = format!("the pair {} is always empty", quote(self.id_key));
                let mut violation = self.note("lint-request-id-empty", value, said);
                if let Some(cut) = self.call.parts.cut(pair) {
                    violation.edits = vec![Edit::delete(cut)];
                }
                found.push(violation);
            }
        }
        if let Some(pair) = self.call.parts.pair(self.id_key)
            && self.call.site.class == Class::Contextual
            && self.call.logger_has_key(self.id_key, self.place)
        {
            let said = format!("the logger carries {} already", quote(self.id_key));
            found.push(self.note("lint-request-id-twice", pair.key_node, said));
        }
    }

    /// Whether an expression is a constant, or a name whose declaration is not at hand.
    fn may_be_constant(&self, node: Node<'t>) -> bool {
        let named = matches!(node.kind_id(), kind::IDENTIFIER | kind::SELECTOR_EXPRESSION);
        self.place.types.is_constant(node) || (named && matches!(self.place.type_of(node), Type::Unknown(_)))
    }
}

/// The text of a constant expression; literals are read also where a file's types are not known.
pub(super) fn constant<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<String> {
    constant_string(node, place.source(), &|node| place.types.string_of(node))
}

fn is_error_key(key: &str) -> bool {
    matches!(key, "err" | "error")
}

fn is_literal(node: Node<'_>) -> bool {
    matches!(node.kind_id(), kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL)
}

/// Whether an expression calls nothing: moving or dropping it changes no behaviour.
fn is_plain(node: Node<'_>) -> bool {
    CallExpression::cast(node).is_none()
        && matches!(node.kind_id(), kind::IDENTIFIER | kind::INTERPRETED_STRING_LITERAL)
}

/// The first format verb of a message; `100%` and `%%` are none.
fn verb(text: &str) -> Option<String> {
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        let behind = &rest[at + 1..];
        if let Some(after) = behind.strip_prefix('%') {
            rest = after;
            continue;
        }
        let flags = behind.len()
            - behind.trim_start_matches(['+', '-', '#', '0', '.', '1', '2', '3', '4', '5', '6', '7', '8', '9']).len();
        let mut next = behind[flags..].chars();
        if let Some(verb) = next.next().filter(|c| "vTtbcdoOqxXUeEfFgGspw".contains(*c))
            && next.next().is_none_or(|c| !c.is_ascii_alphanumeric())
        {
            return Some(format!("%{}{verb}", &behind[..flags]));
        }
        rest = behind;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::verb;

    #[test]
    fn verbs_are_told_from_percentages() {
        assert_eq!(verb("Got %s").as_deref(), Some("%s"));
        assert_eq!(verb("Got %+v, then").as_deref(), Some("%+v"));
        assert_eq!(verb("Took %0.3f seconds").as_deref(), Some("%0.3f"));
        assert_eq!(verb("At 100% of 5%% done"), None);
        assert_eq!(verb("Used 80%disk"), None);
    }
}
