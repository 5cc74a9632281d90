//! The questions about names whose answers would make most calls sure.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::plan::pipeline::Plan;
use crate::rule::{Naming, Subject};
use crate::write::edit::{Applicability, Fix};
use crate::write::key::{Chance, Named, call_chance};
use crate::write::reason::Doubt;

/// Calls that are shown with a question.
const EXAMPLES: usize = 2;

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
            let Some(about) = named.about.last() else { continue };
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
