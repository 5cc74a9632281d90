//! The constant message that remains when the holes are gone.

use crate::rule::{Messages, RuleSet, Sentences};
use crate::write::message::capital::{capitalised, is_humped};
use crate::write::message::grammar::{fault, is_quality};
use crate::write::message::list::{List, labels_at_end, unlist};
use crate::write::message::prefix::Prefix;
use crate::write::message::role::{Message, Role};
use crate::write::message::segment::{
    Item, QUOTE, Segment, connective, goes_with_time, is_sign, parse, render, tie, trimmed, words_of,
};
use crate::write::message::tokens::{PERCENT, Token};
use crate::write::reason::Doubt;

/// Builds the message; `roles` are indexed by the holes' numbers.
pub fn message(tokens: &[Token], roles: &[Role], prefix: Prefix<'_>, rules: &RuleSet) -> Message {
    let sentences = &rules.sentences;
    let mut builder = Builder { roles, rules: &rules.messages, sentences, message: Message::default() };
    let (tokens, dropped) = prefix.dropped(tokens);
    builder.message.prefix_dropped = dropped;
    let mut position = 0;
    let segments = parse(&tokens, &mut position, None);
    let segments = builder.segments(segments, true);
    let text = render(&segments);
    builder.message.text = builder.finish(&text);
    if roles.iter().any(|role| !role.error)
        && let Some(fault) = fault(&builder.message.text, sentences)
    {
        builder.doubt(Doubt::NoSentence { fault });
    }
    let values: Vec<&Role> = roles.iter().filter(|role| !role.error).collect();
    if values.len() > 1 && values.iter().any(|role| role.phrase.eq_ignore_ascii_case(&builder.message.text)) {
        builder.doubt(Doubt::NoSentence { fault: "it only names one of the values".to_owned() });
    }
    builder.message
}

/// Brackets that are gone leave a hole that is none of the template's.
const NO_HOLE: usize = usize::MAX;

/// What becomes of a hole inside a clause.
enum Treatment {
    Drop,
    DropAsAdjective,
    DropWithPreposition,
    Phrase,
}

struct Builder<'a> {
    roles: &'a [Role],
    rules: &'a Messages,
    sentences: &'a Sentences,
    message: Message,
}

