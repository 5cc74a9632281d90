//! What switches request IDs on in a tree: calls at its start, in its servers and in its clients, proposed for review.

mod adopt;
mod entry;
mod error;
mod file;
mod files;
mod givens;
mod place;
mod remove;
mod view;
mod worked;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rayon::prelude::*;

pub use error::WireError;
pub use remove::{Left, Removal, remove};
pub use view::View;

use crate::go::files::Overlay;
use crate::rule::{LogCalls, Place, RuleSet, TreeKind, Wire, Wires};
use crate::text::FileChange;
use crate::write::edit::Applicability;
use crate::write::reason::{Obstacle, ObstacleKind};
use crate::write::runtime::{Importers, RuntimeOptions};

use adopt::Begins;
use file::OpenFile;
use files::{Files, Sought};
use worked::{Ground, Lone, Worked};

/// What stands in the place of a path where the files of all main packages are meant.
const MAINS: &str = "main";

/// The name under which adoption is told.
const ADOPT: &str = "adopt";

/// A call that has found its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wired {
    /// The wire's name.
    pub wire: String,
    /// The file below the root.
    pub path: String,
    /// Line of the place in the old file, from 1.
    pub line: u32,
    /// What is added there.
    pub code: String,
    /// What it is for.
    pub why: String,
}

impl Wired {
    /// A program's start is its authors': nothing of it is applied unread.
    pub const APPLICABILITY: Applicability = Applicability::NeedsReview;
}

/// A call that has found no place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByHand {
    /// The wire's name.
    pub wire: String,
    /// Where it belongs: file and function.
    pub place: String,
    /// What is to be added there.
    pub code: String,
    /// What it is for.
    pub why: String,
    /// Why this program does not add it.
    pub reason: Obstacle,
}

/// All that a tree needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// Changed files, sorted by path.
    pub files: Vec<FileChange>,
    /// What has changed in them, by path and line.
    pub wired: Vec<Wired>,
    /// What is left to do by hand, in the order of the rules.
    pub by_hand: Vec<ByHand>,
    /// Bazel's files that want a dependency more.
    pub bazel: Vec<String>,
}

/// Finds the wires' places in the checkout at `root`. Nothing is written.
pub fn propose(root: &Path, options: &RuntimeOptions, rules: &RuleSet, view: View<'_>) -> Result<Proposal, WireError> {
    let kind = match root.join("staging/src/k8s.io/component-base/logs").is_dir() {
        true => TreeKind::Kubernetes,
        false => TreeKind::Module,
    };
    let importers = Importers::read(root, options)?;
    // All of kubernetes' components serve or reconcile.
    let marks: &[String] = if kind == TreeKind::Kubernetes { &[] } else { &rules.carriers.starts };
    let sought = Sought::new(wanted(&rules.wires, options, kind), &rules.wires.adopt, marks);
    let mut search = Search {
        files: Files::new(root, options, &rules.scope, view, sought),
        options,
        importers,
        log_calls: &rules.log_calls,
        open: BTreeMap::new(),
        found: BTreeMap::new(),
        proposal: Proposal::default(),
    };
    for wire in wanted(&rules.wires, options, kind) {
        search.wire(wire)?;
    }
    search.adopt(root, rules, view.overlay)?;
    search.finish(root)
}

/// The wires that are for this tree, this klog and this source of IDs.
fn wanted<'r>(wires: &'r Wires, options: &RuntimeOptions, kind: TreeKind) -> impl Iterator<Item = &'r Wire> {
    let (klog, source) = (options.klog_version, options.id_source);
    wires.list.iter().filter(move |wire| {
        wire.tree.is_none_or(|tree| tree == kind)
            && wire.klog.is_none_or(|since| klog >= since)
            && (options.grpc || !wire.grpc)
            && (wire.sources.is_empty() || wire.sources.contains(&source))
    })
}

