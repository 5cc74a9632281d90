//! What is held to something where nothing is logged: parameters of functions, and functions that comments to logcheck speak of.

use crate::common::checkout::{Checkout, klogmod};

const MODULE: &str = "module m\n\ngo 1.24\n\nrequire (\n\texample.org/tool v1.0.0\n\tgithub.com/go-logr/logr v1.4.2\n\tk8s.io/klog/v2 v2.130.1\n)\n";
const ALSO: &str = "[gate]\nalso = [\"lint-context-or-logger\", \"lint-marked\"]\n";
const QUIET: &str = "package quiet

import (
\t\"context\"

\t\"github.com/go-logr/logr\"
)

type each func(ctx context.Context, log logr.Logger)

type asks interface {
\tWalk(ctx context.Context, log logr.Logger)
\tRest(ctx context.Context)
}

func run(ctx context.Context, a asks, log logr.Logger) {}

func fine(ctx context.Context, a asks) {}
";
const CALLS: &str = "package calls

import (
\t\"example.org/tool\"
\t\"m/own\"
)

type shop interface{ own.Machine }

func f(m own.Machine, s shop, other own.Other) {
\town.Start()
\town.StartNow()
\tm.Halt()
\ts.Halt()
\tother.Halt()
\ttool.Print(1)
\ttool.New().Flush()
}
";
const OWN: &str = "package own

// Start starts.
//
//logcheck:context // StartNow tells the caller's log.
func Start() {}

func StartNow() {}

type Machine interface {
\t//logcheck:context
\tHalt()
}

type Other interface {
\tHalt()
}
";
const TOOL: &str = "package tool

type Tool struct{}

func New() *Tool { return nil }

//logcheck:context // Pass a logger.
//nolint:all
func Print(n int) {}

// Flush is old.
//logcheck:context//FlushTo is given a logger.
func (t *Tool) Flush() {}
";

fn tree() -> Checkout {
    Checkout::with([
        ("go.mod", MODULE),
        ("quiet/quiet.go", QUIET),
        ("calls/calls.go", CALLS),
        ("own/own.go", OWN),
        ("vendor/modules.txt", "# example.org/tool v1.0.0\n## explicit\nexample.org/tool\n"),
        ("vendor/example.org/tool/tool.go", TOOL),
        ("log/log.go", "package log\n\nimport \"k8s.io/klog/v2\"\n\nfunc f() {\n\tklog.InfoS(\"Done\")\n}\n"),
    ])
}

fn found(checkout: &Checkout) -> Vec<String> {
    let run = checkout.run(["check"]);
    let lines = run.stdout.lines().filter(|line| line.contains("[lint-"));
    lines.map(|line| line.replace(": error: ", " ")).collect()
}

#[test]
fn files_that_log_nothing_are_held_to_what_the_tree_asks_for() {
    let checkout = tree();
    assert_eq!(found(&checkout), [""; 0]);
    checkout.write("klogmod.toml", ALSO);
    let both =
        "beside a context, a logger leaves open which of the two has what the caller attached [lint-context-or-logger]";
    let passed = "has no place where loggers are passed";
    let wanted = [
        format!("calls/calls.go:11:6 Start {passed}: StartNow tells the caller's log. [lint-marked]"),
        format!("calls/calls.go:13:4 Halt {passed} [lint-marked]"),
        format!("calls/calls.go:14:4 Halt {passed} [lint-marked]"),
        format!("calls/calls.go:16:7 Print {passed}: Pass a logger. [lint-marked]"),
        format!("calls/calls.go:17:13 Flush {passed}: FlushTo is given a logger. [lint-marked]"),
        format!("quiet/quiet.go:9:37 {both}"),
        format!("quiet/quiet.go:12:28 {both}"),
        format!("quiet/quiet.go:16:39 {both}"),
    ];
    assert_eq!(found(&checkout), wanted);
}

#[test]
fn a_word_that_logcheck_does_not_know_is_told_without_being_asked_for() {
    let checkout = tree();
    let odd = "package own\n\n//logcheck:contextual\nfunc Start() {}\n\n//logcheck:other\nvar x = 1\n\ntype I interface {\n\t//logcheck:off // why\n\tM()\n}\n\nvar text = `\n//logcheck:text\nfunc`\n";
    checkout.write("own/own.go", odd);
    let told = |word: &str| format!("logcheck knows no comment \"{word}\", only \"context\" [lint-mark-unknown]");
    let wanted = [format!("own/own.go:3:1 {}", told("contextual")), format!("own/own.go:10:2 {}", told("off // why"))];
    assert_eq!(found(&checkout), wanted);
}

#[test]
fn a_kept_plan_does_not_outlive_a_comment() {
    let checkout = tree();
    checkout.write("klogmod.toml", ALSO);
    let cache = tempfile::tempdir().unwrap();
    let check = || {
        let output = klogmod(checkout.path()).args(["check", "--cache-dir"]).arg(cache.path()).output().unwrap();
        String::from_utf8(output.stdout).unwrap().matches("[lint-marked]").count()
    };
    assert_eq!((check(), check()), (5, 5));
    std::thread::sleep(std::time::Duration::from_millis(120));
    checkout.write("own/own.go", OWN.replace("//logcheck:context // StartNow", "// StartNow"));
    assert_eq!((check(), check()), (4, 4));
}
