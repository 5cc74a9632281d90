//! An operation in the formats of other tools, read by these: the page in a real Chromium, spans by OpenTelemetry's own definitions.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::Trial;
use serde_json::Value;

use crate::common::checkout::{Checkout, klogmod};
use crate::common::{go, repository};
use crate::needs::{Need, chromium, tests};

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Chromium]
            a_page_shows_an_operation
            a_page_of_100000_lines_does_not_freeze;
        [Need::Program("lnav"), Need::Program("jq")]
            queries_of_lnav_find_what_those_of_jq_find;
        []
            queries_that_tests_run_are_marked;
        [Need::Go]
            spans_are_those_of_opentelemetry;
    }
}

fn logs() -> PathBuf {
    repository().join("fixtures/trace/logs")
}

fn drive(page: &str) -> Value {
    let checkout = Checkout::new();
    checkout.write("page.html", page);
    let which = Command::new("sh").args(["-c", &format!("command -v {}", chromium().unwrap())]).output().unwrap();
    let address = format!("file://{}", checkout.join("page.html").display());
    let output = Command::new("node")
        .args(["trace.mjs", String::from_utf8(which.stdout).unwrap().trim(), &address])
        .arg(std::env::var_os("KLOGMOD_PICTURES").map_or(checkout.path().to_owned(), PathBuf::from))
        .current_dir(repository().join("tests/browser"))
        .output()
        .unwrap();
    let (text, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}{error}");
    serde_json::from_str(&text).unwrap()
}

fn page(dir: &Path, logs: &[&str]) -> String {
    let checkout = Checkout::new();
    let mut args = vec!["trace", "--format", "html", "--id", "5ca1e0000000000000000000000000a1"];
    let dir = dir.to_str().unwrap();
    args.push(dir);
    args.extend(logs);
    checkout.run(args).expect(0).stdout
}

/// What holds of every page.
fn sane(seen: &Value) {
    assert_eq!(seen["errors"], Value::Array(vec![]), "{seen}");
    let requests = seen["requests"].as_array().unwrap();
    assert!(requests.iter().all(|request| request.as_str().unwrap().starts_with("file://")), "{seen}");
    for what in ["zooms", "themes", "help"] {
        assert_eq!(seen[what], true, "{what}: {seen}");
    }
    assert_eq!(seen["pwned"], false, "{seen}");
    assert_eq!(seen["clicked"], seen["last"], "{seen}");
}

fn a_page_shows_an_operation() {
    let checkout = Checkout::new();
    let hostile = "<img src=x onerror='globalThis.pwned=true'></script><script>globalThis.pwned=true</script>";
    checkout.write(
        "<b>.log",
        format!("W0506 07:08:02.200000       1 a.go:1] \"{hostile}\" x=\"{hostile}\" requestID=\"5ca1e0000000000000000000000000a1\"\n"),
    );
    let seen = drive(&page(&logs(), &[checkout.path().to_str().unwrap()]));
    sane(&seen);
    assert_eq!(seen["title"], "operation 5ca1e0000000000000000000000000a1");
    assert_eq!(seen["counts"], "2.921 s, 17 lines of 5 components, 1 error, 1 gap");
    let messages = ["first", "start", "second", "error", "behindGap", "last"].map(|what| seen[what].as_str().unwrap());
    let want = [
        "Cannot start container",
        "Settings read",
        "Served",
        "Cannot start container",
        "Cannot start container",
        "Escape",
    ];
    assert_eq!(messages, want, "{seen}");
    assert_eq!(seen["filtered"], "1 of 17 lines", "{seen}");
}

fn a_page_of_100000_lines_does_not_freeze() {
    let checkout = Checkout::new();
    let line = |at: usize| {
        let (minute, second, micros) = (at / 6000, at / 100 % 60, at % 100 * 10_000);
        format!(
            "I0506 07:{minute:02}:{second:02}.{micros:06}       1 a.go:1] \"Step\" n={at} pod=\"shop/p{}\" requestID=\"5ca1e0000000000000000000000000a1\"\n",
            at % 50
        )
    };
    checkout.write("many.log", (0..100_000).map(line).collect::<String>());
    let seen = drive(&page(&logs(), &[checkout.path().to_str().unwrap()]));
    sane(&seen);
    assert!(seen["counts"].as_str().unwrap().contains("100016 lines"), "{seen}");
    let (rows, opened, frame) = (seen["rows"].as_u64(), seen["opened"].as_u64(), seen["slowestFrame"].as_u64());
    assert!(rows.unwrap() < 100 && opened.unwrap() < 15_000 && frame.unwrap() < 1_500, "{seen}");
}

