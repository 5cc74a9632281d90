//! The files that a place may be in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use memchr::memmem;
use rayon::prelude::*;

use super::error::WireError;
use super::file::OpenFile;
use super::view::View;
use crate::go::files::Overlay;
use crate::go::files::{WalkOptions, walk};
use crate::go::parse::SourceFile;
use crate::rule::{Adopt, LogCalls, Patterns, Place, PlaceFile, Scope, Wire};
use crate::text::diagnostic::RelPath;
use crate::write::runtime::RuntimeOptions;

/// The checkout's files, listed when a pattern first asks for them.
pub(super) struct Files<'r> {
    root: &'r Path,
    /// Where the runtime package is.
    own: Vec<String>,
    scope: &'r Scope,
    view: View<'r>,
    sought: Sought<'r>,
    listed: Option<Vec<Listed<'r>>>,
}

/// What files are looked at for: each is read once for all of it.
pub(super) struct Sought<'r> {
    /// Places that are found by a text in files of a pattern: the text.
    anchors: Vec<(&'r Patterns, &'r str)>,
    adopt: &'r Adopt,
    /// Where work on objects begins one of these stands in the file, if there are any.
    marks: &'r [String],
}

/// A file, and what a look at it has told.
struct Listed<'r> {
    path: String,
    /// Whether it is of a program.
    is_main: bool,
    /// Whether work on an object may begin in it, or wait.
    works: bool,
    /// The texts in it that places are found by.
    anchors: Vec<&'r str>,
}

impl<'r> Sought<'r> {
    /// The places of these wires, and where work on objects begins.
    pub(super) fn new(wires: impl Iterator<Item = &'r Wire>, adopt: &'r Adopt, marks: &'r [String]) -> Self {
        let places = wires.flat_map(|wire| &wire.places);
        let anchors = places.filter_map(|place| match &place.file {
            PlaceFile::Matching(patterns) => Some((patterns, place.anchor.as_deref()?)),
            PlaceFile::Mains | PlaceFile::Path(_) => None,
        });
        Self { anchors: anchors.collect(), adopt, marks }
    }

    fn look(&self, path: &str, bytes: &[u8]) -> Listed<'r> {
        let has = |text: &str| memmem::find(bytes, text.as_bytes()).is_some();
        let has_one = |words: &[String]| words.iter().any(|word| has(word));
        let begins =
            || (has("\"context\"") || has_one(&self.adopt.queues)) && (self.marks.is_empty() || has_one(self.marks));
        let mut anchors: Vec<&str> = Vec::new();
        for (patterns, anchor) in &self.anchors {
            if !anchors.contains(anchor) && patterns.is_match(path) && has(anchor) {
                anchors.push(anchor);
            }
        }
        let works = !path.ends_with("_test.go") && !self.adopt.except.is_match(path) && begins();
        Listed { path: path.to_owned(), is_main: is_main(bytes), works, anchors }
    }
}

impl<'r> Files<'r> {
    pub(super) fn new(
        root: &'r Path,
        options: &'r RuntimeOptions,
        scope: &'r Scope,
        view: View<'r>,
        sought: Sought<'r>,
    ) -> Self {
        let own = options.places().into_iter().map(|(dir, _)| format!("{dir}/")).collect();
        Self { root, own, scope, view, sought, listed: None }
    }

    /// The files that the place may be in, sorted. A file that is named is in the list whether or not it exists.
    pub(super) fn matching(&mut self, place: &Place) -> Result<Vec<String>, WireError> {
        let patterns = match &place.file {
            PlaceFile::Mains => return self.mains(),
            PlaceFile::Path(path) => return Ok(vec![path.clone()]),
            PlaceFile::Matching(patterns) => patterns,
        };
        let Some(anchor) = place.anchor.as_deref() else { return Ok(Vec::new()) };
        let is_one = |file: &&Listed<'_>| file.anchors.contains(&anchor) && patterns.is_match(&file.path);
        Ok(self.list()?.iter().filter(is_one).map(|file| file.path.clone()).collect())
    }

