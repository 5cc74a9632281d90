//! A message on its way, and what its words may be: prepositions, verbs, nouns.

use crate::klog::name::is_humped;
use crate::rule::{Messages, Sentences};
use crate::write::message::grammar::is_quality;
use crate::write::message::prefix::Prefix;
use crate::write::message::role::{Message, Role};
use crate::write::reason::Doubt;

/// Brackets that are gone leave a hole that is none of the template's.
pub(super) const NO_HOLE: usize = usize::MAX;

/// What makes the message.
pub(super) struct Builder<'a> {
    pub(super) roles: &'a [Role],
    pub(super) messages: &'a Messages,
    pub(super) sentences: &'a Sentences,
    pub(super) attributes: &'a std::collections::BTreeSet<String>,
    pub(super) entities: &'a std::collections::BTreeSet<String>,
    pub(super) prefix: Prefix<'a>,
    pub(super) message: Message,
}

impl Builder<'_> {
    pub(super) fn is(&self, set: &std::collections::BTreeSet<String>, word: &str) -> bool {
        set.contains(word) || set.contains(&word.to_lowercase())
    }

    pub(super) fn preposition(&self, word: &str) -> bool {
        self.is(&self.messages.prepositions, word)
    }

    /// Whether a word wants an object. Base forms are as often nouns: they are verbs at the head of a clause and behind
    /// `to`, `not` and the like.
    pub(super) fn verb(&self, word: &str, before: Option<&str>) -> bool {
        let lower = word.to_lowercase();
        // `isEnabled` is a name.
        if is_humped(word) {
            return false;
        }
        if self.messages.verbs.contains(&lower) {
            return before.is_none_or(|b| self.is(&self.messages.infinitive_markers, b));
        }
        let formed = (lower.ends_with("ing") || lower.ends_with("ed")) && lower.len() > 4;
        formed && !self.messages.not_verbs.contains(&lower)
    }

    /// Whether a verb follows these words, whatever word it is: "failed to".
    pub(super) fn wants_verb(&self, words: &[&str]) -> bool {
        matches!(words, [.., tries, to] if *to == "to" && self.is(&self.messages.tries, tries))
    }

    /// Whether a word goes on with a sentence about what stands before it: `is`, `failed`, `errored`.
    pub(super) fn predicate(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        self.messages.predicates.contains(&lower) || lower.len() > 4 && lower.ends_with("ed") && !is_humped(word)
    }

    /// Whether a word ties what follows to a sentence. "and" at the head of a list does not.
    pub(super) fn goes_with(&self, word: &str) -> bool {
        self.preposition(word) && !matches!(word, "and" | "or")
    }

    pub(super) fn doubt(&mut self, doubt: Doubt) {
        if !self.message.doubts.contains(&doubt) {
            self.message.doubts.push(doubt);
        }
    }

    pub(super) fn error(&self, hole: usize) -> bool {
        self.roles.get(hole).is_some_and(|role| role.error)
    }

    /// Whether a text says that something is done or wrong, and does not only name a thing: "Load balancer of zone".
    pub(super) fn says(&self, text: &str) -> bool {
        let words: Vec<&str> =
            text.split_whitespace().map(|word| word.trim_matches([',', ';', ':', '.', '(', ')'])).collect();
        let heads = |head: &str| self.sentences.compounds.get(&head.to_lowercase());
        let names = |first: &str, second: Option<&&str>| {
            second.and_then(|second| heads(second)).is_some_and(|firsts| firsts.contains(&first.to_lowercase()))
        };
        words.iter().enumerate().any(|(at, word)| {
            let lower = word.to_lowercase();
            let acts = at == 0 && !names(word, words.get(1)) && self.messages.verbs.contains(&lower);
            acts || self.predicate(word)
                || is_quality(&lower)
                || self.sentences.is_third_person(word)
                || self.sentences.finite.contains(&lower)
                || self.messages.error_nouns.contains(&lower)
                || self.messages.fault_words.contains(&lower)
                || self.sentences.says_wrong(word)
        })
    }

    /// Nothing but prepositions stands there, so that dropping one more would leave no subject.
    pub(super) fn preposition_chain(&self, words: &[&str]) -> bool {
        words.iter().all(|w| self.preposition(w))
    }

    /// Whether a word may be part of a thing's name before `is` and its value, as each of "last scale time".
    pub(super) fn names_thing(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        !self.sentences.closed.contains(&lower)
            && !self.preposition(word)
            && !self.predicate(word)
            && !lower.ends_with("ing")
    }

    /// Whether a word may be a noun: it has letters and is none of those that are something else.
    pub(super) fn is_noun(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        let other = self.sentences.closed.contains(&lower) || self.preposition(word) || self.predicate(word);
        !other
            && !self.verb(word, None)
            && !self.sentences.is_third_person(word)
            && !is_quality(&lower)
            && word.starts_with(char::is_alphabetic)
    }
}
