//! One file: what is put into it, and its imports.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::adopt::{self, Begins, Ground, Sibling};
use super::entry;
use super::error::WireError;
use super::place::{self, Insertion};
use crate::go::index::Imports;
use crate::go::parse::{ParsedFile, SourceFile, parse_wanted};
use crate::go::syntax::outline::{Decl, outline};
use crate::go::types::FileTypes;
use crate::rule::{At, Place, RuleSet};
use crate::text::{Edit, FileChange, Span, apply_edits};
use crate::write::edit::import_edits;
use crate::write::reason::Obstacle;
use crate::write::runtime::RuntimeOptions;

/// A file that gets calls.
pub(super) struct OpenFile {
    bytes: Arc<[u8]>,
    parsed: ParsedFile,
    /// The package's import path, as the file's directory may name it.
    import: String,
    insertions: Vec<Insertion>,
}

impl OpenFile {
    pub(super) fn new(bytes: Arc<[u8]>, parsed: ParsedFile, import: String) -> Self {
        Self { bytes, parsed, import, insertions: Vec::new() }
    }

    pub(super) fn text(&self) -> &str {
        self.parsed.text(self.parsed.tree.root_node())
    }

    /// What the place gets: nothing if it has it already. An error says why a person must add it.
    pub(super) fn insertions(
        &self,
        place: &Place,
        options: &RuntimeOptions,
        each: bool,
    ) -> Result<Vec<Insertion>, Obstacle> {
        let package = self.package(options)?;
        match place.at {
            At::Entry => entry::find(&self.parsed, place, &package),
            _ => place::find(&self.parsed, place, &package, each),
        }
    }

    /// Where work on objects begins in it, and where objects go through queues.
    pub(super) fn begins(
        &self,
        types: &FileTypes<'_, '_>,
        rules: &RuleSet,
        options: &RuntimeOptions,
    ) -> [Vec<Begins>; 2] {
        let (package, taken) = match self.package(options) {
            Ok(package) => (package, None),
            Err(taken) => (options.package().to_owned(), Some(taken)),
        };
        let ground = Ground { file: &self.parsed, types, rules, package: &package };
        [adopt::find(&ground), adopt::queues(&ground)].map(|found| match &taken {
            Some(taken) => found.into_iter().map(|begins| begins.by_hand(taken)).collect(),
            None => found,
        })
    }

    /// The places that change already.
    pub(super) fn taken(&self) -> Vec<Span> {
        self.insertions.iter().flat_map(|insertion| &insertion.edits).map(|edit| edit.span).collect()
    }

    /// What the search for requests of nobody knows of it: `taken` are places in which an object is adopted already.
    pub(super) fn sibling<'f>(
        &'f self,
        path: &'f str,
        changes: bool,
        taken: Vec<Span>,
        options: &RuntimeOptions,
    ) -> Sibling<'f> {
        let package = self.package(options);
        let changes = changes && package.is_ok();
        Sibling { path, file: &self.parsed, package: package.unwrap_or_default(), changes, taken }
    }

    /// What the file calls the runtime package, or is to call it.
    fn package(&self, options: &RuntimeOptions) -> Result<String, Obstacle> {
        let imports = Imports::of(self.parsed.tree.root_node(), &self.bytes);
        let package = match imports.by_path(&self.import) {
            Some(import) => import.name().to_owned(),
            None => options.package().to_owned(),
        };
        let taken = imports.list.iter().any(|i| i.name() == package && i.path != self.import);
        let declared = imports.by_path(&self.import).is_none() && place::names(&self.parsed, &package);
        if taken || declared { Err(Obstacle::NameTaken { package }) } else { Ok(package) }
    }

    pub(super) fn add(&mut self, insertion: Insertion) {
        self.insertions.push(insertion);
    }

    /// Lets another context adopt an object in the place of one that knows of nothing.
    pub(super) fn adopt_by(&mut self, span: Span, context: &str) {
        let bare = &self.text()[span.start..span.end].to_owned();
        for insertion in &mut self.insertions {
            for edit in insertion.edits.iter_mut().filter(|edit| edit.span == span) {
                edit.text = edit.text.replacen(bare, context, 1);
                insertion.code = edit.text.clone();
            }
        }
    }

    /// What becomes of the file; none if it stays as it is.
    pub(super) fn finish(self, path: &str) -> Result<Option<FileChange>, WireError> {
        if self.insertions.is_empty() {
            return Ok(None);
        }
        let mut edits: Vec<Edit> = Vec::new();
        for added in self.insertions.iter().flat_map(|insertion| &insertion.edits) {
            // Calls that go to the same place keep the order of the rules.
            match edits.iter_mut().find(|edit| edit.span == added.span) {
                Some(same) => same.text.push_str(&added.text),
                None => edits.push(added.clone()),
            }
        }
        let imports = Imports::of(self.parsed.tree.root_node(), &self.bytes);
        let mut needed: BTreeSet<&String> = self.insertions.iter().flat_map(|insertion| &insertion.imports).collect();
        let own = format!("{}.", self.import.rsplit('/').next().unwrap_or_default());
        // A file that only passes something on does not name the package.
        needed.extend(edits.iter().any(|edit| edit.text.contains(&own)).then_some(&self.import));
        for import in needed {
            edits.extend(import_edits(&imports, std::slice::from_ref(import), &[], &self.bytes));
        }
        edits.dedup();
        let unsound = |reason: String| WireError::Unparsed { path: path.to_owned(), reason };
        let after: Arc<[u8]> = apply_edits(&self.bytes, &edits).map_err(|error| unsound(error.to_string()))?.into();
        match is_sound(path, &after, &edits) {
            true => Ok(Some(FileChange::edited(path, self.bytes, after))),
            false => Err(unsound("would not parse with the calls in it; add them by hand".to_owned())),
        }
    }
}

/// Whether a file parses in which these edits were made: what none of them touches is as it was.
fn is_sound(path: &str, after: &Arc<[u8]>, edits: &[Edit]) -> bool {
    let mut places: Vec<(usize, usize)> = Vec::new();
    let (mut added, mut removed) = (0, 0);
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort();
    for edit in sorted {
        let start = edit.span.start + added - removed;
        places.push((start, start + edit.text.len()));
        added += edit.text.len();
        removed += edit.span.end - edit.span.start;
    }
    let is_touched = |decls: &[Decl]| {
        let (start, end) = (decls[0].whole.0 as usize, decls[0].whole.1 as usize);
        places.iter().any(|place| place.0 <= end && start <= place.1)
    };
    let source = SourceFile { path: path.into(), bytes: after.clone() };
    outline(after).is_ok_and(|outline| parse_wanted(source, &outline, &mut |decls| is_touched(decls)).is_ok())
}
