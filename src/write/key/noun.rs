//! The noun before a value: the word, the noun of two words, the thing that has a name.

use super::namer::{Evidence, Key, Namer, is_plain};
use crate::klog::name::words;
use crate::write::message::is_quality;

impl Namer<'_> {
    pub(super) fn noun(&self) -> Option<String> {
        let before = match self.context.before.as_slice() {
            [.., head, by, _] if !self.context.label.is_empty() && matches!(by.as_str(), "by" | "per") => Some(head),
            _ => self.word_before(),
        };
        let word = before?.to_lowercase();
        let word = word.trim_end_matches("'s").to_owned();
        let plain = word.starts_with(|c: char| c.is_ascii_alphabetic())
            && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
        // "holds %d items": what stands before a number and what it counts.
        let third = self.operand.number
            && self.context.before.len() > 1
            && word.strip_suffix('s').is_some_and(|stem| self.verbs.contains(stem));
        // "node %s offers %s": what is done is no name either.
        let acts = self.context.before.len() == 1
            && !self.context.left.is_empty()
            && self.context.label.is_empty()
            && self.sentences.is_third_person(&word);
        let third = third || acts;
        (plain && word.len() > 1 && !self.is_silent(&word) && !self.is_verb(&word) && !third).then_some(word)
    }

    /// The word before the value; of "new leader elected: %s" what was elected.
    fn word_before(&self) -> Option<&String> {
        match self.context.before.as_slice() {
            [_, .., head, done] if !self.context.label.is_empty() && done.len() > 4 && done.ends_with("ed") => {
                Some(head)
            }
            all => all.last(),
        }
    }

    /// Whether a word names nothing.
    pub(super) fn is_silent(&self, word: &str) -> bool {
        self.keys.silent.contains(word) || self.sentences.closed.contains(word)
    }

    /// The words of the noun before the verb; none where another kind of word stands there.
    pub(super) fn plain_noun(&self) -> Option<Vec<String>> {
        let noun = self.noun().filter(|noun| !self.sentences.closed.contains(noun))?;
        let verbal = noun.len() > 4 && (noun.ends_with("ing") || noun.ends_with("ed"));
        let spelled = self.word_before()?.trim_end_matches("'s");
        (!verbal).then(|| self.expanded(&words(spelled)))
    }

    /// The noun's words in the text's own spelling.
    pub(super) fn spelled_noun(&self) -> Vec<String> {
        if let Some(thing) = self.thing_before().filter(|thing| thing.len() > 1) {
            return thing;
        }
        self.word_before().map_or_else(Vec::new, |w| words(w.trim_end_matches("'s")))
    }

    /// The words before the verb that make one noun of two, by the tables or by the value's own name: "storage class", "provider ID".
    pub(super) fn compound(&self) -> Option<Vec<String>> {
        let last = self.context.before.last()?.to_lowercase();
        let before = self.context.before.len().checked_sub(2).and_then(|at| self.context.before.get(at));
        let own = self.operand.chain.names.last().map(|own| words(own)).unwrap_or_default();
        let of_own = |word: &str| {
            let spoken = |own: &String, said: &str| own.eq_ignore_ascii_case(said.trim_end_matches('s'));
            let is_word = !self.keys.attributes.contains(&last) && !self.sentences.closed.contains(word);
            is_word && own.windows(2).any(|pair| spoken(&pair[0], word) && spoken(&pair[1], &last))
        };
        let compound = before.map(|word| word.to_lowercase()).filter(|word| {
            let compounds = &self.sentences.compounds;
            let heads = compounds.get(&last).or_else(|| compounds.get(last.trim_end_matches('s')));
            heads.is_some_and(|heads| heads.contains(word)) || of_own(word)
        })?;
        Some(vec![compound, last])
    }

    pub(super) fn thing_before(&self) -> Option<Vec<String>> {
        self.compound().or_else(|| Some(vec![self.noun()?]))
    }

    pub(super) fn mapped(&self, noun: &str) -> String {
        self.keys.nouns.get(noun).cloned().unwrap_or_else(|| noun.to_owned())
    }

    pub(super) fn of_noun(&self) -> Option<Key> {
        let noun = self.noun()?;
        if noun.ends_with("ing") || noun.ends_with("ed") {
            return None;
        }
        if let Some(mapped) = self.keys.nouns.get(&noun) {
            return self.key(mapped.clone(), Evidence::Noun);
        }
        if noun.len() > 4 && noun.ends_with("file") && self.operand.textual {
            return self.key("path".to_owned(), Evidence::Noun);
        }
        self.key(self.camel(&self.spelled_noun()), Evidence::Noun)
    }

    /// "adding %s taint to node" of `TaintOutOfService`: the noun behind the value, where its name has it.
    pub(super) fn of_noun_behind(&self) -> Option<Key> {
        let spelled = self.context.after.as_ref()?;
        let word = spelled.to_lowercase();
        let other = self.is_silent(&word) || is_quality(&word) || self.is_verb(&word);
        let own = self.operand.chain.names.last().map(|own| words(own)).unwrap_or_default();
        let has = own.iter().any(|part| part.eq_ignore_ascii_case(&word));
        let names = !other && has && !self.sentences.is_third_person(&word) && is_plain(&word);
        names.then(|| self.key(self.camel(&words(spelled)), Evidence::Noun))?
    }

    /// The last noun before the verb that names an entity, however far: "container status for %q".
    pub(super) fn entity_before(&self) -> Option<String> {
        if self.is_apart() {
            return None;
        }
        let lower = |w: &String| w.to_lowercase().trim_end_matches("'s").to_owned();
        self.context.before.iter().rev().map(lower).find(|w| self.keys.entities.contains(w))
    }

    /// "Pod is started by %s": whether the value is something else than what the text names before it.
    pub(super) fn is_apart(&self) -> bool {
        let [.., word, last] = self.context.before.as_slice() else { return false };
        self.sentences.apart.contains(&last.to_lowercase()) && !self.keys.entities.contains(&word.to_lowercase())
    }

    /// "pod %s (UID %s)": the entity that the value before this one is.
    pub(super) fn entity_left(&self) -> Option<String> {
        let last = self.context.left.last()?.to_lowercase();
        self.keys.entities.contains(&last).then_some(last)
    }
}
