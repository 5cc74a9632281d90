//! What a value could be called: every source of a name gives keys, whatever the rules choose.

use std::collections::BTreeSet;

use super::namer::{Namer, Operand};
use super::sure::decapitalized;
use crate::klog::name::{camel, words};
use crate::rule::{Keys, RuleSet};
use crate::write::message::{Context, is_quality};

/// The keys that the operand's own name, its owner's, its type's and the words around it give; some may be none.
pub fn candidates(operand: &Operand, context: &Context, rules: &RuleSet) -> Vec<String> {
    let namer = Namer::new(operand, context, rules);
    let mut found =
        Candidates { namer: &namer, keys: &rules.keys, roles: &rules.sentences.role_words, all: Vec::new() };
    let names: Vec<&String> = operand.chain.names.iter().filter(|name| *name != "ObjectMeta").collect();
    let own = names.last().map(|last| words(last)).unwrap_or_default();
    if let Some((last, owners)) = names.split_last() {
        found.of_own(last, &own, operand);
        // `np` says nothing where nobody knows what it is short for.
        let says = |owner: &String| {
            owner.len() > 2
                || owner.len() == 2
                    && (rules.keys.preferred.contains_key(owner.as_str())
                        || camel(&words(owner), &rules.keys) != owner.to_lowercase())
        };
        let said = owners.iter().rev().take(2).filter(|owner| says(owner));
        said.for_each(|owner| found.of_owner(&words(owner), &own));
    }
    // "deletion timestamp: %v" of `DeletionTimestamp`, `AllowAccess(%v)` of `opts.AllowAccess`: name and text agree.
    let called = context.called.as_deref().map(words);
    let label: Vec<String> = called.as_ref().unwrap_or(&context.label).iter().map(|word| word.to_lowercase()).collect();
    if own.len() > 1 && own.iter().map(|word| word.to_lowercase()).eq(label) {
        return vec![camel(&own, &rules.keys)];
    }
    let types = operand.type_name.iter().chain(&operand.string_type);
    types.for_each(|name| found.key(&words(name)));
    found.of_noun(&own, context, rules);
    found.of_text(&own, context, rules);
    if operand.chain.count {
        found.of_count(&own, context);
    }
    found.all
}

/// Whether a part of a name says that it is an error.
fn is_error(part: &[String]) -> bool {
    matches!(part, [only] if matches!(only.to_lowercase().as_str(), "error" | "err"))
}

/// Words of the name of what a value is a field of.
fn operand_owner(namer: &Namer<'_>) -> BTreeSet<String> {
    let names: Vec<&String> = namer.operand.chain.names.iter().filter(|name| *name != "ObjectMeta").collect();
    let owner = names.len().checked_sub(2).map(|at| words(names[at])).unwrap_or_default();
    owner.iter().map(|word| word.to_lowercase()).collect()
}

struct Candidates<'c> {
    namer: &'c Namer<'c>,
    keys: &'c Keys,
    /// Words that tell which of two a value is.
    roles: &'c BTreeSet<String>,
    all: Vec<String>,
}