    fn list(&mut self) -> Result<&[Listed<'r>], WireError> {
        if self.listed.is_none() {
            let walked = walk(self.root, &WalkOptions::default(), self.scope);
            let takes =
                |path: &&RelPath| !self.own.iter().any(|own| path.starts_with(own)) && (self.view.takes)(path, false);
            let paths: Vec<&RelPath> = walked.files.iter().filter(takes).collect();
            let (root, overlay, sought) = (self.root, self.view.overlay, &self.sought);
            let look = |path: &&RelPath| lend(root, overlay, path, |bytes| sought.look(path, bytes));
            self.listed = Some(paths.par_iter().map(look).collect::<Result<_, _>>()?);
        }
        Ok(self.listed.as_deref().unwrap_or_default())
    }

    /// Files in which work on an object may begin, or wait: those that import contexts or queues and, if there are any, one of the marks.
    pub(super) fn working(&mut self) -> Result<Vec<String>, WireError> {
        Ok(self.list()?.iter().filter(|file| file.works).map(|file| file.path.clone()).collect())
    }

    /// Files of the packages that become programs.
    fn mains(&mut self) -> Result<Vec<String>, WireError> {
        let takes = self.view.takes;
        let mains = self.list()?.iter().filter(|file| file.is_main && takes(&file.path, true));
        Ok(mains.map(|file| file.path.clone()).collect())
    }

    /// Files of the programs that log, by directory.
    pub(super) fn programs(&mut self, log_calls: &LogCalls) -> Result<BTreeMap<String, Vec<String>>, WireError> {
        let mut programs: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut speaking = BTreeSet::new();
        for path in self.mains()?.into_iter().filter(|path| !path.ends_with("_test.go")) {
            let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir).to_owned();
            if lend(self.root, self.view.overlay, &path, |bytes| log_calls.are_in(bytes))? {
                speaking.insert(dir.clone());
            }
            programs.entry(dir).or_default().push(path);
        }
        programs.retain(|dir, _| speaking.contains(dir));
        Ok(programs)
    }

    /// Whether the checkout has a program.
    pub(super) fn has_mains(&mut self) -> Result<bool, WireError> {
        Ok(!self.mains()?.is_empty())
    }

    /// A file with its tree, or none if it does not exist.
    pub(super) fn open(&self, path: &str, import: &str) -> Result<Option<OpenFile>, WireError> {
        open(self.root, self.view.overlay, path, import)
    }
}

/// Has a file looked at; one that does not exist is empty.
fn lend<T>(root: &Path, overlay: &Overlay, path: &str, look: impl Fn(&[u8]) -> T) -> Result<T, WireError> {
    match overlay.lend(root, path, &look) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(look(&[])),
        lent => lent.map_err(|source| WireError::Read { path: path.to_owned(), source }),
    }
}

/// Whether a file is of a program: its package clause stands on a line of its own.
fn is_main(bytes: &[u8]) -> bool {
    const CLAUSE: &[u8] = b"package main";
    memmem::find_iter(bytes, CLAUSE).any(|at| {
        let line = bytes[at + CLAUSE.len()..].split(|&b| b == b'\n').next().unwrap_or_default();
        (at == 0 || bytes[at - 1] == b'\n') && line.trim_ascii().is_empty()
    })
}

/// A file with its tree, or none if it does not exist.
pub(super) fn open(root: &Path, overlay: &Overlay, path: &str, import: &str) -> Result<Option<OpenFile>, WireError> {
    open_part(root, overlay, path, import, &|_| true)
}

/// As [`open`], without those functions whose text is not wanted.
pub(super) fn open_part(
    root: &Path,
    overlay: &Overlay,
    path: &str,
    import: &str,
    wants: &dyn Fn(&[u8]) -> bool,
) -> Result<Option<OpenFile>, WireError> {
    let Some(bytes) = read(root, overlay, path)? else { return Ok(None) };
    let bytes: Arc<[u8]> = bytes.into();
    let source = SourceFile { path: path.into(), bytes: bytes.clone() };
    let parsed = crate::go::parse::parse_part(source, &|part| wants(part.text))
        .map_err(|diagnostic| WireError::Unparsed { path: path.to_owned(), reason: diagnostic.message })?;
    Ok(Some(OpenFile::new(bytes, parsed, import.to_owned())))
}

/// A file's bytes, or none if it does not exist.
pub(super) fn read(root: &Path, overlay: &Overlay, path: &str) -> Result<Option<Vec<u8>>, WireError> {
    match overlay.read(root, path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(WireError::Read { path: path.to_owned(), source }),
    }
}
