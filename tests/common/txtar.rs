//! Archives of text files in one file: `-- name --` lines part them, a comment stands in front.

use std::path::Path;

/// An archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Archive {
    /// What stands before the first file.
    pub comment: String,
    /// Names and contents, in their order.
    pub files: Vec<(String, String)>,
}

impl Archive {
    /// Reads a text; every text is an archive.
    pub fn parse(text: &str) -> Self {
        let mut archive = Self::default();
        for line in text.split_inclusive('\n') {
            let marker = line.trim_end().strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --"));
            match (marker, archive.files.last_mut()) {
                (Some(name), _) => archive.files.push((name.trim().to_owned(), String::new())),
                (None, Some((_, content))) => content.push_str(line),
                (None, None) => archive.comment.push_str(line),
            }
        }
        archive
    }

    /// Reads a file.
    pub fn load(path: &Path) -> Self {
        Self::parse(&std::fs::read_to_string(path).unwrap())
    }

    /// The text that reads as this archive.
    pub fn render(&self) -> String {
        let files = self.files.iter().map(|(name, content)| format!("-- {name} --\n{content}"));
        std::iter::once(self.comment.clone()).chain(files).collect()
    }

    /// Contents of a file.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.files.iter().find(|(known, _)| known == name).map(|(_, content)| content.as_str())
    }

    /// Sets the contents of a file; a new one goes to the end.
    pub fn set(&mut self, name: &str, content: String) {
        match self.files.iter_mut().find(|(known, _)| known == name) {
            Some((_, old)) => *old = content,
            None => self.files.push((name.to_owned(), content)),
        }
    }

    /// Values of a directive: lines `name: value` of the comment.
    pub fn directive(&self, name: &str) -> Option<&str> {
        self.comment.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
    }
}
