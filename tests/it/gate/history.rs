//! Coverage of commits: what separate runs say, and nothing in the worktree touched.

use super::trees::Dice;
use crate::common::checkout::Checkout;
use crate::common::gated::{FILE, gated};

/// A repository with commits of many kinds.
fn repository() -> Checkout {
    let checkout = gated();
    let mut dice = Dice::new(7);
    for number in 0..8 {
        let path = format!("pkg/{}/n{}.go", dice.pick(&["a", "b", "c"]), dice.below(3));
        match dice.below(4) {
            0 if checkout.join(&path).exists() => std::fs::remove_file(checkout.join(&path)).unwrap(),
            _ => checkout.write(&path, FILE.replace("Old", &format!("Old {number}"))),
        }
        if number == 5 {
            checkout.write("pkg/OWNERS", "approvers:\n- ann\nlabels:\n- sig/node\n");
        }
        if number == 6 {
            checkout.write("pkg/a/broken.go", "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc {\n\tklog.Info(1)\n");
        }
        if number == 7 {
            std::fs::remove_file(checkout.join("pkg/a/broken.go")).unwrap();
            checkout.write("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.4.0\n");
        }
        checkout.git(["add", "-A"]);
        checkout.git(["commit", "-q", "--allow-empty", "-m", "Next"]);
    }
    checkout
}

#[test]
fn each_commit_is_what_a_run_on_it_says() {
    let checkout = repository();
    let run = checkout.run(["coverage", "--history", "20", "-o", "json"]).expect(3);
    let points = run.json()["points"].as_array().unwrap().clone();
    assert_eq!(points.len(), 9);
    for point in &points {
        checkout.git(["checkout", "-q", point["revision"].as_str().unwrap()]);
        let separate = checkout.run(["coverage", "-o", "json"]).json();
        assert_eq!(point["totals"], separate["totals"], "{}", point["revision"]);
        assert_eq!(point["tables"], separate["tables"], "{}", point["revision"]);
    }
}

#[test]
fn the_worktree_is_untouched_and_nothing_in_it_is_run() {
    let checkout = repository();
    checkout.write("pkg/a/a.go", "dirty");
    checkout.write("ran.sh", "#!/bin/sh\ntouch ran\ncat\n");
    std::process::Command::new("chmod").arg("+x").arg(checkout.join("ran.sh")).status().unwrap();
    let script = checkout.join("ran.sh").display().to_string();
    for (name, value) in [
        ("core.fsmonitor", script.as_str()),
        ("filter.x.smudge", &script),
        ("filter.x.clean", &script),
        ("diff.x.textconv", &script),
        ("diff.external", &script),
        ("log.showSignature", "true"),
        ("gpg.program", &script),
        ("core.pager", &script),
    ] {
        checkout.git(["config", name, value]);
    }
    checkout.write(".git/info/attributes", "*.go filter=x diff=x\n");
    checkout.run(["coverage", "--history", "5"]).sane();
    checkout.run(["coverage", "--at", "HEAD", "--at", "HEAD~3"]).sane();
    checkout.run(["check", "--new-from", "HEAD~2"]).sane();
    assert!(!checkout.join("ran").exists(), "something was run");
    assert_eq!(checkout.text("pkg/a/a.go"), "dirty");
}

#[test]
fn a_history_has_a_table_a_csv_a_chart_and_a_page() {
    let checkout = gated();
    checkout.git(["commit", "-q", "--allow-empty", "-m", "Next"]);
    let text = checkout.run(["coverage", "--at", "HEAD~1", "--at", "HEAD"]).expect(0).stdout;
    assert_eq!(text.lines().count(), 3, "{text}");
    let csv = checkout.run(["coverage", "--history", "2", "-o", "csv"]).expect(0).stdout;
    assert!(csv.lines().any(|line| line.contains(",all,,6,2,2,2,0,0,0,0,0,2,6")), "{csv}");
    let svg = checkout.run(["coverage", "--history", "2", "-o", "svg"]).expect(0).stdout;
    assert_eq!(roxmltree::Document::parse(&svg).unwrap().root_element().tag_name().name(), "svg");
    let html = checkout.run(["coverage", "--history", "2", "-o", "html"]).expect(0).stdout;
    assert!(html.contains("<svg") && !html.contains("<script"));
    assert!(
        checkout
            .run(["coverage", "--history", "2", "-o", "sarif"])
            .expect(2)
            .stderr
            .contains("text, json, csv, svg or html")
    );
    assert!(checkout.run(["coverage", "--at", "nowhere"]).expect(2).stderr.contains("names no commit"));
    assert!(checkout.run(["coverage", "-o", "svg"]).expect(2).stderr.contains("--history"));
}

#[test]
fn links_and_odd_names_of_a_commit_stay_inside() {
    let checkout = gated();
    std::os::unix::fs::symlink("/etc", checkout.join("pkg/out")).unwrap();
    std::os::unix::fs::symlink("../a", checkout.join("pkg/b/in")).unwrap();
    checkout.git(["add", "-A"]);
    checkout.git(["commit", "-q", "-m", "Links"]);
    std::fs::remove_file(checkout.join("pkg/b/in")).unwrap();
    checkout.write("pkg/b/in/a.go", FILE);
    checkout.git(["add", "-A"]);
    checkout.git(["commit", "-q", "-m", "A directory in a link's place"]);
    let json = checkout.run(["coverage", "--history", "3", "-o", "json"]).expect(0).json();
    let calls: Vec<u64> =
        json["points"].as_array().unwrap().iter().map(|p| p["totals"]["calls"].as_u64().unwrap()).collect();
    assert_eq!(calls, [6, 6, 9]);
}
