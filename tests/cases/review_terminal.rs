//! The terminal review, driven through tmux as a person would drive it.
#![cfg(unix)]

use crate::common::reviewed as checkout;

use std::process::Command;
use std::time::{Duration, Instant};

use checkout::{Checkout, klogmod, program};
use libtest_mimic::Trial;

use crate::needs::{Need, tests};

/// Lines and columns of the smallest terminal that people use.
const SIZE: [&str; 4] = ["-x", "80", "-y", "24"];

/// A tmux server of its own.
struct Tmux {
    socket: String,
}

impl Tmux {
    fn new(name: &str) -> Self {
        Self { socket: format!("klogmod-test-{name}-{}", std::process::id()) }
    }

    fn run(&self, args: &[&str]) -> String {
        let output = Command::new("tmux").args(["-L", &self.socket, "-f", "/dev/null"]).args(args).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "tmux {args:?}: {error}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Starts the review; the shell behind it stays so that its last words can be read.
    fn start(&self, checkout: &Checkout, environment: &str, options: &str) {
        let command = format!(
            "cd '{}' && {environment} '{}' review . {options}; echo ended $?; exec sleep 60",
            checkout.root().display(),
            program().display()
        );
        let mut args = vec!["new-session", "-d", "-s", "r"];
        args.extend(SIZE);
        args.push(&command);
        self.run(&args);
    }

    fn screen(&self) -> String {
        self.run(&["capture-pane", "-p", "-t", "r"])
    }

    /// Waits until the screen holds a text.
    fn wait(&self, text: &str) -> String {
        let started = Instant::now();
        loop {
            let screen = self.screen();
            if screen.contains(text) {
                return screen;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "no {text:?} on:\n{screen}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    fn press(&self, key: &str, then: &str) -> String {
        self.run(&["send-keys", "-t", "r", key]);
        self.wait(then)
    }

    /// Ends the server, and waits until it is gone: a server that is going down takes no new session.
    fn end(&self) {
        self.run(&["kill-server"]);
        let started = Instant::now();
        loop {
            let output = Command::new("tmux").args(["-L", &self.socket, "list-sessions"]).output().unwrap();
            let error = String::from_utf8_lossy(&output.stderr).into_owned();
            if error.contains("no server running") || error.contains("error connecting") {
                return;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "the server stays: {error}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Tmux {
    /// A test that fails leaves no server behind.
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-L", &self.socket, "kill-server"]).output();
    }
}

fn checkout() -> Checkout {
    let c = Checkout::new();
    c.write("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n");
    c.write("OWNERS", "approvers: [ann]\nlabels: [sig/node]\n");
    for file in 0..4 {
        let calls: String =
            (0..10).map(|n| format!("\tklog.Infof(\"Step {n} of {file}: pod %q failed: %v\", pod, err)\n")).collect();
        let text = format!("package p\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(pod string, err error) {{\n{calls}}}\n");
        c.write(&format!("pkg/p{file}/x.go"), &text);
    }
    c.write(
        "pkg/z/x.go",
        &format!("package p\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(x string) {{\n{}}}\n", checkout::hostile_calls()),
    );
    c.commit();
    c
}

fn decided(c: &Checkout) -> [usize; 3] {
    let text = std::fs::read_to_string(c.path("klogmod.decisions.toml")).unwrap_or_default();
    ["accepted", "rejected", "edited"].map(|word| text.matches(&format!("is = \"{word}\"")).count())
}

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Program("tmux")]
            thirty_decisions_two_undone_one_edited_then_resumed
            hostile_text_steers_no_terminal_and_bad_edits_are_not_taken
            another_key_is_taken_for_one_call_and_settled_for_all;
    }
}

fn thirty_decisions_two_undone_one_edited_then_resumed() {
    let c = checkout();
    let tmux = Tmux::new("decide");
    let editor = c.outside("editor.sh");
    std::fs::write(&editor, "#!/bin/sh\nsed -i 's/Step/Stage/' \"$1\"\n").unwrap();
    let editor = format!("EDITOR='sh {}'", editor.display());
    tmux.start(&c, &editor, "");
    let first = tmux.wait("1/49");
    assert!(first.contains("+ klog.InfoS(\"Step 0 of 0") || first.contains("pod failed"), "{first}");
    for n in 1..=20 {
        tmux.press("y", &format!("accepted {n} "));
    }
    for n in 1..=10 {
        tmux.press("n", &format!("rejected {n} "));
    }
    assert_eq!(decided(&c), [20, 10, 0]);
    tmux.press("u", "rejected 9 ");
    tmux.press("u", "rejected 8 ");
    tmux.press("e", "edited 1");
    assert_eq!(decided(&c), [20, 8, 1], "a decision was not on disk at once");
    // Enter skips: nothing is decided by chance.
    tmux.press("Enter", "31/49");
    assert_eq!(decided(&c), [20, 8, 1]);
    let ended = tmux.press("q", "ended 0");
    assert!(ended.contains("20 new, 29 decided") || ended.contains("decided and unchanged"), "{ended}");
    tmux.end();

    tmux.start(&c, "NO_COLOR=1", "--filter state:pending");
    let resumed = tmux.wait("accepted 20  rejected 8  edited 1");
    assert!(resumed.contains("/20") && resumed.contains("[state:pending]"), "{resumed}");
    tmux.press("a", "accepted 21");
    tmux.press("u", "accepted 20");
    tmux.press("?", "any key goes back");
    tmux.press("Escape", "? keys");
    tmux.press("/", "search:");
    tmux.press("lgtm", "search: lgtm");
    tmux.press("Enter", "pkg/z/x.go:8");
    tmux.press("q", "ended 0");
    tmux.end();

    let patch = klogmod(&c, &["patch", ".", "--accepted-only"]);
    assert_eq!(patch.lines().filter(|line| line.starts_with("+\tklog.InfoS")).count(), 21);
    assert_eq!(patch.matches("\"Stage ").count(), 1);
}

fn hostile_text_steers_no_terminal_and_bad_edits_are_not_taken() {
    let c = checkout();
    let tmux = Tmux::new("hostile");
    tmux.start(&c, "EDITOR='sed -i s/klog/}klog/'", "--filter path:pkg/z/**");
    tmux.wait("1/9");
    for n in 2..=9 {
        tmux.press("s", &format!(" {n}/9"));
        // What tmux holds is what reached it: an escape that ran would have coloured a cell.
        let raw = tmux.run(&["capture-pane", "-p", "-e", "-t", "r"]);
        assert!(!raw.contains(['\u{202e}', '\u{2066}', '\u{200b}']), "{raw}");
    }
    assert!(tmux.press("g", " 1/9").contains("script"));
    tmux.press("e", "not taken");
    assert_eq!(decided(&c), [0, 0, 0]);
    tmux.run(&["resize-window", "-t", "r", "-x", "160", "-y", "40"]);
    let wide = tmux.wait("approvers");
    assert!(wide.contains("pkg/z/x.go:6"), "{wide}");
    tmux.press("q", "ended 0");
    tmux.end();
}

fn another_key_is_taken_for_one_call_and_settled_for_all() {
    let c = Checkout::new();
    c.write("go.mod", "module example.com/m\n\nrequire k8s.io/klog/v2 v2.70.0\n");
    let calls = "\tklog.Infof(\"Lost peer %s\", siteName)\n\tklog.Infof(\"Found %s again\", siteName)\n";
    let text = format!("package p\n\nimport \"k8s.io/klog/v2\"\n\nfunc f(siteName string) {{\n{calls}}}\n");
    c.write("x.go", &text);
    c.commit();
    let tmux = Tmux::new("pick");
    tmux.start(&c, "NO_COLOR=1", "");
    let first = tmux.wait("1/2");
    let other = first.lines().find_map(|line| line.strip_prefix("take ")).unwrap().split_whitespace().nth(3).unwrap();
    let other = other.to_owned();
    tmux.press("1", &format!("{other} instead of "));
    assert_eq!(decided(&c), [0, 0, 1]);
    let file = std::fs::read_to_string(c.path("klogmod.decisions.toml")).unwrap();
    assert!(file.contains(&format!("\\\"{other}\\\", siteName)")), "{file}");
    tmux.press("9", "no key 9");
    tmux.press("u", "taken back");
    assert_eq!(decided(&c), [0, 0, 0]);
    tmux.press("T", "take a key with 1 to 9 first");
    tmux.press("1", "T: ");
    // The call's own edit gives way to the answer, and both calls are proposed with it.
    let settled = tmux.press("T", "2 calls follow");
    assert!(settled.contains(&format!("\"{other}\"")) && settled.contains("1/2"), "{settled}");
    assert_eq!(decided(&c), [0, 0, 0]);
    let names = std::fs::read_to_string(c.path("klogmod.names.toml")).unwrap();
    assert!(names.contains(&format!("\"siteName\" = \"{other}\"")), "{names}");
    let plan = klogmod(&c, &["plan", ".", "--edits=s"]);
    assert_eq!(plan.matches(&format!("\"{other}\", siteName")).count(), 2, "{plan}");
    tmux.press("u", "is open again");
    assert!(!std::fs::read_to_string(c.path("klogmod.names.toml")).unwrap().contains("siteName"));
    tmux.press("q", "ended 0");
    tmux.end();
}
