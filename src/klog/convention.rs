//! Habits of a tree that has structured calls already: what it calls a value goes before what the rules would call it.

use std::collections::BTreeMap;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use crate::go::files::component;
use crate::rule::Subject;

/// A habit and how often it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Habit {
    /// The key.
    pub key: String,
    /// Calls that use it.
    pub seen: usize,
    /// Calls that name the same thing, by whatever key.
    pub of: usize,
    /// The part of the tree where they were counted; empty: all of it.
    pub part: String,
}

/// Counts of keys: by part of the tree and subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conventions {
    keys: BTreeMap<(String, Subject), BTreeMap<String, usize>>,
    prefixes: BTreeMap<String, Prefixes>,
    /// Structured calls of the whole tree, and those of them that go through a logger.
    structured: [usize; 2],
    /// Messages of the whole tree that start with a word, and those of them whose first letter is small.
    letters: [usize; 2],
}

/// How messages of a part of the tree begin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Prefixes {
    /// With `[component]`.
    pub bracketed: usize,
    /// All messages.
    pub messages: usize,
}

/// A habit needs so many calls …
const ENOUGH: usize = 3;
/// … and that of going through loggers so many, for it is the whole tree's …
const MANY: usize = 10;
/// … of which so many in ten agree.
const AGREEING: usize = 6;
/// First letters are nobody's business where so many messages …
const LETTERS: usize = 20;
/// … have a small one in this part of them. Of twelve repositories with so many those that write capitals have at most one in seven,
/// the others two in seven and more.
const SMALL: usize = 4;

/// Keys that calls in a part of the tree have for one subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The subject is a bare name, and not the same thing.
    pub of_name: bool,
    /// The part is the directory or the component.
    pub near: bool,
    /// Each key and how many calls have it.
    pub keys: Vec<(String, usize)>,
}

impl Seen {
    /// Percent of the calls that have a key; `None` where none has.
    pub fn share(&self, key: &str) -> Option<usize> {
        let all: usize = self.keys.iter().map(|(_, count)| count).sum();
        let (_, count) = self.keys.iter().find(|(known, _)| known == key)?;
        (count * 100).checked_div(all)
    }
}

/// One key of one structured call.
#[derive(Clone, Debug, BorshSerialize, BorshDeserialize)]
pub struct Observation {
    pub(super) subjects: Vec<Subject>,
    pub(super) key: String,
}

/// What one structured call shows.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct Sample {
    pub(super) observations: Vec<Observation>,
    pub(super) bracketed: Option<bool>,
    pub(super) small: Option<bool>,
    pub(super) through_logger: bool,
}

impl Conventions {
    /// Counts a call of the file at `path`.
    pub fn add(&mut self, path: &str, sample: &Sample) {
        self.structured[0] += 1;
        self.structured[1] += usize::from(sample.through_logger);
        self.letters[0] += usize::from(sample.small.is_some());
        self.letters[1] += usize::from(sample.small == Some(true));
        for part in parts(path) {
            for observation in &sample.observations {
                for subject in &observation.subjects {
                    let counts = self.keys.entry((part.to_owned(), subject.clone())).or_default();
                    *counts.entry(observation.key.clone()).or_default() += 1;
                }
            }
            if let Some(bracketed) = sample.bracketed {
                let prefixes = self.prefixes.entry(part.to_owned()).or_default();
                prefixes.messages += 1;
                prefixes.bracketed += usize::from(bracketed);
            }
        }
    }

    /// The key that calls in the same part of the tree use for one of these subjects: the nearest part that has a habit
    /// decides, and within it the most telling subject.
    pub fn key(&self, path: &str, subjects: &[Subject]) -> Option<Habit> {
        parts(path).into_iter().find_map(|part| {
            // Far away, the same words may mean another thing; the same type and field do not.
            let holds =
                |subject: &&Subject| !part.is_empty() || matches!(subject, Subject::Field(_) | Subject::Type(_));
            subjects.iter().filter(holds).find_map(|subject| {
                let counts = self.keys.get(&(part.to_owned(), subject.clone()))?;
                habit(counts).map(|(key, seen, of)| Habit { key: key.to_owned(), seen, of, part: part.to_owned() })
            })
        })
    }

    /// All that calls around a file call these subjects.
    pub fn seen(&self, path: &str, subjects: &[Subject]) -> Vec<Seen> {
        let mut found = Vec::new();
        for part in parts(path) {
            for subject in subjects {
                let Some(counts) = self.keys.get(&(part.to_owned(), subject.clone())) else { continue };
                let keys = counts.iter().map(|(key, count)| (key.clone(), *count)).collect();
                found.push(Seen { of_name: matches!(subject, Subject::Name(_)), near: !part.is_empty(), keys });
            }
        }
        found
    }

