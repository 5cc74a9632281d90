//! What may log and is not seen as a call: files that are left alone, other loggers, functions that hand on what they are given.
//! Each becomes a note, so that nobody takes it for covered.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::around::linked_names;
use super::handed::{handed_on, spread_list};
use crate::go::files::Walk;
use crate::go::index::Index;
use crate::go::module::{Origin, VendoredCopy, copies_at_root};
use crate::go::parse::ParsedFile;
use crate::go::syntax::head::Head;
use crate::go::types::{Bound, Scopes};
use crate::klog::call::{Class, LogCall};
use crate::klog::mention::may_log;
use crate::rule::{LogCalls, RuleSet};
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::text::disk;

/// Of a file that is left alone as generated.
pub fn generated(path: &RelPath, bytes: &[u8], rules: &LogCalls) -> Option<Diagnostic> {
    let help = "it is left alone; whoever wrote it by hand takes the marker away";
    may_log(bytes, rules)
        .then(|| Diagnostic::note(path.clone(), "a generated file that may log through klog").help(help))
}

/// What a file's head tells.
pub fn of_head(
    path: &RelPath,
    (bytes, head): (&[u8], &Head<'_>),
    (index, rules): (&Index, &RuleSet),
    beside: &Mutex<BTreeSet<RelPath>>,
) -> Vec<Diagnostic> {
    let mut notes: Vec<_> = other_loggers(path, head, rules).into_iter().collect();
    notes.extend(linked_names(path, bytes, head, &rules.log_calls));
    if head.imports.iter().any(|import| import.split('/').any(|part| rules.scope.leaves(part).is_some())) {
        let mut beside = beside.lock().unwrap_or_else(PoisonError::into_inner);
        notes.extend(left_alone_imports(path, head, (index, rules), &mut beside));
    }
    notes
}

/// Of a file that is read: loggers that are not klog's, by what it imports.
fn other_loggers(path: &RelPath, head: &Head<'_>, rules: &RuleSet) -> Option<Diagnostic> {
    let imports = |path: &String| head.imports.iter().any(|import| import == path);
    let logs = &rules.log_calls;
    let other = logs.look_alikes.iter().find(|path| imports(path))?;
    let note = Diagnostic::note(path.clone(), format!("logs through {other}, which is not looked at"));
    Some(note.help("its calls are counted nowhere"))
}

/// Packages that a file imports from directories that are left alone: the program has them all the same. Files that were
/// looked at go to `beside`.
fn left_alone_imports(
    path: &RelPath,
    head: &Head<'_>,
    (index, rules): (&Index, &RuleSet),
    beside: &mut BTreeSet<RelPath>,
) -> Vec<Diagnostic> {
    let resolver = index.resolver();
    let mut notes = Vec::new();
    for import in &head.imports {
        if !import.split('/').any(|part| rules.scope.leaves(part).is_some()) {
            continue;
        }
        let from = resolver.package_at(path.rsplit_once('/').map_or("", |(dir, _)| dir));
        let found = resolver.resolve(&from, import);
        let Origin::Dir(dir) = &found.origin else { continue };
        // What stands in a vendor directory is another module's.
        if dir.split('/').any(|part| part == "vendor") {
            continue;
        }
        let entries = std::fs::read_dir(resolver.root().join(&**dir)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
        names.sort();
        for name in names.iter().filter(|name| name.ends_with(".go") && !name.ends_with("_test.go")) {
            let file: RelPath = format!("{dir}/{name}").into();
            let speaks =
                disk::within(resolver.root(), &file, disk::SOURCE).is_ok_and(|bytes| may_log(&bytes, &rules.log_calls));
            if speaks {
                let note = Diagnostic::note(path.clone(), "imports what may log through klog and is not looked at");
                notes.push(note.help(&*file));
            }
            beside.insert(file);
        }
    }
    notes
}

/// Copies of the checkout's own modules in its vendor directory.
pub fn copies(root: &Path) -> Vec<Diagnostic> {
    let note = |copy: VendoredCopy| {
        let note =
            Diagnostic::note(copy.dir.clone(), format!("a copy of {}, which is looked at in its place", copy.own));
        let differs = copy.differs(root).map(|file| {
            let note = Diagnostic::note(file, format!("is not what {} has: what is built is the copy", copy.own));
            note.help("run `go mod vendor` first, and look at what that changes")
        });
        [Some(note.help("run `go mod vendor` once that is changed")), differs]
    };
    copies_at_root(root).into_iter().flat_map(note).flatten().collect()
}

/// Links to Go code that is read nowhere else.
pub fn links(root: &Path, walk: &Walk, rules: &LogCalls, beside: &mut BTreeSet<RelPath>) -> Vec<Diagnostic> {
    let mut notes = Vec::new();
    for link in &walk.links {
        beside.insert(link.clone());
        if root.join(&**link).is_dir() {
            let note = Diagnostic::note(link.clone(), "a link to a directory with Go files, which is not looked at");
            notes.push(note.help("put the directory itself there"));
        } else if disk::read(&root.join(&**link), disk::SOURCE).is_ok_and(|bytes| may_log(&bytes, rules)) {
            let note = Diagnostic::note(link.clone(), "a link to what may log through klog and is not looked at");
            notes.push(note.help("put the file itself there"));
        }
    }
    notes
}

/// Of a call that is counted: arguments that nobody can see, or that are those of the function around it.
pub fn of_call<'t>(call: &LogCall<'t>, file: &ParsedFile, scopes: &Scopes<'t>) -> Option<Diagnostic> {
    let note = |message: &str| Diagnostic::note(file.source.path.clone(), message).at(call.site.position);
    if call.site.class != Class::Unstructured {
        return call
            .parts
            .spread
            .map(|_| note("keys and values are a list, so that they cannot be checked").help("write them out"));
    }
    let list = spread_list(call.node())?;
    let binding = scopes.lookup(scopes.text(list))?;
    matches!(binding.bound, Bound::Param { variadic: true, .. }).then(|| {
        let help = match handed_on(call.node(), scopes) {
            Some(_) => format!("calls of {} are named one by one", call.site.function),
            None => format!("calls of a function literal in {} are counted nowhere", call.site.function),
        };
        note("hands what it is given to klog, so that its callers print free text").help(help)
    })
}
