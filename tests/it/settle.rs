//! Names that a reader settles: which are asked for, what an answer changes, and what is refused.

use std::io::Write;
use std::process::Stdio;

use crate::common::checkout::{Checkout, Run, klogmod};

const GO: &str = r#"package a

import "k8s.io/klog/v2"

type link struct{ Peer string }

func f(zoneMgr string, l link) {
	klog.Infof("Zone manager %s is ready", zoneMgr)
	klog.Infof("Lost %s", zoneMgr)
	klog.Infof("Lost the link to %s", l.Peer)
}
"#;

fn checkout() -> Checkout {
    let module = "module example.com/a\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.130.1\n";
    Checkout::with([("go.mod", module), ("a.go", GO)])
}

fn plan(checkout: &Checkout) -> Vec<serde_json::Value> {
    let run = checkout.run(["plan", "--all", "--edits=s", "--format", "proposals"]).expect(0);
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn keys(checkout: &Checkout) -> Vec<String> {
    plan(checkout).iter().map(|fix| fix["names"][0]["key"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_key_says_how_sure_it_is_and_what_else_it_could_be() {
    for fix in plan(&checkout()) {
        let named = &fix["names"][0];
        let p = named["p"].as_f64().unwrap();
        assert!((0.01..1.0).contains(&p), "{named}");
        let rivals = named["alternatives"].as_array().unwrap();
        assert!(!rivals.is_empty() && rivals.len() <= 2, "{named}");
        assert!(rivals.iter().all(|rival| rival["key"] != named["key"]), "{named}");
        assert!(fix["p"].as_f64().is_some());
    }
}

#[test]
fn the_questions_name_a_subject_its_values_and_the_calls() {
    let run = checkout().run(["settle", "--all", "--format", "json"]).expect(0);
    let first: serde_json::Value = serde_json::from_str(run.stdout.lines().next().unwrap()).unwrap();
    assert_eq!(first["about"]["name"], "zoneMgr");
    assert_eq!(first["values"], 2);
    assert!(first["examples"][0]["place"].as_str().unwrap().starts_with("a.go:"));
    let text = checkout().run(["settle", "--all", "-n", "1"]).expect(0).stdout;
    assert!(text.contains("zoneMgr") && text.contains("--ask"), "{text}");
}

#[test]
fn an_answer_holds_for_the_whole_tree_at_once_and_can_be_taken_back() {
    let checkout = checkout();
    let before = keys(&checkout);
    checkout.run(["settle", "--set", "name zoneMgr=zone", "--set", "field example.com/a.link.Peer=peerName"]).expect(0);
    assert_eq!(keys(&checkout), ["zone", "zone", "peerName"]);
    let fixes = plan(&checkout);
    assert!(fixes.iter().all(|fix| fix["names"][0]["settled"] == true && fix["names"][0]["p"] == 1.0));
    checkout.run(["settle", "--unset", "name zoneMgr", "--unset", "field example.com/a.link.Peer"]).expect(0);
    assert_eq!(keys(&checkout), before);
    let again = checkout.run(["settle", "--unset", "name zoneMgr"]).expect(2);
    assert!(again.stderr.contains("nobody has settled it"), "{}", again.stderr);
}

#[test]
fn answers_are_read_a_line_each_and_kept_one_by_one() {
    let checkout = checkout();
    let mut command = klogmod(checkout.path());
    command.args(["settle", "--all", "--ask"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"not a key\nmsg\nzoneManager2\nq\n").unwrap();
    let run = Run::from(child.wait_with_output().unwrap()).expect(0);
    assert!(
        run.stdout.contains("\"not a key\" is no key") && run.stdout.contains("\"msg\" is taken"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("1 answer is kept"), "{}", run.stdout);
    assert_eq!(keys(&checkout)[..2], ["zoneManager2", "zoneManager2"]);
}

#[test]
fn what_is_no_key_or_no_subject_is_refused_and_nothing_is_written() {
    let checkout = checkout();
    for (argument, says) in [
        ("name zoneMgr=has space", "is no key"),
        ("name zoneMgr=ts", "is taken"),
        ("zoneMgr=zone", "is no subject"),
        ("name zoneMgr", "SUBJECT=KEY"),
    ] {
        let run = checkout.run(["settle", "--set", argument]).expect(2);
        assert!(run.stderr.contains(says), "{argument}: {}", run.stderr);
    }
    assert!(!checkout.path().join("klogmod.names.toml").exists());
    checkout.write("klogmod.names.toml", "[name]\nzoneMgr = \"zone\"\nother = \"Bad Key\"\n");
    let run = checkout.run(["plan"]).expect(2);
    assert!(run.stderr.contains("klogmod.names.toml:3:"), "{}", run.stderr);
}
