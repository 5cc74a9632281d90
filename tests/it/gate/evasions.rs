//! Ways around the gate: a call that does not look like one is counted all the same, and what reading cannot see is named.

use crate::common::checkout::{Checkout, Run};
use crate::common::gated::gated;

/// A gated tree with one more file; both ways to compare.
fn with(path: &str, text: &str) -> (Checkout, [Run; 2]) {
    let checkout = gated();
    checkout.write(path, text);
    let runs = [vec!["check"], vec!["check", "--new-from", "HEAD"]].map(|args| checkout.run(args));
    (checkout, runs)
}

/// The gate is shut, and names the place.
#[track_caller]
fn shut(path: &str, text: &str, places: &[&str]) {
    for run in with(path, text).1 {
        let run = run.expect(1);
        for place in places {
            assert!(run.stdout.contains(&format!("{place}: error")), "{place} is not named:\n{}", run.stdout);
        }
    }
}

/// The place is named, whatever becomes of the gate.
#[track_caller]
fn named(path: &str, text: &str, note: &str) {
    for run in with(path, text).1 {
        run.sane();
        assert!(run.stderr.contains(note), "{note} is not said:\n{}", run.stderr);
    }
}

#[test]
fn an_import_is_what_its_path_is_to_go() {
    let text =
        "package a\n\nimport log \"k8s.io/klo\\147/v\\x32\"\n\nfunc g(n int) {\n\tlog.Warningf(\"%d left\", n)\n}\n";
    shut("pkg/a/g.go", text, &["pkg/a/g.go:6:2"]);
}

#[test]
fn levels_are_followed_wherever_they_are_kept() {
    let head = "package a\n\nimport \"k8s.io/klog/v2\"\n\n";
    let kept = format!(
        "{head}type hall struct {{\n\tlevel klog.Verbose\n\tby    map[string]klog.Verbose\n}}\n\ntype inner struct {{\n\tklog.Verbose\n}}\n\n\
         func loud() klog.Verbose {{\n\treturn klog.V(1)\n}}\n\nfunc (h *hall) g(in inner, any interface{{}}, list [2]klog.Verbose, n int) {{\n\
         \th.level.Infof(\"%d left\", n)\n\th.by[\"x\"].Infoln(n, \"left\")\n\tin.Info(n, \" left\")\n\tloud().Infof(\"%d left\", n)\n\
         \tany.(klog.Verbose).Infof(\"%d left\", n)\n\tfor _, level := range list {{\n\t\tlevel.Infof(\"%d left\", n)\n\t}}\n\tlist[1].Infof(\"%d left\", n)\n}}\n"
    );
    let places = [19, 20, 21, 22, 23].map(|line| format!("pkg/a/g.go:{line}:2"));
    let mut places: Vec<&str> = places.iter().map(String::as_str).collect();
    places.extend(["pkg/a/g.go:25:3", "pkg/a/g.go:27:2"]);
    shut("pkg/a/g.go", &kept, &places);
}

#[test]
fn a_level_of_the_package_is_followed_into_files_that_do_not_import_klog() {
    let checkout = gated();
    checkout.write("pkg/a/level.go", "package a\n\nimport \"k8s.io/klog/v2\"\n\nvar quiet = klog.V(5)\n");
    checkout.write("pkg/a/g.go", "package a\n\nfunc g(n int) {\n\tquiet.Infof(\"%d left\", n)\n}\n");
    for args in [vec!["check"], vec!["check", "--new-from", "HEAD"]] {
        let run = checkout.run(args).expect(1);
        assert!(run.stdout.contains("pkg/a/g.go:4:2: error"), "{}", run.stdout);
    }
    let scan = checkout.run(["scan", "--format", "json"]).expect(0).json();
    let plan = checkout.run(["plan", "--all", "--format", "json"]).expect(0).json();
    assert_eq!(scan["totals"]["inventory"], plan["totals"]["inventory"]);
}

#[test]
fn a_function_that_is_handed_on_is_a_use_of_it() {
    let text = "package a\n\nimport \"k8s.io/klog/v2\"\n\nvar say = klog.Errorf\n\nfunc g(n int) {\n\tsay(\"%d left\", n)\n}\n";
    shut("pkg/a/g.go", text, &["pkg/a/g.go:5:11"]);
}

