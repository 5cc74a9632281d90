//! Values that belong together: `from … to`, `n of m`, `old -> new`. Their words leave the sentence and name the values.

use std::collections::BTreeMap;

use crate::klog::name::words;
use crate::rule::{Own, Relation, RoleKey, RuleSet, Sentences, Step};
use crate::write::message::prefix::Prefix;
use crate::write::message::role::Role;
use crate::write::message::tokens::Token;

/// A relation that was found in a text.
#[derive(Clone, Debug)]
pub struct Related {
    /// Its holes and the keys that it gives them.
    pub keys: Vec<(usize, String)>,
    /// When a value keeps its own name.
    pub own: Own,
    /// Somebody has to read what is left.
    pub review: bool,
}

/// Finds relations and takes their words out of the text. Relations are tried in the rules' order, each as often as it fits.
pub fn relate(tokens: Vec<Token>, roles: &[Role], prefix: Prefix<'_>, rules: &RuleSet) -> (Vec<Token>, Vec<Related>) {
    let head =
        |pair: &[Token]| matches!(pair, [Token::Word(path), Token::Mark("/"), Token::Hole(_)] if is_path_head(path));
    let cut = tokens.windows(3).any(head);
    let mut tokens = plain(tokens, &rules.sentences.abbreviations);
    // The value is no longer told as the whole path.
    let mut found: Vec<Related> =
        cut.then(|| Related { keys: Vec::new(), own: Own::default(), review: true }).into_iter().collect();
    if !tokens.iter().any(|token| matches!(token, Token::Hole(_))) {
        return (tokens, found);
    }
    let fits = |relation: &&Relation| {
        (prefix.fails || !relation.errors)
            && !(prefix.distinguishes && matches!(relation.pattern.0.as_slice(), [Step::Start, Step::Code, ..]))
    };
    for relation in rules.sentences.relation.iter().filter(fits) {
        // A relation takes values away; were one to leave all, it would fit for ever.
        for _ in 0..roles.len().min(MAX_TIMES) {
            let Some(matched) = matching(&tokens, roles, relation, &rules.sentences) else { break };
            let related =
                Related { keys: keys(&tokens, &matched, relation), own: relation.own, review: relation.review };
            let left = left(&tokens, &matched, relation, rules);
            let (start, end) = (matched.start(), matched.end());
            let same = tokens[start..end] == left[..];
            tokens.splice(start..end, left);
            if same {
                break;
            }
            found.push(related);
        }
    }
    (tokens, found)
}

/// How often one relation is looked for in a text.
const MAX_TIMES: usize = 16;

/// What belongs to a value and to no sentence goes: a URL around it, a flag's dashes, the `(s)` of what is counted, rows of signs.
fn plain(tokens: Vec<Token>, abbreviations: &BTreeMap<String, String>) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let behind = &tokens[at + 1..];
        at += 1;
        match (token, behind) {
            (Token::Word(scheme), [Token::Mark("/"), Token::Hole(_), ..]) if scheme.ends_with(":/") => {
                out.push(tokens[at + 1].clone());
                at = glued(&tokens, at + 2);
            }
            // "/dev/%s": the head of a path is none without its end.
            (Token::Word(path), [Token::Mark("/"), Token::Hole(_), ..]) if is_path_head(path) => {
                out.push(tokens[at + 1].clone());
                at += 2;
            }
            (Token::Hole(_), [Token::Mark(":"), Token::Hole(_), ..]) => {
                out.push(token.clone());
                at = glued(&tokens, at);
            }
            // "err=(%v)".
            (Token::Mark("="), [Token::Open('('), Token::Hole(_), Token::Close(')'), ..]) => {
                out.extend([token.clone(), tokens[at + 1].clone()]);
                at += 3;
            }
            // "%s/debug": the end of the path is half a word.
            (Token::Hole(_), [Token::Mark("/"), Token::Word(rest), ..]) => {
                out.extend([token.clone(), Token::Word(format!("/{rest}"))]);
                at += 2;
            }
            (Token::Word(flag), [Token::Hole(_), ..]) if matches!(flag.as_str(), "--" | "v") => {}
            (Token::Word(flag), [Token::Space, Token::Hole(_), ..]) if is_flag(flag) && !out.is_empty() => at += 1,
            (
                Token::Word(short),
                [Token::Space, Token::Hole(_), ..] | [Token::Space, Token::Quote, Token::Hole(_), ..],
            ) if short.chars().all(|c| c.is_ascii_lowercase()) && abbreviations.contains_key(short) => {
                let whole = words(&abbreviations[short]).into_iter().map(|word| Token::Word(word.to_lowercase()));
                out.extend(whole.flat_map(|word| [Token::Space, word]).skip(1));
            }
            (Token::Word(stars), _) if stars.len() > 1 && stars.chars().all(|c| matches!(c, '*' | '#' | '~')) => {}
            _ => out.push(token.clone()),
        }
    }
    out
}

