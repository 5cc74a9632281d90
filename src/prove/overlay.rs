//! The scratch copy: changed files in a directory of their own, and a list that tells Go where they belong.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::{GoError, Subject};
use crate::go::module::{VendoredCopy, copies};
use crate::go::parse::LazyTree;
use crate::text::FileChange;
use crate::text::diagnostic::RelPath;
use crate::write::edit::Fix;

/// The tree as it would be.
pub struct Overlay<'p> {
    subjects: &'p [Subject<'p>],
    trees: Vec<LazyTree<'p>>,
    /// What Go takes for the root: the checkout, or a directory of links to it.
    root: PathBuf,
    scratch: PathBuf,
    /// Other names of the checkout's files.
    links: Names,
    extras: Vec<(RelPath, PathBuf)>,
    written: BTreeMap<usize, Vec<bool>>,
}

const LIST: &str = "overlay.json";
const MODULES: &str = "vendor/modules.txt";

impl<'p> Overlay<'p> {
    /// Prepares a scratch directory. Go reads vendor/modules.txt past any overlay, and its vet enters the directories of
    /// packages: where that list changes, or a directory is new, Go gets a root of links instead of the checkout's own.
    pub fn new(
        checkout: &Path,
        scratch: &Path,
        subjects: &'p [Subject<'p>],
        extras: Vec<FileChange>,
    ) -> Result<Self, GoError> {
        fs::create_dir_all(scratch.join("files"))?;
        let mut links = Vec::new();
        find_links(checkout, "vendor", 4, &mut links);
        let links = Names { links, copies: copies(checkout), checkout: checkout.to_owned() };
        let modules = extras.iter().find(|extra| &*extra.path == MODULES).map(|extra| &*extra.after);
        let sources = extras.iter().map(|extra| &*extra.path).filter(|path| path.ends_with(".go"));
        let names: Vec<String> = sources.flat_map(|path| links.of(path)).collect();
        let is_new = |name: &String| !checkout.join(name).parent().is_some_and(Path::is_dir);
        let root = match modules.is_some() || names.iter().any(is_new) {
            true => linked(checkout, &scratch.join("root"), &names, modules)?,
            false => checkout.to_owned(),
        };
        let mut placed = Vec::new();
        for (number, extra) in extras.into_iter().filter(|extra| extra.path.ends_with(".go")).enumerate() {
            if root != checkout {
                // Where a directory can be made, its files can be, too: vet opens them past the overlay.
                for name in links.of(&extra.path) {
                    let path = root.join(name);
                    // A link would lead the bytes into the checkout.
                    let _ = fs::remove_file(&path);
                    fs::write(path, &extra.after)?;
                }
                continue;
            }
            let path = scratch.join("files").join(format!("extra{number}.go"));
            fs::write(&path, &extra.after)?;
            placed.push((extra.path, path));
        }
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
        let real = self.links.own(below);
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
                fs::write(&path, &fixed.after)?;
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
        list.extend(self.links.of(below).into_iter().map(|name| (self.root.join(name), path.to_owned())));
    }
}

/// Under which names Go finds the checkout's files, beside their paths.
struct Names {
    checkout: PathBuf,
    /// Links in the checkout that lead to directories of it: what they are called and where they lead.
    links: Vec<(String, String)>,
    /// Copies of its own modules: Go builds these, and is shown them as `go mod vendor` would make them anew.
    copies: Vec<VendoredCopy>,
}

impl Names {
    /// What a file is called: its path, those that links give it, and those of its copies.
    fn of(&self, below: &str) -> Vec<String> {
        let linked = self.links.iter().filter_map(|(from, to)| {
            let rest = below.strip_prefix(to.as_str())?.strip_prefix('/')?;
            Some(format!("{from}/{rest}"))
        });
        // No tests are vendored, and no packages that nobody needs.
        let is_vendored =
            |name: &String| !name.ends_with("_test.go") && self.checkout.join(name).parent().is_some_and(Path::is_dir);
        let copied = self.copies.iter().filter_map(|copy| copy.name_of(below)).filter(is_vendored);
        std::iter::once(below.to_owned()).chain(linked).chain(copied).collect()
    }

