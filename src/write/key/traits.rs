//! The traits of a candidate for a key: what it has to do with the value's own name, with the text and with the tree's calls.

use std::collections::BTreeSet;

use super::known::Known;
use super::sure::decapitalized;
use crate::klog::name::words;
use crate::rule::{Keys, Trait};

/// What is known of a value, in words of lower case.
pub(super) struct Shape<'k> {
    known: &'k Known,
    /// The words of its own name, in full.
    own: Vec<String>,
    /// It has short forms.
    short: bool,
    /// The own name as a variable is written.
    plain: String,
}

impl<'k> Shape<'k> {
    pub(super) fn of(known: &'k Known) -> Self {
        let own: Vec<String> = known.whole.iter().map(|word| word.to_lowercase()).collect();
        let short = own != lower_words(&known.own);
        Self { known, short, own, plain: decapitalized(&known.own) }
    }
}

pub(super) fn lower_words(name: &str) -> Vec<String> {
    words(name).into_iter().map(|word| word.to_lowercase()).collect()
}

/// A candidate, and what its traits are found in.
struct Traits<'s, 'k> {
    key: &'s str,
    lower: String,
    words: Vec<String>,
    shape: &'s Shape<'k>,
    rules: &'s Keys,
    found: Vec<Trait>,
}

/// The traits of a key. `proposed`: the rules choose it; `said`: the words of the text.
pub(super) fn traits<'s>(
    key: &'s str,
    proposed: bool,
    shape: &'s Shape<'_>,
    said: &BTreeSet<String>,
    rules: &'s Keys,
) -> Vec<Trait> {
    let mut traits =
        Traits { key, lower: key.to_lowercase(), words: lower_words(key), shape, rules, found: Vec::new() };
    traits.note(proposed, Trait::Proposed);
    if let Some(fixed) = shape.known.fixed.filter(|_| proposed) {
        traits.note(true, fixed);
        return traits.found;
    }
    let generic = |name: &str| name.len() < 3 || rules.generic.contains(name);
    let own_is_generic = generic(&shape.known.own.to_lowercase());
    traits.of_own();
    traits.of_owner(own_is_generic);
    traits.of_noun(own_is_generic);
    traits.of_text(said, own_is_generic);
    traits.of_shape();
    traits.note(rules.generic.contains(&traits.lower), Trait::Generic);
    traits.note(rules.entities.contains(&traits.lower), Trait::Entity);
    traits.note(shape.known.habit.as_deref() == Some(key), Trait::Habit);
    traits.of_tree();
    traits.found
}

impl Traits<'_, '_> {
    fn note(&mut self, holds: bool, known: Trait) {
        self.found.extend(holds.then_some(known));
    }

    fn has(&self, known: Trait) -> bool {
        self.found.contains(&known)
    }

    fn of_own(&mut self) {
        let (shape, known) = (self.shape, self.shape.known);
        let same = !shape.own.is_empty() && self.words == shape.own;
        let is_own = if shape.short || known.own.contains('_') { same } else { shape.plain == self.key };
        self.note(is_own, Trait::OwnName);
        self.note(!is_own && same, Trait::OwnInOtherCase);
        let (own, words) = (&shape.own, &self.words);
        if let [rest @ .., last] = own.as_slice()
            && words != own
        {
            let part = self.rules.parts.contains(last);
            let relation = match () {
                () if words == rest && last == "name" => Trait::DropsName,
                () if words == rest && matches!(last.as_str(), "id" | "uid") => Trait::DropsId,
                () if words == rest => Trait::DropsLast,
                () if words.len() == 1 && part && words.first() == Some(last) => Trait::KeepsPart,
                () if words.len() < own.len() && own.ends_with(words) => Trait::DropsHead,
                () if words.len() > own.len() && words.ends_with(own) => Trait::AddsHead,
                () if words.len() > own.len() && words.starts_with(own) => Trait::AddsTail,
                () if words.iter().all(|word| own.contains(word)) => Trait::PartOfOwn,
                () if words.iter().any(|word| own.contains(word)) => Trait::SharesOwn,
                () => Trait::OtherThanOwn,
            };
            self.note(true, relation);
        }
        self.note(is_own && shape.short, Trait::Expanded);
        self.note(known.preferred.as_deref() == Some(self.key) && !same, Trait::Preferred);
        self.note(known.types.iter().any(|name| name == self.key), Trait::TypeName);
        self.note(is_own && known.computed, Trait::ComputedOwn);
        self.note(is_own && !known.owner.is_empty(), Trait::FieldOwn);
    }

    fn of_owner(&mut self, own_is_generic: bool) {
        let (owner, own) = (&self.shape.known.owner, &self.shape.own);
        if !owner.is_empty() {
            let (is_owner, both) = (self.words == *owner, self.words == [owner.clone(), own.clone()].concat());
            self.note(is_owner, Trait::Owner);
            self.note(is_owner && own_is_generic, Trait::OwnerForGeneric);
            self.note(both, Trait::OwnerAndOwn);
            self.note(both && own_is_generic, Trait::OwnerAndGeneric);
        }
        self.note(own_is_generic && self.has(Trait::OwnName), Trait::GenericOwn);
    }

