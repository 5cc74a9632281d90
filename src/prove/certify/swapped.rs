//! Values that stand under each other's keys.

use std::collections::BTreeSet;

use super::reading::{Reading, Value};
use super::reason::Finding;
use crate::klog::name::words;

/// How well two values fit their keys, and how well they would fit each other's.
struct Fit {
    own: [usize; 2],
    other: [usize; 2],
}

/// Pairs of which the words of value and text say that they were exchanged.
pub fn swapped(old: &Reading, new: &Reading) -> Vec<Finding> {
    let keyed: Vec<(&Value, &str)> =
        new.values.iter().filter_map(|value| Some((value, value.key.as_deref()?))).collect();
    let known: Vec<BTreeSet<String>> = keyed.iter().map(|(value, _)| said(value, old)).collect();
    let places: Vec<Option<usize>> = keyed.iter().map(|(value, _)| place(value, old)).collect();
    let mut found = Vec::new();
    for (at, (value, key)) in keyed.iter().enumerate() {
        for (other_at, (other, other_key)) in keyed.iter().enumerate().skip(at + 1) {
            let fit = Fit {
                own: [fits(key, &known[at]), fits(other_key, &known[other_at])],
                other: [fits(key, &known[other_at]), fits(other_key, &known[at])],
            };
            let inverted = matches!((places[at], places[other_at]), (Some(a), Some(b)) if a > b);
            if exchanged(&fit, inverted) || crossed(old, (value, key), (other, other_key)) {
                let (value, key, other) = (value.text.clone(), (*key).to_owned(), other.text.clone());
                found.push(Finding::ValueSwapped { value, key, other });
            }
        }
    }
    found
}

fn exchanged(fit: &Fit, inverted: bool) -> bool {
    let [first, second] = [0, 1].map(|at| fit.other[at].cmp(&fit.own[at]));
    let better = [first, second].iter().filter(|order| order.is_gt()).count();
    let worse = [first, second].iter().any(|order| order.is_lt());
    !worse && (better == 2 || better == 1 && inverted)
}

/// Whether a call with keys had both values under the other key.
fn crossed(old: &Reading, (value, key): (&Value, &str), (other, other_key): (&Value, &str)) -> bool {
    let had = |value: &Value, key: &str| {
        old.values.iter().any(|before| before.key.as_deref() == Some(key) && before.text == value.text)
    };
    old.structured && had(value, other_key) && had(other, key)
}

/// The words of a value and of what the old line said of it.
fn said(value: &Value, old: &Reading) -> BTreeSet<String> {
    let before = place(value, old).and_then(|at| old.values.get(at));
    value.words.iter().chain(before.iter().flat_map(|before| &before.words)).cloned().collect()
}

/// Which of the old line's values it is.
fn place(value: &Value, old: &Reading) -> Option<usize> {
    let is = |before: &Value| before.needs.iter().any(|need| need.intersection(&value.shows).next().is_some());
    old.values.iter().position(|before| before.text == value.text).or_else(|| old.values.iter().position(is))
}

/// How many hundredths of a key's words are among those of a value.
fn fits(key: &str, known: &BTreeSet<String>) -> usize {
    let words: Vec<String> = words(key).iter().map(|word| word.to_lowercase()).collect();
    let is_known = |word: &&String| {
        known.iter().any(|other| {
            other == *word
                || word.len() > 3
                    && other.len() > 3
                    && (other.starts_with(word.as_str()) || word.starts_with(other.as_str()))
        })
    };
    if words.is_empty() { 0 } else { words.iter().filter(is_known).count() * 100 / words.len() }
}
