//! Functions that files are asked about, and which of them a file can mention, by its text alone.

use rustc_hash::{FxHashMap, FxHashSet};

use super::key::Key;
use super::sources::{Sources, dir_of};
use crate::go::syntax::word::words;

/// Functions that are asked for.
pub struct Asked {
    keys: FxHashSet<Key>,
    by_name: FxHashMap<Box<str>, Vec<Key>>,
    /// Where their names stand in one file, sorted.
    places: Vec<usize>,
}

impl Asked {
    /// Of these.
    pub fn new<'k>(keys: impl IntoIterator<Item = &'k Key>) -> Self {
        let keys: FxHashSet<Key> = keys.into_iter().cloned().collect();
        let mut by_name: FxHashMap<Box<str>, Vec<Key>> = FxHashMap::default();
        for key in &keys {
            by_name.entry(key.name.clone()).or_default().push(key.clone());
        }
        by_name.values_mut().for_each(|keys| keys.sort());
        Self { keys, by_name, places: Vec::new() }
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(|name| &**name)
    }

    /// All of them.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.keys.iter()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether a function is asked for.
    pub fn has(&self, key: &Key) -> bool {
        self.keys.contains(key)
    }

    /// The functions of this name.
    pub fn named(&self, name: &str) -> &[Key] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Whether their names stand between two offsets of a text: of that of [`Asked::in_file`], or if there was none, of this.
    pub fn is_in(&self, text: &[u8], (start, end): (usize, usize)) -> bool {
        if self.places.is_empty() {
            let text = text.get(start..end).unwrap_or_default();
            return self.names().any(|name| memchr::memmem::find(text, name.as_bytes()).is_some());
        }
        let first = self.places.partition_point(|place| *place < start);
        self.places.get(first).is_some_and(|place| *place < end)
    }

    /// Where their names stand between two offsets of a text, as [`Asked::is_in`] looks for them.
    pub fn places<'a>(&'a self, text: &'a [u8], (start, end): (usize, usize)) -> impl Iterator<Item = usize> {
        let is_known = !self.places.is_empty();
        let known = self.places.iter().copied().filter(move |place| (start..end).contains(place));
        let text = text.get(start..end).filter(|_| !is_known).unwrap_or_default();
        let found = self.names().flat_map(move |name| words(text, name.as_bytes()).map(move |at| start + at));
        known.chain(found)
    }

    /// Those of these names that a file can mention: one of their own package's, if it is `near`, else another.
    pub fn in_file(&self, names: &[&str], near: bool, path: &str, text: &[u8], sources: &Sources) -> Self {
        let dir = dir_of(path);
        let (mut keys, mut places): (Vec<&Key>, Vec<usize>) = (Vec::new(), Vec::new());
        for name in names {
            let mut asked = self.named(name).iter().filter(|key| (key.dir() == Some(dir)) == near).peekable();
            if asked.peek().is_some() {
                let (mentions, known) = (Mentions::of(name, text), keys.len());
                keys.extend(asked.filter(|key| mentions.can_be(key, path, text, sources)));
                if keys.len() > known {
                    places.extend(mentions.places);
                }
            }
        }
        places.sort_unstable();
        Self { places, ..Self::new(keys) }
    }
}

/// How a text mentions a name.
#[derive(Default)]
struct Mentions {
    places: Vec<usize>,
    /// Behind a dot, which may end the line before.
    selected: bool,
    /// As a word of its own.
    alone: bool,
    /// At the start of a line, before a parenthesis: as interfaces ask for it.
    asked_for: bool,
    /// Between parentheses: as methods are declared.
    declared: bool,
}

impl Mentions {
    fn of(name: &str, text: &[u8]) -> Self {
        let mut found = Self::default();
        for at in words(text, name.as_bytes()) {
            found.places.push(at);
            let before = text[..at].trim_ascii_end();
            // The dot may be a comment's, or stand before one.
            let (is_behind_dot, is_behind_comment) = (before.ends_with(b"."), ends_in_comment(before));
            found.selected |= is_behind_dot || is_behind_comment;
            found.alone |= !is_behind_dot || is_behind_comment;
            let opens = text.get(at + name.len()) == Some(&b'(');
            let last = text[..at].iter().rev().find(|b| !matches!(b, b' ' | b'\t'));
            found.asked_for |= last.is_none_or(|b| b"\n;{".contains(b)) && opens;
            found.declared |= last == Some(&b')') && opens;
        }
        found.asked_for &= memchr::memmem::find(text, b"interface").is_some();
        found
    }

    fn can_be(&self, key: &Key, path: &str, text: &[u8], sources: &Sources) -> bool {
        let dir = dir_of(path);
        let is_near = key.dir() == Some(dir);
        if key.receiver.is_empty() {
            let imports = || memchr::memmem::find(text, format!("\"{}\"", key.package.path).as_bytes()).is_some();
            return self.alone && is_near || (self.selected || self.alone) && imports();
        }
        let leads = || key.dir().is_some_and(|to| sources.leading_to(to).contains(dir));
        self.asked_for || self.declared && key.is_asked || self.alone && is_near || self.selected && leads()
    }
}

/// Whether what stands before a name ends in a comment.
fn ends_in_comment(before: &[u8]) -> bool {
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or_default();
    before.ends_with(b"*/") || memchr::memmem::find(line, b"//").is_some()
}
