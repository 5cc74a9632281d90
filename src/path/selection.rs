//! What a run asks for: operations, resources, a phase, an environment, a distance.

use std::collections::BTreeSet;

use crate::rule::{Consequence, EVERY, Entry, Operations, RuleSet};
use crate::text::did_you_mean;
use borsh::{BorshDeserialize, BorshSerialize};

/// The part of the operations that a run is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Operations; empty: all.
    pub operations: Vec<String>,
    /// Resources; empty: all.
    pub resources: Vec<String>,
    /// The last phase that is taken; none: the first if nothing is named, else the last.
    pub phase: Option<String>,
    /// Name of an environment; none: the rules' default.
    pub environment: Option<String>,
    /// How many calls away from an entry calls are taken; none: as the rules say.
    pub max_depth: Option<u32>,
    /// Whether all phases are taken where none is named.
    pub every_phase: bool,
}

/// A selection that asks for something that does not exist.
#[derive(Debug, thiserror::Error)]
pub enum SelectionError {
    /// A name that no rule knows.
    #[error("there is no {kind} `{name}`{}; the rules know {}", did_you_mean(name, known.iter().map(String::as_str)), known.join(", "))]
    Unknown {
        /// What it should name.
        kind: &'static str,
        /// The name.
        name: String,
        /// Names that exist.
        known: Vec<String>,
    },
}

/// An operation on a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct Cell {
    /// The operation.
    pub operation: String,
    /// The resource.
    pub resource: String,
    /// The phase, by its place.
    pub phase: usize,
}

/// The operations on resources that a selection takes.
#[derive(Clone, Debug)]
pub struct Cells {
    /// The cells, sorted.
    pub list: Vec<Cell>,
    /// What each of them brings about.
    brought: Vec<Vec<Consequence>>,
}

fn check(kind: &'static str, names: &[String], known: BTreeSet<&str>) -> Result<(), SelectionError> {
    match names.iter().find(|name| !known.contains(name.as_str())) {
        Some(name) => {
            let known = known.into_iter().map(str::to_owned).collect();
            Err(SelectionError::Unknown { kind, name: name.clone(), known })
        }
        None => Ok(()),
    }
}

impl Selection {
    /// All operations.
    pub fn everything() -> Self {
        Self { every_phase: true, ..Self::default() }
    }

    /// In words.
    pub fn title(&self, rules: &RuleSet) -> String {
        let mut words = self.operations.clone();
        words.extend(self.resources.iter().cloned());
        if let Some(phase) = rules.operations.phase.get(self.last(rules)) {
            words.push(format!("phase {}", phase.name));
        }
        if let Some(environment) = self.environment.as_ref().or(rules.environments.default.as_ref()) {
            words.push(format!("environment {environment}"));
        }
        words.extend(self.max_depth.map(|depth| format!("max depth {depth}")));
        words.join(", ")
    }

    /// The last phase that is taken, by its place.
    fn last(&self, rules: &RuleSet) -> usize {
        let phase = &rules.operations.phase;
        match &self.phase {
            Some(name) => phase.iter().position(|p| p.name == *name).unwrap_or_default(),
            None if !self.every_phase && self.operations.is_empty() && self.resources.is_empty() => 0,
            None => phase.len().saturating_sub(1),
        }
    }

    /// The cells that it takes.
    pub fn cells(&self, rules: &RuleSet) -> Result<Cells, SelectionError> {
        let Operations { phase, .. } = &rules.operations;
        let (operations, resources) = (rules.operations.operations(), rules.operations.resources());
        check("operation", &self.operations, operations.clone())?;
        check("resource", &self.resources, resources.clone())?;
        check("phase", self.phase.as_slice(), phase.iter().map(|p| p.name.as_str()).collect())?;
        let last = self.last(rules);
        let takes = |list: &[String], name: &str| list.is_empty() || list.iter().any(|wanted| wanted == name);
        let (mut list, mut brought) = (Vec::new(), Vec::new());
        for (operation, resource) in rules.operations.pairs() {
            let phase = rules.operations.phase_of(operation, resource);
            if phase <= last && takes(&self.operations, operation) && takes(&self.resources, resource) {
                list.push(Cell { operation: operation.into(), resource: resource.into(), phase });
                brought.push(rules.operations.brought(operation, resource));
            }
        }
        Ok(Cells { list, brought })
    }
}

impl Cells {
    /// Places of the cells that an entry serves.
    pub fn of(&self, entry: &Entry) -> Vec<u16> {
        let names = |list: &[String], name: &str| list.iter().any(|known| known == name || known == EVERY);
        let serves = |cell: &Cell| names(&entry.operations, &cell.operation) && names(&entry.resources, &cell.resource);
        let any = |wanted: &[String], list: &[String]| list.iter().any(|one| one == EVERY || wanted.contains(one));
        let follows = |c: &Consequence| {
            let Consequence { brings, except, .. } = c;
            !except.contains(&entry.component)
                && any(&brings.operations, &entry.operations)
                && any(&brings.resources, &entry.resources)
        };
        let cells = self.list.iter().zip(&self.brought).enumerate();
        let served = cells.filter(|(_, (cell, brought))| serves(cell) || brought.iter().any(follows));
        served.map(|(at, _)| at as u16).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_operation_brings_about_is_reached_from_it_but_not_by_who_asks() {
        let rules = RuleSet::builtin().unwrap();
        let names = |operation: &str, resource: &str| Selection {
            operations: vec![operation.to_owned()],
            resources: vec![resource.to_owned()],
            ..Selection::default()
        };
        let entry = |component: &str| Entry {
            component: component.to_owned(),
            operations: vec!["create".to_owned()],
            resources: vec!["pod".to_owned()],
            functions: Vec::new(),
        };
        let serves = |operation: &str, resource: &str, component: &str| {
            let cells = names(operation, resource).cells(&rules).unwrap();
            !cells.of(&entry(component)).is_empty()
        };
        assert!(serves("scale", "deployment", "kubelet") && serves("drain", "node", "scheduler"));
        assert!(!serves("scale", "deployment", "kubectl"), "kubectl creates no pod there");
        assert!(serves("create", "pod", "kubectl") && !serves("create", "pv", "kubelet"));
    }
}
