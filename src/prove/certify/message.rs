//! Messages that stand in each other's place.

use std::collections::BTreeSet;

use super::pairing::Paired;
use super::reading::Reading;
use super::reason::Finding;
use super::wording::stems;

/// Of two pairs of one function, by number, of which each new message says what the other's old line said; with what is to be said of it.
pub fn exchanged(pairs: &[Paired], olds: &[Reading], news: &[Reading]) -> Vec<(usize, Finding)> {
    let both = |(at, pair): (usize, &Paired)| Some((at, Said::of(olds.get(pair.old?)?, news.get(pair.new?)?)));
    let said: Vec<(usize, Said<'_>)> = pairs.iter().enumerate().filter_map(both).collect();
    let mut found = Vec::new();
    for (at, (first, one)) in said.iter().enumerate() {
        let beside = said.iter().skip(at + 1).filter(|(_, other)| other.old.site.function == one.old.site.function);
        for (second, other) in beside.filter(|(_, other)| one.is_exchanged_with(other)) {
            found.extend([(*first, one.told(other)), (*second, other.told(one))]);
        }
    }
    found
}

/// What a pair says before and after, as the stems of its words.
struct Said<'r> {
    old: &'r Reading,
    new: &'r Reading,
    before: BTreeSet<String>,
    after: BTreeSet<String>,
}

impl<'r> Said<'r> {
    fn of(old: &'r Reading, new: &'r Reading) -> Self {
        Self { old, new, before: stems(&old.message), after: stems(&new.message) }
    }

    /// Whether the words by which two messages differ are those by which the old ones did, the other way round.
    fn is_exchanged_with(&self, other: &Self) -> bool {
        let only =
            |a: &BTreeSet<String>, b: &BTreeSet<String>| -> BTreeSet<String> { a.difference(b).cloned().collect() };
        let before = [only(&self.before, &other.before), only(&other.before, &self.before)];
        let after = [only(&self.after, &other.after), only(&other.after, &self.after)];
        let shared = |now: usize, then: usize| after[now].intersection(&before[then]).count();
        let (own, crossed) = ([shared(0, 0), shared(1, 1)], [shared(0, 1), shared(1, 0)]);
        // "found" and "not found" differ by a word that one of them has; and a message may be told by its other words.
        let told = [(&self.after, &other.before), (&other.after, &self.before)];
        let mostly = |at: usize| told[at].0.intersection(told[at].1).count() * 2 >= told[at].0.len();
        // A line that had no words, as an error alone, has lent none.
        let spoke = !self.before.is_empty() && !other.before.is_empty();
        let whole = (0..2).all(|at| crossed[at] > 0 || after[at].is_empty() || before[1 - at].is_empty() || mostly(at));
        spoke && whole && (0..2).all(|at| crossed[at] >= own[at]) && crossed.iter().sum::<usize>() > own.iter().sum()
    }

    fn told(&self, other: &Self) -> Finding {
        Finding::MessageSwapped { message: self.new.message.trim().to_owned(), line: other.old.site.position.line }
    }
}