    /// The file that goes by another name.
    fn own(&self, name: &str) -> Option<String> {
        let copies = self.copies.iter().map(|copy| (&copy.dir, &copy.own));
        self.links.iter().map(|(from, to)| (from, to)).chain(copies).find_map(|(from, to)| {
            let rest = name.strip_prefix(from.as_str())?.strip_prefix('/')?;
            Some(format!("{to}/{rest}"))
        })
    }
}

/// A root of links to everything in the checkout, but with directories for more files, and perhaps another list of vendored
/// packages.
fn linked(checkout: &Path, root: &Path, more: &[String], modules: Option<&[u8]>) -> Result<PathBuf, GoError> {
    let _ = fs::remove_dir_all(root);
    let mut own: BTreeSet<&Path> = more.iter().flat_map(|name| Path::new(name).ancestors().skip(1)).collect();
    own.insert(Path::new(""));
    if modules.is_some() {
        own.insert(Path::new("vendor"));
    }
    // Parents come before what is in them.
    for dir in &own {
        fs::create_dir_all(root.join(dir))?;
        for entry in fs::read_dir(checkout.join(dir)).into_iter().flatten().flatten() {
            let below = dir.join(entry.file_name());
            let is_replaced = modules.is_some() && below == Path::new(MODULES);
            if !own.contains(&*below) && !is_replaced && below != Path::new(".git") {
                link(&checkout.join(&below), &root.join(&below))?;
            }
        }
    }
    if let Some(modules) = modules {
        fs::write(root.join(MODULES), modules)?;
    }
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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// Go's vet enters the directory of every package, so that one that is only in the overlay has to be there, under each of
    /// its names.
    #[test]
    fn new_packages_have_directories_under_all_their_names() {
        let (checkout, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let checkout = checkout.path().canonicalize().unwrap();
        for (path, text) in [
            ("go.mod", "module example.com/m\n"),
            ("staging/src/k8s.io/base/logs/logs.go", "package logs\n"),
            ("vendor/modules.txt", "# old\n"),
            ("vendor/k8s.io/klog/klog.go", "package klog\n"),
        ] {
            fs::create_dir_all(checkout.join(path).parent().unwrap()).unwrap();
            fs::write(checkout.join(path), text).unwrap();
        }
        link(Path::new("../../staging/src/k8s.io/base"), &checkout.join("vendor/k8s.io/base")).unwrap();
        let extra = |path: &str, text: &str| FileChange::created(path, text.as_bytes());
        let package = extra("staging/src/k8s.io/base/logs/id/id.go", "package id\n");
        let extras = vec![package.clone(), extra(MODULES, "# new\n")];
        let overlay = Overlay::new(&checkout, scratch.path(), &[], extras).unwrap();
        let root = overlay.root();
        for dir in ["staging/src/k8s.io/base/logs/id", "vendor/k8s.io/base/logs/id"] {
            assert_eq!(fs::read_to_string(root.join(dir).join("id.go")).unwrap(), "package id\n", "{dir}");
        }
        for file in ["go.mod", "vendor/k8s.io/base/logs/logs.go", "vendor/k8s.io/klog/klog.go"] {
            assert!(root.join(file).is_file(), "{file}");
        }
        assert_eq!(fs::read_to_string(root.join(MODULES)).unwrap(), "# new\n");
        assert_eq!(fs::read_to_string(checkout.join(MODULES)).unwrap(), "# old\n");
        assert!(!checkout.join("staging/src/k8s.io/base/logs/id").exists());
        // Without a vendor list the directory is as new, and where it is there the checkout itself will do.
        let overlay = Overlay::new(&checkout, scratch.path(), &[], vec![package]).unwrap();
        assert!(overlay.root().join("vendor/k8s.io/base/logs/id").is_dir());
        let known = extra("staging/src/k8s.io/base/logs/more.go", "package logs\n");
        assert_eq!(Overlay::new(&checkout, scratch.path(), &[], vec![known]).unwrap().root(), checkout);
    }
}
