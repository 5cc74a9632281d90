//! `verify` with a real Go: what holds is said to hold, what does not is found and taken back, and the checkout stays as it is.
//!
//! All of it needs Go, but for what is said without one.

use libtest_mimic::Trial;

use crate::common::checkout::{Checkout, Run, klogmod};
use crate::needs::{Need, tests};

/// Enough of klog to compile against, in the checkout itself.
const KLOG: &str = "package klog

type Verbose struct{ enabled bool }

type Level int32

func V(level Level) Verbose                                        { return Verbose{} }
func (v Verbose) Infof(format string, args ...interface{})         {}
func (v Verbose) InfoS(msg string, keysAndValues ...interface{})   {}
func Infof(format string, args ...interface{})                     {}
func Warningf(format string, args ...interface{})                  {}
func Errorf(format string, args ...interface{})                    {}
func InfoS(msg string, keysAndValues ...interface{})               {}
func ErrorS(err error, msg string, keysAndValues ...interface{})   {}
func Flush()                                                       {}
";

const SERVER: &str = "package server

import (
	\"fmt\"

	\"k8s.io/klog/v2\"
)

func Serve(name string, count int) error {
	klog.Infof(\"Serving %s\", name)
	if count == 0 {
		klog.Warningf(\"Nothing to serve for %s\", name)
	}
	klog.Errorf(\"Failed to serve %d things\", count)
	return fmt.Errorf(\"no\")
}
";

fn checkout() -> Checkout {
    let gomod = "module example.com/m\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.70.0\n\nreplace k8s.io/klog/v2 => ./third_party/klog\n";
    let checkout = Checkout::with([
        ("go.mod", gomod),
        ("third_party/klog/go.mod", "module k8s.io/klog/v2\n\ngo 1.21\n"),
        ("third_party/klog/klog.go", KLOG),
        ("server/server.go", SERVER),
        ("main.go", "package main\n\nimport \"example.com/m/server\"\n\nfunc main() { _ = server.Serve(\"x\", 1) }\n"),
    ]);
    checkout.commit();
    checkout
}

fn verify(checkout: &Checkout, args: &[&str]) -> Run {
    let mut command = klogmod(checkout.path());
    command.args(["verify", "--edits=s", "--no-cache"]).args(args);
    command.env("GOFLAGS", "-mod=mod").env("GOWORK", "off").output().unwrap().into()
}

#[track_caller]
fn untouched(checkout: &Checkout) {
    assert_eq!(checkout.git(["status", "--porcelain", "--ignored"]), "");
}

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Go]
            a_sound_plan_holds
            a_broken_fix_is_found_by_its_line_and_taken_back
            a_broken_fix_is_found_by_bisection
            a_package_that_failed_before_is_not_blamed
            a_copy_in_vendor_is_taken_as_it_will_be
            files_of_other_systems_need_their_system;
        []
            without_go_nothing_is_claimed;
    }
}

fn a_sound_plan_holds() {
    let checkout = checkout();
    let run = verify(&checkout, &["--format", "json"]).expect(0);
    let proof = run.json();
    assert_eq!((proof["proven"].as_u64(), proof["demoted"].as_array().map(Vec::len)), (Some(3), Some(0)), "{proof}");
    // server, and main, which depends on it.
    assert_eq!(proof["configurations"][0]["passed"], 2, "{proof}");
    untouched(&checkout);
    assert!(verify(&checkout, &[]).expect(0).stdout.contains("3 fixes proven, 0 taken back"));
    let narrow = verify(&checkout, &["--packages", "other"]).expect(0);
    assert!(narrow.stdout.contains("0 fixes proven"), "{}", narrow.stdout);
}

/// A rule that rewrites warnings to a function that klog does not have.
fn a_broken_fix_is_found_by_its_line_and_taken_back() {
    let checkout = checkout();
    checkout.write(
        "rules/log_calls.toml",
        "[[call]]\nseverity = \"warning\"\nrewrite = \"WarnS\"\nprint = []\nprintln = []\nprintf = [\"Warningf\"]\n\n[since]\nWarnS = \"2.0.0\"\n\n[structured]\ninfo = [\"InfoS\", \"InfoSDepth\", \"WarnS\"]\n",
    );
    checkout.git(["add", "-A"]);
    checkout.git(["commit", "-q", "-m", "Rules"]);
    let run = verify(&checkout, &["--rules", "rules", "--format", "json"]).expect(1);
    let proof = run.json();
    assert_eq!(proof["proven"], 2, "{proof}");
    let demoted = &proof["demoted"][0];
    assert_eq!((demoted["path"].as_str(), demoted["line"].as_u64()), (Some("server/server.go"), Some(12)), "{proof}");
    assert!(demoted["reason"].as_str().unwrap().contains("WarnS"), "{proof}");
    untouched(&checkout);
    // As a decision it is heeded from then on, and what remains passes.
    verify(&checkout, &["--rules", "rules", "--reject"]).expect(1);
    assert!(checkout.text("klogmod.decisions.toml").contains("WarnS"));
    let rest = verify(&checkout, &["--rules", "rules", "--format", "json"]).expect(0).json();
    assert_eq!((rest["proven"].as_u64(), rest["demoted"].as_array().map(Vec::len)), (Some(2), Some(0)), "{rest}");
}

/// A person's edit leaves a variable unused: the compiler complains about its declaration, not about the call, so that only
/// bisection tells.
fn a_broken_fix_is_found_by_bisection() {
    let checkout = checkout();
    let call = "klog.Warningf(\"Nothing to serve for %s\", name)";
    let server = SERVER.replace(call, "other := name\n\t\tklog.Warningf(\"Nothing to serve for %s\", other)");
    checkout.write("server/server.go", server);
    checkout.run(["accept", "--edits=s", "--everything"]).expect(0);
    let edited = |line: &str| match line.contains("Warningf") {
        true => line.replace("is = \"accepted\"", "is = \"edited\", text = 'klog.InfoS(\"Nothing to serve\")'"),
        false => line.to_owned(),
    };
    let decisions = checkout.text("klogmod.decisions.toml").lines().map(edited).collect::<Vec<_>>().join("\n");
    checkout.write("klogmod.decisions.toml", decisions + "\n");
    checkout.commit_all();
    let run = verify(&checkout, &["--format", "json"]).expect(1);
    let proof = run.json();
    assert_eq!(proof["proven"], 2, "{proof}");
    assert!(proof["demoted"][0]["reason"].as_str().unwrap().contains("not used"), "{proof}");
    assert_eq!(proof["demoted"][0]["line"], 13, "{proof}");
    assert!(run.stderr.contains("bisecting"), "{}", run.stderr);
    untouched(&checkout);
}

fn a_copy_in_vendor_is_taken_as_it_will_be() {
    let own =
        "package own\n\nimport \"k8s.io/klog/v2\"\n\nfunc Say(name string) {\n\tklog.Infof(\"Saying %s\", name)\n}\n";
    let requires = "require (\n\texample.com/own v0.0.0\n\tk8s.io/klog/v2 v2.70.0\n)\n\n";
    let replaces = "replace (\n\texample.com/own => ./own\n\tk8s.io/klog/v2 => ./third_party/klog\n)\n";
    let gomod = format!("module example.com/m\n\ngo 1.21\n\n{requires}{replaces}");
    let modules = "# example.com/own v0.0.0 => ./own\n## explicit; go 1.21\nexample.com/own\n# k8s.io/klog/v2 v2.70.0 => ./third_party/klog\n## explicit; go 1.21\nk8s.io/klog/v2\n# example.com/own => ./own\n# k8s.io/klog/v2 => ./third_party/klog\n";
    let checkout = Checkout::with([
        ("go.mod", &*gomod),
        ("own/go.mod", "module example.com/own\n\ngo 1.21\n"),
        ("own/own.go", own),
        ("third_party/klog/go.mod", "module k8s.io/klog/v2\n\ngo 1.21\n"),
        ("third_party/klog/klog.go", KLOG),
        ("vendor/modules.txt", modules),
        ("vendor/example.com/own/own.go", own),
        ("vendor/k8s.io/klog/v2/klog.go", KLOG),
        ("main.go", "package main\n\nimport \"example.com/own\"\n\nfunc main() { own.Say(\"x\") }\n"),
    ]);
    checkout.commit();
    let mut command = klogmod(checkout.path());
    command.args(["verify", "--all", "--edits=s", "--no-cache"]);
    let run: Run = command.env("GOFLAGS", "-mod=vendor").env("GOWORK", "off").output().unwrap().into();
    let run = run.expect(0);
    assert!(run.stdout.contains("1 fix proven, 0 taken back, 0 files not proven"), "{}", run.stdout);
    untouched(&checkout);
}

fn a_package_that_failed_before_is_not_blamed() {
    let checkout = checkout();
    checkout.write("server/bad.go", "package server\n\nvar _ int = \"no\"\n");
    checkout.commit_all();
    let run = verify(&checkout, &["--format", "json"]).expect(3);
    let proof = run.json();
    assert_eq!((proof["proven"].as_u64(), proof["demoted"].as_array().map(Vec::len)), (Some(0), Some(0)), "{proof}");
    assert_eq!(proof["configurations"][0]["failed_before"][0]["name"], "example.com/m/server", "{proof}");
}

fn files_of_other_systems_need_their_system() {
    let checkout = checkout();
    let text = "package server\n\nimport \"k8s.io/klog/v2\"\n\nfunc extra() { klog.Infof(\"Extra %d\", 1) }\n";
    checkout.write("server/extra_windows.go", text);
    checkout.commit_all();
    let linux = verify(&checkout, &["--goos", "linux", "--format", "json"]).expect(3).json();
    assert_eq!(linux["unproven"][0]["name"], "server/extra_windows.go", "{linux}");
    let both = verify(&checkout, &["--goos", "linux,windows", "--format", "json"]).expect(0).json();
    assert_eq!(both["proven"], 4, "{both}");
}

fn without_go_nothing_is_claimed() {
    let checkout = checkout();
    let output = klogmod(checkout.path()).args(["verify"]).env("PATH", "").output().unwrap();
    let run = Run::from(output).expect(2);
    assert!(run.stderr.contains("no `go` on PATH") && run.stdout.is_empty(), "{run:?}");
}
