//! A checkout, or a machine, that means ill: nothing is lost, nothing half done, and nothing of the checkout is run.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use crate::common::checkout::{Checkout, Run, isolate, klogmod};

const APPLY: [&str; 5] = ["apply", "--edits=s", "--allow-no-vcs", "--allow-dirty", "--no-cache"];

fn source(number: usize) -> String {
    let call = format!("\tklog.Infof(\"Took %s off shelf %d\", name, {number})\n").repeat(20);
    format!("package p\n\nimport \"k8s.io/klog/v2\"\n\nfunc f{number}(name string) {{\n{call}}}\n")
}

fn tree() -> Checkout {
    let checkout = Checkout::with([("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n")]);
    (0..12).for_each(|number| checkout.write(format!("d{}/f{number}.go", number % 3), source(number)));
    checkout
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_report_is_whole_or_as_it_was() {
    let tree = tree();
    let path = tree.join("report.json");
    tree.run(["coverage", "--output", "json=report.json"]).expect(0);
    let old = std::fs::read(&path).unwrap();
    assert!(old.len() > 1024);
    tree.write("more.go", source(99));
    // Files may grow to a kilobyte: as on a full disk, writing fails in the middle.
    let mut limited = Command::new("sh");
    isolate(&mut limited, tree.path());
    limited.args(["-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" coverage --no-cache --output json=report.json"]);
    let run = Run::from(limited.arg(env!("CARGO_BIN_EXE_klogmod")).output().unwrap()).expect(2);
    assert!(run.stderr.contains("cannot write report.json"), "{run:?}");
    assert!(std::fs::read(&path).unwrap() == old);
    // Nor is it written through a link that somebody has put in its place.
    tree.write("precious", "precious");
    for (name, args) in
        [("r.json", vec!["check", "--output", "json=r.json"]), ("r.html", vec!["review", "--html", "r.html"])]
    {
        std::os::unix::fs::symlink("precious", tree.join(name)).unwrap();
        tree.run(args).expect(2);
        assert_eq!(tree.text("precious"), "precious");
    }
    tree.run(["check", "--output", "json=/dev/null"]).expect(0);
    let run = tree.run(["review", "--html", "precious"]).expect(2);
    assert!(run.stderr.contains("no page that klogmod wrote"), "{run:?}");
    (0..2).for_each(|_| drop(tree.run(["review", "--html", "page.html"]).expect(0)));
}

#[test]
fn decisions_of_several_at_once_are_all_kept() {
    let tree = Checkout::with((0..6).map(|number| (format!("p{number}/a.go"), source(number))));
    let accept = |number: usize| {
        let mut command = klogmod(tree.path());
        command.args(["accept", "--no-cache", "--path", &format!("p{number}/**")]).spawn().unwrap()
    };
    let children: Vec<_> = (0..6).map(accept).collect();
    children.into_iter().for_each(|mut child| assert!(child.wait().unwrap().success()));
    let decided = tree.text("klogmod.decisions.toml");
    (0..6).for_each(|number| assert!(decided.contains(&format!("p{number}/a.go")), "{number}: {decided}"));
}

#[test]
fn what_a_killed_run_left_goes_with_the_next() {
    let tree = tree();
    tree.write("d0/.klogmod-Ab12cd.tmp", "half of it");
    tree.write("d0/.klogmod-mine.tmp", "somebody's");
    let mut command = klogmod(tree.path());
    Run::from(command.args(APPLY).output().unwrap()).expect(0);
    assert!(!tree.join("d0/.klogmod-Ab12cd.tmp").exists() && tree.join("d0/.klogmod-mine.tmp").exists());
}

#[test]
fn owners_and_attributes_stay() {
    use std::os::unix::fs::MetadataExt;
    let tree = tree();
    let path = tree.join("d0/f0.go");
    mode(&path, 0o751);
    // Only root can give files away.
    let given = std::os::unix::fs::chown(&path, Some(1234), Some(4321)).is_ok();
    let attribute = Command::new("setfattr").args(["-n", "user.origin", "-v", "here"]).arg(&path).status();
    let mut command = klogmod(tree.path());
    Run::from(command.args(APPLY).output().unwrap()).expect(0);
    let found = std::fs::metadata(&path).unwrap();
    assert_eq!(found.mode() & 0o777, 0o751);
    assert!(!given || (found.uid(), found.gid()) == (1234, 4321));
    if attribute.is_ok_and(|status| status.success()) {
        let shown = Command::new("getfattr").args(["-n", "user.origin"]).arg(&path).output().unwrap();
        assert!(String::from_utf8_lossy(&shown.stdout).contains("here"));
    }
}

#[test]
fn a_program_of_the_checkout_is_never_run() {
    let tree = tree();
    for dir in ["", "bin/"] {
        let name = format!("{dir}git");
        tree.write(&name, format!("#!/bin/sh\n: >{}\n", tree.join("ran").display()));
        mode(&tree.join(&name), 0o755);
    }
    let path = std::env::var("PATH").unwrap();
    for first in [".", "bin", ""] {
        let mut command = klogmod(tree.path());
        command.args(["coverage", "--no-cache"]).env("PATH", format!("{first}:{path}"));
        Run::from(command.output().unwrap()).expect(0);
        assert!(!tree.join("ran").exists(), "PATH starts with {first:?}");
    }
}

#[test]
fn links_are_no_uncommitted_changes() {
    let tree = tree();
    std::os::unix::fs::symlink("nowhere", tree.join("dangling")).unwrap();
    tree.commit();
    let touched = Command::new("touch").args(["-h", "-d", "2001-01-01"]).arg(tree.join("dangling")).status().unwrap();
    assert!(touched.success());
    tree.run(["apply", "--edits=s", "--no-cache"]).expect(0);
}
