//! The files that a place may be in.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use memchr::memmem;

use super::error::WireError;
use super::file::OpenFile;
use super::view::View;
use crate::go::files::Overlay;
use crate::go::files::{WalkOptions, walk};
use crate::go::parse::SourceFile;
use crate::rule::{Adopt, LogCalls, Place, PlaceFile, Scope};
use crate::write::runtime::RuntimeOptions;

/// The checkout's files, listed when a pattern first asks for them.
pub(super) struct Files<'r> {
    root: &'r Path,
    /// Where the runtime package is.
    own: Vec<String>,
    scope: &'r Scope,
    view: View<'r>,
    listed: Option<Vec<String>>,
    mains: Option<Vec<String>>,
}

impl<'r> Files<'r> {
    pub(super) fn new(root: &'r Path, options: &'r RuntimeOptions, scope: &'r Scope, view: View<'r>) -> Self {
        let own = options.places().into_iter().map(|(dir, _)| format!("{dir}/")).collect();
        Self { root, own, scope, view, listed: None, mains: None }
    }

    /// The files that the place may be in, sorted. A file that is named is in the list whether or not it exists.
    pub(super) fn matching(&mut self, place: &Place) -> Result<Vec<String>, WireError> {
        let patterns = match &place.file {
            PlaceFile::Mains => return self.mains(),
            PlaceFile::Path(path) => return Ok(vec![path.clone()]),
            PlaceFile::Matching(patterns) => patterns,
        };
        let Some(anchor) = &place.anchor else { return Ok(Vec::new()) };
        let listed = self.list()?.to_vec();
        let finder = memmem::Finder::new(anchor.as_bytes());
        let mut found = Vec::new();
        for path in listed.into_iter().filter(|path| patterns.is_match(path)) {
            if self.lend(&path, |bytes| finder.find(bytes).is_some())? {
                found.push(path);
            }
        }
        Ok(found)
    }

    fn list(&mut self) -> Result<&[String], WireError> {
        if self.listed.is_none() {
            let walked = walk(self.root, &WalkOptions::default(), self.scope);
            let takes =
                |path: &String| !self.own.iter().any(|own| path.starts_with(own)) && (self.view.takes)(path, false);
            let paths = walked.files.iter().map(ToString::to_string).filter(takes);
            self.listed = Some(paths.collect());
        }
        Ok(self.listed.as_deref().unwrap_or_default())
    }

    /// Files in which work on an object may begin, or wait: those that import contexts or queues and, if there are any, one of the marks.
    pub(super) fn working(&mut self, adopt: &Adopt, marks: &[String]) -> Result<Vec<String>, WireError> {
        let context = memmem::Finder::new(b"\"context\"");
        let mut found = Vec::new();
        for path in self.list()?.to_vec() {
            if path.ends_with("_test.go") || adopt.except.is_match(&path) {
                continue;
            }
            let may_begin = |bytes: &[u8]| {
                let has_one =
                    |words: &[String]| words.iter().any(|word| memmem::find(bytes, word.as_bytes()).is_some());
                (context.find(bytes).is_some() || has_one(&adopt.queues)) && (marks.is_empty() || has_one(marks))
            };
            if self.lend(&path, may_begin)? {
                found.push(path);
            }
        }
        Ok(found)
    }

    /// Files of the packages that become programs.
    fn mains(&mut self) -> Result<Vec<String>, WireError> {
        if let Some(mains) = &self.mains {
            return Ok(mains.clone());
        }
        let mut found = Vec::new();
        for path in self.list()?.to_vec() {
            if self.lend(&path, is_main)? && (self.view.takes)(&path, true) {
                found.push(path);
            }
        }
        self.mains = Some(found.clone());
        Ok(found)
    }

    /// Files of the programs that log, by directory.
    pub(super) fn programs(&mut self, log_calls: &LogCalls) -> Result<BTreeMap<String, Vec<String>>, WireError> {
        let mut programs: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut speaking = BTreeSet::new();
        for path in self.mains()?.into_iter().filter(|path| !path.ends_with("_test.go")) {
            let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir).to_owned();
            if self.lend(&path, |bytes| log_calls.are_in(bytes))? {
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

    /// Has a file looked at; one that does not exist is empty.
    fn lend<T>(&self, path: &str, look: impl Fn(&[u8]) -> T) -> Result<T, WireError> {
        match self.view.overlay.lend(self.root, path, &look) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(look(&[])),
            lent => lent.map_err(|source| WireError::Read { path: path.to_owned(), source }),
        }
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
