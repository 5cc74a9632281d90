//! Where a leading parameter or argument goes.

use tree_sitter::Node;

use crate::go::syntax::named_children;
use crate::text::{Edit, Span};

/// Where a leading parameter or argument goes.
#[derive(Clone, Debug)]
pub struct Slot {
    /// The file.
    pub unit: usize,
    /// Offset behind the parenthesis.
    pub at: usize,
    /// Whether nothing follows.
    pub empty: bool,
    /// Offset behind the first parameter or argument.
    pub first: Option<usize>,
    /// The line break and the indentation that follow, if they do.
    pub lead: Option<String>,
    /// The literal that takes a function's place where it is no call, up to the argument and from there on.
    pub literal: Option<(Span, [String; 2])>,
}

impl Slot {
    /// Of a list of parameters or arguments in a file.
    pub fn of(list: Node<'_>, unit: usize, source: &[u8]) -> Self {
        let at = list.start_byte() + 1;
        let white = source[at..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        let lead = String::from_utf8_lossy(&source[at..at + white]).into_owned();
        let lead = lead.starts_with(['\n', '\r']).then_some(lead);
        let first = named_children(list).next().map(|first| first.end_byte());
        Self { unit, at, empty: first.is_none(), first, lead, literal: None }
    }

    /// Of a literal that takes the place of a function: `func(x T) { f(` and `, x) }`.
    pub fn literal(place: Span, text: [String; 2], unit: usize) -> Self {
        Self { unit, at: place.start, empty: true, first: None, lead: None, literal: Some((place, text)) }
    }

    /// In front of what is there, or behind the first of it.
    pub fn insertion(&self, second: bool, text: &str) -> Edit {
        if let Some((place, [before, after])) = &self.literal {
            return Edit::replace(*place, format!("{before}{text}{after}"));
        }
        if let Some(first) = self.first.filter(|_| second) {
            return Edit::insert(first, format!(", {text}"));
        }
        let text = match (&self.lead, self.empty) {
            (Some(lead), _) => format!("{lead}{text},"),
            (None, true) => text.to_owned(),
            (None, false) => format!("{text}, "),
        };
        Edit::insert(self.at, text)
    }
}
