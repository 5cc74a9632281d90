//! Changes that say the same as before in another way: nothing is to be said against them, and what only looks like them is found.

use std::collections::BTreeSet;

use super::common::checkout::{Checkout, Run};
use super::reasons;
use serde_json::Value;

/// A module with the klog of this version, and with no other package at hand.
fn module(klog: &str) -> String {
    format!("module example.com/a\n\ngo 1.21\n\nrequire k8s.io/klog/v2 {klog}\n")
}

const OBJECTS: &str = "package a\n\nimport (\n\t\"fmt\"\n\n\t\"k8s.io/klog/v2\"\n)\n\ntype ObjectMeta struct{ Name, Namespace string }\n\n\
    func (m *ObjectMeta) GetName() string      { return m.Name }\nfunc (m *ObjectMeta) GetNamespace() string { return m.Namespace }\n\n\
    type Parcel struct {\n\tObjectMeta\n\tWeight int\n\tNext *Parcel\n}\n\ntype Wrapped struct{ *Parcel }\n\n\
    type Sender interface {\n\tGetName() string\n\tGetNamespace() string\n\tPlace() string\n}\n\n\
    func key(parcel *Parcel) string { return fmt.Sprintf(\"%s/%s\", parcel.Namespace, parcel.Name) }\n\n";

/// The document for files that differ in one function.
fn document(klog: &str, files: [&str; 2]) -> (Run, Value) {
    let (before, after) = (Checkout::new(), Checkout::new());
    for (tree, text) in [(&before, files[0]), (&after, files[1])] {
        tree.write("go.mod", module(klog));
        tree.write("a.go", text);
    }
    let paths = [before.path().to_str().unwrap(), after.path().to_str().unwrap()];
    let run = Checkout::new().run(["certify", paths[0], paths[1], "--output", "json"]);
    run.sane();
    let document = run.json();
    assert!(document["unread"].as_array().unwrap().is_empty(), "{document:#}");
    assert!(!document["calls"].as_array().unwrap().is_empty(), "{document:#}");
    (run, document)
}

/// The reasons for refusing a change, of calls and of what stands beside.
fn refusals(document: &Value) -> BTreeSet<String> {
    let calls = document["calls"].as_array().unwrap().iter().flat_map(|call| reasons(&call["findings"]));
    let beside = reasons(&document["others"]);
    calls.chain(beside).filter_map(|reason| reason.strip_prefix("refusal:").map(str::to_owned)).collect()
}

/// The reasons for refusing a change of a function that logs by a klog which does not bear nil.
#[track_caller]
fn of_old_klog(old: &str, new: &str) -> BTreeSet<String> {
    let function = |body: &str| {
        format!("{OBJECTS}func send(parcel *Parcel, wrapped *Wrapped, sender Sender, err error) {{\n{body}\n}}\n")
    };
    refusals(&document("v2.0.0", [&function(old), &function(new)]).1)
}

