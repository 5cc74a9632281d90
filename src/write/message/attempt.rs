//! What was tried where an error stands behind it: "Delete shelf: %v" says that it failed.

use crate::rule::RuleSet;
use crate::write::message::relation::base;

/// What a line that reports an error says of what was tried, where it does not say so itself: "Delete shelf" → "Failed to delete shelf". A
/// component before it and what is done now stay: "Delete shelf, skipping it".
pub(super) fn failed(text: &str, rules: &RuleSet) -> Option<String> {
    let messages = &rules.messages;
    let component = text.split_once(": ").map(|(component, _)| component).filter(|component| !component.contains(' '));
    if component.is_some_and(|remark| messages.remarks.contains(&remark.to_lowercase())) {
        return None;
    }
    let tried = component.map_or(text, |component| &text[component.len() + ": ".len()..]);
    let (tried, now) = match [", ", "; ", " - "].iter().find_map(|mark| tried.find(mark).map(|at| (at, mark.len()))) {
        Some((at, mark)) => (&tried[..at], &tried[at + mark..]),
        None => (tried, ""),
    };
    let goes_on = now.split(' ').next().is_some_and(|first| messages.goes_on.contains(first));
    if !now.is_empty() && !goes_on || tried.contains([';', ':', '(', '.', '!', '?']) {
        return None;
    }
    let words: Vec<&str> = tried.split(' ').collect();
    let [verb, object @ ..] = words.as_slice() else { return None };
    // "Delete shelf error".
    let object = match object {
        [object @ .., before, last]
            if now.is_empty() && messages.said_errors.contains(*last) && !messages.of_errors.contains(*before) =>
        {
            &words[1..object.len() + 2]
        }
        _ => object,
    };
    let base = attempted(verb, rules)?;
    // "Update of shelf", "Sync loop exited", "Start over".
    let no_object = |word: &&str| messages.no_objects.contains(&word.to_lowercase());
    // "Create shelf decode": what was tried is the last word.
    let acts = |word: &&&str| object.len() > 1 && messages.attempts.contains(&word.to_lowercase());
    let is_noun = object.first().is_some_and(no_object)
        || object.last().as_ref().is_some_and(acts)
        || object.last().is_some_and(no_object)
        || object.last().is_some_and(|last| last.ends_with("ed") || rules.sentences.openers.contains(*last));
    if is_noun || object.iter().any(|word| says_itself(word, rules)) {
        return None;
    }
    let capital = component.is_none() && verb.starts_with(char::is_uppercase);
    let before = component.map(|component| format!("{component}: ")).unwrap_or_default();
    let object: String = object.iter().map(|word| format!(" {word}")).collect();
    // What is done now goes on behind its mark.
    let after = &text[before.len() + tried.len()..];
    Some(format!("{before}{}ailed to {base}{object}{after}", if capital { "F" } else { "f" }))
}

/// What a verb says was tried: those that are nouns as well only as "-ing".
fn attempted(verb: &str, rules: &RuleSet) -> Option<String> {
    let (lower, base) = (verb.to_lowercase(), base(verb, rules));
    let is_shouted = verb.len() > 1 && !verb.contains(char::is_lowercase);
    let known = match lower.ends_with("ing") {
        true => rules.messages.attempting.contains(&lower),
        false => !lower.ends_with("ed") && rules.messages.attempts.contains(&base.to_lowercase()),
    };
    (known && !is_shouted && !base.ends_with("ing")).then_some(base)
}

/// Whether a word makes a sentence of its own, or says that something is wrong.
fn says_itself(word: &str, rules: &RuleSet) -> bool {
    let lower = word.to_lowercase();
    let sentences = &rules.sentences;
    [&sentences.joins, &sentences.finite].iter().any(|words| words.contains(&lower)) || sentences.says_wrong(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_tried_failed() {
        let rules = RuleSet::load(None).unwrap();
        let said = |text: &str| failed(text, &rules).unwrap_or_default();
        assert_eq!(said("Delete shelf"), "Failed to delete shelf");
        assert_eq!(said("Mounting crate, skipping row"), "Failed to mount crate, skipping row");
        assert_eq!(said("Carrier: remove label"), "Carrier: failed to remove label");
        assert_eq!(said("Detach"), "Failed to detach");
        assert_eq!(said("Delete shelf error"), "Failed to delete shelf");
        assert_eq!(said("Delete shelf error, retrying"), "");
        assert_eq!(said("Terminating worker"), "Failed to terminate worker");
        assert_eq!(said("Saving last error"), "");
        for whole in [
            "Update of shelf",
            "Sync loop exited",
            "Delete shelf failed",
            "Read error",
            "Row is full",
            "Delete shelf, it is gone",
            "Close shelf, expecting a crate",
            "Watch too old crate version",
            "Bind already in use",
            "Clean shutdown",
            "Open source",
            "Starting over",
            "Sending queue full",
            "Opening hours",
            "Hint: remove the crate",
            "Create crate despite",
            "DELETE shelves",
            "Create shelf decode",
            "Get shelf return",
            "Removing for",
        ] {
            assert_eq!(said(whole), "", "{whole}");
        }
    }
}
