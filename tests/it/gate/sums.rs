//! Parts add up in any tree, and every format shows the same numbers.

use std::collections::BTreeMap;

use serde_json::Value;

use super::trees::random;
use crate::common::checkout::Checkout;

const PARTS: [(&str, &str, &str); 8] = [
    ("with-request-id", "withRequestId", "structured, with request ID"),
    ("without-request-id", "withoutRequestId", "structured, without request ID"),
    ("fixable", "fixable", "fixable"),
    ("skipped", "skipped", "skipped"),
    ("suppressed", "suppressed", "suppressed by a comment"),
    ("batch", "batch", "batch work"),
    ("rejected", "rejected", "fix rejected"),
    ("not-analysed", "notAnalysed", "not analysed"),
];
const FORMATS: [&str; 13] = [
    "text",
    "json",
    "sarif",
    "junit",
    "github",
    "markdown",
    "lcov",
    "cobertura",
    "rdjson",
    "csv",
    "badge",
    "openmetrics",
    "html",
];

type Numbers = BTreeMap<String, u64>;

/// Runs a command with all formats at once; their texts by name.
pub fn all_formats(checkout: &Checkout, args: &[&str], code: i32) -> BTreeMap<&'static str, String> {
    let dir = tempfile::tempdir().unwrap();
    let path = |format: &str| dir.path().join(format);
    let mut args: Vec<String> = args.iter().map(|arg| (*arg).to_owned()).collect();
    for format in FORMATS {
        args.extend(["--output".to_owned(), format!("{format}={}", path(format).display())]);
    }
    checkout.run(&args).expect(code);
    FORMATS.map(|format| (format, std::fs::read_to_string(path(format)).unwrap())).into()
}

fn from_json(document: &Value) -> Numbers {
    let totals = &document["totals"];
    let number = |value: &Value| value.as_u64().unwrap();
    let mut found: Numbers =
        PARTS.iter().map(|(name, field, _)| ((*name).to_owned(), number(&totals["parts"][field]))).collect();
    found.insert("calls".to_owned(), number(&totals["calls"]));
    found
}

fn sentence(numbers: &Numbers) -> String {
    let parts: Vec<String> = PARTS.iter().map(|(name, _, title)| format!("{} {title}", numbers[*name])).collect();
    format!("{} klog calls: {}", numbers["calls"], parts.join("; "))
}

fn sum_of(text: &str, prefix: &str) -> u64 {
    text.lines().filter_map(|line| line.strip_prefix(prefix)).map(|number| number.parse::<u64>().unwrap()).sum()
}

/// Every format's numbers against those of the JSON document.
fn compare(texts: &BTreeMap<&str, String>, seed: u64) {
    let json: Value = serde_json::from_str(&texts["json"]).unwrap();
    let numbers = from_json(&json);
    let sum: u64 = PARTS.iter().map(|(name, _, _)| numbers[*name]).sum();
    assert_eq!(numbers["calls"], sum, "seed {seed}");
    let calls: usize = json["files"].as_array().unwrap().iter().map(|f| f["calls"].as_array().unwrap().len()).sum();
    assert_eq!(calls as u64, sum, "seed {seed}");
    for dimension in ["component", "directory", "owner", "sig", "method", "phase"] {
        let Some(table) = json["tables"][dimension].as_object() else { continue };
        let total: u64 = table.values().map(|tally| tally["calls"].as_u64().unwrap()).sum();
        assert_eq!(total, sum, "seed {seed} {dimension}");
    }
    let covered = numbers["with-request-id"];
    let counted = sum - numbers["suppressed"] - numbers["batch"] - numbers["rejected"];
    let mille = (covered * 1000).checked_div(counted).unwrap_or(1000);
    let rate = format!("{}.{} %", mille / 10, mille % 10);
    for format in ["github", "markdown", "rdjson", "html", "junit", "sarif"] {
        assert!(texts[format].contains(&sentence(&numbers)), "seed {seed} {format}: {}", sentence(&numbers));
    }
    for (name, _, title) in PARTS {
        let number = numbers[name];
        assert!(texts["text"].contains(&format!("{number:>8}  {title}\n")), "seed {seed} text {name}");
        let gauge = format!("klogmod_calls{{dimension=\"all\",value=\"\",part=\"{name}\"}} {number}\n");
        assert!(texts["openmetrics"].contains(&gauge), "seed {seed} openmetrics {gauge}");
        let property = format!("<property name=\"klogmod.{name}\" value=\"{number}\"/>");
        assert!(texts["junit"].contains(&property), "seed {seed} junit {property}");
        let rows = texts["csv"].lines().filter(|line| line.contains(&format!(",{name},"))).count();
        assert_eq!(rows as u64, number, "seed {seed} csv {name}");
    }
    assert_eq!(texts["csv"].lines().count() as u64, sum + 1, "seed {seed} csv");
    let sarif: Value = serde_json::from_str(&texts["sarif"]).unwrap();
    assert_eq!(sarif["runs"][0]["properties"]["covered"], covered, "seed {seed} sarif");
    assert_eq!(sum_of(&texts["lcov"], "BRF:"), counted, "seed {seed} lcov");
    assert_eq!(sum_of(&texts["lcov"], "BRH:"), covered, "seed {seed} lcov");
    let branches = format!("branches-valid=\"{counted}\" branches-covered=\"{covered}\"");
    assert!(texts["cobertura"].contains(&branches), "seed {seed} cobertura {branches}");
    let badge: Value = serde_json::from_str(&texts["badge"]).unwrap();
    assert_eq!(badge["message"], rate.replace(' ', ""), "seed {seed} badge");
    for format in ["text", "markdown", "github", "html"] {
        assert!(texts[format].contains(&rate), "seed {seed} {format} {rate}");
    }
}

#[test]
fn parts_add_up_in_any_tree_and_every_format_shows_the_same() {
    for seed in 1..=40 {
        let (checkout, broken) = random(seed);
        let texts = all_formats(&checkout, &["coverage"], if broken { 3 } else { 0 });
        compare(&texts, seed);
    }
}

#[test]
fn every_part_occurs_in_some_tree() {
    let mut all = Numbers::new();
    for seed in 1..=40 {
        let json = random(seed).0.run(["coverage", "--output", "json"]).json();
        for (name, number) in from_json(&json) {
            *all.entry(name).or_default() += number;
        }
    }
    let never: Vec<_> = all.iter().filter(|(_, number)| **number == 0).collect();
    assert!(never.is_empty(), "{never:?}");
}

#[test]
fn a_file_that_cannot_be_read_is_not_covered() {
    let checkout = Checkout::with([
        (
            "a.go",
            "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f() {\n\tklog.InfoS(\"Done\", \"requestID\", \"x\")\n}\n",
        ),
        (
            "b.go",
            "package a\n\nimport \"k8s.io/klog/v2\"\n\nfunc f() {\n\tklog.Info(1)\n\tklog.V(2).Info(2)\n\tklog.Flush()\n",
        ),
    ]);
    let run = checkout.run(["coverage", "--output", "json"]).expect(3);
    let numbers = from_json(&run.json());
    assert_eq!((numbers["with-request-id"], numbers["not-analysed"]), (1, 2));
    assert!(run.stderr.contains("b.go:"), "{}", run.stderr);
}
