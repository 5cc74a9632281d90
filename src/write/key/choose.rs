//! The key of a value: from its operand's own name, or, where that says nothing, from the words around the verb.

use super::namer::{Evidence, Key, Namer, Operand, is_plain};
use crate::klog::name::{camel, words};
use crate::rule::RuleSet;
use crate::write::message::{Context, is_quality};

/// Names a value.
pub fn key(operand: &Operand, context: &Context, rules: &RuleSet) -> Key {
    let namer = Namer::new(operand, context, rules);
    let rules = &rules.keys;
    let chain = &operand.chain;
    let named = namer.of_assignment().or_else(|| namer.of_nature()).or_else(|| namer.of_chain(chain));
    let counted_noun = context.after.as_deref().filter(|after| chain.count && after.ends_with('s') && is_plain(after));
    // "registered=%d" of `len(shelves)`, "free: %d" of `free.Len()`.
    let own = chain.names.last().map(|own| words(own)).unwrap_or_default();
    let called = context.label.last().is_some_and(|label| matches!(own.as_slice(), [only] if only == label));
    let labelled =
        chain.count && (context.tied || called) && context.label.iter().all(|word| is_quality(&word.to_lowercase()));
    let key = match named {
        _ if labelled && let Some(key) = namer.of_label() => key,
        _ if let Some(noun) = counted_noun => {
            Key { text: counted(&camel(&words(noun), rules)), evidence: Evidence::Noun }
        }
        Some(key) if chain.count => {
            let thing = rules.preferred.get(&key.text).unwrap_or(&key.text);
            Key { text: counted(thing), ..key }
        }
        Some(key) => key,
        None => namer.of_text().unwrap_or(Key { text: "value".to_owned(), evidence: Evidence::Nothing }),
    };
    let text = rules.preferred.get(&key.text).cloned().unwrap_or(key.text);
    // A string that is called as the thing itself is the thing's name.
    let is_name = operand.textual && rules.named.contains(&text) && chain.names.len() == 1;
    let text = if is_name { format!("{text}Name") } else { text };
    Key { text, ..key }
}

/// `pods` → `numPods`.
fn counted(key: &str) -> String {
    let mut chars = key.chars();
    match chars.next() {
        _ if key.starts_with("num") => key.to_owned(),
        Some(first) => format!("num{}{}", first.to_ascii_uppercase(), chars.as_str()),
        None => "count".to_owned(),
    }
}
