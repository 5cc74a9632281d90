//! Who calls functions of the tree that hand their format and arguments on to klog: what such a function is given is printed as free
//! text, so that its calls are as good as klog's own.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::calling::{Search, called_names};
use super::error::PlanError;
use super::options::{Options, pool};
use super::spine::plan;
use super::whole::Plan;
use crate::go::files::{self, Root};
use crate::rule::RuleSet;
use crate::text::diagnostic::{Diagnostic, RelPath};

/// A note for each call of a function that hands what it is given to klog, through however many others.
pub fn callers(plan_of: &Plan, options: &Options, rules: &RuleSet) -> Result<Vec<Diagnostic>, PlanError> {
    let whole = match options.shard {
        None => None,
        // Functions and their callers lie in any share: one says it for all.
        Some(shard) if shard.is_first() => {
            let all = Options { shard: None, scope: None, proposes: false, ..options.clone() };
            Some(plan(&all, rules, &|_, _| {})?)
        }
        Some(_) => return Ok(Vec::new()),
    };
    let world = options.world();
    let plan = whole.as_ref().unwrap_or(plan_of);
    let search = Search { world: &world, rules: &rules.log_calls };
    let pool = pool(options)?;
    if let Some((files, called)) = &plan.called {
        return Ok(pool.install(|| search.all(plan, files, || Cow::from(called))));
    }
    let walked = files::walk(&options.root.dir, &options.walk(), &rules.scope);
    Ok(pool.install(|| search.all(plan, &walked.files, || search.called(&walked.files).into())))
}

/// As [`callers`], for the calls in some files of a tree that was not planned: of the functions that may hand on what they are given
/// those alone are read that these files may lead to.
pub fn callers_in(
    files: &BTreeSet<RelPath>,
    spreading: &BTreeMap<String, BTreeSet<RelPath>>,
    options: &Options,
    rules: &RuleSet,
) -> Result<Vec<Diagnostic>, PlanError> {
    let world = options.world();
    let mut handing: BTreeSet<RelPath> = BTreeSet::new();
    let mut open: Vec<RelPath> = files.iter().cloned().collect();
    while let Some(path) = open.pop() {
        let led = |bytes: &[u8]| {
            called_names(bytes)
                .filter_map(|name| spreading.get(std::str::from_utf8(name).ok()?))
                .flatten()
                .cloned()
                .collect()
        };
        let led: BTreeSet<RelPath> = world.index().lend(&path, led).unwrap_or_default();
        let fresh = led.into_iter().filter(|path| handing.insert(path.clone()));
        open.extend(fresh.filter(|path| !files.contains(path)));
    }
    if handing.is_empty() {
        return Ok(Vec::new());
    }
    let root = Root { narrow: handing.iter().cloned().collect(), ..options.root.clone() };
    let asked = Options { root, scope: None, shard: None, proposes: false, habits: false, ..options.clone() };
    let plan = plan(&asked, rules, &|_, _| {})?;
    let among: Vec<RelPath> = handing.union(files).cloned().collect();
    let search = Search { world: &world, rules: &rules.log_calls };
    let mut notes = pool(options)?.install(|| search.all(&plan, &among, || search.called(&among).into()));
    notes.retain(|note| files.contains(&note.path));
    Ok(notes)
}
