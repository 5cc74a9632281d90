//! `go vet -vettool` and `go fix -fixtool` with real Go: the go command reads what klogmod says, keeps it, and makes its fixes.

use crate::common;

use std::path::Path;
use std::process::{Command, Output};

use libtest_mimic::Trial;

use common::checkout::Checkout;
use common::go;

use crate::needs::{Need, tests};

const CALLS: &str = "package a\n\nimport \"k8s.io/klog/v2\"\n\n// F starts.\nfunc F(name string) {\n\tklog.Infof(\"Started worker %s\", name)\n\tklog.InfoS(\"Done\", \"worker name\", name)\n}\n";
const TESTS: &str = "package a\n\nimport (\n\t\"testing\"\n\n\t\"k8s.io/klog/v2\"\n)\n\nfunc TestF(t *testing.T) {\n\tklog.Errorf(\"Failed to find %s\", t.Name())\n}\n";
const CGO: &str = "package c\n\n// int one(void) { return 1; }\nimport \"C\"\n\nimport \"k8s.io/klog/v2\"\n\n// One is one.\nfunc One() int {\n\tn := int(C.one())\n\tklog.Infof(\"Got answer %d\", n)\n\treturn n\n}\n";
/// As much of klog as these files use.
const KLOG: &str = "package klog\n\nfunc Info(args ...interface{}) {}\nfunc Infof(format string, args ...interface{}) {}\nfunc Errorf(format string, args ...interface{}) {}\nfunc InfoS(msg string, kv ...interface{}) {}\nfunc ErrorS(err error, msg string, kv ...interface{}) {}\n";

/// All of them need Go.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Go]
            vet_reports
            json_carries_fixes
            fix_writes
            answers_go_by_the_settings_of_now;
    }
}

fn module() -> Checkout {
    let gomod =
        "module example.com/m\n\ngo 1.18\n\nrequire k8s.io/klog/v2 v2.100.1\n\nreplace k8s.io/klog/v2 => ./klog\n";
    Checkout::with([
        ("go.mod", gomod),
        ("a/a.go", CALLS),
        ("a/a_test.go", TESTS),
        ("b/b.go", "package b\n\nimport \"example.com/m/a\"\n\n// G goes on.\nfunc G() { a.F(\"x\") }\n"),
        ("klog/go.mod", "module k8s.io/klog/v2\n"),
        ("klog/klog.go", KLOG),
    ])
}

fn run(checkout: &Checkout, args: &[&str]) -> Output {
    let go = go::go().unwrap();
    go::command(&go, checkout.path(), args).output().unwrap()
}