struct Search<'r> {
    files: Files<'r>,
    options: &'r RuntimeOptions,
    importers: Importers<'r>,
    log_calls: &'r LogCalls,
    open: BTreeMap<String, OpenFile>,
    /// Directories in which a wire has its place, by the wire's name.
    found: BTreeMap<String, BTreeSet<String>>,
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
    fn wire(&mut self, wire: &Wire) -> Result<(), WireError> {
        if wire.programs {
            return self.programs(wire);
        }
        let mut left: Vec<(&Place, String, Obstacle)> = Vec::new();
        let mut found = false;
        for place in &wire.places {
            for path in self.files.matching(place)? {
                match self.place(wire, place, &path)? {
                    Ok(Ended::Served) if wire.each => {}
                    Ok(Ended::Served) => return Ok(()),
                    Ok(Ended::Other) => {}
                    Ok(Ended::Found) if !wire.each => return Ok(()),
                    Ok(Ended::Found) => {
                        found = true;
                        self.found.entry(wire.name.clone()).or_default().insert(directory(&path).to_owned());
                    }
                    Err(obstacle) => left.push((place, path, obstacle)),
                }
            }
        }
        let blocked = |obstacle: &Obstacle| obstacle.kind() == ObstacleKind::Blocked;
        let here = self.found.get(&wire.name);
        let lonely: Vec<String> = match wire.with.as_ref().and_then(|other| self.found.get(other)) {
            Some(others) => others.iter().filter(|dir| here.is_none_or(|here| !here.contains(*dir))).cloned().collect(),
            None => Vec::new(),
        };
        let any_blocked = left.iter().any(|(.., obstacle)| blocked(obstacle));
        if wire.each {
            left.retain(|(.., obstacle)| blocked(obstacle));
        } else {
            // What stands in the way of one place says more than what the others lack.
            left.sort_by_key(|(.., obstacle)| !blocked(obstacle));
            left.truncate(usize::from(any_blocked || !wire.optional));
        }
        if left.is_empty() && lonely.is_empty() && wire.each && !found && !wire.optional && self.files.has_mains()? {
            let nowhere = |place| (place, MAINS.to_owned(), Obstacle::NoMain);
            left.extend(wire.places.first().map(nowhere));
        } else if let (Some(place), Some(with)) = (wire.places.first(), &wire.with) {
            let lonely = lonely.into_iter().filter(|dir| !left.iter().any(|(_, path, _)| directory(path) == dir));
            let named = |dir: String| if dir.is_empty() { ".".to_owned() } else { dir };
            let lonely: Vec<_> =
                lonely.map(|dir| (place, named(dir), Obstacle::Lonely { with: with.clone() })).collect();
            left.extend(lonely);
        }
        for (place, path, obstacle) in left {
            self.by_hand(wire, place, &path, obstacle);
        }
        Ok(())
    }

    /// Puts a wire's call into each program that logs, or tells that a person must.
    fn programs(&mut self, wire: &Wire) -> Result<(), WireError> {
        for (dir, paths) in self.files.programs(self.log_calls)? {
            let mut left = None;
            let mut done = false;
            for (place, path) in wire.places.iter().flat_map(|place| paths.iter().map(move |path| (place, path))) {
                match self.place(wire, place, path)? {
                    Ok(Ended::Found | Ended::Served) => {
                        done = true;
                        break;
                    }
                    Ok(Ended::Other) => {}
                    Err(obstacle) if obstacle.kind() == ObstacleKind::Blocked => left = Some((place, path, obstacle)),
                    Err(_) => {}
                }
            }
            match (done, left, wire.places.first()) {
                (true, ..) | (_, _, None) => {}
                (_, Some((place, path, obstacle)), _) => self.by_hand(wire, place, path, obstacle),
                (_, None, Some(place)) => self.by_hand(wire, place, &dir, Obstacle::NoMain),
            }
        }
        Ok(())
    }

    /// Puts objects' IDs into contexts where work on them begins.
    fn adopt(&mut self, root: &Path, rules: &RuleSet, overlay: &Overlay) -> Result<(), WireError> {
        let paths = self.files.working()?;
        let (world, importers, options) = (adopt::world(root, overlay), &self.importers, self.options);
        let ground = Ground { root, overlay, world: &world, rules, options };
        let look = |path: &String| {
            let import = importers.check(directory(path)).map_or(&options.import_path, |package| &package.import_path);
            ground.look(path, import)
        };
        let looked: Vec<Worked> = paths.par_iter().map(look).collect::<Result<_, WireError>>()?;
        let adopt = &rules.wires.adopt;
        let mut lone: BTreeMap<String, Lone> = BTreeMap::new();
        for (path, worked) in paths.iter().zip(looked) {
            let Worked { file, begins: [begins, queues], lone: names, asks } = worked;
            if let (Some(file), false) = (file, begins.is_empty() && queues.is_empty()) {
                self.open.entry(path.clone()).or_insert(file);
            }
            for begins in begins {
                self.begins(&adopt.purpose, path, begins);
            }
            for queue in queues {
                self.begins(&adopt.queue_purpose, path, queue);
            }
            let of_dir = lone.entry(directory(path).to_owned()).or_default();
            of_dir.names.extend(names);
            of_dir.asks |= asks;
        }
        self.given(root, adopt, lone, &paths.iter().map(String::as_str).collect(), overlay)
    }

    fn begins(&mut self, why: &str, path: &str, begins: Begins) {
        let begins = match self.importers.check(directory(path)) {
            Ok(_) => begins,
            Err(refusal) => begins.by_hand(&Obstacle::Refused { refusal }),
        };
        let (function, code, line, reason) = match begins {
            Begins::Here { insertion, .. } => {
                let Some(file) = self.open.get_mut(path) else { return };
                let (wire, path, why) = (ADOPT.to_owned(), path.to_owned(), why.to_owned());
                let (line, code) = (insertion.line, insertion.code.clone());
                file.add(insertion);
                self.proposal.wired.push(Wired { wire, path, line, code, why });
                return;
            }
            Begins::ByHand { function, code, line, reason } => (function, code, line, reason),
        };
        self.proposal.by_hand.push(ByHand {
            wire: ADOPT.to_owned(),
            place: format!("{path}:{line}, {function}"),
            code: format!("`{code}`"),
            why: why.to_owned(),
            reason,
        });
    }

    fn by_hand(&mut self, wire: &Wire, place: &Place, path: &str, reason: Obstacle) {
        let place_name = match (path, &place.function) {
            (MAINS, _) => "main packages".to_owned(),
            (path, Some(function)) => format!("{path}, {function}"),
            (path, None) => path.to_owned(),
        };
        self.proposal.by_hand.push(ByHand {
            wire: wire.name.clone(),
            place: place_name,
            code: place::by_hand(place, self.options.package()),
            why: wire.why.clone(),
            reason,
        });
    }

    /// Puts a wire's call to its places in one file.
    fn place(&mut self, wire: &Wire, place: &Place, path: &str) -> Result<Result<Ended, Obstacle>, WireError> {
        let dir = directory(path);
        if !self.open.contains_key(path) {
            let import = self.importers.check(dir).map_or(&self.options.import_path, |package| &package.import_path);
            let file = match self.files.open(path, import) {
                Ok(Some(file)) => file,
                Ok(None) => return Ok(Err(Obstacle::NoFile)),
                // One file of many is no reason to wire none.
                Err(WireError::Unparsed { reason, .. }) if wire.each => return Ok(Err(Obstacle::Unparsed { reason })),
                Err(error) => return Err(error),
            };
            self.open.insert(path.to_owned(), file);
        }
        let Some(file) = self.open.get_mut(path) else { return Ok(Ok(Ended::Other)) };
        let has = |what: &Option<String>| what.as_ref().map(|what| file.text().contains(what.as_str()));
        if has(&place.lacks) == Some(true) {
            return Ok(Ok(Ended::Served));
        }
        if wire.each && has(&place.anchor) == Some(false) {
            return Ok(Ok(Ended::Other));
        }
        if let (Some(false), Some(what)) = (has(&place.has), &place.has) {
            return Ok(Err(Obstacle::OtherFile { what: what.clone() }));
        }
        let found = match file.insertions(place, self.options, wire.each) {
            Ok(found) => found,
            Err(obstacle) => return Ok(Err(obstacle)),
        };
        if let Err(refusal) = self.importers.check(dir) {
            return Ok(Err(Obstacle::Refused { refusal }));
        }
        for insertion in found {
            self.proposal.wired.push(Wired {
                wire: wire.name.clone(),
                path: path.to_owned(),
                line: insertion.line,
                code: insertion.code.clone(),
                why: wire.why.clone(),
            });
            file.add(insertion);
        }
        Ok(Ok(Ended::Found))
    }

    fn finish(mut self, root: &Path) -> Result<Proposal, WireError> {
        for (path, file) in std::mem::take(&mut self.open) {
            let Some(change) = file.finish(&path)? else { continue };
            let build = format!("{}/BUILD", path.rsplit_once('/').map_or("", |(dir, _)| dir));
            if root.join(&build).is_file() && !self.proposal.bazel.contains(&build) {
                self.proposal.bazel.push(build);
            }
            self.proposal.files.push(change);
        }
        self.proposal.wired.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
        Ok(self.proposal)
    }
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}
