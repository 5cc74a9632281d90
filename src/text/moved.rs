//! Where a text's lines stand after edits, and where what stands in the new text stood before.

use super::{Edit, LineIndex, Span};

/// A text before edits, and after them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// From which line on lines stand further down, and by how many; sorted.
    shifts: Vec<(u32, i64)>,
    /// Lines of which a part moves and another does not.
    parted: Vec<u32>,
    /// What each edit took away and where its text stands then; edits on top of edits, in the order of their making.
    stages: Vec<Vec<(Span, Span)>>,
}

impl Moved {
    /// After edits of a text.
    pub fn of(old: &[u8], edits: &[Edit]) -> Self {
        let (lines, mut moved) = (LineIndex::new(old), Self::default());
        let breaks = |text: &[u8]| memchr::memchr_iter(b'\n', text).count() as i64;
        for edit in edits {
            let by = breaks(edit.text.as_bytes()) - breaks(edit.span.of(old));
            if by == 0 {
                continue;
            }
            let end = lines.line_col(edit.span.end);
            let rest = old.get(edit.span.end..).unwrap_or_default().split(|byte| *byte == b'\n').next();
            let is_parted = end.col > 1 && !rest.unwrap_or_default().trim_ascii().is_empty();
            moved.parted.extend(is_parted.then_some(end.line));
            moved.shifts.push((if end.col == 1 { end.line } else { end.line + 1 }, by));
        }
        moved.shifts.sort_unstable();
        moved.on_top(edits)
    }

    /// With edits of the new text that leave its lines where they are.
    pub fn on_top(mut self, edits: &[Edit]) -> Self {
        let mut shift = 0isize;
        let stands = |edit: &Edit| {
            let start = edit.span.start.saturating_add_signed(shift);
            shift += edit.text.len() as isize - (edit.span.end - edit.span.start) as isize;
            (edit.span, Span::new(start, start + edit.text.len()))
        };
        self.stages.push(edits.iter().map(stands).collect());
        self
    }

    /// Where a byte of the new text stood; of what an edit brought, the nearest byte that it took away.
    pub fn before(&self, at: usize) -> usize {
        self.stages.iter().rev().fold(at, |at, edits| {
            let before = edits.partition_point(|(_, new)| new.start <= at);
            match before.checked_sub(1).and_then(|last| edits.get(last)) {
                Some((old, new)) if at < new.end => old.end.min(old.start + (at - new.start)),
                Some((old, new)) => old.end + (at - new.end),
                None => at,
            }
        })
    }

    /// Where a part of the new text stood.
    pub fn span_before(&self, span: Span) -> Span {
        let start = self.before(span.start);
        // What was put in behind it is none of it.
        let end = if span.end > span.start { self.before(span.end - 1) + 1 } else { start };
        Span::new(start, end.max(start))
    }

    /// Where a line stands, both counted from 1; `None` where that depends on the part of it.
    pub fn line(&self, line: u32) -> Option<u32> {
        let by: i64 = self.shifts.iter().take_while(|(from, _)| *from <= line).map(|(_, by)| by).sum();
        u32::try_from(i64::from(line) + by).ok().filter(|_| !self.parted.contains(&line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::apply_edits;

    #[test]
    fn lines_stand_where_the_edited_text_has_them() {
        let old = b"package p\n\nfunc a() {\n\tone()\n\tb(\n\t\ttwo,\n\t)\n}\n\nfunc b() { three() }\n";
        let at = |what: &str| old.windows(what.len()).position(|part| part == what.as_bytes()).unwrap();
        let edits = [
            Edit::insert(at("func a"), "import \"x\"\n\n"),
            Edit::insert(at("a() {") + 2, "n int"),
            Edit::insert(at("\tone"), "\tn := 1\n"),
            Edit::insert(at("b(\n") + 2, "\n\t\tn,"),
            Edit::replace(at("{ three")..at("three"), "{\n\tn := 1\n\t"),
        ];
        let (moved, new) = (Moved::of(old, &edits), apply_edits(old, &edits).unwrap());
        let [before, after] =
            [old.as_slice(), &new].map(|text| std::str::from_utf8(text).unwrap().lines().collect::<Vec<_>>());
        for (number, line) in (1..).zip(&before) {
            let code = line.trim();
            match moved.line(number) {
                Some(now) if !code.is_empty() => {
                    let now = after[now as usize - 1].trim();
                    assert!(now.starts_with(code.get(..2).unwrap_or(code)), "{number}: {code} is now {now}");
                }
                Some(_) => {}
                None => assert_eq!(code, "func b() { three() }"),
            }
        }
        assert_eq!(moved.line(10), None, "what stands behind an inserted line moves");
        let offset = |text: &[u8], what: &str| memchr::memmem::find(text, what.as_bytes()).unwrap();
        for what in ["package", "func a", "one()", "b(", "two,", "func b", "three() }"] {
            assert_eq!(moved.before(offset(&new, what)), offset(old, what), "{what}");
        }
        assert_eq!(moved.before(offset(&new, "n int")), at("a() {") + 2, "what was put in stands where it was put");
        let span = |text: &[u8], what: &str| Span::new(offset(text, what), offset(text, what) + what.len());
        assert_eq!(moved.span_before(span(&new, "b(\n\t\tn,\n\t\ttwo,\n\t)")), span(old, "b(\n\t\ttwo,\n\t)"));
        let on_top = [Edit::replace(offset(&new, "one()")..offset(&new, "one()") + 3, "  one")];
        let (moved, set) = (moved.on_top(&on_top), apply_edits(&new, &on_top).unwrap());
        assert_eq!(moved.before(offset(&set, "three() }")), offset(old, "three() }"));
    }
}
