//! What the old line showed, the new one shows: programs with values of all kinds print each of them through klog before and after
//! the safe fixes, as text and as JSON, and the lines are compared word by word.
//!
//! `KLOGMOD_PRINTERS=all cargo test --test cases printing::` runs all printers, with Kubernetes' own types (some minutes, and
//! modules from the proxy); without it the two text printers that lie farthest apart run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use libtest_mimic::{Failed, Trial};
use regex::Regex;
use serde_json::Value;

use crate::common::checkout::Checkout;
use crate::common::{go, repository};
use crate::needs::{self, Need};

/// A way to print.
#[derive(Clone, Copy)]
struct Printer {
    /// klog's version.
    klog: &'static str,
    /// The version of Kubernetes' modules that goes with it, where its types are printed.
    kubernetes: Option<&'static str>,
    /// Through Kubernetes' JSON logging.
    json: bool,
}

const fn text(klog: &'static str, kubernetes: Option<&'static str>) -> Printer {
    Printer { klog, kubernetes, json: false }
}

/// Those that always run.
const FEW: [Printer; 2] = [text("v2.40.0", None), text("v2.130.1", None)];
/// Those that run when asked for.
const ALL: [Printer; 6] = [
    text("v2.40.0", Some("v0.23.17")),
    text("v2.70.1", Some("v0.25.16")),
    text("v2.100.1", Some("v0.28.15")),
    text("v2.130.1", Some("v0.32.3")),
    Printer { klog: "v2.80.1", kubernetes: Some("v0.26.15"), json: true },
    Printer { klog: "v2.130.1", kubernetes: Some("v0.32.3"), json: true },
];

/// Values that may differ, and why.
const KNOWN: [(&str, &str); 5] = [
    ("aTypedNilStringer", "an interface that holds a nil pointer: nothing static tells"),
    ("errTypedNil", "an interface that holds a nil pointer: nothing static tells"),
    ("errPanics", "a method that panics: klog before 2.60.0 does not catch that"),
    ("aPanickyStringer", "a method that panics: klog before 2.60.0 does not catch that"),
    ("aBinaryString", "bytes that are no UTF-8 cannot stand in JSON"),
];

/// The tests.
pub fn trials() -> Vec<Trial> {
    let few = FEW.map(|printer| (printer, &[Need::Go][..]));
    let all = ALL.map(|printer| (printer, &[Need::Go, Need::Wish("KLOGMOD_PRINTERS")][..]));
    let trial = |(printer, need): (Printer, &'static [Need])| {
        let Printer { klog, kubernetes, json } = printer;
        let how = if json { "JSON" } else { "text" };
        let types = kubernetes.map(|version| format!(" with the types of Kubernetes {version}")).unwrap_or_default();
        needs::test(format!("printing::klog {klog} as {how}{types}"), need, move || {
            let go = go::go().ok_or("there is no go")?;
            compare(&go, printer).map_err(Failed::from)
        })
    };
    few.into_iter().chain(all).map(trial).collect()
}

/// Copies the sources of a program into a checkout, with a call for each value and verb; how many.
fn write(checkout: &Checkout, printer: Printer) -> usize {
    let dir = repository().join("fixtures/printing");
    let read = |name: &str| std::fs::read_to_string(dir.join(name)).unwrap();
    let values = [Some("values.go"), printer.kubernetes.map(|_| "values_kubernetes.go")];
    let mut calls = Vec::new();
    for name in values.into_iter().flatten() {
        let text = read(name);
        calls.extend(self::calls(&text));
        checkout.write(name, text);
    }
    checkout.write("main.go", read("main.go"));
    checkout.write("start.go", read(if printer.json { "json/start.go" } else { "text/start.go" }));
    let text: String = calls.iter().map(|call| format!("func init() {{\n\t{call}\n}}\n\n")).collect();
    checkout.write("calls.go", format!("package main\n\nimport (\n\t\"k8s.io/klog/v2\"\n)\n\n{text}"));
    let mut required = format!("require k8s.io/klog/v2 {}\n", printer.klog);
    if let Some(version) = printer.kubernetes {
        for module in ["api", "apimachinery"].into_iter().chain(printer.json.then_some("component-base")) {
            required.push_str(&format!("require k8s.io/{module} {version}\n"));
        }
        // An older one does not run with the Go of today.
        required.push_str("require github.com/modern-go/reflect2 v1.0.2\n");
    }
    checkout.write("go.mod", format!("module example.com/printing\n\ngo 1.23\n\n{required}"));
    calls.len()
}

/// `// print: %v %s` above a value: a call for each verb, and one without a format.
fn calls(source: &str) -> Vec<String> {
    let mut calls = Vec::new();
    let mut verbs: Vec<&str> = Vec::new();
    for line in source.lines() {
        if let Some(list) = line.strip_prefix("// print: ") {
            verbs = list.split_whitespace().collect();
        }
        let Some(name) = line.strip_prefix("var ").and_then(|rest| rest.split_whitespace().next()) else { continue };
        let is_error = name.starts_with("err");
        for (number, verb) in std::mem::take(&mut verbs).into_iter().enumerate() {
            let function = match (is_error, calls.len() % 4) {
                (true, _) => "klog.Errorf",
                (false, 3) => "klog.V(2).Infof",
                _ => "klog.Infof",
            };
            calls.push(format!("add(\"{name} {verb}\", func() {{ {function}(\"Checked value: {verb}\", {name}) }})"));
            if number == 0 && !is_error {
                calls.push(format!("add(\"{name} alone\", func() {{ klog.Info(\"Checked value: \", {name}) }})"));
            }
        }
    }
    calls
}

