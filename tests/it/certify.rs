//! `klogmod certify`: a change that keeps what the old line said is certified, and each way of not doing so has its reason.

mod alarms;
mod beside;
mod checkouts;
mod enemies;
mod kinds;
mod loggers;
mod phrases;
mod words;

use crate::common;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

use common::checkout::{Checkout, Run, klogmod};
use klogmod::prove::certify::Finding;
use klogmod::text::reason::Reason;
use serde_json::Value;

const MODULE: &str = "module example.com/a\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.120.1\n";

/// A file with one statement in a function that has something to log.
fn file(statement: &str) -> String {
    format!(
        "package a\n\nimport (\n\t\"os\"\n\n\t\"k8s.io/klog/v2\"\n)\n\ntype Volume struct {{\n\tName, Path string\n\tOwner *Volume\n\
         \tParts []string\n}}\n\nfunc mount(volume *Volume, node string, count int, err error, done chan int) {{\n\
         \tif err != nil {{\n\t\t{statement}\n\t}}\n}}\n\nfunc end() {{ os.Exit(1) }}\n"
    )
}

/// The documents for a tree that is changed from one to the other.
fn certified(old: &str, new: &str) -> (Run, Value) {
    let (before, after) = (Checkout::new(), Checkout::new());
    for (tree, text) in [(&before, old), (&after, new)] {
        tree.write("go.mod", MODULE);
        tree.write("a.go", text);
    }
    let paths = [before.path().to_str().unwrap(), after.path().to_str().unwrap()];
    let run = Checkout::new().run(["certify", paths[0], paths[1], "--output", "json"]);
    run.sane();
    let document = run.json();
    (run, document)
}

fn reasons(findings: &Value) -> BTreeSet<String> {
    let said = findings.as_array().unwrap().iter();
    said.map(|said| format!("{}:{}", said["weight"].as_str().unwrap(), said["reason"].as_str().unwrap())).collect()
}

/// Verdict and reasons of the one call.
#[track_caller]
fn judged(old: &str, new: &str) -> (String, BTreeSet<String>) {
    let (run, document) = certified(&file(old), &file(new));
    let calls = document["calls"].as_array().unwrap();
    assert_eq!(calls.len(), 1, "{old} → {new}\n{document:#}");
    let verdict = calls[0]["verdict"].as_str().unwrap().to_owned();
    let others = document["others"].as_array().unwrap();
    assert!(others.is_empty(), "{old} → {new}\n{document:#}");
    assert_eq!(run.code, i32::from(verdict == "refused"), "{new}\n{document:#}");
    (verdict, reasons(&calls[0]["findings"]))
}

