//! Where each module of a checkout has the package: a module imports its own, and none that its go.mod does not name.

use std::path::Path;

use super::importers::under;
use super::options::is_kubernetes;
use super::{Importable, Importers, RuntimeError, RuntimeOptions};
use crate::go::module::modules;
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
    package: Result<(RuntimeOptions, Importers<'r>), Refusal>,
}

impl<'r> Homes<'r> {
    /// Reads every go.mod of the checkout at `root`. kubernetes is one home: its modules share a package.
    pub fn read(root: &'r Path, source: IdSource, key: &str) -> Self {
        if is_kubernetes(root) {
            return Self { list: vec![Home::new(root, "", RuntimeOptions::detect(root, source, key))] };
        }
        let mut dirs: Vec<String> = modules(root).into_iter().map(|(dir, _)| dir).collect();
        dirs.sort_by(|a, b| (b.len(), a).cmp(&(a.len(), b)));
        Self {
            list: dirs
                .iter()
                .map(|dir| Home::new(root, dir, RuntimeOptions::of_module(root, dir, source, key)))
                .collect(),
        }
    }

    /// Whether the checkout has no module at all, as those of a GOPATH.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// The module that a directory or file belongs to.
    pub fn of(&self, path: &str) -> Option<&Home<'r>> {
        self.list.iter().find(|home| under(path, &home.dir))
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
    fn new(root: &'r Path, dir: &str, options: Result<RuntimeOptions, RuntimeError>) -> Self {
        let package = options.and_then(|options| {
            let importers = Importers::read(root, &options)?;
            Ok((options, importers))
        });
        Self { dir: dir.to_owned(), package: package.map_err(|error| Refusal::Unfit { why: error.to_string() }) }
    }

    /// What the package is rendered for, or why the module can have none.
    pub fn options(&self) -> Result<&RuntimeOptions, &Refusal> {
        self.package.as_ref().map(|(options, _)| options)
    }
}
