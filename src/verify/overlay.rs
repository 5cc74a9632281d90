//! The scratch copy: changed files in a directory of their own, and a list that tells Go where they belong.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::{GoError, Subject};
use crate::parse::LazyTree;
use crate::rewrite::Fix;

/// A file that the changed tree has beside the fixes.
#[derive(Clone, Debug)]
pub struct Extra {
    /// Path below the root.
    pub path: String,
    /// Its bytes.
    pub contents: Vec<u8>,
}

/// The tree as it would be.
pub struct Overlay<'p> {
    subjects: &'p [Subject<'p>],
    trees: Vec<LazyTree<'p>>,
    /// What Go takes for the root: the checkout, or a directory of links to it.
    root: PathBuf,
    scratch: PathBuf,
    /// Links in the checkout that lead to directories of it: what they are called and where they lead.
    links: Vec<(String, String)>,
    extras: Vec<(String, PathBuf)>,
    written: BTreeMap<usize, Vec<bool>>,
}

const LIST: &str = "overlay.json";

impl<'p> Overlay<'p> {
    /// Prepares a scratch directory. Go reads vendor/modules.txt past any overlay: where that changes, Go gets a root of
    /// links instead of the checkout's own.
    pub fn new(
        checkout: &Path,
        scratch: &Path,
        subjects: &'p [Subject<'p>],
        extras: Vec<Extra>,
    ) -> Result<Self, GoError> {
        fs::create_dir_all(scratch.join("files"))?;
        let vendored = extras.iter().find(|extra| extra.path == "vendor/modules.txt");
        let root = match vendored {
            Some(list) => linked(checkout, &scratch.join("root"), &list.contents)?,
            None => checkout.to_owned(),
        };
        let mut placed = Vec::new();
        for (number, extra) in extras.into_iter().filter(|extra| extra.path.ends_with(".go")).enumerate() {
            let path = scratch.join("files").join(format!("extra{number}.go"));
            fs::write(&path, &extra.contents)?;
            placed.push((extra.path, path));
        }
        let mut links = Vec::new();
        find_links(checkout, "vendor", 4, &mut links);
        let trees = subjects.iter().map(|subject| LazyTree::new(&subject.file.source)).collect();
        Ok(Self { subjects, trees, root, scratch: scratch.to_owned(), links, extras: placed, written: BTreeMap::new() })
    }

    /// What Go takes for the root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The fixes of a file that are switched on.
    pub(super) fn fixes(&self, number: usize, active: &[bool]) -> Vec<&Fix> {
        let candidates = self.subjects[number].candidates.iter().zip(active);
        candidates.filter(|(_, on)| **on).map(|(candidate, _)| candidate.fix.as_ref()).collect()
    }

    /// Where a file's fixes stand when these are switched on: the number of the fix, its first and last line.
    pub(super) fn lines(&self, number: usize, active: &[bool]) -> Vec<(usize, u32, u32)> {
        let fixes = self.fixes(number, active);
        let places = self.subjects[number].file.places(&self.trees[number], &fixes).unwrap_or_default();
        let on = (0..active.len()).filter(|&at| active[at]);
        let fix = |at: usize| self.subjects[number].candidates[at].fix.as_ref();
        let edits = |at: usize| fix(at).edits.iter().chain(&fix(at).elsewhere).map(|edit| edit.span);
        on.flat_map(|at| {
            let own = places.iter().filter(move |(span, ..)| edits(at).any(|edit| edit == *span));
            own.map(move |(_, first, last)| (at, *first, *last))
        })
        .collect()
    }

    /// Where the changed file lies.
    pub(super) fn file(&self, number: usize) -> PathBuf {
        self.scratch.join("files").join(format!("{number}.go"))
    }

    /// Which file a tool means.
    pub(super) fn named(&self, dir: &Path, name: &str) -> Option<usize> {
        let path = normal(&dir.join(name));
        let own =
            path.strip_prefix(normal(&self.scratch.join("files"))).ok().and_then(|name| name.file_stem()?.to_str());
        if let Some(number) = own {
            return number.parse().ok();
        }
        let below = path.strip_prefix(&self.root).ok()?.to_str()?;
        let real = self.links.iter().find_map(|(from, to)| {
            let rest = below.strip_prefix(from.as_str())?.strip_prefix('/')?;
            Some(format!("{to}/{rest}"))
        });
        let real = real.as_deref().unwrap_or(below);
        self.subjects.binary_search_by(|subject| (*subject.file.path).cmp(real)).ok()
    }

    /// Writes the files with these fixes, and the list of them.
    pub(super) fn write(&mut self, active: &[Vec<bool>]) -> Result<PathBuf, GoError> {
        let mut list = BTreeMap::new();
        for (number, subject) in self.subjects.iter().enumerate() {
            if !active[number].contains(&true) {
                continue;
            }
            let path = self.file(number);
            if self.written.get(&number) != Some(&active[number]) {
                let fixed = subject.file.with_fixes(&self.trees[number], &self.fixes(number, &active[number]));
                let fixed = fixed.map_err(|error| GoError::Fixes(format!("{}: {error}", subject.file.path)))?;
                fs::write(&path, fixed.new)?;
                self.written.insert(number, active[number].clone());
            }
            self.place(&subject.file.path, &path, &mut list);
        }
        for (below, path) in &self.extras {
            self.place(below, path, &mut list);
        }
        let path = self.scratch.join(LIST);
        let json = serde_json::json!({ "Replace": list });
        fs::write(&path, json.to_string())?;
        Ok(path)
    }

    /// Under its own name, and under those that links give it.
    fn place(&self, below: &str, path: &Path, list: &mut BTreeMap<PathBuf, PathBuf>) {
        list.insert(self.root.join(below), path.to_owned());
        for (from, to) in &self.links {
            if let Some(rest) = below.strip_prefix(to.as_str()).and_then(|rest| rest.strip_prefix('/')) {
                list.insert(self.root.join(from).join(rest), path.to_owned());
            }
        }
    }
}

