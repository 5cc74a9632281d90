//! Each gate bites: exit 1, or 3 where it could not look, with the place and the command that mends it.

use crate::common::checkout::{Checkout, Run};
use crate::common::gated::{FILE, gated};

fn edit(checkout: &Checkout, from: &str, to: &str) {
    let text = checkout.text("pkg/a/a.go");
    assert!(text.contains(from));
    checkout.write("pkg/a/a.go", text.replacen(from, to, 1));
}

/// Both ways to compare fail, and name these things.
#[track_caller]
fn bites(checkout: &Checkout, names: &[&str]) -> Run {
    for args in [vec!["check"], vec!["check", "--new-from", "HEAD"]] {
        let run = checkout.run(&args).expect(1);
        for name in names {
            assert!(run.stdout.contains(name), "{args:?} does not say {name}\n{}", run.stdout);
        }
    }
    checkout.run(["check"])
}

#[test]
fn what_was_there_passes() {
    let checkout = gated();
    checkout.run(["check"]).expect(0);
    checkout.run(["check", "--new-from", "HEAD"]).expect(0);
}

#[test]
fn a_new_unstructured_call_fails() {
    let checkout = gated();
    edit(&checkout, "\tklog.InfoS(\"Deleted", "\tklog.Infof(\"New %s\", name)\n\tklog.InfoS(\"Deleted");
    bites(&checkout, &["pkg/a/a.go:13:2: error: ", "[gate-new-unstructured]", "klogmod apply pkg/a/a.go"]);
    checkout.run(["apply", "--allow-dirty", "pkg/a/a.go"]).expect(0);
    checkout.run(["check", "--new-from", "HEAD"]).expect(0);
}

#[test]
fn a_new_unstructured_call_with_a_reason_passes() {
    let checkout = gated();
    edit(
        &checkout,
        "\tklog.InfoS(\"Deleted",
        "\t//klogmod:ignore a banner\n\tklog.Infof(\"New %s\", name)\n\tklog.InfoS(\"Deleted",
    );
    checkout.run(["check"]).expect(0);
}

#[test]
fn a_moved_call_is_not_new_and_its_line_does_not_matter() {
    let checkout = gated();
    edit(&checkout, "func f", "// Lines move.\n\nfunc f");
    checkout.run(["check"]).expect(0);
    let text = checkout.text("pkg/a/a.go");
    std::fs::remove_file(checkout.join("pkg/a/a.go")).unwrap();
    checkout.write("pkg/a/moved.go", text);
    let run = checkout.run(["check"]).expect(1);
    assert!(!run.stdout.contains("[gate-new-unstructured]") && run.stdout.contains("[gate-slack]"), "{}", run.stdout);
    checkout.run(["check", "--new-from", "HEAD"]).expect(0);
    checkout.run(["baseline", "prune"]).expect(0);
    checkout.run(["check"]).expect(0);
}

#[test]
fn a_lost_request_id_fails() {
    let checkout = gated();
    edit(&checkout, ", \"requestID\", requestid.FromContext(ctx)", "");
    bites(&checkout, &["pkg/a/a.go:12:2: error: ", "[gate-lost-request-id]", "klogmod apply --edits r pkg/a/a.go"]);
    checkout.run(["apply", "--edits", "r", "--allow-dirty", "pkg/a/a.go"]).expect(0);
    checkout.run(["check", "--new-from", "HEAD"]).expect(0);
    let run = checkout.run(["check"]).expect(0);
    assert!(run.stdout.contains("structured, with request ID"), "{}", run.stdout);
}

#[test]
fn a_badly_renamed_key_fails() {
    let checkout = gated();
    edit(&checkout, "\"Deleted pod\", \"pod\"", "\"Deleted pod\", \"pod name\"");
    bites(&checkout, &["pkg/a/a.go:13:28: error: ", "[lint-key-name]", "klogmod check --fix pkg/a/a.go"]);
    let run = checkout.run(["check", "--fix", "--allow-dirty"]).expect(0);
    assert!(checkout.text("pkg/a/a.go").contains("\"Deleted pod\", \"podName\", name"), "{}", run.stderr);
    checkout.run(["check", "--fix"]).expect(4);
}

