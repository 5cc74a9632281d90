//! Import path ↔ directory, as the go tool or a GOPATH would find it, inside the checkout.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};

use rustc_hash::FxHashMap;

use super::GoMod;
use crate::text::disk::text_of_go;

/// Where a package's files are.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Origin {
    /// A directory below the root, with `/` between its parts and symbolic links resolved; `""` is the root.
    Dir(Arc<str>),
    /// A directory of the module cache.
    Cache(Arc<Path>),
    /// The standard library, as far as the engine knows it.
    Std,
    /// Nowhere that was looked.
    Missing,
}

/// A package: one for each directory and import path.
#[derive(Debug)]
pub struct PackageName {
    /// Import path.
    pub path: Arc<str>,
    /// Where it is.
    pub origin: Origin,
    realm: Arc<str>,
    number: u32,
}

impl PackageName {
    /// Its place in tables; differs from run to run, so nothing may be sorted by it.
    pub fn number(&self) -> usize {
        self.number as usize
    }
}

impl PartialEq for PackageName {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for PackageName {}

impl std::hash::Hash for PackageName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

/// How far to look.
#[derive(Clone, Debug, Default)]
pub struct ResolveOptions {
    /// A module cache to read declarations from. A module is read at the version that the checkout's go.sum pins, and not otherwise.
    pub module_cache: Option<PathBuf>,
}

impl ResolveOptions {
    /// Reads the user's module cache as well, where the go tool would keep it.
    pub fn with_module_cache() -> Self {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let below = |dir: PathBuf| dir.join("pkg/mod");
        let gopath = set("GOPATH").and_then(|paths| std::env::split_paths(&paths).next());
        let module_cache =
            set("GOMODCACHE").or_else(|| gopath.map(below)).or_else(|| set("HOME").map(|home| below(home.join("go"))));
        Self { module_cache }
    }
}

/// Finds packages. Everything found is remembered; safe to ask from many threads.
#[derive(Debug)]
pub struct Resolver {
    root: PathBuf,
    options: ResolveOptions,
    is_std: fn(&str) -> bool,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    names: FxHashMap<(Arc<str>, Origin, Arc<str>), Arc<PackageName>>,
    realms: FxHashMap<Arc<str>, Arc<Realm>>,
    resolved: FxHashMap<(Arc<str>, Box<str>), Arc<PackageName>>,
    /// Packages by the directories that were asked about.
    places: FxHashMap<Box<str>, Arc<PackageName>>,
    /// Paths without symbolic links, by those that lead to them; none: they lead out, or nowhere.
    real: FxHashMap<Box<str>, Option<Arc<str>>>,
    /// Directories with Go files, by the paths that lead to them; none: there are no such files.
    go_dirs: FxHashMap<String, Option<Arc<str>>>,
}

/// What the directories from one up to the root say about imports; innermost first.
#[derive(Debug)]
struct Realm {
    /// The innermost directory that says anything.
    dir: Arc<str>,
    layers: Vec<Layer>,
}

#[derive(Clone, Debug)]
struct Layer {
    dir: Arc<str>,
    gomod: Option<Arc<GoMod>>,
    work: Option<Arc<GoMod>>,
    vendor: bool,
    /// Modules that go.sum pins: path and version.
    pinned: Arc<BTreeSet<(String, String)>>,
}

impl Layer {
    /// Whether it says anything about imports.
    fn says(&self) -> bool {
        self.gomod.is_some() || self.work.is_some() || self.vendor
    }
}

impl Resolver {
    /// For the checkout at `root`. `is_std` tells the import paths of the standard library.
    pub fn new(root: &Path, options: ResolveOptions, is_std: fn(&str) -> bool) -> Self {
        // A root that cannot be resolved holds no packages.
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        Self { root, options, is_std, known: Mutex::default() }
    }

    /// The root, without symbolic links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The package in a directory of the checkout.
    pub fn package_at(&self, dir: &str) -> Arc<PackageName> {
        if let Some(found) = self.lock(|known| known.places.get(dir).cloned()) {
            return found;
        }
        let real = self.canonical(dir).unwrap_or_else(|| dir.into());
        let realm = self.realm(&real);
        let found = self.intern(&self.import_path(&real, &realm), Origin::Dir(real));
        self.lock(|known| known.places.insert(dir.into(), found.clone()));
        found
    }

