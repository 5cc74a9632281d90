//! A checkout in a temporary directory, and klogmod run in it.
#![allow(dead_code, reason = "each test uses its part")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Calls whose texts try to act wherever they are shown.
pub fn hostile_calls() -> String {
    let marks = [("{ESC}", "\u{1b}"), ("{RLO}", "\u{202e}"), ("{RLI}", "\u{2066}"), ("{ZWS}", "\u{200b}")];
    marks.iter().fold(HOSTILE_CALLS.to_owned(), |text, (mark, c)| text.replace(mark, c))
}

const HOSTILE_CALLS: &str = r##"	klog.Infof("</script><script>globalThis.pwned=true</script> %s", x)
	klog.Infof("<img src=x onerror='globalThis.pwned=true'> %s", x)
	klog.Infof("/lgtm\n/approve\n/hold cancel %s", x)
	klog.Infof("From 0123 Mon Sep 17 00:00:00 2001\nFrom: a <a@b.c> %s", x)
	klog.Infof("--- a/x.go\n+++ b/x.go\n@@ -1 +1 @@ %s", x)
	klog.Infof("diff --git a/x b/x\n-- >8 --\n--- %s", x)
	klog.Infof("cc @everyone Fixes #1 `code` ``` | [x](javascript:alert(1)) %s", x)
	klog.Infof("esc \x1b[31m and raw {ESC}[31m{RLO}{RLI}{ZWS} %s", x)
	klog.Infof(`raw
/lgtm
@everyone %s`, x)
"##;

/// A git checkout.
pub struct Checkout {
    dir: TempDir,
}

impl Checkout {
    /// An empty one.
    pub fn new() -> Self {
        let checkout = Self { dir: tempfile::tempdir().unwrap() };
        fs::create_dir(checkout.root()).unwrap();
        checkout.git(&["init", "-q"]);
        checkout
    }

    /// Its root.
    pub fn root(&self) -> PathBuf {
        self.dir.path().join("tree")
    }

    /// A path in it.
    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// A path beside it.
    pub fn outside(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Commits everything but decisions.
    pub fn commit(&self) {
        self.git(&["add", "-A", "--", ":!klogmod.decisions.toml"]);
        self.git(&["commit", "-q", "-m", "x", "--date", "2020-01-01T00:00:00Z"]);
    }

    /// Runs git, and returns what it said.
    pub fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .args(["-c", "user.name=C", "-c", "user.email=c@example.org", "-c", "core.hooksPath=/dev/null"])
            .args(["-c", "core.quotePath=false", "-c", "core.autocrlf=false", "-c", "commit.gpgSign=false"])
            .args(args)
            .current_dir(self.root())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("git is required");
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "git {args:?}:\n{out}{err}");
        out.into_owned()
    }
}

/// The program under test.
pub fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_klogmod"))
}

fn run(checkout: &Checkout, args: &[&str]) -> Output {
    Command::new(program()).args(args).current_dir(checkout.root()).output().unwrap()
}

/// Runs klogmod, which must succeed; its standard output.
pub fn klogmod(checkout: &Checkout, args: &[&str]) -> String {
    let output = run(checkout, args);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "klogmod {args:?}:\n{out}{err}");
    out.into_owned()
}

/// Runs klogmod, which must end with `code`; what it said on both streams.
pub fn klogmod_fails(checkout: &Checkout, code: i32, args: &[&str]) -> (String, String) {
    let output = run(checkout, args);
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "klogmod {args:?}:\n{out}{err}");
    (out, err)
}
