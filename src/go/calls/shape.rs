//! What of a file's text calls are read from: edits elsewhere leave a graph as it is.

use std::cell::Cell;

use borsh::{BorshDeserialize, BorshSerialize};
use memchr::memmem;

use crate::go::index::default_name;
use crate::rule::LogCalls;
use crate::text::digest::{Digest, Hasher};

/// A digest of a file's lines without those that say nothing about calls: blank ones, comments, and klog statements on
/// one line whose arguments call nothing. Files of one shape differ in where things stand, and in nothing else that a
/// graph is made from.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Shape {
    digest: Digest,
    /// The lines that were left out, from 0, each as its distance from the one before.
    left_out: Vec<u8>,
}

thread_local! {
    /// What is kept of one file makes room for the next.
    static KEPT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl Shape {
    /// Of a file; `rules` say what logs.
    pub fn of(source: &[u8], rules: &LogCalls) -> Self {
        let logger =
            Logger::of(rules).filter(|logger| rules.are_in(source) && logger.is_all_that_its_name_means(source));
        let mut kept = KEPT.take();
        kept.clear();
        kept.reserve(source.len() + 1);
        let (mut left_out, mut last) = (Vec::new(), 0);
        for (number, line) in lines(source).enumerate() {
            let code = line.trim_ascii();
            if says_nothing(code) || logger.as_ref().is_some_and(|logger| logger.is_plain_log(code)) {
                push(&mut left_out, number - last);
                last = number;
            } else {
                kept.extend_from_slice(code);
                kept.push(b'\n');
            }
        }
        let mut hasher = Hasher::default();
        hasher.part(&kept);
        KEPT.set(kept);
        Self { digest: hasher.finish(), left_out }
    }

    /// Whether a graph is the same for both.
    pub fn fits(&self, other: &Self) -> bool {
        self.digest == other.digest
    }

    /// Where a line, from 1, stands in a file of another shape that fits; a line that was left out has no place there.
    pub fn line_in(&self, other: &Self, line: u32) -> Option<u32> {
        let at = line.checked_sub(1)?;
        let mut before = 0;
        for left_out in self.left_out() {
            match left_out.cmp(&at) {
                std::cmp::Ordering::Less => before += 1,
                std::cmp::Ordering::Equal => return None,
                std::cmp::Ordering::Greater => break,
            }
        }
        let mut place = at - before;
        for left_out in other.left_out() {
            if left_out > place {
                break;
            }
            place += 1;
        }
        Some(place + 1)
    }

    fn left_out(&self) -> impl Iterator<Item = u32> + '_ {
        let (mut bytes, mut at) = (self.left_out.iter(), 0u32);
        std::iter::from_fn(move || {
            let (mut distance, mut shift) = (0, 0);
            loop {
                let byte = *bytes.next()?;
                distance |= u32::from(byte & 0x7f) << shift;
                if byte & 0x80 == 0 {
                    break;
                }
                shift = (shift + 7).min(28);
            }
            at = at.wrapping_add(distance);
            Some(at)
        })
    }
}

/// Appends a number, seven bits a byte.
fn push(bytes: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// klog, as most files know it.
struct Logger<'r> {
    rules: &'r LogCalls,
    /// Its package's name.
    name: &'r str,
    /// What stands before the name where it is imported: `"k8s.io/`.
    import: String,
}

impl<'r> Logger<'r> {
    fn of(rules: &'r LogCalls) -> Option<Self> {
        let path = rules.import_paths.last()?;
        let name = default_name(path);
        Some(Self { rules, name, import: format!("\"{}", path.get(..path.find(name)?)?) })
    }

    /// Whether the name means nothing but the package wherever code has the word: `klog.x`, or the end of its import.
    fn is_all_that_its_name_means(&self, source: &[u8]) -> bool {
        memmem::find_iter(source, self.name).all(|at| {
            let start = memchr::memrchr(b'\n', &source[..at]).map_or(0, |newline| newline + 1);
            let end = memchr::memchr(b'\n', &source[at..]).map_or(source.len(), |newline| at + newline);
            let (before, after) = (&source[start..at], source[at..end].get(self.name.len()));
            // Without another name before it, in a list or behind `import`.
            let import = before.trim_ascii_start();
            let import = import.strip_prefix(b"import ").unwrap_or(import);
            let is_it = import == self.import.as_bytes() || (!before.ends_with(b"/") && after == Some(&b'.'));
            is_it || says_nothing(source[start..end].trim_ascii())
        })
    }

    /// `klog.V(2).Infof("…", a.b)`: a statement on one line that calls nothing else.
    fn is_plain_log(&self, code: &[u8]) -> bool {
        let code = std::str::from_utf8(code).ok();
        let Some(rest) = code.and_then(|code| self.member(code)) else { return false };
        let level = self.rules.verbose.functions.iter().filter(|(_, level)| **level == 0).find_map(|(name, _)| {
            let (digits, rest) = rest.strip_prefix(&**name)?.strip_prefix('(')?.split_once(").")?;
            digits.bytes().all(|byte| byte.is_ascii_digit()).then_some(rest)
        });
        let Some((method, args)) = level.unwrap_or(rest).split_once('(') else { return false };
        let logs = self.rules.function(method).is_some();
        logs && args.strip_suffix(')').is_some_and(|args| self.calls_nothing(args))
    }

