//! A whole tree looked at for what differs from another: as little as tells what has to be read in full, and what would keep the rest
//! from being analysed.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::error::PlanError;
use super::options::{Options, pool};
use super::seen::FileSeen;
use super::stage::Stage;
use super::unseen;
use crate::go::files;
use crate::go::syntax::head::head;
use crate::go::syntax::outline::{Decl, DeclKind, outline};
use crate::rule::RuleSet;
use crate::text::diagnostic::{Diagnostic, RelPath};

/// What a tree has that another has not.
#[derive(Debug, Default)]
pub struct Survey {
    /// Go files whose bytes are others, or that cannot be read.
    pub differing: BTreeSet<RelPath>,
    /// What keeps files that are the same from being analysed; what is to be said of them because of others that differ; and what is
    /// wrong with the tree itself.
    pub diagnostics: Vec<Diagnostic>,
    /// Functions that are given a list and spread one, by name, with the files that they stand in: they may hand on what they are given.
    pub spreading: BTreeMap<String, BTreeSet<RelPath>>,
}

/// What one file brings.
#[derive(Default)]
struct Looked {
    differs: bool,
    diagnostics: Vec<Diagnostic>,
    spreading: Vec<String>,
}

/// Looks at the tree that a run with these options is about. `is_same` is told a file's bytes, of a link its target.
pub fn survey(
    options: &Options,
    rules: &RuleSet,
    is_same: &(dyn Fn(&str, &[u8]) -> bool + Sync),
) -> Result<Survey, PlanError> {
    let options = Options { proposes: false, habits: false, scope: None, shard: None, ..options.clone() };
    let root = &options.root.dir;
    let walked = files::walk(root, &options.walk(), &rules.scope);
    let stage = Stage::new(&options, rules);
    let pool = pool(&options)?;
    let looked: Vec<Looked> =
        pool.install(|| walked.files.par_iter().map(|path| look(&stage, path, is_same)).collect());
    let mut survey = Survey::default();
    for (path, looked) in walked.files.iter().zip(looked) {
        if looked.differs {
            survey.differing.insert(path.clone());
        }
        survey.diagnostics.extend(looked.diagnostics);
        for name in looked.spreading {
            survey.spreading.entry(name).or_default().insert(path.clone());
        }
    }
    let mut links = unseen::links(root, &walked, &rules.log_calls, &mut BTreeSet::new());
    let target =
        |path: &str| std::fs::read_link(root.join(path)).map(|target| target.into_os_string().into_encoded_bytes());
    links.retain(|note| !target(&note.path).is_ok_and(|target| is_same(&note.path, &target)));
    survey.diagnostics.extend(walked.diagnostics);
    survey.diagnostics.extend(links);
    survey.diagnostics.extend(stage.complaints());
    Ok(survey)
}

fn look(stage: &Stage<'_>, path: &RelPath, is_same: &(dyn Fn(&str, &[u8]) -> bool + Sync)) -> Looked {
    let index = stage.world().index();
    let look = |bytes: &[u8]| {
        let spreading = spreading(bytes);
        if !is_same(path, bytes) {
            return Looked { differs: true, spreading, ..Looked::default() };
        }
        let head = head(bytes);
        let mut diagnostics = stage.failures(path, (bytes, &head));
        if FileSeen::is_notable(&head) {
            // Files that it imports and nobody looks at may be others.
            let differs = |file: &str| !index.lend(file, |bytes| is_same(file, bytes)).unwrap_or(false);
            let notes = stage.notes(path, bytes, &head).into_iter();
            diagnostics.extend(
                notes.filter(|note| note.help.as_deref().is_some_and(|help| help.ends_with(".go") && differs(help))),
            );
        }
        Looked { diagnostics, spreading, ..Looked::default() }
    };
    index.lend(path, look).unwrap_or(Looked { differs: true, ..Looked::default() })
}

/// Functions of a file that are given a list and spread one.
fn spreading(bytes: &[u8]) -> Vec<String> {
    const DOTS: &[u8] = b"...";
    let is_spread = |at: usize| matches!(bytes[at + DOTS.len()..].trim_ascii_start().first(), Some(b')' | b','));
    let dots = || memchr::memmem::find_iter(bytes, DOTS);
    if !dots().any(is_spread) || dots().all(is_spread) {
        return Vec::new();
    }
    let Ok(outline) = outline(bytes) else { return Vec::new() };
    let is_function = |decl: &&Decl| matches!(decl.kind, DeclKind::Func | DeclKind::Method);
    let does = |decl: &&Decl| {
        let (start, end) = (decl.span.0 as usize, decl.span.1 as usize);
        dots().skip_while(|at| *at < start).take_while(|at| *at < end).count() > 1
    };
    let found = outline.decls.iter().filter(is_function).filter(does);
    found.map(|decl| outline.text(decl.name).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_that_may_hand_on_what_they_are_given_are_found() {
        let source = b"package p

func a(text string, args ...any) { b(text, args...) }

func b(
\ttext string,
\targs ...any,
) {
\tprint(text,
\t\targs ...,
\t)
}

func (t *T) c(args ...int) {}

func d(args []int) { (&T{}).c(args...) }
";
        assert_eq!(spreading(source), ["a", "b"]);
        assert!(spreading(b"package p\n\nfunc a(args ...any) {}\n").is_empty());
        assert!(spreading(b"package p\n\nfunc a(args []any) { b(args...) }\n").is_empty());
    }
}
