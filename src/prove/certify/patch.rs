//! Unified diffs, read strictly: every line of context has to be there, at the place that the hunk names.

/// Why a patch is not taken.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// A line of it is not what it should be.
    #[error("patch, line {line}: {what}")]
    Malformed {
        /// Its line, from 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
    /// It is of another file than the one that is there.
    #[error("{path}:{line}: the patch does not fit: it was made of another version of this file")]
    DoesNotFit {
        /// The file.
        path: String,
        /// The line of the file, from 1.
        line: usize,
    },
    /// There is nothing in it.
    #[error("the patch names no file; pass one that git diff or git format-patch has written")]
    Empty,
    /// The file is no text.
    #[error("{path}: the patch has no text of it, only that it differs")]
    Binary {
        /// The file.
        path: String,
    },
}

/// What a patch does to one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FilePatch {
    old: Option<String>,
    new: Option<String>,
    is_copy: bool,
    hunks: Vec<Hunk>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Hunk {
    /// Where it starts in the old file, from 0.
    start: usize,
    /// Where it starts in the new one.
    landed: usize,
    /// Lines with their line breaks: what they were and what they become.
    old: Vec<Vec<u8>>,
    new: Vec<Vec<u8>>,
}

impl FilePatch {
    /// The file that it is about: after it, where it is there then.
    pub fn path(&self) -> &str {
        self.new.as_deref().or(self.old.as_deref()).unwrap_or_default()
    }

    /// The file that it is made from.
    pub fn source(&self) -> Option<&str> {
        self.old.as_deref()
    }

    /// Whether the file is not there any more afterwards, under this name.
    pub fn moves_from(&self, source: &str) -> bool {
        !self.is_copy && self.new.as_deref() != Some(source)
    }

    /// What takes it back.
    pub fn reversed(self) -> Self {
        let back = |hunk: Hunk| Hunk { start: hunk.landed, landed: hunk.start, old: hunk.new, new: hunk.old };
        let hunks = self.hunks.into_iter().map(back).collect();
        Self { old: self.new, new: self.old.filter(|_| !self.is_copy), is_copy: false, hunks }
    }

    /// The file afterwards; none where it is gone.
    pub fn apply(&self, bytes: &[u8]) -> Result<Option<Vec<u8>>, PatchError> {
        let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
        let (mut out, mut at) = (Vec::with_capacity(bytes.len()), 0);
        for hunk in &self.hunks {
            let misfit = |line: usize| PatchError::DoesNotFit { path: self.path().to_owned(), line: line + 1 };
            let skipped = lines.get(at..hunk.start).ok_or_else(|| misfit(hunk.start))?;
            skipped.iter().for_each(|line| out.extend_from_slice(line));
            for (offset, line) in hunk.old.iter().enumerate() {
                let there = lines.get(hunk.start + offset).ok_or_else(|| misfit(hunk.start + offset))?;
                if *there != line.as_slice() {
                    return Err(misfit(hunk.start + offset));
                }
            }
            hunk.new.iter().for_each(|line| out.extend_from_slice(line));
            at = hunk.start + hunk.old.len();
        }
        lines.get(at..).unwrap_or_default().iter().for_each(|line| out.extend_from_slice(line));
        Ok(self.new.is_some().then_some(out))
    }
}

/// Reads a patch, or several in a row as git format-patch writes them.
pub fn parse(text: &[u8]) -> Result<Vec<FilePatch>, PatchError> {
    let lines: Vec<&[u8]> = text.split_inclusive(|byte| *byte == b'\n').collect();
    let mut found: Vec<FilePatch> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let words = String::from_utf8_lossy(line.trim_ascii_end());
        if let Some(both) = words.strip_prefix("diff --git ") {
            let (old, new) = both_names(both, at)?;
            found.push(FilePatch { old: Some(old), new: Some(new), ..FilePatch::default() });
        } else if let Some(name) = words.strip_prefix("--- ").filter(|_| next_starts(&lines, at, b"+++ ")) {
            let new =
                String::from_utf8_lossy(lines.get(at + 1).copied().unwrap_or_default().trim_ascii_end()).into_owned();
            let (old, new) = (side(name, at)?, side(new.strip_prefix("+++ ").unwrap_or_default(), at + 1)?);
            let path = new.as_deref().or(old.as_deref());
            match found.last_mut().filter(|last| last.hunks.is_empty() && path == Some(last.path())) {
                Some(last) => (last.old, last.new) = (old, new),
                None => found.push(FilePatch { old, new, ..FilePatch::default() }),
            }
            at += 1;
        } else if let Some(last) = found.last_mut() {
            match () {
                () if words.starts_with("new file mode") && last.hunks.is_empty() => last.old = None,
                () if words.starts_with("deleted file mode") && last.hunks.is_empty() => last.new = None,
                () if words.starts_with("copy from") => last.is_copy = true,
                () if words.starts_with("Binary files ") || words == "GIT binary patch" => {
                    if last.path().ends_with(".go") {
                        return Err(PatchError::Binary { path: last.path().to_owned() });
                    }
                }
                () if words.starts_with("@@ ") => {
                    let (hunk, next) = hunk(&lines, at)?;
                    last.hunks.push(hunk);
                    at = next;
                    continue;
                }
                () => {}
            }
        }
        at += 1;
    }
    if found.is_empty() { Err(PatchError::Empty) } else { Ok(found) }
}

