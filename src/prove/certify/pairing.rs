//! Which new call stands in the place of which old one.

use std::collections::BTreeSet;

use super::judge::keeps_values;
use super::reading::Reading;
use super::shown::Atom;

/// Below this two calls have nothing to do with each other.
const LEAST: i64 = 30;
/// Of calls that stand in different functions more is asked.
const LEAST_ELSEWHERE: i64 = 70;
/// Calls of one function that are compared each with each.
const MAX_TABLE: usize = 1 << 20;

/// An old call, a new one, or both; by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Paired {
    /// The old call.
    pub old: Option<usize>,
    /// The new one.
    pub new: Option<usize>,
    /// Whether they stand in another order or function.
    pub moved: bool,
}

/// Pairs the calls of a file: in each function in their order, then what is left by what it says.
pub fn pair(old: &[Reading], new: &[Reading]) -> Vec<Paired> {
    let mut found = Vec::new();
    let mut functions: Vec<&str> = Vec::new();
    for reading in new.iter().chain(old) {
        if !functions.contains(&reading.site.function.as_str()) {
            functions.push(&reading.site.function);
        }
    }
    for function in functions {
        let of = |readings: &[Reading]| -> Vec<usize> {
            let own = readings.iter().enumerate().filter(|(_, reading)| reading.site.function == function);
            own.map(|(at, _)| at).collect()
        };
        found.extend(aligned(&of(old), &of(new), old, new).into_iter().map(|(a, b)| Paired {
            old: Some(a),
            new: Some(b),
            moved: false,
        }));
    }
    let free = |all: usize, taken: &dyn Fn(&Paired) -> Option<usize>, found: &[Paired]| -> Vec<usize> {
        (0..all).filter(|at| found.iter().all(|pair| taken(pair) != Some(*at))).collect()
    };
    let mut olds = free(old.len(), &|pair| pair.old, &found);
    let mut news = free(new.len(), &|pair| pair.new, &found);
    let mut candidates: Vec<(i64, usize, usize)> = olds
        .iter()
        .flat_map(|a| news.iter().map(|b| (likeness(&old[*a], &new[*b]), *a, *b)))
        .filter(|(score, a, b)| {
            let here = old[*a].site.function == new[*b].site.function;
            *score >= if here { LEAST } else { LEAST_ELSEWHERE }
        })
        .collect();
    candidates.sort_by_key(|(score, a, b)| (-score, *a, *b));
    for (_, a, b) in candidates {
        if olds.contains(&a) && news.contains(&b) {
            olds.retain(|at| *at != a);
            news.retain(|at| *at != b);
            found.push(Paired { old: Some(a), new: Some(b), moved: true });
        }
    }
    uncross(&mut found, old, new);
    found.extend(olds.into_iter().map(|at| Paired { old: Some(at), new: None, moved: false }));
    found.extend(news.into_iter().map(|at| Paired { old: None, new: Some(at), moved: false }));
    found
}

/// Two calls that have changed places, of which each shows what the other one showed, are paired by their places: then it is their
/// messages that were exchanged.
fn uncross(found: &mut [Paired], old: &[Reading], new: &[Reading]) {
    for at in 0..found.len() {
        for other in at + 1..found.len() {
            let (one, two) = (found[at], found[other]);
            let ends = |pair: Paired| Some((pair.old?, pair.new?));
            let (Some((a, b)), Some((c, d))) = (ends(one), ends(two)) else { continue };
            let is_crossed = (a < c) != (b < d) && old[a].site.function == old[c].site.function;
            let stands = |old: &Reading, new: &Reading| {
                old.site.function == new.site.function && old.guards == new.guards && keeps_values(old, new)
            };
            if is_crossed && stands(&old[a], &new[d]) && stands(&old[c], &new[b]) {
                found[at] = Paired { new: Some(d), moved: false, ..one };
                found[other] = Paired { new: Some(b), moved: false, ..two };
            }
        }
    }
}

/// The pairs of one function that are alike in sum the most, in order.
fn aligned(a: &[usize], b: &[usize], old: &[Reading], new: &[Reading]) -> Vec<(usize, usize)> {
    let same = a.len() == b.len() && a.iter().zip(b).all(|(a, b)| old[*a].normal == new[*b].normal);
    if same || a.len() * b.len() > MAX_TABLE {
        return a.iter().copied().zip(b.iter().copied()).collect();
    }
    let score: Vec<Vec<i64>> = a.iter().map(|a| b.iter().map(|b| likeness(&old[*a], &new[*b])).collect()).collect();
    let mut best = vec![vec![0i64; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            let both = if score[i][j] >= LEAST { score[i][j] + best[i + 1][j + 1] } else { 0 };
            best[i][j] = both.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }
    let (mut i, mut j, mut found) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if score[i][j] >= LEAST && best[i][j] == score[i][j] + best[i + 1][j + 1] {
            found.push((a[i], b[j]));
            (i, j) = (i + 1, j + 1);
        } else if best[i][j] == best[i + 1][j] {
            i += 1;
        } else {
            j += 1;
        }
    }
    found
}

/// How alike two calls are, in hundredths of what is equal but for its form.
fn likeness(old: &Reading, new: &Reading) -> i64 {
    if old.normal == new.normal {
        return 200 + if old.guards == new.guards { 20 } else { 0 };
    }
    let words = |reading: &Reading| -> BTreeSet<String> {
        let text = reading.message.to_lowercase();
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 1).map(str::to_owned).collect()
    };
    let texts = shared(&words(old), &words(new));
    let atoms = |reading: &Reading| -> BTreeSet<Atom> {
        reading.all().flat_map(|value| value.needs.iter().flatten().chain(&value.shows)).cloned().collect()
    };
    let (before, after) = (atoms(old), atoms(new));
    let values = match (before.is_empty(), after.is_empty()) {
        (true, true) => 30,
        (false, false) => shared(&before, &after),
        _ => 0,
    };
    let place = if old.guards == new.guards { 20 } else { 0 };
    let severity = if old.mapped == new.site.severity || old.site.severity == new.site.severity { 5 } else { 0 };
    let level = if old.level() == new.level() { 5 } else { 0 };
    texts * 7 / 10 + values * 4 / 10 + place + severity + level
}

/// Hundredths of the smaller of two sets that are in both.
fn shared<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> i64 {
    let least = a.len().min(b.len());
    (a.intersection(b).count() * 100).checked_div(least).unwrap_or_default() as i64
}
