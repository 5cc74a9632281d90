//! Keys that a reader takes by one keystroke: the next best of each value, for this call or for what the value is, in the whole tree.

use super::task::{Words, of_change, words};
use crate::decide::change::{Change, edited};
use crate::decide::settle::widest;
use crate::klog::call::Snippet;
use crate::klog::format::quote;
use crate::rule::{RuleSet, Subject, check_key};
use crate::text::{Edit, Span, apply_edits};
use crate::write::key::Chance;

/// Keystrokes that there are: 1 to 9.
const MOST: usize = 9;

/// A key that a value of a proposal could have instead of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pick {
    /// The proposed key.
    pub was: String,
    /// The other one.
    pub key: String,
    /// How sure the other one is.
    pub p: Chance,
    /// What an answer for the whole tree would be about, if there is such a thing.
    pub about: Option<Subject>,
    /// Where the proposed key's literal stands in the proposed call.
    pub span: Span,
    /// The number of its pair.
    pair: usize,
}

/// The picks of a proposal, the first by the key 1; none where the call cannot be read or nothing is left to choose.
pub fn picks(change: &Change<'_>, rules: &RuleSet) -> Vec<Pick> {
    if change.fix.names.iter().all(|named| named.alternatives.is_empty()) {
        return Vec::new();
    }
    let Some(words) = of_change(change, rules) else { return Vec::new() };
    let named = change.fix.names.iter().filter_map(|named| {
        let at = words.pairs.iter().position(|(_, key, _)| *key == named.chosen.key)?;
        Some((at, words.pairs.get(at)?.0, named))
    });
    let taken = |key: &str| words.pairs.iter().any(|(_, other, _)| other == key);
    named
        .flat_map(|(pair, span, named)| named.alternatives.iter().map(move |rival| (pair, span, named, rival)))
        .filter(|(.., rival)| !taken(&rival.key) && check_key(&rival.key, &rules.keys.reserved).is_ok())
        .map(|(pair, span, named, rival)| Pick {
            was: named.chosen.key.clone(),
            key: rival.key.clone(),
            p: rival.p,
            about: widest(named).cloned(),
            span,
            pair,
        })
        .take(MOST)
        .collect()
}

/// The call with another key for one of its values, on top of what was edited already; in words why not.
pub fn picked(change: &Change<'_>, pick: &Pick, rules: &RuleSet) -> Result<String, String> {
    let gone = || "the call was edited by hand; e edits it further".to_owned();
    let text = change.after();
    let now = read(change, text, rules).ok_or_else(gone)?;
    let own = of_change(change, rules).ok_or_else(gone)?;
    let values = |words: &Words| words.pairs.iter().map(|(_, _, value)| value.clone()).collect::<Vec<_>>();
    if values(&now) != values(&own) {
        return Err(gone());
    }
    let (span, ..) = now.pairs.get(pick.pair).ok_or_else(gone)?;
    if now.pairs.iter().enumerate().any(|(at, (_, key, _))| at != pick.pair && *key == pick.key) {
        return Err(format!("the call has a {} already", pick.key));
    }
    let edit = Edit::replace(span.start..span.end, quote(&pick.key));
    let text = apply_edits(text.as_bytes(), &[edit]).map_err(|error| error.to_string())?;
    let text = String::from_utf8(text).map_err(|_| gone())?;
    edited(change.file, change.site, change.fix, change.log_calls, &text).map_err(|error| error.to_string())?;
    Ok(text)
}

/// The words of a call in the place of the old one.
fn read(change: &Change<'_>, text: &str, rules: &RuleSet) -> Option<Words> {
    let (old, new) = (Snippet::parse(change.before())?, Snippet::parse(text)?);
    words(text, &rules.carriers.key, new.went_to_logger(&old, &rules.log_calls), rules)
}
