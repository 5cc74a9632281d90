//! `klogmod wordings`: words go out and come back as data; whatever comes back, nothing but words changes.

use crate::common;

use std::collections::BTreeMap;
use std::process::Command;

use common::checkout::{Checkout, isolate};
use common::repository;
use serde_json::{Value, json};

const SOURCE: &str = "package a\n\nimport \"k8s.io/klog/v2\"\n\ntype item struct{ Name, Path string }\n\n\
    func mount(one item, node string, count int, err error) {\n\
    \tklog.Warningf(\"can't mount %s at %s, giving up\", one.Name, one.Path)\n\
    \tif err != nil {\n\t\tklog.Errorf(\"the %s node failed: %v\", node, err)\n\t}\n\
    \tklog.V(4).Infof(\"%d of %d items on %s\", count, len(node), node)\n\
    \tklog.Fatalf(\"no %s left\", node)\n}\n";

fn checkout() -> Checkout {
    Checkout::with([
        ("go.mod", "module example.com/a\n\ngo 1.21\n\nrequire k8s.io/klog/v2 v2.120.1\n"),
        ("a.go", SOURCE),
    ])
}

fn exported(checkout: &Checkout) -> Vec<Value> {
    let run = checkout.run(["wordings", "export", "."]).expect(0);
    run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What a call's own words are as an answer.
fn answer(task: &Value) -> Value {
    json!({
        "fingerprint": task["fingerprint"],
        "message": task["proposal"]["message"],
        "keys": task["proposal"]["keys"],
    })
}

/// Lines that were refused, by number, with their codes; and how many were taken.
fn imported(checkout: &Checkout, lines: &[Vec<u8>], args: &[&str]) -> (BTreeMap<usize, String>, usize) {
    std::fs::write(checkout.join("answers"), lines.join(&b'\n')).unwrap();
    let run = checkout.run([&["wordings", "import", "answers", "."], args].concat());
    run.sane();
    let refused = run.stderr.lines().filter_map(|line| {
        let rest = line.strip_prefix("error: answers:")?;
        let number = rest.split(':').next()?.parse().ok()?;
        Some((number, rest.rsplit_once('(')?.1.trim_end_matches(')').to_owned()))
    });
    let refused: BTreeMap<usize, String> = refused.collect();
    assert_eq!(run.code, i32::from(!refused.is_empty()), "{}", run.stderr);
    let count = run.stderr.lines().find_map(|line| line.strip_prefix("note: ")?.split_once(" wording")?.0.parse().ok());
    (refused, count.unwrap())
}

fn line(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

#[test]
fn words_go_out_unsure_first_and_come_back_as_decisions() {
    let checkout = checkout();
    let tasks = exported(&checkout);
    assert_eq!(tasks.len(), 4);
    let unsure: Vec<usize> = tasks.iter().map(|task| task["reasons"].as_array().unwrap().len()).collect();
    assert!(unsure[0] > 0, "{unsure:?}");
    let of = |text: &str| tasks.iter().find(|task| task["text"].as_str().unwrap().contains(text)).unwrap().clone();
    let mount = of("can't mount");
    assert_eq!(mount["values"], json!({ "v1": "one.Name", "v2": "one.Path" }));
    assert_eq!(of("node failed")["error"], "err");
    assert!(mount["context"].as_str().unwrap().contains("func mount"));
    let mut words = answer(&mount);
    words["message"] = json!("Mount failed, giving up");
    words["keys"] = json!({ "v1": "volumeName", "v2": "mountPath" });
    let exit = answer(&of("left"));
    assert_eq!(imported(&checkout, &[line(&words), Vec::new(), line(&exit)], &[]), (BTreeMap::new(), 2));
    let decisions = checkout.text("klogmod.decisions.toml");
    let call = "klog.InfoS(\\\"Mount failed, giving up\\\", \\\"volumeName\\\", one.Name, \\\"mountPath\\\", one.Path)";
    assert!(decisions.contains(call) && decisions.contains("is = \"edited\""), "{decisions}");
    // Who has an answer is not asked again, and an answer is not taken twice.
    assert_eq!(exported(&checkout).len(), 2);
    let (refused, taken) = imported(&checkout, &[line(&words)], &[]);
    assert_eq!((refused[&1].as_str(), taken), ("decided", 0));
    assert_eq!(imported(&checkout, &[line(&words)], &["--decided", "--dry-run"]), (BTreeMap::new(), 1));
    let patch = checkout.run(["patch", "--accepted-only", "--edits=s,r", "-o", "out"]);
    patch.sane();
    // Words do not take what changes how the program ends.
    let patch = |more: &[&str]| checkout.run([&["patch", "--accepted-only"], more].concat()).expect(0).stdout;
    assert!(!patch(&[]).contains("FlushAndExit"));
    assert!(patch(&["--display-only"]).contains("FlushAndExit"));
}

#[test]
fn each_refusal_names_its_line_and_its_reason() {
    let checkout = checkout();
    let tasks = exported(&checkout);
    let task = tasks.iter().find(|task| task["text"].as_str().unwrap().contains("can't mount")).unwrap();
    let with = |field: &str, value: Value| {
        let mut answer = answer(task);
        answer[field] = value;
        line(&answer)
    };
    let keys = |a: &str, b: &str| with("keys", json!({ "v1": a, "v2": b }));
    let own = |text: &str| text.as_bytes().to_vec();
    let name = task["fingerprint"].as_str().unwrap();
    for (line, want) in [
        (own("klog.InfoS(\"x\")"), "no-answer"),
        (own("{}"), "no-answer"),
        (own("\u{feff}{}"), "no-answer"),
        (b"\xff\xfe".to_vec(), "no-answer"),
        (
            own(&format!(
                "{{\"fingerprint\":\"{name}\",\"message\":\"Mount failed\",\"keys\":{{\"v1\":\"a\",\"v1\":\"b\",\"v2\":\"c\"}}}}"
            )),
            "no-answer",
        ),
        (
            own(&format!(
                "{{\"fingerprint\":\"{name}\",\"message\":\"Mount failed\",\"message\":\"x\",\"keys\":{{}}}}"
            )),
            "no-answer",
        ),
        (own(&format!("{} remove()", String::from_utf8(with("message", json!("Mount failed"))).unwrap())), "no-answer"),
        (with("text", json!("klog.InfoS(\"x\")")), "no-answer"),
        (with("message", json!(7)), "no-answer"),
        (with("message", json!("x".repeat(20_000))), "line-too-long"),
        (with("message", json!("word ".repeat(50))), "message-too-long"),
        (with("fingerprint", json!("0000")), "unknown-call"),
        (with("message", json!("")), "message-empty"),
        (with("message", json!(" Mount failed")), "message-space"),
        (with("message", json!("Mount failed\n")), "message-character"),
        (with("message", json!("Mount\u{0} failed")), "message-character"),
        (with("message", json!("Mount \u{202e}failed")), "message-character"),
        (with("message", json!("Mоunt failed")), "message-character"),
        (with("message", json!("Mount of %s failed")), "message-verb"),
        (with("message", json!("Mount of one.Name failed")), "message-value"),
        (with("message", json!("Mount failed, panic(err)")), "message-expression"),
        (with("message", json!("Mount of ${volume} failed")), "message-character"),
        (with("message", json!("Mount failed\", os.Args, \"")), "message-character"),
        (with("message", json!("Mount failed:")), "message-end"),
        (own(&format!("[\"{name}\",\"Mount failed\",{{\"v1\":\"a\",\"v2\":\"b\"}}]")), "no-answer"),
        (keys("requestId", "path"), "key-reserved"),
        (keys("volume", "volume"), "key-twice"),
        (keys("the volume", "path"), "key-invalid"),
        (keys("volume\", evil(), \"x", "path"), "key-invalid"),
        (keys("requestID", "path"), "key-reserved"),
        (keys("msg", "path"), "key-reserved"),
        (keys("message", "path"), "key-reserved"),
        (with("message", json!("Mount is 50% done")), "message-value"),
        (with("message", json!("Mount failed 3 times")), "message-value"),
        (with("keys", json!({ "v1": "volume" })), "key-missing"),
        (with("keys", json!({ "v1": "volume", "v2": "path", "v3": "more" })), "key-of-nothing"),
        (with("keys", json!(["volume", "path"])), "no-answer"),
    ] {
        let (refused, taken) = imported(&checkout, &[Vec::new(), line.clone()], &[]);
        assert_eq!(taken, 0);
        assert_eq!(refused.get(&2).map(String::as_str), Some(want), "{}", String::from_utf8_lossy(&line));
    }
    assert!(!checkout.join("klogmod.decisions.toml").exists());
    let good = with("message", json!("Mount failed"));
    let (refused, taken) = imported(&checkout, &[good.clone(), good], &[]);
    assert_eq!((refused[&2].as_str(), taken), ("answered-twice", 1));
}

/// Numbers that are the same on every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below as u64) as usize
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.next(list.len())]
    }
}

