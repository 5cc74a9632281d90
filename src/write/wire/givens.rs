//! Requests of nobody, directory by directory.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::error::WireError;
use super::file::OpenFile;
use super::{ADOPT, Search, Wired, adopt, directory, files};
use crate::go::files::Overlay;
use crate::go::syntax::outline::{DeclKind, outline};
use crate::rule::Adopt;

/// What stands where a request is made under a context of nobody.
const MARKS: [&[u8]; 2] = [b"(context.TODO()", b"(context.Background()"];

fn is_marked(code: &[u8]) -> bool {
    MARKS.iter().any(|mark| memchr::memmem::find(code, mark).is_some())
}

/// Whether a file may have a function that asks so, that a package's own callers alone can have, and that has no context.
fn has_lone(source: &[u8]) -> bool {
    let Ok(outline) = outline(source) else { return true };
    outline.decls.iter().any(|decl| {
        let code = source.get(decl.span.0 as usize..decl.span.1 as usize).unwrap_or_default();
        let is_function = matches!(decl.kind, DeclKind::Func | DeclKind::Method);
        is_function && is_marked(code) && outline.text(decl.name).starts_with(char::is_lowercase)
    })
}

impl Search<'_> {
    /// Gives functions that ask under a context of nobody the ID of their callers' contexts. `paths`: the files whose functions may change.
    pub(super) fn given(
        &mut self,
        root: &Path,
        rules: &Adopt,
        paths: &[String],
        overlay: &Overlay,
    ) -> Result<(), WireError> {
        let takes: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
        let mut dirs = BTreeSet::new();
        for path in paths {
            let asks = |bytes: &[u8]| is_marked(bytes) && has_lone(bytes);
            let found = overlay.lend(root, path, asks);
            if found.map_err(|source| WireError::Read { path: path.clone(), source })? {
                dirs.insert(directory(path).to_owned());
            }
        }
        for dir in dirs {
            let Ok(package) = self.importers.check(&dir) else { continue };
            let import = package.import_path.clone();
            if let Some(siblings) = self.siblings(root, &dir, &import, overlay)? {
                self.given_in(rules, &siblings, &takes, &import)?;
            }
        }
        Ok(())
    }

    /// All Go files of a directory, also those that are left alone otherwise; none if one of them cannot be read.
    fn siblings(
        &self,
        root: &Path,
        dir: &str,
        import: &str,
        overlay: &Overlay,
    ) -> Result<Option<BTreeMap<String, OpenFile>>, WireError> {
        let mut found = BTreeMap::new();
        let wrong = |source| WireError::Read { path: dir.to_owned(), source };
        for entry in std::fs::read_dir(root.join(dir)).map_err(wrong)? {
            let Ok(name) = entry.map_err(wrong)?.file_name().into_string() else { return Ok(None) };
            if !name.ends_with(".go") {
                continue;
            }
            let path = if dir.is_empty() { name } else { format!("{dir}/{name}") };
            match files::open(root, overlay, &path, import) {
                Ok(Some(file)) => found.insert(path, file),
                _ => return Ok(None),
            };
        }
        Ok(Some(found))
    }

    fn given_in(
        &mut self,
        rules: &Adopt,
        siblings: &BTreeMap<String, OpenFile>,
        takes: &BTreeSet<&str>,
        import: &str,
    ) -> Result<(), WireError> {
        let known: Vec<adopt::Sibling<'_>> = siblings
            .iter()
            .map(|(path, fresh)| {
                self.open.get(path).unwrap_or(fresh).sibling(path, takes.contains(path.as_str()), self.options)
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
            if !self.open.contains_key(&path)
                && let Some(file) = self.files.open(&path, import)?
            {
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