#[test]
fn a_comment_keeps_a_call_only_with_a_reason() {
    let text = "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc g(n int) {\n\t//klogmod:ignore\n\tklog.Infof(\"%d left\", n)\n}\n";
    shut("pkg/a/g.go", text, &["pkg/a/g.go:7:2"]);
    let (_, runs) = with("pkg/a/g.go", &text.replace("ignore", "ignore the console shows it"));
    runs.into_iter().for_each(|run| drop(run.expect(0)));
}

#[test]
fn what_is_printed_is_what_stands_before_the_call_too() {
    let text = |more: &str| {
        format!(
            "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc g(name string) {{\n\ttext := \"Left\"\n{more}\tklog.Info(text)\n}}\n"
        )
    };
    let checkout = gated();
    checkout.write("pkg/a/g.go", text(""));
    checkout.run(["baseline", "write"]).expect(0);
    checkout.commit_all();
    checkout.run(["check"]).expect(0);
    checkout.write("pkg/a/g.go", text("\ttext += \" by \" + name\n"));
    for args in [vec!["check"], vec!["check", "--new-from", "HEAD"]] {
        let run = checkout.run(args).expect(1);
        assert!(run.stdout.contains("pkg/a/g.go:8:2: error"), "{}", run.stdout);
    }
}

#[test]
fn what_one_package_loses_is_no_leave_for_another() {
    let checkout = gated();
    let line = "\tklog.Infof(\"Old %s\", name)\n";
    let text = checkout.text("pkg/b/b.go");
    checkout.write("pkg/b/b.go", text.replace(line, ""));
    checkout
        .write("pkg/c/c.go", format!("package c\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(name string) {{\n{line}}}\n"));
    for args in [vec!["check"], vec!["check", "--new-from", "HEAD"]] {
        let run = checkout.run(args).expect(1);
        assert!(run.stdout.contains("pkg/c/c.go:6:2: error"), "{}", run.stdout);
    }
    // A file that moves takes its calls along.
    checkout.git(["checkout", "-q", "."]);
    std::fs::remove_dir_all(checkout.join("pkg/c")).unwrap();
    std::fs::rename(checkout.join("pkg/b"), checkout.join("pkg/c")).unwrap();
    checkout.run(["check", "--new-from", "HEAD"]).expect(0);
}

const CALL: &str = "import \"k8s.io/klog/v2\"\n\nfunc g(n int) {\n\tklog.Infof(\"%d left\", n)\n}\n";

#[test]
fn what_is_left_alone_is_named_where_it_may_log() {
    let spoof = format!("// Code generated by nobody. DO NOT EDIT.\n\npackage a\n\n{CALL}");
    named("pkg/a/g.go", &spoof, "note: pkg/a/g.go: a generated file that may log through klog");
    let behind = format!("/* a */ package a\n\n// Code generated by nobody. DO NOT EDIT.\n\n{CALL}");
    shut("pkg/a/g.go", &behind, &["pkg/a/g.go:8:2"]);
    for dir in ["testdata/t", "_t", "third_party/t"] {
        let checkout = gated();
        checkout.write(format!("{dir}/t.go"), format!("package t\n\n{CALL}"));
        let quiet = checkout.run(["check"]).expect(0);
        assert!(!quiet.stderr.contains("t.go"), "nobody imports it: {}", quiet.stderr);
        checkout.write("pkg/a/g.go", format!("package a\n\nimport _ \"example.com/m/{dir}\"\n"));
        let run = checkout.run(["check"]);
        assert!(run.stderr.contains("pkg/a/g.go: imports what may log"), "{dir}: {}", run.stderr);
        assert!(run.stderr.contains(&format!("{dir}/t.go")), "{dir}: {}", run.stderr);
    }
}

#[test]
fn a_link_to_code_that_is_read_nowhere_else_is_named() {
    let checkout = gated();
    checkout.write("pkg/a/g.txt", format!("package a\n\n{CALL}"));
    for (target, name, said) in [("g.txt", "g.go", true), ("a.go", "h.go", false)] {
        std::os::unix::fs::symlink(target, checkout.join("pkg/a").join(name)).unwrap();
        let run = checkout.run(["check"]);
        assert_eq!(run.stderr.contains(&format!("pkg/a/{name}: a link")), said, "{}", run.stderr);
    }
}