impl Builder<'_> {
    fn is(&self, set: &std::collections::BTreeSet<String>, word: &str) -> bool {
        set.contains(word) || set.contains(&word.to_lowercase())
    }

    fn preposition(&self, word: &str) -> bool {
        self.is(&self.rules.prepositions, word)
    }

    /// Whether a word wants an object. Base forms are as often nouns: they are verbs at the head of a clause and behind
    /// `to`, `not` and the like.
    fn verb(&self, word: &str, before: Option<&str>) -> bool {
        let lower = word.to_lowercase();
        if self.rules.verbs.contains(&lower) {
            return before.is_none_or(|b| self.is(&self.rules.infinitive_markers, b));
        }
        let formed = (lower.ends_with("ing") || lower.ends_with("ed")) && lower.len() > 4;
        formed && !self.rules.not_verbs.contains(&lower)
    }

    /// Whether a word goes on with a sentence about what stands before it: `is`, `failed`, `errored`.
    fn predicate(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        self.rules.predicates.contains(&lower) || lower.len() > 4 && lower.ends_with("ed")
    }

    /// Whether a word ties what follows to a sentence. "and" at the head of a list does not.
    fn goes_with(&self, word: &str) -> bool {
        self.preposition(word) && !matches!(word, "and" | "or")
    }

    fn doubt(&mut self, doubt: Doubt) {
        if !self.message.doubts.contains(&doubt) {
            self.message.doubts.push(doubt);
        }
    }

    fn error(&self, hole: usize) -> bool {
        self.roles.get(hole).is_some_and(|role| role.error)
    }

    /// Takes the holes out of segments, and with them the segments and words that were only there for them.
    fn segments(&mut self, segments: Vec<Segment>, top: bool) -> Vec<Segment> {
        let mut out: Vec<Segment> = Vec::new();
        let segments = segments.into_iter().map(|segment| self.unlisted(segment)).collect();
        for mut segment in tie(segments) {
            self.groups(&mut segment);
            if segment.holes().is_empty() {
                let keep = !segment.items.is_empty() || matches!(segment.mark, "." | "!" | "?");
                if keep {
                    out.push(segment);
                }
                continue;
            }
            if !segment.has_group() && segment.words().iter().all(|w| connective(w)) {
                self.unlabel(&segment, &mut out, top);
                continue;
            }
            let label =
                self.introduces_error(&segment) && !out.is_empty() || self.is_label(&segment, out.is_empty(), top);
            if label {
                self.drop_words(&segment);
                if let Some(last) = out.last_mut().filter(|_| segment.mark == "-") {
                    self.clause_end(last, true);
                }
                continue;
            }
            let named = match (segment.items.first(), out.last().and_then(|s| s.words().last().copied())) {
                (Some(Item::Hole(hole)), Some(noun)) if segment.mark == ":" => self.names(*hole, noun),
                _ => false,
            };
            let starts = out.is_empty() || matches!(segment.mark, ":" | "." | "!" | "?") && !named;
            self.clause(&mut segment, starts);
            match out.last_mut() {
                // "pod:%q was longer" goes on with the same sentence.
                Some(previous) if named && segment.words().first().is_some_and(|w| self.predicate(w)) => {
                    previous.items.extend(segment.items);
                }
                _ if segment.items.is_empty() => {}
                _ => out.push(segment),
            }
        }
        if let Some(first) = out.first_mut() {
            first.mark = "";
        }
        out
    }

    /// Whether the value in a hole is what a noun speaks of.
    fn names(&self, hole: usize, noun: &str) -> bool {
        let noun = noun.to_lowercase();
        self.roles.get(hole).is_some_and(|role| role.phrase.split(' ').any(|w| w.eq_ignore_ascii_case(&noun)))
    }

    fn groups(&mut self, segment: &mut Segment) {
        let items = std::mem::take(&mut segment.items);
        for item in items {
            match item {
                Item::Group(open, inside, close) => {
                    let had_holes = inside.iter().any(|s| !s.holes().is_empty());
                    let inside = self.segments(inside, false);
                    let kept = inside.iter().any(|s| s.has_group() || s.words().iter().any(|w| !self.preposition(w)));
                    if kept || !had_holes {
                        segment.items.push(Item::Group(open, inside, close));
                        continue;
                    }
                    // What stood before the brackets may have been there for them alone.
                    if segment.items.last() == Some(&Item::Glue) {
                        segment.items.pop();
                    }
                    segment.items.push(Item::Hole(NO_HOLE));
                }
                item => segment.items.push(item),
            }
        }
    }

    /// A segment of holes alone: its label goes with it, where the label is no more than that.
    fn unlabel(&mut self, segment: &Segment, out: &mut Vec<Segment>, top: bool) {
        let error = segment.holes().iter().all(|h| self.error(*h));
        if segment.mark != ":" && segment.mark != "-" {
            return;
        }
        let first = out.len() == 1;
        let component = matches!(out.as_slice(), [only, _] if !only.words().iter().any(|w| self.predicate(w)));
        let Some(label) = out.last_mut() else { return };
        let words = label.words();
        let introduces = error
            && words.iter().all(|w| self.is(&self.rules.error_words, w))
            && words.iter().any(|w| self.is(&self.rules.error_nouns, w));
        let listed = !label.mark.is_empty() || !top;
        // "cache: removed node: %s" says behind the component what was done.
        let is_verb = |word: &str, end: &str| word.strip_suffix(end).is_some_and(|verb| self.verb(verb, None));
        let done =
            component && label.mark == ":" && words.len() > 1 && ["d", "ed"].iter().any(|d| is_verb(words[0], d));
        let clausal = done || words.iter().enumerate().any(|(at, w)| self.clausal(w, at == 0));
        // What stands before an error says what went wrong, unless it only says that something did.
        let says = error && words.iter().any(|w| !self.preposition(w));
        // "(sync: %v)" beside another error names the error, not what went wrong.
        let says = says && (top || self.roles.iter().filter(|role| role.error).count() < 2);
        let short = !says && words.len() <= self.rules.label_words && !label.has_group() && !clausal;
        if segment.mark == ":" && (!first || !top) && listed && (short || introduces) {
            let dropped = label.words().join(" ");
            self.message.dropped.push(dropped);
            out.pop();
            return;
        }
        if error {
            self.strip_introduction(label);
        }
        self.clause_end(label, true);
        let lone = label.words().len() > 1 && label.items.iter().all(|item| matches!(item, Item::Word(_)));
        if let Some(hole) = segment.holes().first().filter(|_| !error && lone && segment.mark == ":") {
            let words = label.words();
            let verb = matches!(words.as_slice(), [.., to, last] if *to == "to" && self.verb(last, Some(*to)));
            if verb {
                self.object(label, *hole, None);
            }
        }
    }

    /// Words that make a label a clause of its own: "skipping: %v", "failed: %v". Participles do not: "requested: %d".
    fn clausal(&self, word: &str, first: bool) -> bool {
        let lower = word.to_lowercase();
        let acts = lower.ends_with("ing") && lower.len() > 4 && !self.rules.not_verbs.contains(&lower);
        self.rules.predicates.contains(&lower) || acts || first && self.rules.verbs.contains(&lower)
    }

    fn introduces_error(&self, segment: &Segment) -> bool {
        let words = segment.words();
        segment.holes().iter().all(|h| self.error(*h))
            && words.iter().all(|w| self.is(&self.rules.error_words, w))
            && words.iter().any(|w| self.is(&self.rules.error_nouns, w))
    }

    /// `, pod %q` and `(uid %q)`: few words and then a hole.
    fn is_label(&self, segment: &Segment, first: bool, top: bool) -> bool {
        let words = segment.words();
        let ends_in_hole = matches!(segment.items.last(), Some(Item::Hole(_)));
        let listed = matches!(segment.mark, "," | ";" | "-") || (!top && (first || segment.mark.is_empty()));
        let clausal = |(at, w): (usize, &&str)| {
            self.verb(w, at.checked_sub(1).and_then(|b| words.get(b)).copied())
                || self.preposition(w) && !(at == 0 && matches!(*w, "with" | "for" | "in" | "of" | "on"))
        };
        let enumerated = match segment.items.as_slice() {
            [Item::Hole(hole), ..] => Some(hole),
            [Item::Word(and), Item::Hole(hole), ..] if matches!(and.as_str(), "and" | "or") => Some(hole),
            _ => None,
        };
        let counted = enumerated.is_some_and(|hole| self.roles.get(*hole).is_some_and(|role| role.number));
        let noun =
            words.len() <= 4 && !segment.has_group() && !words.iter().any(|w| self.predicate(w) || self.goes_with(w));
        if counted && matches!(segment.mark, "," | ":") && noun {
            return true;
        }
        if (!top || !first && segment.mark == ":") && self.is_label_list(segment) {
            return true;
        }
        ends_in_hole
            && listed
            && segment.holes().len() == 1
            && !segment.has_group()
            && words.len() <= 2
            && !words.iter().enumerate().any(clausal)
            && !(segment.holes().iter().all(|h| self.error(*h)) && words.contains(&"failed"))
    }

    /// `ClaimName %q pvcUID %v`: words and holes by turns.
    fn is_label_list(&self, segment: &Segment) -> bool {
        let items: Vec<_> = segment.items.iter().filter(|i| **i != Item::Glue).collect();
        let alternate = items.len() > 2
            && items.len() % 2 == 0
            && items.chunks(2).all(|pair| matches!(pair, [Item::Word(_), Item::Hole(_)]));
        alternate && !segment.words().iter().any(|w| self.preposition(w) || self.predicate(w))
    }

    fn drop_words(&mut self, segment: &Segment) {
        self.message.dropped.push(segment.words().join(" "));
    }

    /// Takes "with error", "due to" and the like from the end of a segment.
    fn strip_introduction(&mut self, segment: &mut Segment) {
        let mut cut = segment.items.len();
        let mut noun = false;
        for (at, item) in segment.items.iter().enumerate().rev() {
            match item {
                Item::Word(w) if self.is(&self.rules.error_words, w) => {
                    noun |= self.is(&self.rules.error_nouns, w);
                    cut = at;
                }
                _ => break,
            }
        }
        // "fsWatcher received error" is no sentence without its end, "policy start error" is about an error.
        // So are "its reason" and "network details".
        let alone = matches!(&segment.items[cut..], [Item::Word(w)] if !matches!(w.as_str(), "err" | "errs" | "err:"));
        if noun && !alone && words_of(&segment.items[..cut]).len() > 1 {
            let tail = segment.items.split_off(cut);
            self.message.dropped.push(words_of(&tail).join(" "));
        }
    }

    /// A segment without the nouns that are only there for their values.
    fn unlisted(&mut self, mut segment: Segment) -> Segment {
        let list = unlist(&segment.items, &|word| self.is_noun(word), &|word| self.preposition(word));
        if let Some(List { items, gone }) = list {
            self.message.dropped.push(gone);
            segment.items = items;
        }
        segment
    }

    /// Whether a word may be a noun: it has letters and is none of those that are something else.
    fn is_noun(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        let other = self.sentences.closed.contains(&lower) || self.preposition(word) || self.predicate(word);
        !other
            && !self.verb(word, None)
            && !self.sentences.is_third_person(word)
            && !is_quality(&lower)
            && word.starts_with(char::is_alphabetic)
    }

    /// Takes the holes out of a clause: at its end with their prepositions, inside it by their phrase or not at all.
    fn clause(&mut self, segment: &mut Segment, first: bool) {
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
    fn clause_end(&mut self, segment: &mut Segment, mut popped: bool) {
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
                Item::Word(unit) if !popped && self.rules.units.contains_key(unit) && self.counts(segment) => {
                    segment.items.pop();
                }
                Item::Word(word)
                    if popped
                        && segment.words().len() > 1
                        && !self.is_phrasal(segment)
                        && (self.preposition(word) || is_sign(word) && word != QUOTE) =>
                {
                    if let Some(Item::Word(word)) = segment.items.pop() {
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

    /// "Logging in with %s": whether a clause ends in a verb and its particle.
    fn is_phrasal(&self, segment: &Segment) -> bool {
        let words = segment.words();
        let [.., verb, particle] = words.as_slice() else { return false };
        self.sentences.is_phrasal(verb, particle)
    }

    /// What only introduces the last values.
    fn labels_at_end(&mut self, segment: &mut Segment) {
        let noun = |word: &str| !self.preposition(word) && !self.predicate(word) && !is_sign(word);
        if let Some(count) = labels_at_end(&segment.items, &noun, &|word| self.preposition(word)) {
            let tail = segment.items.split_off(segment.items.len() - count);
            self.message.dropped.push(words_of(&tail).join(" "));
        }
    }

    /// A verb that lost its object gets the value's noun: "Using %s", "Waiting for %s".
    fn object(&mut self, segment: &mut Segment, hole: usize, holder: Option<String>) {
        let words = segment.words();
        let Some((last, earlier)) = words.split_last() else { return self.doubt(Doubt::ValueAtEnd) };
        let particle = matches!(*last, "down" | "up" | "off" | "out" | "back" | "on");
        let verb = if particle { earlier.last().unwrap_or(last) } else { last };
        let before = if particle { earlier.len().checked_sub(2) } else { earlier.len().checked_sub(1) };
        let wants =
            self.verb(verb, before.and_then(|at| earlier.get(at)).copied()) || self.is(&self.rules.transitive, last);
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
            before.and_then(|at| earlier.get(at)).is_some_and(|b| self.is(&self.rules.infinitive_markers, b));
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
    fn complete(&mut self, segment: &mut Segment) {
        let words = segment.words();
        let wants = words.last().is_some_and(|last| self.rules.error_takers.contains(&last.to_lowercase()));
        if wants && words.len() > 1 {
            segment.items.push(Item::Word("error".to_owned()));
        }
    }

    /// Whether a word is the unit of the number that it is written together with.
    fn is_unit(&self, items: &[Item], at: usize) -> bool {
        let before = at.checked_sub(2).and_then(|before| items.get(before..at));
        match (before, items.get(at)) {
            (Some([Item::Hole(hole), Item::Glue]), Some(Item::Word(unit))) => {
                let number = self.roles.get(*hole).is_some_and(|role| role.number);
                self.rules.units.contains_key(unit) && (number || unit == PERCENT)
            }
            _ => false,
        }
    }

    /// Whether a clause ends in a number and one word.
    fn counts(&self, segment: &Segment) -> bool {
        let items: Vec<_> = segment.items.iter().rev().filter(|i| **i != Item::Glue).collect();
        matches!(items.get(1), Some(Item::Hole(hole)) if self.roles.get(*hole).is_some_and(|role| role.number))
    }

    /// What becomes of a hole inside a clause, by the words before it and the word behind it.
    fn place(&self, before: &[&str], next: Option<&str>, hole: usize, first: bool) -> Treatment {
        let number = self.roles.get(hole).is_some_and(|role| role.number);
        let Some(next) = next else { return Treatment::Drop };
        let counts = number && !(self.rules.predicates.contains(next) || self.preposition(next) || is_sign(next));
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
        if goes_on && (self.is(&self.rules.conjunctions, last) || joins && self.predicate(next)) {
            return Treatment::Phrase;
        }
        if self.preposition(last) {
            return match () {
                // "Throttled for %dms by": a number is no noun.
                () if number && goes_with_time(last, next) && !self.preposition_chain(earlier) => {
                    Treatment::DropWithPreposition
                }
                () if hole == NO_HOLE && !self.preposition_chain(earlier) => Treatment::DropWithPreposition,
                () if !goes_on => Treatment::DropAsAdjective,
                () if (third || self.predicate(next)) && !self.preposition_chain(earlier) => {
                    Treatment::DropWithPreposition
                }
                () => Treatment::Phrase,
            };
        }
        match self.verb(last, earlier.last().copied()) {
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

    /// Nothing but prepositions stands there, so that dropping one more would leave no subject.
    fn preposition_chain(&self, words: &[&str]) -> bool {
        words.iter().all(|w| self.preposition(w))
    }

    fn finish(&self, text: &str) -> String {
        let text = trimmed(text);
        let text = text.as_str();
        match text.strip_prefix('(') {
            Some(inside) => format!("({}", capitalised(inside, self.rules)),
            None => capitalised(text, self.rules),
        }
    }
}
