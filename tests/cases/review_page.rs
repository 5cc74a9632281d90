//! The page in a real Chromium, as a file and served: it opens, filters, decides, exports; nothing in the source runs.
#![cfg(unix)]

use crate::common::reviewed as checkout;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use checkout::{Checkout, klogmod, program};
use libtest_mimic::Trial;
use serde_json::Value;

use crate::needs::{Need, chromium, tests};

fn checkout() -> Checkout {
    let c = Checkout::new();
    c.write("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n");
    c.write("OWNERS", "approvers: [ann]\nlabels: [sig/node]\n");
    c.write("pkg/s/OWNERS", "labels: [sig/storage]\n");
    let calls: String = (0..40).map(|n| format!("\tklog.Infof(\"Step {n}: pod %q failed: %v\", pod, err)\n")).collect();
    let text = format!("package p\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(pod string, err error) {{\n{calls}}}\n");
    c.write("pkg/s/x.go", &text);
    let hostile = checkout::hostile_calls();
    let text = format!("package p\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(x string) {{\n{hostile}}}\n");
    c.write("pkg/a\n<img src=x onerror='globalThis.pwned=true'>.go", &text);
    c.commit();
    c
}

fn drive(chromium: &str, address: &str, out: &Path, mode: &str) -> Value {
    std::fs::create_dir_all(out).unwrap();
    let which = Command::new("sh").args(["-c", &format!("command -v {chromium}")]).output().unwrap();
    let path = String::from_utf8(which.stdout).unwrap();
    let output = Command::new("node")
        .args(["page.mjs", path.trim(), address, out.to_str().unwrap(), mode])
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser"))
        .output()
        .unwrap();
    let (text, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}{error}");
    serde_json::from_str(&text).unwrap()
}

fn check(seen: &Value) {
    assert_eq!(seen["errors"], Value::Array(vec![]), "{seen}");
    assert_eq!(
        (&seen["pwned"], &seen["hostile"], &seen["foreign"]),
        (&false.into(), &false.into(), &0.into()),
        "{seen}"
    );
    assert_eq!((&seen["total"], &seen["lastRow"]), (&49.into(), &"row48".into()), "{seen}");
    assert_eq!(seen["dialogs"], Value::Array(vec![]), "{seen}");
    assert!(seen["rows"].as_u64().unwrap() < 40 && seen["opened"].as_u64().unwrap() < 3000, "{seen}");
    let picked = seen["picked"].as_str().unwrap();
    let (key, _) = picked.split_once(" instead of ").unwrap_or_else(|| panic!("{seen}"));
    let mut marks = seen["pickedDiff"].as_array().unwrap().iter().filter_map(Value::as_str);
    assert!(marks.any(|mark| mark.trim_matches('"') == key), "{seen}");
    let counts = seen["counts"].as_str().unwrap();
    assert!(counts.contains("3 accepted") && counts.contains("1 edited") && counts.contains("1 rejected"), "{seen}");
    assert_eq!(
        (&seen["afterReload"], &seen["exported"], &seen["help"]),
        (&seen["counts"], &5.into(), &true.into()),
        "{seen}"
    );
}

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Chromium]
            a_page_from_a_file_decides_and_exports
            a_served_page_writes_the_file;
        []
            the_server_answers_to_nobody_else
            an_answer_makes_the_served_plan_another_one;
    }
}

fn a_page_from_a_file_decides_and_exports() {
    let chromium = chromium().unwrap();
    let c = checkout();
    let page = c.outside("page.html");
    klogmod(&c, &["review", ".", "--html", page.to_str().unwrap()]);
    let seen = drive(chromium, &format!("file://{}", page.display()), &c.outside("out"), "file");
    check(&seen);
    let network =
        seen["requests"].as_array().unwrap().iter().filter(|r| r.as_str().unwrap().starts_with("http")).count();
    assert_eq!(network, 0, "{seen}");
    // The page writes the file as klogmod does, byte for byte.
    let exported = std::fs::read_to_string(c.outside("out/export.toml")).unwrap();
    std::fs::write(c.path("klogmod.decisions.toml"), &exported).unwrap();
    klogmod(&c, &["accept", ".", "--id", "zz"]);
    assert_eq!(std::fs::read_to_string(c.path("klogmod.decisions.toml")).unwrap(), exported);
    let pending = klogmod(&c, &["pending", "."]);
    assert!(
        pending.ends_with("44 new, 5 decided and unchanged, 0 changed since they were reviewed, 0 gone\n"),
        "{pending}"
    );
}

/// `klogmod serve`, ended when the test is.
struct Served(Child, String);

