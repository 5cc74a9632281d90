//! Queries for the logs of a patched tree: those of `rules/queries.toml`, with the tree's own names in them.

use std::collections::BTreeMap;

use crate::go::syntax::{AstNode, CallExpression, peel};
use crate::klog::call::Snippet;
use crate::klog::operand::callee_name;
use crate::plan::pipeline::Plan;
use crate::rule::{LogCalls, Query};
use crate::write::edit::Outcome;

/// What stands in the queries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The request ID's key.
    pub key: String,
    /// A request ID.
    pub id: String,
    /// The key of an object.
    pub object: String,
    /// The object's namespace; empty if it has none.
    pub namespace: String,
    /// The object's name.
    pub name: String,
}

impl Names {
    /// A query with the names in it. The names are words and paths: nothing in them needs an escape in any tool.
    pub fn query(&self, query: &Query) -> Query {
        let names = [
            ("%key%", &self.key),
            ("%id%", &self.id),
            ("%object%", &self.object),
            ("%namespace%", &self.namespace),
            ("%name%", &self.name),
        ];
        let mut text = query.text.trim().to_owned();
        while let Some((before, rest)) = text.split_once("%namespace{%")
            && let Some((inner, after)) = rest.split_once("%}%")
        {
            let inner = if self.namespace.is_empty() { "" } else { inner };
            text = [before, inner, after].concat();
        }
        let text = names.iter().fold(text, |text, (mark, name)| text.replace(mark, name));
        Query { text, ..query.clone() }
    }
}

/// Whether a name can stand in every query as it is: letters, digits and `-_.:/`.
pub fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/".contains(c))
}

/// Keys under which the tree's calls log objects once the plan is applied, the most frequent first, with their counts.
pub fn object_keys(plan: &Plan, rules: &LogCalls) -> Vec<(String, usize)> {
    let mut counts = BTreeMap::new();
    for file in &plan.files {
        for site in &file.sites {
            let call = match &site.outcome {
                Outcome::Fix(fix) => &fix.after,
                Outcome::Structured => std::str::from_utf8(site.site.span.of(&file.source)).unwrap_or_default(),
                _ => continue,
            };
            // Most calls log no object.
            if rules.references.object.iter().any(|name| call.contains(name)) {
                count(call, rules, &mut counts);
            }
        }
    }
    let mut keys: Vec<(String, usize)> = counts.into_iter().collect();
    keys.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    keys
}

fn count(call: &str, rules: &LogCalls, counts: &mut BTreeMap<String, usize>) {
    let Some(snippet) = Snippet::parse(call) else { return };
    let Some(spoken) = snippet.read(rules, true) else { return };
    let references = &rules.references.object;
    for pair in spoken.parts.pairs {
        let callee = pair.value.and_then(|value| CallExpression::cast(peel(value))?.function());
        let is_reference =
            callee.is_some_and(|f| references.iter().any(|name| name == callee_name(f.node(), snippet.source())));
        if let Some(key) = pair.key.filter(|key| is_reference && is_plain(key)) {
            *counts.entry(key).or_default() += 1;
        }
    }
}