    /// The package that a file of `from` gets for an import path.
    pub fn resolve(&self, from: &PackageName, path: &str) -> Arc<PackageName> {
        let realm = match &from.origin {
            Origin::Dir(dir) => self.realm(dir),
            Origin::Cache(_) | Origin::Missing => self.realm(&from.realm),
            Origin::Std => return self.intern(path, if (self.is_std)(path) { Origin::Std } else { Origin::Missing }),
        };
        let key = (realm.dir.clone(), Box::from(path));
        if let Some(found) = self.lock(|known| known.resolved.get(&key).cloned()) {
            return found;
        }
        let found = match self.find(path, &realm, from) {
            Some(Origin::Cache(dir)) => self.intern_in(path, Origin::Cache(dir), realm.dir.clone()),
            Some(origin) => self.intern(path, origin),
            None => self.intern(path, Origin::Missing),
        };
        self.lock(|known| known.resolved.insert(key, found.clone()));
        found
    }

    /// The module that a package's go.mod, or one around it, requires for an import path, with its version; else the path itself.
    pub fn module_of(&self, from: &PackageName, path: &str) -> String {
        let realm = match &from.origin {
            Origin::Dir(dir) => self.realm(dir),
            _ => self.realm(&from.realm),
        };
        let required = realm.layers.iter().filter_map(|layer| longest(&layer.gomod.as_deref()?.versions, path));
        let found = required.map(|((module, version), _)| format!("{module} {version}")).next();
        found.unwrap_or_else(|| path.to_owned())
    }

    /// The package of the `_test.go` files of a directory that stand outside of the package they test.
    pub fn external_tests_of(&self, package: &PackageName) -> Arc<PackageName> {
        self.intern(&format!("{}_test", package.path), package.origin.clone())
    }

    /// How many packages it was asked for; their numbers are smaller.
    pub fn names(&self) -> usize {
        self.lock(|known| known.names.len())
    }

    /// Files of a package can be read below this directory.
    pub fn location(&self, package: &PackageName) -> Option<PathBuf> {
        match &package.origin {
            Origin::Dir(dir) => Some(self.root.join(&**dir)),
            Origin::Cache(dir) => Some(dir.to_path_buf()),
            Origin::Std | Origin::Missing => None,
        }
    }