impl Served {
    fn start(c: &Checkout) -> Self {
        let mut child = Command::new(program())
            .args(["serve", "."])
            .current_dir(c.root())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut url).unwrap();
        Self(child, url.trim().to_owned())
    }

    fn address(&self) -> &str {
        self.1.strip_prefix("http://").unwrap().split('/').next().unwrap()
    }

    fn token(&self) -> &str {
        self.1.split("token=").nth(1).unwrap()
    }

    /// The status of an answer, and its body.
    fn ask(&self, head: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        (answer.split(' ').nth(1).unwrap().parse().unwrap(), answer)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn a_served_page_writes_the_file() {
    let chromium = chromium().unwrap();
    let c = checkout();
    let served = Served::start(&c);
    check(&drive(chromium, &served.1, &c.outside("out"), "live"));
    let file = std::fs::read_to_string(c.path("klogmod.decisions.toml")).unwrap();
    let count = |word: &str| file.matches(&format!("is = \"{word}\"")).count();
    assert_eq!([count("accepted"), count("rejected"), count("edited")], [3, 1, 1]);
    assert_eq!(std::fs::read_to_string(c.outside("out/export.toml")).unwrap(), file);
}

fn the_server_answers_to_nobody_else() {
    let c = checkout();
    let served = Served::start(&c);
    let (host, token) = (served.address(), served.token());
    let get = |path: &str, headers: &str| served.ask(&format!("GET {path} HTTP/1.1\r\n{headers}"), "").0;
    let good = format!("Host: {host}");
    assert_eq!(get(&format!("/?token={token}"), &good), 200);
    assert_eq!(get("/", &good), 403);
    assert_eq!(get(&format!("/?token={}", "0".repeat(32)), &good), 403);
    assert_eq!(get(&format!("/?token={token}"), "Host: evil.example"), 403);
    assert_eq!(get(&format!("/?token={token}"), &format!("{good}\r\nOrigin: http://evil.example")), 403);
    assert_eq!(get("/../../etc/passwd", &good), 404);
    let id = klogmod(&c, &["pending", "."]);
    assert!(id.contains("new"));
    let report: Value = serde_json::from_str(&klogmod(&c, &["plan", ".", "--format", "json"])).unwrap();
    let id = report["files"][0]["sites"][0]["fingerprint"].as_str().unwrap();
    let order = |is: &str, more: &str| format!("{{\"id\":\"{id}\",\"is\":\"{is}\"{more}}}");
    let post = |headers: &str, body: &str| served.ask(&format!("POST /decide HTTP/1.1\r\n{headers}"), body).0;
    let from = format!("{good}\r\nOrigin: http://{host}\r\nX-Klogmod-Token: {token}");
    assert_eq!(post(&format!("{good}\r\nX-Klogmod-Token: {token}"), &order("accepted", "")), 403);
    assert_eq!(post(&format!("{good}\r\nOrigin: http://{host}"), &order("accepted", "")), 403);
    assert_eq!(
        post(&format!("{good}\r\nOrigin: http://evil.example\r\nX-Klogmod-Token: {token}"), &order("accepted", "")),
        403
    );
    assert!(!c.path("klogmod.decisions.toml").exists());
    assert_eq!(post(&from, &order("edited", ",\"text\":\"}\"")), 422);
    assert_eq!(post(&from, &order("maybe", "")), 422);
    assert_eq!(post(&from, "{}"), 422);
    assert_eq!(post(&from, &order("accepted", "")), 200);
    assert!(std::fs::read_to_string(c.path("klogmod.decisions.toml")).unwrap().contains(id));
}

fn an_answer_makes_the_served_plan_another_one() {
    let c = checkout();
    let served = Served::start(&c);
    let (host, token) = (served.address(), served.token());
    let from = format!("Host: {host}\r\nOrigin: http://{host}\r\nX-Klogmod-Token: {token}");
    let settle = |headers: &str, body: &str| served.ask(&format!("POST /settle HTTP/1.1\r\n{headers}"), body);
    let page = || served.ask(&format!("GET /?token={token} HTTP/1.1\r\nHost: {host}"), "").1;
    let before = page();
    assert!(before.contains("\"picks\":[{\"w\":\"pod\"") && !before.contains("\"settled\":"), "{before}");
    let answer = "{\"about\":\"expression pod in example.com/m/pkg/s\",\"key\":\"podName\"}";
    assert_eq!(settle(&format!("Host: {host}\r\nOrigin: http://{host}"), answer).0, 403);
    assert_eq!(settle(&from, "{\"about\":\"expression pod in example.com/m/pkg/s\",\"key\":\"not a key\"}").0, 422);
    assert_eq!(settle(&from, "{\"about\":\"pod\",\"key\":\"podName\"}").0, 422);
    assert!(!c.path("klogmod.names.toml").exists());
    let (status, said) = settle(&from, answer);
    assert!(status == 200 && said.contains("40 calls follow"), "{said}");
    let after = page();
    let proposed = "\\\"podName\\\", pod";
    assert!(
        after.contains("\"settled\":{\"about\":\"expression pod in example.com/m/pkg/s\"") && after.contains(proposed),
        "{after}"
    );
    // Taken back as the page does it.
    assert_eq!(settle(&from, "{\"about\":\"expression pod in example.com/m/pkg/s\",\"key\":null}").0, 200);
    assert!(!page().contains(proposed));
}
