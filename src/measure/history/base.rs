//! What a commit had, for those files alone that differ from it.

use std::collections::{BTreeMap, BTreeSet};

use super::snapshot::{HistoryError, Snapshot, concerns_all};
use crate::decide::decision::Decisions;
use crate::decide::owners::Owners;
use crate::go::files::Root;
use crate::measure::coverage::{Report, Source, of_plan};
use crate::measure::gate::{Baseline, Entry};
use crate::plan::pipeline::{self, Options};
use crate::rule::RuleSet;
use crate::ship::worktree::{Blob, Repository};
use crate::text::disk;

/// What `commit` allows, and the files of `report` that differ from it.
pub fn base(
    repository: &Repository,
    commit: &str,
    options: &Options,
    rules: &RuleSet,
    report: &Report,
) -> Result<(Baseline, BTreeSet<String>), HistoryError> {
    let files = repository.files(commit)?;
    let root = &options.root.dir;
    let differs = |path: &str| {
        let old = files.get(path);
        let now = disk::within(root, path, disk::SOURCE).ok();
        !matches!((old, now), (Some(old), Some(now)) if Repository::id_of(&now, &old.id) == old.id)
    };
    let changed: BTreeSet<String> =
        report.files.iter().map(|file| file.path.clone()).filter(|path| differs(path)).collect();
    // Calls may have come from files that are gone.
    let gone =
        files.keys().filter(|path| path.ends_with(".go") && !path.starts_with("vendor/") && !root.join(path).exists());
    let looked_at: BTreeSet<&String> = changed.iter().filter(|path| files.contains_key(*path)).chain(gone).collect();
    if looked_at.is_empty() {
        return Ok((Baseline::default(), changed));
    }
    let wanted = files.iter().filter(|(path, _)| looked_at.contains(path) || concerns_all(path));
    let wanted: BTreeMap<String, Option<Blob>> =
        wanted.map(|(path, blob)| (path.clone(), Some(blob.clone()))).collect();
    let snapshot = Snapshot::new()?;
    snapshot.apply(&wanted, &mut repository.blobs()?)?;
    let narrow = looked_at.iter().map(|path| path.as_str().into()).collect();
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
    Ok((baseline, changed))
}
