//! Logs that were cut, packed anew, split, kept in links or too long: what can be read is told, what cannot is said.

use super::{ID, json, piped, told};
use crate::common::checkout::Checkout;

/// Lines of an operation that differ enough to be packed as logs are.
fn many() -> String {
    let line = |number: usize| {
        let hash = number.wrapping_mul(2_654_435_761) % 1_000_003;
        format!(
            "I0506 07:08:{:02}.{number:06}       1 a.go:1] \"Step\" hash=\"{hash:x}\" requestID=\"{ID}\"\n",
            number / 400
        )
    };
    (0..20_000).map(line).collect()
}

#[test]
fn what_stands_before_the_damage_is_told() {
    let text = many();
    let gzip = super::gzip(text.as_bytes());
    let zstd = ruzstd::encoding::compress_to_vec(text.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
    for (name, packed) in [("a.log.gz", gzip), ("a.log.zst", zstd)] {
        let half = packed.len() / 2;
        for (what, bytes, least) in
            [("cut", packed[..half].to_vec(), 5000), ("followed", [&packed[..], b"x\n"].concat(), 20_000)]
        {
            let checkout = Checkout::new();
            checkout.write(name, &bytes);
            let run = json(&checkout, &["--id", ID, name]).expect(3);
            let lines = told(&run);
            assert!(lines.len() >= least, "{name}, {what}: {}", lines.len());
            assert!(
                run.stderr.contains(&format!("{name}: line {}: ", lines.len() + 1)) || what == "cut",
                "{}",
                run.stderr
            );
            let read = run.json()["files"][0]["counts"]["lines"].as_u64().unwrap() as usize;
            assert!(read <= lines.len() + 1, "{name}, {what}: {} lines of {read} that were read", lines.len());
        }
    }
}

#[test]
fn links_to_logs_are_read_once_and_the_rest_is_said() {
    let checkout = Checkout::new();
    let line = format!("I0506 07:08:02.000000       1 a.go:1] \"Up\" requestID=\"{ID}\"\n");
    checkout.write("pods/x/etcd/0.log", &line);
    let name = format!("containers/etcd-1_kube-system_etcd-{}.log", "0123456789abcdef".repeat(4));
    std::fs::create_dir(checkout.join("containers")).unwrap();
    std::os::unix::fs::symlink("../pods/x/etcd/0.log", checkout.join(&name)).unwrap();
    let alone = told(&json(&checkout, &["--id", ID, "containers"]).expect(0));
    assert_eq!((alone.len(), &*alone[0][1]), (1, "etcd"));
    let both = json(&checkout, &["--id", ID, "containers", "pods"]).expect(0);
    assert_eq!(both.json()["files"].as_array().unwrap().len(), 1);
    std::os::unix::fs::symlink("0.log", checkout.join("pods/x/etcd/-latest.log")).unwrap();
    let beside = json(&checkout, &["--id", ID, "pods"]).expect(0).json();
    assert_eq!(beside["files"].as_array().unwrap().len(), 1);
    assert_eq!(beside["files"][0]["name"], "pods/x/etcd/0.log");
    std::fs::create_dir(checkout.join("empty")).unwrap();
    let run = json(&checkout, &["--id", ID, "empty"]).expect(2);
    assert!(run.stderr.contains("there is no file in empty"), "{}", run.stderr);
    std::os::unix::fs::symlink("nowhere", checkout.join("containers/gone.log")).unwrap();
    std::os::unix::fs::symlink("../pods", checkout.join("containers/pods")).unwrap();
    let run = json(&checkout, &["--id", ID, "containers"]).expect(3);
    for said in ["containers/gone.log: a link to what is not there", "containers/pods: a link to a directory"] {
        assert!(run.stderr.contains(said), "{}", run.stderr);
    }
    assert_eq!(told(&run).len(), 1);
}

#[test]
fn split_and_long_records_keep_their_id() {
    let time = "2024-05-06T07:08:09.000000000Z stderr";
    let head = "I0506 07:08:09.000000       1 a.go:1]";
    let (start, end) = ID.split_at(10);
    let checkout = Checkout::new();
    checkout.write("split.log", format!("{time} P {head} \"Split\" requestID=\"{start}\n{time} F {end}\"\n"));
    let middle = "\tof interest\n".repeat(60_000);
    checkout.write("long.log", format!("{head} \"Long\" text=<\n{middle} > requestID=\"{ID}\"\n"));
    let filler = "x".repeat(1_200_000);
    checkout.write("line.log", format!("[pod/a/b] {head} \"Line\" text=\"{filler}\" requestID=\"{ID}\"\n"));
    let run = json(&checkout, &["--id", ID, "."]).expect(0);
    let mut messages: Vec<String> = told(&run).into_iter().map(|line| line[3].clone()).collect();
    messages.sort();
    assert_eq!(messages, ["Line", "Long", "Split"]);
    assert!(run.stderr.contains("2 too long to be kept whole"), "{}", run.stderr);
}

#[test]
fn messages_of_journald_that_are_no_text_are_read_or_counted() {
    let checkout = Checkout::new();
    let line = format!("I0506 07:08:09.000000       1 a.go:1] \"\u{1b}[1mUp\" requestID=\"{ID}\"");
    let entry = |message: serde_json::Value| serde_json::json!({ "__REALTIME_TIMESTAMP": "1714979289000000", "SYSLOG_IDENTIFIER": "kubelet", "MESSAGE": message });
    let null = serde_json::Value::Null;
    checkout.write("a.json", format!("{}\n{}\n", entry(line.as_bytes().into()), entry(null)));
    let run = json(&checkout, &["--id", ID, "a.json"]).expect(0);
    assert_eq!(told(&run)[0][1], "kubelet");
    assert!(run.stderr.contains("1 too long to be kept whole"), "{}", run.stderr);
    // A line of the export format is read as far as one of any other.
    let filler = "x".repeat(400_000);
    let message = format!("I0506 07:08:09.000000       1 a.go:1] \"Up\" text=\"{filler}\" requestID=\"{ID}\"");
    let export =
        format!("__CURSOR=a\n__REALTIME_TIMESTAMP=1714979289000000\nSYSLOG_IDENTIFIER=kubelet\nMESSAGE={message}\n\n");
    checkout.write("b.export", export.clone());
    assert_eq!(told(&json(&checkout, &["--id", ID, "b.export"]).expect(0)).len(), 1);
    checkout.write("b.export", export.replace(&filler, &filler.repeat(2)));
    let run = json(&checkout, &["--id", ID, "b.export"]).expect(0);
    assert!(run.stderr.contains("1 too long to be kept whole"), "{}", run.stderr);
}

#[test]
fn broken_json_is_counted() {
    let checkout = Checkout::new();
    for text in [r#""a":"\ud800""#, r#""a":1e999"#] {
        checkout.write("a.json", format!("{{\"ts\":1,{text},\"requestID\":\"{ID}\"}}\n"));
        let run = json(&checkout, &["--id", ID, "a.json"]).expect(0);
        assert!(run.stderr.contains("1 cut or broken"), "{text}: {}", run.stderr);
    }
}

#[test]
fn standard_input_is_named_once() {
    let args = ["trace", "--id", ID, "-", "kubelet=-"];
    let run = piped(&Checkout::new(), &args, |_| ()).expect(2);
    assert!(run.stderr.contains("`-` is there twice"), "{}", run.stderr);
    let checkout = Checkout::new();
    checkout.write("a.log", "x\n");
    let run = checkout.run(["trace", "a.log", "list"]).expect(2);
    assert!(run.stderr.contains("klogmod trace list a.log\n"), "{}", run.stderr);
}
