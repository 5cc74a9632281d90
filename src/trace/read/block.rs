//! A stream in blocks that end with a line break, whatever the stream does.

use std::io::{Error, ErrorKind, Read, Result};

/// Most bytes of a line. What is longer comes in pieces.
pub const LONGEST: usize = 512 << 10;

/// A part of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block<'b> {
    /// Whole lines, or a piece of a long one.
    pub bytes: &'b [u8],
    /// Where it starts in the stream.
    pub offset: u64,
    /// Whether it is the first piece of a long line, or a later one.
    pub piece: Option<Piece>,
}

/// A piece of a line longer than [`LONGEST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Its start.
    First,
    /// What comes behind.
    Later,
}

/// Reads blocks.
pub struct Blocks<R> {
    reader: R,
    buffer: Vec<u8>,
    /// What is filled, and what of it has been handed out.
    filled: usize,
    taken: usize,
    offset: u64,
    in_long: bool,
    ended: bool,
    /// Why the stream ended early; what was read before comes first.
    failed: Option<Error>,
}

impl<R: Read> Blocks<R> {
    /// Blocks of a stream that starts at an offset of its file.
    pub fn new(reader: R, offset: u64) -> Self {
        Self {
            reader,
            buffer: vec![0; LONGEST],
            filled: 0,
            taken: 0,
            offset,
            in_long: false,
            ended: false,
            failed: None,
        }
    }

    /// The next block; none at the end. An error comes behind all that was read before it, and the stream has ended with it.
    pub fn next(&mut self) -> Result<Option<Block<'_>>> {
        self.buffer.copy_within(self.taken..self.filled, 0);
        self.offset += self.taken as u64;
        self.filled -= self.taken;
        self.taken = 0;
        let mut searched = 0;
        let end = loop {
            if let Some(at) = memchr::memrchr(b'\n', &self.buffer[searched..self.filled])
                && (self.ended || self.filled == self.buffer.len())
            {
                break searched + at + 1;
            }
            if self.ended || self.filled == self.buffer.len() {
                break self.filled;
            }
            searched = 0;
            match self.reader.read(&mut self.buffer[self.filled..]) {
                Ok(0) => self.ended = true,
                Ok(read) => self.filled += read,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.ended = true;
                    self.failed = Some(error);
                }
            }
        };
        if end == 0 {
            return self.failed.take().map_or(Ok(None), Err);
        }
        self.taken = end;
        Ok(Some(self.block(end)))
    }

    fn block(&mut self, end: usize) -> Block<'_> {
        let first_break = memchr::memchr(b'\n', &self.buffer[..end]);
        let piece = match (self.in_long, first_break) {
            (true, Some(at)) => {
                // The long line ends here: the rest is the next block's.
                self.taken = at + 1;
                self.in_long = false;
                Some(Piece::Later)
            }
            (true, None) => Some(Piece::Later),
            (false, None) if end == self.buffer.len() => {
                self.in_long = true;
                Some(Piece::First)
            }
            (false, _) => None,
        };
        Block { bytes: &self.buffer[..self.taken], offset: self.offset, piece }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shapes(text: &[u8]) -> Vec<(usize, u64, Option<Piece>)> {
        let mut blocks = Blocks::new(text, 0);
        let mut out = Vec::new();
        while let Some(block) = blocks.next().unwrap() {
            out.push((block.bytes.len(), block.offset, block.piece));
        }
        out
    }

    #[test]
    fn blocks_end_with_lines() {
        assert_eq!(shapes(b"a\nb\nc"), [(4, 0, None), (1, 4, None)]);
        assert_eq!(shapes(b""), []);
        let long = [vec![b'x'; LONGEST + 5], b"\nnext\n".to_vec()].concat();
        let end = LONGEST as u64;
        let want = [(LONGEST, 0, Some(Piece::First)), (6, end, Some(Piece::Later)), (5, end + 6, None)];
        assert_eq!(shapes(&long), want);
    }

    #[test]
    fn what_was_read_comes_before_the_error() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> Result<usize> {
                Err(Error::other("broken"))
            }
        }
        let mut blocks = Blocks::new(b"a\nb\nhalf".chain(Broken), 0);
        assert_eq!(blocks.next().unwrap().unwrap().bytes, b"a\nb\n");
        assert_eq!(blocks.next().unwrap().unwrap().bytes, b"half");
        assert_eq!(blocks.next().unwrap_err().to_string(), "broken");
        assert_eq!(blocks.next().unwrap(), None);
    }
}