#[test]
fn slack_fails_unless_it_is_allowed() {
    let checkout = gated();
    edit(&checkout, "\tklog.Infof(\"Old %s\", name)\n", "");
    let run = checkout.run(["check"]).expect(1);
    for name in ["klogmod.baseline.toml:1:1: error: ", "[gate-slack]", "klogmod baseline prune", "pkg/a/a.go"] {
        assert!(run.stdout.contains(name), "{name}: {}", run.stdout);
    }
    checkout.run(["check", "--allow-slack"]).expect(0);
    checkout.run(["check", "pkg/b"]).expect(0);
    checkout.run(["baseline", "prune"]).expect(0);
    checkout.run(["check"]).expect(0);
    // The ratchet holds: what went does not come back.
    edit(&checkout, "\tklog.InfoS(\"Deleted", "\tklog.Infof(\"Old %s\", name)\n\tklog.InfoS(\"Deleted");
    checkout.run(["check"]).expect(1);
}

#[test]
fn a_broken_file_is_no_pass() {
    let checkout = gated();
    edit(&checkout, "func f(", "func (");
    for args in
        [vec!["check"], vec!["check", "--new-from", "HEAD"], vec!["baseline", "write"], vec!["baseline", "prune"]]
    {
        let run = checkout.run(&args).expect(3);
        assert!(run.stderr.contains("pkg/a/a.go:10:"), "{args:?} {}", run.stderr);
    }
    assert!(checkout.git(["status", "--short"]).lines().all(|line| line.ends_with("a.go")));
}

#[test]
fn rates_that_are_not_reached_fail() {
    let checkout = gated();
    let check = |text: &str, names: &[&str]| {
        checkout.write("klogmod.toml", text);
        let run = checkout.run(["check"]).expect(if names.is_empty() { 0 } else { 1 });
        names.iter().for_each(|name| assert!(run.stdout.contains(name), "{name}: {}", run.stdout));
    };
    check("[gate]\nminimum = 33.3\n", &[]);
    check(
        "[gate]\nminimum = 33.4\n",
        &["klogmod.toml:2:1: error: ", "[gate-minimum]", "33.3 % (2 of 6 calls)", "klogmod apply"],
    );
    check("[gate]\nmeasure = \"structured\"\nminimum = 66.6\n", &[]);
    check(
        "[gate.component]\n\"pkg/a\" = 33\n\"pkg/b\" = 50\n",
        &["klogmod.toml:3:1: ", "component pkg/b", "klogmod plan pkg/b"],
    );
    check("[gate.directory]\npkg = 50\n", &["klogmod.toml:2:1: ", "directory pkg is at 33.3 %"]);
    check("[gate.directory]\npgk = 50\n", &["about no call of this run"]);
    checkout.write("klogmod.toml", "[gate]\nallow = [\"lint-nonsense\"]\n");
    assert!(checkout.run(["check"]).expect(2).stderr.contains("there is no rule lint-nonsense"));
    checkout.write("klogmod.toml", "[gate]\nalso = [\"lint-key-name\"]\n");
    assert!(checkout.run(["check"]).expect(2).stderr.contains("lint-key-name is no rule that is off"));
    for minimum in ["400", "-1", "nan"] {
        checkout.write("klogmod.toml", format!("[gate]\nminimum = {minimum}\n"));
        let said = checkout.run(["plan"]).expect(2).stderr;
        assert!(said.contains("klogmod.toml:2:11: ") && said.contains("is no percentage"), "{said}");
    }
    checkout.write("klogmod.toml", "[gate]\nmesure = \"structured\"\n");
    assert!(checkout.run(["check"]).expect(2).stderr.contains("klogmod.toml:2"));
}

#[test]
fn only_what_differs_from_the_merge_base_is_new() {
    let checkout = gated();
    checkout.git(["checkout", "-q", "-b", "feature"]);
    edit(&checkout, "func f", "func g(name string) {\n\tklog.Infof(\"Mine %s\", name)\n}\n\nfunc f");
    checkout.git(["commit", "-qam", "Mine"]);
    checkout.git(["checkout", "-q", "main"]);
    checkout.write("pkg/c/c.go", FILE.replace("package a", "package c").replace("Old", "Theirs"));
    checkout.git(["add", "-A"]);
    checkout.git(["commit", "-qm", "Theirs"]);
    checkout.git(["checkout", "-q", "feature"]);
    let run = checkout.run(["check", "--new-from", "main"]).expect(1);
    assert_eq!(run.stdout.matches("[gate-new-unstructured]").count(), 1, "{}", run.stdout);
    assert!(run.stdout.contains("pkg/a/a.go:11:2"), "{}", run.stdout);
    assert!(checkout.run(["check", "--new-from", "nowhere"]).expect(2).stderr.contains("names no commit"));
    assert!(checkout.run(["check", "--new-from=--output=x"]).expect(2).stderr.contains("names no commit"));
}

