//! The constant message that remains when the holes are gone.

use super::tokens::Token;
use crate::rule::Messages;

/// What a hole held, as far as the sentence is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// An error: the words that introduce it go with it.
    pub error: bool,
    /// A number in front of what it counts.
    pub number: bool,
    /// Words that may take its place in the sentence.
    pub phrase: String,
}

/// A message and what was done to get there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The text.
    pub text: String,
    /// A `[component]` prefix was dropped.
    pub prefix_dropped: bool,
    /// Words were put in the place of a hole.
    pub substituted: bool,
    /// Words were dropped: labels, prepositions, introductions of errors.
    pub dropped: Vec<String>,
}

/// An item of a segment.
#[derive(Clone, Debug, PartialEq)]
enum Item {
    Word(String),
    Hole(usize),
    /// Brackets and what is left in them.
    Group(char, Vec<Segment>, char),
    /// No white space stood before the next item.
    Glue,
}

/// Text between marks, with the mark before it.
#[derive(Clone, Debug, PartialEq)]
struct Segment {
    mark: &'static str,
    items: Vec<Item>,
}

impl Segment {
    fn new(mark: &'static str) -> Self {
        Self { mark, items: Vec::new() }
    }

    fn words(&self) -> Vec<&str> {
        self.items.iter().filter_map(|i| if let Item::Word(w) = i { Some(w.as_str()) } else { None }).collect()
    }

    fn holes(&self) -> Vec<usize> {
        self.items.iter().filter_map(|i| if let Item::Hole(h) = i { Some(*h) } else { None }).collect()
    }

    fn has_group(&self) -> bool {
        self.items.iter().any(|i| matches!(i, Item::Group(..)))
    }
}

/// Builds the message; `roles` are indexed by the holes' numbers.
pub fn message(tokens: &[Token], roles: &[Role], rules: &Messages) -> Message {
    let mut builder = Builder { roles, rules, message: Message::default() };
    let tokens = builder.without_prefix(&unquoted(tokens));
    let mut position = 0;
    let segments = parse(&tokens, &mut position, None);
    let segments = builder.segments(segments, true);
    let text = render(&segments);
    builder.message.text = builder.finish(&text);
    builder.message
}

/// Quotation marks around holes belong to the holes.
fn unquoted(tokens: &[Token]) -> Vec<Token> {
    let hole = |at: Option<&Token>| matches!(at, Some(Token::Hole(_)));
    let keep = |(at, token): &(usize, &Token)| {
        **token != Token::Quote || !(hole(tokens.get(at + 1)) || hole(at.checked_sub(1).and_then(|b| tokens.get(b))))
    };
    tokens.iter().enumerate().filter(keep).map(|(_, token)| token.clone()).collect()
}

fn parse(tokens: &[Token], at: &mut usize, close: Option<char>) -> Vec<Segment> {
    let mut segments = vec![Segment::new("")];
    let mut spaced = true;
    while let Some(token) = tokens.get(*at) {
        *at += 1;
        let current = segments.len() - 1;
        let glue = !spaced && !segments[current].items.is_empty();
        if glue && !matches!(token, Token::Space | Token::Mark(_) | Token::Close(_)) {
            segments[current].items.push(Item::Glue);
        }
        spaced = false;
        match token {
            Token::Space => spaced = true,
            Token::Word(word) => segments[current].items.push(Item::Word(word.clone())),
            Token::Quote => segments[current].items.push(Item::Word("'".to_owned())),
            Token::Hole(hole) => segments[current].items.push(Item::Hole(*hole)),
            Token::Mark(mark) => segments.push(Segment::new(mark)),
            Token::Open(open) => {
                let closing = closing(*open);
                if tokens[*at..].contains(&Token::Close(closing)) {
                    let inside = parse(tokens, at, Some(closing));
                    segments[current].items.push(Item::Group(*open, inside, closing));
                } else {
                    segments[current].items.push(Item::Word(open.to_string()));
                }
            }
            Token::Close(c) if Some(*c) == close => break,
            Token::Close(c) => segments[current].items.push(Item::Word(c.to_string())),
        }
    }
    segments
}

fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        '{' => '}',
        _ => '>',
    }
}

struct Builder<'a> {
    roles: &'a [Role],
    rules: &'a Messages,
    message: Message,
}