#[test]
fn other_loggers_and_functions_that_hand_on_are_named() {
    let glog = CALL.replace("k8s.io/klog/v2", "github.com/golang/glog").replace("klog.", "glog.");
    named("pkg/a/g.go", &format!("package a\n\n{glog}"), "pkg/a/g.go: logs through github.com/golang/glog");
    let klog = "package a\n\nimport \"k8s.io/klog/v2\"\n\n";
    let wrapper = format!("{klog}func g(format string, args ...interface{{}}) {{\n\tklog.Infof(format, args...)\n}}\n");
    named("pkg/a/g.go", &wrapper, "pkg/a/g.go:6:2: hands what it is given to klog");
    let standard = format!("{klog}func g(n int) {{\n\tklog.NewStandardLogger(\"INFO\").Println(n)\n}}\n");
    named("pkg/a/g.go", &standard, "pkg/a/g.go:6:2: makes a logger that prints free text");
    let list = format!("{klog}func g(pairs []interface{{}}) {{\n\tklog.InfoS(\"Left\", pairs...)\n}}\n");
    named("pkg/a/g.go", &list, "pkg/a/g.go:6:2: keys and values are a list");
}

#[test]
fn free_text_past_the_printing_functions_is_named() {
    let file =
        |imports: &str, code: &str| format!("package a\n\nimport (\n{imports}\t\"k8s.io/klog/v2\"\n)\n\n{code}\n");
    let fmt = "\t\"fmt\"\n\n";
    let among = "a value is put together from text";
    for (value, told) in [
        ("fmt.Sprintf(\"bread of %d is sold\", n)", true),
        ("fmt.Sprintf(fmt.Sprint(n), n)", true),
        ("fmt.Sprintf(\"%d-%d\", n, n)", false),
        ("fmt.Sprintf(\"%+v\", n)", false),
        ("\"bread: \" + fmt.Sprint(n)", false),
        ("\"all bread of \" + fmt.Sprint(n)", true),
        ("\"all the \" + \"bread\"", false),
        ("n + len(fmt.Sprint())", false),
    ] {
        let text = file(fmt, &format!("func g(n int) {{\n\tklog.InfoS(\"Sold\", \"what\", {value})\n}}"));
        for run in with("pkg/a/g.go", &text).1 {
            assert_eq!(run.stderr.contains(&format!("pkg/a/g.go:10:29: {among}")), told, "{value}: {}", run.stderr);
        }
    }
    let error = file(fmt, "func g(n int) {\n\tklog.ErrorS(fmt.Errorf(\"no bread for %d\", n), \"\")\n}");
    named("pkg/a/g.go", &error, &format!("pkg/a/g.go:10:14: {among}"));
    let past = "prints through a logger, past its own methods";
    let sink = file("", "func g() {\n\tklog.Background().GetSink().Info(0, \"sold\")\n}");
    named("pkg/a/g.go", &sink, &format!("pkg/a/g.go:8:2: {past}"));
    let slog = "package a\n\nimport (\n\t\"log/slog\"\n\n\t\"github.com/go-logr/logr\"\n)\n\nfunc g(l logr.Logger) {\n\tslog.New(logr.ToSlogHandler(l)).Info(\"sold\")\n}\n";
    named("pkg/a/g.go", slog, &format!("pkg/a/g.go:10:11: {past}"));
    let other =
        file("", "type own struct{}\n\nfunc (own) GetSink() {}\n\nfunc g(o own) {\n\to.GetSink()\n\tklog.Flush()\n}");
    with("pkg/a/g.go", &other).1.iter().for_each(|run| assert!(!run.stderr.contains(past), "{}", run.stderr));
}

