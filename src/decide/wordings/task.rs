//! Calls worth wording, as whoever words them sees them.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::decide::change::Change;
use crate::decide::decision::{State, Verdict};
use crate::klog::call::{Class, Snippet};
use crate::klog::fingerprint::Fingerprint;
use crate::rule::RuleSet;
use crate::text::Span;
use crate::write::reason::{Applicability, Doubts};

/// Lines of source before and behind a call.
const AROUND: usize = 4;
/// Bytes of a line of source that are shown.
const WIDTH: usize = 300;

/// What is proposed at present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proposal {
    /// The message.
    pub message: String,
    /// The key of each value.
    pub keys: BTreeMap<String, String>,
}

/// One call to word, a line of the export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Task {
    /// Its name, to be given back.
    pub fingerprint: Fingerprint,
    /// `path:line`.
    pub place: String,
    /// The function around it.
    pub function: String,
    /// The source around it.
    pub context: String,
    /// The call as it is.
    pub text: String,
    /// The expression that stands before the message, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Expressions by the names that an answer calls them by.
    pub values: BTreeMap<String, String>,
    /// What klogmod proposes.
    pub proposal: Proposal,
    /// Why it is not sure, in sentences and, in the same order, as codes.
    #[serde(flatten)]
    pub doubts: Doubts,
}

/// Where the words of a proposed call stand in its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// The message's literal.
    pub message: Span,
    /// The keys' literals and values, in their order, but for the request ID's.
    pub pairs: Vec<(Span, String, String)>,
    /// The error's expression, where it is not nil.
    pub error: Option<String>,
    /// What the message says.
    pub said: String,
}

/// Reads where the words of a call stand; `None` where its message or a key is no literal, or pairs come in a list.
pub(super) fn words(call: &str, id_key: &str, on_logger: bool, rules: &RuleSet) -> Option<Words> {
    let snippet = Snippet::parse(call)?;
    let parts = snippet.read(&rules.log_calls, on_logger)?.parts;
    // What stands in front of the call in the snippet's source.
    let shift = snippet.start();
    let span = |node: tree_sitter::Node<'_>| {
        let (start, end) = (node.start_byte().checked_sub(shift)?, node.end_byte().checked_sub(shift)?);
        call.get(start..end).map(|text| (Span::new(start, end), text.to_owned()))
    };
    let literal = |text: &str| crate::klog::format::unquote(text);
    let (message, text) = span(parts.message?)?;
    let said = literal(&text)?;
    let mut pairs = Vec::new();
    for pair in &parts.pairs {
        let (at, key) = span(pair.key_node)?;
        let (key, value) = (literal(&key)?, span(pair.value?)?.1);
        if key != id_key {
            pairs.push((at, key, value));
        }
    }
    let open = parts.spread.is_some() || parts.error.is_some_and(|error| span(error).is_none());
    let error = parts.error.and_then(span).map(|(_, text)| text).filter(|text| text != "nil");
    (!open).then_some(Words { message, pairs, error, said })
}

/// Whether a call that waits for a decision can be worded: text becomes keys and values there.
pub(super) fn is_worded(change: &Change<'_>) -> bool {
    change.site.site.class == Class::Unstructured && !matches!(change.state, State::Decided(Verdict::Rejected { .. }))
}

/// Reads the words of what is proposed for a change.
pub(super) fn of_change(change: &Change<'_>, rules: &RuleSet) -> Option<Words> {
    let old = Snippet::parse(change.before())?;
    let new = Snippet::parse(&change.fix.after)?;
    words(&change.fix.after, &rules.carriers.key, new.went_to_logger(&old, &rules.log_calls), rules)
}

/// `v1`, `v2`, … of pairs in their order.
pub(super) fn name(at: usize) -> String {
    format!("v{}", at + 1)
}

/// The calls that wait for a decision and can be worded, those that klogmod is least sure of first; with `decided` also those that
/// somebody has decided to take.
pub fn tasks(changes: &[Change<'_>], rules: &RuleSet, decided: bool) -> Vec<Task> {
    let waits = |change: &&Change<'_>| is_worded(change) && (decided || change.state.is_pending());
    let mut found: Vec<(bool, usize, Task)> = Vec::new();
    for change in changes.iter().filter(waits) {
        let Some(words) = of_change(change, rules) else { continue };
        let named = || words.pairs.iter().enumerate();
        let task = Task {
            fingerprint: change.subject.fingerprint.clone(),
            place: change.place(),
            function: change.subject.function.clone(),
            context: context(change),
            text: change.before().to_owned(),
            error: words.error.clone(),
            values: named().map(|(at, (_, _, value))| (name(at), value.clone())).collect(),
            proposal: Proposal {
                message: words.said.clone(),
                keys: named().map(|(at, (_, key, _))| (name(at), key.clone())).collect(),
            },
            doubts: change.fix.doubts.clone(),
        };
        found.push((
            change.fix.applicability == Applicability::Safe,
            change.fix.doubts.clone().into_iter().count(),
            task,
        ));
    }
    // What is equally unsure stays in the order of the tree.
    found.sort_by_key(|(safe, doubts, _)| (*safe, std::cmp::Reverse(*doubts)));
    found.into_iter().map(|(_, _, task)| task).collect()
}

/// Some lines around a call.
fn context(change: &Change<'_>) -> String {
    let source = &change.file.source;
    let span = change.site.site.span;
    let before = source.get(..span.start).unwrap_or_default();
    let start =
        before.iter().enumerate().rev().filter(|(_, byte)| **byte == b'\n').nth(AROUND).map_or(0, |(at, _)| at + 1);
    let behind = source.get(span.end..).unwrap_or_default();
    let end = behind
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .nth(AROUND)
        .map_or(source.len(), |(at, _)| span.end + at);
    let text = String::from_utf8_lossy(source.get(start..end).unwrap_or_default()).into_owned();
    let cut = |line: &str| line.chars().take(WIDTH).collect::<String>();
    text.lines().map(cut).collect::<Vec<_>>().join("\n")
}
