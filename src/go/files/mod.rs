//! The checkout's Go files: what is read, and what is left alone with its reason.

mod component;
mod generated;
mod overlay;
mod root;
mod shard;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use borsh::{BorshDeserialize, BorshSerialize};
use walkdir::{DirEntry, WalkDir};

pub use component::component;
pub use generated::GeneratedFiles;
pub use overlay::{Overlay, lend};
pub use root::{Root, RootError};
pub use shard::{Shard, ShardError};

use crate::rule::{Patterns, Scope};
use crate::text::diagnostic::{Diagnostic, RelPath};

/// Reason for test files.
pub const TESTS: &str = "test files (--tests takes them)";
/// Reason for generated files.
pub const GENERATED: &str = "generated files";
/// Reason for symbolic links.
pub const LINK: &str = "symbolic links (their targets are read where they stand)";
/// Reason for what the configuration excludes.
pub const EXCLUDED: &str = "excluded by klogmod.toml";

/// Entries of a linked directory among which Go files are looked for, at most.
const MAX_LOOKED_AT: usize = 5000;

/// What to walk.
#[derive(Clone, Debug, Default)]
pub struct WalkOptions {
    /// Paths relative to the root that narrow the walk; empty: all of it.
    pub narrow: Vec<RelPath>,
    /// Whether `_test.go` files are taken.
    pub tests: bool,
    /// Patterns of paths to leave alone.
    pub exclude: Patterns,
    /// Files that are taken though they are not on disk.
    pub unsaved: Vec<RelPath>,
    /// Files beside the code that are listed.
    pub texts: TextFiles,
}

/// Which files are listed beside the code, by their names; as it is by default, none.
#[derive(Clone, Debug, Default, BorshSerialize, BorshDeserialize)]
pub struct TextFiles {
    /// Ends of their names.
    pub suffixes: Vec<String>,
    /// Directories without code of the tree that have such files, too.
    pub directories: Vec<String>,
}

impl TextFiles {
    /// Whether a file of this name is one.
    pub fn has(&self, name: &str) -> bool {
        self.suffixes.iter().any(|suffix| name.ends_with(suffix.as_str()))
    }
}

/// The result of a walk.
#[derive(Debug, Default)]
pub struct Walk {
    /// Go files to read, sorted.
    pub files: Vec<RelPath>,
    /// How many files or directories were left alone, by reason.
    pub left_alone: BTreeMap<String, usize>,
    /// Links to what is read nowhere else, sorted.
    pub links: Vec<RelPath>,
    /// Files beside the code, as far as they were asked for, sorted.
    pub texts: Vec<RelPath>,
    /// What could not be walked.
    pub diagnostics: Vec<Diagnostic>,
}

impl Walk {
    /// Drops what belongs to other shards.
    pub fn keep(&mut self, shard: Shard) {
        self.files.retain(|path| shard.takes(path));
        if !shard.is_first() {
            self.left_alone.clear();
            self.links.clear();
            self.diagnostics.clear();
        }
    }
}

/// Walks the checkout at `root` in the order of names; symbolic links are never followed.
pub fn walk(root: &Path, options: &WalkOptions, scope: &Scope) -> Walk {
    let walker = Walker { root, options, scope };
    let mut walk = Walk::default();
    let mut files = BTreeSet::new();
    let starts: Vec<PathBuf> = match options.narrow.as_slice() {
        [] => vec![root.to_owned()],
        narrow => narrow.iter().map(|path| root.join(&**path)).collect(),
    };
    for start in starts {
        walker.start(&start, &mut walk, &mut files);
    }
    walk.texts.sort();
    walk.texts.dedup();
    walk.files = files.into_iter().collect();
    walk
}

struct Walker<'a> {
    root: &'a Path,
    options: &'a WalkOptions,
    scope: &'a Scope,
}

