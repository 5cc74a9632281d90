//! What stands before a message: `[component]`, and the name of the function that logs.

use super::segment::unquoted;
use super::tokens::{Token, tokens};
use crate::klog::format::Template;
use crate::klog::name::is_humped;
use crate::rule::Messages;

/// What may stand before a text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Prefix<'p> {
    /// `[component]` stays.
    pub brackets: bool,
    /// The function that logs, as `(*Kubelet).syncPod`; empty where there is none.
    pub function: &'p str,
    /// The line reports an error.
    pub fails: bool,
    /// The line is a warning.
    pub warns: bool,
    /// The first letter stays as it is.
    pub letter: bool,
    /// Another line of the file has the same text behind another prefix, so that this one stays.
    pub distinguishes: bool,
}

/// Words that have to be left of a message whose function is not named any more: "syncPod: done" stays.
const ENOUGH: usize = 2;

/// Letters of a name that stands before a text.
const LEAST: usize = 3;

/// The words of a text without what names the place that it is said in, and that somebody else may have dropped: a component, the
/// function around it, another name in code. What it was called with goes with it.
pub fn unprefixed(template: &Template<'_>, function: &str) -> String {
    let tokens = unquoted(&tokens(template));
    let text = match tokens.as_slice() {
        [Token::Space, rest @ ..] => rest,
        all => all,
    };
    let component = Prefix::default().component(text).map(|(_, rest)| rest);
    let rest = component.or_else(|| named(text, function)).unwrap_or(text);
    let spelled = rest.iter().map(|token| match token {
        Token::Word(word) => word.as_str(),
        _ => " ",
    });
    spelled.collect()
}

/// What stands behind the name of a place that a text starts with.
fn named<'t>(tokens: &'t [Token], function: &str) -> Option<&'t [Token]> {
    let [Token::Word(word), rest @ ..] = tokens else { return None };
    let called = matches!(rest, [Token::Open('('), ..]);
    // `(*Yard).move: done`.
    let behind_name = match rest {
        [Token::Open(_), ..] => {
            rest.iter().position(|t| matches!(t, Token::Close(_))).map_or(rest, |at| &rest[at + 1..])
        }
        all => all,
    };
    let is_marked = matches!(behind_name, [Token::Mark(":"), ..] | [Token::Space, Token::Mark("-" | ":"), ..]);
    let is_long = word.len() >= LEAST;
    let own = function.rsplit('.').next().unwrap_or_default().to_lowercase();
    let is_code = is_humped(word) || word.contains('.');
    let is_apart = is_marked || called || word.contains('.') || word.starts_with(|c: char| c.is_ascii_lowercase());
    let is_own = function.ends_with(word.as_str()) || is_code && own.contains(&word.to_lowercase());
    let is_component = matches!(rest, [Token::Mark(":"), ..]);
    (is_code && is_apart || is_long && (is_own || is_component)).then_some(if called { behind_name } else { rest })
}

