//! The rules that structured calls are held to; their documentation lies in rules/check.toml.

use super::levels;
use super::pairs::Listed;
use super::violation::{Violation, constant, is_literal, is_plain, verb};
use crate::go::syntax::kind;
use crate::go::types::Type;
use crate::klog::call::{Class, LogCall, Pair};
use crate::klog::error::{is_error, is_error_key};
use crate::klog::format::quote;
use crate::klog::place::Place;
use crate::rule::Severity;
use crate::text::Edit;
use tree_sitter::Node;

/// The key of the error that stands before a message.
const ERROR: &str = "err";

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
        let (call, place) = (self.call, self.place);
        let carries = |key: &str| call.site.class == Class::Contextual && call.logger_has_key(key, place);
        Listed { parts: &call.parts, place, id_key: self.id_key }.violations(&carries, &mut found);
        self.error_twice(&mut found);
        self.request_id(&mut found);
        levels::of_call(call, place, &mut found);
        found
    }

    /// `ErrorS("msg", …)` has its message where the error belongs.
    fn error_first(&self, found: &mut Vec<Violation>) {
        if self.call.site.severity != Severity::Error {
            return;
        }
        let Some(error) = self.call.parts.error else { return };
        if constant(error, self.place).is_some() {
            let said = "the error comes first, then the message; nil where there is none".to_owned();
            let mut violation = Violation::new("lint-error-first", error, said);
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
            let mut violation = Violation::new("lint-error-first", pair.key_node, said);
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
                found.push(Violation::new("lint-message-constant", message, said));
            }
            return;
        };
        if text.trim().is_empty() {
            found.push(Violation::new("lint-message-empty", message, "the message says nothing".to_owned()));
        }
        if let Some(verb) = verb(&text) {
            let said = format!("the message has the format verb {verb}, which is printed as it stands");
            found.push(Violation::new("lint-message-verb", message, said));
        }
        let trimmed = text.trim_end_matches('\n');
        if trimmed != text {
            let mut violation = Violation::new(
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

    /// The error before the message is printed as `err`.
    fn error_twice(&self, found: &mut Vec<Violation>) {
        let error = self.call.parts.error.filter(|error| error.kind_id() != kind::NIL);
        let Some((error, pair)) = error.zip(self.call.parts.pair(ERROR)) else { return };
        if constant(error, self.place).is_some() {
            return;
        }
        let said = format!("{} is the key of the error before the message", quote(ERROR));
        let violation = Violation::new("lint-key-duplicate", pair.key_node, said);
        let text = |node| self.place.text(node);
        let same = pair.value.filter(|value| is_plain(*value) && text(*value) == text(error));
        let cut = same.and_then(|_| self.call.parts.cut(pair));
        found.push(violation.mended_by(cut.map(Edit::delete)));
    }

    fn request_id(&self, found: &mut Vec<Violation>) {
        let ids = self.call.parts.pairs.iter().filter(|pair| pair.key.as_deref() == Some(self.id_key));
        for pair in ids {
            let Some(value) = pair.value else { continue };
            let empty =
                value.kind_id() == kind::NIL || constant(value, self.place).is_some_and(|v| v.trim().is_empty());
            if empty {
                let said = format!("the pair {} is always empty", quote(self.id_key));
                let mut violation = Violation::new("lint-request-id-empty", value, said);
                if let Some(cut) = self.call.parts.cut(pair) {
                    violation.edits = vec![Edit::delete(cut)];
                }
                found.push(violation);
            }
        }
    }

    /// Whether an expression is a constant, or a name whose declaration is not at hand.
    fn may_be_constant(&self, node: Node<'t>) -> bool {
        let named = matches!(node.kind_id(), kind::IDENTIFIER | kind::SELECTOR_EXPRESSION);
        self.place.types.is_constant(node) || (named && matches!(self.place.type_of(node), Type::Unknown(_)))
    }
}
