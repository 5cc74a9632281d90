//! The open documents as the engine sees them: what becomes of their calls, with the text that they have now.

use std::collections::BTreeMap;
use std::sync::Arc;

use lsp_types::Uri;

use super::asked::Asked;
use super::documents::{Document, Documents};
use crate::decide::change::{Change, Changes};
use crate::decide::decision::Decisions;
use crate::decide::owners::Owners;
use crate::plan::pipeline::{FilePlan, Live, Plan, SitePlan};
use crate::ship::along::packages;
use crate::text::FileChange;
use crate::text::Span;
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::write::edit::{Fix, RequestId, Target};

/// One document, worked out.
pub struct Seen {
    /// The text that it was worked out from.
    text: Arc<[u8]>,
    /// Its path below the root.
    pub path: RelPath,
    /// Its calls, if it has any and could be read.
    pub file: Option<FilePlan>,
    /// What could not be read, and what looks wrong.
    pub notes: Vec<Diagnostic>,
    /// The same with the other target; not worked out before somebody asks.
    other: Option<Option<FilePlan>>,
}

impl Seen {
    /// The call at a byte, or the calls in a range.
    pub fn sites(&self, span: Span) -> Vec<&SitePlan> {
        let touches = |site: &&SitePlan| site.site.span.start <= span.end && span.start <= site.site.span.end;
        self.file.iter().flat_map(|file| &file.sites).filter(touches).collect()
    }
}

/// The tree behind the documents.
pub struct Tree<'a> {
    asked: &'a Asked,
    live: Live<'a>,
    seen: BTreeMap<String, Seen>,
    /// The package that a directory's calls take their request ID from, as far as the checkout lacks it.
    lacking: BTreeMap<String, Vec<FileChange>>,
}

impl<'a> Tree<'a> {
    /// With the documents as they are.
    pub fn new(asked: &'a Asked, mut live: Live<'a>, documents: &Documents) -> Self {
        for document in documents.iter() {
            if let Some(path) = document.below(&asked.options.root.dir) {
                live.see(&path, Some(document.text.clone()));
            }
        }
        Self { asked, live, seen: BTreeMap::new(), lacking: BTreeMap::new() }
    }

    /// Works out a document's text (whatever version the editor gives it), unless that was done; `None` if it lies outside of the checkout.
    pub fn look(&mut self, document: &Document) -> Option<&Seen> {
        let name = document.uri.as_str();
        if self.seen.get(name).is_none_or(|seen| !Arc::ptr_eq(&seen.text, &document.text)) {
            let path = document.below(&self.asked.options.root.dir)?;
            self.live.see(&path, Some(document.text.clone()));
            let result = self.live.file(&path, self.asked.options.edits);
            let (file, notes) = (result.plan, result.diagnostics);
            self.seen.insert(name.to_owned(), Seen { text: document.text.clone(), path, file, notes, other: None });
        }
        self.seen.get(name)
    }

    /// Has what a document needs at hand, so that the next edit is not kept waiting.
    pub fn warm(&mut self, document: &Document) {
        if let Some(path) = document.below(&self.asked.options.root.dir) {
            self.live.anew(&path, self.asked.options.edits);
        }
    }

    /// A document with the other target.
    pub fn other(&mut self, document: &Document) -> Option<&FilePlan> {
        let path = self.look(document)?.path.clone();
        let seen = self.seen.get_mut(document.uri.as_str())?;
        let edits = self.asked.other(&self.live.plan().conventions);
        let live = &mut self.live;
        seen.other.get_or_insert_with(|| live.file(&path, edits).plan).as_ref()
    }

    /// That target.
    pub fn other_target(&self) -> Target {
        self.asked.other(&self.live.plan().conventions).target
    }

    /// Forgets a document.
    pub fn close(&mut self, uri: &Uri, path: Option<&RelPath>) {
        self.seen.remove(uri.as_str());
        if let Some(path) = path {
            self.live.see(path, None);
        }
    }

    /// The checkout's root.
    pub fn root(&self) -> &std::path::Path {
        &self.asked.options.root.dir
    }

    /// A file with these fixes made, and what goes along with them; `None` where they do not go together.
    pub fn changed(&mut self, file: &FilePlan, fixes: &[&Fix]) -> Option<Vec<FileChange>> {
        let tree = crate::go::parse::LazyTree::new(&file.source);
        let change = file.with_fixes(&tree, fixes).ok()?;
        let names_it = fixes.iter().any(|fix| matches!(fix.request_id, Some(RequestId::From(_))));
        let mut changes = match &self.asked.names {
            Some(names) if names_it => {
                let dir = file.path.rsplit_once('/').map_or("", |(dir, _)| dir);
                let root = &self.asked.options.root.dir;
                let along =
                    || packages(root, names, &[&change]).map(|all| all.into_iter().flat_map(|one| one.files).collect());
                match self.lacking.get(dir) {
                    Some(files) => files.clone(),
                    None => {
                        let files: Vec<FileChange> = along().ok()?;
                        self.lacking.insert(dir.to_owned(), files.clone());
                        files
                    }
                }
            }
            _ => Vec::new(),
        };
        changes.push(change);
        Some(changes)
    }
}

/// Hands a file's proposals to `to`, with what was decided about them.
pub fn with_changes<T>(
    asked: &Asked,
    file: &FilePlan,
    decisions: &Decisions,
    to: impl FnOnce(&[Change<'_>]) -> T,
) -> T {
    let plan = Plan { files: vec![file.clone()], ..Plan::empty(asked.options.root.dir.clone()) };
    let mut owners = Owners::load(&asked.options.root.dir);
    let changes = Changes::of(&plan, &asked.rules, decisions, &mut owners, &|path| *path == *file.path);
    to(&changes.list)
}
