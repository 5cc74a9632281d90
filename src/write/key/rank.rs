//! The choice of a key: every candidate has traits, and their weights decide.

use std::collections::BTreeSet;

use super::known::Known;
use super::sure::{Candidate, Chance, Named};
use super::traits::{Shape, lower_words, traits};
use crate::klog::name::{is_valid, words};
use crate::rule::{RuleSet, Trait};

impl Known {
    /// The candidates, the best first; what the rules decide goes before its rivals. `proposed`: what the rules choose; `said`: the words
    /// of the call's text, in lower case.
    pub fn ranked(&self, proposed: &str, said: &BTreeSet<String>, rules: &RuleSet) -> Vec<Candidate> {
        let mut seen = BTreeSet::new();
        let free = |_: &&&str| !self.is_settled();
        let others: Vec<&str> = self.candidates.iter().map(String::as_str).collect();
        let keys = std::iter::once(&proposed).chain(others.iter().filter(free));
        let shape = Shape::of(self);
        let mut scored: Vec<(f64, Candidate)> = keys
            .filter(|key| (is_valid(key) || **key == proposed) && seen.insert(**key))
            .map(|key| {
                let because = traits(key, *key == proposed, &shape, said, &rules.keys);
                let score = because.iter().map(|known| rules.naming.weight(*known, self.kubernetes)).sum();
                (score, Candidate { key: (*key).to_owned(), p: Chance::default(), because })
            })
            .collect();
        leave_out_bare(&mut scored);
        leave_out_things(&mut scored, matches!(&*self.own.to_lowercase(), "id" | "uid"));
        let nothing = rules.naming.weight(Trait::Nothing, self.kubernetes).exp();
        let decided = scored.iter().position(|(_, candidate)| self.fixed.is_some() && candidate.key == proposed);
        let decided = decided.map(|at| scored.remove(at));
        let all: f64 = scored.iter().map(|(score, _)| score.exp()).sum::<f64>() + nothing;
        // What the rules decide is right or none of the others' business: these share what it leaves.
        let mut left = 1.0;
        let decided = decided.map(|(score, mut candidate)| {
            let part = score.exp() / (score.exp() + nothing);
            left -= part;
            candidate.p = Chance::part(part);
            candidate
        });
        for (score, candidate) in &mut scored {
            candidate.p = Chance::part(left * score.exp() / all);
        }
        // By the score and not by its hundredths: ties are by the text.
        scored.sort_by(|(a, x), (b, y)| b.total_cmp(a).then_with(|| x.key.cmp(&y.key)));
        decided.into_iter().chain(scored.into_iter().map(|(_, candidate)| candidate)).collect()
    }

    /// The key `key`, one of the `ranked` or a variant of the first, with its rivals.
    pub fn named(&self, key: &str, ranked: Vec<Candidate>, shown: usize) -> Named {
        let chosen = ranked.iter().find(|candidate| candidate.key == key).or(ranked.first()).cloned();
        let sure = self.settled || self.given;
        let p = if sure { Chance::SURE } else { chosen.as_ref().map(|chosen| chosen.p).unwrap_or_default() };
        let because = chosen.map(|chosen| chosen.because).unwrap_or_default();
        let mut alternatives = ranked;
        alternatives.retain(|rival| rival.key != key && !sure);
        alternatives.truncate(shown);
        let about = if self.given { Vec::new() } else { self.about.clone() };
        Named { chosen: Candidate { key: key.to_owned(), p, because }, alternatives, about, settled: self.settled }
    }
}

/// An ID is not the thing: `container` for `status.ContainerID` and, `alone`, `container.ID`, where something says that it is an ID. What the
/// tree's own calls have stays.
fn leave_out_things(scored: &mut Vec<(f64, Candidate)>, alone: bool) {
    let is_id = |(_, candidate): &(f64, Candidate)| {
        let last = words(&candidate.key).last().map(|last| last.to_lowercase());
        matches!(last.as_deref(), Some("id" | "uid"))
    };
    if !scored.iter().any(is_id) {
        return;
    }
    // `shelfId` is written `shelfID`.
    let ids: Vec<String> = scored.iter().filter(|one| one.1.key.ends_with("ID")).map(|one| one.1.key.clone()).collect();
    let other_case = |(_, candidate): &(f64, Candidate)| {
        candidate.key.strip_suffix("Id").is_some_and(|head| ids.iter().any(|id| id.strip_suffix("ID") == Some(head)))
    };
    // Of `nodeGroup.ID` the group is not meant, nor any ID where more is said.
    let whole = |one: &&(f64, Candidate)| {
        let is_it = |known: &Trait| one.1.because.contains(known);
        is_id(one) && [Trait::OwnerAndOwn, Trait::NounAndId].iter().any(is_it)
    };
    let told: Vec<Vec<String>> = scored.iter().filter(whole).map(|one| lower_words(&one.1.key)).collect();
    let is_part = |one: &(f64, Candidate)| {
        let own = lower_words(&one.1.key);
        !told.contains(&own) && told.iter().any(|told| told.ends_with(&own))
    };
    let drops = |one: &(f64, Candidate)| {
        one.1.because.contains(&Trait::DropsId) || alone && !told.is_empty() && (!is_id(one) || is_part(one))
    };
    let stays = [Trait::Habit, Trait::TreeAgrees, Trait::TreeAgreesOnName];
    scored.retain(|one| !(drops(one) || other_case(one)) || stays.iter().any(|known| one.1.because.contains(known)));
}

/// A part of a thing does not stand alone, as `name` for `store.name`, where what it belongs to can be said: people do that, and those who
/// review call it vague. What the rules choose and what the tree's own calls have stays.
fn leave_out_bare(scored: &mut Vec<(f64, Candidate)>) {
    let has = |(_, candidate): &(f64, Candidate), known: Trait| candidate.because.contains(&known);
    if !scored.iter().any(|one| has(one, Trait::OwnerAndOwn)) {
        return;
    }
    let stays = [Trait::Proposed, Trait::Habit, Trait::TreeAgrees, Trait::TreeAgreesOnName];
    scored.retain(|one| !has(one, Trait::BarePart) || stays.iter().any(|known| has(one, *known)));
}
