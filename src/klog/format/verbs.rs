//! Format strings as Go's fmt reads them.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

/// A piece of a format string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text that is printed as it is; `%%` has become `%`.
    Text(String),
    /// A verb.
    Verb(Verb),
}

/// A verb with its flags and the operands that it reads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verb {
    /// As it stands in the format string: `%-8s`, `%[2]d`.
    pub text: String,
    /// The verb's letter.
    pub letter: char,
    /// Index of its operand, from 0.
    pub operand: usize,
    /// Indices of the operands that give width and precision (`%*.*f`).
    pub stars: Vec<usize>,
    /// `+`.
    pub plus: bool,
    /// `#`.
    pub sharp: bool,
}

impl Verb {
    /// Whether it is `%v`, `%s`, `%q` or `%d`, without flags, width or precision: what a structured value prints as well.
    pub fn is_plain(&self) -> bool {
        self.text.len() == 2 && matches!(self.letter, 'v' | 's' | 'q' | 'd' | 't' | 'w')
    }
}

/// What is wrong between a format string and its operands.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, thiserror::Error)]
pub enum FormatError {
    /// Fewer operands than verbs.
    #[error("the format has more verbs than operands: {0} has none")]
    Missing(String),
    /// More operands than verbs.
    #[error("the format has fewer verbs than operands: {0} left over")]
    Extra(usize),
    /// `%[n]` does not name an operand.
    #[error("{0} names no operand")]
    BadIndex(String),
    /// The string ends inside a verb.
    #[error("the format ends within a verb")]
    NoVerb,
    /// Not a letter that fmt knows.
    #[error("{0} is not a verb of fmt")]
    BadVerb(String),
}

/// Splits a format string for this number of operands.
///
/// Follows `doPrintf` of Go's fmt package: flags, `[n]`, width, precision, `*`; extra operands are an error unless the
/// format uses indices.
pub fn parse(format: &str, operands: usize) -> Result<Vec<Piece>, FormatError> {
    let mut parser = Parser { rest: format, operands, next: 0, reordered: false };
    let mut pieces = Vec::new();
    let mut text = String::new();
    while let Some(at) = parser.rest.find('%') {
        text.push_str(&parser.rest[..at]);
        parser.rest = &parser.rest[at..];
        match parser.verb()? {
            None => text.push('%'),
            Some(verb) => {
                if !text.is_empty() {
                    pieces.push(Piece::Text(std::mem::take(&mut text)));
                }
                pieces.push(Piece::Verb(verb));
            }
        }
    }
    text.push_str(parser.rest);
    if !text.is_empty() {
        pieces.push(Piece::Text(text));
    }
    if !parser.reordered && parser.next < operands {
        return Err(FormatError::Extra(operands - parser.next));
    }
    Ok(pieces)
}

struct Parser<'f> {
    rest: &'f str,
    operands: usize,
    next: usize,
    reordered: bool,
}

