//! What goes along with rewritten calls: the package that they name, in each module that needs it, and what switches it on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use memchr::memmem;

use crate::go::files::Overlay;
use crate::go::module::{Programs, modules};
use crate::rule::{IdSource, RuleSet};
use crate::text::FileChange;
use crate::text::diagnostic::RelPath;
use crate::write::runtime::{Home, Homes, RuntimeError, RuntimeOptions, is_kubernetes, tree_files};
use crate::write::wire::{Proposal, View, WireError, propose};

/// What the checkout's owners call things.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Where request IDs come from.
    pub source: IdSource,
    /// Import path of the package, instead of each module's own.
    pub import: Option<String>,
    /// Key of the pair.
    pub key: String,
    /// Header, where it is another.
    pub header: Option<String>,
    /// Annotation, where it is another.
    pub annotation: Option<String>,
}

impl Names {
    /// The options under these names.
    pub fn name(&self, options: &RuntimeOptions) -> RuntimeOptions {
        let mut options = options.clone();
        let named = [(&self.header, &mut options.header), (&self.annotation, &mut options.annotation)];
        for (name, place) in named {
            if let Some(name) = name {
                place.clone_from(name);
            }
        }
        options
    }
}

/// The package of one module: new, since one that the tree has is left alone.
#[derive(Clone, Debug)]
pub struct Package {
    /// What it is rendered for.
    pub options: RuntimeOptions,
    /// Its files, and those of the checkout that list them.
    pub files: Vec<FileChange>,
}

/// What goes along with changes.
#[derive(Debug, Default)]
pub struct Along {
    /// Packages, which go first.
    pub packages: Vec<Package>,
    /// What switches them on, which goes last, by the module's directory: each starts from what the changes make of its files.
    pub wires: Vec<(String, Proposal)>,
    /// Why some modules' programs could not be looked at.
    pub unwired: Vec<WireError>,
}

impl Along {
    /// The changes together with what goes along, each file once: packages first, so that whoever stops on the way has files that build.
    pub fn with(&self, changes: Vec<FileChange>) -> Vec<FileChange> {
        let mut wired: BTreeMap<&RelPath, &FileChange> = BTreeMap::new();
        wired.extend(self.wires.iter().flat_map(|(_, wire)| &wire.files).map(|change| (&change.path, change)));
        let mut all: Vec<FileChange> = self.packages.iter().flat_map(|package| package.files.clone()).collect();
        all.extend(changes.into_iter().map(|change| match wired.remove(&change.path) {
            Some(wire) => change.then(wire),
            None => change,
        }));
        all.extend(wired.into_values().cloned());
        all
    }

    /// Leaves out files that are there and are not `wanted`.
    pub fn keep(&mut self, wanted: &dyn Fn(&RelPath) -> bool) {
        let packages = self.packages.iter_mut().map(|package| &mut package.files);
        for files in packages.chain(self.wires.iter_mut().map(|(_, wire)| &mut wire.files)) {
            files.retain(|change| change.before.is_none() || wanted(&change.path));
        }
    }

    /// How many calls that switch IDs on have found no place.
    pub fn by_hand(&self) -> usize {
        self.wires.iter().map(|(_, wire)| wire.by_hand.len()).sum()
    }
}

/// The package alone, wherever one of `changes` names one that the checkout lacks.
pub fn packages(root: &Path, names: &Names, changes: &[&FileChange]) -> Result<Vec<Package>, RuntimeError> {
    let mut packages = Vec::new();
    for (_, options) in needed(root, names, changes) {
        let options = names.name(&options);
        if has(root, &options) {
            continue;
        }
        let files = tree_files(root, &options)?;
        packages.push(Package { options, files });
    }
    Ok(packages)
}

