//! Which files an environment has a use for.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::{Off, SelectionError};
use crate::go::module::BuildContext;
use crate::rule::{Environments, Patterns, Profile};

/// An environment.
#[derive(Debug)]
pub struct Environment {
    /// Its name.
    pub name: String,
    /// What it builds for.
    pub contexts: Vec<BuildContext>,
    out: Vec<(Patterns, Off)>,
    /// By path, which of those it is; a file is asked about once for each of its functions and calls.
    known: Mutex<FxHashMap<Box<str>, Option<usize>>>,
}

impl Environment {
    /// The environment of this name; none: the default.
    pub fn new(rules: &Environments, name: Option<&str>) -> Result<Self, SelectionError> {
        let wanted = name.or(rules.default.as_deref()).unwrap_or_default();
        match rules.profile.iter().find(|profile| profile.name == wanted) {
            Some(profile) => Ok(Self::of(rules, profile)),
            None => {
                let known = rules.profile.iter().map(|profile| profile.name.clone()).collect();
                Err(SelectionError::Unknown { kind: "environment", name: wanted.to_owned(), known })
            }
        }
    }

    /// A profile's environment.
    pub fn of(rules: &Environments, profile: &Profile) -> Self {
        let mut out = Vec::new();
        for dimension in &rules.dimension {
            let Some(used) = profile.choices.get(&dimension.name) else { continue };
            for choice in dimension.choice.iter().filter(|choice| !used.contains(&choice.name)) {
                let off = Off::Environment {
                    dimension: dimension.name.clone(),
                    choice: choice.name.clone(),
                    profile: profile.name.clone(),
                };
                out.push((choice.paths.clone(), off));
            }
        }
        let context = |system: &String| {
            let tags: BTreeSet<String> = profile.tags.iter().cloned().chain(["cgo".to_owned()]).collect();
            BuildContext { os: system.clone(), tags, ..BuildContext::default() }
        };
        Self {
            name: profile.name.clone(),
            contexts: profile.systems.iter().map(context).collect(),
            out,
            known: Mutex::default(),
        }
    }

    /// Everything that is built for a system.
    pub fn everything(context: BuildContext) -> Self {
        Self { name: String::new(), contexts: vec![context], out: Vec::new(), known: Mutex::default() }
    }

    /// Why it has no use for a file.
    pub fn excludes(&self, path: &str) -> Option<&Off> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known().get(path).copied();
        let found = found.unwrap_or_else(|| {
            let found = self.out.iter().position(|(paths, _)| paths.is_match(path));
            known().insert(path.into(), found);
            found
        });
        found.and_then(|at| self.out.get(at)).map(|(_, off)| off)
    }
}
