//! Coverage commit by commit.

use std::collections::{BTreeMap, BTreeSet};

use super::show::Point;
use super::snapshot::{HistoryError, Snapshot, concerns_all, matters};
use crate::decide::decision::Decisions;
use crate::decide::owners::Owners;
use crate::go::files::Root;
use crate::measure::coverage::{FileRecord, Source, of_plan, reown, tables};
use crate::plan::pipeline::{self, Options};
use crate::rule::RuleSet;
use crate::ship::worktree::{Blob, Commit, Repository};

/// The coverage of each commit, in their order. Files that do not change are analysed once.
pub fn timeline(
    repository: &Repository,
    commits: &[Commit],
    options: &Options,
    rules: &RuleSet,
    progress: &dyn Fn(usize, usize),
) -> Result<Vec<Point>, HistoryError> {
    let snapshot = Snapshot::new()?;
    let mut blobs = repository.blobs()?;
    let mut line = Line { options, rules, root: snapshot.root()?, files: BTreeMap::new() };
    let mut points = Vec::new();
    let mut before: Option<&Commit> = None;
    for (at, commit) in commits.iter().enumerate() {
        let changes: BTreeMap<String, Option<Blob>> = match before {
            Some(before) => repository.changes(&before.id, &commit.id)?,
            None => repository.files(&commit.id)?.into_iter().map(|(path, blob)| (path, Some(blob))).collect(),
        };
        snapshot.apply(&changes, &mut blobs)?;
        line.update(&changes, before.is_none())?;
        points.push(line.point(commit));
        before = Some(commit);
        progress(at + 1, commits.len());
    }
    Ok(points)
}

struct Line<'l> {
    options: &'l Options,
    rules: &'l RuleSet,
    root: std::path::PathBuf,
    files: BTreeMap<String, FileRecord>,
}

impl Line<'_> {
    /// Analyses what changed.
    fn update(&mut self, changes: &BTreeMap<String, Option<Blob>>, first: bool) -> Result<(), HistoryError> {
        let changed: Vec<&String> = changes.keys().filter(|path| matters(path)).collect();
        let narrow = &self.options.root.narrow;
        if first || changed.iter().any(|path| concerns_all(path)) {
            self.files.clear();
            return self.analyse(narrow.clone());
        }
        let mut owners = Owners::load(&self.root);
        if changed.iter().any(|path| path.ends_with("OWNERS") || path.ends_with("OWNERS_ALIASES")) {
            reown(self.files.values_mut(), &mut owners);
        }
        let below = |path: &str, dir: &str| path == dir || path.strip_prefix(dir).is_some_and(|p| p.starts_with('/'));
        let go: BTreeSet<&String> = changed.into_iter().filter(|path| path.ends_with(".go")).collect();
        for path in &go {
            self.files.remove(*path);
        }
        let is_there = |path: &&&String| changes.get(**path).is_some_and(Option::is_some);
        let in_run = |path: &&&String| narrow.is_empty() || narrow.iter().any(|dir| below(path, dir));
        let paths: Vec<_> = go.iter().filter(is_there).filter(in_run).map(|path| path.as_str().into()).collect();
        if paths.is_empty() { Ok(()) } else { self.analyse(paths) }
    }

    fn analyse(&mut self, narrow: Vec<std::sync::Arc<str>>) -> Result<(), HistoryError> {
        let root = Root { dir: self.root.clone(), narrow };
        let options = Options { root, habits: false, scope: None, ..self.options.clone() };
        let plan = pipeline::plan(&options, self.rules, &|_, _| ())?;
        let decisions = Decisions::default();
        let source = Source {
            rules: self.rules,
            decisions: &decisions,
            revision: None,
            settings: String::new(),
            environment: String::new(),
            shard: None,
        };
        let report = of_plan(&plan, &source, &mut Owners::load(&self.root));
        crate::measure::coverage::check_sums(&report)?;
        self.files.extend(report.files.into_iter().map(|file| (file.path.clone(), file)));
        Ok(())
    }

    fn point(&self, commit: &Commit) -> Point {
        let files: Vec<FileRecord> = self.files.values().cloned().collect();
        let (totals, tables) = tables(&files);
        Point { revision: commit.id.clone(), day: commit.day.clone(), files: files.len() as u64, totals, tables }
    }
}