    fn of_noun(&mut self, own_is_generic: bool) {
        let (known, own) = (self.shape.known, &self.shape.own);
        let noun = &known.noun;
        let compound = !known.compound.is_empty() && self.words == known.compound;
        self.note(compound, Trait::Compound);
        self.note(compound && own.len() == 1 && known.compound.last() == own.first(), Trait::CompoundOfOwn);
        if noun.is_empty() {
            return;
        }
        let is_noun = self.words == *noun;
        self.note(is_noun, Trait::Noun);
        self.note(is_noun && own_is_generic, Trait::NounForGeneric);
        let part = match self.words.as_slice() {
            [rest @ .., last] if rest == noun => last.clone(),
            _ => String::new(),
        };
        self.note(part == "name", Trait::NounAndName);
        self.note(matches!(&*part, "id" | "uid"), Trait::NounAndId);
        let longer = self.words.len() > noun.len();
        let starts = longer && self.words.starts_with(noun) && !self.has(Trait::NounAndName);
        self.note(longer && self.words.ends_with(noun), Trait::EndsInNoun);
        self.note(starts && !self.has(Trait::NounAndId), Trait::StartsWithNoun);
        self.note(self.words.iter().all(|word| !noun.contains(word)), Trait::WithoutNoun);
        let drops = [Trait::DropsName, Trait::DropsId].into_iter().any(|drop| self.has(drop));
        self.note(is_noun && drops, Trait::DropsToNoun);
        self.note(is_noun && self.has(Trait::DropsLast), Trait::DropsMoreToNoun);
        if self.has(Trait::OwnName) {
            self.note(own.split_last().is_some_and(|(_, rest)| rest == noun), Trait::OwnBesideNoun);
            self.note(own == noun, Trait::OwnIsNoun);
        }
    }

    fn of_text(&mut self, said: &BTreeSet<String>, own_is_generic: bool) {
        let known = self.shape.known;
        let near = !self.words.is_empty() && self.words.iter().all(|word| known.before.contains(word));
        self.note(near, Trait::InWordsBefore);
        self.note(!known.label.is_empty() && self.words == known.label, Trait::Label);
        let last = known.label.len() > 1 && self.words.iter().eq(known.label.last());
        self.note(last, Trait::LastOfLabel);
        self.note(!known.behind.is_empty() && self.words == known.behind, Trait::WordBehind);
        let is_said = |word: &String| {
            said.contains(word) || said.contains(word.trim_end_matches('s')) || said.contains(&format!("{word}s"))
        };
        let count = self.words.iter().filter(|word| is_said(word)).count();
        let all = count == self.words.len();
        self.note(all && !near, Trait::InText);
        self.note(count == 0, Trait::NotInText);
        self.note(count == 0 && own_is_generic, Trait::UnsaidForGeneric);
        self.note(count > 0 && !all, Trait::PartInText);
        self.note(all && self.has(Trait::OwnName), Trait::OwnInText);
    }

    fn of_shape(&mut self) {
        let (key, several) = (self.key, self.words.len() > 1);
        self.note(self.words.len() == 1, Trait::OneWord);
        self.note(self.words.len() == 2, Trait::TwoWords);
        self.note(self.words.len() > 2, Trait::MoreWords);
        self.note(key.ends_with("Name"), Trait::EndsInName);
        self.note(key.ends_with("ID") && key != "ID", Trait::EndsInId);
        self.note(key.ends_with("Path"), Trait::EndsInPath);
        self.note(key == "path", Trait::Path);
        self.note(key.starts_with("num") && several, Trait::Counts);
        self.note(key.ends_with("Count"), Trait::EndsInCount);
        self.note(key.len() > 1 && key.bytes().all(|b| b.is_ascii_uppercase()), Trait::Capitals);
        self.note(key.len() < 3, Trait::Short);
        self.note(matches!(&*self.lower, "name" | "id" | "uid" | "key" | "namespace"), Trait::BarePart);
    }

    /// What the tree's calls call the same thing, or something that is called so.
    fn of_tree(&mut self) {
        let tree = &self.shape.known.tree;
        let most = |of_name: bool| {
            let of = tree.iter().filter(|seen| seen.of_name == of_name);
            of.filter_map(|seen| seen.share(self.key)).max()
        };
        for (of_name, agrees, has) in
            [(false, Trait::TreeAgrees, Trait::TreeHas), (true, Trait::TreeAgreesOnName, Trait::TreeHasForName)]
        {
            if let Some(share) = most(of_name) {
                self.note(true, if share > 50 { agrees } else { has });
            }
        }
        let other = tree.iter().any(|seen| seen.near && seen.share(self.key).is_none());
        self.note(other, Trait::TreeHasOther);
    }
}
