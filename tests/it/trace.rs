//! `klogmod trace`: the logs of fixtures/trace in every form and packing give the same operation; what is wrong with logs is said.

mod damaged;
mod mixed;

use crate::common;

use std::io::Write;
use std::process::Stdio;

use common::checkout::{Checkout, Run, klogmod};
use serde_json::Value;

const ID: &str = "5ca1e0000000000000000000000000a1";
const OTHER: &str = "b0bb1e000000000000000000000000b2";

fn logs() -> Checkout {
    let checkout = Checkout::new();
    common::checkout::copy_tree(&common::repository().join("fixtures/trace/logs"), checkout.path());
    checkout
}

/// What is told of an operation apart from files: time, component, caller, message.
#[track_caller]
fn told(run: &Run) -> Vec<[String; 4]> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let document = run.json();
    let lines = document["lines"].as_array().unwrap();
    lines.iter().map(|l| [text(&l["time"]), text(&l["component"]), text(&l["caller"]), text(&l["message"])]).collect()
}

fn json(checkout: &Checkout, args: &[&str]) -> Run {
    checkout.run(["trace", "--format", "json"].iter().chain(args))
}

fn piped(checkout: &Checkout, args: &[&str], write: impl FnOnce(&mut dyn Write) + Send) -> Run {
    let mut command = klogmod(checkout.path());
    let mut child =
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || write(&mut input));
        child.wait_with_output().unwrap().into()
    })
}

#[test]
fn an_operation_is_told() {
    let checkout = logs();
    let run = checkout.run(["trace", "--id", "5ca1", "."]).expect(0);
    let text = format!("{}-- standard error --\n{}", run.stdout, run.stderr);
    let path = common::repository().join("fixtures/trace/operation.txt");
    let bless = common::blessing();
    let action = if bless { snapbox::assert::Action::Overwrite } else { snapbox::assert::Action::Verify };
    snapbox::Assert::new().action(action).eq(text, snapbox::Data::read_from(&path, None).raw());
}

#[test]
fn lines_are_those_of_the_operation_in_order() {
    let checkout = logs();
    let lines = told(&json(&checkout, &["--id", ID, "."]).expect(0));
    assert_eq!(lines.len(), 16);
    assert!(lines.is_sorted_by_key(|line| line[0].clone()), "{lines:?}");
    let of_other = told(&json(&checkout, &["--id", OTHER, "."]).expect(0));
    let messages: Vec<&str> = of_other.iter().map(|line| &*line[3]).collect();
    assert_eq!(messages, ["Created", "Write took long", "Counted", "Pod added"]);
    // The zone of the kubelet's lines is two hours off; what the runtime put in front tells so.
    assert_eq!(of_other[3][0], "2024-05-06T07:08:05.000000Z");
}

#[test]
fn lists_name_operations_by_their_start() {
    let checkout = logs();
    let run = checkout.run(["trace", "."]).expect(0);
    let listed: Vec<&str> = run.stdout.lines().skip(1).map(|line| line.split(' ').next().unwrap()).collect();
    assert_eq!(listed, [ID, OTHER, "1"]);
    assert!(run.stdout.contains("--all lists them"), "{}", run.stdout);
    let all = json(&checkout, &["list", "--all", "."]);
    assert_eq!(all.code, 2, "options of the list stand behind it");
    let all = checkout.run(["trace", "list", "--all", "--format", "json", "."]).expect(0).json();
    assert_eq!(all["operations"].as_array().unwrap().len(), 3);
    let errors = checkout.run(["trace", "list", "--errors", "--format", "json", "."]).expect(0).json();
    assert_eq!(errors["operations"][0]["id"], ID);
    assert_eq!(errors["operations"].as_array().unwrap().len(), 1);
}

#[test]
fn objects_have_their_history() {
    let run = json(&logs(), &["--object", "Pod/shop/db-1", "."]).expect(0);
    let document = run.json();
    assert_eq!(told(&run).len(), 3);
    let ids: Vec<&str> = document["operations"].as_array().unwrap().iter().map(|o| o["id"].as_str().unwrap()).collect();
    assert_eq!(ids, [OTHER, ID]);
}