impl Candidates<'_> {
    fn key(&mut self, words: &[String]) {
        // nameName
        let twice = words.windows(2).any(|pair| pair[0].eq_ignore_ascii_case(&pair[1]));
        if !words.is_empty() && !twice {
            self.all.push(camel(words, self.keys));
        }
    }

    /// The own name, its parts, and what it is short for.
    fn of_own(&mut self, last: &str, own: &[String], operand: &Operand) {
        self.all.extend(self.keys.preferred.get(last).cloned());
        let expanded = self.namer.in_full(last);
        // Short forms are written out.
        let short = expanded != own;
        if !short {
            self.all.push(decapitalized(last));
        }
        for name in [own, &expanded].into_iter().skip(usize::from(short)) {
            self.key(name);
            (1..name.len()).for_each(|at| {
                // `remoteAddr` is not any address, and `tolerateError` no error.
                // Nor does `podMeta` say what it is about by `meta`.
                let bare = matches!(&name[at..], [only] if self.is_bare(only));
                if !is_error(&name[at..])
                    && !bare
                    && !self.roles.contains(&name[at - 1].to_lowercase())
                    && !self.is_compound(&name[at - 1], &name[at])
                {
                    self.key(&name[at..]);
                }
                // An ID is not the box.
                let is_id = matches!(&name[at..], [only] if matches!(&*only.to_lowercase(), "id" | "uid"));
                if !is_id && self.says_little(&name[at..]) {
                    self.key(&name[..at]);
                }
            });
        }
        self.of_tails(own, short);
        if let [.., noun, end] = own
            && matches!(end.as_str(), "Name" | "ID" | "UID" | "name")
            && !own.len().checked_sub(3).is_some_and(|at| self.is_compound(&own[at], noun))
        {
            self.key(&[noun.clone(), end.clone()]);
        }
        let several = expanded.last().is_some_and(|word| word.len() > 3 && word.ends_with('s'));
        if operand.textual && expanded.len() == 1 && !several {
            self.key(&[expanded, vec!["name".to_owned()]].concat());
        }
    }

    /// The last words of an own name in small letters: `ip` beside IP.
    fn of_tails(&mut self, own: &[String], short: bool) {
        let whole = own.len().checked_sub(2).is_some_and(|at| self.is_compound(&own[at], &own[at + 1]));
        // `labelsToUpdate` is no update.
        let closed = &self.namer.sentences.closed;
        let of_role = |at: usize| at > 0 && closed.contains(&own[at - 1].to_lowercase());
        let cased = (1..own.len())
            .filter(|at| !(of_role(*at) || at + 1 == own.len() && self.is_bare(&own[*at])))
            .filter(|at| !self.is_compound(&own[at - 1], &own[*at]) && !is_error(&own[*at..]));
        let cased: Vec<String> = cased.map(|at| decapitalized(&own[at..].concat())).collect();
        self.all.extend(
            cased.into_iter().chain(
                own.last()
                    .filter(|_| {
                        !(short
                            || whole
                            || own.len() > 1 && self.is_bare(&own[own.len() - 1])
                            || of_role(own.len() - 1)
                            || own.len() > 1 && is_error(&own[own.len() - 1..]))
                    })
                    .map(|word| word.to_lowercase()),
            ),
        );
    }

    /// Whether a word says little at the end of a name, and nothing by itself.
    fn is_bare(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        self.keys.bare.contains(&lower) && self.keys.suffixes.contains(&lower)
    }

    /// `resourceGroup` is not any group.
    fn is_compound(&self, first: &str, head: &str) -> bool {
        let heads = self.namer.sentences.compounds.get(&head.to_lowercase());
        heads.is_some_and(|firsts| firsts.contains(&first.to_lowercase()))
    }

    /// Whether a name without these last words still speaks of the same: `nodeName`, not `kubeletVersion`.
    fn says_little(&self, dropped: &[String]) -> bool {
        let little = |word: &String| {
            let lower = word.to_lowercase();
            self.keys.little.contains(&lower) || self.keys.suffixes.contains(&lower)
        };
        dropped.iter().all(little)
    }

    /// What the value belongs to, with and without the own name.
    fn of_owner(&mut self, owner: &[String], own: &[String]) {
        let thing = self.namer.thing(owner);
        let (thing, whole) = (self.namer.expanded(&thing), self.namer.expanded(owner));
        for owner in [&thing, &whole, &whole[whole.len().saturating_sub(1)..]] {
            self.key(owner);
            self.key(&[owner, own].concat());
        }
    }

    /// The noun before the value, of one word or two, with and without the part that the own name says.
    fn of_noun(&mut self, own: &[String], context: &Context, rules: &RuleSet) {
        self.all.extend(self.namer.entity_before());
        let Some(noun) = self.namer.plain_noun() else { return };
        let before = context.before.len().checked_sub(2).and_then(|at| context.before.get(at));
        let open = |word: &&String| {
            let lower = word.to_lowercase();
            word.chars().all(|c| c.is_ascii_lowercase())
                && !rules.sentences.closed.contains(&lower)
                && !rules.messages.verbs.contains(&lower)
                && !lower.ends_with("ing")
                && !lower.ends_with("ed")
        };
        let longer = before.filter(open).map(|word| [vec![word.clone()], noun.clone()].concat());
        let spoken = |words: &[String]| words.iter().map(|word| word.to_lowercase()).collect::<Vec<_>>();
        let other = |noun: &Vec<String>| own.len() > noun.len() && spoken(own).starts_with(&spoken(noun));
        // Nor is an ID a box.
        let is_id = own.len() > 1 && own.last().is_some_and(|last| matches!(&*last.to_lowercase(), "id" | "uid"));
        let of_id = |noun: &Vec<String>| is_id && spoken(&own[..own.len() - 1]) == spoken(noun);
        // Nor is the priority of `fastHorse.Priority` a horse.
        let owner = operand_owner(self.namer);
        let attribute = own.iter().all(|word| {
            let lower = word.to_lowercase();
            !self.keys.little.contains(&lower) && !self.keys.suffixes.contains(&lower) && lower.len() > 2
        });
        let of_owner = |noun: &Vec<String>| {
            attribute && noun.iter().all(|word| owner.contains(&word.to_lowercase())) && spoken(own) != spoken(noun)
        };
        let misleads =
            |noun: &Vec<String>| of_id(noun) || of_owner(noun) || other(noun) && !self.says_little(&own[noun.len()..]);
        // Of "security group" the group alone is not meant, nor any IP of `srcIP`.
        let role =
            own.len().checked_sub(2).and_then(|at| own.get(at)).is_some_and(|w| self.roles.contains(&w.to_lowercase()));
        let of_role = |noun: &Vec<String>| role && noun.len() == 1 && spoken(own).ends_with(&spoken(noun));
        let nouns = self.namer.compound().map_or(vec![noun], |compound| vec![compound]).into_iter().chain(longer);
        for noun in nouns.filter(|noun| !misleads(noun) && !of_role(noun)).collect::<Vec<_>>() {
            self.key(&noun);
            self.all.push(decapitalized(&camel(&noun, self.keys)));
            let part = own.last().map(|last| last.to_lowercase()).filter(|last| self.keys.identities.contains(last));
            part.into_iter().for_each(|part| self.key(&[noun.clone(), vec![part]].concat()));
        }
    }

    /// Labels, the word behind the value, and what a function wants that the text names.
    fn of_text(&mut self, own: &[String], context: &Context, rules: &RuleSet) {
        let whole =
            |said: &[String]| self.namer.expanded(&said.iter().flat_map(|word| words(word)).collect::<Vec<_>>());
        let label = self.namer.label();
        let after = context.after.as_slice();
        let names = |word: &String| !is_quality(&word.to_lowercase()) && !self.namer.is_silent(&word.to_lowercase());
        let after = if after.iter().all(names) { after } else { &[] };
        let found = [whole(label), whole(&label[label.len().saturating_sub(1)..]), whole(after)];
        // "Update: %s" says what is done, and not what the value is, unless that is its name.
        let acts = |words: &[String]| match words {
            [only] => rules.messages.verbs.contains(&only.to_lowercase()) && own != words,
            _ => false,
        };
        found.iter().filter(|words| !acts(words)).for_each(|words| self.key(words));
        // "GetZoneByNodeName(%s)": what the function wants.
        let spoken = context.before.last().map(|word| words(word)).unwrap_or_default();
        if let Some(at) = spoken.iter().position(|word| matches!(word.as_str(), "By" | "For" | "Of")) {
            let wanted = &spoken[at + 1..];
            self.key(wanted);
            wanted.split_last().into_iter().for_each(|(_, rest)| self.key(rest));
        }
    }

    /// `len(pods)`.
    fn of_count(&mut self, own: &[String], context: &Context) {
        let (num, count) = ("num".to_owned(), "count".to_owned());
        let behind = context.after.as_deref().map(words);
        for thing in [Some(own.to_vec()), self.namer.plain_noun(), behind].into_iter().flatten() {
            self.key(&[vec![num.clone()], thing.clone()].concat());
            self.key(&[thing, vec![count.clone()]].concat());
        }
        self.all.push(count);
    }
}