#[test]
fn two_branches_baselines_become_one() {
    let checkout = gated();
    let mine = checkout.text("klogmod.baseline.toml");
    edit(&checkout, "\tklog.InfoS(\"Deleted", "\tklog.Infof(\"New %s\", name)\n\tklog.InfoS(\"Deleted");
    checkout.run(["baseline", "diff"]).expect(1);
    checkout.run(["baseline", "write"]).expect(0);
    checkout.run(["baseline", "diff"]).expect(0);
    let theirs = checkout.text("klogmod.baseline.toml");
    checkout.write("mine", &mine);
    checkout.write("theirs", &theirs);
    let merged = |a: &str, b: &str| checkout.run(["baseline", "merge", a, b]).expect(0).stdout;
    assert_eq!(merged("mine", "theirs"), merged("theirs", "mine"));
    assert_eq!(merged("mine", "theirs"), theirs);
    let diff = checkout.run(["baseline", "diff", "--files", "mine", "theirs"]).expect(1).stdout;
    assert!(diff.starts_with("+ unstructured pkg/a/a.go f "), "{diff}");
    checkout.write("klogmod.baseline.toml", format!("<<<<<<< HEAD\n{mine}=======\n{theirs}>>>>>>> x\n"));
    assert!(checkout.run(["check"]).expect(2).stderr.contains("klogmod baseline merge"));
}

#[test]
fn every_lint_rule_reports_its_example_and_mends_what_it_says_it_does() {
    let rules = klogmod::rule::RuleSet::builtin().unwrap();
    let lint = rules.check.rules().filter(|rule| rule.name.starts_with("lint-"));
    for (rule, example) in lint.flat_map(|rule| rule.examples.iter().map(move |example| (rule, example))) {
        let context = example.context.as_deref().unwrap_or("func f() {\n\t$\n}");
        let file = |call: &str| {
            format!(
                "package a\n\nimport (\n\t\"context\"\n\n\tv1 \"k8s.io/api/core/v1\"\n\t\"k8s.io/klog/v2\"\n)\n\n{}\n",
                context.replacen('$', call, 1)
            )
        };
        let module = "module m\n\ngo 1.24\n\nrequire k8s.io/klog/v2 v2.130.1\n";
        let checkout = Checkout::with([("go.mod", module.to_owned()), ("a.go", file(&example.before))]);
        if rule.opt_in {
            let unasked = checkout.run(["check"]).stdout;
            assert!(!unasked.contains(&format!("[{}]", rule.name)), "{}: {unasked}", rule.name);
            checkout.write("klogmod.toml", format!("[gate]\nalso = [\"{}\"]\n", rule.name));
        }
        let run = checkout.run(["check"]).expect(1);
        assert!(run.stdout.contains(&format!("[{}]", rule.name)), "{}: {}", rule.name, run.stdout);
        let fixed = checkout.run(["check", "--fix", "--allow-dirty"]);
        if example.by_hand {
            fixed.expect(1);
            checkout.write("a.go", file(&example.after));
        }
        assert_eq!(checkout.text("a.go"), file(&example.after), "{}", rule.name);
        let after = checkout.run(["check"]).stdout;
        assert!(!after.contains(&format!("[{}]", rule.name)), "{}: {after}", rule.name);
    }
}

#[test]
fn a_reason_keeps_a_structured_call_and_a_setting_a_rule() {
    let call = |comment: &str| {
        format!(
            "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f() {{\n\tklog.InfoS(\"Done\", \"a b\", 1){comment}\n}}\n"
        )
    };
    let checkout = Checkout::with([("a.go", call(""))]);
    checkout.run(["check"]).expect(1);
    checkout.write("klogmod.toml", "[gate]\nallow = [\"lint-key-name\"]\n");
    checkout.run(["check"]).expect(0);
    std::fs::remove_file(checkout.join("klogmod.toml")).unwrap();
    checkout.write("a.go", call(" //klogmod:ignore an old dashboard"));
    checkout.run(["check"]).expect(0);
}
