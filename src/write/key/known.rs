//! What is known of a value whose key is chosen.

use super::candidates::candidates;
use super::namer::{Namer, Operand};
use crate::klog::convention::Seen;
use crate::klog::name::{camel, words};
use crate::rule::{RuleSet, Subject, Trait};
use crate::write::message::Context;

/// What is known of a value.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Its own name, as it is written; empty where it has none.
    pub own: String,
    /// Words of the name of what it belongs to, in full.
    pub owner: Vec<String>,
    /// Its words, short forms in full.
    pub whole: Vec<String>,
    /// What the guide of the migration has for the own name.
    pub preferred: Option<String>,
    /// Names of its type, as keys.
    pub types: Vec<String>,
    /// Words of the noun before it, in lower case.
    pub noun: Vec<String>,
    /// Words of the noun of two words before it.
    pub compound: Vec<String>,
    /// Words right before it.
    pub before: Vec<String>,
    /// Words of its label.
    pub label: Vec<String>,
    /// Words behind it.
    pub behind: Vec<String>,
    /// A function computes it.
    pub computed: bool,
    /// What the tree's calls call it.
    pub tree: Vec<Seen>,
    /// What most of them agree on.
    pub habit: Option<String>,
    /// What it could be called.
    pub candidates: Vec<String>,
    /// What an answer can be kept for.
    pub about: Vec<Subject>,
    /// A reader has settled its key.
    pub settled: bool,
    /// The call had its key.
    pub given: bool,
    /// What decides its key, whatever the candidates.
    pub fixed: Option<Trait>,
    /// It is logged by one of Kubernetes' own packages.
    pub kubernetes: bool,
}

impl Known {
    /// A value that the call has a key for.
    pub fn given(self) -> Self {
        Self { given: true, ..self }
    }

    /// Whether nothing is left to choose.
    pub fn is_settled(&self) -> bool {
        self.settled || self.given
    }
}

/// Words before a value that are looked at.
const NEAR: usize = 3;

/// What an operand in its place tells of itself.
pub fn known(operand: &Operand, context: &Context, rules: &RuleSet) -> Known {
    let namer = Namer::new(operand, context, rules);
    let chain = &operand.chain;
    let names: Vec<&String> = chain.names.iter().filter(|name| *name != "ObjectMeta").collect();
    let own = names.last().map(|name| (*name).clone()).unwrap_or_default();
    let lower = |words: Vec<String>| words.into_iter().map(|word| word.to_lowercase()).collect::<Vec<_>>();
    let spoken = |said: &[String]| lower(namer.expanded(&said.iter().flat_map(|word| words(word)).collect::<Vec<_>>()));
    let owner = names.len().checked_sub(2).map(|at| names[at]).filter(|owner| owner.len() > 1);
    let types = operand.type_name.iter().chain(&operand.string_type);
    Known {
        // A letter is a short way to write what the text calls by its name.
        owner: owner.map(|owner| lower(namer.expanded(&words(owner)))).unwrap_or_default(),
        whole: names.last().map(|name| namer.in_full(name)).unwrap_or_default(),
        preferred: rules.keys.preferred.get(&own).cloned(),
        types: types.map(|name| camel(&words(name), &rules.keys)).collect(),
        noun: lower(namer.compound().or_else(|| namer.plain_noun()).unwrap_or_default()),
        compound: lower(namer.compound().unwrap_or_default()),
        before: spoken(&context.before[context.before.len().saturating_sub(NEAR)..]),
        label: spoken(namer.label()),
        behind: spoken(context.after.as_slice()),
        computed: chain.computed,
        candidates: candidates(operand, context, rules),
        own,
        ..Known::default()
    }
}
