//! What names a value, and the words that each source of a name is made of.

use super::short::whole_word;
use crate::klog::name::{camel, words};
use crate::klog::operand::Chain;
use crate::rule::{Keys, RuleSet, Sentences};
use crate::write::message::Context;

/// Where a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// The operand's own name.
    Operand,
    /// A label in the text: `expected value: %v`.
    Label,
    /// The noun before the verb: `container %q`.
    Noun,
    /// Nothing: `value`.
    Nothing,
}

/// A key and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// The key.
    pub text: String,
    /// Where it comes from.
    pub evidence: Evidence,
}

/// What is known of an operand apart from the words around it.
#[derive(Clone, Debug, Default)]
pub struct Operand {
    /// Its names.
    pub chain: Chain,
    /// It is text.
    pub textual: bool,
    /// Its value is fixed at compile time, so that its name is the value's and not the key's.
    pub constant: bool,
    /// Name of its type, if it is a struct's or an interface's.
    pub type_name: Option<String>,
    /// Name of its type, if that is made of string and says what the string is: `ResourceName`, `UID`.
    pub string_type: Option<String>,
    /// It is a number.
    pub number: bool,
    /// It is a span of time.
    pub duration: bool,
}

/// What names a value.
pub(super) struct Namer<'a> {
    pub(super) operand: &'a Operand,
    pub(super) context: &'a Context,
    pub(super) keys: &'a Keys,
    pub(super) verbs: &'a std::collections::BTreeSet<String>,
    pub(super) sentences: &'a Sentences,
}

impl<'a> Namer<'a> {
    /// Of a value in its place.
    pub(super) fn new(operand: &'a Operand, context: &'a Context, rules: &'a RuleSet) -> Self {
        Self { operand, context, keys: &rules.keys, verbs: &rules.messages.verbs, sentences: &rules.sentences }
    }

    /// The words of the label; of "Loaded template: %v" those that are no verb at its head. "Shelf has been deleted: %v" is none.
    pub(super) fn label(&self) -> &'a [String] {
        let label = &self.context.label;
        // "Sync failed: %s" says why.
        let failed = matches!(label.as_slice(), [_, .., last] if matches!(last.as_str(), "failed" | "fails"));
        if failed || self.is_clause(label) {
            return &[];
        }
        let acts = |word: &String| {
            let lower = word.to_lowercase();
            let known = |verb: &str| self.verbs.contains(verb) || self.sentences.actions.contains(verb);
            let done = ["d", "ed"].iter().any(|ending| lower.strip_suffix(ending).is_some_and(known));
            done && word.starts_with(char::is_uppercase) && !self.sentences.role_words.contains(&lower)
        };
        match label.as_slice() {
            [first, rest @ ..] if !rest.is_empty() && acts(first) => rest,
            all => all,
        }
    }

    /// Whether words say something by themselves: a verb or a denial stands among them, and something behind it.
    fn is_clause(&self, label: &[String]) -> bool {
        let says = |word: &String| {
            let lower = word.to_lowercase();
            self.sentences.finite.contains(&lower) || self.sentences.negations.contains(&lower)
        };
        let whole = |word: &String| !self.keys.silent.contains(&word.to_lowercase());
        label.iter().position(says).is_some_and(|at| at > 0 && label[at..].iter().skip(1).any(whole))
    }

    /// The last words before the value.
    pub(super) fn tail(&self, count: usize) -> String {
        let before = &self.context.before;
        before[before.len().saturating_sub(count)..].join(" ")
    }

    pub(super) fn camel(&self, words: &[String]) -> String {
        camel(words, self.keys)
    }

    pub(super) fn key(&self, text: String, evidence: Evidence) -> Option<Key> {
        crate::klog::name::is_valid(&text).then_some(Key { text, evidence })
    }

    pub(super) fn is_generic(&self, name: &str) -> bool {
        name.len() <= 2 && !matches!(name, "IP" | "ip" | "OS") || self.keys.generic.contains(&name.to_lowercase())
    }

    pub(super) fn is_verb(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        self.verbs.contains(&lower)
            || lower.len() > 4 && (lower.ends_with("ing") || lower == "updated" || lower == "created")
    }

    /// Whole words for the short forms that a name starts with or ends in.
    pub(super) fn expanded(&self, own: &[String]) -> Vec<String> {
        let edge = |at: usize| at == 0 || at + 1 == own.len();
        let whole = |(at, word): (usize, &String)| match whole_word(word, self.keys, self.sentences) {
            Some(whole) if edge(at) => words(whole),
            _ => vec![word.clone()],
        };
        own.iter().enumerate().flat_map(whole).collect()
    }

    /// The thing that an owner is about: `mirrorPod` → pod, `pluginInfo` → plugin, `ObjectMeta` → nothing.
    pub(super) fn thing(&self, owner: &[String]) -> Vec<String> {
        let mut thing = owner.to_vec();
        while thing.len() > 1 && thing.last().is_some_and(|w| self.keys.suffixes.contains(&w.to_lowercase())) {
            thing.pop();
        }
        match thing.last() {
            Some(last) if self.keys.entities.contains(&last.to_lowercase()) => vec![last.clone()],
            _ => thing,
        }
    }
}

/// Whether a word is letters and digits alone.
pub(super) fn is_plain(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_alphanumeric())
}
