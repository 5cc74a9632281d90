//! What the test programs share: txtar archives, throw-away checkouts, runs of the binary, and Go, if there is one.
#![allow(dead_code, reason = "each program uses a part of it")]

pub mod checkout;
pub mod gated;
pub mod go;
pub mod inventory;
pub mod reviewed;
pub mod rewrite;
pub mod txtar;

use std::path::{Path, PathBuf};
use std::process::Command;

/// The repository's root.
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether expectations are written anew instead of compared: `KLOGMOD_BLESS=1`.
pub fn blessing() -> bool {
    std::env::var_os("KLOGMOD_BLESS").is_some()
}

/// Files of a directory under the repository's root with this extension, sorted.
pub fn files(dir: &str, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(repository().join(dir)).unwrap();
    let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == extension));
    files.sort();
    files
}

/// A file's name without its directory and extension.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Lines that differ, for messages of failed comparisons.
pub fn diff(want: &str, got: &str) -> String {
    similar::TextDiff::from_lines(want, got).unified_diff().context_radius(2).header("expected", "actual").to_string()
}

/// A program that is written in Python, if it is there: in KLOGMOD_PYTHON_BIN or on PATH.
pub fn python(name: &str) -> Option<Command> {
    let dir = std::env::var_os("KLOGMOD_PYTHON_BIN").map(PathBuf::from);
    let path = dir.map_or_else(|| name.into(), |dir| dir.join(name));
    let answer = Command::new(&path).arg("--help").output();
    answer.is_ok_and(|output| output.status.success()).then(|| Command::new(path))
}
