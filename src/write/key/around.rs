//! Names from the words around a value, where its own says nothing.

use super::namer::{Evidence, Key, Namer, is_plain};
use crate::klog::name::words;
use crate::write::message::{Side, is_quality};

/// Words behind a number that what it counts is looked for in.
const MAX_COUNTED: usize = 3;

impl Namer<'_> {
    /// A number is called by what it counts, a span of time by the preposition before it, where their own names say nothing.
    pub(super) fn of_nature(&self) -> Option<Key> {
        let own = self.operand.chain.names.last();
        let silent = self.operand.chain.computed || own.is_none_or(|own| self.is_generic(own));
        if self.context.indexed && self.operand.number && silent {
            return self.key("index".to_owned(), Evidence::Noun);
        }
        if self.operand.chain.names.len() != 1
            || own.is_some_and(|own| !self.is_generic(own))
            || !self.context.label.is_empty()
        {
            return None;
        }
        let before = self.context.before.last().map(|word| word.to_lowercase());
        let behind = self.sentences.behind.get(&self.tail(2)).or_else(|| self.sentences.behind.get(&self.tail(1)));
        if let Some(name) = behind {
            return self.key(name.clone(), Evidence::Noun);
        }
        if self.operand.duration
            && let Some(name) = before.as_ref().and_then(|word| self.sentences.durations.get(word))
        {
            return self.key(name.clone(), Evidence::Noun);
        }
        if self.operand.duration && self.noun().is_none() && own.is_some_and(|own| own.len() < 3) {
            return self.key("duration".to_owned(), Evidence::Noun);
        }
        if !self.operand.number || self.operand.chain.count {
            return None;
        }
        let open = |word: &&String| !self.sentences.closed.contains(&word.to_lowercase());
        let run: Vec<&String> = self.context.behind.iter().take_while(open).take(MAX_COUNTED).collect();
        let plural = |word: &str| word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && is_plain(word);
        let at = run.iter().position(|word| plural(word))?;
        let noun = words(run[at]);
        let left = run.get(at + 1).filter(|word| matches!(word.as_str(), "left" | "remaining"));
        let noun = [noun, left.map(|word| words(word)).unwrap_or_default()].concat();
        self.key(self.camel(&noun), Evidence::Noun)
    }

    /// `label %s=%s` → labelKey, labelValue.
    pub(super) fn of_assignment(&self) -> Option<Key> {
        let (words_before, part) = match self.context.assignment? {
            Side::Left => (self.context.before.as_slice(), "key"),
            Side::Right => (self.context.left.as_slice(), "value"),
        };
        let lower = |w: &String| w.to_lowercase();
        let entity = words_before.iter().rev().map(lower).find(|w| self.keys.entities.contains(w))?;
        self.key(self.camel(&[entity, part.to_owned()]), Evidence::Noun)
    }

    pub(super) fn of_label(&self) -> Option<Key> {
        let mut label = self.label();
        // "cannot convert to *Shelf: %v": what it is not.
        if label.last().is_some_and(|word| word.starts_with('*')) {
            return self.key("object".to_owned(), Evidence::Label);
        }
        // "Tokens by user: %v" are tokens.
        if let Some(at) = label.iter().position(|word| matches!(word.as_str(), "by" | "per")).filter(|at| *at > 0) {
            label = &label[..at];
        }
        while let [rest @ .., last] = label
            && self.keys.silent.contains(&last.to_lowercase())
        {
            label = rest;
        }
        // Of a longer label the last word is the noun: "ignore irrelevant event: %v".
        let identifier = |w: &String| w.chars().skip(1).any(char::is_uppercase) && w.chars().any(char::is_lowercase);
        if label.len() > 2 || label.first().is_some_and(|w| self.is_verb(w)) || label.iter().any(identifier) {
            label = &label[label.len().saturating_sub(1)..];
        }
        // "Unexpected object in cache: %v" of `obj`.
        let own = self.operand.chain.names.last().and_then(|own| self.keys.preferred.get(own));
        if let Some(own) =
            own.filter(|own| self.context.label.len() > 2 && self.context.label.iter().any(|w| w == *own))
        {
            return self.key(own.clone(), Evidence::Label);
        }
        let label: Vec<String> = label.iter().flat_map(|w| words(w)).collect();
        self.key(self.camel(&label), Evidence::Label)
    }

    /// Without a name of its own a value is called by its label, the noun before it, or the noun behind it.
    pub(super) fn of_text(&self) -> Option<Key> {
        self.of_label().or_else(|| self.of_noun()).or_else(|| {
            let after = self.context.after.as_ref()?.to_lowercase();
            let words = words(&after);
            (!self.keys.silent.contains(&after) && !is_quality(&after))
                .then(|| self.key(self.camel(&words), Evidence::Noun))?
        })
    }

    /// "Depth of queue %s: %d": what the second value is.
    pub(super) fn head_of(&self) -> Option<String> {
        match (self.context.before.as_slice(), self.context.left.as_slice()) {
            ([], [head, of, ..]) if of == "of" => Some(head.clone()),
            _ => None,
        }
    }
}
