//! Throw-away checkouts, and klogmod run on them.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A directory that is gone after the test.
pub struct Checkout {
    dir: tempfile::TempDir,
}

/// How a run ended and what it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Exit code; -1 where a signal ended it.
    pub code: i32,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Run {
    /// The run, which must have ended with this code and without a panic.
    #[track_caller]
    pub fn expect(self, code: i32) -> Self {
        self.sane();
        assert_eq!(self.code, code, "exit code\n{}\n{}", self.stdout, self.stderr);
        self
    }

    /// Whatever the code, nothing panicked.
    #[track_caller]
    pub fn sane(&self) {
        let sound = self.code >= 0 && !self.stderr.contains("panicked") && !self.stderr.contains("klogmod failed");
        assert!(sound, "klogmod broke\n{}\n{}", self.stdout, self.stderr);
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("klogmod writes UTF-8");
        Self { code: output.status.code().unwrap_or(-1), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

/// klogmod in an environment of its own.
pub fn klogmod(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_klogmod"));
    isolate(&mut command, dir);
    command
}

/// No colour, width or git setting of the caller's reaches the command.
pub fn isolate(command: &mut Command, dir: &Path) {
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(name);
    }
    command.current_dir(dir).stdin(Stdio::null());
    command.env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
}

impl Checkout {
    /// An empty one.
    pub fn new() -> Self {
        Self { dir: tempfile::Builder::new().prefix("checkout-").tempdir().unwrap() }
    }

    /// One with these files.
    pub fn with<P: AsRef<Path>, B: AsRef<[u8]>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        let checkout = Self::new();
        for (path, bytes) in files {
            checkout.write(path, bytes);
        }
        checkout
    }

    /// Its directory.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// A path in it.
    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.path().join(path)
    }

    /// Writes a file and the directories above it.
    pub fn write(&self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) {
        let path = self.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    /// A file's bytes.
    #[track_caller]
    pub fn read(&self, path: impl AsRef<Path>) -> Vec<u8> {
        std::fs::read(self.join(path)).unwrap()
    }

    /// A file's text.
    #[track_caller]
    pub fn text(&self, path: impl AsRef<Path>) -> String {
        String::from_utf8(self.read(path)).unwrap()
    }

    /// Runs klogmod in it.
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Run {
        klogmod(self.path()).args(args).output().unwrap().into()
    }

    /// Runs git in it.
    #[track_caller]
    pub fn git<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> String {
        let mut command = Command::new("git");
        isolate(&mut command, self.path());
        command.args(["-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "init.defaultBranch=main"]);
        let run = Run::from(command.args(args).output().unwrap());
        assert_eq!(run.code, 0, "git: {}", run.stderr);
        run.stdout
    }

    /// Makes it a git repository whose newest commit is what lies there now.
    pub fn commit(&self) {
        self.git(["init", "-q"]);
        self.git(["add", "-A"]);
        self.git(["commit", "-q", "-m", "Start"]);
    }
}

impl Checkout {
    /// Commits what changed since the last commit.
    pub fn commit_all(&self) {
        self.git(["add", "-A"]);
        self.git(["commit", "-q", "-m", "More"]);
    }
}

/// Copies a directory of the repository.
pub fn copy_tree(from: &Path, to: &Path) {
    for entry in walkdir::WalkDir::new(from).sort_by_file_name() {
        let entry = entry.unwrap();
        let target = to.join(entry.path().strip_prefix(from).unwrap());
        match entry.file_type().is_dir() {
            true => std::fs::create_dir_all(&target).unwrap(),
            false => drop(std::fs::copy(entry.path(), &target).unwrap()),
        }
    }
}
