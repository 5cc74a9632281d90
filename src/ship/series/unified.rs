//! Unified diffs of whole files, as git writes them: bytes in, bytes out.

use similar::{Algorithm, DiffOp, DiffTag, capture_diff_slices, group_diff_ops};

use super::SeriesError;
use super::path::{check_path, quoted};
use crate::text::FileChange;
use crate::text::digest::blob_name;

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// git cuts the heading of a hunk here.
const HEADING_BYTES: usize = 80;

/// How many lines a change adds and removes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineCounts {
    /// Lines with a `+`.
    pub added: usize,
    /// Lines with a `-`.
    pub removed: usize,
}

impl std::ops::AddAssign for LineCounts {
    /// Sums up files.
    fn add_assign(&mut self, other: Self) {
        self.added += other.added;
        self.removed += other.removed;
    }
}

/// The diff of one file; empty where nothing changed.
///
/// Modes are named for files that come or go, so an existing file keeps the one it has. The blob names in the `index` line are
/// whole SHA-1 names: with them `git am -3` finds its way when the tree has moved on.
pub fn unified(change: &FileChange) -> Result<Vec<u8>, SeriesError> {
    check_path(&change.path)?;
    let mut out = Vec::new();
    if !change.is_real() {
        return Ok(out);
    }
    let (old, new) = (lines(change.base()), lines(&change.after));
    let hunks = group_diff_ops(operations(&old, &new), CONTEXT);
    push_header(&mut out, change, !hunks.is_empty());
    let mut heading: &[u8] = b"";
    let mut seen = 0;
    for hunk in &hunks {
        let start = hunk.first().map_or(seen, |op| op.old_range().start);
        // Only what lies between the last hunk and this one is new: no quadratic search in a long file.
        heading = old[seen..start].iter().rfind(|line| is_heading(line)).copied().unwrap_or(heading);
        seen = start;
        push_hunk(&mut out, hunk, (&old, &new), heading);
    }
    Ok(out)
}

/// How many lines the change adds and removes.
pub fn line_counts(change: &FileChange) -> LineCounts {
    let (old, new) = (lines(change.base()), lines(&change.after));
    let mut counts = LineCounts::default();
    for op in operations(&old, &new).iter().filter(|op| op.tag() != DiffTag::Equal) {
        counts += LineCounts { added: op.new_range().len(), removed: op.old_range().len() };
    }
    counts
}

/// Lines with their ends; only `\n` ends a line, so a `\r` before it is part of the text.
fn lines(bytes: &[u8]) -> Vec<&[u8]> {
    bytes.split_inclusive(|byte| *byte == b'\n').collect()
}

fn operations(old: &[&[u8]], new: &[&[u8]]) -> Vec<DiffOp> {
    capture_diff_slices(Algorithm::Myers, old, new)
}

/// Letters of the names of files in a patch.
const NAME: usize = 40;

fn push_header(out: &mut Vec<u8>, change: &FileChange, with_text: bool) {
    let (a, b) = (quoted(&format!("a/{}", change.path)), quoted(&format!("b/{}", change.path)));
    let mut text = format!("diff --git {a} {b}\n");
    let before = match &change.before {
        Some(old) => blob_name(old, NAME),
        None => {
            text.push_str("new file mode 100644\n");
            "0".repeat(NAME)
        }
    };
    if change.gone {
        text.push_str("deleted file mode 100644\n");
    }
    let after = if change.gone { "0".repeat(NAME) } else { blob_name(&change.after, NAME) };
    text.push_str(&format!("index {before}..{after}\n"));
    if with_text {
        // A tab ends a name that holds a space; without it, patch takes the rest for a date.
        let tab = if change.path.contains(' ') { "\t" } else { "" };
        let from = if change.before.is_some() { a + tab } else { "/dev/null".to_owned() };
        let to = if change.gone { "/dev/null".to_owned() } else { b + tab };
        text.push_str(&format!("--- {from}\n+++ {to}\n"));
    }
    out.extend_from_slice(text.as_bytes());
}

fn push_hunk(out: &mut Vec<u8>, hunk: &[DiffOp], (old, new): (&[&[u8]], &[&[u8]]), heading: &[u8]) {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { return };
    let before = range(first.old_range().start, last.old_range().end);
    let after = range(first.new_range().start, last.new_range().end);
    out.extend_from_slice(format!("@@ -{before} +{after} @@").as_bytes());
    out.extend_from_slice(heading_text(heading).as_bytes());
    out.push(b'\n');
    for op in hunk {
        if op.tag() == DiffTag::Equal {
            push_lines(out, b' ', &old[op.old_range()]);
        } else {
            push_lines(out, b'-', &old[op.old_range()]);
            push_lines(out, b'+', &new[op.new_range()]);
        }
    }
}

