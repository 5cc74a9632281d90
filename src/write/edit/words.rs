//! The keys of a call's values, chosen together, and how sure its words are.

use std::collections::BTreeSet;

use super::draft::Draft;
use super::propose::Proposer;
use crate::klog::format::{Part, Template};
use crate::klog::name::words;
use crate::rule::{Severity, Trait};
use crate::write::key::{CallKnown, Candidate, call_chance};
use crate::write::reason::Doubt;
use crate::write::value::{KeyValue, Slot};

impl Proposer<'_> {
    /// The keys chosen, each once; errors last.
    pub(super) fn pairs(&self, slots: Vec<Slot>, said: &BTreeSet<String>, draft: &mut Draft<'_, '_, '_>) {
        let (errors, values): (Vec<_>, Vec<_>) = slots.into_iter().partition(|slot| slot.error);
        let values = lone_paths(values, &self.rules.keys.paths);
        let mut ranked: Vec<Vec<Candidate>> =
            values.iter().map(|slot| slot.known.ranked(&slot.pair.key, said, self.rules)).collect();
        crowded(&mut ranked);
        owned(&mut ranked, &values, &self.rules.sentences.role_words);
        let ranked = ranked.into_iter().chain(std::iter::repeat(Vec::new()));
        for (mut slot, ranked) in values.into_iter().chain(errors).zip(ranked) {
            for rule in &slot.rules {
                draft.rule(rule);
            }
            if slot.needs_fmt {
                draft.imports.push("fmt".to_owned());
            }
            let mut doubts = std::mem::take(&mut slot.doubts);
            // A nil error as a pair changes no severity.
            doubts.retain(|doubt| !(slot.error && matches!(doubt, Doubt::NilError { .. })));
            let again = slot.error && draft.error.as_ref() == Some(&slot.pair.value)
                || slot.known.fixed == Some(Trait::Object)
                    && draft.pairs.iter().any(|pair| pair.value == slot.pair.value);
            if draft.pairs.contains(&slot.pair) || again {
                doubts.into_iter().for_each(|doubt| draft.doubt(doubt));
                continue;
            }
            let key = self.choose(&slot, ranked, draft);
            let other = key != slot.pair.key;
            let of_key = |doubt: &Doubt| {
                matches!(doubt, Doubt::KeySaysLittle { .. } | Doubt::ValueUnnamed | Doubt::TreeHabit { .. })
            };
            let alone = (self.rules.keys.bare.contains(&key.to_lowercase()) || self.is_unsaid(&slot, &key, said))
                && slot.known.habit.as_ref() != Some(&key);
            if alone && !slot.error && !slot.known.is_settled() && (other || !doubts.iter().any(of_key)) {
                draft.doubt(Doubt::KeySaysLittle { key: key.clone() });
            }
            doubts.into_iter().filter(|doubt| !(other && of_key(doubt))).for_each(|doubt| draft.doubt(doubt));
            draft.pairs.push(KeyValue { key, value: slot.pair.value });
            if let Some(also) = slot.also {
                let key = self.unique(&also.key, draft);
                draft.pairs.push(KeyValue { key, ..also });
            }
        }
    }

    /// `saref` of a namespace and a name: whether a key names no kind of object that is known, and nothing that the text speaks of.
    fn is_unsaid(&self, slot: &Slot, key: &str, said: &BTreeSet<String>) -> bool {
        let known = |word: &String| said.contains(word) || self.rules.keys.entities.contains(word);
        slot.rules.contains(&"value-kref")
            && !words(key).iter().map(|word| word.to_lowercase()).any(|word| known(&word))
    }

    /// The key of a value: the best that the line does not have yet.
    fn choose(&self, slot: &Slot, ranked: Vec<Candidate>, draft: &mut Draft<'_, '_, '_>) -> String {
        let taken = self.is_taken(&slot.pair.key, draft);
        if slot.error {
            let own = slot.own.clone().filter(|own| taken && !self.is_taken(own, draft));
            return own.unwrap_or_else(|| self.unique(&slot.pair.key, draft));
        }
        // The second of two numbers that the rules call the same is that, and no "shelves" beside an index.
        if taken && slot.role.number && slot.known.fixed == Some(Trait::Decided) && slot.pair.key == "index" {
            let key = self.unique(&slot.pair.key, draft);
            draft.names.push(slot.known.named(&key, ranked, self.rules.naming.shown));
            return key;
        }
        // A next best that says far less, or nothing, is worth less than a number.
        let most = ranked.first().map_or(0, |best| best.p.0);
        let silent = |known: &Trait| matches!(known, Trait::Generic | Trait::Short | Trait::BarePart);
        // `volume` beside `volumeName` tells nobody which is which.
        let near = |key: &str| key.starts_with(&slot.pair.key) || slot.pair.key.starts_with(key);
        let likely = |next: &Candidate| next.p.0 >= most / 4 || is_whole(next);
        // Nor does `requestId` beside `requestID`.
        let best = ranked.first().map_or("", |best| best.key.as_str());
        let says = |next: &Candidate| {
            let same = next.key.eq_ignore_ascii_case(best) || taken && near(&next.key);
            likely(next) && !next.because.iter().any(silent) && !same
        };
        let first = ranked.iter().take(1).chain(ranked.iter().skip(1).filter(|next| says(next)));
        let best = first.into_iter().find(|next| !self.is_taken(&next.key, draft));
        let key = best.map(|best| best.key.clone()).unwrap_or_else(|| self.unique(&slot.pair.key, draft));
        draft.names.push(slot.known.named(&key, ranked, self.rules.naming.shown));
        key
    }

    /// How sure the words of the call are, now that it has them.
    pub(super) fn settle(&self, template: &Template<'_>, draft: &mut Draft<'_, '_, '_>) {
        let message = draft.message.as_deref().unwrap_or_default();
        draft.names.retain(|named| draft.pairs.iter().any(|pair| pair.key == named.chosen.key));
        let severity = draft.call.site.severity;
        let call = CallKnown {
            error: severity >= Severity::Error,
            operand: draft.error.as_deref().is_some_and(|error| error != "nil"),
            warning: severity == Severity::Warning,
            kept: template.parts.iter().any(|part| matches!(part, Part::Text(text) if is_kept(text, message))),
        };
        let naming = &self.rules.naming;
        let keys: Vec<_> = draft.names.iter().map(|named| named.chosen.p).collect();
        let p = call_chance(&keys, message, call, naming);
        draft.words = call;
        draft.p = Some(p);
    }

    fn unique(&self, key: &str, draft: &mut Draft<'_, '_, '_>) -> String {
        if !self.is_taken(key, draft) {
            return key.to_owned();
        }
        draft.rule("key-unique");
        if let Some(instead) = self.rules.keys.instead.get(key).filter(|instead| !self.is_taken(instead, draft)) {
            return instead.clone();
        }
        draft.doubt(Doubt::KeyTaken { key: key.to_owned() });
        let numbered = |n: &usize| format!("{key}{n}");
        (2..).map(|n| numbered(&n)).find(|k| !self.is_taken(k, draft)).unwrap_or_default()
    }

    /// Whether a line has a key already; the error before the message is printed as `err`.
    fn is_taken(&self, key: &str, draft: &Draft<'_, '_, '_>) -> bool {
        let error = draft.error.as_deref().is_some_and(|error| error != "nil");
        draft.pairs.iter().any(|pair| pair.key == key)
            || error && key == "err"
            || self.rules.keys.reserved.contains(key)
            || key == self.key()
    }
}

