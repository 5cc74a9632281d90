//! Reports of shards become one: in any order, and by any grouping.

use super::report::{Report, SCHEMA};
use super::shard::Shards;
use super::table::tables;

/// Why reports do not go together.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// There is none.
    #[error("there is no report to merge")]
    Empty,
    /// It is not of this schema.
    #[error("{0} is no {SCHEMA} document of this klogmod; write it anew with klogmod coverage --output json=FILE")]
    Schema(String),
    /// They differ in what must be the same.
    #[error(
        "{first} and {second} are of different {what}: {a} and {b}; run all shards with the same klogmod on the same commit"
    )]
    Differ {
        /// What differs.
        what: &'static str,
        /// One file.
        first: String,
        /// The other.
        second: String,
        /// Its value.
        a: String,
        /// The other's value.
        b: String,
    },
    /// A shard is there twice.
    #[error("{second} repeats shard {shard}")]
    Twice {
        /// The file that repeats it.
        second: String,
        /// Which.
        shard: String,
    },
}

/// Merges named reports.
pub fn merge(reports: Vec<(String, Report)>) -> Result<Report, MergeError> {
    let mut reports = reports.into_iter();
    let Some((first, mut merged)) = reports.next() else { return Err(MergeError::Empty) };
    if merged.schema != SCHEMA {
        return Err(MergeError::Schema(first));
    }
    for (name, report) in reports {
        agree(&first, &merged, &name, &report)?;
        merged.shards = Some(joined(merged.shards.take(), report.shards, &name)?);
        merged.files_read += report.files_read;
        for (reason, count) in report.left_alone {
            *merged.left_alone.entry(reason).or_default() += count;
        }
        merged.findings.extend(report.findings);
        merged.files.extend(report.files);
        merged.diagnostics.extend(report.diagnostics);
    }
    merged.findings.sort();
    merged.diagnostics.sort();
    merged.files.sort_by(|a, b| a.path.cmp(&b.path));
    merged.shards = merged.shards.filter(|shards| !shards.missing().is_empty());
    (merged.totals, merged.tables) = tables(&merged.files);
    Ok(merged)
}

fn joined(a: Option<Shards>, b: Option<Shards>, name: &str) -> Result<Shards, MergeError> {
    // A whole tree is shard 1 of 1.
    let whole = || Shards { of: 1, have: vec![1] };
    let (mut a, b) = (a.unwrap_or_else(whole), b.unwrap_or_else(whole));
    if let Some(twice) = b.have.iter().find(|index| a.have.contains(index)) {
        return Err(MergeError::Twice { second: name.to_owned(), shard: format!("{twice}/{}", a.of) });
    }
    a.have.extend(b.have);
    a.have.sort_unstable();
    Ok(a)
}

fn agree(first: &str, a: &Report, second: &str, b: &Report) -> Result<(), MergeError> {
    if b.schema != SCHEMA {
        return Err(MergeError::Schema(second.to_owned()));
    }
    let shards = |report: &Report| report.shards.as_ref().map_or(1, |shards| shards.of).to_string();
    let revision = |report: &Report| report.revision.clone().unwrap_or_else(|| "no commit".to_owned());
    let scope = |report: &Report| report.scope.clone().unwrap_or_default();
    let same = [
        ("versions of klogmod", a.version.clone(), b.version.clone()),
        ("rules", a.rules.clone(), b.rules.clone()),
        ("settings", a.settings.clone(), b.settings.clone()),
        ("scopes", scope(a), scope(b)),
        ("revisions", revision(a), revision(b)),
        ("numbers of shards", shards(a), shards(b)),
    ];
    match same.into_iter().find(|(_, a, b)| a != b) {
        Some((what, a, b)) => {
            Err(MergeError::Differ { what, first: first.to_owned(), second: second.to_owned(), a, b })
        }
        None => Ok(()),
    }
}
