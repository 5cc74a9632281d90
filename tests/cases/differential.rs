//! What klogmod finds is what go/parser and go/ast find: the same files, the same calls, at the same places.
//!
//! Runs on all fixtures where Go is installed, and on the real checkouts that KLOGMOD_CORPUS names (several with colons).

use crate::common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::checkout::{Checkout, klogmod};
use common::txtar::Archive;
use common::{files, go, repository, stem};
use klogmod::rule::RuleSet;
use libtest_mimic::Trial;
use serde_json::Value;

use crate::needs::{Need, tests};

/// A call: line, column, method's last name.
type Call = (u64, u64, String);

/// Function names that the rules know, those of loggers apart: their receivers have no klog name that a parser alone sees.
fn functions(rules: &RuleSet) -> Vec<String> {
    let calls = &rules.log_calls;
    let mut names: BTreeSet<String> = BTreeSet::new();
    for severity in ["Info", "Warning", "Error", "Fatal", "Exit"] {
        for ending in ["", "f", "ln", "Depth", "fDepth", "lnDepth", "S", "SDepth"] {
            names.insert(format!("{severity}{ending}"));
        }
    }
    names.retain(|name| calls.function(name).is_some());
    names.into_iter().collect()
}

/// The calls that go/ast finds, by file; files that go/parser cannot read, with why.
fn theirs(
    go: &Path,
    root: &Path,
    paths: &[String],
    names: &[String],
) -> (BTreeMap<String, BTreeSet<Call>>, BTreeMap<String, String>) {
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(repository().join("tests/differential/main.go"), dir.path().join("main.go")).unwrap();
    std::fs::write(dir.path().join("go.mod"), "module differential\n\ngo 1.18\n").unwrap();
    let binary = dir.path().join("differential");
    let mut build = go::command(go, dir.path(), &["build", "-o"]);
    build.arg(&binary).arg(".");
    go::check(build, "go build").unwrap();
    let mut command = Command::new(&binary);
    let mut child = command.arg(root).args(names).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let list = paths.join("\n");
    let writer = std::thread::spawn(move || stdin.write_all(list.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let (mut calls, mut errors) = (BTreeMap::new(), BTreeMap::new());
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let file: Value = serde_json::from_str(line).unwrap();
        let path = file["path"].as_str().unwrap().to_owned();
        if let Some(error) = file["error"].as_str() {
            errors.insert(path, error.to_owned());
            continue;
        }
        let found = file["calls"].as_array().unwrap().iter().map(|call| {
            (call["line"].as_u64().unwrap(), call["col"].as_u64().unwrap(), call["method"].as_str().unwrap().to_owned())
        });
        calls.insert(path, found.collect());
    }
    (calls, errors)
}

/// Go files that the go tool would build, by its own rule of names; what klogmod leaves alone for reasons of its own is not
/// among them.
fn go_files(root: &Path) -> Vec<String> {
    let left_out =
        |name: &str| matches!(name, "vendor" | "third_party" | "_output" | "testdata") || name.starts_with(['_', '.']);
    let walked = walkdir::WalkDir::new(root).sort_by_file_name().into_iter();
    let walked = walked.filter_entry(|e| e.depth() == 0 || !left_out(&e.file_name().to_string_lossy()));
    let go = walked.flatten().filter(|e| e.file_type().is_file()).map(walkdir::DirEntry::into_path);
    let names = go.filter_map(|path| Some(path.strip_prefix(root).ok()?.to_str()?.to_owned()));
    names.filter(|name| name.ends_with(".go")).collect()
}

/// Differences that have a reason, by that reason.
#[derive(Default, Debug)]
struct Compared {
    same: usize,
    explained: BTreeMap<&'static str, Vec<String>>,
    unexplained: Vec<String>,
}

fn compare(go: &Path, root: &Path) -> Compared {
    let rules = RuleSet::load(None).unwrap();
    let names = functions(&rules);
    let paths = go_files(root);
    let (theirs, errors) = theirs(go, root, &paths, &names);
    let output = klogmod(root).args(["plan", "--tests", "--format", "json", "--no-cache"]).output().unwrap();
    let plan: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut ours: BTreeMap<String, BTreeSet<Call>> = BTreeMap::new();
    let mut contextual: BTreeSet<(String, u64, u64)> = BTreeSet::new();
    for site in plan["files"].as_array().unwrap().iter().flat_map(|file| file["sites"].as_array().unwrap()) {
        let site = &site["site"];
        let path = site["path"].as_str().unwrap().to_owned();
        let (line, col) = (site["line"].as_u64().unwrap(), site["col"].as_u64().unwrap());
        let method = site["method"].as_str().unwrap();
        match site["class"].as_str().unwrap() {
            "unstructured" | "structured" => {
                let name = method.rsplit('.').next().unwrap().to_owned();
                ours.entry(path).or_default().insert((line, col, name));
            }
            "contextual" => drop(contextual.insert((path, line, col))),
            _ => {}
        }
    }
    let refused: BTreeSet<String> = plan["diagnostics"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|diagnostic| diagnostic["message"].as_str().unwrap().starts_with("not analysed"))
        .map(|diagnostic| diagnostic["path"].as_str().unwrap().to_owned())
        .collect();
    let mut compared = Compared::default();
    let all: BTreeSet<&String> = ours.keys().chain(theirs.keys()).collect();
    let none = BTreeSet::new();
    for path in all {
        let (own, their) = (ours.get(path).unwrap_or(&none), theirs.get(path).unwrap_or(&none));
        compared.same += own.intersection(their).count();
        for call in own.symmetric_difference(their) {
            let who = if own.contains(call) { "only klogmod" } else { "only go/ast" };
            let what = format!("{path}:{}:{} {} ({who})", call.0, call.1, call.2);
            let reason = match errors.get(path).map(String::as_str) {
                _ if refused.contains(path) => Some("klogmod says that it did not analyse the file"),
                Some(_) if own.contains(call) => None,
                _ if who == "only go/ast" && is_declared_generated(root, path) => {
                    Some("the repository declares the file generated")
                }
                _ if contextual.contains(&(path.clone(), call.0, call.1)) => Some("a logger's method"),
                _ => None,
            };
            match reason {
                Some(reason) => compared.explained.entry(reason).or_default().push(what),
                None => compared.unexplained.push(what),
            }
        }
    }
    compared
}

fn is_declared_generated(root: &Path, path: &str) -> bool {
    klogmod::go::files::GeneratedFiles::load(root).contains(path)
}

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Go]
            fixtures_hold_the_calls_that_go_sees;
        [Need::Go, Need::Checkout("KLOGMOD_CORPUS")]
            real_trees_hold_the_calls_that_go_sees;
    }
}

