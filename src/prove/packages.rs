//! Which packages the changes are in, and which depend on those.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::go::{self, Configuration, Go, GoError};
use crate::go::module::{VendoredCopy, copies};

/// A package as `go list` tells of it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Listed {
    /// Import path.
    pub import_path: String,
    /// Its directory.
    #[serde(default)]
    pub dir: PathBuf,
    /// Files that are compiled.
    #[serde(default)]
    go_files: Vec<String>,
    /// Files that are compiled through cgo.
    #[serde(default)]
    cgo_files: Vec<String>,
    /// What it imports.
    #[serde(default)]
    imports: Vec<String>,
    #[serde(default)]
    standard: bool,
    error: Option<ListError>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListError {
    #[serde(default)]
    err: String,
    #[serde(default)]
    pos: String,
}

impl Listed {
    /// Whether a file of it is compiled.
    pub fn compiles(&self, name: &str) -> bool {
        self.go_files.iter().chain(&self.cgo_files).any(|file| file == name)
    }

    /// Why it cannot be loaded, and where.
    pub fn error(&self) -> Option<(&str, &str)> {
        self.error.as_ref().map(|error| (error.err.as_str(), error.pos.as_str()))
    }
}

/// Packages of one module.
#[derive(Clone, Debug, Default)]
pub struct PackageSet {
    /// The directory that go is run in.
    pub dir: PathBuf,
    /// Import paths of packages with changes, and the directories of the checkout that they are in.
    pub touched: BTreeMap<String, String>,
}

const FIELDS: &str = "-json=ImportPath,Dir,GoFiles,CgoFiles,Imports,Standard,Error";

/// Asks for packages; those with errors are told as well.
pub(super) fn list(
    go: &Go,
    dir: &Path,
    configuration: &Configuration,
    overlay: Option<&Path>,
    patterns: &[&str],
) -> Result<Vec<Listed>, GoError> {
    let mut command = go.command(dir, "list", configuration, overlay);
    command.args(["-e", FIELDS, "--"]).args(patterns);
    let said = go::run(&mut command, "go list", &mut |_| {})?;
    let listed: Result<Vec<Listed>, _> = serde_json::Deserializer::from_slice(&said.stdout).into_iter().collect();
    match listed {
        Ok(listed) if said.ok || !listed.is_empty() => Ok(listed),
        _ => Err(GoError::Failed { tool: "go list".to_owned(), message: said.stderr.trim().to_owned() }),
    }
}

/// The directory of the module that holds a directory of the checkout.
fn module_of(checkout: &Path, dir: &str) -> String {
    let mut dir = dir;
    while !checkout.join(dir).join("go.mod").is_file() && !dir.is_empty() {
        dir = dir.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
    dir.to_owned()
}

/// Directories with changes, as packages: those that the root's module builds, vendored or its own, are built from there,
/// the others each in its own module. `root` is what Go takes for the checkout.
pub(super) fn sets(
    go: &Go,
    checkout: &Path,
    root: &Path,
    import_path: &dyn Fn(&str) -> String,
    dirs: &BTreeSet<String>,
) -> Result<Vec<PackageSet>, GoError> {
    let mut sets: BTreeMap<String, PackageSet> = BTreeMap::new();
    let paths: BTreeMap<String, &String> = dirs.iter().map(|dir| (import_path(dir), dir)).collect();
    let patterns: Vec<&str> = paths.keys().map(String::as_str).collect();
    let has_root = checkout.join("go.mod").is_file() || module_of(checkout, "").is_empty();
    let listed = if has_root && !patterns.is_empty() {
        list(go, root, &Configuration::default(), None, &patterns).unwrap_or_default()
    } else {
        Vec::new()
    };
    let real = |path: &Path| path.canonicalize().ok();
    let copies = copies(checkout);
    // Of a module that vendor holds a copy of, the copy is built.
    let is_copied = |listed: &Listed, dir: &str| {
        let at = |copy: &VendoredCopy| real(&checkout.join(copy.name_of(&format!("{dir}/"))?));
        copies.iter().any(|copy| at(copy).is_some_and(|at| Some(at) == real(&listed.dir)))
    };
    let from_root: BTreeSet<&str> = listed
        .iter()
        .filter(|listed| {
            paths.get(&listed.import_path).is_some_and(|name| {
                let dir = real(&checkout.join(name));
                dir.is_some() && dir == real(&listed.dir) || is_copied(listed, name)
            })
        })
        .map(|listed| listed.import_path.as_str())
        .collect();
    for (path, dir) in &paths {
        let module = if from_root.contains(path.as_str()) { String::new() } else { module_of(checkout, dir) };
        let set = sets.entry(module.clone()).or_default();
        set.dir = root.join(&module);
        set.touched.insert(path.clone(), (*dir).clone());
    }
    Ok(sets.into_values().collect())
}

/// Packages of the checkout that depend on the touched ones, those included.
pub(super) fn dependants(
    go: &Go,
    checkout: &Path,
    set: &PackageSet,
    configuration: &Configuration,
    overlay: &Path,
) -> Result<BTreeSet<String>, GoError> {
    let all = list(go, &set.dir, configuration, Some(overlay), &["all"])?;
    let mut importers: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in all.iter().filter(|package| !package.standard) {
        for import in &package.imports {
            importers.entry(import).or_default().push(&package.import_path);
        }
    }
    let mut found: BTreeSet<String> = set.touched.keys().cloned().collect();
    let mut queue: Vec<&str> = set.touched.keys().map(String::as_str).collect();
    while let Some(path) = queue.pop() {
        for importer in importers.get(path).into_iter().flatten() {
            if found.insert((*importer).to_owned()) {
                queue.push(importer);
            }
        }
    }
    // Code of others that happens to import a vendored part of the tree is not ours to build alone.
    let inside = |package: &&Listed| package.dir.canonicalize().is_ok_and(|dir| dir.starts_with(checkout));
    let own: BTreeSet<&str> =
        all.iter().filter(inside).filter(|p| p.error.is_none()).map(|p| p.import_path.as_str()).collect();
    found.retain(|path| own.contains(path.as_str()) || set.touched.contains_key(path));
    Ok(found)
}
