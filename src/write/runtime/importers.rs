//! Which directories of a checkout may import the package.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use super::gomod::{gomod_in, module_of};
use super::{RuntimeError, RuntimeOptions};
use crate::go::module::GoMod;
use crate::rule::Version;
use crate::text::disk;
use crate::write::reason::Refusal;

const RESTRICTIONS: &str = "staging/publishing/import-restrictions.yaml";

/// A package of the runtime, as files import it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Importable {
    /// Its import path.
    pub import_path: String,
    /// Whether importing it gives klog the filter.
    pub filters: bool,
    dir: String,
    module: String,
}

/// Which directories of a checkout may import the package, or its base.
#[derive(Debug)]
pub struct Importers<'r> {
    root: &'r Path,
    /// The package, then its base.
    packages: Vec<Importable>,
    restrictions: Vec<Restriction>,
    modules: Mutex<BTreeMap<String, Arc<GoMod>>>,
}

/// One entry of import-restrictions.yaml.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Restriction {
    base: String,
    ignored: Vec<String>,
    allowed: Vec<String>,
}

impl<'r> Importers<'r> {
    /// Reads what the checkout at `root` says about imports.
    pub fn read(root: &'r Path, options: &RuntimeOptions) -> Result<Self, RuntimeError> {
        let restrictions = match disk::text_within(root, RESTRICTIONS, disk::DECLARATION) {
            Ok(text) => parse(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(source) => return Err(RuntimeError::Read { path: RESTRICTIONS.to_owned(), source }),
        };
        let importable = |dir: &str, import_path: &str, filters: bool| {
            let (dir, import_path) = (dir.to_owned(), import_path.to_owned());
            Ok(Importable { module: module_of(root, &dir)?.1.module, dir, import_path, filters })
        };
        let mut packages = vec![importable(&options.package_dir, &options.import_path, true)?];
        if let Some(base) = &options.base {
            packages.push(importable(&base.dir, &base.import_path, false)?);
        }
        Ok(Self { root, packages, restrictions, modules: Mutex::default() })
    }

    /// What files in `dir` (below the root, `""` for itself) may import: the package or else its base.
    pub fn check(&self, dir: &str) -> Result<&Importable, Refusal> {
        if self.packages.iter().any(|package| under(dir, &package.dir)) {
            return Err(Refusal::Itself { dir: dir.to_owned() });
        }
        let mut refusal = Refusal::Itself { dir: dir.to_owned() };
        for package in &self.packages {
            match self.may_import(dir, package) {
                Ok(()) => return Ok(package),
                Err(other) => refusal = other,
            }
        }
        Err(refusal)
    }

    fn may_import(&self, dir: &str, package: &Importable) -> Result<(), Refusal> {
        if let Some(owner) = internal_owner(&package.dir)
            && !under(dir, owner)
        {
            return Err(Refusal::Internal { import_path: package.import_path.clone() });
        }
        let restricted = self.restrictions.iter().find(|restriction| restriction.forbids(dir, &package.import_path));
        if let Some(restriction) = restricted {
            let (base, import_path) = (restriction.base.clone(), package.import_path.clone());
            return Err(Refusal::Restriction { base, import_path });
        }
        let gomod = self.module_of(dir);
        let (importer, module) = (gomod.module.clone(), package.module.clone());
        match gomod.require.get(&module) {
            _ if importer == module => Ok(()),
            None => Err(Refusal::Module { importer, module }),
            // kubernetes' modules require each other as v0.0.0; a go.work or `replace` says that they are in the checkout.
            Some(version) if *version != Version(0, 0, 0) && !gomod.replace.contains_key(&module) => {
                Err(Refusal::Published { importer, module, version: *version })
            }
            Some(_) => Ok(()),
        }
    }

    /// An unreadable go.mod counts as one that requires nothing.
    fn module_of(&self, dir: &str) -> Arc<GoMod> {
        if let Some(known) = self.modules.lock().ok().and_then(|modules| modules.get(dir).cloned()) {
            return known;
        }
        let module = match gomod_in(self.root, dir) {
            Ok(Some((_, gomod))) => Arc::new(gomod),
            Ok(None) if !dir.is_empty() => self.module_of(dir.rsplit_once('/').map_or("", |(parent, _)| parent)),
            _ => Arc::default(),
        };
        if let Ok(mut modules) = self.modules.lock() {
            modules.insert(dir.to_owned(), module.clone());
        }
        module
    }
}

/// The directory whose tree may import a package below a directory `internal`.
fn internal_owner(package_dir: &str) -> Option<&str> {
    let parts: Vec<&str> = package_dir.split('/').collect();
    let at = parts.iter().rposition(|part| *part == "internal")?;
    let length = parts[..at].iter().map(|part| part.len() + 1).sum::<usize>();
    Some(package_dir[..length].trim_end_matches('/'))
}

pub(super) fn under(path: &str, base: &str) -> bool {
    base.is_empty() || path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

impl Restriction {
    /// kubernetes' cmd/importverifier: packages of k8s.io that are neither below the base nor allowed are forbidden.
    fn forbids(&self, dir: &str, import_path: &str) -> bool {
        under(dir, &self.base)
            && !self.ignored.iter().any(|ignored| under(dir, ignored))
            && under(import_path, "k8s.io")
            && !self.allowed.iter().any(|allowed| under(import_path, allowed))
    }
}

/// Reads the file's list of entries: a YAML of one shape, whose lists are written line by line.
fn parse(text: &str) -> Vec<Restriction> {
    let mut restrictions: Vec<Restriction> = Vec::new();
    let mut list = "";
    for line in text.lines() {
        let line = line.split(" #").next().unwrap_or("").trim();
        let entry = line.strip_prefix("- ").unwrap_or(line);
        let value = |text: &str| text.trim().trim_matches(['"', '\'']).to_owned();
        if let Some(base) = entry.strip_prefix("baseImportPath:") {
            restrictions.push(Restriction { base: directory(&value(base)), ..Restriction::default() });
        } else if line.ends_with(':') || line.starts_with("excludeTests") {
            list = line.trim_end_matches(':');
        } else if let (Some(item), Some(last)) = (line.strip_prefix("- "), restrictions.last_mut()) {
            match list {
                "allowedImports" => last.allowed.push(value(item)),
                "ignoredSubTrees" => last.ignored.push(directory(&value(item))),
                _ => {}
            }
        }
    }
    restrictions
}

/// A directory as the file spells it, below the root and behind the links of vendor/.
fn directory(path: &str) -> String {
    let path = path.trim_start_matches("./").trim_end_matches('/');
    match path.strip_prefix("vendor/k8s.io/") {
        Some(rest) => format!("staging/src/k8s.io/{rest}"),
        None => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "- baseImportPath: \"./vendor/k8s.io/client-go/\"\n  excludeTests: true\n  ignoredSubTrees:\n  - \
                        \"./vendor/k8s.io/client-go/tools/record\"\n  allowedImports:\n  - k8s.io/api # why\n\n  # more\n  - \
                        k8s.io/klog\n\n- baseImportPath: \"./pkg/apis/core/\"\n  allowedImports:\n  - k8s.io/component-base\n";

    #[test]
    fn restrictions_are_read_and_applied() {
        let restrictions = parse(TEXT);
        assert_eq!(restrictions.len(), 2);
        assert_eq!(restrictions[0].allowed, ["k8s.io/api", "k8s.io/klog"]);
        let path = "k8s.io/component-base/logs/requestid";
        assert!(restrictions[0].forbids("staging/src/k8s.io/client-go/rest", path));
        assert!(!restrictions[0].forbids("staging/src/k8s.io/client-go/tools/record", path));
        assert!(!restrictions[0].forbids("staging/src/k8s.io/client-go2", path));
        assert!(!restrictions[0].forbids("staging/src/k8s.io/client-go/rest", "k8s.io/klog/v2"));
        assert!(!restrictions[1].forbids("pkg/apis/core", path));
    }

    #[test]
    fn internal_packages_belong_to_the_directory_above() {
        assert_eq!(internal_owner("internal/requestid"), Some(""));
        assert_eq!(internal_owner("a/b/internal/requestid"), Some("a/b"));
        assert_eq!(internal_owner("a/internalx/requestid"), None);
    }
}
