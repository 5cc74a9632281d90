//! Go's tokens, straight from the bytes: an order of magnitude faster than a syntax tree, for what needs no tree.

use super::word::is_word;

/// A token's kind; operators of one precedence and one effect on types share a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are Go's")]
pub enum Tok {
    /// End of the source.
    Eof,
    /// Bytes that are no token, or a literal or comment that does not end.
    Bad,
    Ident,
    Int,
    Float,
    Imaginary,
    Rune,
    /// Interpreted and raw strings.
    Str,
    Break,
    Case,
    Chan,
    Const,
    Continue,
    Default,
    Defer,
    Else,
    Fallthrough,
    For,
    Func,
    Go,
    Goto,
    If,
    Import,
    Interface,
    Map,
    Package,
    Range,
    Return,
    Select,
    Struct,
    Switch,
    Type,
    Var,
    LParen,
    RParen,
    LBrack,
    RBrack,
    LBrace,
    RBrace,
    Comma,
    /// `;`, or the end of a line that ends a statement.
    Semi,
    Dot,
    Ellipsis,
    Colon,
    Define,
    Assign,
    /// `+=` and its like.
    OpAssign,
    Arrow,
    IncDec,
    Not,
    Tilde,
    OrOr,
    AndAnd,
    /// `==`, `!=`, `<`, `<=`, `>`, `>=`.
    Compare,
    Add,
    Sub,
    Or,
    Xor,
    Star,
    /// `/` and `%`.
    Div,
    /// `<<` and `>>`.
    Shift,
    And,
    AndNot,
}

impl Tok {
    /// How tightly an operator binds; 0: it is none.
    pub(super) fn precedence(self) -> u8 {
        match self {
            Tok::OrOr => 1,
            Tok::AndAnd => 2,
            Tok::Compare => 3,
            Tok::Add | Tok::Sub | Tok::Or | Tok::Xor => 4,
            Tok::Star | Tok::Div | Tok::Shift | Tok::And | Tok::AndNot => 5,
            _ => 0,
        }
    }

    /// Whether a line break behind it ends the statement.
    fn ends_statement(self) -> bool {
        use Tok::*;
        matches!(
            self,
            Ident
                | Int
                | Float
                | Imaginary
                | Rune
                | Str
                | Break
                | Continue
                | Fallthrough
                | Return
                | IncDec
                | RParen
                | RBrack
                | RBrace
        )
    }
}

/// A token and the bytes that it covers; those of a line break that ends a statement are empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub tok: Tok,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset behind its last byte.
    pub end: u32,
}

/// Reads tokens one by one; cheap to copy, so that a reader can look ahead.
#[derive(Clone, Copy)]
pub struct Lexer<'s> {
    source: &'s [u8],
    pos: usize,
    semi: bool,
}

impl<'s> Lexer<'s> {
    /// Starts at a byte offset. Offsets are 32 bits wide: sources beyond 4 GiB read as empty.
    pub fn new(source: &'s [u8], at: usize) -> Self {
        let source = if u32::try_from(source.len()).is_ok() { source } else { &[] };
        let bom = if at == 0 && source.starts_with(b"\xef\xbb\xbf") { 3 } else { at };
        Self { source, pos: bom, semi: false }
    }