fn tool(flag: &str) -> String {
    format!("-{flag}={}", env!("CARGO_BIN_EXE_klogmod"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn vet(checkout: &Checkout, args: &[&str]) -> (i32, String, String) {
    let tool = tool("vettool");
    let all: Vec<&str> = ["vet", &tool].into_iter().chain(args.iter().copied()).collect();
    let output = run(checkout, &all);
    (output.status.code().unwrap_or(-1), text(&output.stdout), text(&output.stderr))
}

fn vet_reports() {
    let checkout = module();
    let (code, _, said) = vet(&checkout, &["./..."]);
    assert_eq!(code, 1, "{said}");
    for line in
        ["a/a.go:7:2: this call is not structured; proposed: klog.InfoS(", "a/a.go:8:21: ", "a/a_test.go:10:2: "]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert_eq!(vet(&checkout, &["./b"]), (0, String::new(), String::new()));
    let (code, _, said) = vet(&checkout, &["-lint", "./a"]);
    assert!(code == 1 && !said.contains("not structured") && said.contains("a/a.go:8:21: "), "{said}");
    // The go command keeps answers: not beyond the settings that they were given under.
    checkout.write("klogmod.toml", "[gate]\nallow = [\"lint-key-name\"]\n");
    assert_eq!(vet(&checkout, &["-lint", "./a"]).0, 0);
    if has_cgo(&checkout) {
        checkout.write("c/c.go", CGO);
        let (code, _, said) = vet(&checkout, &["./c"]);
        assert!(code == 1 && said.contains("c/c.go:11:2: this call is not structured"), "{said}");
    }
}

fn has_cgo(checkout: &Checkout) -> bool {
    text(&run(checkout, &["env", "CGO_ENABLED"]).stdout).trim() == "1"
        && Command::new("cc").arg("--version").output().is_ok_and(|output| output.status.success())
}

fn json_carries_fixes() {
    let checkout = module();
    let (code, out, said) = vet(&checkout, &["-json", "./a"]);
    assert_eq!(code, 0, "{said}");
    // Older go commands head each package on standard error with its name.
    let body = if out.is_empty() { said } else { out };
    let body: String = body.lines().filter(|line| !line.starts_with('#')).collect();
    let found: serde_json::Value = serde_json::from_str(&body).unwrap();
    let package = found.as_object().and_then(|packages| packages.values().next()).cloned().unwrap_or_default();
    let edit = &package["unstructured"][0]["suggested_fixes"][0]["edits"][0];
    assert!(edit["filename"].as_str().is_some_and(|path| Path::new(path).ends_with("a/a.go")), "{found}");
}

fn fix_writes() {
    let checkout = module();
    let tool = tool("fixtool");
    let help = text(&run(&checkout, &["help", "fix"]).stdout);
    if !help.contains("-fixtool") {
        // Before Go 1.26 fixes are the tool's alone to write.
        return;
    }
    let output = run(&checkout, &["fix", &tool, "-review", "-diff", "./..."]);
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("+\tklog.InfoS(\"Started worker\", "), "{}", text(&output.stdout));
    assert_eq!(checkout.text("a/a.go"), CALLS);
    let output = run(&checkout, &["fix", &tool, "-review", "./..."]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let fixed = checkout.text("a/a.go");
    assert!(fixed.contains("klog.InfoS(\"Started worker\", ") && fixed.contains("\"workerName\""), "{fixed}");
    assert!(
        checkout.text("a/a_test.go").contains("klog.ErrorS(nil, \"Failed to find\""),
        "{}",
        checkout.text("a/a_test.go")
    );
    assert!(run(&checkout, &["vet", "./..."]).status.success());
    assert_eq!(vet(&checkout, &["./..."]).0, 0);
}

/// Whatever the go command kept: what is said goes by the settings that there are.
fn answers_go_by_the_settings_of_now() {
    const LENIENT: &str = "[gate]\nallow = [\"lint-key-name\"]\n";
    let checkout = module();
    let remove = |path: &str| std::fs::remove_file(checkout.join(path)).unwrap();
    let ends = |args: &[&str], code: i32, what: &str| {
        let (ended, _, said) = vet(&checkout, &[&["-lint"], args].concat());
        assert_eq!(ended, code, "{what}: {said}");
    };
    ends(&["./b"], 0, "b alone goes through a and looks at b");
    ends(&["./a"], 1, "a is looked at, though it was gone through");
    checkout.write("a/klogmod.toml", LENIENT);
    ends(&["./a"], 0, "settings below where go was started");
    remove("a/klogmod.toml");
    ends(&["./a"], 1, "they are gone");
    checkout.write("named.toml", LENIENT);
    let named = format!("-config={}", checkout.join("named.toml").display());
    ends(&[&named, "./a"], 0, "named settings");
    checkout.write("named.toml", "");
    ends(&[&named, "./a"], 1, "named settings that are empty now");
    remove("named.toml");
    ends(&[&named, "./a"], 1, "named settings that are not there");
    // Another module's, from a workspace beside it.
    checkout.write("work/go.work", "go 1.18\n\nuse ..\n");
    checkout.write("klogmod.toml", LENIENT);
    let from_work = || {
        let go = go::go().unwrap();
        let args = ["vet", &tool("vettool"), "-lint", "example.com/m/a"];
        let mut command = go::command(&go, &checkout.join("work"), &args);
        let output = command.env("GOWORK", "").env("GOFLAGS", "").output().unwrap();
        (output.status.code(), text(&output.stderr))
    };
    assert_eq!(from_work(), (Some(0), String::new()));
    remove("klogmod.toml");
    let (code, said) = from_work();
    assert!(code == Some(1) && said.contains("a.go:8:21: "), "{said}");
}
