//! The analysis tool's protocol without Go: what each call prints, writes and ends with.

use std::path::Path;

use serde_json::{Value, json};

use crate::common::checkout::{Checkout, Run};

const CALLS: &str = "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(name string) {\n\tklog.Infof(\"Started worker %s\", name)\n\tklog.InfoS(\"Done\", \"worker name\", name)\n\tklog.Info(name) //klogmod:ignore a script reads it\n}\n";

fn module() -> Checkout {
    Checkout::with([
        ("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.100.1\n"),
        ("a.go", CALLS),
        ("b.go", "package a\n"),
    ])
}

/// Writes the description of the package and hands it to the tool.
fn vet(checkout: &Checkout, flags: &[&str], more: Value) -> Run {
    let real = checkout.path().canonicalize().unwrap();
    let mut unit = json!({
        "ID": "example.com/m",
        "Dir": real,
        "ImportPath": "example.com/m",
        "GoFiles": [real.join("a.go"), real.join("b.go"), "/nowhere/_cgo_gotypes.go"],
        "VetxOutput": real.join("vet.out"),
    });
    unit.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap_or_default());
    checkout.write("unit.cfg", unit.to_string());
    let run = checkout.run(flags.iter().copied().chain(["unit.cfg"]));
    run.sane();
    run
}

fn absolute(checkout: &Checkout, name: &str) -> String {
    checkout.path().canonicalize().unwrap().join(name).display().to_string()
}

#[test]
fn findings_are_lines_on_standard_error() {
    let checkout = module();
    let run = vet(&checkout, &[], json!({})).expect(1);
    let path = absolute(&checkout, "a.go");
    let lines: Vec<_> = run.stderr.lines().collect();
    assert_eq!(lines.len(), 2, "{}", run.stderr);
    assert!(
        lines[0].starts_with(&format!("{path}:6:2: this call is not structured; proposed: klog.InfoS(")),
        "{}",
        lines[0]
    );
    assert!(lines[1].starts_with(&format!("{path}:7:21: ")), "{}", lines[1]);
    assert_eq!(run.stdout, "");
    assert!(!checkout.join("vet.out").exists(), "the go command would keep an answer that goes by settings");
    let run = vet(&checkout, &["-c=1", "-lint=false"], json!({})).expect(1);
    let lines: Vec<_> = run.stderr.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            "5\tfunc f(name string) {",
            "6\t\tklog.Infof(\"Started worker %s\", name)",
            "7\t\tklog.InfoS(\"Done\", \"worker name\", name)"
        ]
    );
    // What other packages want to know is nothing.
    let run = vet(&checkout, &[], json!({ "VetxOnly": true })).expect(0);
    assert_eq!((run.stdout, run.stderr), (String::new(), String::new()));
}

#[test]
fn json_is_that_of_vet() {
    let checkout = module();
    let run = vet(&checkout, &["-json"], json!({ "Stdout": absolute(&checkout, "vet.stdout") })).expect(0);
    assert_eq!((run.stdout, run.stderr), (String::new(), String::new()));
    let found: Value = serde_json::from_str(&checkout.text("vet.stdout")).unwrap();
    let package = &found["example.com/m"];
    let path = absolute(&checkout, "a.go");
    let call = &package["unstructured"][0];
    assert_eq!(call["posn"], format!("{path}:6:2"));
    assert_eq!(call["end"], format!("{path}:6:39"));
    let edit = &call["suggested_fixes"][0]["edits"][0];
    assert_eq!(edit["filename"], path);
    let (start, end) = (edit["start"].as_u64().unwrap() as usize, edit["end"].as_u64().unwrap() as usize);
    assert_eq!(&CALLS[start..end], "\tklog.Infof(\"Started worker %s\", name)\n");
    assert!(edit["new"].as_str().unwrap().starts_with("\tklog.InfoS(\"Started worker\", "));
    assert!(package["lint-key-name"][0]["message"].as_str().unwrap().contains("worker name"), "{found}");
    let none = vet(&module(), &["-json", "-lint=false", "-unstructured=false"], json!({})).expect(0);
    assert_eq!(none.stdout, "{}\n");
}