impl Builder<'_> {
    fn is(&self, set: &std::collections::BTreeSet<String>, word: &str) -> bool {
        set.contains(word) || set.contains(&word.to_lowercase())
    }

    fn preposition(&self, word: &str) -> bool {
        self.is(&self.rules.prepositions, word)
    }

    fn verb(&self, word: &str) -> bool {
        let lower = word.to_lowercase();
        let formed = (lower.ends_with("ing") || lower.ends_with("ed")) && lower.len() > 4;
        self.rules.verbs.contains(&lower) || (formed && !self.rules.not_verbs.contains(&lower))
    }

    fn error(&self, hole: usize) -> bool {
        self.roles.get(hole).is_some_and(|role| role.error)
    }

    fn without_prefix(&mut self, tokens: &[Token]) -> Vec<Token> {
        let tokens = match tokens {
            [Token::Space, rest @ ..] => rest,
            all => all,
        };
        if tokens.first() != Some(&Token::Open('[')) {
            return tokens.to_vec();
        }
        let Some(end) = tokens.iter().position(|t| *t == Token::Close(']')) else { return tokens.to_vec() };
        let plain = !tokens[..end].iter().any(|t| matches!(t, Token::Hole(_)));
        let rest_start = tokens[end + 1..].iter().position(|t| !matches!(t, Token::Space | Token::Mark(":")));
        match rest_start {
            Some(start) if plain && end > 1 => {
                self.message.prefix_dropped = true;
                tokens[end + 1 + start..].to_vec()
            }
            _ => tokens.to_vec(),
        }
    }

    /// Takes the holes out of segments, and with them the segments and words that were only there for them.
    fn segments(&mut self, segments: Vec<Segment>, top: bool) -> Vec<Segment> {
        let mut out: Vec<Segment> = Vec::new();
        let tied = tie(segments);
        for mut segment in tied {
            self.groups(&mut segment);
            let (words, holes) = (segment.words().len(), segment.holes());
            if holes.is_empty() {
                let keep = words > 0 || segment.has_group() || matches!(segment.mark, "." | "!" | "?");
                if keep {
                    out.push(segment);
                }
                continue;
            }
            if words == 0 && !segment.has_group() {
                self.unlabel(&segment, &mut out, top);
                continue;
            }
            if self.introduces_error(&segment) && !out.is_empty() {
                self.drop_words(&segment);
                continue;
            }
            if self.is_label(&segment, out.is_empty(), top) {
                self.drop_words(&segment);
                continue;
            }
            self.clause(&mut segment);
            if !segment.items.is_empty() {
                out.push(segment);
            }
        }
        if let Some(first) = out.first_mut() {
            first.mark = "";
        }
        out
    }

    fn groups(&mut self, segment: &mut Segment) {
        let items = std::mem::take(&mut segment.items);
        for item in items {
            match item {
                Item::Group(open, inside, close) => {
                    let had_holes = inside.iter().any(|s| !s.holes().is_empty());
                    let inside = self.segments(inside, false);
                    let empty = inside.iter().all(|s| s.items.is_empty());
                    let connective = had_holes && inside.iter().all(|s| s.words().iter().all(|w| self.preposition(w)));
                    if !empty && !connective {
                        segment.items.push(Item::Group(open, inside, close));
                    } else if segment.items.last() == Some(&Item::Glue) {
                        segment.items.pop();
                    }
                }
                item => segment.items.push(item),
            }
        }
    }

    /// A segment of holes alone: its label goes with it, where the label is no more than that.
    fn unlabel(&mut self, segment: &Segment, out: &mut Vec<Segment>, top: bool) {
        let error = segment.holes().iter().all(|h| self.error(*h));
        if segment.mark != ":" {
            return;
        }
        let count = out.len();
        let Some(label) = out.last_mut() else { return };
        let words = label.words();
        let first = count == 1;
        let introduces = error
            && words.iter().all(|w| self.is(&self.rules.error_words, w))
            && words.iter().any(|w| self.is(&self.rules.error_nouns, w));
        let listed = !label.mark.is_empty() || !top;
        let short = words.len() <= self.rules.label_words && !label.has_group() && !words.iter().any(|w| self.clausal(w));
        if (!first || !top) && listed && (short || introduces) {
            let dropped = label.words().join(" ");
            self.message.dropped.push(dropped);
            out.pop();
        } else if error {
            self.strip_introduction(label);
        }
    }

    /// Words that make a label a clause of its own: "skipping: %v", "failed: %v".
    fn clausal(&self, word: &str) -> bool {
        self.verb(word) || matches!(word, "failed" | "not" | "is" | "are" | "was")
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
        ends_in_hole
            && listed
            && segment.holes().len() == 1
            && !segment.has_group()
            && words.len() <= 2
            && !words.iter().any(|w| self.verb(w) || self.preposition(w) && w.len() > 1)
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
        if noun && cut > 0 {
            let tail = segment.items.split_off(cut);
            let words: Vec<_> = tail.iter().filter_map(|i| if let Item::Word(w) = i { Some(w.as_str()) } else { None }).collect();
            self.message.dropped.push(words.join(" "));
        }
    }

    /// Takes the holes out of a clause: at its end with their prepositions, inside it by their phrase or not at all.
    fn clause(&mut self, segment: &mut Segment) {
        self.clause_end(segment);
        let items = std::mem::take(&mut segment.items);
        let mut out: Vec<Item> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let Item::Hole(hole) = item else {
                out.push(item.clone());
                continue;
            };
            let glued_after = items.get(at + 1) == Some(&Item::Glue);
            let next = items[at + 1..].iter().find(|i| **i != Item::Glue);
            if self.wants_phrase(out.iter().rev().find(|i| **i != Item::Glue), next, *hole) {
                let phrase = self.roles.get(*hole).map_or("", |role| role.phrase.as_str());
                if !phrase.is_empty() {
                    self.message.substituted = true;
                    out.extend(phrase.split(' ').map(|w| Item::Word(w.to_owned())));
                    continue;
                }
            }
            if out.last() == Some(&Item::Glue) {
                out.pop();
            }
            // `%ss` and `%v/%v`: what was glued to the hole stands alone now.
            let _ = glued_after;
        }
        while out.first() == Some(&Item::Glue) {
            out.remove(0);
        }
        segment.items = out;
    }

    fn clause_end(&mut self, segment: &mut Segment) {
        let mut popped_error = false;
        let mut popped = false;
        while let Some(last) = segment.items.last() {
            match last {
                Item::Hole(hole) => {
                    popped_error = self.error(*hole);
                    popped = true;
                    segment.items.pop();
                    if popped_error {
                        self.strip_introduction(segment);
                    }
                }
                Item::Glue => {
                    segment.items.pop();
                }
                Item::Word(word) if popped && segment.words().len() > 1 && (self.preposition(word) || is_sign(word)) => {
                    if let Some(Item::Word(word)) = segment.items.pop() {
                        self.message.dropped.push(word);
                    }
                }
                _ => break,
            }
        }
        let _ = popped_error;
    }

    fn wants_phrase(&self, before: Option<&Item>, next: Option<&Item>, hole: usize) -> bool {
        let number = self.roles.get(hole).is_some_and(|role| role.number);
        let next_word = match next {
            Some(Item::Word(word)) => Some(word.as_str()),
            _ => None,
        };
        match (before, next_word) {
            (_, Some(word)) if number && !self.preposition(word) => false,
            (None, Some(_)) => true,
            (None, None) => false,
            (Some(Item::Word(before)), Some(next)) => {
                let open = self.preposition(before) || self.verb(before);
                let noun_follows = !self.preposition(next) && !self.verb(next) && !is_sign(next);
                open && !noun_follows
            }
            (Some(Item::Word(before)), None) => self.preposition(before) && next.is_some(),
            _ => false,
        }
    }

    fn finish(&self, text: &str) -> String {
        let mut text: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        loop {
            let before = text.len();
            while text.ends_with(['.', ',', ':', ';', '=', '-', '(', '[', '/', ' ', '…']) {
                text.pop();
            }
            if text.len() == before {
                break;
            }
        }
        capitalised(text.trim_start_matches([',', ':', ';', '=', '-', '.', ' ', '/']), self.rules)
    }
}

