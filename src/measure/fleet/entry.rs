//! What a run said of a repository: one line of JSON each, only ever added to.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::queue::Listed;
use crate::measure::coverage::{Parts, Report};

/// What a run said of a repository.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Entry {
    /// Which run, from 1.
    pub run: u32,
    /// The repository's name.
    pub name: String,
    /// klogmod's version.
    pub version: String,
    /// When, in seconds since 1970.
    pub at: u64,
    /// How long it took, in seconds; 0 where nothing had changed.
    pub seconds: f64,
    /// How it ended.
    pub outcome: Outcome,
    /// What went wrong, if something did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// The commit.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub revision: Option<String>,
    /// Its calls by part.
    pub parts: Parts,
    /// Findings by rule.
    pub findings: BTreeMap<String, u64>,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// All was analysed.
    Measured,
    /// Something was not analysed.
    Incomplete,
    /// There is no report.
    Failed,
}

impl Entry {
    /// One without a report.
    pub fn failed(run: u32, name: &str, at: u64, seconds: f64, error: String) -> Self {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let (parts, findings) = (Parts::default(), BTreeMap::new());
        let outcome = Outcome::Failed;
        Self {
            run,
            name: name.to_owned(),
            version,
            at,
            seconds,
            outcome,
            error: Some(error),
            revision: None,
            parts,
            findings,
        }
    }

    /// One with its report.
    pub fn measured(run: u32, name: &str, at: u64, seconds: f64, report: &Report, error: Option<String>) -> Self {
        let mut findings = BTreeMap::new();
        for finding in &report.findings {
            *findings.entry(finding.rule.clone()).or_default() += 1;
        }
        let outcome = if error.is_some() { Outcome::Incomplete } else { Outcome::Measured };
        let (revision, parts) = (report.revision.clone(), report.totals.parts);
        Self { outcome, error, revision, parts, findings, ..Self::failed(run, name, at, seconds, String::new()) }
    }
}

/// All runs.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// By name, each as it was added.
    entries: BTreeMap<String, Vec<Entry>>,
}

impl History {
    /// Adds lines of a file. A line that was cut off, as where a machine went down, is left out, and counted in the answer.
    pub fn read(&mut self, text: &str) -> usize {
        let mut cut = 0;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            match serde_json::from_str(line) {
                Ok(entry) => self.add(entry),
                Err(_) => cut += 1,
            }
        }
        cut
    }

    /// Adds one.
    pub fn add(&mut self, entry: Entry) {
        self.entries.entry(entry.name.clone()).or_default().push(entry);
    }

    /// The run that is to be made: the newest, as long as it lacks repositories of the list, else the next. With it, those that it lacks.
    pub fn next(&self, listed: &[Listed], anew: bool) -> (u32, Vec<Listed>) {
        let newest = self.all().map(|entry| entry.run).max().unwrap_or(0);
        let of_newest = self.run(newest);
        let missing: Vec<Listed> =
            listed.iter().filter(|listed| !of_newest.contains_key(&*listed.name)).cloned().collect();
        match newest > 0 && !missing.is_empty() && !anew {
            true => (newest, missing),
            false => (newest + 1, listed.to_vec()),
        }
    }

    /// What is known of a repository before a run: its newest entry with a report.
    pub fn before(&self, run: u32, name: &str) -> Option<&Entry> {
        let known = |entry: &&Entry| entry.run < run && entry.outcome != Outcome::Failed;
        self.entries.get(name)?.iter().filter(known).max_by_key(|entry| entry.run)
    }

    /// A run's entries, by name; of several about one repository the last.
    pub fn run(&self, run: u32) -> BTreeMap<&str, &Entry> {
        self.all().filter(|entry| entry.run == run).map(|entry| (&*entry.name, entry)).collect()
    }

    /// The numbers of all runs.
    pub fn runs(&self) -> BTreeSet<u32> {
        self.all().map(|entry| entry.run).collect()
    }

    fn all(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values().flatten()
    }
}
