//! What was tried where an error stands behind it: "Delete shelf: %v" says that it failed.

use crate::rule::RuleSet;
use crate::write::message::relation::base;

/// What a line that reports an error says of what was tried, where it does not say so itself: "Delete shelf" → "Failed to delete shelf". A
/// component before it and what is done now stay: "Delete shelf, skipping it".
pub(super) fn failed(text: &str, rules: &RuleSet) -> Option<String> {
    let (component, tried) = match text.split_once(": ") {
        Some((component, tried)) if !component.contains(' ') => (Some(component), tried),
        _ => (None, text),
    };
    let (tried, now) = [", ", "; ", " - "].iter().find_map(|mark| tried.split_once(mark)).unwrap_or((tried, ""));
    let goes_on = now.split(' ').next().is_some_and(|first| first.ends_with("ing") || first == "will");
    if !now.is_empty() && !goes_on || tried.contains([';', ':', '(', '.', '!', '?']) {
        return None;
    }
    let words: Vec<&str> = tried.split(' ').collect();
    let [verb, object @ ..] = words.as_slice() else { return None };
    let base = base(verb, rules);
    let known = rules.messages.attempts.contains(&base.to_lowercase()) && !verb.to_lowercase().ends_with("ed");
    // "Update of shelf", "Sync loop exited".
    let noun = object.first() == Some(&"of") || object.last().is_some_and(|last| last.ends_with("ed"));
    if !known || noun || object.iter().any(|word| says_itself(word, rules)) {
        return None;
    }
    let rest = text.split_once(verb).map_or("", |(_, rest)| rest);
    let capital = verb.starts_with(char::is_uppercase);
    Some(match component {
        Some(component) => format!("{component}: failed to {base}{rest}"),
        None => format!("{}ailed to {base}{rest}", if capital { "F" } else { "f" }),
    })
}

/// Whether a word makes a sentence of its own, or says that something is wrong.
fn says_itself(word: &str, rules: &RuleSet) -> bool {
    let lower = word.to_lowercase();
    let sentences = &rules.sentences;
    let own = [&sentences.joins, &sentences.finite, &sentences.negations];
    own.iter().any(|words| words.contains(&lower))
        || sentences.negative.iter().any(|wrong| lower.starts_with(wrong.as_str()))
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
        assert_eq!(said("Carrier: read label"), "Carrier: failed to read label");
        assert_eq!(said("Detach"), "Failed to detach");
        for whole in [
            "Update of shelf",
            "Sync loop exited",
            "Delete shelf failed",
            "Read error",
            "Row is full",
            "Delete shelf, it is gone",
        ] {
            assert_eq!(said(whole), "", "{whole}");
        }
    }
}
