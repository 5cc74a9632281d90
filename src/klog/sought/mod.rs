//! Text that files of the checkout look for in logs: tests that capture what klog prints, scripts that search it, rules that ship
//! or alert on it, recorded output.
//!
//! In come files by their names and bytes, out come such texts with their lines; and, of a line that changes, who looks for what it
//! no longer says. Without a distinctive text nothing is said: a common word would be found everywhere.

mod fit;
mod go_test;
mod lines;
mod piece;
mod text;

use std::collections::BTreeMap;

use crate::klog::format::{Part, Template};
use crate::rule::Sought;
use crate::text::diagnostic::RelPath;

pub use text::Text;
use text::neighbours;

/// What one file looks for, in the order of its lines.
pub type FileTexts = (RelPath, Vec<Text>);

/// Files beyond this are not searched: 1 MiB. What people write by hand is smaller.
pub const MAX_SIZE: u64 = 1 << 20;
/// Places that one fix names.
const MOST: usize = 3;

/// What a file looks for.
pub fn texts(path: &str, bytes: &[u8], rules: &Sought) -> Vec<Text> {
    let ends = |suffixes: &[String]| suffixes.iter().any(|suffix| path.ends_with(suffix.as_str()));
    let mut found = if ends(&rules.go.suffixes) {
        go_test::texts(bytes, &rules.go)
    } else if ends(&rules.scripts.suffixes) {
        lines::of_script(bytes, &rules.scripts)
    } else if ends(&rules.readers.suffixes) {
        lines::of_reader(bytes, &rules.readers)
    } else {
        lines::recorded(bytes)
    };
    found.sort();
    found.dedup();
    found
}

/// All that a checkout looks for.
#[derive(Debug, Default)]
pub struct SoughtTexts {
    texts: Vec<(RelPath, Text)>,
    /// Places in `texts` by two words that follow each other.
    by_words: BTreeMap<(String, String), Vec<usize>>,
}

impl SoughtTexts {
    /// Of what files look for.
    pub fn new(files: &[FileTexts]) -> Self {
        let mut all = Self::default();
        for (path, text) in files.iter().flat_map(|(path, texts)| texts.iter().map(move |text| (path, text))) {
            let at = all.texts.len();
            for (one, next) in neighbours(&text.text) {
                all.by_words.entry((one.to_owned(), next.to_owned())).or_default().push(at);
            }
            all.texts.push((path.clone(), text.clone()));
        }
        all
    }

    /// Where text of a line's old form is looked for that the new `message` does not have; the line is printed in the file `path`.
    /// `None` where nobody does.
    pub fn lost(&self, path: &str, old: &Template<'_>, message: &str) -> Option<String> {
        if self.texts.is_empty() {
            return None;
        }
        let parts = parts(old);
        let mut near: Vec<usize> = parts
            .iter()
            .flatten()
            .flat_map(|text| neighbours(text))
            .filter_map(|(one, next)| self.by_words.get(&(one.to_owned(), next.to_owned())))
            .flatten()
            .copied()
            .collect();
        near.sort_unstable();
        near.dedup();
        let places = near.into_iter().filter_map(|at| self.texts.get(at)).filter(|(file, sought)| {
            let common = fit::common(&parts, &sought.text);
            common.is_distinctive(is_near(file, path)) && !message.contains(sought.text.as_str())
        });
        let mut places: Vec<String> = places.map(|(file, sought)| format!("{file}:{}", sought.line)).collect();
        places.dedup();
        let more = places.len().saturating_sub(MOST);
        places.truncate(MOST);
        let shown = places.join(", ");
        match (places.is_empty(), more) {
            (true, _) => None,
            (false, 0) => Some(shown),
            (false, more) => Some(format!("{shown} and {more} more")),
        }
    }
}

/// Constant text as it is, anything else as `None`; the line break at the end goes.
fn parts(template: &Template<'_>) -> Vec<Option<String>> {
    let mut parts: Vec<Option<String>> = Vec::new();
    for part in &template.parts {
        match (part, parts.last_mut()) {
            (Part::Text(text), Some(Some(before))) => before.push_str(text),
            (Part::Text(text), _) => parts.push(Some(text.clone())),
            (Part::Hole(_), _) => parts.push(None),
        }
    }
    if let Some(Some(last)) = parts.last_mut() {
        last.truncate(last.trim_end().len());
    }
    parts
}

/// Whether a file stands in the directory of another one, or below it.
fn is_near(file: &str, other: &str) -> bool {
    let dir = other.rsplit_once('/').map_or("", |(dir, _)| dir);
    match file.strip_prefix(dir) {
        Some(rest) if dir.is_empty() => !rest.contains('/'),
        Some(rest) => rest.starts_with('/'),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_near_in_the_same_directory_and_below() {
        for (file, other, near) in [
            ("pkg/a/x_test.go", "pkg/a/x.go", true),
            ("pkg/a/testdata/x.golden", "pkg/a/x.go", true),
            ("pkg/ab/x_test.go", "pkg/a/x.go", false),
            ("x_test.go", "x.go", true),
            ("pkg/x_test.go", "x.go", false),
            ("pkg/x_test.go", "pkg/a/x.go", false),
        ] {
            assert_eq!(is_near(file, other), near, "{file} {other}");
        }
    }
}
