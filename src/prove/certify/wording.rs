//! What a message says against what the old one said.

use std::collections::BTreeSet;

use super::reading::{Reading, Value};
use super::reason::Finding;
use crate::klog::name::{is_humped, words};
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
    let negations = listed(&sentences.negations);
    let denials = |text: &str| {
        let spelled = words(text).into_iter().filter(|word| !stems(word).is_disjoint(&negations)).count();
        spelled + text.to_lowercase().matches("n't ").count()
    };
    let negative = listed(&sentences.negative);
    let introduces: BTreeSet<String> = INTRODUCES.iter().flat_map(|word| stems(word)).collect();
    let named: BTreeSet<String> = [old, new].iter().flat_map(|side| side.all()).flat_map(called).collect();
    let doubts = |of: &BTreeSet<String>, other: &BTreeSet<String>| {
        let own = of.intersection(&negative).filter(|word| !other.contains(*word) && !named.contains(*word));
        own.filter(|word| !introduces.contains(*word)).count()
    };
    let (was, is) = (denials(&old.message), denials(&new.message));
    let (lost, gained) = (doubts(&before, &after), doubts(&after, &before));
    // What said nothing, as an error alone, has no opposite.
    let negated = !before.is_empty()
        && (was > is && gained == 0
            || is > was && lost == 0 && !(was == 0 && new.mapped == Severity::Error && gained + lost == 0 && is == 1)
            || was == is && lost > 0 && gained == 0
            || prefixed(&before, &after)
            || prefixed(&after, &before));
    let content = |words: &BTreeSet<String>| -> BTreeSet<String> {
        words.iter().filter(|word| word.len() > 2 && !sentences.closed.contains(*word)).cloned().collect()
    };
    let constants = new.all().filter_map(Value::constant).flat_map(stems);
    let known: BTreeSet<String> = old
        .all()
        .flat_map(|value| value.words.iter().chain(&value.said))
        .flat_map(|word| stems(word))
        .chain(constants)
        .collect();
    let (said, says) = (content(&stems(&old.unprefixed)), content(&after));
    let foreign = said.len() > 1 && !says.is_empty() && says.is_disjoint(&said) && says.is_disjoint(&known);
    let missing = said.iter().filter(|word| !says.contains(*word) && !told(word, new, &known)).count();
    // "isn't there" → "is missing".
    let respelled = was > is && gained > 0;
    let half = missing > 1 && missing * 2 > said.len() && !respelled;
    let gone = half || says.is_empty() && !said.is_empty() && known.is_disjoint(&said);
    let open = dangling(&new.message, rules) && !dangling(&old.message, rules);
    let strange = new.message.chars().any(|c| is_strange(c) && !old.message.contains(c));
    (turned || negated || foreign || gone || open || strange)
        .then(|| Finding::MessageChanged { old: old.message.trim().to_owned(), new: new.message.trim().to_owned() })
}

/// Words that only introduce an error.
const INTRODUCES: [&str; 2] = ["error", "err"];
/// What turns a word into its opposite.
const TURNS: [&str; 3] = ["un", "in", "dis"];

/// Whether a word of one text stands in the other with what turns it.
fn prefixed(from: &BTreeSet<String>, to: &BTreeSet<String>) -> bool {
    let turned = |word: &String| {
        let mut turned = TURNS.iter().map(|turn| format!("{turn}{word}"));
        turned.any(|turned| to.contains(&turned) && !from.contains(&turned))
    };
    from.iter().any(|word| word.len() > 3 && !to.contains(word) && turned(word))
}

/// What a value is called by its key and by its own words.
fn called(value: &Value) -> BTreeSet<String> {
    value.key.iter().chain(&value.words).flat_map(|word| stems(word)).collect()
}

/// Whether a word of the old text is told by a key, or by what a value is called.
fn told(word: &String, new: &Reading, known: &BTreeSet<String>) -> bool {
    let keys = new.all().filter_map(|value| value.key.as_deref()).flat_map(stems);
    known.contains(word) || keys.into_iter().any(|key| key == *word)
}

/// Whether a text ends in a word that needs another one behind it. "Load is called" and "Load: called" need none.
fn dangling(text: &str, rules: &RuleSet) -> bool {
    let is_quoted = text.trim_end().ends_with(['"', '\'']);
    let mut words = text.trim_end_matches(|c: char| !c.is_alphanumeric()).split_whitespace().rev();
    let last = words.next().unwrap_or_default();
    let is_name = |word: &str| is_humped(word.trim_end_matches(|c: char| !c.is_alphanumeric())) || word.ends_with(':');
    let is_whole = rules.messages.of_functions.contains(last)
        && words.next().is_some_and(|before| rules.sentences.subjectless.contains(before) || is_name(before));
    rules.messages.prepositions.contains(last) && !is_quoted && !is_whole
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
