//! A plan that is kept while files of its tree are edited: only the edited file is planned anew.
//!
//! What all files together decide, the habits and the paths, is that of the plan; who keeps one makes the next now and then.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::file::{FilePlan, FileResult};
use super::options::Options;
use super::stage::Stage;
use super::standings::Standings;
use super::whole::Plan;
use crate::go::files::{self, Overlay, WalkOptions};
use crate::go::index::{Held, OutlineSeen};
use crate::go::syntax::outline::outline;
use crate::rule::RuleSet;
use crate::text::diagnostic::RelPath;
use crate::write::edit::Edits;

/// A plan of a tree, and files that are seen otherwise than it found them.
pub struct Live<'a> {
    options: &'a Options,
    rules: &'a RuleSet,
    plan: Plan,
    stage: Stage<'a>,
    texts: BTreeMap<RelPath, Arc<[u8]>>,
    /// What the rest of the tree was shown of a file last.
    declared: BTreeMap<RelPath, OutlineSeen>,
    taken: BTreeMap<RelPath, bool>,
}

impl<'a> Live<'a> {
    /// Of a plan that was made with these options and rules.
    pub fn new(options: &'a Options, rules: &'a RuleSet, plan: Plan) -> Self {
        let mut stage = Stage::new(options, rules);
        stage.seek(&plan.sought);
        let (texts, declared, taken) = Default::default();
        Self { options, rules, plan, stage, texts, declared, taken }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Sees a file with this text from now on; `None`: as it is on disk.
    pub fn see(&mut self, path: &RelPath, text: Option<Arc<[u8]>>) {
        let now = text.clone().or_else(|| self.on_disk(path)).unwrap_or_default();
        if !self.declared.contains_key(path) {
            let before = self.on_disk(path).unwrap_or_default();
            self.declared.insert(path.clone(), OutlineSeen::of(path.clone(), &before));
        }
        match text {
            Some(text) => _ = self.texts.insert(path.clone(), text),
            None => _ = self.texts.remove(path),
        }
        let held = self.declared.get(path).map_or(Held::Nothing, |seen| seen.holds(&now));
        // Half a declaration declares nothing: others keep what they had, or every bracket would cost them all they know.
        let is_changed = held == Held::Nothing && outline(&now).is_ok();
        if is_changed {
            self.declared.insert(path.clone(), OutlineSeen::of(path.clone(), &now));
        }
        let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
        self.stage.see(Overlay::new(self.texts.clone()), is_changed.then_some(dir));
    }

    fn on_disk(&self, path: &RelPath) -> Option<Arc<[u8]>> {
        Overlay::default().read(&self.options.root.dir, path).ok().map(Arc::from)
    }

    /// What becomes of a file as it is seen, with these edits.
    pub fn file(&mut self, path: &RelPath, edits: Edits) -> FileResult {
        if !self.takes(path) {
            return FileResult::default();
        }
        let before = self.planned(path);
        let is_as_planned = match (self.texts.get(path), before) {
            (Some(text), Some(before)) => **text == *before.source,
            (None, _) => true,
            (Some(_), None) => false,
        };
        if is_as_planned && edits == self.options.edits {
            let diagnostics = self.plan.diagnostics.iter().filter(|diagnostic| diagnostic.path == *path).cloned();
            return FileResult { plan: before.cloned(), left_alone: None, diagnostics: diagnostics.collect() };
        }
        self.anew(path, edits)
    }

    /// As [`Live::file`], worked out even where the plan has it: what it needs is at hand from then on.
    pub fn anew(&mut self, path: &RelPath, edits: Edits) -> FileResult {
        self.stage.ask(edits);
        self.stage.learn_absent(&self.plan.conventions, self.plan.absent.as_ref());
        let mut result = self.stage.finish(self.stage.load(path).0, &self.plan.conventions);
        if let (Some(now), Some(before)) = (&mut result.plan, self.planned(path)) {
            Standings::of(before).place(now, &self.rules.log_calls);
        }
        result
    }

    /// The file as the plan has it.
    fn planned(&self, path: &RelPath) -> Option<&FilePlan> {
        let at = self.plan.files.binary_search_by(|file| file.path.cmp(path)).ok()?;
        self.plan.files.get(at)
    }

    /// Whether a run looks at a file.
    fn takes(&mut self, path: &RelPath) -> bool {
        if let Some(taken) = self.taken.get(path) {
            return *taken;
        }
        let Options { root, .. } = self.options;
        let is_below =
            |dir: &RelPath| path.strip_prefix(&**dir).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let is_unsaved = !root.dir.join(&**path).exists();
        let one = WalkOptions {
            narrow: vec![path.clone()],
            unsaved: is_unsaved.then(|| path.clone()).into_iter().collect(),
            ..self.options.walk()
        };
        let is_test = path.ends_with("_test.go") && !self.options.tests;
        let is_in = !is_test && (root.narrow.is_empty() || root.narrow.iter().any(is_below));
        let taken = is_in && files::walk(&root.dir, &one, &self.rules.scope).files.contains(path);
        self.taken.insert(path.clone(), taken);
        taken
    }
}