#[test]
fn of_hostile_answers_none_changes_more_than_words() {
    const PARTS: [&str; 30] = [
        "Mount failed",
        "\", evil(), \"",
        "%s",
        "%[1]v",
        "%!d(",
        "\\",
        "\\\"",
        "`",
        "\u{0}",
        "\u{7f}",
        "\u{202e}",
        "\u{200b}",
        "ﬁ",
        "Ѕсора",
        "\n",
        "\r\n",
        "one.Name",
        "\"+node+\"",
        ")\nklog.Flush(",
        "/*",
        "*/",
        "//",
        "${x}",
        "\u{1f4a5}",
        "err",
        "requestID",
        ";",
        "\u{e0041}",
        "pod",
        "volume",
    ];
    let checkout = checkout();
    let tasks = exported(&checkout);
    let mut dice = Dice(0x5eed);
    let mut lines = Vec::new();
    for _ in 0..2000 {
        let task = &tasks[dice.next(tasks.len())];
        let mut answer = answer(task);
        for _ in 0..=dice.next(2) {
            let text: String = (0..=dice.next(3)).map(|_| dice.of(&PARTS)).collect();
            match dice.next(5) {
                0 => answer["message"] = json!(text),
                1 if answer["keys"].is_object() => {
                    answer["keys"][dice.of(&["v1", "v2", "v3", "v0", "V1", "one.Name"])] = json!(text)
                }
                2 => answer["fingerprint"] = json!(format!("{}{text}", task["fingerprint"].as_str().unwrap())),
                3 => answer[dice.of(&["message", "keys", "values", "text", "error"])] = json!([text]),
                _ => answer["message"] = json!(format!("{} {text}", answer["message"].as_str().unwrap_or_default())),
            }
        }
        let mut bytes = line(&answer);
        match dice.next(8) {
            0 => bytes.truncate(dice.next(bytes.len())),
            1 => bytes.extend(text_of(&mut dice, &PARTS).bytes().filter(|byte| *byte != b'\n')),
            2 => {
                let at = dice.next(bytes.len());
                bytes[at] = dice.next(256) as u8;
            }
            _ => {}
        }
        lines.push(bytes.into_iter().filter(|byte| *byte != b'\n').collect::<Vec<u8>>());
    }
    let _ = imported(&checkout, &lines, &[]);
    // What was stored has the values, the order, the error and the function of the proposal.
    let plan = checkout.run(["plan", "--format", "proposals"]).expect(0);
    let proposed: BTreeMap<String, String> = plan
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .map(|line| (line["fingerprint"].as_str().unwrap().to_owned(), line["after"].as_str().unwrap().to_owned()))
        .collect();
    let stored = klogmod::decide::decision::load(&checkout.join("klogmod.decisions.toml")).unwrap();
    for (name, decision) in stored {
        let klogmod::decide::decision::Verdict::Edited { text } = &decision.verdict else { panic!("{decision:?}") };
        assert_eq!(without_words(text), without_words(&proposed[name.as_str()]), "{text}");
    }
}