    /// What it reads.
    pub fn source(&self) -> &'s [u8] {
        self.source
    }

    /// Offset behind the last token read.
    pub fn offset(&self) -> u32 {
        self.pos as u32
    }

    /// A reader that reads `token` next.
    pub fn back_to(&self, token: Token) -> Self {
        Self { pos: token.start as usize, semi: false, ..*self }
    }

    /// Text of a token; empty where it is not UTF-8.
    pub fn text(&self, token: Token) -> &'s str {
        text(self.source, token.start, token.end)
    }

    /// The next token.
    pub fn token(&mut self) -> Token {
        if let Some(end_of_line) = self.skip_space() {
            self.semi = false;
            return end_of_line;
        }
        let start = self.pos;
        let tok = self.scan();
        self.semi = tok.ends_statement();
        Token { tok, start: start as u32, end: self.pos as u32 }
    }

    /// Behind an opening brace that was just read: the offset of the matching closing brace, which becomes the last
    /// token read. Only strings, runes and comments are looked at on the way.
    pub fn skip_braces(&mut self) -> Option<u32> {
        let mut depth = 1;
        loop {
            let rest = self.source.get(self.pos..)?;
            self.pos += rest.iter().position(|&b| STOPS[b as usize])?;
            let stop = self.source[self.pos];
            match stop {
                b'{' => depth += 1,
                b'}' => depth -= 1,
                b'/' if self.skip_comment()? => continue,
                b'/' => {}
                _ if self.quoted() == Tok::Bad => return None,
                _ => continue,
            }
            self.pos += 1;
            if depth == 0 {
                self.semi = true;
                return Some(self.pos as u32 - 1);
            }
        }
    }

    /// Skips blanks and comments; a token if a line break among them ends a statement.
    fn skip_space(&mut self) -> Option<Token> {
        let semi = |at: usize| Some(Token { tok: Tok::Semi, start: at as u32, end: at as u32 });
        loop {
            match self.source.get(self.pos) {
                Some(b'\n') if self.semi => return semi(self.pos),
                Some(b' ' | b'\t' | b'\r' | b'\n') => self.pos += 1,
                Some(b'/') => {
                    let start = self.pos;
                    match self.skip_comment() {
                        Some(false) => return None,
                        Some(true) if self.semi && self.source[start..self.pos].contains(&b'\n') => return semi(start),
                        Some(true) => {}
                        None => {
                            self.pos = start;
                            return None;
                        }
                    }
                }
                None if self.semi => return semi(self.pos),
                _ => return None,
            }
        }
    }

    /// At a slash: skips a comment, line comments without their line break. `Some(false)`: it is none; `None`: it does
    /// not end.
    fn skip_comment(&mut self) -> Option<bool> {
        let rest = self.source.get(self.pos + 1..).unwrap_or_default();
        match rest.first() {
            Some(b'/') => {
                self.pos += 1 + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
                Some(true)
            }
            Some(b'*') => {
                self.pos += 1 + 1 + memchr::memmem::find(&rest[1..], b"*/")? + 2;
                Some(true)
            }
            _ => Some(false),
        }
    }

    fn scan(&mut self) -> Tok {
        let Some(&first) = self.source.get(self.pos) else { return Tok::Eof };
        match first {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() => self.number(),
            b'"' | b'`' | b'\'' => self.quoted(),
            _ => {
                let (tok, len) = operator(self.source.get(self.pos..).unwrap_or_default());
                self.pos += len;
                tok
            }
        }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.source.get(self.pos + ahead).copied().unwrap_or(0)
    }

    fn word(&mut self) -> Tok {
        let rest = &self.source[self.pos..];
        let len = rest.iter().position(|&byte| !is_word(byte)).unwrap_or(rest.len());
        self.pos += len;
        keyword(&rest[..len])
    }

    fn number(&mut self) -> Tok {
        let start = self.pos;
        let hex = matches!(self.peek(1) | 0x20, b'x' | b'b' | b'o') && self.peek(0) == b'0';
        loop {
            match self.peek(0) {
                b'e' | b'E' if !hex && matches!(self.peek(1), b'+' | b'-') => self.pos += 2,
                b'p' | b'P' if matches!(self.peek(1), b'+' | b'-') => self.pos += 2,
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'.' => self.pos += 1,
                _ => break,
            }
        }
        let text = &self.source[start..self.pos];
        let has = |bytes: &[u8]| text.iter().any(|b| bytes.contains(b));
        match text {
            [.., b'i'] => Tok::Imaginary,
            _ if has(b".pP") || (!hex && has(b"eE")) => Tok::Float,
            _ => Tok::Int,
        }
    }

    /// At a quote: a string or rune.
    fn quoted(&mut self) -> Tok {
        let quote = self.source[self.pos];
        self.pos += 1;
        if quote == b'`' {
            let rest = &self.source[self.pos..];
            let len = memchr::memchr(b'`', rest);
            self.pos += len.map_or(rest.len(), |len| len + 1);
            return if len.is_some() { Tok::Str } else { Tok::Bad };
        }
        while let Some(&byte) = self.source.get(self.pos) {
            self.pos += 1;
            match byte {
                b'\\' => self.pos += 1,
                b'\n' => return Tok::Bad,
                _ if byte == quote => return if quote == b'"' { Tok::Str } else { Tok::Rune },
                _ => {}
            }
        }
        self.pos = self.source.len();
        Tok::Bad
    }
}

/// Bytes from `start` to `end` as text; empty where they are not UTF-8 or out of range.
pub(crate) fn text(source: &[u8], start: u32, end: u32) -> &str {
    source.get(start as usize..end as usize).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default()
}

/// Bytes that matter to `skip_braces`.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut at = 0;
    while at < 6 {
        stops[b"{}\"'`/"[at] as usize] = true;
        at += 1;
    }
    stops
};

fn keyword(word: &[u8]) -> Tok {
    match word {
        b"break" => Tok::Break,
        b"case" => Tok::Case,
        b"chan" => Tok::Chan,
        b"const" => Tok::Const,
        b"continue" => Tok::Continue,
        b"default" => Tok::Default,
        b"defer" => Tok::Defer,
        b"else" => Tok::Else,
        b"fallthrough" => Tok::Fallthrough,
        b"for" => Tok::For,
        b"func" => Tok::Func,
        b"go" => Tok::Go,
        b"goto" => Tok::Goto,
        b"if" => Tok::If,
        b"import" => Tok::Import,
        b"interface" => Tok::Interface,
        b"map" => Tok::Map,
        b"package" => Tok::Package,
        b"range" => Tok::Range,
        b"return" => Tok::Return,
        b"select" => Tok::Select,
        b"struct" => Tok::Struct,
        b"switch" => Tok::Switch,
        b"type" => Tok::Type,
        b"var" => Tok::Var,
        _ => Tok::Ident,
    }
}

