//! Names, keys without a value and exits of a new line that the old one had not.

use super::reading::Reading;
use super::reason::Finding;
use super::words::{Lexicon, tokens};
use crate::rule::RuleSet;

/// Names that a line has or lacks, and that neither its place nor the old text says.
pub fn compare(old: &Reading, new: &Reading, rules: &RuleSet) -> Vec<Finding> {
    let lexicon = Lexicon::of(rules);
    let places = [&*old.site.path, old.site.function.as_str(), old.message.as_str(), new.message.as_str()];
    let known: Vec<String> = places.iter().flat_map(|text| tokens(text)).collect();
    let whole = known.concat();
    let is_known = |name: &String| {
        tokens(name).iter().all(|word| {
            let fits = |other: &String| lexicon.root(other) == lexicon.root(word) || whole.contains(word.as_str());
            word.len() < 3 || rules.keys.entities.contains(word) || known.iter().any(fits)
        })
    };
    let named = new.handed.names.iter().filter(|name| !old.handed.names.contains(name) && !is_known(name));
    let unnamed = old.handed.names.iter().filter(|name| !new.handed.names.contains(name));
    let mut found: Vec<Finding> = named.chain(unnamed).map(|name| Finding::LoggerName { name: name.clone() }).collect();
    if let (Some(key), None) = (&new.handed.odd, &old.handed.odd) {
        found.push(Finding::RuleBroken {
            rule: "lint-odd-arguments".to_owned(),
            what: format!("the logger is given {key} without a value"),
        });
    }
    if let (Some(key), None) = (&new.handed.variable_key, &old.handed.variable_key) {
        found.push(Finding::RuleBroken {
            rule: "lint-key-constant".to_owned(),
            what: format!("the key {key} is no constant"),
        });
    }
    if let (Some(timeout), None) = (&new.handed.hasty, &old.handed.hasty) {
        found.push(Finding::ExitHasty { timeout: timeout.clone() });
    }
    found
}
