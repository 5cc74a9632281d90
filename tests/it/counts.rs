//! What commands say of how many calls there are: one name for one count, and none where there is nothing.

use crate::common;

use common::checkout::{Checkout, copy_tree};

#[test]
fn a_tree_without_calls_is_called_so_by_every_command() {
    for (import, instead) in [
        ("fmt", ""),
        ("github.com/golang/glog", "1 through github.com/golang/glog"),
        ("go.uber.org/zap", "1 through go.uber.org/zap"),
    ] {
        let source = format!("package a\n\nimport \"{import}\"\n");
        let checkout = Checkout::with([("go.mod", "module example.com/m\n"), ("a.go", source.as_str())]);
        for command in ["scan", "plan", "coverage", "check"] {
            let run = checkout.run([command]).expect(0);
            let told: Vec<&str> = run.stderr.lines().filter(|line| line.contains("nothing was found")).collect();
            assert!(matches!(told.as_slice(), [one] if one.ends_with(instead)), "{command} {import}: {}", run.stderr);
            assert!(run.stdout.contains("0 klog calls in 0 files") && !run.stdout.contains('%'), "{}", run.stdout);
            assert!(!run.stderr.contains("no operation of the rules"), "{}", run.stderr);
        }
    }
}

#[test]
fn counts_of_one_tree_have_one_name_and_one_figure() {
    let checkout = Checkout::new();
    copy_tree(&common::repository().join("fixtures/module"), checkout.path());
    let asked: [&[&str]; 4] = [&["scan"], &["plan", "--all"], &["coverage"], &["check"]];
    let [scan, plan, coverage, check] = asked.map(|args| checkout.run(args.iter().copied()).stdout);
    let counted = |text: &str| {
        let at = text.find(" klog calls in ").unwrap_or_else(|| panic!("{text}"));
        let (before, after) = (&text[..at], &text[at..]);
        let calls = before.rsplit('\n').next().unwrap_or_default();
        format!("{calls}{}", after.split(" files").next().unwrap_or_default())
    };
    for text in [&plan, &coverage, &check] {
        assert_eq!(counted(text), counted(&scan), "{text}");
    }
    let row = |text: &str, name: &str| {
        let rows = text.lines().filter_map(|line| line.trim_start().split_once("  "));
        rows.filter(|(_, what)| what.starts_with(name)).map(|(count, _)| count.to_owned()).next()
    };
    for name in ["skipped", "suppressed by a comment"] {
        assert_eq!(row(&plan, name), row(&coverage, name), "{name}\n{plan}\n{coverage}");
    }
}