/// The operator at the head of `rest`, and its length.
fn operator(rest: &[u8]) -> (Tok, usize) {
    use Tok::*;
    match rest {
        [b'.', b'.', b'.', ..] => (Ellipsis, 3),
        [b'<', b'<', b'=', ..] | [b'>', b'>', b'=', ..] | [b'&', b'^', b'=', ..] => (OpAssign, 3),
        // A comment that does not end; those that do were skipped.
        [b'/', b'*', ..] => (Bad, rest.len()),
        [b':', b'=', ..] => (Define, 2),
        [b'<', b'-', ..] => (Arrow, 2),
        [b'+', b'+', ..] | [b'-', b'-', ..] => (IncDec, 2),
        [b'|', b'|', ..] => (OrOr, 2),
        [b'&', b'&', ..] => (AndAnd, 2),
        [b'<', b'<', ..] | [b'>', b'>', ..] => (Shift, 2),
        [b'&', b'^', ..] => (AndNot, 2),
        [b'=' | b'!' | b'<' | b'>', b'=', ..] => (Compare, 2),
        [b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^', b'=', ..] => (OpAssign, 2),
        [first, ..] => (
            match first {
                b'(' => LParen,
                b')' => RParen,
                b'[' => LBrack,
                b']' => RBrack,
                b'{' => LBrace,
                b'}' => RBrace,
                b',' => Comma,
                b';' => Semi,
                b'.' => Dot,
                b':' => Colon,
                b'=' => Assign,
                b'!' => Not,
                b'~' => Tilde,
                b'<' | b'>' => Compare,
                b'+' => Add,
                b'-' => Sub,
                b'|' => Or,
                b'^' => Xor,
                b'*' => Star,
                b'/' | b'%' => Div,
                b'&' => And,
                _ => Bad,
            },
            1,
        ),
        [] => (Eof, 0),
    }
}

/// What must be kept apart by a blank.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Class {
    Word,
    Operator,
    Mark,
}

pub(super) fn class(tok: Tok) -> Class {
    use Tok::*;
    match tok {
        LParen | RParen | LBrack | RBrack | LBrace | RBrace | Comma | Semi | Dot | Ellipsis | Str | Rune => Class::Mark,
        Colon | Define | Assign | OpAssign | Arrow | IncDec | Not | Tilde | OrOr | AndAnd | Compare | Add | Sub
        | Or | Xor | Star | Div | Shift | And | AndNot => Class::Operator,
        _ => Class::Word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Tok> {
        let mut lexer = Lexer::new(text.as_bytes(), 0);
        std::iter::from_fn(|| Some(lexer.token().tok)).take_while(|t| *t != Tok::Eof).collect()
    }

    #[test]
    fn line_breaks_end_statements_where_go_says_so() {
        use Tok::*;
        assert_eq!(
            kinds("a\nb.\nc /* x\n */ d // e\n}"),
            [Ident, Semi, Ident, Dot, Ident, Semi, Ident, Semi, RBrace, Semi]
        );
        assert_eq!(kinds("return\n+1\n"), [Return, Semi, Add, Int, Semi]);
    }

    #[test]
    fn literals_are_one_token_each() {
        use Tok::*;
        assert_eq!(
            kinds(r#"'{' '\'' "\"{" `\` 0x1E+1 1e+3 .5 0x1p-2 3i "#),
            [Rune, Rune, Str, Str, Int, Add, Int, Float, Float, Float, Imaginary, Semi]
        );
        assert_eq!(kinds("\"a\n"), [Bad]);
        assert_eq!(kinds("/* a"), [Bad]);
    }

    #[test]
    fn braces_in_text_do_not_count() {
        let text = b"{ a '}' \"}\" `}` // }\n /* } */ x / y {} }\nz";
        let mut lexer = Lexer::new(text, 0);
        assert_eq!(lexer.token().tok, Tok::LBrace);
        assert_eq!(lexer.skip_braces(), Some(text.len() as u32 - 3));
        assert_eq!([lexer.token().tok, lexer.token().tok], [Tok::Semi, Tok::Ident]);
        for open in ["{", "{ \"", "{ /*", "{ '", "{ `"] {
            let mut lexer = Lexer::new(open.as_bytes(), 0);
            lexer.token();
            assert_eq!(lexer.skip_braces(), None, "{open}");
        }
    }
}
