//! What switches request IDs on in a tree: calls at its start, in its servers and in its clients, proposed for review.

mod error;
mod file;
mod files;
mod obstacle;
mod place;

use std::collections::BTreeMap;
use std::path::Path;

pub use error::HookError;

use crate::rule::{Hook, Hooks, Place, RuleSet, TreeKind};
use crate::text::FileChange;
use crate::write::edit::Applicability;
use crate::write::runtime::{Importers, RuntimeOptions};

use file::Edited;
use files::Files;
use obstacle::Obstacle;

/// A call that has found its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hooked {
    /// The hook's name.
    pub hook: String,
    /// The file below the root.
    pub path: String,
    /// Line of the place in the old file, from 1.
    pub line: u32,
    /// What is added there.
    pub code: String,
    /// What it is for.
    pub why: String,
}

impl Hooked {
    /// A program's start is its authors': nothing of it is applied unread.
    pub const APPLICABILITY: Applicability = Applicability::NeedsReview;
}

/// A call that has found no place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// The hook's name.
    pub hook: String,
    /// Where it belongs: file and function.
    pub place: String,
    /// What is to be added there.
    pub code: String,
    /// What it is for.
    pub why: String,
    /// Why this program does not add it.
    pub reason: String,
}

/// All that a tree needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Changed files, sorted by path.
    pub files: Vec<FileChange>,
    /// What has changed in them, by path and line.
    pub hooked: Vec<Hooked>,
    /// What is left to do by hand, in the order of the rules.
    pub by_hand: Vec<ByHand>,
    /// Bazel's files that want a dependency more.
    pub bazel: Vec<String>,
}

/// Finds the hooks' places in the checkout at `root`. Nothing is written.
pub fn propose(root: &Path, options: &RuntimeOptions, rules: &RuleSet) -> Result<Proposal, HookError> {
    let kind = match root.join("staging/src/k8s.io/component-base/logs").is_dir() {
        true => TreeKind::Kubernetes,
        false => TreeKind::Module,
    };
    let importers = Importers::read(root, options)?;
    let mut search = Search {
        files: Files::new(root, options, &rules.scope),
        options,
        importers,
        edited: BTreeMap::new(),
        proposal: Proposal::default(),
    };
    for hook in wanted(&rules.hooks, options, kind) {
        search.hook(hook)?;
    }
    search.finish(root)
}

/// The hooks that are for this tree, this klog and this source of IDs.
fn wanted<'r>(hooks: &'r Hooks, options: &RuntimeOptions, kind: TreeKind) -> impl Iterator<Item = &'r Hook> {
    let (klog, source) = (options.klog_version, options.id_source.name());
    hooks.list.iter().filter(move |hook| {
        hook.tree.is_none_or(|tree| tree == kind)
            && hook.klog.is_none_or(|since| klog >= since)
            && (hook.sources.is_empty() || hook.sources.iter().any(|known| known == source))
    })
}

struct Search<'r> {
    files: Files<'r>,
    options: &'r RuntimeOptions,
    importers: Importers<'r>,
    edited: BTreeMap<String, Edited>,
    proposal: Proposal,
}

/// How the search for a place in a file ended, if it went well.
enum Ended {
    /// The file is one that needs nothing.
    Served,
    /// It is one of many that are looked through.
    Other,
    /// The call is there, or is put there.
    Found,
}

impl Search<'_> {
    fn hook(&mut self, hook: &Hook) -> Result<(), HookError> {
        let mut left: Vec<(&Place, String, Obstacle)> = Vec::new();
        let mut found = false;
        for place in &hook.places {
            for path in self.files.matching(place)? {
                match self.place(hook, place, &path)? {
                    Ok(Ended::Served) => return Ok(()),
                    Ok(Ended::Other) => {}
                    Ok(Ended::Found) if !hook.each => return Ok(()),
                    Ok(Ended::Found) => found = true,
                    Err(obstacle) => left.push((place, path, obstacle)),
                }
            }
        }
        let blocked = |obstacle: &Obstacle| matches!(obstacle, Obstacle::Blocked(_));
        let any_blocked = left.iter().any(|(.., obstacle)| blocked(obstacle));
        if hook.each {
            left.retain(|(.., obstacle)| blocked(obstacle));
        } else {
            // What stands in the way of one place says more than what the others lack.
            left.sort_by_key(|(.., obstacle)| !blocked(obstacle));
            left.truncate(usize::from(any_blocked || !hook.optional));
        }
        if left.is_empty() && hook.each && !found && !hook.optional && self.files.has_mains()? {
            let nowhere =
                |place| (place, Place::MAIN.to_owned(), Obstacle::Missing("no main package has it".to_owned()));
            left.extend(hook.places.first().map(nowhere));
        }
        for (place, path, obstacle) in left {
            self.by_hand(hook, place, &path, obstacle.reason());
        }
        Ok(())
    }

    fn by_hand(&mut self, hook: &Hook, place: &Place, path: &str, reason: String) {
        let place_name = match (path, &place.function) {
            (Place::MAIN, _) => "main packages".to_owned(),
            (path, Some(function)) => format!("{path}, {function}"),
            (path, None) => path.to_owned(),
        };
        self.proposal.by_hand.push(ByHand {
            hook: hook.name.clone(),
            place: place_name,
            code: place::by_hand(place, self.options.package()),
            why: hook.why.clone(),
            reason,
        });
    }

    /// Puts a hook's call to its places in one file.
    fn place(&mut self, hook: &Hook, place: &Place, path: &str) -> Result<Result<Ended, Obstacle>, HookError> {
        let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
        if !self.edited.contains_key(path) {
            let import = self.importers.check(dir).map_or(&self.options.import_path, |package| &package.import_path);
            let Some(edited) = self.files.open(path, import)? else {
                return Ok(Err(Obstacle::Missing("there is no such file".to_owned())));
            };
            self.edited.insert(path.to_owned(), edited);
        }
        let Some(edited) = self.edited.get_mut(path) else { return Ok(Ok(Ended::Other)) };
        let has = |what: &Option<String>| what.as_ref().map(|what| edited.text().contains(what.as_str()));
        if has(&place.lacks) == Some(true) {
            return Ok(Ok(Ended::Served));
        }
        if hook.each && has(&place.anchor) == Some(false) {
            return Ok(Ok(Ended::Other));
        }
        if let (Some(false), Some(what)) = (has(&place.has), &place.has) {
            return Ok(Err(Obstacle::Missing(format!("the file does not have {what}"))));
        }
        let found = match edited.insertions(place, self.options, hook.each) {
            Ok(found) => found,
            Err(obstacle) => return Ok(Err(obstacle)),
        };
        if let Err(refusal) = self.importers.check(dir) {
            return Ok(Err(Obstacle::Blocked(refusal.to_string())));
        }
        for insertion in found {
            self.proposal.hooked.push(Hooked {
                hook: hook.name.clone(),
                path: path.to_owned(),
                line: insertion.line,
                code: insertion.code.clone(),
                why: hook.why.clone(),
            });
            edited.add(insertion);
        }
        Ok(Ok(Ended::Found))
    }

    fn finish(mut self, root: &Path) -> Result<Proposal, HookError> {
        for (path, edited) in std::mem::take(&mut self.edited) {
            let Some(change) = edited.finish(&path)? else { continue };
            let build = format!("{}/BUILD", path.rsplit_once('/').map_or("", |(dir, _)| dir));
            if root.join(&build).is_file() && !self.proposal.bazel.contains(&build) {
                self.proposal.bazel.push(build);
            }
            self.proposal.files.push(change);
        }
        self.proposal.hooked.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        Ok(self.proposal)
    }
}
