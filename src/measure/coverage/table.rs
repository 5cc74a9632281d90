//! Sums by dimension.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::record::{Call, FileRecord};
use super::tally::Tally;

/// Tallies by dimension and value.
pub type Tables = BTreeMap<String, BTreeMap<String, Tally>>;

/// Value of calls that a dimension does not concern.
pub const NONE: &str = "(none)";

/// Dimensions, and whether every call has exactly one value of them.
pub const DIMENSIONS: [(&str, bool); 11] = [
    ("component", true),
    ("directory", true),
    ("owner", true),
    ("sig", true),
    ("method", true),
    ("phase", true),
    ("operation", false),
    ("resource", false),
    ("environment", false),
    ("operation/resource", false),
    ("operation/resource/phase/environment", false),
];

fn values<'c>(dimension: &str, file: &'c FileRecord, call: &'c Call) -> Vec<Cow<'c, str>> {
    let cells = || call.cells.values().flatten();
    let halves = |take: fn((&'c str, &'c str)) -> &'c str| cells().filter_map(|cell| cell.split_once('/')).map(take);
    let mut found: Vec<Cow<'c, str>> = match dimension {
        "component" => vec![file.component.as_str().into()],
        "directory" => vec![file.directory().into()],
        "owner" => vec![file.owner.as_str().into()],
        "sig" => vec![file.sig.as_str().into()],
        "method" => vec![call.method.as_str().into()],
        "phase" => call.phase.as_deref().map(Into::into).into_iter().collect(),
        "operation" => halves(|(operation, _)| operation).map(Into::into).collect(),
        "resource" => halves(|(_, resource)| resource).map(Into::into).collect(),
        "environment" => call.cells.keys().map(|name| name.as_str().into()).collect(),
        "operation/resource" => cells().map(|cell| cell.as_str().into()).collect(),
        _ => {
            let phase = call.phase.as_deref().unwrap_or_default();
            let all = call.cells.iter().flat_map(|(name, cells)| cells.iter().map(move |cell| (cell, name)));
            all.map(|(cell, environment)| format!("{cell}/{phase}/{environment}").into()).collect()
        }
    };
    found.sort_unstable();
    found.dedup();
    if found.is_empty() { vec![NONE.into()] } else { found }
}

/// All sums of some files. Dimensions that concern no call are left out.
pub fn tables(files: &[FileRecord]) -> (Tally, Tables) {
    let mut totals = Tally::default();
    let mut tables = Tables::new();
    for (file, call) in files.iter().flat_map(|file| file.calls.iter().map(move |call| (file, call))) {
        totals.add(call.part, &call.reason, call.volume);
        for (dimension, _) in DIMENSIONS {
            let table = tables.entry(dimension.to_owned()).or_default();
            for value in values(dimension, file, call) {
                match table.get_mut(&*value) {
                    Some(tally) => tally.add(call.part, &call.reason, call.volume),
                    None => {
                        let mut tally = Tally::default();
                        tally.add(call.part, &call.reason, call.volume);
                        table.insert(value.into_owned(), tally);
                    }
                }
            }
        }
    }
    tables.retain(|_, table| table.keys().any(|value| value != NONE));
    (totals, tables)
}