#[test]
fn fixes_are_made_shown_or_packed() {
    let checkout = module();
    let run = vet(&checkout, &["-fix", "-diff"], json!({})).expect(0);
    for line in ["-\tklog.InfoS(\"Done\", \"worker name\", name)\n", "+\tklog.InfoS(\"Done\", \"workerName\", name)\n"]
    {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    assert_eq!(checkout.text("a.go"), CALLS);
    let archive = absolute(&checkout, "fix.zip");
    vet(&checkout, &["-fix", "-review"], json!({ "FixArchive": archive })).expect(0);
    let packed = checkout.read("fix.zip");
    assert!(
        packed.starts_with(b"PK") && memchr::memmem::find(&packed, absolute(&checkout, "a.go").as_bytes()).is_some()
    );
    assert_eq!(checkout.text("a.go"), CALLS);
    vet(&checkout, &["-fix", "-review"], json!({})).expect(0);
    let fixed = checkout.text("a.go");
    assert!(fixed.contains("klog.InfoS(\"Started worker\", ") && fixed.contains("\"workerName\""), "{fixed}");
    // Nothing is left but what a comment keeps.
    vet(&checkout, &[], json!({})).expect(0);
}

#[test]
fn what_cannot_be_read_is_no_pass() {
    let checkout = module();
    checkout.write("b.go", "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc g( {\n\tklog.Info(1)\n");
    let run = vet(&checkout, &[], json!({})).expect(1);
    assert!(run.stderr.contains("b.go:5:"), "{}", run.stderr);
    let found = vet(&checkout, &["-json"], json!({})).expect(0).json();
    assert!(found["example.com/m"]["klogmod"]["error"].as_str().unwrap().contains("b.go:5:"), "{found}");
    // The compiler complains about it already.
    let run = vet(&checkout, &["-json"], json!({ "SucceedOnTypecheckFailure": true })).expect(0);
    assert!(!run.stdout.contains("\"error\""), "{}", run.stdout);
    checkout.write("other.cfg", "{");
    let run = checkout.run(["other.cfg"]).expect(1);
    assert!(run.stderr.contains("cannot decode JSON config file other.cfg"), "{}", run.stderr);
    let run = checkout.run(["-shadow", "other.cfg"]).expect(1);
    assert!(run.stderr.contains("flag provided but not defined: -shadow"), "{}", run.stderr);
}

#[test]
fn the_tool_says_what_it_is() {
    let checkout = module();
    let version = |checkout: &Checkout| {
        let text = checkout.run(["-V=full"]).expect(0).stdout;
        let words: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
        assert!(Path::new(&words[0]).is_absolute(), "{text}");
        assert_eq!(words[1..3], ["version", "devel"], "{text}");
        words[3].strip_prefix("buildID=").unwrap().to_owned()
    };
    let before = version(&checkout);
    assert_eq!(before, version(&checkout));
    // No answer is kept that goes by settings, so that they make no other tool.
    checkout.write("klogmod.toml", "[gate]\nallow = [\"lint-key-name\"]\n");
    assert_eq!(before, version(&checkout));
    let flags = checkout.run(["-flags"]).expect(0).json();
    let named = |name: &str| flags.as_array().unwrap().iter().find(|flag| flag["Name"] == name).cloned().unwrap();
    assert_eq!(named("lint")["Bool"], true);
    assert_eq!(named("c")["Bool"], false);
    let run = vet(&checkout, &["-json"], json!({})).expect(0);
    assert!(!run.stdout.contains("lint-key-name"), "{}", run.stdout);
}

#[test]
fn only_answers_that_hold_under_all_settings_are_kept() {
    let checkout = module();
    let with = |imports: &[(&str, bool)], more: Value| {
        let map: std::collections::BTreeMap<_, _> = imports.iter().map(|(path, _)| (*path, *path)).collect();
        let standard: std::collections::BTreeMap<_, _> =
            imports.iter().filter(|(_, is)| *is).map(|(path, _)| (*path, true)).collect();
        let mut unit = json!({ "ImportMap": map, "Standard": standard });
        unit.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        let _ = std::fs::remove_file(checkout.join("vet.out"));
        let run = vet(&checkout, &[], unit);
        (run.code, checkout.join("vet.out").exists())
    };
    let only = json!({ "VetxOnly": true });
    assert_eq!(with(&[("fmt", true), ("unsafe", false)], only.clone()), (0, true));
    assert_eq!(with(&[], json!({})), (0, true));
    assert_eq!(with(&[("fmt", true), ("k8s.io/klog/v2", false)], only), (0, false));
    assert_eq!(with(&[("k8s.io/klog/v2", false)], json!({})), (1, false));
}

#[test]
fn names_that_no_rule_has_are_refused_as_by_check() {
    let checkout = module();
    checkout.write("klogmod.toml", "[gate]\nallow = [\"unstructured\"]\n");
    let said = "[gate] allow: there is no rule unstructured";
    let checked = checkout.run(["check", "."]).expect(2);
    assert!(checked.stderr.contains(said), "{}", checked.stderr);
    let run = vet(&checkout, &[], json!({})).expect(1);
    assert!(run.stderr.contains(said), "{}", run.stderr);
}
