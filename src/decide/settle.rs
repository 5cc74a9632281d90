//! The questions about names whose answers would make most calls sure.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::plan::pipeline::Plan;
use crate::rule::{NAMES, Names, Naming, RuleError, Subject};
use crate::text::disk;
use crate::write::edit::{Applicability, Fix};
use crate::write::key::{Chance, Named, call_chance};
use crate::write::reason::Doubt;

/// Calls that are shown with a question.
const EXAMPLES: usize = 2;

/// What a value is, in the sense that settles most: the widest of its subjects.
pub fn widest(named: &Named) -> Option<&Subject> {
    named.about.last()
}

/// How many calls of a plan an answer about a subject would reach.
pub fn follows(plan: &Plan, about: &Subject) -> usize {
    let of = |fix: &Fix| fix.names.iter().any(|named| widest(named) == Some(about));
    plan.sites().filter_map(|site| site.fix()).filter(|fix| of(fix)).count()
}

/// Why an answer could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum SettleError {
    /// The file has a mistake.
    #[error(transparent)]
    Names(#[from] RuleError),
    /// The file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Changes the answers of a checkout as they are on disk now, so that two who settle at a time lose nothing. Gives back what `alter`
/// does; an error of its own leaves the file as it was.
pub fn keep<T, E: From<SettleError>>(
    root: &Path,
    reserved: &BTreeSet<String>,
    alter: impl FnOnce(&mut Names) -> Result<T, E>,
) -> Result<T, E> {
    let path = root.join(NAMES);
    let fail = |source| SettleError::Write { path: path.clone(), source };
    let _lock = disk::lock(root).map_err(fail)?;
    let mut names = Names::within(root, reserved).map_err(SettleError::from)?;
    let done = alter(&mut names)?;
    disk::write_file(&path, names.render().as_bytes()).map_err(fail)?;
    Ok(done)
}

/// A key settled in a review, and what it takes to go back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled {
    /// What it is about.
    pub about: Subject,
    /// The key; `None` takes an answer back.
    pub key: Option<String>,
    /// What was settled before.
    pub before: Option<String>,
    /// How many calls follow.
    pub calls: usize,
}

impl Settled {
    /// Keeps an answer, or takes one back, and says what it was before.
    pub fn keep(
        about: Subject,
        key: Option<String>,
        plan: &Plan,
        reserved: &BTreeSet<String>,
    ) -> Result<Self, SettleError> {
        let calls = follows(plan, &about);
        keep(&plan.root, reserved, |names| {
            let before = match &key {
                Some(key) => names.settle(&about, key),
                None => names.forget(&about),
            };
            Ok(Self { about, key, before, calls })
        })
    }
}

impl std::fmt::Display for Settled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let calls = if self.calls == 1 { "1 call follows".to_owned() } else { format!("{} calls follow", self.calls) };
        match &self.key {
            Some(key) => write!(f, "{} is called {key} in the whole tree: {calls}", self.about),
            None => write!(f, "what {} is called is open again: {calls}", self.about),
        }
    }
}

/// One question: what is this called?
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// What it is about.
    pub about: Subject,
    /// The key that most calls are given.
    pub key: String,
    /// What else it could be, the best first.
    pub alternatives: Vec<String>,
    /// How sure the key is, in the mean.
    pub p: Chance,
    /// Values that an answer names.
    pub values: usize,
    /// Calls that become sure, once this question and those before it are answered.
    pub calls: usize,
    /// Some of the calls.
    pub examples: Vec<Example>,
}

/// A call that a question is about.
#[derive(Clone, Debug, Serialize)]
pub struct Example {
    /// `path:line`.
    pub place: String,
    /// The call as it is proposed.
    pub call: String,
}

/// Values of one subject.
#[derive(Default)]
struct Group<'p> {
    keys: BTreeMap<&'p str, usize>,
    rivals: BTreeMap<&'p str, u32>,
    doubt: u32,
    values: usize,
    examples: Vec<Example>,
}

/// The most valuable questions about a plan, at most `most`.
pub fn questions(plan: &Plan, naming: &Naming, most: usize) -> Vec<Question> {
    let mut groups: BTreeMap<&Subject, Group<'_>> = BTreeMap::new();
    let unsure = |named: &&Named| named.chosen.p < Chance::SURE;
    for site in plan.sites() {
        let Some(fix) = site.fix() else { continue };
        for named in fix.names.iter().filter(unsure) {
            // The widest subject settles most.
            let Some(about) = widest(named) else { continue };
            let group = groups.entry(about).or_default();
            *group.keys.entry(&named.chosen.key).or_default() += 1;
            for rival in &named.alternatives {
                *group.rivals.entry(&rival.key).or_default() += u32::from(rival.p.0);
            }
            group.doubt += u32::from(100 - named.chosen.p.0);
            group.values += 1;
            if group.examples.len() < EXAMPLES {
                let place = format!("{}:{}", site.site.path, site.site.position.line);
                group.examples.push(Example { place, call: fix.after.clone() });
            }
        }
    }
    let mut sorted: Vec<_> = groups.into_iter().collect();
    sorted.sort_by(|(a, left), (b, right)| right.doubt.cmp(&left.doubt).then_with(|| a.cmp(b)));
    sorted.truncate(most);
    let mut settled = BTreeSet::new();
    let mut sure = 0;
    let ask = |(about, group): (&Subject, Group<'_>)| {
        settled.insert(about.clone());
        let now = plan.sites().filter_map(|site| site.fix()).filter(|fix| becomes_sure(fix, &settled, naming)).count();
        let calls = now.saturating_sub(sure);
        sure = now;
        let key =
            group.keys.iter().max_by_key(|(_, seen)| **seen).map(|(key, _)| (*key).to_owned()).unwrap_or_default();
        let others = group.keys.keys().filter(|other| **other != key).copied();
        let mut rivals: Vec<_> = group.rivals.iter().filter(|(rival, _)| ***rival != key).collect();
        rivals.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let mut alternatives: Vec<String> = Vec::new();
        for rival in others.chain(rivals.into_iter().map(|(rival, _)| *rival)) {
            if alternatives.len() < naming.shown && alternatives.iter().all(|known| known != rival) {
                alternatives.push(rival.to_owned());
            }
        }
        let mean = 100 - group.doubt / u32::try_from(group.values.max(1)).unwrap_or(u32::MAX);
        let p = Chance(u8::try_from(mean).unwrap_or(0));
        Question { about: about.clone(), key, alternatives, p, values: group.values, calls, examples: group.examples }
    };
    sorted.into_iter().map(ask).collect()
}

/// Whether a fix is for review because its words are not sure, and would be once these are settled.
fn becomes_sure(fix: &Fix, settled: &BTreeSet<Subject>, naming: &Naming) -> bool {
    let only_words = fix.applicability == Applicability::NeedsReview
        && fix
            .doubts
            .iter()
            .all(|doubt| matches!(doubt, Doubt::WordsUnsure { .. }) || doubt.applicability() == Applicability::Safe);
    if !only_words {
        return false;
    }
    let chance = |named: &Named| match named.about.iter().any(|about| settled.contains(about)) {
        true => Chance::SURE,
        false => named.chosen.p,
    };
    let keys: Vec<Chance> = fix.names.iter().map(chance).collect();
    let message = fix.message.as_deref().unwrap_or_default();
    call_chance(&keys, message, fix.words, naming).0 >= naming.limit
}
