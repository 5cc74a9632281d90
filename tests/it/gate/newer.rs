//! `check --new-from` reads in full only what differs from the revision, and says what reading the whole tree says.

use super::paths::CONFIG;
use crate::common::checkout::{Checkout, Run};

const MODULE: &str = "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n";
const DRIVER: &str = "package driver

import (
\t\"example.com/m/say\"
\t\"k8s.io/klog/v2\"
)

func Attach(name string) {
\tklog.Infof(\"Attaching %s\", name)
\tstep(name)
\tSweep(name)
}

func step(name string) {
\tklog.InfoS(\"Step\", \"name\", name, \"requestID\", name)
\tsay.Aloud(\"Stepped %s\", name)
}

func Sweep(name string) { klog.Infof(\"Sweeping %s\", name) }
";
const HALL: &str = "package driver

import \"k8s.io/klog/v2\"

func hall(name string) {
\tklog.Warningf(\"Nobody reaches %s\", name)
}
";
const SAY: &str = "package say

func Aloud(format string, args ...interface{}) {
\tprint(format, len(args))
}
";
const LOUD: &str = "package say

import \"k8s.io/klog/v2\"

func Aloud(format string, args ...interface{}) {
\tlouder(format, args...)
}

func louder(format string, args ...interface{}) {
\tklog.Infof(format, args...)
}
";
const KEEPER: &str = "package keep

type Keeper struct {
\tlog crier
}

type crier struct{}

func (crier) Infof(format string, args ...interface{}) {}
";
const KEPT: &str = "package keep

func (k *Keeper) keep(name string) {
\tk.log.Infof(\"Kept %s\", name)
}
";

fn tree() -> Checkout {
    let checkout = Checkout::with([
        ("go.mod", MODULE),
        ("klogmod.toml", CONFIG),
        ("driver/driver.go", DRIVER),
        ("driver/hall.go", HALL),
        ("say/say.go", SAY),
        ("keep/keeper.go", KEEPER),
        ("keep/kept.go", KEPT),
        ("far/far.go", &HALL.replace("package driver", "package far")),
    ]);
    checkout.commit();
    checkout
}

/// The answer, which is the same for a run that plans the whole tree, and for one that finds its plan kept.
#[track_caller]
fn answer(checkout: &Checkout, from: &str, code: i32) -> Run {
    let run = |more: &[&str]| checkout.run(["check", "--new-from", from].iter().chain(more)).expect(code);
    let beside = tempfile::tempdir().unwrap();
    let path = |name: &str| beside.path().join(name).to_str().unwrap().to_owned();
    let json = format!("json={}", path("all.json"));
    let quick = run(&["--no-cache"]);
    assert_eq!(quick, run(&["--no-cache", "-o", "text", "-o", &json]));
    let dir = &path("cache");
    assert_eq!(quick, run(&["--cache-dir", dir]));
    checkout.run(["check", "--cache-dir", dir]).sane();
    assert_eq!(quick, run(&["--cache-dir", dir]));
    for format in ["github", "rdjson"] {
        let quick = run(&["--no-cache", "-o", format]);
        assert_eq!(quick, run(&["--no-cache", "-o", format, "-o", &json]), "{format}");
    }
    quick
}

#[track_caller]
fn says(run: &Run, out: &[&str], err: &[&str]) {
    let said = |text: &str, all: &[&str]| all.iter().for_each(|part| assert!(text.contains(part), "{part}: {text}"));
    said(&run.stdout, out);
    said(&run.stderr, err);
    assert_eq!(run.stdout.matches(": error: ").count(), out.iter().filter(|part| part.contains(": error: ")).count());
}

const MORE: &str = "\tklog.Infof(\"More of %s\", name)\n";

#[test]
fn new_calls_are_told_apart_by_what_reaches_them() {
    let checkout = tree();
    says(&answer(&checkout, "HEAD", 0), &["0 klog calls in 0 Go files that differ from HEAD ("], &[]);
    checkout.write("driver/driver.go", DRIVER.replace("\tSweep(name)\n", &format!("\tSweep(name)\n{MORE}")));
    checkout.write("driver/hall.go", HALL.replace("}\n", &format!("{MORE}}}\n")));
    let run = answer(&checkout, "HEAD", 1);
    let line = "6 klog calls in 2 Go files that differ from HEAD (";
    says(
        &run,
        &["driver/driver.go:12:2: error: ", line, "): 1 structured, with request ID; 5 not structured\n"],
        &["driver/hall.go:7:2: a new call that is not structured, off the paths"],
    );
    assert!(!run.stderr.contains("far/far.go"), "{}", run.stderr);
    checkout.commit_all();
    answer(&checkout, "HEAD", 0);
    answer(&checkout, "HEAD~1", 1);
    // Where every call counts, those off the paths do.
    checkout.write("klogmod.toml", format!("{CONFIG}\n[gate]\npaths = \"all\"\n"));
    let places = ["driver/driver.go:12:2: error: ", "driver/hall.go:7:2: error: "];
    says(&answer(&checkout, "HEAD~1", 1), &places, &["klogmod.toml differ from those of"]);
}

#[test]
fn calls_that_move_are_not_new() {
    let checkout = tree();
    // Into a file of the package; the one that it comes from has no call any more.
    checkout.write("driver/hall.go", "package driver\n");
    checkout.write("driver/other.go", HALL);
    answer(&checkout, "HEAD", 0);
    checkout.commit_all();
    // With a file that is renamed, and with its directory.
    checkout.git(["mv", "driver/other.go", "driver/last.go"]);
    checkout.git(["mv", "far", "near"]);
    answer(&checkout, "HEAD", 0);
    answer(&checkout, "HEAD~1", 0);
    checkout.commit_all();
    std::fs::remove_file(checkout.join("driver/last.go")).unwrap();
    answer(&checkout, "HEAD", 0);
    // What was deleted is no leave for a package that has it new.
    checkout.write("driver/driver.go", format!("{DRIVER}\nfunc hall(name string) {{\n{MORE}}}\n"));
    let run = answer(&checkout, "HEAD", 0);
    says(&run, &[], &["driver/driver.go:22:2: a new call that is not structured, off the paths"]);
}

#[test]
fn what_a_change_elsewhere_makes_of_calls_is_no_new_call() {
    let checkout = tree();
    // A function hands on what it is given: its callers print free text, and those that did not change are not named.
    checkout.write("say/say.go", LOUD);
    checkout.write("klogmod.toml", format!("{CONFIG}\n[gate]\nnew-unstructured = false\n"));
    let run = answer(&checkout, "HEAD", 0);
    says(&run, &[], &["say/say.go:10:2: hands what it is given to klog", "say/say.go:6:2: prints free text through"]);
    assert!(!run.stderr.contains("driver/driver.go"), "{}", run.stderr);
    checkout.commit_all();
    checkout.write("driver/driver.go", DRIVER.replace("Stepped", "Strode"));
    let run = answer(&checkout, "HEAD", 0);
    says(&run, &[], &["driver/driver.go:16:2: prints free text through what hands it to klog"]);
    assert!(!run.stderr.contains("say/say.go:"), "{}", run.stderr);
    checkout.commit_all();
    checkout.write("klogmod.toml", CONFIG);
    // A type: the call that becomes one of klog's stands in another file.
    let keeper = "package keep\n\nimport \"k8s.io/klog/v2\"\n\ntype Keeper struct {\n\tlog klog.Verbose\n}\n";
    checkout.write("keep/keeper.go", keeper);
    answer(&checkout, "HEAD", 0);
    checkout.write("keep/kept.go", KEPT.replace("Kept", "Kept the"));
    let run = answer(&checkout, "HEAD", 0);
    says(&run, &[], &["keep/kept.go:4:2: a new call that is not structured, off the paths"]);
}

#[test]
fn modules_and_settings_are_those_of_now() {
    let checkout = tree();
    let stand_in = "\nrequire example.com/log v1.0.0\n\nreplace example.com/log => k8s.io/klog/v2 v2.70.0\n";
    checkout.write("go.mod", format!("{MODULE}{stand_in}"));
    says(&answer(&checkout, "HEAD", 0), &[], &["go.mod: has klog stand in for example.com/log"]);
    checkout.commit_all();
    assert!(!answer(&checkout, "HEAD", 0).stderr.contains("go.mod"));
    checkout.write("go.mod", MODULE.replace("v2.70.0", "v2.0.0"));
    checkout.write("driver/driver.go", DRIVER.replace("\tSweep(name)\n", &format!("\tSweep(name)\n{MORE}")));
    says(&answer(&checkout, "HEAD", 1), &["driver/driver.go:12:2: error: "], &[]);
    // An operation that starts elsewhere.
    checkout.write("klogmod.toml", CONFIG.replace("driver.Attach", "driver.hall"));
    let run = answer(&checkout, "HEAD", 0);
    says(&run, &[], &["driver/driver.go:12:2: a new call that is not structured, off", "klogmod.toml differ from"]);
    // None at all: then every call counts.
    checkout.write("klogmod.toml", CONFIG.replace("driver.Attach", "driver.Nowhere"));
    says(&answer(&checkout, "HEAD", 1), &["driver/driver.go:12:2: error: "], &[]);
    checkout.write("klogmod.toml", format!("{CONFIG}\n[gate]\nallow = [\"gate-new-unstructured\"]\n"));
    answer(&checkout, "HEAD", 0);
    // A rate is that of the whole tree.
    checkout.write("klogmod.toml", format!("{CONFIG}\n[gate]\nminimum = 90\nnew-unstructured = false\n"));
    says(&answer(&checkout, "HEAD", 1), &["klogmod.toml:16:1: error: the whole run is at "], &[]);
}

#[test]
fn a_merge_brings_what_its_branches_bring() {
    let checkout = tree();
    checkout.git(["checkout", "-q", "-b", "theirs"]);
    checkout.write("far/far.go", HALL.replace("package driver", "package far").replace("Nobody", "No one"));
    checkout.commit_all();
    checkout.git(["checkout", "-q", "main"]);
    checkout.write("driver/driver.go", DRIVER.replace("\tSweep(name)\n", &format!("\tSweep(name)\n{MORE}")));
    checkout.commit_all();
    checkout.git(["merge", "-q", "--no-edit", "theirs"]);
    let off = "far/far.go:6:2: a new call that is not structured, off the paths";
    let run = answer(&checkout, "HEAD^1", 0);
    says(&run, &[], &[off]);
    let run = answer(&checkout, "HEAD^2", 1);
    says(&run, &["driver/driver.go:12:2: error: "], &[]);
    assert!(!run.stderr.contains("far/far.go"), "{}", run.stderr);
    says(&answer(&checkout, "HEAD~2", 1), &["driver/driver.go:12:2: error: "], &[off]);
}

#[test]
fn what_cannot_be_analysed_is_no_pass_wherever_it_stands() {
    let checkout = tree();
    checkout.write("far/far.go", HALL.replace("package driver", "package far").replace("{\n", "{{\n"));
    says(&answer(&checkout, "HEAD", 3), &[], &["far/far.go:8:1: not analysed"]);
    checkout.commit_all();
    says(&answer(&checkout, "HEAD", 3), &[], &["far/far.go:8:1: not analysed"]);
    // Broken where no call can be: nobody asks.
    checkout.write("far/far.go", "package far\n\nfunc f( {\n");
    answer(&checkout, "HEAD", 0);
}

#[test]
fn what_is_left_alone_is_named_where_it_changed() {
    let checkout = tree();
    let spoof = |text: &str| format!("// Code generated by nobody. DO NOT EDIT.\n\n{}", HALL.replace("Nobody", text));
    checkout.write("driver/spoof.go", spoof("None"));
    says(&answer(&checkout, "HEAD", 0), &[], &["driver/spoof.go: a generated file that may log"]);
    checkout.write("driver/g.txt", HALL);
    std::os::unix::fs::symlink("g.txt", checkout.join("driver/g.go")).unwrap();
    says(&answer(&checkout, "HEAD", 0), &[], &["driver/g.go: a link to what may log"]);
    checkout.write("testdata/t/t.go", "package t\n");
    checkout.write("far/more.go", "package far\n\nimport _ \"example.com/m/testdata/t\"\n");
    answer(&checkout, "HEAD", 0);
    checkout.commit_all();
    let run = answer(&checkout, "HEAD", 0);
    assert!(!run.stderr.contains("may log"), "{}", run.stderr);
    // The file that imports it is as it was.
    checkout.write("testdata/t/t.go", HALL.replace("package driver", "package t"));
    says(&answer(&checkout, "HEAD", 0), &[], &["far/more.go: imports what may log", "testdata/t/t.go"]);
    // What breaks a rule beside log calls counts, too.
    let beside = "package far\n\nimport \"k8s.io/klog/v2\"\n\nfunc g(l klog.Logger) klog.Logger {\n\treturn l.WithValues(\"a b\", 1)\n}\n";
    checkout.write("far/beside.go", beside);
    says(&answer(&checkout, "HEAD", 1), &["far/beside.go:6:22: error: "], &[]);
}