impl Walker<'_> {
    fn start(&self, start: &Path, walk: &mut Walk, files: &mut BTreeSet<RelPath>) {
        // What stands above a narrowing path counts as well: `klogmod plan . vendor/x` leaves vendor alone.
        let above = start.strip_prefix(self.root).unwrap_or(Path::new(""));
        let reason = above.components().find_map(|part| self.leave(&part.as_os_str().to_string_lossy(), true));
        if let Some(reason) = reason {
            *walk.left_alone.entry(reason.to_owned()).or_default() += 1;
            return;
        }
        if let Some(path) = self.options.unsaved.iter().find(|path| start == self.root.join(&***path)) {
            files.insert(path.clone());
            return;
        }
        let mut entries = WalkDir::new(start).follow_links(false).sort_by_file_name().into_iter();
        while let Some(entry) = entries.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => {
                    let path = error.path().map_or("".into(), |path| self.shown(path));
                    let what = error.io_error().map_or("cannot be walked".to_owned(), ToString::to_string);
                    walk.diagnostics.push(Diagnostic::error(path, format!("not analysed: {what}")));
                    continue;
                }
            };
            let reason = self.reason(&entry);
            if matches!(reason, Ok(_) | Err(TESTS)) {
                self.list(&entry, walk);
            }
            match reason {
                Ok(true) => self.take(&entry, walk, files),
                Ok(false) if entry.file_type().is_symlink() && self.leads_to_code(entry.path()) => {
                    walk.links.extend(relative(self.root, entry.path()));
                }
                Ok(false) => {}
                Err(reason) => {
                    if entry.file_type().is_symlink() && !self.is_read_elsewhere(entry.path()) {
                        walk.links.extend(relative(self.root, entry.path()));
                    }
                    *walk.left_alone.entry(reason.to_owned()).or_default() += 1;
                    if entry.file_type().is_dir() {
                        self.list_below(&entry, walk);
                        entries.skip_current_dir();
                    }
                }
            }
        }
    }

    /// Lists a file beside the code.
    fn list(&self, entry: &DirEntry, walk: &mut Walk) {
        if entry.file_type().is_file() && entry.file_name().to_str().is_some_and(|name| self.options.texts.has(name)) {
            walk.texts.extend(relative(self.root, entry.path()));
        }
    }

    /// Lists files of a directory that has no code of the tree.
    fn list_below(&self, dir: &DirEntry, walk: &mut Walk) {
        let named = |name: &String| dir.file_name().to_str() == Some(name);
        if !self.options.texts.directories.iter().any(named) || self.is_excluded(dir) {
            return;
        }
        let below = WalkDir::new(dir.path()).follow_links(false).into_iter().flatten();
        below
            .filter(|entry| entry.path().extension().is_none_or(|end| end != "go"))
            .for_each(|entry| self.list(&entry, walk));
    }

    fn is_excluded(&self, entry: &DirEntry) -> bool {
        entry.path().strip_prefix(self.root).is_ok_and(|path| self.options.exclude.is_match(path))
    }

    fn take(&self, entry: &DirEntry, walk: &mut Walk, files: &mut BTreeSet<RelPath>) {
        match relative(self.root, entry.path()) {
            Some(path) => {
                files.insert(path);
            }
            None => {
                let shown = self.shown(entry.path());
                walk.diagnostics.push(Diagnostic::error(shown, "not analysed: the file's name is not UTF-8"));
            }
        }
    }

    /// Whether an entry is a Go file to read, or why it is left alone.
    fn reason(&self, entry: &DirEntry) -> Result<bool, &str> {
        let name = entry.file_name().to_string_lossy();
        let is_dir = entry.file_type().is_dir();
        let is_go = name.ends_with(".go");
        if (is_dir || is_go)
            && entry.path() != self.root
            && let Some(reason) = self.leave(&name, is_dir)
        {
            return Err(reason);
        }
        if (is_dir || is_go) && self.is_excluded(entry) {
            return Err(EXCLUDED);
        }
        if !is_go || is_dir {
            return Ok(false);
        }
        if entry.file_type().is_symlink() {
            return Err(LINK);
        }
        if name.ends_with("_test.go") && !self.options.tests {
            return Err(TESTS);
        }
        Ok(entry.file_type().is_file())
    }

    fn leave(&self, name: &str, is_dir: bool) -> Option<&str> {
        if is_dir { self.scope.leaves(name) } else { self.scope.leaves_file(name) }
    }

    /// Whether what a link leads to is read where it stands.
    fn is_read_elsewhere(&self, link: &Path) -> bool {
        let target = link.canonicalize().ok();
        let Some(target) = target.as_deref().and_then(|target| target.strip_prefix(self.root).ok()) else {
            return false;
        };
        let mut parts: Vec<_> = target.iter().map(|part| part.to_string_lossy()).collect();
        let name = parts.pop().unwrap_or_default();
        name.ends_with(".go")
            && self.scope.leaves_file(&name).is_none()
            && parts.iter().all(|part| self.scope.leaves(part).is_none())
            && !self.options.exclude.is_match(target)
    }

    /// Whether a link leads to a directory with Go files that is read nowhere else.
    fn leads_to_code(&self, link: &Path) -> bool {
        let Some(target) = link.canonicalize().ok().filter(|target| target.is_dir()) else { return false };
        let is_left = |path: &Path| path.iter().any(|part| self.scope.leaves(&part.to_string_lossy()).is_some());
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.to_owned());
        // A link to what it stands in leads nowhere.
        if root.starts_with(&target) || target.strip_prefix(&root).is_ok_and(|path| !is_left(path)) {
            return false;
        }
        let below = WalkDir::new(&target).follow_links(false).into_iter().flatten().take(MAX_LOOKED_AT);
        below
            .into_iter()
            .any(|entry| entry.file_type().is_file() && entry.path().extension().is_some_and(|end| end == "go"))
    }

    fn shown(&self, path: &Path) -> RelPath {
        path.strip_prefix(self.root).unwrap_or(path).to_string_lossy().into()
    }
}

/// A path below `root` with `/` between its parts; `None` if it is not UTF-8 or not below.
pub fn relative(root: &Path, path: &Path) -> Option<RelPath> {
    let parts: Option<Vec<_>> = path.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/").into())
}
