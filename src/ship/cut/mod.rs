//! A plan cut into patches for the people who must approve them: by owner, within a size, in order.

mod letter;
mod logcheck;
mod markdown;
mod pack;
mod part;
mod pull_request;
mod reach;
mod runtime;
mod subject;
mod threads;

use std::borrow::Cow;
use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::decide::change::{Change, Changes, Choice, EditError};
use crate::go::files::{GeneratedFiles, component};
use crate::go::parse::LazyTree;
use crate::klog::fingerprint::Fingerprint;
use crate::plan::pipeline::{FilePlan, Plan};
use crate::text::FileChange;
use crate::text::diagnostic::Diagnostic;
use crate::write::edit::{Fix, Outcome};

use part::Taken;

pub use letter::{Letter, Origin, Told};
pub use logcheck::fully_structured;
pub use part::{Group, Part, Stage};
pub use pull_request::{pull_request, whole_pull_request};
pub use runtime::{RuntimeMail, by_hand, calls_out_mail, package_mail, package_out_mail, wire_mail};
pub use subject::{Subjects, TemplateError};
pub use threads::{ThreadMail, thread_mail};

/// Lines that a patch may change: prow's size/L ends at 499; the rest is left to the people who touch it up.
pub const MAX_LINES: usize = 450;

/// How a plan is cut.
#[derive(Clone, Copy, Debug)]
pub struct Options<'o> {
    /// Which fixes are taken.
    pub choice: Choice,
    /// Lines that a patch may change, added and removed ones together.
    pub max_lines: usize,
    /// The plan of the structural edits alone, where they are to be patches of their own.
    pub structural: Option<&'o Plan>,
}

/// Changes with the fixes that are made for them, by file.
type ByFile<'p, T> = Vec<(&'p FilePlan, Vec<T>)>;

/// The fixes that are taken, by file, and what could not be.
fn chosen<'c, 'p>(
    changes: &'c Changes<'p>,
    choice: Choice,
    complaints: &mut Vec<Diagnostic>,
) -> ByFile<'p, (&'c Change<'p>, Cow<'p, Fix>)> {
    let mut files: ByFile<'p, _> = Vec::new();
    for change in &changes.list {
        let fix = match choice.of(change) {
            Ok(Some(fix)) => fix,
            Ok(None) => continue,
            Err(error) => {
                complaints.push(complaint(change, &error));
                continue;
            }
        };
        match files.last_mut() {
            Some((file, list)) if file.path == change.file.path => list.push((change, fix)),
            _ => files.push((change.file, vec![(change, fix)])),
        }
    }
    files
}

/// Hands each file that changes to `each`, uncut, and returns what could not be taken.
pub fn uncut<E>(
    changes: &Changes<'_>,
    choice: Choice,
    mut each: impl FnMut(FileChange) -> Result<(), E>,
) -> Result<Vec<Diagnostic>, E> {
    let mut complaints = Vec::new();
    for (file, chosen) in chosen(changes, choice, &mut complaints) {
        let fixes: Vec<&Fix> = chosen.iter().map(|(_, fix)| &**fix).collect();
        match file.with_fixes(&LazyTree::new(&file.source), &fixes) {
            Ok(fixed) => each(fixed)?,
            Err(error) => complaints.push(pack::complaint(file, &error.to_string())),
        }
    }
    Ok(complaints)
}

/// The changes that are taken, by file, and those that could not be.
fn taken<'c, 'p>(
    changes: &'c Changes<'p>,
    options: &Options<'c>,
    complaints: &mut Vec<Diagnostic>,
) -> ByFile<'p, Taken<'c, 'p>> {
    let structural = structural_fixes(options);
    let taken = |(change, fix): (&'c Change<'p>, Cow<'p, Fix>)| {
        // What a person wrote is one edit: it is made in the first stage that there is.
        let structural = structural.get(&change.subject.fingerprint).map(|known| match &fix {
            Cow::Owned(edited) => Cow::Owned(edited.clone()),
            Cow::Borrowed(_) => Cow::Borrowed(*known),
        });
        Taken { change, fix, structural }
    };
    let files = chosen(changes, options.choice, complaints);
    files.into_iter().map(|(file, list)| (file, list.into_iter().map(taken).collect())).collect()
}

fn complaint(change: &Change<'_>, error: &EditError) -> Diagnostic {
    Diagnostic::error(change.file.path.clone(), format!("left out: {error}"))
        .at(change.site.site.position)
        .help("edit it again: klogmod review")
}