/// Builds and runs the program as it is: what it prints by call.
fn run(go: &Path, checkout: &Checkout) -> Result<BTreeMap<String, String>, String> {
    go::check(go::command(go, checkout.path(), &["build", "-o", "printing.bin", "."]), "go build")?;
    let output = Command::new(checkout.path().join("printing.bin")).output().map_err(|error| error.to_string())?;
    let text = String::from_utf8(output.stdout).map_err(|error| error.to_string())?;
    let line = |line: &str| -> Option<(String, String)> {
        let value: Value = serde_json::from_str(line).ok()?;
        Some((value["name"].as_str()?.to_owned(), value["line"].as_str()?.to_owned()))
    };
    Ok(text.lines().filter_map(line).collect())
}

fn compare(go: &Path, printer: Printer) -> Result<(), String> {
    let checkout = Checkout::new();
    let written = write(&checkout, printer);
    go::check(go::command(go, checkout.path(), &["mod", "tidy"]), "go mod tidy")?;
    let old = run(go, &checkout)?;
    let source = checkout.text("calls.go");
    checkout.run(["apply", "--all", "--edits=s", "--safe", "--no-cache", "--allow-no-vcs"]);
    let new = run(go, &checkout)?;
    assert_eq!((old.len(), new.len()), (written, written));
    assert_ne!(checkout.text("calls.go"), source, "nothing was rewritten");
    let words = Words::new(printer.json);
    let known = |name: &str| KNOWN.iter().any(|(value, _)| name.split(' ').next() == Some(value));
    let (mut alike, mut wrong) = (0, Vec::new());
    for (name, before) in old.iter().filter(|(name, _)| !known(name)) {
        let after = &new[name];
        match words.differ(before, after) {
            None => alike += 1,
            Some(why) => wrong.push(format!("{name}: {why}\n  {}\n  {}", before.trim_end(), after.trim_end())),
        }
    }
    eprintln!("{} {:?} json: {}: {written} calls, {alike} alike", printer.klog, printer.kubernetes, printer.json);
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

/// Takes lines apart.
struct Words {
    json: bool,
    word: Regex,
    number: Regex,
    escape: Regex,
    head: Regex,
    secret: Regex,
}

/// What fmt and klog say of any value.
const OF_THE_PRINTER: [&str; 10] = ["nil", "map", "Checked", "value", "UTC", "PANIC", "method", "String", "s", "v"];
/// What tells of a value that could not be printed.
const FAILURES: [&str; 5] = ["panic", "the program panics", "internal error", "json:", "zapcore"];

impl Words {
    fn new(json: bool) -> Self {
        let regex = |text: &str| Regex::new(text).unwrap();
        Self {
            json,
            word: regex(r"[\p{L}\p{N}]+(?:\.\p{N}+)?"),
            number: regex(r"[-+]?[\d.]+(?:e[-+]?\d+)?"),
            escape: regex(r#"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)"#),
            head: regex(r"^[IWEF]\d{4} .*?\] "),
            secret: regex(r"hunter2[\w-]*"),
        }
    }

    /// What a line shows, without its head and without escapes.
    fn shown(&self, line: &str) -> String {
        let mut text = match (self.json, serde_json::from_str::<Value>(line.trim())) {
            (true, Ok(Value::Object(mut fields))) => {
                ["ts", "v", "caller"].iter().for_each(|head| drop(fields.remove(*head)));
                flat(&Value::Object(fields))
            }
            _ => self.head.replace(line, "").into_owned(),
        };
        // A text in a quoted text is quoted twice.
        for _ in 0..2 {
            text = self.escape.replace_all(&text, |found: &regex::Captures<'_>| unescaped(&found[1])).into_owned();
        }
        text
    }

    /// What is lost, revealed or broken in a line that took the place of another one.
    fn differ(&self, before: &str, after: &str) -> Option<String> {
        let (before, after) = (self.shown(before), self.shown(after));
        let numbers: Vec<f64> = self.number.find_iter(&after).filter_map(|n| n.as_str().parse().ok()).collect();
        let kept = |word: &str| {
            let same = |number| numbers.contains(&number);
            OF_THE_PRINTER.contains(&word) || after.contains(word) || word.parse().is_ok_and(same)
        };
        // Addresses differ between two runs.
        let is_address = |word: &str| word.starts_with("0x") && word.len() > 6;
        let lost: BTreeSet<&str> = self
            .word
            .find_iter(&before)
            .map(|word| word.as_str())
            .filter(|word| !kept(word) && !is_address(word))
            .collect();
        let revealed: BTreeSet<&str> =
            self.secret.find_iter(&after).map(|word| word.as_str()).filter(|word| !before.contains(word)).collect();
        let (low_before, low_after) = (before.to_lowercase(), after.to_lowercase());
        let broken: Vec<_> = FAILURES.iter().filter(|f| low_after.contains(**f) && !low_before.contains(**f)).collect();
        let fine = lost.is_empty() && revealed.is_empty() && broken.is_empty();
        (!fine).then(|| format!("lost {lost:?}, revealed {revealed:?}, broken {broken:?}"))
    }
}

/// Keys and values of JSON, one after the other.
fn flat(value: &Value) -> String {
    match value {
        Value::Object(fields) => fields.iter().map(|(key, value)| format!("{key} {} ", flat(value))).collect(),
        Value::Array(values) => values.iter().map(|value| flat(value) + " ").collect(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn unescaped(escape: &str) -> String {
    let code = escape.get(1..).filter(|code| code.len() > 1).and_then(|code| u32::from_str_radix(code, 16).ok());
    match escape {
        "n" | "r" | "t" => " ".to_owned(),
        _ => code.and_then(char::from_u32).map_or_else(|| escape.to_owned(), String::from),
    }
}