#[test]
fn what_the_old_call_read_from_is_there() {
    for (old, new) in [
        (r#"klog.Infof("sent %s", parcel.Name)"#, r#"klog.InfoS("Sent", "parcel", klog.KObj(parcel))"#),
        (r#"klog.Infof("sent %s", key(parcel))"#, r#"klog.InfoS("Sent", "parcel", klog.KObj(parcel))"#),
        (r#"klog.Infof("sent %s", sender.GetName())"#, r#"klog.InfoS("Sent", "sender", klog.KObj(sender))"#),
        (
            r#"klog.Infof("sent to %s: %v", sender.Place(), sender)"#,
            r#"klog.InfoS("Sent", "place", sender.Place(), "sender", klog.KObj(sender))"#,
        ),
        (
            "klog.Infof(\"taking %s\", parcel.Name)\nklog.Infof(\"sent %v\", parcel)",
            "klog.InfoS(\"Taking\", \"parcel\", klog.KObj(parcel))\nklog.InfoS(\"Sent\", \"parcel\", klog.KObj(parcel))",
        ),
    ] {
        assert_eq!(of_old_klog(old, new), BTreeSet::new(), "{old}\n→ {new}");
    }
    for (old, new) in [
        (r#"klog.Infof("sent %v", parcel)"#, r#"klog.InfoS("Sent", "parcel", klog.KObj(parcel))"#),
        (r#"klog.Infof("sent %s", parcel.Name)"#, r#"klog.InfoS("Sent", "parcel", klog.KObj(parcel.Next))"#),
        (r#"klog.Infof("sent %v", wrapped)"#, r#"klog.InfoS("Sent", "name", wrapped.Name, "wrapped", wrapped)"#),
        (
            "if wrapped != nil {\nklog.Infof(\"sent %v\", wrapped)\n}",
            "if wrapped != nil {\nklog.InfoS(\"Sent\", \"name\", wrapped.Name, \"wrapped\", wrapped)\n}",
        ),
        (r#"klog.Infof("sent %v", sender)"#, r#"klog.InfoS("Sent", "sender", klog.KObj(sender))"#),
    ] {
        assert!(of_old_klog(old, new).contains("new-evaluation"), "{old}\n→ {new}");
    }
}

#[test]
fn a_text_that_was_put_together_before_has_evaluated_its_parts() {
    let built =
        |call: &str| format!("text := fmt.Sprintf(\"sent to %s\", sender.GetName())\n{call}\nfmt.Println(text)");
    let new = r#"klog.InfoS("Sent", "sender", klog.KObj(sender))"#;
    assert_eq!(of_old_klog(&built("klog.Info(text)"), &built(new)), BTreeSet::new());
    let old = r#"klog.Info("sent")"#;
    assert!(of_old_klog(old, r#"klog.InfoS("Sent", "place", sender.Place())"#).contains("new-evaluation"));
}

#[test]
fn the_text_of_an_error_that_is_there_is_made_again() {
    let on = |call: &str| format!("if err != nil {{\n{call}\n}}");
    let old = on(r#"klog.V(2).Infof("not sent: %v", err)"#);
    assert_eq!(of_old_klog(&old, &on(r#"klog.V(2).InfoS("Not sent", "err", err.Error())"#)), BTreeSet::new());
    let new = r#"klog.V(2).InfoS("Not sent", "err", err.Error())"#;
    assert!(of_old_klog(r#"klog.V(2).Infof("not sent: %v", err)"#, new).contains("new-evaluation"));
}

#[test]
fn calls_in_a_condition_are_compared_by_themselves() {
    let old = "if err := func() error {\nklog.Infof(\"trying %s\", parcel.Name)\nreturn nil\n}(); err != nil {\n\
               klog.Errorf(\"not sent: %v\", err)\n}";
    let new = old
        .replace("klog.Infof(\"trying %s\", parcel.Name)", "klog.InfoS(\"Trying\", \"parcel\", klog.KObj(parcel))")
        .replace("klog.Errorf(\"not sent: %v\", err)", "klog.ErrorS(err, \"Not sent\")");
    assert_eq!(of_old_klog(old, &new), BTreeSet::new());
    let other = new.replace("return nil", "return err");
    assert!(of_old_klog(old, &other).contains("condition-changed"));
}

/// The reasons for refusing a change of a function that has constants to print.
#[track_caller]
fn worded(old: &str, new: &str) -> BTreeSet<String> {
    let file = |body: &str| {
        format!(
            "package a\n\nimport (\n\t\"fmt\"\n\n\t\"k8s.io/klog/v2\"\n)\n\nconst (\n\tparcelLabel = \"parcel-id\"\n\tlimit = 12\n)\n\n\
             func SplitKey(key string) (string, string, error) {{ return key, key, nil }}\n\n\
             func sendParcel(parcel, place string, err error) {{\n\t_ = fmt.Sprint(parcel)\n{body}\n}}\n"
        )
    };
    refusals(&document("v2.120.1", [&file(old), &file(new)]).1)
}

#[test]
fn a_constant_is_shown_however_its_words_are_spelled() {
    let old = r#"klog.Infof("port %s has no %s label", parcel, parcelLabel)"#;
    assert_eq!(worded(old, r#"klog.InfoS("Port has no parcelID label", "parcel", parcel)"#), BTreeSet::new());
    assert!(worded(old, r#"klog.InfoS("Port has no label", "parcel", parcel)"#).contains("value-dropped"));
    let old = r#"klog.Infof("%s is above %d", parcel, limit)"#;
    let new = r#"klog.InfoS("Parcel is above the limit", "parcel", parcel, "limit", fmt.Sprintf("%d", limit))"#;
    assert_eq!(worded(old, new), BTreeSet::new());
    let old = r#"klog.Error("failed to register parcels_sent_total_count with the exporter")"#;
    let new = r#"klog.ErrorS(nil, "Failed to register with the exporter", "metric", "parcels_sent_total_count")"#;
    assert_eq!(worded(old, new), BTreeSet::new());
    let new = r#"klog.ErrorS(nil, "Failed to register with the exporter")"#;
    assert!(worded(&old.replace("failed to register", "lost"), new).contains("message-changed"));
}

#[test]
fn what_stands_before_a_message_may_go() {
    for (old, new) in [
        (
            r#"klog.Infof("reconcileParcels(%s): route - adding route", parcel)"#,
            r#"klog.InfoS("Route - adding route", "parcel", parcel)"#,
        ),
        (
            r#"klog.Infof("SendParcel: parcelName %s, placeName %s", parcel, place)"#,
            r#"klog.InfoS("SendParcel", "parcelName", parcel, "placeName", place)"#,
        ),
        (r#"klog.Infof("[sender] parcel %s is gone", parcel)"#, r#"klog.InfoS("Parcel is gone", "parcel", parcel)"#),
        (
            r#"klog.Errorf("unavailable in %s, available in %s", parcel, place)"#,
            r#"klog.ErrorS(nil, "Unavailable", "parcel", parcel, "available", place)"#,
        ),
        (r#"klog.Error(err)"#, r#"klog.ErrorS(err, "Parcel was not sent")"#),
    ] {
        assert_eq!(worded(old, new), BTreeSet::new(), "{old}\n→ {new}");
    }
    for (old, new) in [
        (
            r#"klog.Errorf("[SHOULD NOT HAPPEN] sent %s: %v", parcel, err)"#,
            r#"klog.ErrorS(err, "Sent", "parcel", parcel)"#,
        ),
        (r#"klog.Infof("available in %s", place)"#, r#"klog.InfoS("Unavailable", "place", place)"#),
    ] {
        assert!(worded(old, new).contains("message-changed"), "{old}\n→ {new}");
    }
}

#[test]
fn an_error_alone_lends_its_words_to_nobody() {
    let two = |first: &str, second: &str| format!("if parcel == place {{\n{first}\n}} else {{\n{second}\n}}");
    let old = two(r#"klog.Infof("chosen place %s", place)"#, "klog.Error(err)");
    let new = two(
        r#"klog.InfoS("Chosen place", "place", place)"#,
        r#"klog.ErrorS(err, "The place fits none that was chosen")"#,
    );
    assert_eq!(worded(&old, &new), BTreeSet::new());
}

#[test]
fn a_logger_of_a_package_that_is_not_read_is_told_by_its_name() {
    let file = |made: &str, call: &str| {
        format!(
            "package a\n\nimport (\n\t\"context\"\n\n\t\"k8s.io/klog/v2\"\n\n\t\"example.com/b/log\"\n)\n\n\
             func send(ctx context.Context, parcel string, err error) {{\n\tlogger := {made}\n\tlogger.Info(\"Sending\")\n{call}\n}}\n\n\
             func flush() {{ klog.Flush() }}\n"
        )
    };
    let between = |made: &str, old: &str, new: &str| document("v2.120.1", [&file(made, old), &file(made, new)]);
    let (old, new) = (r#"klog.Errorf("not sent: %v", err)"#, r#"logger.Error(err, "Not sent", "parcel", parcel)"#);
    for made in
        [r#"log.FromContextOrBackground(ctx).WithName("send")"#, r#"log.Background().WithValues("place", parcel)"#]
    {
        let (run, document) = between(made, old, new);
        assert_eq!((run.code, refusals(&document)), (0, BTreeSet::new()), "{document:#}");
        assert!(reasons(&document["calls"][0]["findings"]).contains("remark:logger-unread"), "{document:#}");
    }
    for made in [r#"log.Noop().WithName("send")"#, "log.Background()", "log.New(ctx)"] {
        assert_eq!(between(made, old, new).0.code, 1, "{made}");
    }
    let exits = r#"klog.Fatalf("not sent: %v", err)"#;
    let made = r#"log.Background().WithName("send")"#;
    let flushed = format!("{new}\nklog.FlushAndExit(klog.ExitFlushTimeout, 1)");
    assert_eq!(refusals(&between(made, exits, &flushed).1), BTreeSet::new());
    assert!(refusals(&between(made, exits, new).1).contains("exit-lost"));
}

#[test]
fn what_is_printed_at_every_level_is_told_so() {
    let file =
        |call: &str| format!("package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc send(parcel string) {{\n\t{call}\n}}\n");
    let (old, new) = (file("klog.V(4).Infof(\"sent %s\", parcel)"), file("klog.InfoS(\"Sent\", \"parcel\", parcel)"));
    let (_, document) = document("v2.120.1", [&old, &new]);
    let sentence = document["calls"][0]["findings"][0]["sentence"].as_str().unwrap();
    assert_eq!(sentence, "the line was printed at V(4) and is now printed whatever the level");
}
