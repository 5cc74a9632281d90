//! Values that stand under each other's keys.

use std::collections::BTreeSet;

use super::reading::{Reading, Value};
use super::reason::Finding;
use super::words::Lexicon;
use crate::klog::name::words;
use crate::rule::RuleSet;

/// How well two values fit their keys, and how well they would fit each other's, in hundredths of the keys' words.
struct Fit {
    own: [usize; 2],
    other: [usize; 2],
    /// How well they would by their names alone.
    named: [usize; 2],
}

/// What the words of a value's expression count against those that the old text had before it.
const OWN: usize = 2;
/// What a reference calls its first part.
const NAMESPACE: &str = "namespace";
/// What one key alone has to fit the other value better by.
const MUCH: usize = 50 * OWN;

/// Pairs of which the words of value and text say that they were exchanged.
pub fn swapped(old: &Reading, new: &Reading) -> Vec<Finding> {
    let keyed: Vec<(&Value, &str)> = keyed(new).filter(|(value, _)| !stood(old, value)).collect();
    let places = places(&keyed, old);
    let known: Vec<Known> = keyed.iter().zip(&places).map(|((value, _), at)| Known::of(value, *at, old)).collect();
    let of_reference = |value: &Value| {
        let (value, other) = value.exchanged.clone()?;
        Some(Finding::ValueSwapped { value, key: NAMESPACE.to_owned(), other })
    };
    let mut found: Vec<Finding> = new.values.iter().filter_map(of_reference).collect();
    found.extend(new.values.iter().filter_map(|value| turned(old, value)));
    for (at, (value, key)) in keyed.iter().enumerate() {
        for (other_at, (other, other_key)) in keyed.iter().enumerate().skip(at + 1) {
            let fit = Fit {
                own: [fits(key, &known[at]), fits(other_key, &known[other_at])],
                other: [fits(key, &known[other_at]), fits(other_key, &known[at])],
                named: [named(key, &known[other_at]), named(other_key, &known[at])],
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

/// The values of a line and of its logger that have keys, and those within them.
pub fn keyed(reading: &Reading) -> impl Iterator<Item = (&Value, &str)> {
    let values = reading.values.iter().chain(&reading.carried);
    values
        .flat_map(|value| std::iter::once(value).chain(&value.parts))
        .filter_map(|value| Some((value, value.key.as_deref()?)))
}

/// Whether the old line had a value under its key.
fn stood(old: &Reading, value: &Value) -> bool {
    old.structured && keyed(old).any(|(before, key)| value.key.as_deref() == Some(key) && before.text == value.text)
}

/// A reference whose parts the old line printed the other way round, with a slash between them.
fn turned(old: &Reading, value: &Value) -> Option<Finding> {
    let [first, second] = value.refers.as_slice() else { return None };
    let is_turned = |pair: &[Value]| pair[1].joined && pair[0].text == *second && pair[1].text == *first;
    // What the old line had the wrong way round is put right.
    let is_right = words(first).iter().any(|word| matches!(&*word.to_lowercase(), "ns" | NAMESPACE));
    let is_turned = first != second && !is_right && old.values.windows(2).any(is_turned);
    let key = NAMESPACE.to_owned();
    is_turned.then(|| Finding::ValueSwapped { value: first.clone(), key, other: second.clone() })
}

/// Values under keys that say the opposite of their names: `oldSize` under `newSize`.
pub fn misnamed(old: &Reading, new: &Reading, rules: &RuleSet) -> Vec<Finding> {
    let opposed = |key: &str, value: &BTreeSet<String>| {
        let key: Vec<String> = words(key).iter().map(|word| word.to_lowercase()).collect();
        rules.sentences.opposed.iter().chain(&rules.certify.opposed).any(|sides| {
            let has = |side: &[String], of: &dyn Fn(&String) -> bool| side.iter().any(of);
            let [a, b] = [0, 1].map(|at| {
                let (this, that) = (&sides[at], &sides[1 - at]);
                let says = has(this, &|word| key.contains(word)) && !has(that, &|word| key.contains(word));
                says && has(that, &|word| value.contains(word)) && !has(this, &|word| value.contains(word))
            });
            a || b
        })
    };
    let said = |value: &Value| {
        let before = old.values.iter().filter(|before| before.text == value.text);
        let before = before
            .chain(old.values.iter().filter(|before| before.needs.iter().any(|need| !need.is_disjoint(&value.shows))));
        before.flat_map(|before| before.said.iter().chain(&before.words)).cloned().collect::<BTreeSet<String>>()
    };
    // `"node", klog.KObj(pod)`: the key is a kind of object, and the value is one of another kind.
    let of_other_kind = |key: &str, value: &Value| {
        let entities = &rules.keys.entities;
        let is_kind = |word: &&String| entities.contains(*word);
        let calls = words(key).iter().map(|word| word.to_lowercase()).collect::<Vec<_>>();
        let own: Vec<&String> = value.words.iter().filter(is_kind).collect();
        let told = said(value);
        let lexicon = Lexicon::of(rules);
        let fits = |word: &String| calls.iter().any(|key| alike(key, word) || lexicon.root(key) == lexicon.root(word));
        let lone = matches!(calls.as_slice(), [only] if entities.contains(only));
        lone && !own.is_empty()
            && !value.words.iter().any(fits)
            && !told.iter().any(fits)
            && told.iter().any(|word| own.contains(&word))
    };
    let called = |value: &Value| -> BTreeSet<String> {
        let labels = old.values.iter().filter(|before| before.text == value.text).flat_map(|before| &before.label);
        value.words.iter().chain(labels).cloned().collect()
    };
    let is_wrong = |value: &Value, key: &str| {
        opposed(key, &value.words) || opposed(key, &called(value)) || of_other_kind(key, value)
    };
    let wrong = keyed(new).filter(|(value, key)| is_wrong(value, key) && !stood(old, value));
    wrong.map(|(value, key)| Finding::ValueMisnamed { value: value.text.clone(), key: key.to_owned() }).collect()
}

/// Whether the keys fit each other's value better: both of them, or one by a whole word, or in sum where the values stand in another
/// order than the old line had them.
fn exchanged(fit: &Fit, inverted: bool) -> bool {
    let sum = |fit: [usize; 2]| fit[0] + fit[1];
    let gains = |at: usize| fit.other[at] > fit.own[at];
    let worse = (0..2).any(|at| fit.other[at] < fit.own[at]);
    let plain = (0..2).any(|at| fit.named[at] >= fit.own[at] + MUCH);
    !worse && (gains(0) && gains(1) || plain || inverted && (gains(0) || gains(1)))
        || inverted && sum(fit.other) >= sum(fit.own)
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
    fn of(value: &'v Value, place: Option<usize>, old: &'v Reading) -> Self {
        let before = place.and_then(|at| old.values.get(at));
        let words = std::iter::once(&value.words).chain(before.map(|before| &before.words));
        Self { words: words.collect(), said: before.map(|before| &before.said).into_iter().collect() }
    }
}

/// Which of the old line's values each is: one of the same text, else one that nobody else is, else any.
fn places(keyed: &[(&Value, &str)], old: &Reading) -> Vec<Option<usize>> {
    let same = |value: &Value, before: &Value| before.text == value.text;
    let is = |value: &Value, before: &Value| before.needs.iter().any(|need| !need.is_disjoint(&value.shows));
    let mut found: Vec<Option<usize>> =
        keyed.iter().map(|(value, _)| old.values.iter().position(|before| same(value, before))).collect();
    for at in 0..found.len() {
        let (value, taken) = (keyed[at].0, found.clone());
        let fits = |free: bool| {
            let candidates = old.values.iter().enumerate();
            let mut candidates = candidates.filter(|(place, _)| !free || !taken.contains(&Some(*place)));
            candidates.find(|(_, before)| is(value, before)).map(|(place, _)| place)
        };
        found[at] = found[at].or_else(|| fits(true)).or_else(|| fits(false));
    }
    found
}

/// How many hundredths of a key's words are among those of a value, or of what was said before it.
fn fits(key: &str, known: &Known<'_>) -> usize {
    named(key, known).max(share(key, &known.said))
}

/// The same, by the words of the value alone.
fn named(key: &str, known: &Known<'_>) -> usize {
    share(key, &known.words) * OWN
}

fn share(key: &str, sets: &[&BTreeSet<String>]) -> usize {
    let words: Vec<String> = words(key).iter().map(|word| word.to_lowercase()).collect();
    let among = |word: &&String| sets.iter().any(|set| set.iter().any(|other| alike(word, other)));
    words.iter().filter(among).count() * 100 / words.len().max(1)
}

/// Whether two words are one, in another number or cut short.
fn alike(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let cut = short.len() > 2 && long.starts_with(short) && (short, long) != ("name", "namespace");
    short == long || cut || long.strip_suffix('s') == Some(short)
}
