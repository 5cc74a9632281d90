//! A clause without its holes: at its end they go with their prepositions, inside it by their phrase or not at all.

use crate::klog::name::{is_humped, words};
use crate::write::message::builder::{Builder, NO_HOLE};
use crate::write::message::list::labels_at_end;
use crate::write::message::segment::{Item, QUOTE, Segment, goes_with_time, is_sign, words_of};
use crate::write::message::tokens::PERCENT;
use crate::write::reason::Doubt;

/// "%s-controller": whether a value stands right before an item.
fn is_glued_to_hole(items: &[Item], at: usize) -> bool {
    matches!(at.checked_sub(2).and_then(|before| items.get(before..at)), Some([Item::Hole(_), Item::Glue]))
}

/// Whether a name in code has the words that may stand for a value, which leave out that it is an ID or a name.
fn is_own_name(name: &str, phrase: &str) -> bool {
    let own = words(name);
    let is = |words: &[String]| phrase.eq_ignore_ascii_case(&words.join(" "));
    let part = |last: &String| matches!(&*last.to_lowercase(), "id" | "uid" | "name" | "path");
    is(&own) || own.split_last().is_some_and(|(last, rest)| part(last) && is(rest))
}

/// Prepositions that a span of time stands behind.
fn is_span(word: &str) -> bool {
    matches!(word, "for" | "after" | "within" | "every" | "in")
}

/// What becomes of a hole inside a clause.
pub(super) enum Treatment {
    Drop,
    DropAsAdjective,
    DropWithPreposition,
    Phrase,
}

