//! Files in which work on objects may begin, each looked at for itself: most are done with before a tree is made.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use memchr::memmem;

use super::adopt::{BARE, Begins, Look};
use super::error::WireError;
use super::file::OpenFile;
use super::files;
use crate::go::files::Overlay;
use crate::go::parse::{SourceFile, parse_wanted};
use crate::go::syntax::outline::{Decl, DeclKind, Outline, outline};
use crate::go::types::World;
use crate::rule::RuleSet;
use crate::write::runtime::RuntimeOptions;

/// What stands where a request is made under a context of nobody.
const MARKS: [&str; 2] = ["(context.TODO()", "(context.Background()"];

/// What a file brings.
#[derive(Default)]
pub(super) struct Worked {
    /// The declarations that may hold a beginning, if there are any.
    pub(super) file: Option<OpenFile>,
    /// Where work begins in it, and where objects go through queues.
    pub(super) begins: [Vec<Begins>; 2],
    /// Functions that ask under a context of nobody and that a package's own callers alone can have.
    pub(super) lone: Vec<String>,
    /// Whether one of them hands such a context to what it calls.
    pub(super) asks: bool,
}

/// Functions that ask under a context of nobody, of one directory.
#[derive(Default)]
pub(super) struct Lone {
    /// Their names.
    pub(super) names: BTreeSet<String>,
    /// Whether one of them passes such a context on.
    pub(super) asks: bool,
}

/// What all files share.
pub(super) struct Ground<'w> {
    pub(super) root: &'w Path,
    pub(super) overlay: &'w Overlay,
    pub(super) world: &'w World,
    pub(super) rules: &'w RuleSet,
    pub(super) options: &'w RuntimeOptions,
}

impl Ground<'_> {
    /// Looks at a file, in which the runtime package has this import path.
    pub(super) fn look(&self, path: &str, import: &str) -> Result<Worked, WireError> {
        let Some(bytes) = files::read(self.root, self.overlay, path)? else { return Ok(Worked::default()) };
        let bytes: Arc<[u8]> = bytes.into();
        let source = SourceFile { path: path.into(), bytes: bytes.clone() };
        let Ok(outline) = outline(&bytes).map(Arc::new) else {
            // Nothing is known of its types; whoever makes its tree says what is wrong with it.
            return files::open(self.root, self.overlay, path, import).map(|_| Worked::default());
        };
        let types = self.world.file_with(path, &bytes, Some(outline.clone()));
        let is_imported = outline.imports.iter().any(|other| *other.path == *import);
        let package = (!is_imported).then(|| self.options.package());
        let look = Look { source: &bytes, outline: &outline, types: &types, rules: self.rules, package };
        let found = look.found();
        let (lone, asks) = lone(&bytes, &outline);
        if found.is_empty() {
            return Ok(Worked { lone, asks, ..Worked::default() });
        }
        let parsed = parse_wanted(source, &outline, &mut |decls| found.contains(&decls[0].whole.0))
            .map_err(|diagnostic| WireError::Unparsed { path: path.to_owned(), reason: diagnostic.message })?;
        let file = OpenFile::new(bytes.clone(), parsed, import.to_owned());
        let begins = file.begins(&types, self.rules, self.options);
        Ok(Worked { file: Some(file), begins, lone, asks })
    }
}

/// Functions that only their package can call and that name a context of nobody, and whether one of them passes it on.
fn lone(source: &[u8], outline: &Outline) -> (Vec<String>, bool) {
    let has = |code: &[u8], marks: &[&str]| marks.iter().any(|mark| memmem::find(code, mark.as_bytes()).is_some());
    if !has(source, &BARE) {
        return (Vec::new(), false);
    }
    let code = |decl: &Decl| source.get(decl.span.0 as usize..decl.span.1 as usize).unwrap_or_default();
    let is_lone = |decl: &&Decl| {
        let name = outline.text(decl.name);
        let is_function = matches!(decl.kind, DeclKind::Func | DeclKind::Method);
        is_function
            && name.starts_with(char::is_lowercase)
            && !matches!(name, "main" | "init")
            && has(code(decl), &BARE)
    };
    let found: Vec<&Decl> = outline.decls.iter().filter(is_lone).collect();
    let asks = found.iter().any(|decl| has(code(decl), &MARKS));
    (found.into_iter().map(|decl| outline.text(decl.name).to_owned()).collect(), asks)
}
