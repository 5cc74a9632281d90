//! Something that is wrong, with its place and what mends it.

use serde::{Deserialize, Serialize};

use crate::klog::fingerprint::Fingerprint;
use crate::text::LineIndex;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// The gate stays shut.
    Error,
    /// It would be, but a baseline allows it.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// Lines that are replaced.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Replacement {
    /// The first line, from 1.
    pub line: u32,
    /// How many lines; 0: the text is put in front of `line`.
    pub lines: u32,
    /// What stands there afterwards, with its line break.
    pub text: String,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Finding {
    /// The file, or the configuration that is not met.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub col: u32,
    /// Line that it ends in.
    pub end_line: u32,
    /// Column behind its end.
    pub end_col: u32,
    /// The rule.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The command or the edit that mends it.
    pub help: String,
    /// The function around it; empty where there is none.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub function: String,
    /// The name of its call across runs; empty where it is about no call.
    #[serde(skip_serializing_if = "is_unnamed", default)]
    pub fingerprint: Fingerprint,
    /// What mends it, if that can be said.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub fix: Vec<Replacement>,
}

fn is_unnamed(fingerprint: &Fingerprint) -> bool {
    fingerprint.as_str().is_empty()
}

impl Finding {
    /// The name of the finding across runs: the rule and the call.
    pub fn key(&self) -> String {
        format!("{}/{}", self.rule, self.fingerprint)
    }
}

/// How a file's lines change.
pub fn replacements(old: &[u8], new: &[u8]) -> Vec<Replacement> {
    let (before, after) = same_lines(old, new);
    let middle = |text: &[u8]| before..text.len() - after;
    let (Ok(old_lines), Ok(new_lines)) = (str::from_utf8(&old[middle(old)]), str::from_utf8(&new[middle(new)])) else {
        return Vec::new();
    };
    let first = memchr::memchr_iter(b'\n', &old[..before]).count() as u32 + 1;
    let diff = similar::TextDiff::from_lines(old_lines, new_lines);
    let index = LineIndex::new(new_lines.as_bytes());
    let start = |line: usize| index.line_start(line as u32 + 1).unwrap_or(new_lines.len());
    let changed = diff.ops().iter().filter(|op| op.tag() != similar::DiffTag::Equal);
    changed
        .map(|op| Replacement {
            line: first + op.old_range().start as u32,
            lines: op.old_range().len() as u32,
            text: new_lines.get(start(op.new_range().start)..start(op.new_range().end)).unwrap_or_default().to_owned(),
        })
        .collect()
}

/// Bytes that are compared at once.
const PIECE: usize = 4096;

/// Bytes of the whole lines that two texts begin and end with alike: most of a file is not worth comparing line by line.
fn same_lines(old: &[u8], new: &[u8]) -> (usize, usize) {
    let alike =
        old.chunks(PIECE).zip(new.chunks(PIECE)).take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum::<usize>();
    let same = alike + old[alike..].iter().zip(&new[alike..]).take_while(|(a, b)| a == b).count();
    let before = memchr::memrchr(b'\n', &old[..same]).map_or(0, |at| at + 1);
    let (old, new) = (&old[before..], &new[before..]);
    let alike =
        old.rchunks(PIECE).zip(new.rchunks(PIECE)).take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum::<usize>();
    let (old_rest, new_rest) = (&old[..old.len() - alike], &new[..new.len() - alike]);
    let same = alike + old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let end = &old[old.len() - same..];
    let after = memchr::memchr(b'\n', end).map_or(0, |at| end.len() - at - 1);
    (before, after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replace(old: &str, replacements: &[Replacement]) -> String {
        let mut lines: Vec<&str> = old.split_inclusive('\n').collect();
        for Replacement { line, lines: count, text } in replacements.iter().rev() {
            let at = *line as usize - 1;
            lines.splice(at..at + *count as usize, [text.as_str()]);
        }
        lines.concat()
    }

    #[test]
    fn replacements_make_the_new_text_of_the_old() {
        let old = "a\nb\nb\nc\nd\ne\nf";
        for (new, count) in [
            (old, 0),
            ("a\nb\nb\nx\nd\ne\nf", 1),
            ("x\na\nb\nb\nc\nd\ne\nf", 1),
            ("a\nb\nb\nb\nc\nd\ne\nf", 1),
            ("a\nb\nb\nc\nd\ne\nf\n", 1),
            ("a\nb\nb\nc\nd\ne\nff", 1),
            ("a\nb\nc\nd\ne\nf", 1),
            ("", 1),
            ("a\nx\nb\nc\nd\ny\nf", 2),
        ] {
            let found = replacements(old.as_bytes(), new.as_bytes());
            assert_eq!(replace(old, &found), new);
            assert_eq!(found.len(), count, "{new:?}: {found:?}");
        }
    }
}
