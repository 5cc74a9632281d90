//! What gofmt accepts is read: Go that go/parser of the machine's Go takes is never refused by klogmod.
//!
//! Runs on the sources in fixtures/go, and on the folders that KLOGMOD_GO names (several with colons), whatever lies in them:
//! `KLOGMOD_GO="$(go env GOROOT)/src:$(go env GOROOT)/test:$(go env GOMODCACHE)" cargo test --test cases accepted::`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use klogmod::go::parse::{SourceFile, parse};
use klogmod::text::Span;
use libtest_mimic::Trial;
use rayon::prelude::*;

use crate::common::{go, repository};
use crate::needs::{Need, tests};

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Go, Need::Checkout("KLOGMOD_GO")]
            what_gofmt_accepts_is_read;
    }
}

/// The files of a list that gofmt accepts.
fn accepted(go: &Path, paths: &[PathBuf]) -> Vec<PathBuf> {
    let dir = tempfile::tempdir().unwrap();
    std::fs::copy(repository().join("tests/differential/accepts/main.go"), dir.path().join("main.go")).unwrap();
    std::fs::write(dir.path().join("go.mod"), "module accepts\n\ngo 1.18\n").unwrap();
    let binary = dir.path().join("accepts");
    let mut build = go::command(go, dir.path(), &["build", "-o"]);
    build.arg(&binary).arg(".");
    go::check(build, "go build").unwrap();
    let mut child = Command::new(&binary).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let list: String = paths.iter().map(|path| format!("{}\n", path.display())).collect();
    let writer = std::thread::spawn(move || stdin.write_all(list.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().lines().map(PathBuf::from).collect()
}

fn go_files(root: &Path) -> Vec<PathBuf> {
    let walked = walkdir::WalkDir::new(root).sort_by_file_name().into_iter().flatten();
    let files = walked.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
    files.filter(|path| path.extension().is_some_and(|ending| ending == "go")).collect()
}

/// Why a file is not read, or the parts of it that are not.
fn read(path: &Path) -> Result<Vec<String>, String> {
    let bytes = std::fs::read(path).unwrap();
    let source = SourceFile { path: path.to_str().unwrap().into(), bytes: bytes.into() };
    let file = parse(source).map_err(|diagnostic| diagnostic.to_string())?;
    let part = |span: &Span| {
        let first = String::from_utf8_lossy(span.of(&file.source.bytes)).lines().next().unwrap().to_owned();
        format!("{}:{}: {first}", path.display(), file.lines.line_col(span.start).line)
    };
    Ok(file.unread.iter().map(part).collect())
}

fn what_gofmt_accepts_is_read() {
    let go = go::go().unwrap();
    let mut lost = Vec::new();
    for root in std::env::split_paths(&std::env::var_os("KLOGMOD_GO").unwrap()) {
        let files = accepted(&go, &go_files(&root));
        assert!(!files.is_empty(), "{}: no Go", root.display());
        let (read, refused): (Vec<_>, Vec<_>) = files.par_iter().map(|path| read(path)).partition(Result::is_ok);
        let refused: Vec<String> = refused.into_iter().filter_map(Result::err).collect();
        eprintln!("{}: {} files that gofmt accepts, {} not read", root.display(), files.len(), refused.len());
        let parts: Vec<String> = read.into_iter().flatten().flatten().collect();
        eprintln!("  {} parts left out of trees\n    {}", parts.len(), parts.join("\n    "));
        lost.extend(refused);
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}
