//! What people have is not lost: files that no commit holds, and decisions that stand.

use crate::common::checkout::Checkout;

const MODULE: &str = "module example.com/m\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.130.1\n";

const CALLS: &str = r#"package a

import "k8s.io/klog/v2"

func f(name string, err error) {
	klog.Infof("Started %s", name)
	klog.Errorf("Failed to stop %s: %v", name, err)
}
"#;

fn committed() -> Checkout {
    let checkout = Checkout::with([("go.mod", MODULE), ("a.go", CALLS), (".gitignore", "ignored.go\n")]);
    checkout.commit();
    checkout
}

const APPLY: [&str; 4] = ["apply", "--edits=s", "--all", "--no-cache"];

#[test]
fn files_that_no_commit_holds_are_not_written_over() {
    for name in ["new.go", "ignored.go", "sub/a.go"] {
        let checkout = committed();
        let only = CALLS.replace("func f", "// only copy\nfunc g");
        checkout.write(name, &only);
        let refused = checkout.run(APPLY).expect(4);
        assert!(refused.stderr.contains(name) && refused.stderr.contains("--allow-dirty"), "{}", refused.stderr);
        assert_eq!((checkout.text(name), checkout.text("a.go")), (only, CALLS.to_owned()));
        checkout.run([&APPLY[..], &["a.go"]].concat()).expect(0);
        checkout.run([&APPLY[..], &["--allow-dirty"]].concat()).expect(0);
        assert!(checkout.text(name).contains("InfoS"));
    }
}

#[test]
fn a_repository_inside_keeps_its_own_files() {
    let checkout = committed();
    let inner = checkout.join("third");
    checkout.write("third/a.go", CALLS);
    let git = |args: &[&str]| checkout.git([&["-C", inner.to_str().unwrap()], args].concat());
    git(&["init", "-q"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "Start"]);
    let changed = CALLS.replace("package a", "package a // precious");
    checkout.write("third/a.go", &changed);
    checkout.run(APPLY).expect(4);
    assert_eq!(checkout.text("third/a.go"), changed);
    git(&["commit", "-q", "-a", "-m", "More"]);
    checkout.run(APPLY).expect(0);
    assert!(checkout.text("third/a.go").contains("InfoS"));
}

#[test]
fn mending_writes_over_nothing_that_no_commit_holds() {
    let checkout = committed();
    let only = r#"package a

import "k8s.io/klog/v2"

func g(name string) { klog.InfoS("Only copy", "pod name", name) }
"#;
    checkout.write("new.go", only);
    checkout.run(["baseline", "write"]).expect(0);
    checkout.git(["add", "klogmod.baseline.toml"]);
    checkout.git(["commit", "-q", "-m", "Baseline"]);
    let run = checkout.run(["check", "--fix"]);
    assert!(run.code == 4 && run.stderr.contains("new.go"), "{}: {}", run.code, run.stderr);
    assert_eq!(checkout.text("new.go"), only);
}

fn verdicts(checkout: &Checkout) -> usize {
    checkout.text("klogmod.decisions.toml").lines().filter(|line| line.contains("is = ")).count()
}

#[test]
fn pruning_forgets_no_decision_on_a_call_that_stands() {
    let checkout = committed();
    checkout.run(["accept", "--everything", "--edits=s", "--all"]).expect(0);
    assert_eq!(verdicts(&checkout), 2);
    let prune = |args: &[&str]| checkout.run([&["pending", "--prune", "--all"], args].concat());
    prune(&["--edits=r"]).expect(0);
    prune(&["--edits=s", "--klog-version", "v1.0.0"]).expect(0);
    checkout.write("klogmod.toml", "[scope]\nexclude = [\"a.go\"]\n");
    prune(&["--edits=s"]).expect(0);
    checkout.write("klogmod.toml", "");
    checkout.write("a.go", format!("{CALLS}func {{"));
    let refused = prune(&["--edits=s"]).expect(3);
    assert!(refused.stderr.contains("nothing is forgotten"), "{}", refused.stderr);
    assert_eq!(verdicts(&checkout), 2);
    checkout.write("a.go", CALLS.replace("\tklog.Infof(\"Started %s\", name)\n", ""));
    prune(&["--edits=s"]).expect(0);
    assert_eq!(verdicts(&checkout), 1);
}

#[test]
fn decisions_that_a_merge_has_twice_wait_for_a_person() {
    let checkout = committed();
    checkout.write(".gitattributes", "klogmod.decisions.toml merge=union\n");
    checkout.commit_all();
    checkout.run(["accept", "--everything", "--edits=s", "--all"]).expect(0);
    let patch = || checkout.run(["patch", "--edits=s", "--all"]).expect(0).stdout;
    assert!(patch().contains("InfoS"));
    let ours = checkout.text("klogmod.decisions.toml");
    let theirs =
        ours.lines().filter(|line| line.contains("is = ")).map(|line| line.replace("accepted", "rejected") + "\n");
    checkout.write("klogmod.decisions.toml", format!("{ours}{}", theirs.collect::<String>()));
    assert_eq!(patch(), "");
}