#[test]
fn starts_of_ids_are_enough_where_one_has_them() {
    let checkout = logs();
    checkout.write(
        "more.log",
        format!("I0506 07:08:09.000000       1 a.go:1] \"x\" requestID=\"{}\"\n", ID.replace("00a1", "00a2")),
    );
    let run = checkout.run(["trace", "--id", "5ca1", "."]).expect(2);
    assert!(run.stderr.contains("2 IDs start so"), "{}", run.stderr);
    checkout.run(["trace", "--id", ID, "."]).expect(0);
    assert!(checkout.run(["trace", "--id", "nobody", "."]).expect(1).stderr.contains("no line of these logs"));
}

/// The API server's lines in what others make of them.
fn wrapped() -> Vec<(&'static str, Vec<u8>)> {
    let text = std::fs::read_to_string(common::repository().join("fixtures/trace/logs/kube-apiserver.log")).unwrap();
    let each = |of: &dyn Fn(&str, usize) -> String| -> Vec<u8> {
        text.lines().enumerate().map(|(number, line)| of(line, number) + "\n").collect::<String>().into_bytes()
    };
    let micros = |number: usize| 1_714_979_282_100_000 + number;
    let export = |line: &str, number: usize| {
        format!(
            "__CURSOR=s\n__REALTIME_TIMESTAMP={}\nSYSLOG_IDENTIFIER=kube-apiserver\n_PID=1\nMESSAGE={line}\n",
            micros(number)
        )
    };
    let time = "2024-05-06T07:08:02.1";
    vec![
        ("kubectl", each(&|line, _| format!("[pod/api-0/kube-apiserver] {line}"))),
        ("timestamps", each(&|line, _| format!("[pod/api-0/kube-apiserver] {time}Z {line}"))),
        ("cri", each(&|line, _| format!("{time}Z stderr F {line}"))),
        (
            "docker",
            each(&|line, _| {
                serde_json::json!({"log": format!("{line}\n"), "stream": "stderr", "time": format!("{time}Z")})
                    .to_string()
            }),
        ),
        ("short", each(&|line, _| format!("May 06 07:08:02 n1 kube-apiserver[12]: {line}"))),
        ("iso", each(&|line, _| format!("2024-05-06T07:08:02+0000 n1 kube-apiserver[12]: {line}"))),
        ("export", each(&export)),
        (
            "json",
            each(&|line, number| {
                serde_json::json!({"MESSAGE": line, "SYSLOG_IDENTIFIER": "kube-apiserver", "__REALTIME_TIMESTAMP": micros(number).to_string()}).to_string()
            }),
        ),
        ("crlf", each(&|line, _| format!("{line}\r"))),
    ]
}

