//! Accounting: in every report of every format the parts add up to the inventory, a second run says the same, and what is counted, for
//! which no syntax tree is made, is what is planned.

use serde_json::Value;

use super::checkout::{Checkout, Run};

/// Checks both reports in both formats, on one thread and on two.
#[track_caller]
pub fn accounts(checkout: &Checkout, args: &[&str]) {
    let (mut inventories, mut sites) = (Vec::new(), Vec::new());
    for (command, format) in [("plan", "json"), ("plan", "text"), ("scan", "json"), ("scan", "text")] {
        let take_edits = command == "plan";
        let args: Vec<_> = args
            .iter()
            .filter(|arg| take_edits || !["--edits", "--target"].iter().any(|flag| arg.starts_with(flag)))
            .copied()
            .collect();
        let run =
            |threads: &str| checkout.run([&[command, "--format", format, "-j", threads], args.as_slice()].concat());
        let (one, two) = (run("1"), run("2"));
        one.sane();
        assert_eq!(one, two, "{command} --format {format}: two runs differ");
        inventories.push(match format {
            "json" => {
                sites.push(listed(&one.json(), command));
                in_json(&one, command)
            }
            _ => in_text(&one, command),
        });
    }
    assert!(inventories.windows(2).all(|pair| pair[0] == pair[1]), "the reports disagree: {inventories:?}");
    let [planned, counted] = sites.try_into().unwrap();
    assert_eq!(planned, counted, "scan counts other calls than plan");
}

/// Every call of a report, as it tells of it.
fn listed(report: &Value, command: &str) -> Vec<Value> {
    let list = |value: &Value| value.as_array().unwrap().clone();
    match command {
        "scan" => list(&report["sites"]),
        _ => {
            let files = list(&report["files"]);
            files.iter().flat_map(|file| list(&file["sites"])).map(|site| site["site"].clone()).collect()
        }
    }
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn sum(object: &Value) -> u64 {
    object.as_object().unwrap().values().map(number).sum()
}

#[track_caller]
fn in_json(run: &Run, command: &str) -> u64 {
    let report = run.json();
    let totals = &report["totals"];
    let inventory = number(&totals["inventory"]);
    let parts = match command {
        "scan" => ["unstructured", "structured", "contextual", "functionValues"],
        _ => ["fixes", "suppressed", "structured", "functionValues"],
    };
    let parts: u64 = parts.iter().map(|name| number(&totals[name])).sum();
    match command {
        "scan" => assert_eq!(inventory, parts, "{totals}"),
        _ => {
            assert_eq!(inventory, parts + sum(&totals["skipped"]), "{totals}");
            assert_eq!(number(&totals["fixes"]), sum(&totals["applicability"]), "{totals}");
        }
    }
    if command == "scan" {
        assert_eq!(inventory, sum(&report["methods"]));
        let directories = report["directories"].as_object().unwrap();
        assert_eq!(inventory, directories.values().map(sum).sum::<u64>());
    }
    assert_eq!(inventory, listed(&report, command).len() as u64);
    inventory
}

#[track_caller]
fn in_text(run: &Run, command: &str) -> u64 {
    let summary = run.stdout.rsplit_once(" klog call").unwrap_or_else(|| panic!("no summary in {}", run.stdout));
    let inventory: u64 = summary.0.rsplit('\n').next().unwrap().parse().unwrap();
    let mut parts = 0;
    for line in summary.1.lines().skip(1) {
        let (count, what) = line.trim_start().split_once("  ").unwrap();
        let part: &[&str] = match command {
            "scan" => &["unstructured", "structured", "contextual", "functions passed"],
            _ => &["to rewrite", "structured already", "skipped", "suppressed", "functions passed"],
        };
        if part.iter().any(|name| what.starts_with(name)) {
            parts += count.parse::<u64>().unwrap();
        }
        if let Some(split) = what.strip_prefix("to rewrite: ") {
            let of = split.split(", ").map(|part| part.split(' ').next().unwrap().parse::<u64>().unwrap());
            assert_eq!(of.sum::<u64>().to_string(), count, "{line}");
        }
    }
    assert_eq!(inventory, parts, "{}", run.stdout);
    inventory
}
