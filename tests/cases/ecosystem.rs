//! The script that compares two builds on checkouts: it says nothing of builds that agree, and shows what differs by rule.

use std::process::{Command, Output};

use libtest_mimic::Trial;

use crate::common::checkout::Checkout;
use crate::common::repository;
use crate::needs::{Need, tests};

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Program("python3")]
            builds_that_agree_differ_in_nothing
            what_differs_is_shown_by_rule
            a_build_that_fails_is_said;
    }
}

const KLOGMOD: &str = env!("CARGO_BIN_EXE_klogmod");

fn compare(new: &str) -> Output {
    let module = repository().join("fixtures/module");
    Command::new("python3").arg(repository().join("tests/ecosystem")).args([KLOGMOD, new]).arg(module).output().unwrap()
}

/// A build that does something else: the same program, with more arguments or none.
fn other(line: &str) -> (Checkout, String) {
    let dir = Checkout::new();
    let path = dir.join("other");
    std::fs::write(&path, format!("#!/bin/sh\n{line}\n")).unwrap();
    Command::new("chmod").arg("+x").arg(&path).status().unwrap();
    let path = path.to_string_lossy().into_owned();
    (dir, path)
}

fn builds_that_agree_differ_in_nothing() {
    let output = compare(KLOGMOD);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains(" calls, 0 differ"), "{said}");
}

fn what_differs_is_shown_by_rule() {
    let (_dir, new) = other(&format!("exec {KLOGMOD} \"$@\" --edits=s"));
    let output = compare(&new);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("\n  request-id: "), "{said}");
    let ids = |sign: &str| said.lines().filter(|l| l.trim_start().starts_with(sign) && l.contains("requestID")).count();
    assert!(ids("- [") > 0 && ids("+ [") == 0, "{said}");
}

fn a_build_that_fails_is_said() {
    let (_dir, new) = other("echo 'no such tree' >&2; exit 2");
    let output = compare(&new);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("exit status 2") && said.contains("no such tree"), "{said}");
}
