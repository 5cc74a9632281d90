//! Printing functions that are given keys and values, as structured ones are: `klog.Error(err, "Failed to mount", "path", path)`.

use std::collections::BTreeSet;

use tree_sitter::Node;

use crate::klog::name::is_valid;
use crate::rule::Style;

/// What such a call is given.
#[derive(Clone, Debug)]
pub struct Keyed<'t> {
    /// The error before the message.
    pub error: Option<Node<'t>>,
    /// The message.
    pub message: String,
    /// Keys and values.
    pub pairs: Vec<(String, Node<'t>)>,
    /// A key is of several words.
    pub phrased: bool,
}

/// Words that a key has at most.
const MAX_WORDS: usize = 3;

impl<'t> Keyed<'t> {
    /// Reads the printed arguments as a message with keys and values, where nothing else can be meant: the message is constant and
    /// complete, each key is constant and a name, each has a value, and they would run into each other as text, or a format has no
    /// place for them.
    pub fn of(
        args: &[Node<'t>],
        style: Style,
        constant: &dyn Fn(Node<'t>) -> Option<String>,
        is_error: &dyn Fn(Node<'t>) -> bool,
        closed: &BTreeSet<String>,
    ) -> Option<Self> {
        let (error, rest) = match (style, args) {
            // White space between its arguments may be what a sentence is meant to have.
            (Style::Println, _) => return None,
            (Style::Print, [first, rest @ ..]) if constant(*first).is_none() && is_error(*first) => {
                (Some(*first), rest)
            }
            _ => (None, args),
        };
        let (message, rest) = rest.split_first()?;
        let message = constant(*message).filter(|text| text.chars().any(char::is_alphabetic))?;
        let is_complete = match style {
            Style::Printf => !message.contains('%'),
            _ => message.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '!')),
        };
        // An error and a text run into each other, too.
        let is_alone = rest.is_empty() && !(error.is_some() && message.starts_with(char::is_alphabetic));
        if !is_complete || is_alone || rest.len() % 2 == 1 {
            return None;
        }
        let pair = |pair: &[Node<'t>]| Some((constant(pair[0]).filter(|key| is_phrase(key, closed))?, pair[1]));
        let pairs: Vec<_> = rest.chunks(2).map(pair).collect::<Option<_>>()?;
        let tells = pairs.is_empty() || pairs.iter().any(|(_, value)| constant(*value).is_none());
        let phrased = pairs.iter().any(|(key, _)| !is_valid(key));
        tells.then_some(Self { error, message, pairs, phrased })
    }
}

/// `path`, and `target directory`: words that may be a key.
fn is_phrase(key: &str, closed: &BTreeSet<String>) -> bool {
    let words: Vec<&str> = key.split(' ').collect();
    let open = |word: &&str| is_valid(word) && (words.len() == 1 || !closed.contains(*word));
    words.len() <= MAX_WORDS && words.iter().all(open)
}
