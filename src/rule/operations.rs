//! `rules/operations.toml`: which functions an operator's operations start from.

use std::collections::BTreeSet;

use serde::de::value::SeqAccessDeserializer;
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::RuleDoc;

/// Operations on resources.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cells {
    /// Verbs.
    pub operations: Vec<String>,
    /// Kinds.
    pub resources: Vec<String>,
}

/// What operations bring about on other resources.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consequence {
    /// Operations.
    pub operations: Vec<String>,
    /// Resources that they are on.
    pub resources: Vec<String>,
    /// What follows from each of them.
    pub brings: Cells,
    /// Components in which nothing follows; an empty name stands for what is in none.
    #[serde(default)]
    pub except: Vec<String>,
}

/// When operations are taken up.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// Its name.
    pub name: String,
    /// Priority of calls in the entries themselves.
    pub priority: u32,
    /// What belongs to it and to no phase before.
    #[serde(default)]
    pub cells: Vec<Cells>,
}

/// One way to name a function.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spelling {
    /// `(*import/path.Type).Method`, `import/path.Func`.
    pub name: String,
    /// The first release known to have it.
    pub since: Option<String>,
    /// The first release known to be without it.
    pub until: Option<String>,
}

/// A function, by all its names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryFunction {
    /// The same name in every release.
    Always(String),
    /// Names that come and go.
    Spellings(Vec<Spelling>),
}

impl<'de> Deserialize<'de> for EntryFunction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = EntryFunction;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a function's name, or a list of `{ name, since, until }`")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<EntryFunction, E> {
                Ok(EntryFunction::Always(name.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<EntryFunction, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(EntryFunction::Spellings)
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl EntryFunction {
    /// All its names.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Always(name) => vec![name],
            Self::Spellings(spellings) => spellings.iter().map(|s| s.name.as_str()).collect(),
        }
    }

    /// When a tree is without it: before `since`, from `until` on. None if some name has no such bound.
    pub fn bounds(&self) -> Option<String> {
        let Self::Spellings(spellings) = self else { return None };
        let bounds = spellings.iter().map(|spelling| match (&spelling.since, &spelling.until) {
            (Some(since), Some(until)) => Some(format!("known from {since} to {until}")),
            (Some(since), None) => Some(format!("new in {since}")),
            (None, Some(until)) => Some(format!("gone in {until}")),
            (None, None) => None,
        });
        let bounds: Option<BTreeSet<String>> = bounds.collect();
        Some(bounds?.into_iter().collect::<Vec<_>>().join(", "))
    }
}

/// Functions that operations start from, or pass on their way.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The component that they run in; none: the whole checkout.
    #[serde(default)]
    pub component: String,
    /// Operations; `*` is every one.
    pub operations: Vec<String>,
    /// Resources; `*` is every one.
    pub resources: Vec<String>,
    /// The functions.
    pub functions: Vec<EntryFunction>,
}

/// `rules/operations.toml`; `klogmod.toml` has `[[operation]]` and `[[phase]]` in the same shape.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Operations {
    /// Share of the priority that is left one call further away.
    pub decay: Option<f64>,
    /// How many calls away from an entry calls are still taken.
    pub max_depth: Option<u32>,
    /// Phases, first to last.
    pub phase: Vec<Phase>,
    /// What operations bring about: it is reached from them as well.
    pub consequence: Vec<Consequence>,
    /// Entries.
    #[serde(rename = "operation")]
    pub entry: Vec<Entry>,
    #[serde(rename = "rule")]
    pub(super) rules: Vec<RuleDoc>,
}

/// Stands for every operation or resource.
pub const EVERY: &str = "*";

impl Operations {
    /// Adds what a checkout's owners say; a phase of theirs takes the place of the one with its name.
    pub fn extend(&mut self, entries: &[Entry], phases: &[Phase]) {
        for phase in phases {
            match self.phase.iter_mut().find(|known| known.name == phase.name) {
                Some(known) => *known = phase.clone(),
                None => self.phase.push(phase.clone()),
            }
        }
        self.entry.splice(0..0, entries.iter().cloned());
    }

    /// All operations that are named anywhere.
    pub fn operations(&self) -> BTreeSet<&str> {
        let of_cells = self.phase.iter().flat_map(|phase| &phase.cells).flat_map(|cells| &cells.operations);
        let of_entries = self.entry.iter().flat_map(|entry| &entry.operations);
        of_cells.chain(of_entries).map(String::as_str).filter(|name| *name != EVERY).collect()
    }

    /// All resources that are named anywhere.
    pub fn resources(&self) -> BTreeSet<&str> {
        let of_cells = self.phase.iter().flat_map(|phase| &phase.cells).flat_map(|cells| &cells.resources);
        let of_entries = self.entry.iter().flat_map(|entry| &entry.resources);
        of_cells.chain(of_entries).map(String::as_str).filter(|name| *name != EVERY).collect()
    }

    /// Operations on resources that are named as such: by a phase, or by an entry that says both.
    pub fn pairs(&self) -> BTreeSet<(&str, &str)> {
        let of_phases = self.phase.iter().flat_map(|phase| &phase.cells).map(|c| (&c.operations, &c.resources));
        let of_entries = self.entry.iter().map(|entry| (&entry.operations, &entry.resources));
        let crossed = of_phases.chain(of_entries).flat_map(|(operations, resources)| {
            operations.iter().flat_map(move |o| resources.iter().map(move |r| (o.as_str(), r.as_str())))
        });
        crossed.filter(|(operation, resource)| *operation != EVERY && *resource != EVERY).collect()
    }

    /// What an operation on a resource brings about.
    pub fn brought(&self, operation: &str, resource: &str) -> Vec<Consequence> {
        let has = |list: &[String], name: &str| list.iter().any(|known| known == name);
        let follows = |c: &&Consequence| has(&c.operations, operation) && has(&c.resources, resource);
        self.consequence.iter().filter(follows).cloned().collect()
    }

    /// The phase of an operation on a resource, by its place; of what no phase names, the last.
    pub fn phase_of(&self, operation: &str, resource: &str) -> usize {
        let names = |list: &[String], name: &str| list.iter().any(|known| known == name || known == EVERY);
        let has = |phase: &Phase| {
            phase.cells.iter().any(|c| names(&c.operations, operation) && names(&c.resources, resource))
        };
        self.phase.iter().position(has).unwrap_or(self.phase.len().saturating_sub(1))
    }
}