    /// `x` of `klog.x`.
    fn member<'c>(&self, code: &'c str) -> Option<&'c str> {
        code.strip_prefix(self.name)?.strip_prefix('.')
    }

    /// Whether a call of a name is no call in a graph.
    fn is_no_call(&self, name: &str) -> bool {
        let is_reference = |member: &str| self.rules.references.object.iter().any(|reference| reference == member);
        name == "len" || self.member(name).is_some_and(is_reference)
    }

    /// Whether the text between a call's brackets is whole, and calls nothing.
    fn calls_nothing(&self, args: &str) -> bool {
        let (mut depth, mut in_string, mut escaped) = (0u32, false, false);
        for (at, c) in args.char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' if in_string => escaped = true,
                '"' => in_string = !in_string,
                _ if in_string => {}
                '(' => {
                    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
                    let before = &args[..at];
                    let start = before.rfind(|c| !is_word(c)).map_or(0, |at| at + 1);
                    if !self.is_no_call(before.get(start..).unwrap_or_default()) {
                        return false;
                    }
                    depth += 1;
                }
                ')' => match depth.checked_sub(1) {
                    Some(less) => depth = less,
                    None => return false,
                },
                '`' | '\'' | '{' | '}' | ';' | '<' | '/' => return false,
                _ => {}
            }
        }
        depth == 0 && !in_string
    }
}

/// A text's lines; behind a last line break stands an empty one.
fn lines(source: &[u8]) -> impl Iterator<Item = &[u8]> {
    let ends = memchr::memchr_iter(b'\n', source).chain([source.len()]);
    ends.scan(0, |start, end| Some(&source[std::mem::replace(start, end + 1)..end]))
}

/// A blank line or a comment. What could end a block comment or a raw string, or speaks to a tool, says something.
fn says_nothing(code: &[u8]) -> bool {
    let is_comment = code.starts_with(b"//") && !code.starts_with(b"//go:") && !code.starts_with(b"//export");
    let ends_comment = || memchr::memchr_iter(b'*', code).any(|at| code.get(at + 1) == Some(&b'/'));
    code.is_empty() || (is_comment && memchr::memchr(b'`', code).is_none() && !ends_comment())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleSet;

    const BEFORE: &str = "package p\n\nimport \"k8s.io/klog/v2\"\n\nfunc f() {\n\tg()\n\th()\n}\n";

    fn shape(source: impl AsRef<str>) -> Shape {
        Shape::of(source.as_ref().as_bytes(), &RuleSet::load(None).unwrap().log_calls)
    }

    fn with(line: &str) -> String {
        BEFORE.replace("\tg()\n", &format!("\tg()\n{line}\n"))
    }

    #[test]
    fn edits_that_call_nothing_keep_the_shape() {
        let before = shape(BEFORE);
        for line in [
            "",
            "\t// a comment",
            "\tklog.Info(\"text (with) brackets\")",
            "\tklog.V(4).InfoS(\"Pod\", \"pod\", klog.KObj(pod), \"n\", len(list), \"x\", a.b[c])",
            "\tklog.Errorf(\"a \\\" quote %v\", err)",
        ] {
            let after = shape(with(line));
            assert!(before.fits(&after), "{line}");
            assert_eq!(before.line_in(&after, 6), Some(6), "{line}");
            assert_eq!(before.line_in(&after, 7), Some(8), "{line}");
            assert_eq!(after.line_in(&before, 8), Some(7), "{line}");
            assert_eq!(after.line_in(&before, 7), None, "{line}");
        }
    }

    #[test]
    fn edits_that_may_call_do_not() {
        let before = shape(BEFORE);
        for line in [
            "\tk()",
            "\tklog.Infof(\"%v\", k())",
            "\tklog.Infof(\"%v\", func() {})",
            "\tklog.Infof(\"a\"); k()",
            "\tklog.Infof(\"a\") /* open",
            "\tklog.Infof(\"a\",",
            "\tklog.Infof(\"%v\", T{})",
            "\tklog.Infof(\"%v\", <-c)",
            "\tklog.Other(\"a\")",
            "\t// the end */ k()",
            "\t// a raw string`, k()",
        ] {
            assert!(!before.fits(&shape(with(line))), "{line}");
        }
        // Where the word is, or may be, something else.
        for (from, to) in [
            ("k8s.io/klog", "example.com/other"),
            ("func f() {", "func f(klog logger) {"),
            ("\tg()\n", "\tklog := g()\n\tg()\n"),
            ("import \"k8s.io/klog/v2\"", "import (\n\t_ \"k8s.io/klog/v2\"\n\t\"example.com/klog\"\n)"),
        ] {
            let elsewhere = BEFORE.replace(from, to);
            let logs = elsewhere.replace("\tg()\n", "\tg()\n\tklog.Info(\"a\")\n");
            assert!(!shape(elsewhere).fits(&shape(logs)), "{to}");
        }
    }
}
