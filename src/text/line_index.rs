//! Offsets to line and column numbers.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

/// A place as compilers print it: both numbers start at 1, the column counts bytes (as Go's tools do).
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
    BorshSerialize,
    BorshDeserialize,
)]
pub struct LineCol {
    /// Line, from 1.
    pub line: u32,
    /// Column in bytes, from 1.
    pub col: u32,
}

/// Where each line of a file starts.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Finds the lines of `source`; only `\n` ends a line, as in Go.
    pub fn new(source: &[u8]) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', source).map(|at| at + 1));
        Self { starts }
    }

    /// Line and column of a byte offset.
    pub fn line_col(&self, offset: usize) -> LineCol {
        let line = self.starts.partition_point(|&start| start <= offset);
        let start = self.starts[line.saturating_sub(1)];
        LineCol { line: line as u32, col: (offset - start + 1) as u32 }
    }

    /// Offset where a line starts; `line` counts from 1.
    pub fn line_start(&self, line: u32) -> Option<usize> {
        self.starts.get((line as usize).checked_sub(1)?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_start_at_one() {
        let index = LineIndex::new(b"ab\n\ncd");
        let at = |offset| {
            let LineCol { line, col } = index.line_col(offset);
            (line, col)
        };
        assert_eq!([at(0), at(2), at(3), at(4), at(6)], [(1, 1), (1, 3), (2, 1), (3, 1), (3, 3)]);
        assert_eq!([index.line_start(3), index.line_start(4), index.line_start(0)], [Some(4), None, None]);
    }
}
