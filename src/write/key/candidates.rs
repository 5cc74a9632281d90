//! What else a value could be called: every source of a name gives one, whatever the rules choose.

use super::choose::{Namer, Operand};
use super::sure::decapitalized;
use crate::klog::name::{camel, words};
use crate::rule::RuleSet;
use crate::write::message::Context;

/// The keys that the operand's own name, its owner's, its type's and the words around it give; some may be none.
pub fn candidates(operand: &Operand, context: &Context, rules: &RuleSet) -> Vec<String> {
    let namer = Namer::new(operand, context, rules);
    let keys = &rules.keys;
    let names: Vec<&String> = operand.chain.names.iter().filter(|name| *name != "ObjectMeta").collect();
    let mut all = Vec::new();
    if let Some(last) = names.last() {
        let own = words(last);
        all.push(decapitalized(last));
        all.push(camel(&own, keys));
        all.extend(keys.preferred.get(*last).cloned());
        all.push(camel(&namer.expanded(&own), keys));
        if let Some(owner) = names.len().checked_sub(2).map(|at| words(names[at])) {
            let thing = namer.thing(&owner);
            all.extend([&thing, &owner].map(|owner| camel(&[owner.clone(), own.clone()].concat(), keys)));
            all.extend(owner.last().map(|noun| camel(&[std::slice::from_ref(noun), &own].concat(), keys)));
            all.push(camel(&thing, keys));
        }
        if let [rest @ .., end] = own.as_slice()
            && !rest.is_empty()
        {
            all.push(camel(std::slice::from_ref(end), keys));
            all.push(end.to_lowercase());
            all.push(camel(&own[1..], keys));
            if matches!(end.as_str(), "Name" | "ID" | "UID" | "name") {
                all.push(camel(rest, keys));
                all.extend(rest.last().map(|noun| camel(&[noun.clone(), end.clone()], keys)));
            }
        }
        if operand.textual && own.len() == 1 {
            all.push(format!("{}Name", decapitalized(last)));
        }
    }
    all.extend(operand.type_name.iter().chain(&operand.string_type).map(|name| camel(&words(name), keys)));
    all.extend(namer.of_label().map(|key| key.text));
    all.extend(namer.of_noun().map(|key| key.text));
    all.extend(namer.noun().map(|noun| camel(&words(&noun), keys)));
    all.extend(namer.entity_before());
    // "GetZoneByNodeName(%s)": what the function wants.
    let spoken = context.before.last().map(|word| words(word)).unwrap_or_default();
    if let Some(at) = spoken.iter().position(|word| matches!(word.as_str(), "By" | "For" | "Of")) {
        let wanted = &spoken[at + 1..];
        all.push(camel(wanted, keys));
        all.extend(wanted.split_last().map(|(_, rest)| camel(rest, keys)));
    }
    all
}