/// `start,count` from line offsets; an empty range names the line before it.
fn range(start: usize, end: usize) -> String {
    match end - start {
        0 => format!("{start},0"),
        1 => format!("{}", start + 1),
        count => format!("{},{count}", start + 1),
    }
}

fn push_lines(out: &mut Vec<u8>, sign: u8, lines: &[&[u8]]) {
    for line in lines {
        out.push(sign);
        out.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            out.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}

fn is_heading(line: &[u8]) -> bool {
    line.starts_with(b"func ") || line.starts_with(b"type ")
}

/// What follows `@@`: a comment for people, so a line with control characters or stray bytes is left out.
fn heading_text(line: &[u8]) -> String {
    let text = std::str::from_utf8(line).unwrap_or_default().trim_end();
    if text.is_empty() || text.contains(|c: char| c.is_control() && c != '\t') {
        return String::new();
    }
    let end = (0..=text.len().min(HEADING_BYTES)).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    format!(" {}", text[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diff(old: Option<&str>, new: &str) -> String {
        let before = old.map(|old| old.as_bytes().into());
        let change = FileChange { path: "a.go".into(), before, after: new.as_bytes().into(), gone: false };
        String::from_utf8(unified(&change).unwrap()).unwrap()
    }

    fn hunks(old: &str, new: &str) -> String {
        let text = diff(Some(old), new);
        text[text.find("@@").unwrap()..].to_owned()
    }

    #[test]
    fn ranges_follow_the_rules_for_empty_and_single_lines() {
        assert_eq!(hunks("", "x\n"), "@@ -0,0 +1 @@\n+x\n");
        assert_eq!(hunks("x\ny\n", ""), "@@ -1,2 +0,0 @@\n-x\n-y\n");
        assert_eq!(hunks("x\n", "y\n"), "@@ -1 +1 @@\n-x\n+y\n");
    }

    #[test]
    fn a_missing_final_newline_is_marked() {
        let mark = "\\ No newline at end of file\n";
        assert_eq!(hunks("x", "x\n"), format!("@@ -1 +1 @@\n-x\n{mark}+x\n"));
        assert_eq!(hunks("a\nx", "b\nx"), format!("@@ -1,2 +1,2 @@\n-a\n+b\n x\n{mark}"));
    }

    #[test]
    fn the_header_is_gits() {
        let new = diff(None, "x\n");
        assert!(new.starts_with("diff --git a/a.go b/a.go\nnew file mode 100644\nindex 0000000"), "{new}");
        assert!(new.ends_with("--- /dev/null\n+++ b/a.go\n@@ -0,0 +1 @@\n+x\n"), "{new}");
        // `git hash-object` of nothing, known to everyone who uses git.
        assert!(diff(None, "").ends_with("..e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n"));
        assert_eq!(diff(Some("x\n"), "x\n"), "");
        let gone = String::from_utf8(unified(&FileChange::removed("a.go", "x\n".as_bytes())).unwrap()).unwrap();
        assert!(gone.starts_with("diff --git a/a.go b/a.go\ndeleted file mode 100644\nindex "), "{gone}");
        assert!(
            gone.ends_with(
                "..0000000000000000000000000000000000000000\n--- a/a.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
            )
        );
    }

    #[test]
    fn distant_changes_get_hunks_of_their_own_under_the_function_they_are_in() {
        let body = "1\n2\n3\n4\n5\n6\n7\n8\n";
        let old = format!("func A() {{\n{body}}}\nfunc \x1b() {{\n{body}}}\n");
        let new = old.replace("7\n", "seven\n");
        let text = hunks(&old, &new);
        let headers: Vec<&str> = text.lines().filter(|line| line.starts_with("@@")).collect();
        assert_eq!(headers, ["@@ -5,7 +5,7 @@ func A() {", "@@ -15,6 +15,6 @@"]);
        let change = FileChange::edited("a.go", old.as_bytes(), new.as_bytes());
        assert_eq!(line_counts(&change), LineCounts { added: 2, removed: 2 });
    }

    #[test]
    fn a_long_heading_is_cut_between_characters() {
        let text = heading_text(format!("func {}", "é".repeat(60)).as_bytes());
        assert_eq!(text.len(), 1 + 79);
        assert!(text.ends_with('é'));
    }
}