fn structural_fixes<'c>(options: &Options<'c>) -> FxHashMap<&'c Fingerprint, &'c Fix> {
    let sites = options.structural.into_iter().flat_map(|plan| plan.sites());
    sites
        .filter_map(|site| match &site.outcome {
            Outcome::Fix(fix) => Some((&site.fingerprint, &**fix)),
            _ => None,
        })
        .collect()
}

/// A plan cut into patches.
pub struct Cut<'c, 'p> {
    /// In the order of the series.
    pub parts: Vec<Part<'c, 'p>>,
    /// What could not be taken.
    pub complaints: Vec<Diagnostic>,
}

/// Cuts the changes that are taken.
pub fn cut<'c, 'p>(changes: &'c Changes<'p>, options: &Options<'c>, generated: &GeneratedFiles) -> Cut<'c, 'p> {
    let mut complaints = Vec::new();
    let files = taken(changes, options, &mut complaints);
    let mut groups: BTreeMap<Group, Vec<pack::Unit<'c, 'p>>> = BTreeMap::new();
    for (file, taken) in files {
        match pack::units(file, taken, options.max_lines) {
            Ok(units) => {
                for unit in units {
                    groups.entry(group(&unit)).or_default().push(unit);
                }
            }
            Err(diagnostic) => complaints.push(diagnostic),
        }
    }
    let ranks = ranks(&groups);
    let mut ordered: Vec<_> = groups.into_iter().collect();
    for (group, _) in &mut ordered {
        let own = (group.component.clone(), group.owners.clone(), group.sigs.clone());
        group.rank = ranks.get(&own).cloned().unwrap_or_default();
    }
    ordered.sort_by(|a, b| a.0.cmp(&b.0));
    let mut parts = Vec::new();
    for (group, units) in ordered {
        for units in pack::pack(units, options.max_lines, generated) {
            parts.extend(pack::parts(&group, units, options.structural.is_some(), generated));
        }
    }
    number(&mut parts);
    for part in &parts {
        let size = part.counts.added + part.counts.removed;
        if size > options.max_lines {
            let path = part.files.first().map(|file| file.path.clone()).unwrap_or_else(|| "".into());
            let message = format!("one call alone changes {size} lines, more than --max-lines {}", options.max_lines);
            complaints.push(Diagnostic::warning(path, message));
        }
    }
    Cut { parts, complaints }
}

type Own = (String, String, Vec<String>);

/// The most urgent rank of each group's calls, so that a group stays together.
fn ranks(groups: &BTreeMap<Group, Vec<pack::Unit<'_, '_>>>) -> FxHashMap<Own, (u8, String)> {
    let mut ranks: FxHashMap<Own, (u8, String)> = FxHashMap::default();
    for (group, units) in groups {
        let own = (group.component.clone(), group.owners.clone(), group.sigs.clone());
        let best = units.iter().flat_map(|unit| unit.taken.iter().map(|taken| rank(taken.change))).min();
        ranks.insert(own, best.unwrap_or_default());
    }
    ranks
}

fn rank(change: &Change<'_>) -> (u8, String) {
    let phase = match change.priority.phase.as_deref() {
        Some("alpha") => 0,
        Some("beta") => 1,
        Some("ga") => 2,
        Some(_) => 3,
        None => 4,
    };
    (phase, change.priority.operations.first().cloned().unwrap_or_default())
}

fn group(unit: &pack::Unit<'_, '_>) -> Group {
    let owners = &unit.taken[0].change.owners;
    Group {
        rank: (0, String::new()),
        // Where they own all of the tree, the part of it that the file is in.
        component: if owners.dir.is_empty() { component(&unit.file.path).to_owned() } else { owners.dir.clone() },
        owners: owners.dir.clone(),
        sigs: owners.sigs.clone(),
        approvers: owners.approvers.clone(),
    }
}

/// Numbers the parts that would otherwise have one subject.
fn number(parts: &mut [Part<'_, '_>]) {
    let key = |part: &Part<'_, '_>| (part.dir.clone(), part.stage as u8, part.group.sigs.clone());
    let mut totals: FxHashMap<_, usize> = FxHashMap::default();
    for part in parts.iter() {
        *totals.entry(key(part)).or_default() += 1;
    }
    let mut seen: FxHashMap<_, usize> = FxHashMap::default();
    for part in parts {
        let number = seen.entry(key(part)).or_default();
        *number += 1;
        part.number = (*number, totals.get(&key(part)).copied().unwrap_or(1));
    }
}
