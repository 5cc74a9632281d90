//! The recording and the picture that the README shows are what the program does today.

use std::process::Command;

use libtest_mimic::Trial;

use crate::common::checkout::isolate;
use crate::common::{blessing, diff, repository};
use crate::needs::{Need, tests};

/// The tests.
pub fn trials() -> Vec<Trial> {
    tests! {
        [Need::Program("python3")]
            the_recording_is_what_the_commands_print;
    }
}

fn the_recording_is_what_the_commands_print() {
    let (bin, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_klogmod"), bin.path().join("klogmod")).unwrap();
    let shown = repository().join("docs/recording");
    let path = std::env::var_os("PATH").unwrap();
    let path = std::env::join_paths([bin.path().to_owned()].into_iter().chain(std::env::split_paths(&path))).unwrap();
    let mut command = Command::new("python3");
    isolate(&mut command, out.path());
    let output = command.arg(shown.join("make")).arg(out.path()).env("PATH", path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for name in ["session.svg", "matrix.svg"] {
        let fresh = std::fs::read_to_string(out.path().join(name)).unwrap();
        roxmltree::Document::parse(&fresh).unwrap();
        assert!(fresh.len() < 200_000, "{name} has {} bytes", fresh.len());
        if blessing() {
            std::fs::write(shown.join(name), &fresh).unwrap();
        }
        let checked_in = std::fs::read_to_string(shown.join(name)).unwrap_or_default();
        let diff = diff(&checked_in, &fresh);
        assert!(checked_in == fresh, "docs/recording/{name} is stale: docs/recording/make writes it\n{diff}");
    }
}