    /// Whether messages around a file carry a `[component]` prefix; `None`: there is no habit.
    pub fn brackets(&self, path: &str) -> Option<bool> {
        parts(path).into_iter().find_map(|part| {
            let prefixes = self.prefixes.get(part)?;
            (prefixes.messages >= 2 * ENOUGH).then_some(prefixes.bracketed * 10 > prefixes.messages * AGREEING)
        })
    }

    /// Whether messages of the tree start as whoever wrote them liked, and not with a capital.
    pub fn keeps_letters(&self) -> bool {
        let [all, small] = self.letters;
        all >= LETTERS && small * SMALL >= all
    }

    /// Whether most structured calls of the tree go through a logger; how many do, and of how many.
    pub fn through_loggers(&self) -> Option<(usize, usize)> {
        let [all, through] = self.structured;
        (all >= MANY && through * 10 > all * AGREEING).then_some((through, all))
    }

    /// All habits: by part of the tree and subject.
    pub fn habits(&self) -> impl Iterator<Item = (&Subject, Habit)> {
        self.keys.iter().filter_map(|((part, subject), counts)| {
            let (key, seen, of) = habit(counts)?;
            Some((subject, Habit { key: key.to_owned(), seen, of, part: part.clone() }))
        })
    }
}

/// The key that most calls agree on; a tie is no habit.
fn habit(counts: &BTreeMap<String, usize>) -> Option<(&str, usize, usize)> {
    let of: usize = counts.values().sum();
    let (key, seen) = counts.iter().max_by_key(|(_, seen)| **seen)?;
    let tied = counts.values().filter(|other| *other == seen).count() > 1;
    (*seen >= ENOUGH && seen * 10 >= of * AGREEING && !tied).then_some((key, *seen, of))
}

/// The parts of the tree that a file belongs to, nearest first: its directory, its component, all.
fn parts(path: &str) -> Vec<&str> {
    let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
    let mut parts = vec![dir, component(path), ""];
    parts.dedup();
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_habit_needs_calls_that_agree() {
        let counts =
            |list: &[(&str, usize)]| list.iter().map(|(k, n)| ((*k).to_owned(), *n)).collect::<BTreeMap<_, _>>();
        assert_eq!(habit(&counts(&[("a", 3)])), Some(("a", 3, 3)));
        assert_eq!(habit(&counts(&[("a", 2)])), None);
        assert_eq!(habit(&counts(&[("a", 3), ("b", 3)])), None);
        assert_eq!(habit(&counts(&[("a", 5), ("b", 4)])), None);
        assert_eq!(habit(&counts(&[("a", 6), ("b", 4)])), Some(("a", 6, 10)));
    }

    #[test]
    fn the_tree_goes_through_loggers_where_most_of_many_calls_do() {
        let of = |through: usize, others: usize| {
            let mut conventions = Conventions::default();
            let sample = |through_logger| Sample { through_logger, ..Sample::default() };
            (0..through).for_each(|_| conventions.add("a/a.go", &sample(true)));
            (0..others).for_each(|_| conventions.add("b/b.go", &sample(false)));
            conventions.through_loggers()
        };
        assert_eq!(of(9, 0), None);
        assert_eq!(of(10, 0), Some((10, 10)));
        assert_eq!(of(12, 8), None);
        assert_eq!(of(13, 8), Some((13, 21)));
    }

    #[test]
    fn letters_stay_where_many_are_small() {
        let of = |small: usize, capital: usize| {
            let mut conventions = Conventions::default();
            let sample = |small| Sample { small: Some(small), ..Sample::default() };
            (0..small).for_each(|_| conventions.add("a/a.go", &sample(true)));
            (0..capital).for_each(|_| conventions.add("b/b.go", &sample(false)));
            conventions.keeps_letters()
        };
        assert!(!of(19, 0));
        assert!(of(5, 15));
        assert!(!of(5, 16));
    }

    #[test]
    fn a_file_belongs_to_its_directory_its_component_and_the_tree() {
        assert_eq!(parts("pkg/kubelet/cm/a.go"), ["pkg/kubelet/cm", "pkg/kubelet", ""]);
        assert_eq!(
            parts("staging/src/k8s.io/apiserver/pkg/a.go"),
            ["staging/src/k8s.io/apiserver/pkg", "staging/src/k8s.io/apiserver", ""]
        );
        assert_eq!(parts("main.go"), [""]);
    }
}