fn spans_are_those_of_opentelemetry() {
    let checkout = Checkout::new();
    let mut command = klogmod(checkout.path());
    let spans = command.args(["trace", "--format", "otlp", "--id", "5ca1"]).arg(logs()).output().unwrap();
    let dir = repository().join("fixtures/trace/otlp");
    let mut command = go::command(&go::go().unwrap(), &dir, &["run", "-mod=readonly", "."]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&spans.stdout).unwrap();
    let output = child.wait_with_output().unwrap();
    let (text, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}{error}");
    let deployment = "/apis/apps/v1/namespaces/shop/deployments/web";
    let want = format!(
        "kubectl SPAN_KIND_INTERNAL \"operation 5ca1e0000000000000000000000000a1\" events=0 root=true STATUS_CODE_ERROR\n\
         kubectl SPAN_KIND_INTERNAL \"kubectl\" events=3 root=false STATUS_CODE_UNSET\n\
         kubectl SPAN_KIND_CLIENT \"GET {deployment}\" events=0 root=false STATUS_CODE_UNSET\n\
         kubectl SPAN_KIND_CLIENT \"PATCH {deployment}/scale\" events=0 root=false STATUS_CODE_UNSET\n\
         kube-apiserver SPAN_KIND_INTERNAL \"kube-apiserver\" events=4 root=false STATUS_CODE_UNSET\n\
         kube-apiserver SPAN_KIND_SERVER \"GET {deployment}\" events=0 root=false STATUS_CODE_UNSET\n\
         kube-apiserver SPAN_KIND_SERVER \"PATCH {deployment}/scale\" events=0 root=false STATUS_CODE_UNSET\n\
         kube-apiserver SPAN_KIND_SERVER \"POST /api/v1/namespaces/shop/pods\" events=0 root=false STATUS_CODE_UNSET\n\
         kube-apiserver SPAN_KIND_SERVER \"POST /api/v1/namespaces/shop/pods/web-7c-x1/binding\" events=0 root=false STATUS_CODE_UNSET\n\
         kube-controller-manager SPAN_KIND_INTERNAL \"kube-controller-manager\" events=4 root=false STATUS_CODE_UNSET\n\
         kubelet SPAN_KIND_INTERNAL \"kubelet\" events=5 root=false STATUS_CODE_ERROR\n"
    );
    assert_eq!(text, want);
}

fn queries(checkout: &Checkout, arguments: &[&str]) -> Vec<Value> {
    let all = ["queries", "--format", "json", "--id", "5ca1e0000000000000000000000000a1"];
    let printed = checkout.run(all.iter().chain(arguments)).expect(0).stdout;
    printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What a query finds in a log: the call sites, in order of time.
fn found(checkout: &Checkout, query: &Value, log: &str) -> Vec<String> {
    let text = query["text"].as_str().unwrap().replace("*.log", log).replace("lnav ", "lnav -I . ");
    let mut command = Command::new("bash");
    crate::common::checkout::isolate(&mut command, checkout.path());
    let output = command.args(["-euo", "pipefail", "-c", &text]).env("HOME", checkout.path()).output().unwrap();
    assert!(output.status.success(), "{text}\n{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    let places = regex::Regex::new(r"[\w/]+\.go:\d+").unwrap();
    printed.lines().filter_map(|line| Some(places.find(line)?.as_str().to_owned())).collect()
}

fn queries_of_lnav_find_what_those_of_jq_find() {
    let checkout = Checkout::new();
    crate::common::checkout::copy_tree(&logs(), checkout.path());
    for format in queries(&checkout, &["--tool", "lnav", "--purpose", "parser"]) {
        let name = format!("formats/installed/klogmod_{}.json", format["logs"].as_str().unwrap());
        checkout.write(name, format["text"].as_str().unwrap());
    }
    for (logs, log, count) in
        [("text", "kube-apiserver.log", 4), ("text", "kubectl.log", 3), ("json", "kube-controller-manager.log", 4)]
    {
        let of = |tool: &str| {
            let query = &queries(&checkout, &["--tool", tool, "--purpose", "request", "--logs", logs])[0];
            found(&checkout, query, log)
        };
        let (of_jq, of_lnav) = (of("jq"), of("lnav"));
        assert_eq!((of_jq.len(), &of_lnav), (count, &of_jq), "{log}");
    }
}

/// Whoever marks a query as run adds a test that runs it.
fn queries_that_tests_run_are_marked() {
    let marked: std::collections::BTreeSet<String> = queries(&Checkout::new(), &[])
        .iter()
        .filter(|query| query["checked"] == "test")
        .map(|query| query["tool"].as_str().unwrap().to_owned())
        .collect();
    let run = ["elasticsearch", "grep", "jq", "lnav", "opentelemetry", "vector"];
    assert_eq!(marked, run.map(str::to_owned).into());
}
