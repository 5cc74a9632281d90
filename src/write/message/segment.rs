//! A template's tokens as segments between marks.

use crate::write::message::Token;

/// An item of a segment.
#[derive(Clone, Debug, PartialEq)]
pub enum Item {
    Word(String),
    Hole(usize),
    /// Brackets and what is left in them.
    Group(char, Vec<Segment>, char),
    /// No white space stood before the next item.
    Glue,
}

/// Text between marks, with the mark before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Segment {
    /// The mark before it.
    pub mark: &'static str,
    /// Its items.
    pub items: Vec<Item>,
}

impl Segment {
    fn new(mark: &'static str) -> Self {
        Self { mark, items: Vec::new() }
    }

    /// Its words, those in brackets left out.
    pub fn words(&self) -> Vec<&str> {
        words_of(&self.items)
    }

    /// Its holes, those in brackets left out.
    pub fn holes(&self) -> Vec<usize> {
        self.items.iter().filter_map(|i| if let Item::Hole(h) = i { Some(*h) } else { None }).collect()
    }

    /// Whether it has brackets.
    pub fn has_group(&self) -> bool {
        self.items.iter().any(|i| matches!(i, Item::Group(..)))
    }
}

pub fn words_of(items: &[Item]) -> Vec<&str> {
    items.iter().filter_map(|i| if let Item::Word(w) = i { Some(w.as_str()) } else { None }).collect()
}

/// How a quotation mark that stays is written: klog quotes the message itself, by `"`.
pub const QUOTE: &str = "'";

/// Quotation marks around holes belong to the holes. Of two that belong together, both go or both stay; where that cannot be told, as
/// with an apostrophe among them, each goes by what stands beside it.
pub fn unquoted(tokens: &[Token]) -> Vec<Token> {
    let hole = |at: Option<&Token>| matches!(at, Some(Token::Hole(_)));
    let touches =
        |at: &usize| hole(tokens.get(at + 1)) || hole(at.checked_sub(1).and_then(|before| tokens.get(before)));
    let quotes: Vec<usize> = (0..tokens.len()).filter(|at| tokens.get(*at) == Some(&Token::Quote)).collect();
    let together = if quotes.len().is_multiple_of(2) { 2 } else { 1 };
    let gone: Vec<usize> =
        quotes.chunks(together).filter(|marks| marks.iter().any(touches)).flatten().copied().collect();
    let keep = |(at, _): &(usize, &Token)| gone.binary_search(at).is_err();
    tokens.iter().enumerate().filter(keep).map(|(_, token)| token.clone()).collect()
}

/// Brackets in brackets beyond this are words.
const MAX_NESTING: usize = 32;

pub fn parse(tokens: &[Token], at: &mut usize, close: Option<char>) -> Vec<Segment> {
    nested(tokens, at, close, 0)
}

fn nested(tokens: &[Token], at: &mut usize, close: Option<char>, depth: usize) -> Vec<Segment> {
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
            Token::Quote => segments[current].items.push(Item::Word(QUOTE.to_owned())),
            Token::Hole(hole) => segments[current].items.push(Item::Hole(*hole)),
            Token::Mark(mark) => segments.push(Segment::new(mark)),
            Token::Open(open) if depth >= MAX_NESTING => segments[current].items.push(Item::Word(open.to_string())),
            Token::Open(open) => {
                // A bracket that is never closed ends with the text.
                let closing = closing(*open);
                let inside = nested(tokens, at, Some(closing), depth + 1);
                segments[current].items.push(Item::Group(*open, inside, closing));
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

pub fn is_sign(word: &str) -> bool {
    !word.chars().any(char::is_alphanumeric)
}

/// `key=%v` becomes a hole, and in brackets `key: %v`.
pub fn tie(segments: Vec<Segment>, top: bool) -> Vec<Segment> {
    let mut out: Vec<Segment> = Vec::new();
    for segment in segments {
        let starts_with_hole = matches!(segment.items.first(), Some(Item::Hole(_)));
        let label = out.last().and_then(|s| s.items.last());
        let listed =
            !top && matches!(out.last().map(|last| last.items.as_slice()), Some([.., Item::Hole(_), Item::Word(_)]));
        let opens = !top
            && matches!(out.as_slice(), [Segment { items, .. }] if matches!(items.as_slice(), [Item::Word(_)]))
            && matches!(segment.items.as_slice(), [_, Item::Word(_)]);
        let mark = if segment.mark == ":" && (listed || opens) { "=" } else { segment.mark };
        match (mark, starts_with_hole, label) {
            ("=", true, Some(Item::Word(_))) => {
                let alone = out.len() == 1 && matches!(segment.items.as_slice(), [_, Item::Group(..)]);
                if let Some(previous) = out.last_mut() {
                    // "flag=%v (the default)": the brackets speak of the flag.
                    if alone && previous.items.len() == 1 {
                        previous.items.extend(segment.items.into_iter().skip(1));
                        continue;
                    }
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

pub fn render(segments: &[Segment]) -> String {
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

/// A text without the white space and the marks that nothing stands behind or before any more. What belongs to a word, as in `/etc` and
/// `--all`, stays.
pub fn trimmed(text: &str) -> String {
    let words = text.split_whitespace().skip_while(|word| word.chars().all(is_edge));
    let text = words.collect::<Vec<_>>().join(" ");
    let text = text.trim_start_matches([',', ':', ';', '=']);
    let mut end = text.trim_end_matches(['.', ',', ':', ';', '=', '-', '(', '[', '/', ' ', '…']);
    // "/var/lib/" is a path, and so is "/".
    if end.rsplit(' ').next().is_some_and(|last| last.contains('/')) && text[end.len()..].starts_with('/') {
        end = &text[..end.len() + 1];
    } else if text.ends_with(" /") {
        end = text;
    }
    end.to_owned()
}

fn is_edge(c: char) -> bool {
    matches!(c, '.' | ',' | ':' | ';' | '=' | '-' | '/')
}

/// `%s and %s`, `%s to %s`: words that only hold values together.
pub fn connective(word: &str) -> bool {
    matches!(
        word.to_lowercase().as_str(),
        "and" | "or" | "to" | "from" | "vs" | "vs." | "with" | "in" | "of" | "by" | "at" | "for" | "on" | "/" | "="
    ) || is_sign(word)
}

/// "for %d by", "after %d with": a number that goes with the preposition before it.
pub fn goes_with_time(before: &str, next: &str) -> bool {
    matches!(before, "for" | "after" | "within" | "every")
        && matches!(next, "by" | "with" | "for" | "in" | "on" | "at" | "because" | "due" | "from")
}
