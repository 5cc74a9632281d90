//! A template as words, marks and holes: what stands around a hole names its value and decides what remains of the sentence.

use crate::klog::format::Part;
use crate::klog::format::Template;

/// One token of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// A word, with the marks inside it: `don't`, `v1.0`, `oom_score_adj`.
    Word(String),
    /// White space.
    Space,
    /// `,` `;` `:` `=` `.` `!` `?` `-` `/` or an arrow.
    Mark(&'static str),
    /// A quotation mark.
    Quote,
    /// `(`, `[`, `{` or `<`.
    Open(char),
    /// `)`, `]`, `}` or `>`.
    Close(char),
    /// A hole, by its number in the template.
    Hole(usize),
}

/// Splits a template; holes are numbered in their order.
pub fn tokens(template: &Template<'_>) -> Vec<Token> {
    let mut out = Vec::new();
    let mut holes = 0;
    for (index, part) in template.parts.iter().enumerate() {
        match part {
            Part::Hole(_) => {
                out.push(Token::Hole(holes));
                holes += 1;
            }
            Part::Text(text) => {
                let hole_before = index > 0;
                let hole_after = index + 1 < template.parts.len();
                split(text, hole_before, hole_after, &mut out);
            }
        }
    }
    plurals(out)
}

/// `%d replica(s)` counts replicas; so does `subnet(s) %v`.
fn plurals(tokens: Vec<Token>) -> Vec<Token> {
    let hole = |token: Option<&Token>| matches!(token, Some(Token::Hole(_)));
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let ending = match &tokens[at..] {
            [Token::Word(word), Token::Open('('), Token::Word(ending), Token::Close(')'), ..]
                if matches!(ending.as_str(), "s" | "es") =>
            {
                Some(format!("{word}{ending}"))
            }
            _ => None,
        };
        let near = at > 1 && hole(tokens.get(at - 2)) || hole(tokens.get(at + 5));
        match ending.filter(|_| near) {
            Some(word) => {
                out.push(Token::Word(word));
                at += 4;
            }
            None => {
                out.push(token.clone());
                at += 1;
            }
        }
    }
    out
}

const MARKS: [&str; 10] = ["->", "=>", ",", ";", ":", "=", ".", "!", "?", "-"];