impl Parser<'_> {
    fn eat(&mut self, c: char) -> bool {
        match self.rest.strip_prefix(c) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn digits(&mut self) -> Option<usize> {
        let end = self.rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!number.is_empty()).then(|| number.parse().unwrap_or(usize::MAX))
    }

    /// `[n]`: the operand that the next width, precision or verb reads.
    fn index(&mut self, verb: &str) -> Result<bool, FormatError> {
        if !self.eat('[') {
            return Ok(false);
        }
        self.reordered = true;
        let number = self.digits();
        match number {
            Some(n) if self.eat(']') && (1..=self.operands).contains(&n) => {
                self.next = n - 1;
                Ok(true)
            }
            _ => Err(FormatError::BadIndex(until_letter(verb))),
        }
    }

    fn operand(&mut self, verb: &str) -> Result<usize, FormatError> {
        if self.next >= self.operands {
            return Err(FormatError::Missing(until_letter(verb)));
        }
        self.next += 1;
        Ok(self.next - 1)
    }

    /// Reads one verb; `None` for `%%`.
    fn verb(&mut self) -> Result<Option<Verb>, FormatError> {
        let whole = self.rest;
        self.rest = &self.rest[1..];
        let (mut plus, mut sharp, mut stars) = (false, false, Vec::new());
        loop {
            match self.rest.chars().next() {
                Some('+') => plus = true,
                Some('#') => sharp = true,
                Some('-' | ' ' | '0') => {}
                _ => break,
            }
            self.rest = &self.rest[1..];
        }
        self.index(whole)?;
        if self.eat('*') {
            stars.push(self.operand(whole)?);
        } else {
            self.digits();
        }
        if self.eat('.') {
            self.index(whole)?;
            if self.eat('*') {
                stars.push(self.operand(whole)?);
            } else {
                self.digits();
            }
        }
        self.index(whole)?;
        let letter = self.rest.chars().next().ok_or(FormatError::NoVerb)?;
        self.rest = &self.rest[letter.len_utf8()..];
        let text = &whole[..whole.len() - self.rest.len()];
        if letter == '%' {
            return Ok(None);
        }
        if !"vTtbcdoOqxXUeEfFgGspw".contains(letter) {
            return Err(FormatError::BadVerb(text.to_owned()));
        }
        let operand = self.operand(text)?;
        Ok(Some(Verb { text: text.to_owned(), letter, operand, stars, plus, sharp }))
    }
}

/// For messages: the verb up to its letter.
fn until_letter(verb: &str) -> String {
    let end = verb.char_indices().find(|(_, c)| c.is_alphabetic()).map_or(verb.len(), |(at, c)| at + c.len_utf8());
    verb[..end].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shape(format: &str, operands: usize) -> String {
        match parse(format, operands) {
            Err(error) => format!("error: {error}"),
            Ok(pieces) => pieces
                .iter()
                .map(|piece| match piece {
                    Piece::Text(text) => format!("'{text}'"),
                    Piece::Verb(v) => {
                        let stars: String = v.stars.iter().map(|s| format!("*{s}")).collect();
                        format!("{{{}{stars}:{}}}", v.letter, v.operand)
                    }
                })
                .collect(),
        }
    }

    #[test]
    fn formats_are_read_as_fmt_reads_them() {
        for (format, operands, want) in [
            ("", 0, ""),
            ("100%% of %s", 1, "'100% of '{s:0}"),
            ("%d/%d", 2, "{d:0}'/'{d:1}"),
            ("%[2]d %[1]d", 2, "{d:1}' '{d:0}"),
            ("%[2]d %d", 2, "error: the format has more verbs than operands: %d has none"),
            ("%[1]v %[1]v", 3, "{v:0}' '{v:0}"),
            ("%+v%#v% x%-8.3f%08b", 5, "{v:0}{v:1}{x:2}{f:3}{b:4}"),
            ("%*d", 2, "{d*0:1}"),
            ("%.*f", 2, "{f*0:1}"),
            ("%[3]*.[2]*[1]f", 3, "{f*2*1:0}"),
            ("%é", 1, "error: %é is not a verb of fmt"),
            ("50%", 0, "error: the format ends within a verb"),
            ("%s", 0, "error: the format has more verbs than operands: %s has none"),
            ("x", 2, "error: the format has fewer verbs than operands: 2 left over"),
            ("%[5]d", 1, "error: %[5]d names no operand"),
            ("%[x]d", 1, "error: %[x names no operand"),
            ("% d", 1, "{d:0}"),
            ("%5%", 0, "'%'"),
        ] {
            assert_eq!(shape(format, operands), want, "{format}");
        }
    }

    proptest! {
        #[test]
        fn every_format_has_an_answer(format in "[%a-z0-9\\[\\]*.+# -]{0,24}", operands in 0usize..4) {
            if let Ok(pieces) = parse(&format, operands) {
                for piece in pieces {
                    if let Piece::Verb(verb) = piece {
                        prop_assert!(verb.operand < operands && format.contains(&verb.text));
                    }
                }
            }
        }
    }
}
