//! The review's promises on a real checkout, which KLOGMOD_CORPUS names (a git worktree with one clean commit; it is cloned,
//! never written to). `KLOGMOD_CORPUS=… cargo test --release --test it review_corpus -- --ignored --nocapture`.
#![cfg(unix)]

use crate::common::reviewed as checkout;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use checkout::program;

/// A clone of the checkout.
struct Clone {
    dir: tempfile::TempDir,
}

impl Clone {
    fn new() -> Self {
        let corpus = std::env::var_os("KLOGMOD_CORPUS").expect("KLOGMOD_CORPUS names a checkout");
        let clone = Self { dir: tempfile::tempdir().unwrap() };
        let out = clone.dir.path().join("tree");
        let status = Command::new("git").args(["clone", "-q", "--shared"]).arg(corpus).arg(&out).status().unwrap();
        assert!(status.success());
        clone
    }

    fn root(&self) -> PathBuf {
        self.dir.path().join("tree")
    }

    fn run(&self, program: &Path, args: &[&str]) -> String {
        let output = Command::new(program).args(args).current_dir(self.root()).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{args:?}:\n{out}{err}");
        out.into_owned()
    }

    fn git(&self, args: &[&str]) -> String {
        let own = [
            "-c",
            "user.name=C",
            "-c",
            "user.email=c@example.org",
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "gc.auto=0",
        ];
        self.run(Path::new("git"), &[&own, args].concat())
    }

    fn klogmod(&self, args: &[&str]) -> String {
        self.run(program(), args)
    }

    fn series(&self, name: &str) -> Vec<PathBuf> {
        let out = self.dir.path().join(name);
        self.klogmod(&["patch", ".", "-o", out.to_str().unwrap()]);
        let mut patches: Vec<_> = fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().path()).collect();
        patches.retain(|p| p.extension().is_some_and(|end| end == "patch") && !p.ends_with("0000-cover-letter.patch"));
        patches.sort();
        patches
    }
}

#[test]
#[ignore = "needs a real checkout: KLOGMOD_CORPUS=DIR, --ignored"]
fn the_whole_series_applies() {
    let c = Clone::new();
    let (patches, again) = (c.series("s1"), c.series("s2"));
    assert_eq!(patches.len(), again.len());
    let base = c.git(&["rev-parse", "HEAD"]);
    let mut largest = 0;
    for (patch, other) in patches.iter().zip(&again) {
        assert_eq!(fs::read(patch).unwrap(), fs::read(other).unwrap(), "two runs differ");
        let counts = c.git(&["apply", "--numstat", patch.to_str().unwrap()]);
        let size: usize = counts.lines().flat_map(|l| l.split('\t').take(2)).map(|n| n.parse::<usize>().unwrap()).sum();
        largest = largest.max(size);
        let files: BTreeSet<&str> = counts.lines().filter_map(|line| line.split('\t').nth(2)).collect();
        let mut owners = klogmod::decide::owners::Owners::load(&c.root());
        let groups: BTreeSet<_> = files.iter().map(|file| (owners.of(file).dir, owners.of(file).sigs)).collect();
        assert_eq!(groups.len(), 1, "{groups:?} share {}", patch.display());
        c.git(&["am", "-q", patch.to_str().unwrap()]);
        c.git(&["reset", "-q", "--hard", base.trim()]);
    }
    assert!(largest <= 450, "{largest} lines");
    let all: Vec<&str> = patches.iter().map(|path| path.to_str().unwrap()).collect();
    c.git(&[&["am", "-q"], all.as_slice()].concat());
    let in_order = c.git(&["rev-parse", "HEAD^{tree}"]);
    c.git(&["reset", "-q", "--hard", base.trim()]);
    c.klogmod(&["apply", "."]);
    c.git(&["add", "-A"]);
    assert_eq!(c.git(&["write-tree"]), in_order, "the series and apply differ");
    eprintln!("{} patches, the largest of {largest} lines", patches.len());
}

/// Lines of accepted calls that stand on one line and have a text to change, at most one a file.
fn editable(c: &Clone) -> BTreeMap<String, usize> {
    let report: serde_json::Value = serde_json::from_str(&c.klogmod(&["plan", ".", "--format", "json"])).unwrap();
    let mut found = BTreeMap::new();
    for file in report["files"].as_array().unwrap() {
        let path = file["path"].as_str().unwrap();
        let text = fs::read_to_string(c.root().join(path)).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let fix = file["sites"].as_array().unwrap().iter().find(|site| {
            let line = lines[site["site"]["line"].as_u64().unwrap() as usize - 1];
            let plain = line.trim_end().ends_with(')') && line.matches('"').count() == 2 && !line.contains('\\');
            let once = lines.iter().filter(|other| other.trim() == line.trim()).count() == 1;
            site["outcome"] == "fix" && plain && once && line.len() > 60
        });
        found.extend(fix.map(|site| (path.to_owned(), site["site"]["line"].as_u64().unwrap() as usize - 1)));
    }
    found
}

#[test]
#[ignore = "needs a real checkout: KLOGMOD_CORPUS=DIR, --ignored"]
fn exactly_what_was_edited_comes_back() {
    let c = Clone::new();
    c.klogmod(&["accept", ".", "--everything"]);
    let editable = editable(&c);
    let step = editable.len() / 210;
    let chosen: Vec<_> = editable.iter().step_by(step).take(200).collect();
    let mut edited = BTreeSet::new();
    for (index, (path, line)) in chosen.iter().enumerate() {
        let file = c.root().join(path);
        let text = fs::read_to_string(&file).unwrap();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        if index % 10 == 0 {
            let at = lines[**line].find('"').unwrap() + 1;
            lines[**line].insert_str(at, "Now ");
            edited.insert(path.as_str());
        }
        let package = lines.iter().position(|line| line.starts_with("package ")).unwrap();
        lines.insert(package + 1, "// One line more.".to_owned());
        fs::write(&file, lines.join("\n") + "\n").unwrap();
    }
    let pending = c.klogmod(&["pending", "."]);
    let changed: Vec<&str> = pending.lines().filter(|l| l.split_whitespace().nth(1) == Some("changed")).collect();
    let paths: BTreeSet<&str> =
        changed.iter().map(|l| l.split_whitespace().nth(3).unwrap().rsplit_once(':').unwrap().0).collect();
    assert_eq!((chosen.len(), edited.len()), (200, 20));
    assert_eq!(paths, edited);
    let summary = pending.lines().last().unwrap();
    assert!(
        changed.len() == 20
            && summary.starts_with("0 new, ")
            && summary.ends_with("20 changed since they were reviewed, 0 gone"),
        "{summary}"
    );
    eprintln!("{summary}");
}