#[test]
fn a_level_that_becomes_an_interface_is_named() {
    let told = "hands a level on as an interface";
    let types = "type crier interface{ Infof(string, ...interface{}) }\n\nfunc cry(c crier, more ...crier) {}\n\nfunc any[C crier](c C) {}\n\nfunc own(v klog.Verbose) {}\n";
    for (code, at) in [
        ("func g() {\n\tvar c crier = klog.V(2)\n\tc.Infof(\"sold\")\n}", Some("14:16")),
        ("func g() {\n\tvar c crier\n\tc = klog.V(2)\n\tc.Infof(\"sold\")\n}", Some("15:6")),
        ("func g() {\n\tcry(klog.V(2))\n}", Some("14:6")),
        ("func g() {\n\tcry(nil, nil, (klog.V(2)))\n}", Some("14:17")),
        ("func g() {\n\tany(klog.V(2))\n}", Some("14:6")),
        ("func g() {\n\tcrier(klog.V(2)).Infof(\"sold\")\n}", Some("14:8")),
        ("func g() crier {\n\treturn klog.V(2)\n}", Some("14:9")),
        ("func g() klog.Verbose {\n\treturn klog.V(2)\n}", None),
        ("func g() {\n\town(klog.V(2))\n\tvar v klog.Verbose = klog.V(2)\n\t_ = v\n}", None),
    ] {
        let text = format!("package a\n\nimport \"k8s.io/klog/v2\"\n\n{types}\n{code}\n");
        for run in with("pkg/a/g.go", &text).1 {
            match at {
                Some(at) => assert!(run.stderr.contains(&format!("pkg/a/g.go:{at}: {told}")), "{code}: {}", run.stderr),
                None => assert!(!run.stderr.contains(told), "{code}: {}", run.stderr),
            }
        }
    }
}

#[test]
fn a_level_of_somebody_else_s_is_not_klog_s() {
    let own = "package a\n\ntype crier interface{ Infof(string, ...interface{}) }\n\nfunc V(n int) crier { return nil }\n\nfunc g(c crier) {\n\tc.Infof(\"sold\")\n\tg(V(2))\n}\n";
    for run in with("pkg/a/g.go", own).1 {
        assert!(!run.stderr.contains("hands a level on"), "{}", run.stderr);
    }
}

#[test]
fn klog_under_another_name_is_named() {
    let linked = "package a\n\nimport _ \"unsafe\"\n\n//go:linkname say k8s.io/klog/v2.Infof\nfunc say(format string, args ...interface{})\n";
    named("pkg/a/g.go", linked, "pkg/a/g.go:5:1: calls a function of klog's under a name of its own");
    let checkout = gated();
    let module = checkout.text("go.mod")
        + "\nrequire example.com/log v1.0.0\n\nreplace example.com/log => k8s.io/klog/v2 v2.70.0\n";
    checkout.write("go.mod", module);
    checkout
        .write("pkg/a/g.go", "package a\n\nimport \"example.com/log\"\n\nfunc g(n int) {\n\tlog.Infof(\"%d\", n)\n}\n");
    let run = checkout.run(["check"]);
    assert!(run.stderr.contains("go.mod: has klog stand in for example.com/log"), "{}", run.stderr);
}

