//! `klogmod fleet`: repositories with remotes of their own on this disk, run by run.

use std::path::Path;

use crate::common::checkout::{Checkout, Run, klogmod};

const CALLS: &str = "package main\n\nimport \"k8s.io/klog/v2\"\n\nfunc main() {\n\tklog.Infof(\"Started %d workers\", 3)\n\tklog.V(0).Infof(\"Ready\")\n}\n";

/// A bare repository with one commit, as a server has it.
fn remote(dir: &Checkout, name: &str, source: &str) {
    let tree = Checkout::with([
        ("go.mod", format!("module example.com/{name}\n\ngo 1.24\n\nrequire k8s.io/klog/v2 v2.130.1\n").as_str()),
        ("main.go", source),
    ]);
    tree.commit();
    let bare = dir.join(format!("git/{name}.git"));
    tree.git(["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
}

/// One more commit in a bare repository.
fn push(dir: &Checkout, name: &str, source: &str) {
    let work = Checkout::new();
    let bare = dir.join(format!("git/{name}.git"));
    work.git(["clone", "-q", bare.to_str().unwrap(), "tree"]);
    std::fs::write(work.join("tree/main.go"), source).unwrap();
    work.git(["-C", "tree", "commit", "-q", "-am", "more"]);
    work.git(["-C", "tree", "push", "-q"]);
}

fn fleet() -> Checkout {
    let dir = Checkout::new();
    remote(&dir, "one", CALLS);
    remote(&dir, "two", "package main\n\nfunc main() {}\n");
    remote(&dir, "three", &CALLS.replace("Ready", "Done"));
    let at = |name: &str| format!("file://{}", dir.join(format!("git/{name}.git")).display());
    dir.write("list", format!("# three of them\n{}\nshop/second {}\n{}\n", at("one"), at("two"), at("three")));
    dir
}

fn lines(dir: &Checkout) -> Vec<serde_json::Value> {
    dir.text("out/history.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn is_gone(dir: &Path) -> bool {
    std::fs::read_dir(dir)
        .unwrap()
        .flatten()
        .all(|entry| !entry.file_name().to_string_lossy().starts_with("klogmod-fleet-"))
}

#[test]
fn a_fleet_is_looked_at_run_by_run() {
    let dir = fleet();
    let scratch = dir.join("tmp");
    std::fs::create_dir(&scratch).unwrap();
    let run = |more: &[&str]| {
        let mut command = klogmod(dir.path());
        command.args(["fleet", "--list", "list", "--output", "out", "-j", "2"]).args(more).env("TMPDIR", &scratch);
        Run::from(command.output().unwrap())
    };
    let first = run(&[]).expect(0);
    assert!(first.stdout.contains("git/one"), "{}", first.stdout);
    assert!(first.stdout.contains("Run 1: 3 repositories, 4 klog calls"), "{}", first.stdout);
    assert!(is_gone(&scratch), "a clone is left");
    assert_eq!(lines(&dir).iter().filter(|line| line["parts"]["fixable"] == 2).count(), 2, "{:?}", lines(&dir));
    assert!(dir.text("out/reports/shop/second.json").contains("klogmod/coverage/v1"));
    let page = dir.text("out/index.html");
    assert!(page.contains("<td>git/three</td><td>2</td>") && page.contains("default-src 'none'"), "{page}");

    // Nothing has changed: nothing is fetched. Then one has.
    push(
        &dir,
        "one",
        "package main\n\nimport \"k8s.io/klog/v2\"\n\nfunc main() {\n\tklog.InfoS(\"Started workers\", \"count\", 3)\n}\n",
    );
    let second = run(&["--measure", "structured"]).expect(0);
    assert!(second.stdout.contains("Run 2: 3 repositories, 3 klog calls"), "{}", second.stdout);
    let seconds: Vec<_> = lines(&dir)
        .iter()
        .filter(|line| line["run"] == 2 && line["seconds"] != 0.0)
        .map(|line| line["name"].clone())
        .collect();
    assert_eq!(seconds, ["git/one"]);
    let one = second.stdout.lines().find(|line| line.starts_with("git/one")).unwrap();
    assert!(one.ends_with("+1 of -1"), "{one}");
    assert!(dir.text("out/index.html").contains(">klog calls over time</title>"));
}

#[test]
fn a_run_that_ended_early_goes_on() {
    let dir = fleet();
    dir.run(["fleet", "--list", "list", "--output", "out"]).expect(0);
    let all = dir.text("out/history.jsonl");
    let first: String = all.lines().take(1).map(|line| format!("{line}\n")).collect();
    // The second line was being written when the machine went down.
    dir.write("out/history.jsonl", format!("{first}{}\n", &all.lines().nth(1).unwrap()[..40]));
    let again = dir.run(["fleet", "--list", "list", "--output", "out"]).expect(0);
    assert!(again.stderr.contains("run 1 goes on: 1 of 3 repositories done"), "{}", again.stderr);
    assert!(again.stderr.contains("lines that were cut off and are left out: 1"), "{}", again.stderr);
    assert!(again.stdout.contains("Run 1: 3 repositories, 4 klog calls"), "{}", again.stdout);
    assert_eq!(dir.text("out/history.jsonl").lines().count(), 4);
}

#[test]
fn one_that_cannot_be_had_is_named_and_the_others_are_done() {
    let dir = fleet();
    dir.write("list", format!("{}gone /nowhere/at/all\n", dir.text("list")));
    let run = dir.run(["fleet", "--list", "list", "--output", "out"]).expect(3);
    assert!(run.stdout.contains("4 repositories, 4 klog calls") && run.stdout.contains("1 failed"), "{}", run.stdout);
    assert!(run.stderr.contains("gone: git clone failed: "), "{}", run.stderr);
    assert!(dir.text("out/index.html").contains("<li>gone: git clone failed: "));
    dir.write("list", "../x https://git.example/a/b\n");
    let refused = dir.run(["fleet", "--list", "list", "--output", "out"]).expect(2);
    assert!(refused.stderr.contains("list:1:1: ../x is no name"), "{}", refused.stderr);
}

#[test]
fn shares_of_a_list_make_one_history() {
    let dir = fleet();
    let address = format!("file://{}", dir.join("git/one.git").display());
    dir.write("list", ["a", "b", "c", "d", "e", "f"].map(|name| format!("{name} {address}\n")).concat());
    let share = |share: &str| dir.run(["fleet", "--list", "list", "--output", "out", "--shard", share]).expect(0);
    share("1/2");
    // Whoever ends last has written the page about all.
    assert!(share("2/2").stdout.contains("Run 1: 6 repositories, 12 klog calls"));
    let lines = ["1", "2"].map(|share| dir.text(format!("out/history-{share}-of-2.jsonl")).lines().count());
    assert!(lines[0] > 0 && lines[1] > 0 && lines[0] + lines[1] == 6, "{lines:?}");
    assert!(share("2/2").stdout.contains("Run 2: "));
}