fn fixtures_hold_the_calls_that_go_sees() {
    let go = go::go().unwrap();
    let checkout = Checkout::new();
    checkout.write("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n");
    for folder in ["callsite", "rewrite"] {
        for path in files(&format!("fixtures/{folder}"), "txtar") {
            let archive = Archive::load(&path);
            for (name, text) in archive.files.iter().filter(|(name, _)| name.ends_with(".go")) {
                checkout.write(PathBuf::from(folder).join(stem(&path)).join(name), text);
            }
        }
    }
    let compared = compare(&go, checkout.path());
    eprintln!("{compared:#?}");
    assert!(compared.same > 100);
    assert!(compared.unexplained.is_empty(), "{:#?}", compared.unexplained);
}

fn real_trees_hold_the_calls_that_go_sees() {
    let corpus = std::env::var_os("KLOGMOD_CORPUS").unwrap();
    let go = go::go().unwrap();
    for root in std::env::split_paths(&corpus) {
        let compared = compare(&go, &root.canonicalize().unwrap());
        eprintln!("{}: {} calls alike", root.display(), compared.same);
        for (reason, calls) in &compared.explained {
            eprintln!("  {} explained: {reason}", calls.len());
        }
        assert!(compared.unexplained.is_empty(), "{:#?}", compared.unexplained);
    }
}