#[test]
fn callers_of_functions_that_hand_on_are_named_through_others() {
    let say = concat!(
        "package say\n\nimport \"k8s.io/klog/v2\"\n\ntype Crier struct{}\n\n",
        "func Aloud(format string, args ...interface{}) {\n\tklog.Infof(format, args...)\n}\n\n",
        "func (c *Crier) Cry(format string, args ...interface{}) {\n\tklog.V(2).Infof(format, args...)\n}\n\n",
        "func Louder(format string, args ...interface{}) {\n\tAloud(\"! \"+format, args...)\n}\n\n",
        "func Once(args []interface{}) {\n\tklog.Info(args...)\n}\n",
    );
    let talk = concat!(
        "package talk\n\nimport (\n\t\"example.com/m/pkg/mute\"\n\t\"example.com/m/pkg/say\"\n)\n\n",
        "func talk(c *say.Crier, n int) {\n\tsay.Aloud(\"Said %d\", n)\n\tc.Cry(\"Cried %d\", n)\n",
        "\tsay.Louder(\"Shouted %d\", n)\n\tmute.Aloud(\"Nothing %d\", n)\n\tsay.Once(nil)\n}\n",
    );
    let mute = "package mute\n\nfunc Aloud(format string, args ...interface{}) {}\n";
    let checkout = gated();
    for (path, text) in [("pkg/say/say.go", say), ("pkg/talk/talk.go", talk), ("pkg/mute/mute.go", mute)] {
        checkout.write(path, text);
    }
    let called = "prints free text through what hands it to klog";
    for command in [vec!["scan", "--format", "json"], vec!["coverage", "-o", "json"]] {
        let report = checkout.run(command).expect(0).json();
        let notes = report["diagnostics"].as_array().unwrap().iter().filter(|note| note["message"] == called);
        let places: Vec<_> =
            notes.map(|note| format!("{}:{}", note["path"].as_str().unwrap(), note["position"]["line"])).collect();
        assert_eq!(places, ["pkg/say/say.go:16", "pkg/talk/talk.go:9", "pkg/talk/talk.go:10", "pkg/talk/talk.go:11"]);
    }
    for args in [vec!["check"], vec!["check", "--new-from", "HEAD"], vec!["scan"]] {
        let run = checkout.run(args);
        assert!(run.stderr.contains(&format!("pkg/talk/talk.go:10:2: {called}")), "{}", run.stderr);
        assert!(run.stderr.contains("Crier.Cry in pkg/say"), "{}", run.stderr);
    }
}

#[test]
fn a_logger_s_call_counts_whatever_the_file_imports() {
    let checkout = gated();
    let logr = "package a\n\nimport \"github.com/go-logr/logr\"\n\ntype t struct{ log logr.Logger }\n";
    checkout.write("pkg/a/t.go", logr);
    checkout.write("pkg/a/g.go", "package a\n\nfunc (t *t) g(text string) {\n\tt.log.V(2).Info(text, \"left\")\n}\n");
    let run = checkout.run(["check", "--new-from", "HEAD"]).expect(1);
    assert!(run.stdout.contains("pkg/a/g.go:4:"), "{}", run.stdout);
}

#[test]
fn settings_of_the_change_itself_are_said_or_left_out() {
    let settings = ["[scope]\nexclude = [\"pkg/c\"]\n", "[gate]\nallow = [\"gate-new-unstructured\"]\n"];
    for settings in settings {
        let checkout = gated();
        checkout.write("pkg/c/c.go", format!("package c\n\n{CALL}"));
        checkout.write("klogmod.toml", settings);
        let run = checkout.run(["check", "--new-from", "HEAD"]).expect(0);
        assert!(run.stderr.contains("klogmod.toml differ from those of"), "{}", run.stderr);
        let run = checkout.run(["check", "--new-from", "HEAD", "--config-from", "HEAD"]).expect(1);
        assert!(run.stdout.contains("pkg/c/c.go:6:2: error"), "{}", run.stdout);
        assert!(!run.stderr.contains("differ from"), "{}", run.stderr);
    }
}

#[test]
fn what_the_baseline_knows_is_not_named_again() {
    let checkout = gated();
    let hands_on = |names: &[&str]| {
        let one =
            |name: &&str| format!("\nfunc {name}(text string, args ...any) {{\n\tklog.Infof(text, args...)\n}}\n");
        let functions: String = names.iter().map(one).collect();
        checkout.write("pkg/a/g.go", format!("package a\n\nimport \"k8s.io/klog/v2\"\n{functions}"));
    };
    let named = |count: usize| {
        let run = checkout.run(["check"]);
        assert_eq!(run.stderr.matches("hands what it is given to klog").count(), count, "{}", run.stderr);
        run
    };
    hands_on(&["g"]);
    named(1);
    checkout.run(["baseline", "write"]).expect(0);
    let run = named(0).expect(0);
    let borne = "note: the baseline bears what may log and is counted nowhere, in pkg/a/g.go; plan says where\n";
    assert_eq!((run.stdout.lines().count(), run.stderr.as_str()), (3, borne), "{}", run.stdout);
    hands_on(&["g", "h"]);
    named(1);
    // What is gone is no slack, and prune lets nothing in.
    checkout.run(["baseline", "prune"]).expect(0);
    named(1);
    std::fs::remove_file(checkout.join("pkg/a/g.go")).unwrap();
    named(0);
}