impl Prefix<'_> {
    /// The tokens without quotes around holes and without a prefix, and whether there was one.
    pub(super) fn dropped(&self, tokens: &[Token], messages: &Messages) -> (Vec<Token>, bool) {
        let tokens = unquoted(tokens);
        let text = match tokens.as_slice() {
            [Token::Space, rest @ ..] => rest,
            all => all,
        };
        let told = self.distinguishes;
        let found = self
            .component(text)
            .map(|(component, rest)| if told { titled(component, rest) } else { rest.to_vec() })
            .or_else(|| self.own_function(text, messages).filter(|_| !told).map(<[Token]>::to_vec))
            .or_else(|| self.severity(text, messages).map(<[Token]>::to_vec));
        match found {
            Some(rest) => (rest, true),
            None if self.brackets => (tokens, false),
            None => (text.to_vec(), false),
        }
    }

    /// `[component]` without its brackets, and what stands behind it; "[SHOULD NOT HAPPEN]" is none.
    fn component<'t>(&self, tokens: &'t [Token]) -> Option<(&'t [Token], &'t [Token])> {
        if self.brackets || tokens.first() != Some(&Token::Open('[')) {
            return None;
        }
        let end = tokens.iter().position(|t| *t == Token::Close(']'))?;
        let plain = !tokens[..end].iter().any(|t| matches!(t, Token::Hole(_)));
        let start = tokens[end + 1..].iter().position(|t| !matches!(t, Token::Space | Token::Mark(":")))?;
        let denies = |token: &Token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case("not"));
        (plain && end > 1 && !tokens[..end].iter().any(denies)).then(|| (&tokens[1..end], &tokens[end + 1 + start..]))
    }

    /// What stands behind the name of the function that logs: `syncPod: `, `kl.syncPod(%s) - `. Klog's header and JSON's `caller` name the
    /// place; of 262 such texts of two repositories maintainers dropped the name in 221.
    fn own_function<'t>(&self, tokens: &'t [Token], messages: &Messages) -> Option<&'t [Token]> {
        let own = self.function.rsplit('.').next().filter(|own| !own.is_empty())?;
        let [Token::Word(word), rest @ ..] = tokens else { return None };
        if !word.rsplit('.').next()?.eq_ignore_ascii_case(own) {
            return None;
        }
        // "delete pod %s: " is a sentence of its own, `deletePod pod %s: ` is none.
        let is_code = word.chars().skip(1).any(|c| !c.is_lowercase());
        let rest = behind(rest, is_code)?;
        // "syncPod: but there is none" goes on from the name.
        let rest = match rest {
            [Token::Word(but), Token::Space, rest @ ..] if matches!(but.as_str(), "but" | "and") => rest,
            all => all,
        };
        // "syncPod: called with %v" speaks of the function.
        let called = matches!(rest, [Token::Word(first), ..] if messages.of_functions.contains(&first.to_lowercase()));
        (said(rest) >= ENOUGH && !called).then_some(rest)
    }

    /// What stands behind "error:" of a line that is an error's, and behind "warning:" of one that is a warning.
    fn severity<'t>(&self, tokens: &'t [Token], messages: &Messages) -> Option<&'t [Token]> {
        let says = |word: &str| {
            let lower = word.to_lowercase();
            self.fails && messages.severity_words.contains(&lower)
                || self.warns && messages.warning_words.contains(&lower)
        };
        match tokens {
            [Token::Word(word), Token::Mark(":"), Token::Space, rest @ ..] if says(word) && said(rest) >= ENOUGH => {
                Some(rest)
            }
            _ => None,
        }
    }
}

/// "[shop/till] no coin" → "shop/till: no coin".
fn titled(component: &[Token], rest: &[Token]) -> Vec<Token> {
    [component, &[Token::Mark(":"), Token::Space], rest].concat()
}

/// The words that are no labels of values.
fn said(tokens: &[Token]) -> usize {
    let words = tokens.iter().enumerate().filter(|(_, token)| matches!(token, Token::Word(_)));
    let is_label = |rest: &[Token]| has_value(rest) || matches!(rest, [Token::Mark("="), rest @ ..] if has_value(rest));
    words.filter(|(at, _)| !is_label(&tokens[at + 1..])).count()
}

/// What stands behind the mark that a function's name ends with, its values passed by: `(%s): `, and behind what `is_code` alone
/// ` for shard (%s)(%t) - `.
fn behind(mut tokens: &[Token], is_code: bool) -> Option<&[Token]> {
    loop {
        tokens = match tokens {
            [Token::Mark(":"), Token::Space, rest @ ..] => return Some(rest),
            [Token::Space, Token::Mark("-"), Token::Space, rest @ ..] => return Some(rest),
            [Token::Open(_), ..] => &tokens[tokens.iter().position(|t| matches!(t, Token::Close(_)))? + 1..],
            [Token::Space, Token::Open(_) | Token::Hole(_), ..] => &tokens[1..],
            [Token::Hole(_), rest @ ..] => rest,
            [Token::Space, Token::Word(of), Token::Space, Token::Word(_), ..] if is_code && is_of(of) => &tokens[2..],
            [Token::Space, Token::Word(_), rest @ ..] if is_code && has_value(rest) => rest,
            _ => return None,
        }
    }
}

/// Whether a word ties what something is for to its name.
pub(super) fn is_of(word: &str) -> bool {
    matches!(word, "for" | "of" | "in" | "on")
}

/// Whether a value in brackets follows, or a value.
fn has_value(tokens: &[Token]) -> bool {
    let tokens = if let [Token::Space, rest @ ..] = tokens { rest } else { tokens };
    matches!(tokens, [Token::Open(_), Token::Hole(_), Token::Close(_), ..] | [Token::Hole(_), ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_it_is_said_is_no_part_of_a_text() {
        for (text, want) in [
            ("[crane] moved", "moved"),
            ("yard.MoveCrate: moved", "moved"),
            ("MoveCrate - moved", "moved"),
            ("moveCrate(a, b): moved", "moved"),
            ("load: moved", "moved"),
            ("crane: moved", "moved"),
            ("ConfigMap moved", "ConfigMap moved"),
            ("EnsureCrate starts", "starts"),
        ] {
            let rest = unprefixed(&Template::of_text(text.to_owned()), "(*Yard).EnsureCrateMoved");
            assert_eq!(rest.trim(), want, "{text}");
        }
    }
}
