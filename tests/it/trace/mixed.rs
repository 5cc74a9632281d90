//! Lines of several programs in one log, and the same lines in several logs: each is told as what it is, of whom it is.

use super::{ID, OTHER, json, told};
use crate::common::checkout::Checkout;

const HEAD: &str = "I0506 07:08:09.000000       1 a.go:1]";

#[test]
fn lines_of_other_programs_are_theirs() {
    for (name, foreign, message, severity) in [
        (
            "logrus",
            format!("time=\"2024-05-06T07:08:10Z\" level=error msg=Pulled requestID={OTHER}"),
            "Pulled",
            "error",
        ),
        ("logfmt", format!("level=warn msg=\"Pulled it\" requestID=\"{OTHER}\""), "Pulled it", "warning"),
        (
            "slog",
            format!("time=2024-05-06T07:08:10.5Z level=ERROR+2 msg=\"Pulled it\" requestID={OTHER}"),
            "Pulled it",
            "error",
        ),
        (
            "zap",
            format!("2024-05-06T07:08:10Z\tERROR\tPuller\tPulled it\t{{\"requestID\": \"{OTHER}\"}}"),
            "Pulled it",
            "error",
        ),
        ("a word", format!("2024-05-06 07:08:10Z [ERROR] Pulled it requestID=\"{OTHER}\""), "", "error"),
        ("words", format!("2024-05-06T07:08:10Z ERROR Pulled it requestID=\"{OTHER}\""), "", "error"),
    ] {
        let checkout = Checkout::new();
        checkout.write(
            "a.log",
            format!("{HEAD} \"Mine\" x=1 requestID=\"{ID}\"\n{foreign}\n\tat night\n{HEAD} \"More\"\n"),
        );
        let run = json(&checkout, &["--id", OTHER, "a.log"]).expect(0);
        let document = run.json();
        let lines = document["lines"].as_array().unwrap();
        assert_eq!(lines.len(), 1, "{name}: {document}");
        assert!(message.is_empty() || lines[0]["message"] == message, "{name}: {}", lines[0]);
        assert_eq!((&lines[0]["severity"], lines[0]["line"].as_u64()), (&severity.into(), Some(2)), "{name}");
        let own = lines[0]["time"].as_str().unwrap_or_default().starts_with("2024-05-06T07:08:10");
        assert!(own || name == "logfmt", "{name}: {}", lines[0]);
        let mine = told(&json(&checkout, &["--id", ID, "a.log"]).expect(0));
        assert_eq!((mine.len(), &*mine[0][3]), (1, "Mine"), "{name}");
    }
}

#[test]
fn what_stands_behind_a_line_gives_it_no_id() {
    for foreign in [format!("raw text requestID=\"{OTHER}\""), format!("requestID=\"{OTHER}\" and more")] {
        let checkout = Checkout::new();
        checkout.write("a.log", format!("{HEAD} \"Mine\" x=1 requestID=\"{ID}\"\n{foreign}\n"));
        let run = json(&checkout, &["--id", OTHER, "a.log"]).expect(1);
        assert!(run.stderr.contains("name the ID otherwise"), "{}", run.stderr);
        json(&checkout, &["--id", ID, "a.log"]).expect(0);
    }
}

#[test]
fn an_object_with_a_time_is_no_line_of_its_own() {
    let checkout = Checkout::new();
    let nested = format!(
        "{{\"ts\":1714979289000,\"v\":0,\"event\":{{\"ts\":5,\"kind\":\"x\"}},\"msg\":\"Seen\",\"requestID\":\"{ID}\"}}\n"
    );
    checkout.write("a.json", nested + &format!("{HEAD} \"Got\" event={{\"ts\":5}} requestID=\"{ID}\"\n"));
    let run = json(&checkout, &["--id", ID, "a.json"]).expect(0);
    let messages: Vec<String> = told(&run).into_iter().map(|line| line[3].clone()).collect();
    assert_eq!(messages, ["Seen", "Got"]);
    assert!(!run.stderr.contains("stood within others"), "{}", run.stderr);
}