fn text_of(dice: &mut Dice, parts: &[&'static str]) -> String {
    (0..=dice.next(3)).map(|_| dice.of(parts)).collect()
}

/// A call with each of its string literals emptied, as Go reads literals.
fn without_words(call: &str) -> String {
    let (mut out, mut chars, mut inside) = (String::new(), call.chars(), false);
    while let Some(c) = chars.next() {
        match (inside, c) {
            (true, '\\') => drop(chars.next()),
            (_, '"') => {
                inside = !inside;
                out.push(c);
            }
            (true, _) => {}
            (false, c) => out.push(c),
        }
    }
    assert!(!inside, "{call}");
    out
}

#[test]
fn the_script_words_with_any_command() {
    let checkout = checkout();
    let path = std::env::join_paths(
        std::iter::once(checkout.join("bin")).chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    )
    .unwrap();
    std::fs::create_dir(checkout.join("bin")).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_klogmod"), checkout.join("bin/klogmod")).unwrap();
    // It answers with the call's own words, and of one call with code.
    checkout.write(
        "bin/echo-words",
        "#!/bin/sh\nIFS= read -r call\ncase $call in *'\"text\":\"klog.Errorf'*) echo 'klog.Flush()'; exit 0;; esac\n\
         printf '%s\\n' \"$call\" | sed -n 's/.*\\(\"fingerprint\":\"[0-9a-f]*\"\\).*\"proposal\":{\\(\"message\":\"[^\"]*\",\"keys\":{[^}]*}\\)}.*/{\\1,\\2}/p'\n",
    );
    let executable: std::fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(checkout.join("bin/echo-words"), executable).unwrap();
    let mut command = Command::new("sh");
    isolate(&mut command, checkout.path());
    command.arg(repository().join("docs/recipes/word.sh")).args([".", "10", "echo-words"]).env("PATH", path);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("3 wordings stored as edited, 1 refused") && said.contains("no-answer"), "{said}");
}