/// Where what no white space parts from a value ends; a mark at its end is left.
fn glued(tokens: &[Token], from: usize) -> usize {
    let mut at = from;
    while tokens.get(at).is_some_and(|token| {
        matches!(token, Token::Word(_) | Token::Hole(_) | Token::Mark("/" | ":" | "." | "=" | "?"))
    }) {
        at += 1;
    }
    while at > from && matches!(tokens.get(at - 1), Some(Token::Mark(_))) {
        at -= 1;
    }
    at
}

/// `/dev`, `/var/lib`.
fn is_path_head(word: &str) -> bool {
    word.len() > 1 && word.starts_with('/')
}

/// `-t`, `--table`.
fn is_flag(word: &str) -> bool {
    let name = word.trim_start_matches('-');
    let dashes = word.len() - name.len();
    matches!(dashes, 1 | 2) && name.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// What each step matched: a range of tokens.
struct Matched(Vec<(usize, usize)>);

impl Matched {
    fn start(&self) -> usize {
        self.0.iter().filter(|(from, to)| from < to).map(|(from, _)| *from).min().unwrap_or_default()
    }

    fn end(&self) -> usize {
        self.0.iter().filter(|(from, to)| from < to).map(|(_, to)| *to).max().unwrap_or_default()
    }
}

fn is_blank(token: &Token) -> bool {
    matches!(token, Token::Space | Token::Quote)
}

fn matching(tokens: &[Token], roles: &[Role], relation: &Relation, rules: &Sentences) -> Option<Matched> {
    let matcher = Matcher { tokens, roles, rules };
    // A failed try leaves it empty: most relations never need room.
    let mut found = Vec::new();
    let mut starts = (0..tokens.len()).filter(|at| !is_blank(&tokens[*at]));
    starts.any(|at| matcher.steps(&relation.pattern.0, at, &mut found)).then_some(Matched(found))
}

struct Matcher<'a> {
    tokens: &'a [Token],
    roles: &'a [Role],
    rules: &'a Sentences,
}

impl Matcher<'_> {
    /// The first token at or behind `at` that is no white space.
    fn visible(&self, mut at: usize) -> usize {
        while self.tokens.get(at).is_some_and(is_blank) {
            at += 1;
        }
        at
    }

    fn steps(&self, steps: &[Step], at: usize, found: &mut Vec<(usize, usize)>) -> bool {
        let Some((step, rest)) = steps.split_first() else { return true };
        let at = self.visible(at);
        let depth = found.len();
        for end in self.ends(step, at) {
            found.truncate(depth);
            found.push((at, end));
            if self.steps(rest, end, found) {
                return true;
            }
        }
        found.truncate(depth);
        false
    }

    /// Where a step that starts here may end, what is tried first in front.
    fn ends(&self, step: &Step, at: usize) -> Vec<usize> {
        let token = self.tokens.get(at);
        let if_fits = |fits: bool| if fits { vec![at + 1] } else { Vec::new() };
        match step {
            Step::Start if self.visible(0) == at => vec![at],
            Step::End if at >= self.tokens.len() => vec![at],
            Step::End => match token {
                Some(Token::Mark(".")) if self.visible(at + 1) >= self.tokens.len() => vec![at],
                _ => Vec::new(),
            },
            Step::Start => Vec::new(),
            Step::One { words, optional } => {
                let mut ends = if_fits(token.is_some_and(|token| is_one(token, words)));
                ends.extend(optional.then_some(at));
                ends
            }
            Step::Ending(ending) => {
                let fits = |word: &str| word.len() > ending.len() + 2 && word.to_lowercase().ends_with(ending.as_str());
                if_fits(matches!(token, Some(Token::Word(word)) if fits(word) && !self.is_closed(word)))
            }
            Step::Code => if_fits(matches!(token, Some(Token::Word(word)) if is_code(word))),
            Step::Noun { least, most } => self.nouns(at, *least, *most),
            Step::Rest => self.rests(at),
            Step::Hole => if_fits(self.role(token).is_some_and(|role| !role.error)),
            Step::Number => if_fits(self.role(token).is_some_and(|role| role.number)),
            Step::Error => if_fits(self.role(token).is_some_and(|role| role.error)),
        }
    }

    fn role(&self, token: Option<&Token>) -> Option<&Role> {
        match token {
            Some(Token::Hole(hole)) => self.roles.get(*hole),
            _ => None,
        }
    }

    fn is_closed(&self, word: &str) -> bool {
        self.rules.closed.contains(&word.to_lowercase())
    }

    fn nouns(&self, at: usize, least: usize, most: usize) -> Vec<usize> {
        let mut ends = if least == 0 { vec![at] } else { Vec::new() };
        let mut end = at;
        for _ in 0..most {
            let here = self.visible(end);
            match self.tokens.get(here) {
                Some(Token::Word(word)) if !self.is_closed(word) && word.starts_with(char::is_alphabetic) => {
                    end = here + 1;
                    ends.push(end);
                }
                _ => break,
            }
        }
        ends.reverse();
        ends
    }

    fn rests(&self, at: usize) -> Vec<usize> {
        (at..=self.tokens.len()).collect()
    }
}

