//! The constant message that remains when the holes are gone.

use crate::klog::name::{is_humped, words};
use crate::rule::RuleSet;
use crate::write::message::attempt::failed;
use crate::write::message::builder::{Builder, NO_HOLE};
use crate::write::message::grammar::{bare_verb, fault};
use crate::write::message::list::{List, is_listing, unlist};
use crate::write::message::prefix::{Prefix, is_of};
use crate::write::message::role::{Message, Role};
use crate::write::message::segment::{Item, Segment, connective, parse, render, tie, trimmed};
use crate::write::message::tokens::Token;
use crate::write::reason::Doubt;

/// Builds the message; `roles` are indexed by the holes' numbers.
pub fn message(tokens: &[Token], roles: &[Role], prefix: Prefix<'_>, rules: &RuleSet) -> Message {
    let sentences = &rules.sentences;
    let attributes = &rules.keys.attributes;
    let mut builder = Builder {
        roles,
        messages: &rules.messages,
        sentences,
        attributes,
        entities: &rules.keys.entities,
        prefix,
        message: Message::default(),
    };
    let (tokens, dropped) = prefix.dropped(tokens, &rules.messages);
    builder.message.prefix_dropped = dropped;
    let mut position = 0;
    let segments = parse(&tokens, &mut position, None);
    let segments = builder.segments(segments, true);
    let text = render(&segments);
    builder.message.text = builder.finish(&text);
    if prefix.fails
        && roles.iter().any(|role| role.error)
        && let Some(failed) = failed(&builder.message.text, rules)
    {
        builder.message.text = failed;
        builder.message.failed = true;
    }
    let said = |text: &str| text.split_whitespace().any(|word| rules.sentences.says_wrong(word));
    let words: Vec<&str> = builder.message.text.split_whitespace().collect();
    let says = said(&builder.message.text) && bare_verb(&words, &rules.messages).is_none();
    if builder.message.parted && prefix.fails && !says {
        builder.doubt(Doubt::NoSentence { fault: "it does not say what went wrong".to_owned() });
    }
    // Of a text that lost an error alone no more is asked than that it is one.
    let said = builder.message.text.as_str();
    let whole =
        roles.iter().all(|role| role.error) && (said.is_empty() || said.contains(' ') || builder.predicate(said));
    if !roles.is_empty()
        && !whole
        && let Some(fault) = fault(&builder.message.text, rules)
    {
        builder.doubt(Doubt::NoSentence { fault });
    }
    let reports = prefix.fails && roles.iter().any(|role| role.error);
    if reports && roles.len() > 1 && !builder.says(&builder.message.text) {
        builder.doubt(Doubt::NoSentence { fault: "it does not say what went wrong".to_owned() });
    }
    let values: Vec<&Role> = roles.iter().filter(|role| !role.error).collect();
    if values.len() > 1 && values.iter().any(|role| role.phrase.eq_ignore_ascii_case(&builder.message.text)) {
        builder.doubt(Doubt::NoSentence { fault: "it only names one of the values".to_owned() });
    }
    builder.message
}

/// Whether a segment goes on with a text behind a name or a list of labels.
fn says_more(segment: &Segment) -> bool {
    matches!(segment.mark, ":" | "-") && !segment.words().is_empty()
}

/// What stood behind a list that is gone stands behind a colon.
fn opened(segment: &mut Segment) {
    if segment.mark == "-" {
        segment.mark = ":";
    }
}

