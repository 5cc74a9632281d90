//! Where the lines of a text stand after edits.

use super::{Edit, LineIndex};

/// Lines of a text before edits, and after them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MovedLines {
    /// From which line on lines stand further down, and by how many; sorted.
    shifts: Vec<(u32, i64)>,
    /// Lines of which a part moves and another does not.
    parted: Vec<u32>,
}

impl MovedLines {
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
        moved
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
        let (moved, new) = (MovedLines::of(old, &edits), apply_edits(old, &edits).unwrap());
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
    }
}