#[test]
fn what_others_put_around_lines_changes_nothing() {
    let checkout = logs();
    let plain = told(&json(&checkout, &["--id", ID, "."]).expect(0));
    for (name, text) in wrapped() {
        checkout.write("kube-apiserver.log", &text);
        assert_eq!(told(&json(&checkout, &["--id", ID, "."]).expect(0)), plain, "{name}");
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn packed_and_piped_logs_are_read() {
    let checkout = logs();
    let plain = told(&json(&checkout, &["--id", ID, "."]).expect(0));
    let kubelet = checkout.read("kubelet.log");
    std::fs::remove_file(checkout.join("kubelet.log")).unwrap();
    let zstd = ruzstd::encoding::compress_to_vec(&kubelet[..], ruzstd::encoding::CompressionLevel::Fastest);
    for (name, bytes) in [("kubelet.log.gz", gzip(&kubelet)), ("kubelet.log.zst", zstd.clone())] {
        checkout.write(name, &bytes);
        assert_eq!(told(&json(&checkout, &["--id", ID, "."]).expect(0)), plain, "{name}");
        std::fs::remove_file(checkout.join(name)).unwrap();
    }
    for bytes in [kubelet.clone(), gzip(&kubelet), zstd] {
        let args = ["trace", "--id", ID, "--format", "json", ".", "kubelet=-"];
        assert_eq!(told(&piped(&checkout, &args, move |input| input.write_all(&bytes).unwrap()).expect(0)), plain);
    }
    checkout.write("cut.gz", &gzip(&kubelet)[..200]);
    let run = checkout.run(["trace", "--id", ID, "."]).expect(3);
    assert!(run.stderr.contains("cut.gz: line "), "{}", run.stderr);
}

#[test]
fn files_of_several_shares_have_each_line_once() {
    let checkout = Checkout::new();
    let filler = "I0506 07:08:01.010000      11 fill.go:1] \"Nothing\" text=<\n\tof interest\n >\n".repeat(12_000);
    let mut text = String::new();
    for number in 0..80 {
        text.push_str(&filler);
        text.push_str(&format!("I0506 07:08:02.{number:06}      11 a.go:1] \"Step\" n={number} requestID=\"{ID}\"\n"));
    }
    assert!(text.len() > 64 << 20);
    checkout.write("big.log", &text);
    let document = json(&checkout, &["--id", ID, "big.log"]).expect(0).json();
    let lines = document["lines"].as_array().unwrap();
    assert_eq!(lines.len(), 80);
    for (at, line) in lines.iter().enumerate() {
        assert_eq!(
            (line["line"].as_u64(), line["pairs"]["n"].as_u64()),
            (Some(36_001 * (at as u64 + 1)), Some(at as u64))
        );
    }
    let counts = &document["files"][0]["counts"];
    assert_eq!((counts["bytes"].as_u64(), counts["lines"].as_u64()), (Some(text.len() as u64), Some(36_001 * 80)));
    assert_eq!((counts["klog"].as_u64(), counts["continued"].as_u64()), (Some(12_001 * 80), Some(24_000 * 80)));
}

#[test]
fn a_log_without_line_breaks_and_a_bomb_end() {
    let checkout = logs();
    let limited = |script: &str| {
        let mut command = std::process::Command::new("bash");
        common::checkout::isolate(&mut command, checkout.path());
        command.args(["-c", &format!("ulimit -v 1500000; {script}")]).env("K", env!("CARGO_BIN_EXE_klogmod"));
        Run::from(command.output().unwrap())
    };
    let run = limited(&format!("head -c 1073741824 /dev/zero | tr '\\0' x | $K trace --id {ID} . -")).expect(0);
    assert!(run.stderr.contains("1 too long to be kept whole"), "{}", run.stderr);
    let run = limited(&format!("head -c 1073741824 /dev/zero | gzip -1 | $K trace --id {ID} . -"));
    assert_eq!(run.code, 0, "gzip -1 shrinks less than a bomb: {}", run.stderr);
    let run = limited(&format!("head -c 1073741824 /dev/zero | gzip | $K trace --id {ID} . -")).expect(3);
    assert!(run.stderr.contains("expands more than 400-fold"), "{}", run.stderr);
}

#[test]
fn clocks_are_measured_and_set_right() {
    let checkout = logs();
    let kubectl = checkout.text("kubectl.log").replace("07:08:02.0", "07:08:05.0");
    checkout.write("kubectl.log", kubectl);
    let run = json(&checkout, &["--id", ID, "."]).expect(0);
    assert!(run.stderr.contains("kubectl.log is 2999.350 ms ahead of"), "{}", run.stderr);
    let components: Vec<String> = told(&run).into_iter().map(|line| line[1].clone()).collect();
    assert_eq!(components[..3], ["kubectl", "kube-apiserver", "kubectl"]);
    let agreeing = json(&logs(), &["--id", ID, "."]).expect(0);
    assert!(agreeing.stderr.contains("agree within"), "{}", agreeing.stderr);
}

#[test]
fn a_line_in_two_files_is_told_once() {
    let checkout = logs();
    let kubelet = checkout.text("kubelet.log");
    let errors: String =
        kubelet.lines().filter(|line| line.contains(" E0506")).map(|line| format!("{line}\n")).collect();
    checkout.write("kubelet.ERROR.log", errors);
    let run = json(&checkout, &["--id", ID, "."]).expect(0);
    assert_eq!(told(&run).len(), 16);
    assert!(run.stderr.contains("stood in a second file as well; they are shown once: 1"), "{}", run.stderr);
}

#[test]
fn years_come_from_the_files_where_nothing_else_tells() {
    let checkout = Checkout::new();
    checkout.write("a.log", format!("I1231 23:59:59.000000       1 a.go:1] \"x\" requestID=\"{ID}\"\nI0101 00:00:01.000000       1 a.go:1] \"y\" requestID=\"{ID}\"\n"));
    let at = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_704_200_000);
    std::fs::File::options().write(true).open(checkout.join("a.log")).unwrap().set_modified(at).unwrap();
    let run = json(&checkout, &["--id", ID, "a.log"]).expect(0);
    let times: Vec<String> = told(&run).into_iter().map(|line| line[0].clone()).collect();
    assert_eq!(times, ["2023-12-31T23:59:59.000000Z", "2024-01-01T00:00:01.000000Z"]);
    assert!(run.stderr.contains("no year and no time zone"), "{}", run.stderr);
    let there = json(&checkout, &["--time-zone", "+02:00", "--id", ID, "a.log"]).expect(0);
    assert_eq!(told(&there)[0][0], "2023-12-31T21:59:59.000000Z");
}

#[test]
fn hostile_logs_steer_nothing() {
    let checkout = Checkout::new();
    let hostile = "\u{1b}]0;x\u{7}\u{202e}\u{9b}31m";
    let lines = [
        format!(
            "I0506 07:08:01.010000      11 {hostile}.go:1] \"{hostile}\" {hostile}=\"{hostile}\" requestID=\"{ID}\""
        ),
        format!("[pod/{hostile}/{hostile}] {{\"ts\":1e400,\"msg\":\"{hostile}\",\"requestID\":\"{ID}\"}}"),
        format!(
            "{{\"ts\":1714979282070,\"v\":0,\"msg\":\"\\u001b[31m\",\"requestID\":\"{ID}\",\"pod\":{{\"name\":\"\\u202e\"}}}}"
        ),
    ];
    checkout.write("hostile\u{1b}[31m.log", lines.join("\n").into_bytes());
    let mut bytes = b"I0506 07:08:01.010000      11 a.go:1] \"\xff\xfe\" requestID=\"".to_vec();
    bytes.extend_from_slice(ID.as_bytes());
    bytes.extend_from_slice(b"\"\n\0\0\0\n");
    checkout.write("bytes.log", bytes);
    for args in [&["--id", ID][..], &["--id", ID, "--full"], &["list"]] {
        let run = checkout.run(["trace"].iter().chain(args).copied().chain(["."])).expect(0);
        for text in [&run.stdout, &run.stderr] {
            assert!(!text.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\u{7}', '\0']), "{args:?}: {text}");
        }
    }
}

#[test]
fn trace_events_are_those_that_perfetto_documents() {
    let checkout = logs();
    let document = checkout.run(["trace", "--format", "chrome", "--id", ID, "."]).expect(0).json();
    let events = document["traceEvents"].as_array().unwrap();
    let mut counts = std::collections::BTreeMap::new();
    for event in events {
        let phase = event["ph"].as_str().unwrap();
        *counts.entry(phase).or_insert(0) += 1;
        assert!(event["name"].is_string() && event["pid"].is_u64() && event["tid"].is_u64(), "{event}");
        let keys: Vec<&str> = event.as_object().unwrap().keys().map(String::as_str).collect();
        match phase {
            "M" => match event["name"].as_str().unwrap() {
                "process_name" | "thread_name" => assert!(event["args"]["name"].is_string(), "{event}"),
                "process_sort_index" => assert!(event["args"]["sort_index"].is_u64(), "{event}"),
                other => panic!("{other}: {event}"),
            },
            "X" => {
                assert!(event["ts"].as_f64().unwrap() >= 0.0 && event["dur"].as_f64().unwrap() >= 0.0, "{event}");
                assert_eq!(keys, ["args", "cat", "dur", "name", "ph", "pid", "tid", "ts"]);
            }
            "i" => {
                assert!(event["ts"].as_f64().unwrap() >= 0.0 && event["s"] == "t", "{event}");
                assert_eq!(keys, ["args", "cat", "name", "ph", "pid", "s", "tid", "ts"]);
            }
            other => panic!("{other}: {event}"),
        }
    }
    assert_eq!(counts, [("M", 14), ("X", 6), ("i", 16)].into());
    assert_eq!(document["displayTimeUnit"], "ms");
    nested(events);
    assert_eq!(document["otherData"]["start"], "2024-05-06T07:08:02.030000Z");
    let list = checkout.run(["trace", "list", "--format", "chrome", "."]).expect(2);
    assert!(list.stderr.contains("the list is text or json"), "{}", list.stderr);
}

/// Slices of one thread lie within each other or apart: others are drawn wrongly.
fn nested(events: &[Value]) {
    let mut slices: Vec<_> = events.iter().filter(|event| event["ph"] == "X").collect();
    let at = |event: &Value| [&event["pid"], &event["tid"]].map(|number| number.as_u64().unwrap());
    let start = |event: &Value| event["ts"].as_f64().unwrap();
    slices.sort_by(|a, b| at(a).cmp(&at(b)).then(start(a).total_cmp(&start(b))));
    for pair in slices.windows(2).filter(|pair| at(pair[0]) == at(pair[1])) {
        assert!(start(pair[0]) + pair[0]["dur"].as_f64().unwrap() <= start(pair[1]) + 0.001, "{pair:?}");
    }
}

#[test]
fn requests_at_the_same_time_have_rows_of_their_own() {
    let checkout = Checkout::new();
    let access = |second: &str, took: &str, path: &str| {
        format!(
            "I0506 07:08:{second}.000000 1 httplog.go:132] \"HTTP\" verb=\"GET\" URI=\"/api/v1/{path}\" latency=\"{took}\" resp=200 requestID=\"{ID}\"\n"
        )
    };
    checkout.write(
        "kube-apiserver.log",
        [access("05", "3s", "pods"), access("06", "3s", "nodes"), access("09", "2s", "secrets")].concat(),
    );
    let document = checkout.run(["trace", "--format", "chrome", "--id", ID, "."]).expect(0).json();
    let events = document["traceEvents"].as_array().unwrap();
    nested(events);
    let rows: Vec<_> = events.iter().filter(|event| event["ph"] == "X").map(|event| event["tid"].as_u64()).collect();
    assert_eq!(rows, [Some(2), Some(3), Some(2)]);
    let names =
        events.iter().filter(|event| event["name"] == "thread_name").map(|event| event["args"]["name"].as_str());
    assert_eq!(names.collect::<Vec<_>>(), [Some("lines"), Some("requests"), Some("requests 2")]);
}

/// A module whose operation has three calls, and what two of them printed.
fn built() -> Checkout {
    let operation = "[[phase]]\nname = \"alpha\"\npriority = 100\ncells = [{ operations = [\"scale\"], resources = [\"deployment\"] }]\n\n\
        [[operation]]\noperations = [\"scale\"]\nresources = [\"deployment\"]\nfunctions = [\"example.org/m.Scale\"]\n";
    let code = "package main\n\nimport (\n\t\"context\"\n\n\t\"example.org/m/internal/requestid\"\n\t\"k8s.io/klog/v2\"\n)\n\n\
        func Scale(ctx context.Context, name string) {\n\
        \tklog.InfoS(\"Scaling\", \"name\", name, \"requestID\", requestid.FromContext(ctx))\n\
        \tklog.InfoS(\"Counting\", \"name\", name)\n\
        \tklog.InfoS(\"Resting\", \"name\", name)\n}\n\nfunc main() {\n\tScale(context.Background(), \"x\")\n\tsay(\"x\")\n}\n\n\
        func say(name string) {\n\tklog.InfoSDepth(1, \"Said\", \"name\", name)\n}\n";
    let line = |number: usize, text: &str| format!("I0506 07:08:0{number}.000000       1 main.go:1{number}] {text}\n");
    let logs = [
        line(1, "\"Scaling\" name=\"x\" requestID=\"a1\""),
        line(2, "\"Counting\" name=\"x\""),
        line(9, "\"Nobody\" requestID=\"a1\""),
        line(3, "\"Moved since\" name=\"x\" requestID=\"b2\""),
        line(8, "\"Said\" name=\"x\" requestID=\"a1\""),
    ];
    Checkout::with([
        ("go.mod", "module example.org/m\n\nrequire k8s.io/klog/v2 v2.70.0\n"),
        ("klogmod.toml", operation),
        ("main.go", code),
        ("OWNERS", "approvers: [ann]\nlabels: [sig/scale]\n"),
        ("logs/main.log", &logs.concat()),
    ])
}

#[test]
fn lines_lead_back_to_their_call_sites() {
    let checkout = built();
    let run = json(&checkout, &["--id", "a1", "--root", ".", "logs"]).expect(0);
    let site = run.json()["sites"][0].clone();
    let want = serde_json::json!({
        "path": "main.go", "line": 11, "function": "Scale", "owner": "sig/scale", "operations": ["scale/deployment"],
        "idFrom": "requestid.FromContext(ctx)", "lines": [0],
    });
    assert_eq!(site, want);
    // A call that names the place of its caller is found by its message.
    let said = run.json()["sites"][1].clone();
    assert_eq!((&said["function"], &said["line"]), (&"say".into(), &22.into()), "{said}");
    assert!(run.stderr.contains("fit no call of this tree, as where another one was built: 1"), "{}", run.stderr);
    let text = checkout.run(["trace", "--id", "a1", "--root", ".", "logs"]).expect(0).stdout;
    assert!(
        text.contains("main.go:11 Scale · scale/deployment · sig/scale · ID from requestid.FromContext(ctx)"),
        "{text}"
    );
}

#[test]
fn call_sites_that_never_carried_an_id_are_listed() {
    let checkout = built();
    let document = json(&checkout, &["--coverage", "--root", ".", "logs"]).expect(0).json();
    let sites: Vec<(u64, &str)> = document["sites"]
        .as_array()
        .unwrap()
        .iter()
        .map(|site| (site["line"].as_u64().unwrap(), site["carried"].as_str().unwrap()))
        .collect();
    assert_eq!(sites, [(12, "never"), (11, "always"), (13, "silent")], "{document}");
    let lines = serde_json::json!({ "lines": 5, "onPaths": 2, "elsewhere": 0, "ambiguous": 0, "unmatched": 3 });
    assert_eq!(document["lines"], lines);
    let text = checkout.run(["trace", "--coverage", "--root", ".", "logs"]).expect(0).stdout;
    assert!(text.contains("1 lines  main.go:12 Scale"), "{text}");
    let nothing = json(&checkout, &["--coverage", "--root", ".", "--operation", "delete", "logs"]);
    assert!(nothing.expect(2).stderr.contains("none of these operations starts in this tree"));
    std::fs::remove_file(checkout.join("klogmod.toml")).unwrap();
    let whole = json(&checkout, &["--coverage", "--root", ".", "logs"]).expect(0).json();
    assert_eq!(whole["sites"].as_array().unwrap().len(), 4, "every call is taken where no operation starts");
    assert!(checkout.run(["trace", "--coverage", "logs"]).expect(2).stderr.contains("--root"));
}

/// Pieces that lines are made of, whole ones and broken ones.
fn piece() -> impl proptest::strategy::Strategy<Value = Vec<u8>> {
    use proptest::prelude::*;
    let known = [
        "I0506 07:08:02.040500      11 a.go:31] ",
        "E1231 23:59:60.999999 1 d/b.go:1] ",
        "\"Up\" ",
        "requestID=\"a1\"",
        "requestID=\"a1,b2,+\"",
        " pod=\"a/a1\"",
        " pods=[a/a1 b/c]",
        " t=<\n\tx\n >",
        "{\"ts\":1714979282070.5,\"v\":2,\"msg\":\"x\",\"requestID\":\"a1\"}",
        "{\"ts\":1e999,\"msg\":\"",
        "{\"log\":\"I0506 07:08:02.040500 1 a.go:3] \\\"x\\\" requestID=\\\"a1\\\"\\n\",\"time\":\"2024-05-06T07:08:02Z\"}",
        "{\"__REALTIME_TIMESTAMP\":\"9223372036854775807\",\"MESSAGE\":\"{\\\"requestID\\\":\\\"a1\\\"}\"}",
        "[pod/x/y] ",
        "2024-05-06T07:08:02.100000000Z stderr P ",
        "2024-05-06T07:08:02+0000 n1 kubelet[12]: ",
        "May  6 07:08:09 n1 kubelet[1]: ",
        "__CURSOR=a\n__REALTIME_TIMESTAMP=99999999999999999\nMESSAGE\n",
        " verb=\"GET\" URI=\"/api/v1/namespaces/a/pods/a1\" latency=\"9999999h1.5s\"",
        "time=2024-05-06T07:08:09Z level=ERROR+2 msg=\"x\" requestID=a1",
        "level=info msg=x requestID=a1,b2,+",
        "2024-05-06T07:08:09Z\tERROR\tctl\tIt broke\t{\"requestID\": \"a1\"}",
        "2024-05-06T07:08:09Z ERROR broken ",
        " s={\"a\":\"\\\" (\"}",
        " odd key=\"\\xff\\u12",
        "{\"__REALTIME_TIMESTAMP\":\"1\",\"MESSAGE\":[97,49,300]}",
        " requestURL=\"https://x/api/v1/nodes/a1\" milliseconds=9223372036854775807",
        "\n",
        "\r\n",
        "\"",
        "\\",
        " ",
    ];
    prop_oneof![
        8 => proptest::sample::select(known.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..12),
        1 => ".{0,8}".prop_map(String::into_bytes),
    ]
}

/// Reads a log in every way, and tells what was found in every format.
fn told_in_every_way(bytes: &[u8]) {
    use klogmod::trace::{line, operation, read, show};
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let named = [file.path().display().to_string()];
    let options = operation::Options { key: "requestID".to_owned(), zone: line::zone("UTC").unwrap(), now: 1 << 60 };
    let inputs = read::Inputs::open(&named, options.now);
    let object = line::Object::parse("pod/a/a1").unwrap();
    for want in [operation::Want::Id("a1".to_owned()), operation::Want::Object(object)] {
        let mut found = operation::collect(&inputs.list, &want, &options, &|_| {});
        for counts in &found.counts {
            assert_eq!(counts.lines, counts.klog + counts.json + counts.dated + counts.continued + counts.unknown);
        }
        let Ok(want) = found.settle(want) else { continue };
        let story = operation::Story::new(want, found, &inputs.list, &options, 1);
        let mut out = Vec::new();
        show::story(&story, show::Detail { full: true }, &mut out).unwrap();
        let text = String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap();
        assert!(!text.contains(['\u{1b}', '\0', '\r', '\u{202e}']), "{text:?}");
        for write in [show::story_json, show::otlp, show::chrome] {
            out.clear();
            write(&story, &mut out).unwrap();
            serde_json::from_slice::<Value>(&out).unwrap();
        }
        show::html(&story, &mut out).unwrap();
    }
    operation::list(&inputs.list, &options, &|_, _| true, &|_| {});
    operation::callers(&inputs.list, &options, &|_| {});
}

proptest::proptest! {
    #[test]
    fn whatever_stands_in_logs_is_counted_and_told(pieces in proptest::collection::vec(piece(), 0..40)) {
        told_in_every_way(&pieces.concat());
    }
}
