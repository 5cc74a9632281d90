//! Where each module of a checkout has the package: a module imports its own, and none that its go.mod does not name.

use std::path::Path;

use super::importers::under;
use super::options::is_kubernetes;
use super::{Importable, Importers, RuntimeError, RuntimeOptions};
use crate::go::module::{GoMod, modules};
use crate::rule::IdSource;
use crate::write::reason::Refusal;

/// The modules of a checkout, and where each has the package.
#[derive(Debug)]
pub struct Homes<'r> {
    /// Innermost first.
    list: Vec<Home<'r>>,
}

/// One module and its package.
#[derive(Debug)]
pub struct Home<'r> {
    /// The directory of its go.mod below the root.
    pub dir: String,
    /// Its path.
    module: String,
    package: Result<(RuntimeOptions, Importers<'r>), Refusal>,
}

impl<'r> Homes<'r> {
    /// Reads every go.mod of the checkout at `root`. kubernetes is one home: its modules share a package.
    pub fn read(root: &'r Path, source: IdSource, key: &str) -> Self {
        if is_kubernetes(root) {
            return Self { list: vec![Home::new(root, ("", ""), RuntimeOptions::detect(root, source, key))] };
        }
        let mut found = modules(root);
        found.sort_by(|(a, _), (b, _)| (b.len(), a).cmp(&(a.len(), b)));
        let home = |(dir, gomod): &(String, GoMod)| {
            Home::new(root, (dir, &gomod.module), RuntimeOptions::of_module(root, dir, source, key))
        };
        Self { list: found.iter().map(home).collect() }
    }

    /// Whether the checkout has no module at all, as those of a GOPATH.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The module that a directory or file belongs to.
    pub fn of(&self, path: &str) -> Option<&Home<'r>> {
        self.list.iter().find(|home| under(path, &home.dir))
    }

    /// The module that an import path is one of; none of kubernetes', which share a package.
    pub fn holding(&self, import: &str) -> Option<&Home<'r>> {
        let holds = |home: &&Home<'r>| !home.module.is_empty() && under(import, &home.module);
        self.list.iter().filter(holds).max_by_key(|home| home.module.len())
    }

    /// What files in `dir` may import.
    pub fn check(&self, dir: &str) -> Result<&Importable, Refusal> {
        match self.of(dir).map(|home| &home.package) {
            Some(Ok((_, importers))) => importers.check(dir),
            Some(Err(refusal)) => Err(refusal.clone()),
            None => Err(Refusal::NoModule { dir: dir.to_owned() }),
        }
    }

    /// The modules, sorted by directory.
    pub fn iter(&self) -> impl Iterator<Item = &Home<'r>> {
        let mut homes: Vec<_> = self.list.iter().collect();
        homes.sort_by(|a, b| a.dir.cmp(&b.dir));
        homes.into_iter()
    }
}

impl<'r> Home<'r> {
    fn new(root: &'r Path, (dir, module): (&str, &str), options: Result<RuntimeOptions, RuntimeError>) -> Self {
        let package = options.and_then(|options| {
            let importers = Importers::read(root, &options)?;
            Ok((options, importers))
        });
        let package = package.map_err(|error| Refusal::Unfit { why: error.to_string() });
        Self { dir: dir.to_owned(), module: module.to_owned(), package }
    }

    /// The same with the package at an import path of the module; none where the module can have none.
    pub fn placed(&self, import: &str) -> Option<RuntimeOptions> {
        let below = import.strip_prefix(&self.module)?.strip_prefix('/')?;
        let mut options = self.options().ok()?.clone();
        options.package_dir = if self.dir.is_empty() { below.to_owned() } else { format!("{}/{below}", self.dir) };
        import.clone_into(&mut options.import_path);
        Some(options)
    }

    /// What the package is rendered for, or why the module can have none.
    pub fn options(&self) -> Result<&RuntimeOptions, &Refusal> {
        self.package.as_ref().map(|(options, _)| options)
    }
}