/// A root of links to everything in the checkout, but with another list of vendored packages.
fn linked(checkout: &Path, root: &Path, modules: &[u8]) -> Result<PathBuf, GoError> {
    let _ = fs::remove_dir_all(root);
    fs::create_dir_all(root.join("vendor"))?;
    for (from, to) in [(checkout.to_owned(), root.to_owned()), (checkout.join("vendor"), root.join("vendor"))] {
        for entry in fs::read_dir(&from)?.flatten() {
            let name = entry.file_name();
            if name != "vendor" && name != "modules.txt" && name != ".git" {
                link(&from.join(&name), &to.join(&name))?;
            }
        }
    }
    fs::write(root.join("vendor/modules.txt"), modules)?;
    Ok(root.to_owned())
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.is_dir() { std::os::windows::fs::symlink_dir(from, to) } else { fs::copy(from, to).map(|_| ()) }
}

/// Links below a directory that lead to directories of the checkout.
fn find_links(checkout: &Path, dir: &str, depth: usize, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(checkout.join(dir)).into_iter().flatten().flatten() {
        let Ok(name) = entry.file_name().into_string() else { continue };
        let Ok(kind) = entry.file_type() else { continue };
        let path = format!("{dir}/{name}");
        if kind.is_symlink() {
            let target = checkout.join(&path).canonicalize().ok();
            let below = target.as_ref().and_then(|target| target.strip_prefix(checkout).ok()?.to_str());
            found.extend(below.map(|below| (path, below.to_owned())));
        } else if kind.is_dir() && depth > 1 {
            find_links(checkout, &path, depth - 1, found);
        }
    }
}

/// Without `.` and `..`, links as they are.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => drop(normal.pop()),
            other => normal.push(other),
        }
    }
    normal
}