fn is_one(token: &Token, words: &[String]) -> bool {
    let is = |text: &str| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    match token {
        Token::Word(word) => is(word),
        Token::Mark(mark) => is(mark),
        Token::Open(sign) | Token::Close(sign) => is(sign.encode_utf8(&mut [0; 4])),
        Token::Space | Token::Quote | Token::Hole(_) => false,
    }
}

/// `allocator.Release`, `syncPod()`: a name in code.
fn is_code(word: &str) -> bool {
    let parts: Vec<&str> = word.split('.').collect();
    let name = |part: &&str| part.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !part.is_empty();
    let capital = parts.last().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_uppercase()));
    parts.len() > 1 && parts.iter().all(name) && capital && word.starts_with(char::is_alphabetic)
}

/// The keys of a relation's holes.
fn keys(tokens: &[Token], matched: &Matched, relation: &Relation) -> Vec<(usize, String)> {
    let holes = relation.pattern.0.iter().zip(&matched.0).filter_map(|(step, (at, _))| match (step, tokens.get(*at)) {
        (Step::Hole | Step::Number, Some(Token::Hole(hole))) => Some(*hole),
        _ => None,
    });
    let named = |key: &RoleKey| {
        let words = key.noun.and_then(|step| matched.0.get(step)).map(|(from, to)| &tokens[*from..*to]);
        let words = words.unwrap_or_default().iter().filter_map(|token| match token {
            Token::Word(word) => Some(word.as_str()),
            _ => None,
        });
        let role = Some(key.role.as_str()).filter(|role| !role.is_empty());
        role.into_iter().chain(words).collect::<Vec<_>>().join(" ")
    };
    holes.zip(&relation.keys).map(|(hole, key)| (hole, named(key))).filter(|(_, key)| !key.is_empty()).collect()
}

/// What a relation leaves in the text.
fn left(tokens: &[Token], matched: &Matched, relation: &Relation, rules: &RuleSet) -> Vec<Token> {
    let mut out = Vec::new();
    for word in relation.leaves.split_whitespace() {
        let number = |n: &str| n.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
        if let Some((from, to)) = word.strip_prefix('~').and_then(number).and_then(|step| matched.0.get(step)) {
            let verbs = tokens[*from..*to].iter().filter_map(|token| match token {
                Token::Word(verb) => Some(Token::Word(base(verb, rules))),
                _ => None,
            });
            verbs.for_each(|verb| out.extend([Token::Space, verb]));
            continue;
        }
        let step = word.strip_prefix('$').and_then(number);
        match step.and_then(|step| matched.0.get(step)) {
            Some((from, to)) if from == to => {}
            Some((from, to)) => {
                let moved = matched.start() == 0 && !out.is_empty();
                out.push(Token::Space);
                let first =
                    tokens[*from..*to].iter().take(1).map(|token| if moved { lowered(token) } else { token.clone() });
                out.extend(first.collect::<Vec<_>>());
                out.extend_from_slice(&tokens[from + 1..*to]);
            }
            None => match word {
                "," => out.push(Token::Mark(",")),
                ":" => out.push(Token::Mark(":")),
                _ => out.extend([Token::Space, Token::Word(word.to_owned())]),
            },
        }
    }
    if out.first() == Some(&Token::Space) && matched.start() == 0 {
        out.remove(0);
        // "Delete shelf" starts with a capital, so "Failed to delete shelf" does.
        let is_capital = matches!(tokens.first(), Some(Token::Word(word)) if word.starts_with(char::is_uppercase));
        if let Some(Token::Word(word)) = out.first_mut().filter(|_| is_capital && !relation.leaves.starts_with('$')) {
            *word = word.chars().take(1).flat_map(char::to_uppercase).chain(word.chars().skip(1)).collect();
        }
    }
    out
}

/// The base form of a verb: creating → create. What is written in capitals stays as it is.
pub(super) fn base(verb: &str, rules: &RuleSet) -> String {
    let lower = verb.to_lowercase();
    if verb.len() > 1 && verb.chars().all(|c| c.is_ascii_uppercase()) {
        return verb.to_owned();
    }
    let Some(stem) = lower.strip_suffix("ing").or_else(|| lower.strip_suffix("ed")) else { return lower };
    let mut chars = stem.chars().rev();
    let doubled = chars.next().is_some_and(|last| chars.next() == Some(last));
    let short = if doubled { &stem[..stem.len() - 1] } else { stem };
    let forms = [stem.to_owned(), format!("{stem}e"), short.to_owned()];
    forms
        .into_iter()
        .find(|form| {
            let (messages, actions) = (&rules.messages, &rules.sentences.actions);
            messages.verbs.contains(form) || messages.attempts.contains(form) || actions.contains(form)
        })
        .unwrap_or(lower)
}

/// A word that no longer starts the sentence, unless it is a name.
fn lowered(token: &Token) -> Token {
    match token {
        Token::Word(word) if !word.chars().skip(1).any(char::is_uppercase) => Token::Word(word.to_lowercase()),
        token => token.clone(),
    }
}
