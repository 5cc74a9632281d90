//! A place as somebody names it on the command line: `file.go:12` or `file.go:12:3`.

use std::path::PathBuf;

use crate::plan::pipeline::{FilePlan, SitePlan};
use crate::text::LineIndex;

/// A file and a line of it, perhaps with a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, as it was named.
    pub file: PathBuf,
    /// From 1.
    pub line: u32,
    /// In bytes, from 1.
    pub column: Option<u32>,
}

impl Place {
    /// `file:line`, `file:line:col` and `file:line:` as compilers print them; none if it is nothing of the kind.
    pub fn parse(text: &str) -> Option<Self> {
        fn split(text: &str) -> Option<(&str, u32)> {
            let (rest, number) = text.rsplit_once(':')?;
            Some((rest, number.parse().ok()?))
        }
        let (rest, last) = split(text.trim_end_matches(':'))?;
        Some(match split(rest) {
            Some((file, line)) => Self { file: file.into(), line, column: Some(last) },
            None => Self { file: rest.into(), line: last, column: None },
        })
    }

    /// The calls of a file that are meant: those that cover the line, and of several those alone that cover the column, if any does.
    pub fn meant<'f>(&self, file: &'f FilePlan) -> Vec<&'f SitePlan> {
        let index = LineIndex::new(&file.source);
        let (mut on_line, mut at_column) = (Vec::new(), Vec::new());
        for call in &file.sites {
            let (start, end) = (call.site.position, index.line_col(call.site.span.end));
            if !(start.line..=end.line).contains(&self.line) {
                continue;
            }
            let covers = |col| ((start.line, start.col)..(end.line, end.col)).contains(&(self.line, col));
            let list = if self.column.is_some_and(covers) { &mut at_column } else { &mut on_line };
            list.push(call);
        }
        if at_column.is_empty() { on_line } else { at_column }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_read_as_compilers_print_them() {
        for (text, file, line, column) in [
            ("a/b.go:12", "a/b.go", 12, None),
            ("a.go:12:3", "a.go", 12, Some(3)),
            ("a.go:12:", "a.go", 12, None),
            ("c:/a.go:5", "c:/a.go", 5, None),
        ] {
            assert_eq!(Place::parse(text).unwrap(), Place { file: file.into(), line, column });
        }
        assert!(["a.go", "", "a.go:x"].iter().all(|text| Place::parse(text).is_none()));
    }
}