impl Builder<'_> {
    /// Segments with what belongs together in one, and lists of labels parted.
    fn prepared(&mut self, segments: Vec<Segment>, top: bool) -> Vec<Segment> {
        let segments = self.gone_on(tie(self.faults(segments), top));
        self.labels(segments, top)
    }

    /// Takes the holes out of segments, and with them the segments and words that were only there for them.
    fn segments(&mut self, segments: Vec<Segment>, top: bool) -> Vec<Segment> {
        let mut out: Vec<Segment> = Vec::new();
        let mut segments = self.prepared(segments, top).into_iter().peekable();
        while let Some(mut segment) = segments.next() {
            self.introduction(&mut segment, segments.peek());
            let listing = self.is_listing(&segment, segments.peek(), out.is_empty(), top);
            let mut segment = if listing { segment } else { self.unlisted(segment) };
            self.groups(&mut segment);
            if top && out.is_empty() && segments.peek().is_some_and(says_more) {
                self.bare_name(&mut segment);
            }
            if listing {
                self.drop_words(&segment);
                segments.peek_mut().filter(|_| !out.is_empty()).into_iter().for_each(opened);
                continue;
            }
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
            let named = match (segment.items.first(), out.last()) {
                (Some(Item::Hole(hole)), Some(label)) if segment.mark == ":" => self.names(*hole, label),
                _ => false,
            };
            let starts = out.is_empty() || matches!(segment.mark, ":" | "." | "!" | "?") && !named;
            self.clause(&mut segment, starts);
            let bracketed = segment.items.iter().all(|item| matches!(item, Item::Group(..)));
            match out.last_mut() {
                // "failed: %v (will retry)".
                Some(previous) if bracketed && segment.mark == ":" => previous.items.extend(segment.items),
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

    /// "Unknown state=%q; will treat it as stopped": what is wrong with it is said of the state.
    fn faults(&self, mut segments: Vec<Segment>) -> Vec<Segment> {
        if let [said, value, ..] = segments.as_mut_slice()
            && value.mark == "="
            && matches!(said.items.as_slice(), [Item::Word(fault), Item::Word(_)] if self.is(&self.messages.fault_words, fault))
        {
            value.mark = ":";
        }
        segments
    }

    /// "not bound; device: %s driver: %s" is a list of labels; "box: %s, moved to row" says what became of the box.
    fn labels(&mut self, segments: Vec<Segment>, top: bool) -> Vec<Segment> {
        let mut out: Vec<Segment> = Vec::new();
        let mut rest = segments.into_iter().peekable();
        while let Some(mut segment) = rest.next() {
            let value =
                matches!(segment.items.first(), Some(Item::Hole(hole)) if segment.mark == ":" && !self.error(*hole));
            let labels =
                rest.peek().is_some_and(|next| next.mark == ":" && matches!(next.items.first(), Some(Item::Hole(_))));
            let behind = segment.items.iter().skip(1).filter(|item| **item != Item::Glue);
            let noun = |item: &Item| matches!(item, Item::Word(word) if self.is_noun(word));
            let nouns = behind.clone().count();
            if value && labels && (1..=2).contains(&nouns) && behind.clone().all(noun) {
                let label: Vec<Item> = behind.cloned().collect();
                segment.items.truncate(1);
                out.extend([segment, Segment { mark: ",", items: label }]);
                continue;
            }
            let said = rest.peek().is_some_and(|next| next.mark == "," && self.says_what(next));
            if top
                && value
                && segment.items.len() == 1
                && said
                && matches!(out.as_slice(), [only] if matches!(only.items.as_slice(), [Item::Word(word)] if self.is_noun(word)))
            {
                out.drain(..).for_each(|label| self.message.dropped.push(label.words().join(" ")));
                continue;
            }
            out.push(segment);
        }
        out
    }

    /// Whether a segment is a clause that starts with what is done: "moved to row %s", "patch box".
    fn says_what(&self, segment: &Segment) -> bool {
        let words = segment.words();
        matches!(segment.items.first(), Some(Item::Word(_)))
            && words.len() > 1
            && words.first().is_some_and(|first| self.verb(first, None))
            && !words.iter().any(|word| matches!(*word, "it" | "them"))
    }

    /// "device for volume: %q by serial number": what a preposition behind a value goes on with is the sentence before the colon.
    fn gone_on(&self, segments: Vec<Segment>) -> Vec<Segment> {
        let mut out: Vec<Segment> = Vec::new();
        for segment in segments {
            let behind = segment.items.iter().skip_while(|item| matches!(item, Item::Hole(_) | Item::Glue));
            let behind: Vec<&Item> = behind.take(2).collect();
            let has_value = matches!(segment.items.first(), Some(Item::Hole(hole)) if !self.error(*hole));
            let on = match behind.as_slice() {
                [Item::Word(word), Item::Word(_) | Item::Hole(_)] => {
                    has_value && self.messages.behind_values.contains(word.as_str())
                }
                _ => false,
            };
            // "cannot move box: %v in row" is about an error in between.
            let is_error = matches!(segment.items.first(), Some(Item::Hole(hole)) if self.error(*hole));
            let held = matches!(behind.as_slice(), [Item::Word(word), Item::Word(_)] if is_error && self.messages.of_places.contains(word.as_str()));
            // "cannot find box: err: %v in row".
            let introduced = held && out.len() > 1 && out.last().is_some_and(|last| self.only_introduces(last));
            if introduced {
                out.pop();
            }
            match out.last_mut().filter(|last| {
                segment.mark == ":"
                    && (held || on && matches!(last.items.last(), Some(Item::Word(word)) if !word.ends_with("ed")))
            }) {
                Some(last) => last.items.extend(segment.items.into_iter().skip(usize::from(held))),
                None => out.push(segment),
            }
        }
        out
    }

    /// Whether a segment has nothing but words that introduce an error.
    fn only_introduces(&self, segment: &Segment) -> bool {
        let words = segment.words();
        !words.is_empty() && segment.holes().is_empty() && words.iter().all(|w| self.is(&self.messages.error_nouns, w))
    }

    /// "detach disk %s error: %v", "detach disk Error: %s": the word that only introduces what was printed behind the colon goes with it.
    fn introduction(&mut self, segment: &mut Segment, next: Option<&Segment>) {
        let alone = next.is_some_and(|next| next.mark == ":" && !next.holes().is_empty() && next.words().is_empty());
        let [.., before, Item::Word(word)] = segment.items.as_slice() else { return };
        let behind_value = matches!(before, Item::Hole(_) | Item::Group(..));
        // "status of shelf %s error: %v" says no more than that without the word; "details" and "reason" are what was tried.
        let bears = segment.words().first().is_some_and(|first| self.is(&self.messages.bear_errors, first));
        let says = matches!(word.trim_end_matches(':'), "err" | "error" | "Error") && !bears && self.is_wrong(segment)
            || matches!(word.as_str(), "err" | "err:");
        let titled = word.starts_with(char::is_uppercase)
            && matches!(before, Item::Word(before) if !before.starts_with(char::is_uppercase));
        if alone
            && self.is(&self.messages.error_nouns, word)
            && (behind_value && says || titled && segment.words().len() > 2)
        {
            self.message.dropped.push(word.clone());
            segment.items.pop();
        }
    }

    /// Whether a segment says that something went wrong, or the line does and the segment what was tried.
    fn is_wrong(&self, segment: &Segment) -> bool {
        let words = segment.words();
        let [first, rest @ .., _] = words.as_slice() else { return false };
        let wrong = |word: &&str| self.sentences.says_wrong(word);
        self.prefix.fails && self.is(&self.messages.attempts, first) || wrong(first) || rest.iter().any(wrong)
    }

    /// Whether a label says what is wrong, as in "invalid type: %v": without it the line says less.
    fn finds_fault(&self, segment: &Segment) -> bool {
        let of_error = segment.holes().iter().any(|hole| self.error(*hole));
        !of_error && segment.words().iter().any(|word| self.is(&self.messages.fault_words, word))
    }

    /// Whether the value in a hole is what a label speaks of: "pod: %q was longer", "device: %s is gone".
    fn names(&self, hole: usize, label: &Segment) -> bool {
        let said = label.words();
        let Some(noun) = said.last() else { return false };
        let spoken = words(noun);
        let role = self.roles.get(hole).filter(|role| !role.error);
        let phrase = role.map_or("", |role| role.phrase.as_str());
        let is_it = phrase.split(' ').any(|word| spoken.iter().any(|said| said.eq_ignore_ascii_case(word)));
        // A component may stand there as well, unless more stands before.
        let lower = noun.to_lowercase();
        let thing = self.attributes.contains(&lower) || !label.mark.is_empty() && self.is_noun(noun);
        is_it || role.is_some() && said.len() == 1 && thing
    }

    /// "pool.Drain for shard (%s): cannot stop": what a name in code was called for goes with its values.
    fn bare_name(&mut self, segment: &mut Segment) {
        let [Item::Word(name), Item::Word(of), Item::Word(noun), values @ ..] = segment.items.as_slice() else {
            return;
        };
        let is_value = |item: &Item| matches!(item, Item::Hole(_) | Item::Glue);
        let held = is_of(of) && self.is_noun(noun) && !values.is_empty() && values.iter().all(is_value);
        if held && (is_humped(name) || name.contains('.')) {
            self.message.dropped.push(format!("{of} {noun}"));
            segment.items.truncate(1);
        }
    }

    /// Whether a segment holds nothing but nouns with their values, as labels of what stands behind: "node(%s) zone(%s) - moved".
    fn is_listing(&self, segment: &Segment, next: Option<&Segment>, first: bool, top: bool) -> bool {
        let pairs = is_listing(&segment.items, &|word| self.is_noun(word));
        let goes_on = next.is_some_and(|next| says_more(next) && next.words().len() > 1);
        // "syncRacks: rack %s, row %s": nothing but labels.
        let listed = |next: &Segment| {
            let is_list = is_listing(&next.items, &|word| self.is_noun(word)) > 0;
            next.mark == "," && (is_list || !next.holes().is_empty() && self.introduces_error(next))
        };
        // "shelf(%s) - the row is full"; "shelf(%s) - has no row" is about the shelf.
        let told = pairs == 1
            && next.is_some_and(|next| {
                let words = next.words();
                let to = words.get(1).is_some_and(|second| *second == "to");
                let about = |word: &&str| {
                    self.is(&self.messages.predicates, word) && !to || self.sentences.is_third_person(word)
                };
                next.mark == "-" && words.len() > 2 && !words.first().is_some_and(about)
            });
        match (first, segment.mark) {
            _ if !top => false,
            (true, "") => pairs > 1 && goes_on || told,
            (true, _) => pairs > 1 && goes_on,
            (false, ":") => pairs > 1 || pairs == 1 && (goes_on || next.is_some_and(listed)),
            (false, "-") => pairs > 0 && goes_on,
            _ => false,
        }
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
            && words.iter().all(|w| self.is(&self.messages.error_words, w))
            && words.iter().any(|w| self.is(&self.messages.error_nouns, w));
        let listed = !label.mark.is_empty() || !top;
        // "cache: removed node: %s" says behind the component what was done.
        let is_verb = |word: &str, end: &str| word.strip_suffix(end).is_some_and(|verb| self.verb(verb, None));
        let done =
            component && label.mark == ":" && words.len() > 1 && ["d", "ed"].iter().any(|d| is_verb(words[0], d));
        // "(sync: %v)": what the second error is about.
        let about = error && !top && words.len() == 1;
        let clausal = done || !about && words.iter().enumerate().any(|(at, w)| self.clausal(w, at == 0));
        // What stands before an error says what went wrong, unless it only says that something did.
        let says = error && words.iter().any(|w| !self.preposition(w));
        // "(sync: %v)" beside another error names the error, not what went wrong.
        let says = says && (top || self.roles.iter().filter(|role| role.error).count() < 2);
        let faulty = !error && self.finds_fault(label);
        let short = !says && !faulty && words.len() <= self.messages.label_words && !label.has_group() && !clausal;
        if segment.mark == ":" && (!first || !top) && listed && (short || introduces) {
            // "skipped shelf: %s": what became of it is said nowhere else.
            let told = |hole: &usize| self.roles.get(*hole).is_some_and(|role| role.phrase.starts_with(words[0]));
            let done = words.len() > 1 && words[0].ends_with("ed") && !segment.holes().iter().any(told);
            let dropped = words.join(" ");
            self.message.dropped.push(dropped);
            out.pop();
            if done && !introduces {
                self.doubt(Doubt::ValueAtEnd);
            }
            return;
        }
        if error {
            self.strip_introduction(label);
        }
        self.clause_end(label, true);
        if error {
            self.complete(label);
        }
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
        let acts = lower.ends_with("ing") && lower.len() > 4 && !self.messages.not_verbs.contains(&lower);
        self.messages.predicates.contains(&lower) || acts || first && self.messages.verbs.contains(&lower)
    }

    fn introduces_error(&self, segment: &Segment) -> bool {
        let words = segment.words();
        segment.holes().iter().all(|h| self.error(*h))
            && words.iter().all(|w| self.is(&self.messages.error_words, w))
            && words.iter().any(|w| self.is(&self.messages.error_nouns, w))
    }

    /// `, pod %q` and `(uid %q)`: few words and then a hole.
    fn is_label(&self, segment: &Segment, first: bool, top: bool) -> bool {
        let words = segment.words();
        if self.finds_fault(segment) {
            return false;
        }
        let last = (0..segment.items.len()).rev().find(|at| !self.is_unit(&segment.items, *at));
        let last = last.map(|at| &segment.items[..=at]).unwrap_or_default();
        // "box %s/%s" is one thing, and "10GB" one number.
        let ends_in_hole = matches!(last, [.., Item::Hole(_)] | [.., Item::Hole(_), Item::Glue]);
        let pair = matches!(last, [.., Item::Word(_), Item::Hole(_), Item::Hole(_)]);
        let one = segment.holes().len() == 1 || pair && segment.holes().len() == 2;
        let sentence = segment.mark == "." && !first && words.iter().all(|word| self.is_noun(word));
        let listed =
            matches!(segment.mark, "," | ";" | "-") || sentence || (!top && (first || segment.mark.is_empty()));
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
        // "(last try was %s)".
        if let ([said @ .., copula], false) = (words.as_slice(), top)
            && ends_in_hole
            && segment.holes().len() == 1
            && matches!(*copula, "is" | "was" | "are" | "were")
            && (1..=self.messages.label_words).contains(&said.len())
            && said.iter().all(|word| self.names_thing(word))
        {
            return true;
        }
        if (!top || !first && segment.mark == ":") && self.is_label_list(segment) {
            return true;
        }
        // "patch type %s" of `patchType` is called so, and says nothing else.
        let called =
            |hole: &usize| self.roles.get(*hole).is_some_and(|role| role.phrase == words.join(" ").to_lowercase());
        let named = !first && segment.holes().first().is_some_and(called);
        ends_in_hole
            && listed
            && one
            && !segment.has_group()
            && (named || words.len() <= 2 && !words.iter().enumerate().any(clausal))
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

    /// A segment without the nouns that are only there for their values.
    fn unlisted(&mut self, mut segment: Segment) -> Segment {
        // "node %s info %v" of an error speaks of the node's info.
        let of_error = |noun: &str| {
            segment.items.windows(2).any(|pair| {
                matches!(pair, [Item::Word(word), Item::Hole(hole)] if word == noun && self.error(*hole))
                    && !self.is(&self.messages.error_words, noun)
            })
        };
        let noun = |word: &str| self.is_noun(word) && !of_error(word);
        let attribute = |word: &str| self.attributes.contains(&word.to_lowercase());
        let on = |word: &str| self.messages.behind_values.contains(word);
        let list = unlist(&segment.items, &noun, &|word| self.preposition(word), &attribute, &on);
        if let Some(List { items, gone }) = list {
            self.message.dropped.push(gone);
            segment.items = items;
        }
        segment
    }

    fn finish(&self, text: &str) -> String {
        let text = trimmed(text);
        let text = text.as_str();
        if self.prefix.letter {
            return text.to_owned();
        }
        match text.strip_prefix('(') {
            Some(inside) => format!("({}", self.capitalised(inside)),
            None => self.capitalised(text),
        }
    }
}
