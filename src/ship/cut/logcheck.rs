//! Lines for `hack/logcheck.conf`: packages in which no printf-style call is left.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use rustc_hash::FxHashSet;

use crate::go::module::GoMod;
use crate::klog::call::Class;
use crate::klog::fingerprint::Fingerprint;
use crate::plan::pipeline::Plan;
use crate::rule::LogCalls;
use crate::text::diagnostic::Level;
use crate::text::disk;
use crate::write::edit::Outcome;

/// For each package that the fixes in `taken` make fully structured, the line that has logcheck keep it so.
///
/// A package counts only if all of it was analysed, tests included where they mention klog: logcheck reads those too.
pub fn fully_structured(plan: &Plan, taken: &FxHashSet<&Fingerprint>, rules: &LogCalls) -> BTreeMap<String, String> {
    let mut touched: BTreeSet<&str> = BTreeSet::new();
    let mut left: BTreeSet<&str> = BTreeSet::new();
    let mut read: BTreeSet<&str> = BTreeSet::new();
    for file in &plan.files {
        let dir = parent(&file.path);
        read.insert(&file.path);
        for site in &file.sites {
            let made = taken.contains(&site.fingerprint);
            match site.outcome {
                Outcome::Fix(_) if made => {
                    touched.insert(dir);
                }
                _ if matches!(site.site.class, Class::Structured | Class::Contextual) => {}
                _ => {
                    left.insert(dir);
                }
            }
        }
    }
    for diagnostic in plan.diagnostics.iter().filter(|d| d.level == Level::Error) {
        left.insert(parent(&diagnostic.path));
    }
    let odd = |dir: &str| dir.contains(|c: char| c.is_whitespace() || c.is_control());
    let whole = touched.into_iter().filter(|dir| !left.contains(dir) && !odd(dir));
    let whole = whole.filter(|dir| !unread_tests(&plan.root, dir, &read, rules));
    whole.filter_map(|dir| Some((dir.to_owned(), line(&import_path(&plan.root, dir)?)))).collect()
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

/// Whether a file of the package mentions klog and was not read: a test, as a rule.
fn unread_tests(root: &Path, dir: &str, read: &BTreeSet<&str>, rules: &LogCalls) -> bool {
    let Ok(entries) = std::fs::read_dir(root.join(dir)) else { return true };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let Some(name) = name.to_str() else { return true };
        let path = if dir.is_empty() { name.to_owned() } else { format!("{dir}/{name}") };
        name.ends_with("_test.go")
            && !read.contains(path.as_str())
            && disk::read(&entry.path(), disk::SOURCE).is_ok_and(|bytes| rules.are_in(&bytes))
    })
}

/// The package's import path: the module of the nearest go.mod, and the directories below it.
fn import_path(root: &Path, dir: &str) -> Option<String> {
    let mut at = dir;
    loop {
        if let Ok(text) = disk::text_of_go(&root.join(at).join("go.mod")) {
            let module = GoMod::parse(&text).module;
            let below = dir.strip_prefix(at)?.trim_start_matches('/');
            let path = if below.is_empty() { module } else { format!("{module}/{below}") };
            return (!path.is_empty()).then_some(path);
        }
        if at.is_empty() {
            return None;
        }
        at = parent(at);
    }
}

/// `structured k8s.io/kubernetes/pkg/kubelet/[^/]*`: the files of the package, without those below it.
fn line(import: &str) -> String {
    // As such files are written: a dot stands for itself closely enough.
    format!("structured {}/[^/]*", regex::escape(import).replace("\\-", "-").replace("\\.", "."))
}
