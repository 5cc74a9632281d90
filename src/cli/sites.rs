//! The lines of an operation and the call sites of a checkout, joined: by file, line and message.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;

use super::args::{CacheArgs, RequestIdArgs, Status, TreeArgs};
use crate::measure::places::Places;
use crate::plan::pipeline::ScopeOptions;
use crate::trace::operation::{SitePart, Story};
use crate::write::edit::Edits;

/// The call sites of a checkout, and how complete they are.
pub fn places(root: &Path, key: Option<&String>, scope: Option<ScopeOptions>) -> Result<(Places, Status)> {
    let tree = TreeArgs {
        paths: vec![root.to_owned()],
        root: None,
        config: None,
        config_from: None,
        rules: None,
        klog_version: None,
        request_id: RequestIdArgs { key: key.cloned(), id_source: None },
        process_ids: false,
        tests: false,
        threads: 0,
        cache: CacheArgs { cache_dir: None, no_cache: false },
    };
    let planned = tree.plan(Edits::both(), scope)?;
    let status = planned.report();
    Ok((Places::new(&planned.plan, &planned.rules), status))
}

/// Names the call sites of a story's lines, and notes those that no call or several could have printed.
pub fn join(story: &mut Story, places: &Places) {
    let mut sites: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let (mut several, mut none) = (0, 0);
    for (number, line) in story.lines.iter().enumerate() {
        match places.find(&line.caller, &line.message)[..] {
            [at] => sites.entry(at).or_default().push(number),
            [] => none += 1,
            _ => several += 1,
        }
    }
    story.sites = sites
        .into_iter()
        .map(|(at, lines)| {
            let place = &places.list()[at];
            SitePart {
                path: place.path.clone(),
                line: place.line,
                function: place.function.clone(),
                owner: place.owner.clone(),
                operations: place.operations.clone(),
                id_from: place.id_from.clone(),
                id_none: place.id_none.as_ref().map(ToString::to_string),
                lines,
            }
        })
        .collect();
    story.sites.sort_by_key(|site| site.lines.first().copied());
    let said = [
        (none, "lines whose place and message fit no call of this tree, as where another one was built"),
        (several, "lines whose place and message fit calls in several files"),
    ];
    story.notes.extend(said.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{what}: {count}")));
}
