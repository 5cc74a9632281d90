//! Values that stand under each other's keys.

use std::collections::BTreeSet;

use super::reading::{Reading, Value};
use super::reason::Finding;
use crate::klog::name::words;

/// How well two values fit their keys, and how well they would fit each other's, in hundredths of the keys' words.
struct Fit {
    own: [usize; 2],
    other: [usize; 2],
}

/// What the words of a value's expression count against those that the old text had before it.
const OWN: usize = 2;

/// Pairs of which the words of value and text say that they were exchanged.
pub fn swapped(old: &Reading, new: &Reading) -> Vec<Finding> {
    let keyed: Vec<(&Value, &str)> =
        new.values.iter().filter_map(|value| Some((value, value.key.as_deref()?))).collect();
    let known: Vec<Known> = keyed.iter().map(|(value, _)| Known::of(value, old)).collect();
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

/// Whether the keys fit each other's value better: both of them, or one that does not fit its own at all, or in sum where the
/// values stand in another order than the old line had them.
fn exchanged(fit: &Fit, inverted: bool) -> bool {
    let sum = |fit: [usize; 2]| fit[0] + fit[1];
    let [first, second] = [0, 1].map(|at| fit.other[at].cmp(&fit.own[at]));
    let better = [first, second].iter().filter(|order| order.is_gt()).count();
    let worse = [first, second].iter().any(|order| order.is_lt());
    let plain = (0..2).any(|at| fit.own[at] == 0 && fit.other[at] >= 100 * OWN);
    !worse && (better == 2 || better == 1 && (inverted || plain)) || inverted && sum(fit.other) > sum(fit.own)
}

/// Whether a call with keys had both values under the other key.
fn crossed(old: &Reading, (value, key): (&Value, &str), (other, other_key): (&Value, &str)) -> bool {
    let had = |value: &Value, key: &str| {
        old.values.iter().any(|before| before.key.as_deref() == Some(key) && before.text == value.text)
    };
    old.structured && had(value, other_key) && had(other, key)
}

/// The words of a value, and what the old line said of it.
struct Known<'v> {
    words: Vec<&'v BTreeSet<String>>,
    said: Vec<&'v BTreeSet<String>>,
}

impl<'v> Known<'v> {
    fn of(value: &'v Value, old: &'v Reading) -> Self {
        let before = place(value, old).and_then(|at| old.values.get(at));
        let words = std::iter::once(&value.words).chain(before.map(|before| &before.words));
        Self { words: words.collect(), said: before.map(|before| &before.said).into_iter().collect() }
    }
}

/// Which of the old line's values it is.
fn place(value: &Value, old: &Reading) -> Option<usize> {
    let is = |before: &Value| before.needs.iter().any(|need| need.intersection(&value.shows).next().is_some());
    old.values.iter().position(|before| before.text == value.text).or_else(|| old.values.iter().position(is))
}

/// How many hundredths of a key's words are among those of a value.
fn fits(key: &str, known: &Known<'_>) -> usize {
    let words: Vec<String> = words(key).iter().map(|word| word.to_lowercase()).collect();
    let among =
        |sets: &[&BTreeSet<String>], word: &String| sets.iter().any(|set| set.iter().any(|other| alike(word, other)));
    let share =
        |sets: &[&BTreeSet<String>]| words.iter().filter(|word| among(sets, word)).count() * 100 / words.len().max(1);
    (share(&known.words) * OWN).max(share(&known.said))
}

/// Whether two words are one, in another number or cut short.
fn alike(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    short == long || short.len() > 4 && long.starts_with(short) || long.strip_suffix('s') == Some(short)
}