impl Builder<'_> {
    /// Takes the holes out of a clause: at its end with their prepositions, inside it by their phrase or not at all.
    pub(super) fn clause(&mut self, segment: &mut Segment, first: bool) {
        self.clause_end(segment, false);
        let items = std::mem::take(&mut segment.items);
        let mut out: Vec<Item> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let Item::Hole(hole) = item else {
                let after_hole = matches!(at.checked_sub(1).and_then(|b| items.get(b)), Some(Item::Hole(_)));
                match (item, items.get(at + 1)) {
                    // The unit goes with the number, into its key.
                    _ if self.is_unit(&items, at) => {}
                    // What was glued to a hole stands alone now, but for a possessive.
                    (Item::Glue, Some(Item::Word(word))) if after_hole => match (word.as_str(), out.last_mut()) {
                        ("'s", Some(Item::Word(owner))) => owner.push_str("'s"),
                        ("'s", _) => {}
                        _ if self.is_unit(&items, at + 1) => {}
                        _ => self.doubt(Doubt::ValueInWord),
                    },
                    (Item::Glue, _) if after_hole => {}
                    (Item::Word(word), _) if word == "'s" => {}
                    (Item::Word(word), _) if is_glued_to_hole(&items, at) => {
                        let bare = word.trim_start_matches(['-', '.', '/']);
                        // The rest of a path is one.
                        let bare = if bare.contains('/') { word } else { bare };
                        out.extend((!bare.is_empty()).then(|| Item::Word(bare.to_owned())));
                    }
                    _ => out.push(item.clone()),
                }
                continue;
            };
            if out.last() == Some(&Item::Glue) {
                out.pop();
                if matches!(out.last(), Some(Item::Word(word)) if !is_sign(word)) {
                    self.doubt(Doubt::ValueInWord);
                }
            }
            let next = items.iter().enumerate().skip(at + 1).find_map(|(behind, item)| match item {
                _ if self.is_unit(&items, behind) => None,
                Item::Glue | Item::Hole(_) => None,
                Item::Word(word) => Some(Some(word.as_str())),
                Item::Group(..) => Some(None),
            });
            match self.place(&words_of(&out), next.flatten(), *hole, first) {
                Treatment::Drop => {}
                Treatment::DropAsAdjective => self.doubt(Doubt::ValueDropped),
                Treatment::DropWithPreposition => {
                    out.pop();
                }
                Treatment::Phrase => {
                    let phrase = self.roles.get(*hole).map_or("", |role| role.phrase.as_str());
                    self.message.substituted |= !phrase.is_empty();
                    out.extend(phrase.split(' ').filter(|w| !w.is_empty()).map(|w| Item::Word(w.to_owned())));
                }
            }
        }
        segment.items = out;
    }

    /// Takes holes, the prepositions before them and introductions of errors from the end of a clause. `popped`: a hole
    /// stood behind the clause.
    pub(super) fn clause_end(&mut self, segment: &mut Segment, mut popped: bool) {
        self.labels_at_end(segment);
        let mut object = None;
        let mut holder = None;
        while let Some(last) = segment.items.last() {
            match last {
                Item::Hole(hole) => {
                    let hole = *hole;
                    popped = true;
                    segment.items.pop();
                    if self.error(hole) {
                        self.strip_introduction(segment);
                        self.complete(segment);
                    } else {
                        object = Some(hole);
                        holder = None;
                    }
                }
                Item::Glue => {
                    segment.items.pop();
                }
                Item::Word(unit) if !popped && self.messages.units.contains_key(unit) && self.counts(segment) => {
                    segment.items.pop();
                }
                // "has no %s": without the value the denial denies something else.
                Item::Word(word) if popped && object.is_some() && self.denies(word) && self.ends_denying(segment) => {
                    self.denied(segment, object.take());
                    break;
                }
                // "all but with name %s", "not with name %s": without the value it says the opposite.
                Item::Word(word) if popped && (holder.is_some() || object.is_some()) && self.excludes(word) => {
                    self.doubt(Doubt::ValueAtEnd);
                    break;
                }
                Item::Word(word)
                    if popped
                        && segment.words().len() > 1
                        && !self.is_phrasal(segment)
                        && (self.preposition(word) || is_sign(word) && word != QUOTE) =>
                {
                    if let Some(Item::Word(word)) = segment.items.pop() {
                        let plain = object
                            .and_then(|hole| self.roles.get(hole))
                            .is_some_and(|role| !role.number && !role.duration);
                        // "expect box to be %s", "removing box unless %s".
                        if word == "be" || plain && self.is(&self.messages.conditions, &word) {
                            self.doubt(Doubt::ValueAtEnd);
                        }
                        holder = Some(word.clone());
                        self.message.dropped.push(word);
                    }
                }
                _ => break,
            }
        }
        if let Some(hole) = object {
            self.object(segment, hole, holder);
        }
    }

    /// Takes "with error", "due to" and the like from the end of a segment.
    pub(super) fn strip_introduction(&mut self, segment: &mut Segment) {
        let mut cut = segment.items.len();
        let mut noun = false;
        for (at, item) in segment.items.iter().enumerate().rev() {
            match item {
                // "get tunnel message error" is about a message, "error message" about an error.
                Item::Word(w) if noun && matches!(w.to_lowercase().as_str(), "message" | "msg") => break,
                Item::Word(w) if self.is(&self.messages.error_words, w) => {
                    noun |= self.is(&self.messages.error_nouns, w);
                    cut = at;
                }
                _ => break,
            }
        }
        // "fsWatcher received error" is no sentence without its end, "policy start error" is about an error.
        // So are "its reason" and "network details".
        let alone = matches!(&segment.items[cut..], [Item::Word(w)] if !matches!(w.as_str(), "err" | "errs" | "err:"));
        let before = words_of(&segment.items[..cut]);
        // "update succeeded with error" did not succeed alone.
        let succeeded = before.last().is_some_and(|last| last.to_lowercase().starts_with("succe"));
        if noun && !alone && !succeeded && before.len() > 1 {
            let tail = segment.items.split_off(cut);
            let done = |word: &&str| self.messages.error_verbs.contains(*word);
            if words_of(&tail).iter().any(done) && !words_of(&segment.items).iter().any(|word| self.predicate(word)) {
                self.doubt(Doubt::NoSentence { fault: "it does not say what went wrong".to_owned() });
            }
            self.message.parted |= words_of(&tail).len() > 1;
            self.message.dropped.push(words_of(&tail).join(" "));
        }
    }

    fn excludes(&self, word: &str) -> bool {
        self.denies(word) || matches!(word, "but" | "except")
    }

    fn denies(&self, word: &str) -> bool {
        self.sentences.negations.contains(&word.to_lowercase())
    }

    /// Whether a clause ends in a denial of a thing: "has no", "is not". "could not" denies what is done.
    fn ends_denying(&self, segment: &Segment) -> bool {
        match segment.words().as_slice() {
            [.., be, not] if *not == "not" => matches!(*be, "is" | "are" | "was" | "were"),
            [.., last] => self.denies(last),
            [] => false,
        }
    }

    /// What is denied stands behind the denial.
    fn denied(&mut self, segment: &mut Segment, hole: Option<usize>) {
        let phrase = hole.and_then(|hole| self.roles.get(hole)).map_or("", |role| role.phrase.as_str());
        if phrase.is_empty() {
            return self.doubt(Doubt::ValueAtEnd);
        }
        self.message.substituted = true;
        segment.items.extend(phrase.split(' ').map(|word| Item::Word(word.to_owned())));
    }

    /// "Logging in with %s": whether a clause ends in a verb and its particle.
    pub(super) fn is_phrasal(&self, segment: &Segment) -> bool {
        let words = segment.words();
        let [.., verb, particle] = words.as_slice() else { return false };
        self.sentences.is_phrasal(verb, particle)
    }

    /// What only introduces the last values.
    pub(super) fn labels_at_end(&mut self, segment: &mut Segment) {
        self.own_names_at_end(segment);
        let noun = |word: &str| !self.preposition(word) && !self.predicate(word) && !is_sign(word);
        if let Some(count) = labels_at_end(&segment.items, &noun, &|word| self.preposition(word)) {
            let tail = segment.items.split_off(segment.items.len() - count);
            self.message.dropped.push(words_of(&tail).join(" "));
        }
    }

    /// "receive message connectID %d": the value's own name is none of the sentence's words.
    fn own_names_at_end(&mut self, segment: &mut Segment) {
        while let [.., Item::Word(before), Item::Word(name), Item::Hole(hole)] = segment.items.as_slice()
            && is_humped(name)
            && self.is_noun(before)
            && segment.words().len() > 2
            && self.roles.get(*hole).is_some_and(|role| is_own_name(name, &role.phrase))
        {
            let name = name.clone();
            self.message.dropped.push(name);
            segment.items.truncate(segment.items.len() - 2);
        }
    }

    /// A verb that lost its object gets the value's noun: "Using %s", "Waiting for %s".
    pub(super) fn object(&mut self, segment: &mut Segment, hole: usize, holder: Option<String>) {
        let words = segment.words();
        let Some((last, earlier)) = words.split_last() else { return self.doubt(Doubt::ValueAtEnd) };
        // "caches failed to sync: %v" has its subject.
        if matches!(earlier, [_, .., "failed", "to"]) && holder.is_none() && self.is(&self.messages.subjective, last) {
            return;
        }
        let particle = matches!(*last, "down" | "up" | "off" | "out" | "back" | "on");
        let verb = if particle { earlier.last().unwrap_or(last) } else { last };
        let before = if particle { earlier.len().checked_sub(2) } else { earlier.len().checked_sub(1) };
        // "the row exceeds %d".
        let says = !earlier.is_empty() && self.sentences.is_third_person(last);
        let subject = says && !earlier.iter().any(|word| self.verb(word, None) || word.ends_with("ing"));
        let wants = self.verb(verb, before.and_then(|at| earlier.get(at)).copied())
            || !particle && self.wants_verb(earlier)
            || self.is(&self.messages.transitive, last)
            || subject;
        // "volume is mounted on %s" has its subject.
        let alone = words.iter().all(|word| {
            let lower = word.to_lowercase();
            self.sentences.closed.contains(&lower) || self.verb(word, None) || lower.ends_with("ly") || lower == "down"
        });
        if !wants {
            return if earlier.is_empty() {
                self.doubt(Doubt::ValueAtEnd)
            };
        }
        let infinitive =
            before.and_then(|at| earlier.get(at)).is_some_and(|b| self.is(&self.messages.infinitive_markers, b));
        let held = match holder.as_deref() {
            None => true,
            Some("for") => alone && self.sentences.awaits(verb),
            Some("to") => alone && self.sentences.is_change(verb),
            Some(_) => false,
        };
        if !held {
            return;
        }
        let role = self.roles.get(hole).filter(|role| role.noun);
        let phrase = role.map_or("", |role| role.phrase.as_str());
        let said =
            phrase.split(' ').next_back().is_some_and(|last| words.iter().any(|word| word.eq_ignore_ascii_case(last)));
        if phrase.is_empty() || said || !(alone || infinitive) || is_humped(verb) {
            return self.doubt(Doubt::ValueAtEnd);
        }
        self.message.substituted = true;
        let holder = holder.filter(|word| word == "for");
        segment.items.extend(holder.into_iter().map(Item::Word));
        segment.items.extend(phrase.split(' ').map(|word| Item::Word(word.to_owned())));
    }

    /// "writing checkpoint encountered %v" needs its object.
    pub(super) fn complete(&mut self, segment: &mut Segment) {
        let words = segment.words();
        let wants = words.last().is_some_and(|last| self.messages.error_takers.contains(&last.to_lowercase()));
        if wants && words.len() > 1 {
            segment.items.push(Item::Word("error".to_owned()));
        }
    }

    /// Whether a word is the unit of the number that it is written together with, or that it stands between and what has so much of it: "%d
    /// second delay".
    pub(super) fn is_unit(&self, items: &[Item], at: usize) -> bool {
        let Some(Item::Word(unit)) = items.get(at).filter(|_| at > 0) else { return false };
        let number = |hole: &usize| self.roles.get(*hole).is_some_and(|role| role.number);
        let known = self.messages.units.get(unit);
        match (&items[at.saturating_sub(2)..at], items.get(at + 1)) {
            ([Item::Hole(hole), Item::Glue], _) => known.is_some() && (number(hole) || unit == PERCENT),
            ([.., Item::Hole(hole)], Some(Item::Word(next))) => {
                number(hole) && known.is_some_and(|unit| !unit.is_empty()) && self.is_noun(next)
            }
            _ => false,
        }
    }

    /// "Waiting for %s for boxes to settle": whether a preposition stands before a span of time, which is no noun.
    fn takes_time(&self, preposition: &str, hole: usize) -> bool {
        is_span(preposition) && self.roles.get(hole).is_some_and(|role| role.duration)
    }

    /// Whether a clause ends in a number and one word.
    pub(super) fn counts(&self, segment: &Segment) -> bool {
        let items: Vec<_> = segment.items.iter().rev().filter(|i| **i != Item::Glue).collect();
        matches!(items.get(1), Some(Item::Hole(hole)) if self.roles.get(*hole).is_some_and(|role| role.number))
    }

    /// What becomes of a hole inside a clause, by the words before it and the word behind it.
    pub(super) fn place(&self, before: &[&str], next: Option<&str>, hole: usize, first: bool) -> Treatment {
        let number = self.roles.get(hole).is_some_and(|role| role.number);
        // Brackets follow.
        let Some(next) = next else {
            let held = before.split_last().is_some_and(|(last, earlier)| {
                self.goes_with(last) && !self.denies(last) && !self.preposition_chain(earlier)
            });
            return if held { Treatment::DropWithPreposition } else { Treatment::Drop };
        };
        let counts = number && !(self.messages.predicates.contains(next) || self.preposition(next) || is_sign(next));
        if counts {
            return Treatment::Drop;
        }
        // "want %v to point somewhere".
        if !number && next == "to" && before.last().is_some_and(|last| self.sentences.is_causative(last)) {
            return Treatment::Phrase;
        }
        let third = !number && self.sentences.is_third_person(next);
        let goes_on = third || self.predicate(next) || self.preposition(next) || is_sign(next);
        let Some((last, earlier)) = before.split_last() else {
            let subject = goes_on || next.ends_with('s') && self.verb(next.trim_end_matches('s'), None);
            return match subject {
                // "Filled: %d%% of the disk".
                true if number => Treatment::DropAsAdjective,
                true if first => Treatment::Phrase,
                true => Treatment::Drop,
                false => Treatment::DropAsAdjective,
            };
        };
        // "whether %q is there", "because %s failed": nothing without its subject.
        let joins = self.sentences.joins.contains(&last.to_lowercase()) && earlier.len() > 1;
        if goes_on && (self.is(&self.messages.conjunctions, last) || joins && self.predicate(next)) {
            return Treatment::Phrase;
        }
        if self.preposition(last) {
            let held = !self.preposition_chain(earlier);
            // "moved to %s successfully".
            let done = next.len() > 4 && next.ends_with("ly") && next != "only";
            return match () {
                () if held && (done || self.takes_time(last, hole)) => Treatment::DropWithPreposition,
                () if self.denies(last) && goes_on && hole != NO_HOLE => Treatment::Phrase,
                // "Throttled for %dms by": a number is no noun.
                () if held && number && goes_with_time(last, next) => Treatment::DropWithPreposition,
                () if held && hole == NO_HOLE => Treatment::DropWithPreposition,
                () if !goes_on => Treatment::DropAsAdjective,
                () if held && (third || self.predicate(next)) => Treatment::DropWithPreposition,
                () => Treatment::Phrase,
            };
        }
        match self.verb(last, earlier.last().copied()) || self.wants_verb(earlier) {
            // "mount %s failed": a noun.
            true if earlier.is_empty() && self.predicate(next) && !self.preposition(next) && !last.ends_with("ing") => {
                Treatment::Drop
            }
            true if goes_on && !number => Treatment::Phrase,
            true if number => Treatment::Drop,
            true => Treatment::DropAsAdjective,
            false => Treatment::Drop,
        }
    }
}