    fn lock<T>(&self, with: impl FnOnce(&mut Known) -> T) -> T {
        with(&mut self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn intern(&self, path: &str, origin: Origin) -> Arc<PackageName> {
        self.intern_in(path, origin, "".into())
    }

    fn intern_in(&self, path: &str, origin: Origin, realm: Arc<str>) -> Arc<PackageName> {
        self.lock(|known| {
            let path: Arc<str> = path.into();
            let number = known.names.len() as u32;
            let key = (path.clone(), origin.clone(), realm.clone());
            known.names.entry(key).or_insert_with(|| Arc::new(PackageName { path, origin, realm, number })).clone()
        })
    }

    /// A directory without symbolic links, relative to the root; `None` if it lies outside or is none.
    fn canonical(&self, dir: &str) -> Option<Arc<str>> {
        if let Some(known) = self.lock(|known| known.real.get(dir).cloned()) {
            return known;
        }
        let found = self.below_real(dir).or_else(|| {
            let real = self.root.join(dir).canonicalize().ok()?;
            let below = real.strip_prefix(&self.root).ok()?;
            let parts: Option<Vec<_>> = below.components().map(|c| c.as_os_str().to_str()).collect();
            Some(parts?.join("/").into())
        });
        self.lock(|known| known.real.insert(dir.into(), found.clone()));
        found
    }

    /// As [`Resolver::canonical`], of what is no link itself, by what is known of the directory that it stands in.
    fn below_real(&self, dir: &str) -> Option<Arc<str>> {
        let (parent, name) = dir.rsplit_once('/').unwrap_or(("", dir));
        if dir.starts_with('/') || matches!(name, "" | "." | "..") {
            return None;
        }
        let real = join(&self.canonical(parent)?, name);
        let found = self.root.join(&real).symlink_metadata().ok()?;
        (!found.is_symlink()).then(|| real.into())
    }

    fn realm(&self, dir: &str) -> Arc<Realm> {
        if let Some(realm) = self.lock(|known| known.realms.get(dir).cloned()) {
            return realm;
        }
        let parent = (!dir.is_empty()).then(|| self.realm(dir.rsplit_once('/').map_or("", |(parent, _)| parent)));
        let layer = self.layer(dir);
        let realm = match parent {
            Some(parent) if !layer.says() => parent,
            parent => {
                let outer = parent.iter().flat_map(|p| p.layers.iter().cloned());
                Arc::new(Realm { dir: dir.into(), layers: std::iter::once(layer).chain(outer).collect() })
            }
        };
        self.lock(|known| known.realms.insert(dir.into(), realm.clone()));
        realm
    }

    fn layer(&self, dir: &str) -> Layer {
        let at = self.root.join(dir);
        let read = |name: &str| Some(Arc::new(GoMod::parse(&text_of_go(&at.join(name)).ok()?)));
        let (gomod, work, vendor) = (read("go.mod"), read("go.work"), at.join("vendor").is_dir());
        let mut layer = Layer { dir: dir.into(), gomod, work, vendor, pinned: Arc::default() };
        if layer.says() && self.options.module_cache.is_some() {
            let sums = ["go.sum", "go.work.sum"].map(|name| text_of_go(&at.join(name)).unwrap_or_default());
            layer.pinned = Arc::new(sums.iter().flat_map(|text| pinned(text)).collect());
        }
        layer
    }

    /// The import path of a directory: what stands behind `vendor/`, what its module says, or what stands behind
    /// `staging/src/`.
    fn import_path(&self, dir: &str, realm: &Realm) -> String {
        let slashed = format!("/{dir}");
        if let Some(at) = slashed.rfind("/vendor/") {
            return slashed[at + "/vendor/".len()..].to_owned();
        }
        let module = realm.layers.iter().find_map(|l| Some((&*l.dir, l.gomod.as_deref()?)));
        if let Some(at) = slashed.find("/staging/src/")
            && module.is_none_or(|(module_dir, _)| module_dir.len() < at + "/staging/src".len())
        {
            return slashed[at + "/staging/src/".len()..].to_owned();
        }
        match module {
            Some((at, gomod)) if !gomod.module.is_empty() => {
                let below = dir[at.len().min(dir.len())..].trim_start_matches('/');
                if gomod.module == STD {
                    return below.to_owned();
                }
                if below.is_empty() { gomod.module.clone() } else { format!("{}/{below}", gomod.module) }
            }
            _ => dir.to_owned(),
        }
    }

    fn find(&self, path: &str, realm: &Realm, from: &PackageName) -> Option<Origin> {
        let plain = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
        if !plain || path == "C" {
            return None;
        }
        if matches!(from.origin, Origin::Cache(_)) {
            return self.cached(path, realm, Some(from)).or_else(|| (self.is_std)(path).then_some(Origin::Std));
        }
        let own = || realm.layers.iter().find_map(|l| self.in_module(path, &l.dir, l.gomod.as_deref()?));
        let vendor = || {
            let vendors = realm.layers.iter().filter(|l| l.vendor);
            vendors.map(|l| join(&l.dir, "vendor")).find_map(|vendor| self.go_dir(&join(&vendor, path)))
        };
        let dir = match own() {
            Some(dir) => Some(dir),
            None if (self.is_std)(path) => return Some(Origin::Std),
            // What stands in for a module is what go builds; a copy of it in vendor is made of that.
            None => self.replaced(path, realm).or_else(vendor).or_else(|| self.guessed(path, realm)),
        };
        dir.map(Origin::Dir).or_else(|| self.cached(path, realm, None))
    }

    fn in_module(&self, path: &str, dir: &str, gomod: &GoMod) -> Option<Arc<str>> {
        let rest = if gomod.module == STD { path } else { below(path, &gomod.module)? };
        self.go_dir(&join(dir, rest))
    }

    /// Through `replace` of go.mod and go.work, and through go.work's own modules.
    fn replaced(&self, path: &str, realm: &Realm) -> Option<Arc<str>> {
        realm.layers.iter().find_map(|layer| {
            let files = layer.gomod.iter().chain(&layer.work);
            let through = files.clone().find_map(|file| {
                let (dir, rest) = longest(&file.replace, path)?;
                self.go_dir(&join(&join(&layer.dir, dir), rest))
            });
            through.or_else(|| {
                files.flat_map(|file| &file.uses).find_map(|dir| {
                    let dir = normal(&join(&layer.dir, dir))?;
                    let gomod = self.realm(&dir).layers.first().and_then(|l| l.gomod.clone())?;
                    self.in_module(path, &dir, &gomod)
                })
            })
        })
    }

    /// `staging/src/` of the root; and in a checkout without go.mod, the directory that the path ends with.
    fn guessed(&self, path: &str, realm: &Realm) -> Option<Arc<str>> {
        let staging = self.go_dir(&join("staging/src", path));
        staging.or_else(|| {
            let no_module = realm.layers.iter().all(|l| l.gomod.is_none());
            let mut rest = path;
            no_module.then(|| {
                std::iter::from_fn(|| {
                    rest = rest.split_once('/')?.1;
                    Some(rest)
                })
                .find_map(|rest| self.go_dir(rest))
            })?
        })
    }

    fn cached(&self, path: &str, realm: &Realm, from: Option<&PackageName>) -> Option<Origin> {
        let cache = self.options.module_cache.as_deref()?;
        let own = from.and_then(|from| own_gomod(from, cache));
        let gomods = realm.layers.iter().filter_map(|l| l.gomod.as_deref()).chain(own.as_ref());
        let found = gomods.filter_map(|gomod| {
            let ((module, version), rest) = longest(&gomod.versions, path)?;
            let pin = (module.clone(), version.clone());
            if !realm.layers.iter().any(|layer| layer.pinned.contains(&pin)) {
                return None;
            }
            let dir = cache.join(format!("{}@{version}", escaped(module))).join(rest);
            has_go_files(&dir).then(|| Origin::Cache(dir.into()))
        });
        found.into_iter().next()
    }

    /// A directory with Go files inside the root, without symbolic links.
    fn go_dir(&self, dir: &str) -> Option<Arc<str>> {
        let dir = normal(dir)?;
        if let Some(found) = self.lock(|known| known.go_dirs.get(&dir).cloned()) {
            return found;
        }
        let found = has_go_files(&self.root.join(&dir)).then(|| self.canonical(&dir)).flatten();
        self.lock(|known| known.go_dirs.insert(dir, found.clone()));
        found
    }
}

/// The modules that the text of a go.sum pins; lines for a go.mod alone pin nothing that is read.
fn pinned(text: &str) -> BTreeSet<(String, String)> {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    lines
        .filter_map(|words| match words.as_slice() {
            [module, version, _] if !version.ends_with("/go.mod") => {
                Some(((*module).to_owned(), (*version).to_owned()))
            }
            _ => None,
        })
        .collect()
}

/// The module of the standard library's own sources, whose packages go without its name.
const STD: &str = "std";

/// The go.mod of the module that a cached package belongs to.
fn own_gomod(from: &PackageName, cache: &Path) -> Option<GoMod> {
    let Origin::Cache(dir) = &from.origin else { return None };
    let text = dir.ancestors().take_while(|a| *a != cache).find_map(|a| text_of_go(&a.join("go.mod")).ok())?;
    Some(GoMod::parse(&text))
}

/// The module cache spells capitals as `!` and the small letter.
fn escaped(module: &str) -> String {
    let escape = |c: char| if c.is_ascii_uppercase() { format!("!{}", c.to_ascii_lowercase()) } else { c.to_string() };
    module.chars().map(escape).collect()
}

fn has_go_files(dir: &Path) -> bool {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|e| e.file_name()).any(|name| name.to_str().is_some_and(|n| n.ends_with(".go")))
}

/// A path below a directory; `""` is the root.
pub(super) fn join(dir: &str, rest: &str) -> String {
    match (dir, rest) {
        ("", rest) => rest.to_owned(),
        (dir, "") => dir.to_owned(),
        (dir, rest) => format!("{dir}/{rest}"),
    }
}

/// A relative path without `.` and `..`; `None` if it leaves the root or is absolute.
pub(super) fn normal(path: &str) -> Option<String> {
    let mut parts = Vec::new();
    for component in Path::new(path).components() {
        match component {
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir => {}
            Component::ParentDir => drop(parts.pop()?),
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    Some(parts.join("/"))
}

/// What stands behind `module` in `path`, if the module holds the path.
fn below<'p>(path: &'p str, module: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(module).filter(|_| !module.is_empty())?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

/// The entry with the longest module path that holds `path`, and what stands behind it.
fn longest<'m, 'p, V>(modules: &'m BTreeMap<String, V>, path: &'p str) -> Option<(&'m V, &'p str)> {
    let holding = modules.iter().filter_map(|(module, value)| Some((module.len(), value, below(path, module)?)));
    holding.max_by_key(|(len, ..)| *len).map(|(_, value, rest)| (value, rest))
}
