//! What a commit had, for those files alone that differ from it.

use std::collections::{BTreeMap, BTreeSet};

use super::snapshot::{HistoryError, Snapshot, concerns_all};
use crate::decide::decision::Decisions;
use crate::decide::owners::Owners;
use crate::go::files::Root;
use crate::measure::coverage::{Report, Source, of_plan};
use crate::measure::gate::{Baseline, Entry};
use crate::plan::pipeline::{self, Options, Survey, survey};
use crate::rule::RuleSet;
use crate::ship::worktree::{Blob, Repository};
use crate::text::diagnostic::RelPath;
use crate::text::disk;

/// A commit that a tree is compared with.
pub struct Base<'b> {
    /// The repository.
    pub repository: &'b Repository,
    /// The commit's files.
    pub files: &'b BTreeMap<String, Blob>,
    /// How the tree is read.
    pub options: &'b Options,
    /// The rules.
    pub rules: &'b RuleSet,
}

impl Base<'_> {
    /// What of the tree differs from the commit.
    pub fn survey(&self) -> Result<Survey, HistoryError> {
        let is_same = |path: &str, bytes: &[u8]| {
            self.files.get(path).is_some_and(|old| Repository::id_of(bytes, &old.id) == old.id)
        };
        Ok(survey(self.options, self.rules, &is_same)?)
    }

    /// Whether a file is another than the commit's.
    pub fn differs(&self, path: &str) -> bool {
        let now = disk::within(&self.options.root.dir, path, disk::SOURCE).ok();
        match (self.files.get(path), now) {
            (Some(old), Some(now)) => Repository::id_of(&now, &old.id) != old.id,
            (old, now) => old.is_some() || now.is_some(),
        }
    }

    /// What the commit allows, as far as `differing` files may have it; `report` is what they have now.
    pub fn baseline(&self, differing: &BTreeSet<RelPath>, report: &Report) -> Result<Baseline, HistoryError> {
        baseline(self, differing, report)
    }
}

fn baseline(base: &Base<'_>, differing: &BTreeSet<RelPath>, report: &Report) -> Result<Baseline, HistoryError> {
    let Base { repository, files, options, rules } = *base;
    let root = &options.root.dir;
    // Calls may have come from files that are gone.
    let gone =
        files.keys().filter(|path| path.ends_with(".go") && !path.starts_with("vendor/") && !root.join(path).exists());
    let looked_at: BTreeSet<&str> = differing
        .iter()
        .map(|path| &**path)
        .filter(|path| files.contains_key(*path))
        .chain(gone.map(String::as_str))
        .collect();
    if looked_at.is_empty() {
        return Ok(Baseline::default());
    }
    let wanted = files.iter().filter(|(path, _)| looked_at.contains(path.as_str()) || concerns_all(path));
    let wanted: BTreeMap<String, Option<Blob>> =
        wanted.map(|(path, blob)| (path.clone(), Some(blob.clone()))).collect();
    let snapshot = Snapshot::new()?;
    snapshot.apply(&wanted, &mut repository.blobs()?)?;
    let narrow = looked_at.iter().map(|path| RelPath::from(*path)).collect();
    let options =
        Options { root: Root { dir: snapshot.root()?, narrow }, habits: false, scope: None, ..options.clone() };
    let plan = pipeline::plan(&options, rules, &|_, _| ())?;
    let decisions = Decisions::default();
    let source = Source {
        rules,
        decisions: &decisions,
        revision: None,
        settings: String::new(),
        environment: String::new(),
        shard: None,
    };
    let old = of_plan(&plan, &source, &mut Owners::load(&plan.root));
    let mut baseline = Baseline::of(&old);
    let known: BTreeSet<&str> =
        old.files.iter().flat_map(|file| &file.calls).map(|call| call.fingerprint.as_str()).collect();
    // A call that did not change is not new, whatever is known about its types now.
    let unchanged = report.findings.iter().filter(|finding| known.contains(finding.fingerprint.as_str()));
    baseline.entries.extend(unchanged.map(Entry::of_finding));
    Ok(baseline)
}
