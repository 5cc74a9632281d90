//! Edits are values; they touch a file only when all of them are applied at once.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;

use super::Span;

/// One replacement of a span of the original file.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize,
)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
}

impl Edit {
    /// Replaces `span` by `text`.
    pub fn replace(span: impl Into<Span>, text: impl Into<String>) -> Self {
        Self { span: span.into(), text: text.into() }
    }

    /// Deletes `span`.
    pub fn delete(span: impl Into<Span>) -> Self {
        Self::replace(span, "")
    }

    /// Inserts `text` before the byte at `offset`.
    pub fn insert(offset: usize, text: impl Into<String>) -> Self {
        Self::replace(offset..offset, text)
    }
}

/// Why a set of edits cannot be applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Two edits claim the same bytes.
    #[error("two edits overlap at byte {0}")]
    Overlap(usize),
    /// An edit reaches past the end of the file.
    #[error("an edit reaches past the end of the file, to byte {0}")]
    OutOfRange(usize),
}

/// The file after all `edits`, whose spans all refer to `source`; their order does not matter.
pub fn apply_edits(source: &[u8], edits: &[Edit]) -> Result<Vec<u8>, EditError> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort();
    let mut out = Vec::with_capacity(source.len() + edits.iter().map(|e| e.text.len()).sum::<usize>());
    let mut done = 0;
    for edit in sorted {
        if edit.span.start < done {
            return Err(EditError::Overlap(edit.span.start));
        }
        if edit.span.end > source.len() || edit.span.start > edit.span.end {
            return Err(EditError::OutOfRange(edit.span.end));
        }
        out.extend_from_slice(&source[done..edit.span.start]);
        out.extend_from_slice(edit.text.as_bytes());
        done = edit.span.end;
    }
    out.extend_from_slice(&source[done..]);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_in_any_order_and_never_overlap() {
        let edits = [Edit::replace(4..5, "E"), Edit::insert(0, ">"), Edit::delete(1..2)];
        assert_eq!(apply_edits(b"abcde", &edits).unwrap(), b">acdE");
        let clash = [Edit::replace(0..3, "x"), Edit::replace(2..4, "y")];
        assert_eq!(apply_edits(b"abcde", &clash), Err(EditError::Overlap(2)));
        assert_eq!(apply_edits(b"ab", &[Edit::delete(1..9)]), Err(EditError::OutOfRange(9)));
    }
}