fn is_sign(word: &str) -> bool {
    !word.chars().any(char::is_alphanumeric)
}

/// `key=%v` becomes a hole.
fn tie(segments: Vec<Segment>) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    for segment in segments {
        let starts_with_hole = matches!(segment.items.first(), Some(Item::Hole(_)));
        let label = out.last().and_then(|s| s.items.last());
        match (segment.mark, starts_with_hole, label) {
            ("=", true, Some(Item::Word(_))) => {
                if let Some(previous) = out.last_mut() {
                    previous.items.pop();
                    if previous.items.last() == Some(&Item::Glue) {
                        previous.items.pop();
                    }
                    previous.items.extend(segment.items);
                }
            }
            ("=" | "/", true, Some(Item::Hole(_))) => {
                if let Some(previous) = out.last_mut() {
                    previous.items.extend(segment.items);
                }
            }
            _ => out.push(segment),
        }
    }
    out
}

fn render(segments: &[Segment]) -> String {
    let mut out = String::new();
    for segment in segments {
        match segment.mark {
            "" => {}
            mark @ ("-" | "->" | "=>") => {
                out.push(' ');
                out.push_str(mark);
            }
            mark => out.push_str(mark),
        }
        if !out.is_empty() && !matches!(segment.mark, "" | "=" | "/") && !segment.items.is_empty() {
            out.push(' ');
        }
        let mut glued = true;
        for item in &segment.items {
            if *item == Item::Glue {
                glued = true;
                continue;
            }
            if !glued && !out.is_empty() {
                out.push(' ');
            }
            glued = false;
            match item {
                Item::Word(word) => out.push_str(word),
                Item::Group(open, inside, close) => {
                    out.push(*open);
                    out.push_str(render(inside).trim());
                    out.push(*close);
                }
                Item::Hole(_) | Item::Glue => {}
            }
        }
    }
    out
}

/// A capital at the start, unless the first word is an identifier.
fn capitalised(text: &str, rules: &Messages) -> String {
    let first: String = text.chars().take_while(|c| !c.is_whitespace()).collect();
    let identifier = first.chars().skip(1).any(|c| c.is_uppercase() || c == '_' || c == '(' || c.is_ascii_digit());
    let mut chars = text.chars();
    match chars.next() {
        Some(c) if c.is_lowercase() && !identifier && !rules.keep_lower.contains(&first) => c.to_uppercase().chain(chars).collect(),
        _ => text.to_owned(),
    }
}
