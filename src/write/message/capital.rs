//! Capitals: those that a message starts with, and those of names in code.

use crate::rule::Messages;

/// A name in code: `attachEnabled`.
pub(super) fn is_humped(word: &str) -> bool {
    word.chars().skip(1).any(char::is_uppercase) && word.chars().any(char::is_lowercase)
}

/// A capital at the start, unless the first word is an identifier.
pub(super) fn capitalised(text: &str, rules: &Messages) -> String {
    let first: String = text.chars().take_while(|c| !c.is_whitespace()).collect();
    let identifier = first.contains(['_', '/']);
    let mut chars = text.chars();
    match chars.next() {
        Some(c) if c.is_lowercase() && !identifier && !rules.keep_lower.contains(&first) => {
            c.to_uppercase().chain(chars).collect()
        }
        _ => text.to_owned(),
    }
}