/// All that goes along with `changes`: each file once, as it is in the end. `process_ids`: programs in which no operation starts are
/// wired, too.
pub fn along(
    root: &Path,
    names: &Names,
    rules: &RuleSet,
    process_ids: bool,
    changes: &[&FileChange],
) -> Result<Along, RuntimeError> {
    let needed = needed(root, names, changes);
    if needed.is_empty() {
        return Ok(Along::default());
    }
    let packages = packages(root, names, changes)?;
    let after: BTreeMap<RelPath, _> = changes.iter().map(|c| (c.path.clone(), c.after.clone())).collect();
    let overlay = Overlay::new(after);
    let homes = Homes::read(root, names.source, &names.key);
    let marks: &[String] = if process_ids { &[] } else { &rules.carriers.starts };
    let programs = (!is_kubernetes(root)).then(|| Programs::read(root, &modules(root), marks, &rules.carriers.probes));
    let (mut wires, mut unwired) = (Vec::new(), Vec::new());
    for (dir, options) in needed {
        let naming = changes.iter().filter(|change| names_one(&options, change));
        let naming: BTreeSet<&str> = naming.map(|change| directory(&change.path)).collect();
        let wired = programs.as_ref().map(|programs| programs.made_of_any(&naming, !process_ids));
        let takes = |path: &str, main: bool| {
            let is_here = homes.of(path).is_some_and(|home| home.dir == dir);
            let is_wanted = || wired.as_ref().is_none_or(|dirs| dirs.contains(directory(path)));
            is_here && (!main || is_wanted())
        };
        match propose(root, &names.name(&options), rules, View { overlay: &overlay, takes: &takes }) {
            Ok(proposal) => wires.push((dir, proposal)),
            // The calls do without: nothing is switched on.
            Err(error) => unwired.push(error),
        }
    }
    Ok(Along { packages, wires, unwired })
}

/// Whether a changed file imports the package, or its base.
fn names_one(options: &RuntimeOptions, change: &FileChange) -> bool {
    let is_named = |path: &str| memmem::find(&change.after, format!("\"{path}\"").as_bytes()).is_some();
    options.places().into_iter().any(|(_, path)| is_named(path))
}

/// The modules whose package is named by a change: their directories, and what the package is rendered for.
fn needed(root: &Path, names: &Names, changes: &[&FileChange]) -> Vec<(String, RuntimeOptions)> {
    let homes = Homes::read(root, names.source, &names.key);
    let dir_of = |path: &str| homes.of(path).map(|home| home.dir.as_str()).unwrap_or_default();
    let holding = names.import.as_ref().and_then(|import| homes.holding(import));
    if let (Some(import), None) = (&names.import, holding) {
        let placed = RuntimeOptions::detect(root, names.source, &names.key).and_then(|mut options| {
            options.place(root, import)?;
            Ok(options)
        });
        // A path outside of the checkout is its owners' to provide.
        let named = placed.ok().filter(|options| changes.iter().any(|change| names_one(options, change)));
        return named.map(|options| (dir_of(&options.package_dir).to_owned(), options)).into_iter().collect();
    }
    let of_home = |home: &Home<'_>| {
        let options = home_options(home, names, &homes)?;
        let here = changes.iter().filter(|change| dir_of(&change.path) == home.dir);
        here.into_iter().any(|change| names_one(&options, change)).then(|| (home.dir.clone(), options))
    };
    homes.iter().filter_map(of_home).collect()
}

/// What the package of a module is rendered for: at the import path that is set, if that is one of the module's.
pub fn home_options(home: &Home<'_>, names: &Names, homes: &Homes<'_>) -> Option<RuntimeOptions> {
    let here = |import: &&String| homes.holding(import).is_some_and(|holding| holding.dir == home.dir);
    match names.import.as_ref().filter(here) {
        Some(import) => home.placed(import),
        None => home.options().ok().cloned(),
    }
}

/// Whether the checkout has the package already.
fn has(root: &Path, options: &RuntimeOptions) -> bool {
    options.places().iter().all(|(dir, _)| root.join(dir).join("requestid.go").is_file())
}

fn directory(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}
