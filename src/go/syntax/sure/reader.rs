//! Tokens, none of which the grammar reads otherwise.

use super::super::lex::{Lexer, Tok, Token};
use super::literal::{is_name, is_odd, is_plain};

/// What is read, or `None` where the reader is not sure.
pub(super) type Sure<T = ()> = Option<T>;

/// Statements, types and expressions within each other; deeper ones the tree is asked for, whose walk has a limit of its own.
const MAX_NESTING: u32 = 200;

/// Reads a file from its first token to its last.
pub(super) struct Reader<'s> {
    lexer: Lexer<'s>,
    source: &'s [u8],
    token: Token,
    nesting: u32,
    /// Whether all of Go is taken, not only what the grammar has rules for.
    pub(super) is_wide: bool,
    /// Whether a brace opens the block of a statement, not the literal of a name before it.
    pub(super) in_header: bool,
}

impl<'s> Reader<'s> {
    pub(super) fn new(source: &'s [u8], is_wide: bool) -> Self {
        let token = Token { tok: Tok::Bad, start: 0, end: 0 };
        let mut reader = Self { lexer: Lexer::new(source, 0), source, token, nesting: 0, is_wide, in_header: false };
        reader.advance();
        reader
    }

    /// The current token. `Bad`, which nothing expects, where the grammar may read it otherwise.
    pub(super) fn tok(&self) -> Tok {
        self.token.tok
    }

    pub(super) fn advance(&mut self) {
        self.token = self.lexer.token();
        let is_plain = match self.token.tok {
            Tok::Ident => self.text().is_ascii() || self.is_wide && is_name(self.text()),
            Tok::Int | Tok::Float | Tok::Imaginary | Tok::Str | Tok::Rune => {
                is_plain(self.token.tok, self.text()) || self.is_wide && is_odd(self.text())
            }
            // To the grammar neither a comment nor the file's end ends a line.
            Tok::Semi => self.is_wide || matches!(self.source.get(self.token.start as usize), Some(b'\n' | b';')),
            _ => true,
        };
        if !is_plain {
            self.token.tok = Tok::Bad;
        }
    }

    pub(super) fn text(&self) -> &'s [u8] {
        self.source.get(self.token.start as usize..self.token.end as usize).unwrap_or_default()
    }

    /// A reader that goes on from here, for who looks ahead.
    pub(super) fn ahead(&self) -> Self {
        Self { ..*self }
    }

    /// The token behind the current one.
    pub(super) fn next_tok(&self) -> Tok {
        let mut ahead = self.lexer;
        ahead.token().tok
    }

    /// The two tokens behind the current one.
    pub(super) fn next_toks(&self) -> [Tok; 2] {
        let mut ahead = self.lexer;
        [ahead.token().tok, ahead.token().tok]
    }

    pub(super) fn eat(&mut self, tok: Tok) -> bool {
        let found = self.tok() == tok;
        if found {
            self.advance();
        }
        found
    }

    pub(super) fn expect(&mut self, tok: Tok) -> Sure {
        self.eat(tok).then_some(())
    }

    /// A semicolon in the head of a statement. Go takes a line's end for one; the grammar wants it written.
    pub(super) fn is_head_semicolon(&self) -> bool {
        self.tok() == Tok::Semi && (self.is_wide || self.token.end > self.token.start)
    }

    pub(super) fn expect_head_semicolon(&mut self) -> Sure {
        self.is_head_semicolon().then(|| self.advance())
    }

    /// Runs one level deeper.
    pub(super) fn nested<T>(&mut self, inside: impl FnOnce(&mut Self) -> Sure<T>) -> Sure<T> {
        if self.nesting >= MAX_NESTING {
            return None;
        }
        self.nesting += 1;
        let done = inside(self);
        self.nesting -= 1;
        done
    }

    /// Fails where so many links of a chain make the tree too deep.
    pub(super) fn linked(&self, links: u32) -> Sure {
        (self.is_wide || self.nesting + links < MAX_NESTING).then_some(())
    }

    /// Runs inside of brackets, where a brace belongs to a literal again, or in a header, where it does not.
    pub(super) fn with_header<T>(&mut self, is_header: bool, run: impl FnOnce(&mut Self) -> Sure<T>) -> Sure<T> {
        let around = std::mem::replace(&mut self.in_header, is_header);
        let done = run(self);
        self.in_header = around;
        done
    }

    /// What stands in a list with commas, one of which may stand behind the last, and the closing bracket.
    pub(super) fn listed(&mut self, close: Tok, mut item: impl FnMut(&mut Self) -> Sure) -> Sure {
        while self.tok() != close {
            item(self)?;
            if !self.eat(Tok::Comma) {
                break;
            }
        }
        self.expect(close)
    }

    /// What stands in a list whose items end with their lines, the last one perhaps not, and the closing bracket.
    pub(super) fn lined(&mut self, close: Tok, mut item: impl FnMut(&mut Self) -> Sure) -> Sure {
        while self.tok() != close {
            item(self)?;
            if !self.eat(Tok::Semi) {
                break;
            }
        }
        self.expect(close)
    }
}
