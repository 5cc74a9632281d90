//! What stands before a message: `[component]`, and the name of the function that logs.

use super::segment::unquoted;
use super::tokens::Token;

/// What may stand before a text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Prefix<'p> {
    /// `[component]` stays.
    pub brackets: bool,
    /// The function that logs, as `(*Kubelet).syncPod`; empty where there is none.
    pub function: &'p str,
}

/// Words that have to be left of a message whose function is not named any more: "syncPod: done" stays.
const ENOUGH: usize = 2;

impl Prefix<'_> {
    /// The tokens without quotes around holes and without a prefix, and whether there was one.
    pub(super) fn dropped(&self, tokens: &[Token]) -> (Vec<Token>, bool) {
        let tokens = unquoted(tokens);
        let text = match tokens.as_slice() {
            [Token::Space, rest @ ..] => rest,
            all => all,
        };
        let found = self.component(text).or_else(|| self.own_function(text));
        match found {
            Some(rest) => (rest.to_vec(), true),
            None if self.brackets => (tokens, false),
            None => (text.to_vec(), false),
        }
    }

    /// What stands behind `[component]`.
    fn component<'t>(&self, tokens: &'t [Token]) -> Option<&'t [Token]> {
        if self.brackets || tokens.first() != Some(&Token::Open('[')) {
            return None;
        }
        let end = tokens.iter().position(|t| *t == Token::Close(']'))?;
        let plain = !tokens[..end].iter().any(|t| matches!(t, Token::Hole(_)));
        let start = tokens[end + 1..].iter().position(|t| !matches!(t, Token::Space | Token::Mark(":")))?;
        (plain && end > 1).then(|| &tokens[end + 1 + start..])
    }

    /// What stands behind the name of the function that logs: `syncPod: `, `kl.syncPod(%s) - `. Klog's header and JSON's `caller` name the
    /// place; of 262 such texts of two repositories maintainers dropped the name in 221.
    fn own_function<'t>(&self, tokens: &'t [Token]) -> Option<&'t [Token]> {
        let own = self.function.rsplit('.').next().filter(|own| !own.is_empty())?;
        let [Token::Word(word), rest @ ..] = tokens else { return None };
        if !word.rsplit('.').next()?.eq_ignore_ascii_case(own) {
            return None;
        }
        let rest = match rest {
            [Token::Open('('), ..] => &rest[rest.iter().position(|t| *t == Token::Close(')'))? + 1..],
            _ => rest,
        };
        let rest = match rest {
            [Token::Mark(":"), Token::Space, rest @ ..] => rest,
            [Token::Space, Token::Mark("-"), Token::Space, rest @ ..] => rest,
            _ => return None,
        };
        (rest.iter().filter(|t| matches!(t, Token::Word(_))).count() >= ENOUGH).then_some(rest)
    }
}