#[test]
fn what_keeps_the_line_is_certified() {
    for (old, new) in [
        (
            r#"klog.Errorf("mounting %s failed: %v", volume.Path, err)"#,
            r#"klog.ErrorS(err, "Mounting failed", "path", volume.Path)"#,
        ),
        (
            r#"klog.Warningf("no %s on %s", volume.Name, node)"#,
            r#"klog.InfoS("None there", "volume", volume.Name, "node", node)"#,
        ),
        (
            r#"klog.V(4).Infof("%d parts", len(volume.Parts))"#,
            r#"klog.V(4).InfoS("Parts", "parts", len(volume.Parts))"#,
        ),
        (r#"klog.V(0).Infof("node %s", node)"#, r#"klog.InfoS("Node", "node", node)"#),
        (r#"klog.Info("node ", node, " is gone")"#, r#"klog.InfoS("Node is gone", "node", node)"#),
        (
            r#"klog.Fatalf("no node %s: %v", node, err)"#,
            "klog.ErrorS(err, \"No node\", \"node\", node)\n\t\tklog.FlushAndExit(klog.ExitFlushTimeout, 1)",
        ),
        (
            r#"klog.Exitf("no node %s", node)"#,
            "klog.ErrorS(err, \"No node\", \"node\", node)\n\t\tklog.Flush()\n\t\tos.Exit(1)",
        ),
        (r#"klog.Infof("at %s: %s", node, err.Error())"#, r#"klog.InfoS("At node", "node", node, "err", err)"#),
        (r#"klog.InfoS("At", "node", node)"#, r#"klog.Background().Info("At", "node", node)"#),
    ] {
        let (verdict, reasons) = judged(old, new);
        assert_eq!((verdict.as_str(), reasons), ("certified", BTreeSet::new()), "{new}");
    }
}

#[test]
fn each_way_to_lose_something_has_its_reason() {
    let errorf = r#"klog.Errorf("mounting %s on %s failed: %v", volume.Path, node, err)"#;
    let infof = r#"klog.V(4).Infof("mounted %s on %s", volume.Path, node)"#;
    for (old, new, want) in [
        (infof, r#"klog.V(4).InfoS("Mounted", "path", volume.Path)"#, "value-dropped"),
        (infof, r#"klog.V(4).InfoS("Mounted", "path", volume.Name, "node", node)"#, "value-dropped"),
        (infof, r#"klog.V(4).InfoS("Mounted", "path", node, "node", volume.Path)"#, "value-swapped"),
        (
            infof,
            r#"klog.V(4).InfoS("Mounted", "path", volume.Path, "node", node, "owner", volume.Owner.Name)"#,
            "new-evaluation",
        ),
        (
            infof,
            r#"klog.V(4).InfoS("Mounted", "path", volume.Path, "node", node, "part", volume.Parts[0])"#,
            "new-evaluation",
        ),
        (infof, r#"klog.V(4).InfoS("Mounted", "path", volume.Path, "node", node, "done", <-done)"#, "new-evaluation"),
        (infof, r#"klog.V(4).InfoS("Mounted", "path", volume.Path, "node", node, "rate", 7/count)"#, "new-evaluation"),
        (
            infof,
            r#"klog.V(4).InfoS("Mounted", "path", volume.Path, "node", node, "made", make(chan int, count))"#,
            "new-evaluation",
        ),
        (
            infof,
            r#"klog.V(4).InfoS("Mounted", "path", volume.Path, "node", node, "err", err.Error())"#,
            "new-evaluation",
        ),
        (infof, r#"klog.V(2).InfoS("Mounted", "path", volume.Path, "node", node)"#, "level-changed"),
        (infof, r#"klog.InfoS("Mounted", "path", volume.Path, "node", node)"#, "level-changed"),
        (infof, r#"klog.V(4).ErrorS(nil, "Mounted", "path", volume.Path, "node", node)"#, "severity-changed"),
        (infof, r#"klog.V(4).InfoS("Mounted", "path", volume.Path, "path", node)"#, "rule-broken"),
        (infof, r#"klog.V(4).InfoS("Mounted", "path", volume.Path, "the node", node)"#, "rule-broken"),
        (infof, r#"klog.V(4).InfoS("Mounted", "path", volume.Path, node)"#, "rule-broken"),
        (infof, r#"klog.V(4).InfoS("Mounted on "+node, "path", volume.Path, "node", node)"#, "rule-broken"),
        (errorf, r#"klog.ErrorS(nil, "Mounting failed", "path", volume.Path, "node", node)"#, "error-lost"),
        (
            errorf,
            r#"klog.ErrorS(nil, "Mounting failed", "path", volume.Path, "node", node, "err", err)"#,
            "error-not-first",
        ),
        (errorf, r#"klog.InfoS("Mounting failed", "path", volume.Path, "node", node, "err", err)"#, "severity-changed"),
        (r#"klog.Error("mounting failed")"#, r#"klog.ErrorS(nil, "Mounting failed")"#, "error-lost"),
        ("klog.Error(err)\n\t\tos.Exit(3)", "klog.ErrorS(err, \"Failed\")\n\t\tos.Exit(0)", "exit-changed"),
        (r#"klog.Fatal("mounting failed")"#, r#"klog.ErrorS(err, "Mounting failed")"#, "exit-lost"),
    ] {
        let (verdict, reasons) = judged(old, new);
        assert_eq!(verdict, "refused", "{new}");
        assert!(reasons.contains(&format!("refusal:{want}")), "{new}: {want} is not among {reasons:?}");
    }
}

#[test]
fn what_is_proven_harmless_is_no_new_evaluation() {
    let old = "_ = volume.Path\n\t\tklog.Infof(\"mounted on %s\", node)";
    let new = "_ = volume.Path\n\t\tklog.InfoS(\"Mounted\", \"node\", node, \"volume\", volume.Name)";
    let (verdict, reasons) = judged(old, new);
    assert_eq!(verdict, "remarks");
    assert_eq!(reasons, BTreeSet::from(["remark:value-added".to_owned()]));
}

#[test]
fn a_key_that_readers_of_logs_have_themselves_is_told() {
    let old = "klog.Infof(\"mounted on %s\", node)";
    for key in ["message", "logger"] {
        let (verdict, reasons) = judged(old, &format!("klog.InfoS(\"Mounted\", \"{key}\", node)"));
        assert_eq!(
            (verdict.as_str(), reasons),
            ("remarks", BTreeSet::from(["remark:key-mistaken".to_owned()])),
            "{key}"
        );
    }
    // It stood there before.
    let (verdict, _) =
        judged("klog.InfoS(\"Mounted\", \"logger\", node)", "klog.InfoS(\"Mounted it\", \"logger\", node)");
    assert_eq!(verdict, "certified");
}

#[test]
fn everything_else_has_to_stay() {
    let old = file(r#"klog.Infof("mounted on %s", node)"#);
    let new = file(r#"klog.InfoS("Mounted", "node", node)"#);
    let said = |new: &str| {
        let (run, document) = certified(&old, new);
        let all = document["calls"].as_array().unwrap().iter().flat_map(|call| reasons(&call["findings"]));
        (run.code, all.chain(reasons(&document["others"])).collect::<BTreeSet<_>>())
    };
    assert_eq!(said(&new), (0, BTreeSet::new()));
    let (code, found) = said(&new.replace("err != nil", "err == nil"));
    assert!(code == 1 && found.contains("refusal:condition-changed") && found.contains("refusal:other-condition"));
    let (code, found) = said(&new.replace("os.Exit(1)", "os.Exit(2)"));
    assert!(code == 1 && found == BTreeSet::from(["refusal:other-code".to_owned()]), "{found:?}");
    let (code, found) = said(&new.replace("\t\tklog.InfoS", "\t\tnode = \"\"\n\t\tklog.InfoS"));
    assert!(code == 1 && found.contains("refusal:other-code"), "{found:?}");
    // What log calls need is no other code.
    let threaded = new.replace("mount(volume", "mount(logger klog.Logger, volume").replace("klog.InfoS", "logger.Info");
    assert_eq!(said(&threaded), (0, BTreeSet::new()));
    let made = new.replace("\tif err", "\tlogger := klog.Background()\n\tif err").replace("klog.InfoS", "logger.Info");
    assert_eq!(said(&made), (0, BTreeSet::new()));
    let asked = old.replace("if err != nil", "if klog.V(4)");
    let (run, _) = certified(&asked, &new.replace("if err != nil", "if klogV := klog.V(4); klogV.Enabled()"));
    assert_eq!(run.code, 0, "{}", run.stdout);
}

/// A repository with a migration as its second commit.
fn repository(old: &str, new: &str) -> Checkout {
    let checkout = Checkout::new();
    checkout.write("go.mod", MODULE);
    checkout.write("a.go", file(old));
    checkout.git(["init", "-q"]);
    checkout.git(["add", "-A"]);
    checkout.git(["commit", "-q", "-m", "Before"]);
    checkout.write("a.go", file(new));
    checkout.git(["commit", "-q", "-a", "-m", "After"]);
    checkout
}

#[test]
fn commits_directories_and_patches_come_to_the_same() {
    let (old, new) = (r#"klog.Infof("mounted on %s", node)"#, r#"klog.InfoS("Mounted")"#);
    let checkout = repository(old, new);
    let range = checkout.run(["certify", "HEAD~1..HEAD", "--output", "json"]).expect(1).json();
    let patch = checkout.git(["format-patch", "--stdout", "HEAD~1"]);
    // Commits are compared wherever the checkout is.
    checkout.git(["checkout", "-q", "HEAD~1"]);
    let elsewhere = checkout.run(["certify", "HEAD..main", "--output", "json"]);
    assert_eq!(elsewhere.expect(1).json()["calls"], range["calls"]);
    let piped_in = |dir: &Path, patch: &str| -> Run {
        let mut command = klogmod(dir);
        command.args(["certify", "-", "--output", "json"]).stdin(Stdio::piped());
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(patch.as_bytes()).unwrap();
        child.wait_with_output().unwrap().into()
    };
    let piped = |patch: &str| piped_in(checkout.path(), patch);
    let (_, directories) = certified(&file(old), &file(new));
    for document in [&piped(&patch).expect(1).json(), &directories] {
        assert_eq!(document["calls"], range["calls"]);
    }
    let misfit = piped(&patch.replace("-\t\tklog.Infof", "-\t\tklog.Warningf"));
    assert!(misfit.clone().expect(2).stderr.contains("a.go:17: the patch does not fit"), "{}", misfit.stderr);
    piped("no patch\n").expect(2);
    // `git diff HEAD` is of what is on disk already, and whoever asks may stand anywhere in the checkout.
    checkout.git(["checkout", "-q", "main"]);
    checkout.write("sub/README", "");
    let made = checkout.git(["diff", "HEAD~1"]);
    for dir in [checkout.path().to_owned(), checkout.join("sub")] {
        assert_eq!(piped_in(&dir, &made).expect(1).json()["calls"], range["calls"]);
    }
}

#[test]
fn a_file_that_cannot_be_read_makes_no_pass() {
    let (run, document) = certified(&file("klog.Info(node)"), "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc {\n");
    assert_eq!(run.code, 3, "{document:#}");
    assert_eq!(document["unread"][0]["path"], "a.go");
    assert!(run.stderr.contains("a.go"), "{}", run.stderr);
}

#[test]
fn every_format_tells_the_same() {
    let checkout = repository(r#"klog.Infof("mounted on %s", node)"#, r#"klog.InfoS("Mounted")"#);
    let outputs = ["text", "json", "sarif", "github", "markdown"].map(|format| format!("{format}={format}.out"));
    let mut args = vec!["certify", "HEAD~1.."];
    outputs.iter().for_each(|output| args.extend(["--output", output]));
    checkout.run(args).expect(1);
    for format in ["text", "json", "sarif", "github", "markdown"] {
        let text = checkout.text(format!("{format}.out"));
        assert!(text.contains("value-dropped"), "{format}: {text}");
        assert!(text.contains("\"Mounted on node\"") || text.contains("Mounted"), "{format}: {text}");
    }
    let schema: Value = serde_json::from_str(
        &std::fs::read_to_string(common::repository().join("docs/schema/certify.schema.json")).unwrap(),
    )
    .unwrap();
    let document: Value = serde_json::from_str(&checkout.text("json.out")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn every_reason_is_documented() {
    let path = common::repository().join("docs/certify.md");
    let page = std::fs::read_to_string(&path).unwrap();
    const MARK: &str = "\n## Reasons\n";
    let (head, _) = page.split_once(MARK).unwrap();
    let mut fresh = format!("{head}{MARK}");
    for (entry, weight) in Finding::ENTRIES.iter().zip(Finding::GROUPS) {
        let weight = format!("{weight:?}").to_lowercase();
        fresh.push_str(&format!("\n- `{}` ({weight}): {}.\n", entry.code, entry.sentence));
        entry.doc.iter().for_each(|line| fresh.push_str(&format!("  {line}\n")));
    }
    if common::blessing() {
        std::fs::write(&path, &fresh).unwrap();
    }
    assert!(page == fresh || common::blessing(), "docs/certify.md is stale: KLOGMOD_BLESS=1 writes it");
}
