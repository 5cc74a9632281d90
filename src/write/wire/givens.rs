//! Requests of nobody, directory by directory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use memchr::memmem;

use super::error::WireError;
use super::file::OpenFile;
use super::worked::Lone;
use super::{ADOPT, Search, Wired, adopt, files};
use crate::go::files::Overlay;
use crate::go::syntax::outline::{Decl, outline};
use crate::rule::Adopt;

/// What a function has that is given a context, or holds one that is.
const CONTEXT: &str = "context.Context";

/// Which of these functions a file may call where a context is at hand.
fn at_hand<'n>(source: &[u8], names: &'n BTreeSet<String>) -> Vec<&'n String> {
    let has = |code: &[u8], word: &str| memmem::find(code, word.as_bytes()).is_some();
    if !has(source, CONTEXT) {
        return Vec::new();
    }
    let Ok(outline) = outline(source) else { return names.iter().collect() };
    let code = |decls: &[Decl]| source.get(decls[0].whole.0 as usize..decls[0].whole.1 as usize).unwrap_or_default();
    let holding: Vec<&[u8]> = outline.declarations().map(code).filter(|code| has(code, CONTEXT)).collect();
    names.iter().filter(|name| holding.iter().any(|code| has(code, name))).collect()
}

impl Search<'_> {
    /// Gives functions that ask under a context of nobody the ID of their callers' contexts: those of `lone`, by directory. `paths`: the
    /// files whose functions may change.
    pub(super) fn given(
        &mut self,
        root: &Path,
        rules: &Adopt,
        lone: BTreeMap<String, Lone>,
        paths: &BTreeSet<&str>,
        overlay: &Overlay,
    ) -> Result<(), WireError> {
        for (dir, lone) in lone.into_iter().filter(|(_, lone)| lone.asks) {
            let Ok(package) = self.importers.check(&dir) else { continue };
            let import = package.import_path.clone();
            if let Some(siblings) = self.siblings(root, &dir, &import, &lone.names, overlay)? {
                self.given_in(rules, siblings, paths)?;
            }
        }
        Ok(())
    }

    /// What concerns these functions in all Go files of a directory, also in those that are left alone otherwise; none if nobody who has a
    /// context can call one of them, or a file cannot be read.
    fn siblings(
        &self,
        root: &Path,
        dir: &str,
        import: &str,
        names: &BTreeSet<String>,
        overlay: &Overlay,
    ) -> Result<Option<BTreeMap<String, OpenFile>>, WireError> {
        let wrong = |source| WireError::Read { path: dir.to_owned(), source };
        let (mut paths, mut called) = (Vec::new(), BTreeSet::new());
        for entry in std::fs::read_dir(root.join(dir)).map_err(wrong)? {
            let Ok(name) = entry.map_err(wrong)?.file_name().into_string() else { return Ok(None) };
            if !name.ends_with(".go") {
                continue;
            }
            let path = if dir.is_empty() { name } else { format!("{dir}/{name}") };
            if !path.ends_with("_test.go") {
                called.extend(overlay.lend(root, &path, |bytes| at_hand(bytes, names)).unwrap_or_default());
            }
            paths.push(path);
        }
        if called.is_empty() {
            return Ok(None);
        }
        let package = self.options.package();
        let wants = |code: &[u8]| {
            let has = |word: &str| memmem::find(code, word.as_bytes()).is_some();
            called.iter().any(|name| has(name)) || has(package)
        };
        let mut found = BTreeMap::new();
        for path in paths {
            match files::open_part(root, overlay, &path, import, &wants) {
                Ok(Some(file)) => found.insert(path, file),
                _ => return Ok(None),
            };
        }
        Ok(Some(found))
    }

    fn given_in(
        &mut self,
        rules: &Adopt,
        mut siblings: BTreeMap<String, OpenFile>,
        takes: &BTreeSet<&str>,
    ) -> Result<(), WireError> {
        let known: Vec<adopt::Sibling<'_>> = siblings
            .iter()
            .map(|(path, file)| {
                let taken = self.open.get(path).map(OpenFile::taken).unwrap_or_default();
                file.sibling(path, takes.contains(path.as_str()), taken, self.options)
            })
            .collect();
        let found = adopt::given(&known);
        let (mut changes, mut adopted) = (Vec::new(), Vec::new());
        for given in found {
            changes.extend(given.changed.into_iter().map(|(of, insertion)| (known[of].path.to_owned(), insertion)));
            adopted.extend(given.adopted.into_iter().map(|(of, span, by)| (known[of].path.to_owned(), span, by)));
        }
        for (path, span, by) in adopted {
            if let Some(file) = self.open.get_mut(&path) {
                file.adopt_by(span, &by);
            }
        }
        for (path, insertion) in changes {
            let (line, code) = (insertion.line, insertion.code.clone());
            if let (false, Some(file)) = (self.open.contains_key(&path), siblings.remove(&path)) {
                self.open.insert(path.clone(), file);
            }
            let Some(file) = self.open.get_mut(&path) else { continue };
            file.add(insertion);
            let (wire, why) = (ADOPT.to_owned(), rules.given_purpose.clone());
            self.proposal.wired.push(Wired { wire, path, line, code, why });
        }
        Ok(())
    }
}
