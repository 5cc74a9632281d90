//! What a message says against what the old one said.

use std::collections::BTreeSet;

use super::reading::Reading;
use super::reason::Finding;
use crate::klog::name::words;
use crate::rule::{RuleSet, Severity};

/// What a message says that is another thing than what the old one said.
pub fn reworded(old: &Reading, new: &Reading, rules: &RuleSet) -> Option<Finding> {
    let (before, after) = (stems(&old.message), stems(&new.message));
    let has = |words: &BTreeSet<String>, side: &BTreeSet<String>| !words.is_disjoint(side);
    let sentences = &rules.sentences;
    let listed = |words: &BTreeSet<String>| words.iter().flat_map(|word| stems(word)).collect::<BTreeSet<String>>();
    let turned = sentences.opposites.iter().any(|sides| {
        let [a, b] = [0, 1].map(|at| sides[at].iter().flat_map(|word| stems(word)).collect::<BTreeSet<String>>());
        let turns = |from: &BTreeSet<String>, to: &BTreeSet<String>| {
            has(&before, from) && !has(&before, to) && has(&after, to) && !has(&after, from)
        };
        turns(&a, &b) || turns(&b, &a)
    });
    let denies = |words: &BTreeSet<String>, text: &str| {
        has(words, &listed(&sentences.negations)) || text.to_lowercase().contains("n't ")
    };
    let doubts = |words: &BTreeSet<String>| has(words, &listed(&sentences.negative));
    let (was, is) = (denies(&before, &old.message), denies(&after, &new.message));
    let negated = was && !is && !doubts(&after) || is && !was && !doubts(&before) && new.mapped != Severity::Error;
    let content = |words: &BTreeSet<String>| -> BTreeSet<String> {
        words.iter().filter(|word| word.len() > 2 && !sentences.closed.contains(*word)).cloned().collect()
    };
    let known: BTreeSet<String> =
        old.all().flat_map(|value| value.words.iter().chain(&value.said)).flat_map(|word| stems(word)).collect();
    let (said, says) = (content(&before), content(&after));
    let foreign = said.len() > 1 && !says.is_empty() && says.is_disjoint(&said) && says.is_disjoint(&known);
    let strange = new.message.chars().any(|c| is_strange(c) && !old.message.contains(c));
    (turned || negated || foreign || strange)
        .then(|| Finding::MessageChanged { old: old.message.trim().to_owned(), new: new.message.trim().to_owned() })
}

/// Whether a character moves others, shows as nothing, or is a letter of another script.
fn is_strange(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
        || !c.is_ascii() && c.is_alphabetic()
}

/// The words of a text without their endings.
pub fn stems(text: &str) -> BTreeSet<String> {
    let stem = |word: &str| {
        let ending = ["ing", "ed", "es", "s", "e"].into_iter().find_map(|ending| word.strip_suffix(ending));
        let stem = ending.filter(|stem| stem.len() > 2).unwrap_or(word);
        // "stop", "stopped".
        let mut last = stem.chars().rev();
        let doubled = last.next().zip(last.next()).is_some_and(|(a, b)| a == b);
        let mut stem = stem.to_owned();
        if doubled {
            stem.pop();
        }
        stem
    };
    words(text).iter().map(|word| stem(&word.to_lowercase())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_compared_without_their_endings() {
        let text = |text: &str| stems(text).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(text("Creating  created creates CREATE"), "creat");
        assert_eq!(text("Is it used? (no)"), "is it no used");
    }
}