fn split(text: &str, hole_before: bool, hole_after: bool, out: &mut Vec<Token>) {
    let mut rest = text;
    let mut word = String::new();
    while let Some(c) = rest.chars().next() {
        let at_start = word.is_empty();
        let at_text_start = out.is_empty() && at_start;
        let behind_value =
            matches!(out.as_slice(), [.., Token::Hole(_), Token::Quote]) || out.is_empty() && hole_before;
        let opens = at_start
            && !behind_value
            && matches!(out.last(), None | Some(Token::Quote | Token::Space | Token::Open(_)));
        let token = special(rest, at_start, at_text_start, hole_after).filter(|(token, _)| {
            // A period that ends nothing is a word: '.'
            let period = opens && *token == Token::Mark(".");
            // A slash is a mark only next to a hole: "pod/%s".
            let joins = (at_start && hole_before && out.last().is_some_and(is_hole)) || (hole_after && rest.len() == 1);
            !period && (*token != Token::Mark("/") || joins)
        });
        match token {
            Some((token, length)) => {
                flush(&mut word, out);
                // Behind a mark a line break parts nothing more.
                let marked = matches!(out.iter().rev().find(|token| **token != Token::Space), Some(Token::Mark(_)));
                let token = if marked && rest.starts_with('\n') { Token::Space } else { token };
                if token != Token::Space || out.last() != Some(&Token::Space) {
                    out.push(token);
                }
                rest = &rest[length..];
            }
            None => {
                word.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    flush(&mut word, out);
}

fn is_hole(token: &Token) -> bool {
    matches!(token, Token::Hole(_))
}

fn flush(word: &mut String, out: &mut Vec<Token>) {
    if !word.is_empty() {
        out.push(Token::Word(std::mem::take(word)));
    }
}

/// The token that is no word at the head of `rest`, and its length in bytes.
fn special(rest: &str, at_start: bool, at_text_start: bool, hole_after: bool) -> Option<(Token, usize)> {
    let mut chars = rest.chars();
    let c = chars.next()?;
    let next = chars.next();
    // What follows ends a word: white space, a hole, the end, or a closing mark.
    let ends = next.is_none_or(|n| n.is_whitespace() || ")]}\"'>,;.:".contains(n)) || (next.is_none() && hole_after);
    let mark = |mark| Some((Token::Mark(mark), c.len_utf8()));
    match c {
        // A line break inside the text parts it; one at its end is nothing.
        '\n' if rest.chars().any(|c| !c.is_whitespace()) && !at_text_start => Some((Token::Mark(","), 1)),
        c if c.is_whitespace() => Some((Token::Space, c.len_utf8())),
        '"' | '`' => Some((Token::Quote, 1)),
        // "%s's" is a possessive, not a quotation.
        '\'' if rest.starts_with("'s") && !rest[2..].starts_with(char::is_alphanumeric) => None,
        '\'' if at_start || ends => Some((Token::Quote, 1)),
        '(' | '[' | '{' => Some((Token::Open(c), 1)),
        ')' | ']' | '}' => Some((Token::Close(c), 1)),
        '<' if at_start && (next.is_none() || next.is_some_and(char::is_alphanumeric)) => Some((Token::Open(c), 1)),
        '-' | '=' if next == Some('>') => Some((Token::Mark(if c == '-' { "->" } else { "=>" }), 2)),
        '>' => Some((Token::Close(c), 1)),
        ',' => mark(","),
        ';' => mark(";"),
        '=' if next != Some('=') => mark("="),
        ':' | '.' | '!' | '?' if ends || (c == ':' && at_start) => mark(MARKS.into_iter().find(|m| m.starts_with(c))?),
        '-' if at_start && ends => mark("-"),
        '/' if at_start || next.is_none() => mark("/"),
        _ => None,
    }
}

/// The unit that stands behind whatever is printed, number or not.
pub const PERCENT: &str = "%";

/// What stands around a hole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// Words of a label: `expected value: %v`, `id=%q`. In the text's order.
    pub label: Vec<String>,
    /// Whether the label is tied by `=`.
    pub tied: bool,
    /// The words right before the hole, up to a mark or another hole, in the text's order; a label's words too.
    pub before: Vec<String>,
    /// The first word behind the hole, where no mark comes before it.
    pub after: Option<String>,
    /// The word that is written together with the hole.
    pub glued: Option<String>,
    /// It and the words behind it, up to a mark or another hole.
    pub behind: Vec<String>,
    /// The sentence starts here: nothing but white space, quotes and brackets stand before.
    pub first: bool,
    /// The name in code that it stands in the brackets of: `AllowAccess(%v)`.
    pub called: Option<String>,
    /// It stands in square brackets behind a word: `Shelf[%d]`.
    pub indexed: bool,
    /// The hole is a name or a value: `%s=%s`.
    pub assignment: Option<Side>,
    /// The words before the hole that this one may be assigned to: the one before it.
    pub left: Vec<String>,
}

/// Which of two holes that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The first.
    Left,
    /// The second.
    Right,
}

/// How the hole at `at` belongs to its neighbours: by `=`.
fn side(tokens: &[Token], at: usize) -> Option<Side> {
    let next = tokens[at + 1..].iter().position(is_hole).map(|offset| at + 1 + offset);
    let previous = tokens[..at].iter().rposition(is_hole);
    let visible = |t: &&Token| !matches!(t, Token::Space | Token::Quote);
    let assigned = |left: usize, right: usize| tokens[left + 1..right].iter().filter(visible).eq([&Token::Mark("=")]);
    match (previous, next) {
        (Some(left), _) if assigned(left, at) => Some(Side::Right),
        (_, Some(right)) if assigned(at, right) => Some(Side::Left),
        _ => None,
    }
}

/// What stands around the hole with this number.
pub fn context(tokens: &[Token], hole: usize) -> Context {
    let Some(at) = tokens.iter().position(|t| *t == Token::Hole(hole)) else { return Context::default() };
    let mut context = Context { first: true, ..Context::default() };
    let mut marks = 0;
    for token in tokens[..at].iter().rev() {
        match token {
            Token::Word(word) => {
                context.before.insert(0, word.clone());
                context.first = false;
                if context.tied {
                    break;
                }
            }
            Token::Space | Token::Quote => {}
            Token::Mark(mark @ (":" | "=")) if context.before.is_empty() && marks == 0 => {
                marks += 1;
                context.tied = *mark == "=";
                context.first = false;
            }
            Token::Open(_) if context.before.is_empty() && marks == 0 => {
                // "syncPod(%s)" is a call, not a noun.
                let callee = tokens[..at].iter().rev().skip_while(|t| *t != token).nth(1);
                context.indexed = *token == Token::Open('[') && matches!(callee, Some(Token::Word(_)));
                if let Some(Token::Word(word)) = callee
                    && word.chars().skip(1).any(char::is_uppercase)
                {
                    context.called = Some(word.clone());
                    context.first = false;
                    break;
                }
                marks += 2;
            }
            _ => {
                context.first = false;
                break;
            }
        }
    }
    if marks & 1 == 1 {
        context.label = context.before.clone();
    }
    context.assignment = side(tokens, at);
    context.glued = match tokens.get(at + 1) {
        Some(Token::Word(word)) => Some(word.clone()),
        _ => None,
    };
    let next = tokens[at + 1..].iter().find(|token| !matches!(token, Token::Space | Token::Quote));
    context.after = match next {
        Some(Token::Word(word)) => Some(word.clone()),
        _ => None,
    };
    let visible = tokens[at + 1..].iter().filter(|token| !matches!(token, Token::Space | Token::Quote));
    let words = visible.map_while(|token| if let Token::Word(word) = token { Some(word.clone()) } else { None });
    context.behind = words.collect();
    context
}
