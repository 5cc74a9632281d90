//! Places in a text as editors count them: lines from 0, columns in UTF-16 units, or in bytes where both sides can.

use lsp_types::{Position, PositionEncodingKind, Range};

use crate::text::{LineCol, LineIndex, Span};

/// What a column counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Bytes.
    Utf8,
    /// UTF-16 units, which every client knows.
    Utf16,
}

impl Encoding {
    /// What a client that offers these is answered in.
    pub fn chosen(offered: Option<&[PositionEncodingKind]>) -> Self {
        let has_bytes = offered.is_some_and(|offered| offered.contains(&PositionEncodingKind::UTF8));
        if has_bytes { Self::Utf8 } else { Self::Utf16 }
    }

    /// Its name in the protocol.
    pub fn kind(self) -> PositionEncodingKind {
        match self {
            Self::Utf8 => PositionEncodingKind::UTF8,
            Self::Utf16 => PositionEncodingKind::UTF16,
        }
    }
}

/// A text and its lines.
pub struct Positions<'t> {
    text: &'t [u8],
    lines: LineIndex,
    encoding: Encoding,
}

impl<'t> Positions<'t> {
    /// Of a text.
    pub fn new(text: &'t [u8], encoding: Encoding) -> Self {
        Self { text, lines: LineIndex::new(text), encoding }
    }

    /// The place of a byte.
    pub fn position(&self, offset: usize) -> Position {
        let LineCol { line, col } = self.lines.line_col(offset.min(self.text.len()));
        self.of_line_col(LineCol { line, col })
    }

    /// A place whose column counts bytes from 1.
    pub fn of_line_col(&self, place: LineCol) -> Position {
        let line = self.line(place.line);
        let bytes = line.get(..place.col.saturating_sub(1) as usize).unwrap_or(line);
        Position::new(place.line.saturating_sub(1), self.units(bytes))
    }

    /// The byte at a place; of one behind the end of a line, the line's end.
    pub fn offset(&self, position: Position) -> usize {
        let Some(start) = self.lines.line_start(position.line.saturating_add(1)) else { return self.text.len() };
        let line = self.line(position.line + 1);
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        start + self.bytes(line, position.character)
    }

    /// The range of a span.
    pub fn range(&self, span: Span) -> Range {
        Range::new(self.position(span.start), self.position(span.end))
    }

    /// The bytes of a range.
    pub fn span(&self, range: Range) -> Span {
        let (start, end) = (self.offset(range.start), self.offset(range.end));
        Span::new(start.min(end), start.max(end))
    }

    /// A line from 1, with its break.
    fn line(&self, number: u32) -> &'t [u8] {
        let start = self.lines.line_start(number).unwrap_or(self.text.len());
        let end = self.lines.line_start(number + 1).unwrap_or(self.text.len());
        &self.text[start..end]
    }

    fn units(&self, bytes: &[u8]) -> u32 {
        match self.encoding {
            Encoding::Utf8 => bytes.len() as u32,
            Encoding::Utf16 => String::from_utf8_lossy(bytes).encode_utf16().count() as u32,
        }
    }

    fn bytes(&self, line: &[u8], units: u32) -> usize {
        let text = String::from_utf8_lossy(line);
        let mut seen = 0;
        for (at, c) in text.char_indices() {
            if seen >= units {
                return at;
            }
            seen += match self.encoding {
                Encoding::Utf8 => c.len_utf8(),
                Encoding::Utf16 => c.len_utf16(),
            } as u32;
        }
        line.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_counted_as_the_client_does() {
        let text = "a\nß𝄞x\n\nend".as_bytes();
        let utf16 = Positions::new(text, Encoding::Utf16);
        let utf8 = Positions::new(text, Encoding::Utf8);
        for (offset, line, in_16, in_8) in [
            (0, 0, 0, 0),
            (1, 0, 1, 1),
            (2, 1, 0, 0),
            (4, 1, 1, 2),
            (8, 1, 3, 6),
            (9, 1, 4, 7),
            (10, 2, 0, 0),
            (14, 3, 3, 3),
        ] {
            assert_eq!(utf16.position(offset), Position::new(line, in_16), "{offset}");
            assert_eq!(utf8.position(offset), Position::new(line, in_8), "{offset}");
            assert_eq!(utf16.offset(Position::new(line, in_16)), offset);
            assert_eq!(utf8.offset(Position::new(line, in_8)), offset);
        }
        // Behind the end of a line, of the text, and in the middle of a character.
        assert_eq!(utf16.offset(Position::new(0, 9)), 1);
        assert_eq!(utf16.offset(Position::new(9, 0)), text.len());
        assert_eq!(utf16.offset(Position::new(1, 2)), 8);
    }
}
