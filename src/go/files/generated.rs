//! Files that a repository declares generated: `.generated_files` and `linguist-generated`.

use std::cell::RefCell;
use std::io::ErrorKind;
use std::path::Path;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::text::diagnostic::Diagnostic;
use crate::text::digest::{Digest, Hasher};
use crate::text::disk;

/// Declarations at the root of a checkout.
#[derive(Debug, Default)]
pub struct GeneratedFiles {
    path_prefixes: Vec<String>,
    file_prefixes: Vec<String>,
    file_names: Vec<String>,
    paths: Vec<String>,
    attributes: GlobSet,
    digest: Digest,
    complaints: Vec<Diagnostic>,
}

impl GeneratedFiles {
    /// Reads both files at the root; a missing one declares nothing, and so does one that cannot be read, which is said.
    pub fn load(root: &Path) -> Self {
        let hasher = RefCell::new(Hasher::default());
        let complaints = RefCell::new(Vec::new());
        let read = |name: &str| {
            let text = match disk::within(root, name, disk::DECLARATION) {
                Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(error) => {
                    if error.kind() != ErrorKind::NotFound {
                        let complaint = Diagnostic::warning(name, error.to_string());
                        complaints.borrow_mut().push(complaint.help("no file counts as generated because of it"));
                    }
                    String::new()
                }
            };
            hasher.borrow_mut().part(name).part(&text);
            text
        };
        let mut files = Self { attributes: attributes(&read(".gitattributes")), ..Self::default() };
        files.generated_files(&read(".generated_files"), &read);
        files.complaints = complaints.take();
        hasher.borrow_mut().part(format!("{:?}", files.complaints));
        files.digest = hasher.borrow().finish();
        files
    }

    /// The format of test-infra's genfiles: `path-prefix`, `file-prefix`, `file-name`, `path`, `paths-from-repo`.
    fn generated_files(&mut self, text: &str, read: &dyn Fn(&str) -> String) {
        for line in text.lines() {
            let line = line.trim();
            let Some((kind, value)) = line.split_once(char::is_whitespace).filter(|_| !line.starts_with('#')) else {
                continue;
            };
            let value = value.trim();
            match kind {
                "path-prefix" => self.path_prefixes.push(value.to_owned()),
                "file-prefix" => self.file_prefixes.push(value.to_owned()),
                "file-name" => self.file_names.push(value.to_owned()),
                "path" => self.paths.push(value.to_owned()),
                "paths-from-repo" => self.paths.extend(read(value).lines().map(|l| l.trim().to_owned())),
                _ => {}
            }
        }
    }

    /// What could not be read.
    pub fn complaints(&self) -> &[Diagnostic] {
        &self.complaints
    }

    /// Names what was read.
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// Whether a path is declared generated.
    pub fn contains(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        self.path_prefixes.iter().any(|prefix| path.starts_with(prefix.as_str()))
            || self.file_prefixes.iter().any(|prefix| name.starts_with(prefix.as_str()))
            || self.file_names.iter().any(|n| n == name)
            || self.paths.iter().any(|p| p == path)
            || self.attributes.is_match(path)
    }
}

/// Patterns with `linguist-generated` or `linguist-generated=true`; a pattern without `/` matches in any directory.
fn attributes(text: &str) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for line in text.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let mut words = line.split_whitespace();
        let Some(pattern) = words.next() else { continue };
        if !words.any(|w| w == "linguist-generated" || w == "linguist-generated=true") {
            continue;
        }
        let anchored = pattern.trim_start_matches('/');
        let glob = if anchored.contains('/') { anchored.to_owned() } else { format!("**/{anchored}") };
        if let Ok(glob) = GlobBuilder::new(&glob).literal_separator(true).build() {
            set.add(glob);
        }
    }
    set.build().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_those_of_genfiles_and_linguist() {
        let mut files = GeneratedFiles {
            attributes: attributes("*.pb.go linguist-generated=true\n/api/*.go linguist-generated\n*.md text\n"),
            ..Default::default()
        };
        files.generated_files("# x\nfile-prefix zz_generated.\npath-prefix docs/\nfile-name types_swagger_doc_generated.go\npath a/b.go\npaths-from-repo list\n", &|_| "c/d.go\n".to_owned());
        let yes = [
            "x/zz_generated.deepcopy.go",
            "docs/a.go",
            "p/types_swagger_doc_generated.go",
            "a/b.go",
            "c/d.go",
            "x/y/a.pb.go",
            "api/a.go",
        ];
        for path in yes {
            assert!(files.contains(path), "{path}");
        }
        for path in ["x/a.go", "api/x/a.go", "a/b.go.go", "x/docs/a.go"] {
            assert!(!files.contains(path), "{path}");
        }
    }
}