/// Whether a message is a text but for its first letter and a period at its end.
fn is_kept(text: &str, message: &str) -> bool {
    text.trim().trim_end_matches('.').eq_ignore_ascii_case(message)
}

/// The own name of a value, or what it belongs to and its own name: a key of several words that tells it from others.
fn is_whole(candidate: &Candidate) -> bool {
    let own = |known: &Trait| matches!(known, Trait::OwnName | Trait::OwnInOtherCase | Trait::OwnerAndOwn);
    candidate.because.iter().any(own) && words(&candidate.key).len() > 1
}

/// Values that would all be called the same are called by their whole names, where they have some: `certPath` and `keyPath`, no `path`.
fn crowded(ranked: &mut [Vec<Candidate>]) {
    let best: Vec<String> = ranked.iter().filter_map(|all| all.first()).map(|best| best.key.clone()).collect();
    let mut seen = BTreeSet::new();
    for all in ranked.iter_mut() {
        let Some(first) = all.first() else { continue };
        let crowd = best.iter().filter(|key| **key == first.key).count() > 1;
        let earlier = seen.insert(first.key.clone());
        // The first of them keeps what says enough.
        let own = first.because.iter().any(|known| matches!(known, Trait::OwnName | Trait::OwnInOtherCase));
        let stays = own || earlier && words(&first.key).len() > 1;
        if crowd
            && !stays
            && let Some(at) = all.iter().position(is_whole)
        {
            let whole = all.remove(at);
            all.insert(0, whole);
        }
    }
}

/// Values that are still called the same are told apart by what they belong to, where that tells which is which: `oldNodeName` and
/// `newNodeName`, or where another one is called so itself: `templateSkuName` beside `skuName`.
fn owned(ranked: &mut [Vec<Candidate>], values: &[Slot], roles: &BTreeSet<String>) {
    let best: Vec<String> = ranked.iter().filter_map(|all| all.first()).map(|best| best.key.clone()).collect();
    let of_owner = |one: &Candidate| one.because.contains(&Trait::OwnerAndOwn) && !best.contains(&one.key);
    let itself: Vec<bool> = ranked.iter().map(|all| !all.iter().any(of_owner)).collect();
    for (all, slot) in ranked.iter_mut().zip(values) {
        let Some(first) = all.first() else { continue };
        let crowd = best.iter().filter(|key| **key == first.key).count() > 1;
        let other = best.iter().zip(&itself).any(|(key, itself)| *itself && *key == first.key);
        let tells = slot.known.owner.first().is_some_and(|word| roles.contains(word));
        if crowd
            && (other || tells)
            && let Some(at) = all.iter().position(of_owner)
        {
            let owned = all.remove(at);
            all.insert(0, owned);
        }
    }
}

/// Kubernetes calls a call's only path path, whatever its variable is called.
fn lone_paths(mut values: Vec<Slot>, suffixes: &[String]) -> Vec<Slot> {
    let ends = |slot: &Slot| slot.pair.key == "path" || suffixes.iter().any(|s| slot.pair.key.ends_with(s.as_str()));
    let is_path = |slot: &Slot| slot.known.kubernetes && ends(slot);
    let mut paths = values.iter_mut().filter(|slot| is_path(slot));
    if let (Some(only), None) = (paths.next(), paths.next()) {
        only.pair.key = "path".to_owned();
    }
    values
}