#[test]
fn replicas_that_write_the_same_are_both_told() {
    let checkout = Checkout::new();
    let line = format!("{{\"ts\":1714979289000,\"v\":0,\"msg\":\"Synced\",\"requestID\":\"{ID}\"}}\n");
    checkout.write("r1.log", &line);
    checkout.write("r2.log", &line);
    let lines = told(&json(&checkout, &["--id", ID, "node1=r1.log", "node2=r2.log"]).expect(0));
    assert_eq!(lines.iter().map(|line| &*line[1]).collect::<Vec<_>>(), ["node1", "node2"]);
    let once = told(&json(&checkout, &["--id", ID, "node1=r1.log", "node1=r2.log"]).expect(0));
    assert_eq!(once.len(), 1);
}

#[test]
fn objects_are_found_as_klog_prints_them() {
    let checkout = Checkout::new();
    checkout.write(
        "a.log",
        format!("{HEAD} \"Drained\" node=\"n1\" requestID=\"{ID}\"\n{HEAD} \"Evicting\" pods=[\"shop/a\",\"shop/b\"] verb=\"n1\"\n"),
    );
    for (object, message) in [("node/n1", "Drained"), ("pod/shop/a", "Evicting"), ("pods/shop/b", "Evicting")] {
        let lines = told(&json(&checkout, &["--object", object, "a.log"]).expect(0));
        assert_eq!((lines.len(), &*lines[0][3]), (1, message), "{object}");
    }
    json(&checkout, &["--object", "pod/n1", "a.log"]).expect(1);
}

#[test]
fn who_did_not_wait_for_the_answer_measures_no_clock() {
    let checkout = Checkout::new();
    let path = "/api/v1/namespaces/shop/pods/a";
    checkout.write("server.log", format!(
        "I0506 07:08:02.010000       1 s.go:1] \"Received\" requestID=\"{ID}\"\nE0506 07:08:22.010000       1 s.go:1] \"HTTP\" verb=\"GET\" URI=\"{path}\" latency=\"20s\" requestID=\"{ID}\"\n"
    ));
    checkout.write("client.log", format!(
        "I0506 07:08:02.000000       1 c.go:1] \"Asking\" requestID=\"{ID}\"\nE0506 07:08:04.000000       1 c.go:1] \"Response\" verb=\"GET\" url=\"https://h{path}\" milliseconds=2000 requestID=\"{ID}\"\n"
    ));
    let run = json(&checkout, &["--id", ID, "."]).expect(0);
    assert!(!run.stderr.contains("clock"), "{}", run.stderr);
    let messages: Vec<String> = told(&run).into_iter().map(|line| line[3].clone()).collect();
    assert_eq!(messages, ["Asking", "Received", "Response", "HTTP"]);
}

#[test]
fn operations_without_times_are_told_in_every_format() {
    let checkout = Checkout::new();
    checkout.write("a.log", format!("level=info msg=One requestID={ID}\nlevel=info msg=Two requestID={ID}\n"));
    let chrome = checkout.run(["trace", "--format", "chrome", "--id", ID, "a.log"]).expect(0).json();
    let events = chrome["traceEvents"].as_array().unwrap();
    let names: Vec<&str> =
        events.iter().filter(|event| event["ph"] == "i").filter_map(|event| event["name"].as_str()).collect();
    assert_eq!(names, ["One", "Two"]);
    assert!(chrome["otherData"]["start"].is_null(), "{chrome}");
    let otlp = checkout.run(["trace", "--format", "otlp", "--id", ID, "a.log"]).expect(0).json();
    let spans = otlp["resourceSpans"][0]["scopeSpans"][0]["spans"].as_array().unwrap();
    assert_eq!((spans.len(), spans[1]["events"].as_array().unwrap().len()), (2, 2), "{otlp}");
}

#[test]
fn mentions_are_those_of_the_id_that_was_found() {
    let checkout = Checkout::new();
    checkout.write(
        "a.log",
        format!("{HEAD} \"Up\" requestID=\"7abc\"\n{HEAD} \"Sent\" header=\"7abc\"\n{HEAD} \"Counted\" n=7 more=\"x7abc\" date=\"7th\"\n"),
    );
    let run = json(&checkout, &["--id", "7", "a.log"]).expect(0);
    assert!(run.stderr.contains("are not shown: 1\n"), "{}", run.stderr);
}
