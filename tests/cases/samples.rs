//! Sample lines are what klog prints: a program whose variables hold what samples show is run, before and after the rewrite.

use crate::common;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use libtest_mimic::Trial;

use crate::needs::{self, Need};
use common::checkout::Checkout;
use common::{go, repository};

/// Versions of klog that print otherwise than those before them.
const KLOGS: [&str; 4] = ["v2.0.0", "v2.4.0", "v2.70.0", "v2.140.0"];

/// A test for each klog.
pub fn trials() -> Vec<Trial> {
    let turn: &'static Mutex<()> = Box::leak(Box::default());
    let trial = |klog: &'static str| {
        let run = move || {
            let _turn = turn.lock();
            are_printed(klog);
            Ok(())
        };
        needs::test(format!("samples::are_what_klog_prints_{klog}"), &[Need::Go], run)
    };
    KLOGS.into_iter().map(trial).collect()
}

fn program(klog: &str) -> Checkout {
    let logr = if klog == "v2.140.0" { "require github.com/go-logr/logr v1.4.2\n" } else { "" };
    let checkout = Checkout::new();
    checkout.write("go.mod", format!("module example.com/m\n\ngo 1.21\n\nrequire k8s.io/klog/v2 {klog}\n{logr}"));
    checkout.write("main.go", std::fs::read(repository().join("fixtures/samples/main.go")).unwrap());
    checkout
}

/// A line without its time and its process: severity, place, text.
fn split(line: &str) -> Option<(char, &str, &str)> {
    let (head, text) = line.split_once("] ")?;
    let place = head.rsplit(' ').next()?.rsplit(':').next()?;
    Some((line.chars().next()?, place, text))
}

/// What the program prints, by severity and text, in order.
fn printed(go: &Path, checkout: &Checkout) -> Vec<(char, String)> {
    let output = go::command(go, checkout.path(), &["run", "."]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{text}");
    text.lines().filter_map(split).map(|(severity, _, text)| (severity, text.to_owned())).collect()
}

/// Samples by their line in the file, before or after.
fn samples(checkout: &Checkout, word: &str) -> BTreeMap<usize, (char, String)> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(checkout.join("p")).unwrap() {
        let mail = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let lines = mail.lines().filter_map(|line| line.trim().strip_prefix(word));
        for line in lines.map(str::trim_start).filter(|line| !line.starts_with('{')) {
            if let Some((severity, place, text)) = split(line) {
                found.insert(place.parse().unwrap(), (severity, text.to_owned()));
            }
        }
    }
    found
}

fn are_printed(klog: &str) {
    let go = go::go().unwrap();
    let checkout = program(klog);
    let before = printed(&go, &checkout);
    checkout.run(["patch", "--no-cache", "--edits=s", "-o", "p"]).expect(0);
    let calls: Vec<usize> = {
        let text = checkout.text("main.go");
        let called =
            |line: &str| line.trim_start().starts_with("klog.") && !line.contains("Flags") && !line.contains("Flush");
        text.lines().enumerate().filter(|(_, line)| called(line)).map(|(at, _)| at + 1).collect()
    };
    assert_eq!(calls.len(), before.len(), "every call prints one line");
    checkout.run(["apply", "--no-cache", "--edits=s", "--allow-no-vcs"]).expect(0);
    let after = printed(&go, &checkout);
    let mut compared = 0;
    let mut wrong = String::new();
    for (word, lines) in [("before ", before), ("after ", after)] {
        let samples = samples(&checkout, word);
        for (call, line) in calls.iter().zip(&lines) {
            let Some(sample) = samples.get(call) else { continue };
            compared += 1;
            if sample != line {
                wrong.push_str(&format!(
                    "line {call}, {word}\n  sample  {} {}\n  printed {} {}\n",
                    sample.0, sample.1, line.0, line.1
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(compared >= 40, "only {compared} samples");
}