fn next_starts(lines: &[&[u8]], at: usize, prefix: &[u8]) -> bool {
    lines.get(at + 1).is_some_and(|line| line.starts_with(prefix))
}

/// One name behind `---` or `+++`: none for /dev/null. What stands behind a tab is a time.
fn side(name: &str, line: usize) -> Result<Option<String>, PatchError> {
    let name = name.split('\t').next().unwrap_or_default();
    if name == "/dev/null" {
        return Ok(None);
    }
    let name = unquoted(name, line)?;
    let bare = name.strip_prefix("a/").or_else(|| name.strip_prefix("b/")).unwrap_or(&name);
    checked(bare, line).map(Some)
}

/// `a/x b/x`, either of them quoted.
fn both_names(both: &str, line: usize) -> Result<(String, String), PatchError> {
    let bare = |name: &str| -> Result<String, PatchError> {
        let name = unquoted(name, line)?;
        let bare = name.get(2..).filter(|_| name.starts_with("a/") || name.starts_with("b/"));
        checked(bare.ok_or(malformed(line, "a name without a/ or b/"))?, line)
    };
    // A name may hold " b/": both are the same unless a rename says so, and then they are not read from here.
    let middle = both.match_indices(" b/").chain(both.match_indices(" \"b/")).map(|(at, _)| at);
    let halves: Vec<(&str, &str)> = middle.map(|at| (&both[..at], &both[at + 1..])).collect();
    let same = halves.iter().find(|(a, b)| a.get(2..) == b.get(2..));
    let (old, new) = same.or(halves.first()).ok_or(malformed(line, "two names are missing"))?;
    Ok((bare(old)?, bare(new)?))
}

fn malformed(line: usize, what: &'static str) -> PatchError {
    PatchError::Malformed { line: line + 1, what }
}

/// A path below the root and nothing else.
fn checked(path: &str, line: usize) -> Result<String, PatchError> {
    let inside = !path.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    if inside { Ok(path.to_owned()) } else { Err(malformed(line, "a path that leads out of the checkout")) }
}

/// A name as git quotes it.
fn unquoted(name: &str, line: usize) -> Result<String, PatchError> {
    let Some(inner) = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) else {
        return Ok(name.to_owned());
    };
    crate::klog::format::unquote(&format!("\"{inner}\"")).ok_or(malformed(line, "a name that is quoted wrongly"))
}

