//! The files that a place may be in.

use std::path::Path;
use std::sync::Arc;

use super::error::WireError;
use super::file::OpenFile;
use super::view::View;
use crate::go::files::{WalkOptions, walk};
use crate::go::parse::SourceFile;
use crate::rule::{Place, PlaceFile, Scope};
use crate::write::runtime::RuntimeOptions;

/// The checkout's files, listed when a pattern first asks for them.
pub(super) struct Files<'r> {
    root: &'r Path,
    package_dir: &'r str,
    scope: &'r Scope,
    view: View<'r>,
    listed: Option<Vec<String>>,
    mains: Option<Vec<String>>,
}

impl<'r> Files<'r> {
    pub(super) fn new(root: &'r Path, options: &'r RuntimeOptions, scope: &'r Scope, view: View<'r>) -> Self {
        Self { root, package_dir: &options.package_dir, scope, view, listed: None, mains: None }
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
        let finder = memchr::memmem::Finder::new(anchor.as_bytes());
        let mut found = Vec::new();
        for path in listed.into_iter().filter(|path| patterns.is_match(path)) {
            if finder.find(&self.read(&path)?.unwrap_or_default()).is_some() {
                found.push(path);
            }
        }
        Ok(found)
    }

    fn list(&mut self) -> Result<&[String], WireError> {
        if self.listed.is_none() {
            let walked = walk(self.root, &WalkOptions::default(), self.scope);
            let own = format!("{}/", self.package_dir);
            let takes = |path: &String| !path.starts_with(&own) && (self.view.takes)(path, false);
            let paths = walked.files.iter().map(ToString::to_string).filter(takes);
            self.listed = Some(paths.collect());
        }
        Ok(self.listed.as_deref().unwrap_or_default())
    }

    /// Files of the packages that become programs.
    fn mains(&mut self) -> Result<Vec<String>, WireError> {
        if let Some(mains) = &self.mains {
            return Ok(mains.clone());
        }
        let mut found = Vec::new();
        for path in self.list()?.to_vec() {
            let bytes = self.read(&path)?.unwrap_or_default();
            let main = bytes.split(|&b| b == b'\n').any(|line| line.trim_ascii_end() == b"package main");
            if main && (self.view.takes)(&path, true) {
                found.push(path);
            }
        }
        self.mains = Some(found.clone());
        Ok(found)
    }

    /// Whether the checkout has a program.
    pub(super) fn has_mains(&mut self) -> Result<bool, WireError> {
        Ok(!self.mains()?.is_empty())
    }

    /// A file with its tree, or none if it does not exist.
    pub(super) fn open(&self, path: &str, import: &str) -> Result<Option<OpenFile>, WireError> {
        let Some(bytes) = self.read(path)? else { return Ok(None) };
        let bytes: Arc<[u8]> = bytes.into();
        let source = SourceFile { path: path.into(), bytes: bytes.clone() };
        let parsed = crate::go::parse::parse(source)
            .map_err(|diagnostic| WireError::Unparsed { path: path.to_owned(), reason: diagnostic.message })?;
        Ok(Some(OpenFile::new(bytes, parsed, import.to_owned())))
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, WireError> {
        match self.view.overlay.read(self.root, path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(WireError::Read { path: path.to_owned(), source }),
        }
    }
}
