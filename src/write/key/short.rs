//! Short forms of words, and the words that they stand for.

use crate::rule::{Keys, Sentences};

/// Whether a short word is the head of a longer one, or its consonants: sock, tmpl.
pub fn abbreviates(short: &str, long: &str) -> bool {
    let long = long.to_lowercase();
    if short.len() < 2 || short.len() >= long.len() || short.chars().next() != long.chars().next() {
        return false;
    }
    let consonants = !short.chars().skip(1).any(|c| "aeiou".contains(c));
    let mut rest = long.chars();
    long.starts_with(short) || consonants && short.chars().all(|c| rest.any(|l| l == c))
}

/// The word that a short form stands for.
pub fn whole_word<'r>(short: &str, keys: &'r Keys, sentences: &'r Sentences) -> Option<&'r String> {
    let lower = short.to_lowercase();
    // `dir` → path is another word, and `lb` is written out by itself alone.
    let preferred = keys.preferred.get(&lower).filter(|whole| {
        lower.len() > 2 && whole.chars().next() == lower.chars().next() && whole.chars().all(|c| c.is_ascii_lowercase())
    });
    sentences.abbreviations.get(&lower).or(preferred)
}