/// The hunk at a line, and the line behind it.
fn hunk(lines: &[&[u8]], at: usize) -> Result<(Hunk, usize), PatchError> {
    let head = String::from_utf8_lossy(lines[at]).into_owned();
    let mut words = head.split(' ').skip(1);
    let mut range = |sign: char| -> Option<(usize, usize)> {
        let text = words.next()?.strip_prefix(sign)?;
        let (start, count) = text.split_once(',').unwrap_or((text, "1"));
        Some((start.trim().parse().ok()?, count.trim().parse().ok()?))
    };
    let ranges = range('-').zip(range('+'));
    let ((start, mut olds), (landed, mut news)) = ranges.ok_or(malformed(at, "a hunk's head that names no lines"))?;
    // Where there are no lines, the head names the one before.
    let from_0 = |start: usize, lines| if lines == 0 { start } else { start.saturating_sub(1) };
    let mut hunk = Hunk { start: from_0(start, olds), landed: from_0(landed, news), ..Hunk::default() };
    let mut next = at + 1;
    while olds + news > 0 {
        let line = lines.get(next).ok_or(malformed(next, "the hunk ends too soon"))?;
        let (sign, rest) = line.split_first().ok_or(malformed(next, "the hunk ends too soon"))?;
        // Mail programs strip what is white at the end: an empty line is context.
        let (sign, rest) = if matches!(sign, b'\n' | b'\r') { (b' ', *line) } else { (*sign, rest) };
        let (is_old, is_new) = match sign {
            b' ' => (true, true),
            b'-' => (true, false),
            b'+' => (false, true),
            b'\\' => (false, false),
            _ => return Err(malformed(next, "a hunk's line that starts with none of ` `, `-`, `+`")),
        };
        let short = || malformed(next, "the hunk has more lines than its head says");
        olds = if is_old { olds.checked_sub(1).ok_or_else(short)? } else { olds };
        news = if is_new { news.checked_sub(1).ok_or_else(short)? } else { news };
        let without_end = lines.get(next + 1).is_some_and(|after| after.starts_with(b"\\"));
        let rest = if without_end { rest.strip_suffix(b"\n").unwrap_or(rest) } else { rest };
        if is_old {
            hunk.old.push(rest.to_vec());
        }
        if is_new {
            hunk.new.push(rest.to_vec());
        }
        next += 1;
    }
    while lines.get(next).is_some_and(|line| line.starts_with(b"\\")) {
        next += 1;
    }
    Ok((hunk, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &str = "From 1 Mon Sep 17\nSubject: x\n\n---\n a/x.go | 2 +-\n\ndiff --git a/a/x.go b/a/x.go\nindex 1..2 100644\n\
        --- a/a/x.go\n+++ b/a/x.go\n@@ -1,3 +1,3 @@ head\n one\n-two\n+deux\n three\n-- \n2.40\n";

    #[test]
    fn a_patch_is_applied_where_it_fits() {
        let parts = parse(PATCH.as_bytes()).unwrap();
        assert_eq!((parts.len(), parts[0].path(), parts[0].source()), (1, "a/x.go", Some("a/x.go")));
        assert_eq!(parts[0].apply(b"one\ntwo\nthree\nfour\n").unwrap().unwrap(), b"one\ndeux\nthree\nfour\n");
        for other in ["one\nzwei\nthree\n", "one\ntwo\n", "", "zero\none\ntwo\nthree\n"] {
            assert!(parts[0].apply(other.as_bytes()).is_err(), "{other}");
        }
        let back = parts[0].clone().reversed();
        assert_eq!(back.apply(b"one\ndeux\nthree\nfour\n").unwrap().unwrap(), b"one\ntwo\nthree\nfour\n");
        assert_eq!(back.reversed(), parts[0]);
    }

    #[test]
    fn files_come_and_go() {
        let new = "diff --git a/n.go b/n.go\nnew file mode 100644\n--- /dev/null\n+++ b/n.go\n@@ -0,0 +1 @@\n+package n\n\\ No newline at end of file\n";
        let parts = parse(new.as_bytes()).unwrap();
        assert_eq!((parts[0].source(), parts[0].apply(b"").unwrap()), (None, Some(b"package n".to_vec())));
        let gone = "diff --git a/n.go b/n.go\ndeleted file mode 100644\n--- a/n.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-package n\n";
        let parts = parse(gone.as_bytes()).unwrap();
        assert_eq!((parts[0].path(), parts[0].apply(b"package n\n").unwrap()), ("n.go", None));
        assert_eq!(parts[0].clone().reversed().apply(b"").unwrap(), Some(b"package n\n".to_vec()));
        let moved = "diff --git a/a.go b/b.go\nsimilarity index 100%\nrename from a.go\nrename to b.go\n";
        let parts = parse(moved.as_bytes()).unwrap();
        assert!(parts[0].path() == "b.go" && parts[0].source() == Some("a.go") && parts[0].moves_from("a.go"));
        assert_eq!(parts[0].clone().reversed().path(), "a.go");
    }

    #[test]
    fn what_is_no_patch_says_where() {
        for (text, want) in [
            ("", "names no file"),
            ("hello\n", "names no file"),
            ("--- a/../x.go\n+++ b/../x.go\n@@ -1 +1 @@\n-a\n+b\n", "leads out of the checkout"),
            ("--- a/x.go\n+++ b/x.go\n@@ -1,2 +1 @@\n-a\n", "ends too soon"),
            ("--- a/x.go\n+++ b/x.go\n@@ what @@\n", "names no lines"),
            ("--- a/x.go\n+++ b/x.go\n@@ -1 +1 @@\n?a\n", "starts with none of"),
            ("diff --git a/x.go b/x.go\nBinary files a/x.go and b/x.go differ\n", "no text of it"),
        ] {
            let said = parse(text.as_bytes()).unwrap_err().to_string();
            assert!(said.contains(want), "{text}: {said}");
        }
    }
}
