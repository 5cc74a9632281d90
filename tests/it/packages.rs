//! What is published of a tag: archives are where cargo-binstall looks for them, and the action's comment stays whole.

use std::path::Path;
use std::process::Command;

use crate::common::checkout::{Checkout, isolate};
use crate::common::repository;

fn read(path: &str) -> String {
    std::fs::read_to_string(repository().join(path)).unwrap()
}

/// The lines of the release workflow that make the archive of a target.
fn archive(target: &str, program: &Path) -> Vec<String> {
    let text = read(".github/workflows/release.yml").replace("${{ matrix.target }}", target);
    let built = format!("target/{target}/release/klogmod ");
    let lines = text
        .lines()
        .map(str::trim)
        .filter(|line| line.starts_with(".ci/package --files") || line.starts_with("tar -czf"));
    lines.map(|line| line.replace(&built, &format!("{} ", program.display()))).collect()
}

#[test]
fn cargo_binstall_finds_the_program_in_the_archive() {
    let manifest: toml::Value = toml::from_str(&read("Cargo.toml")).unwrap();
    let binstall = &manifest["package"]["metadata"]["binstall"];
    let says = |key: &str| binstall[key].as_str().unwrap().replace("{ target }", "x86_64-unknown-linux-gnu");
    assert!(
        binstall["pkg-fmt"].as_str() == Some("tgz") && says("pkg-url").contains("/releases/download/v{ version }/")
    );
    let dir = Checkout::new();
    let lines = archive("x86_64-unknown-linux-gnu", Path::new(env!("CARGO_BIN_EXE_klogmod")));
    let [lay_out, pack] = lines.as_slice() else { panic!("{lines:?}") };
    // The script goes to the repository first; what it lays out goes where this test is.
    let (script, rest) = lay_out.split_at(".ci/package".len());
    let (rest, into) = rest.rsplit_once(' ').unwrap();
    let line = format!("{}/{script}{rest} \"$PWD/{into}\" && {pack}", repository().display());
    let mut command = Command::new("bash");
    isolate(&mut command, dir.path());
    let output = command.args(["-euo", "pipefail", "-c", &line]).output().unwrap();
    assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));

    let name = says("pkg-url");
    let name = name.rsplit('/').next().unwrap();
    dir.write("unpacked/.keep", "");
    let status = Command::new("tar").args(["-xzf", name, "-C", "unpacked"]).current_dir(dir.path()).status().unwrap();
    assert!(status.success(), "there is no {name}");
    let program = says("bin-dir").replace("{ bin }", "klogmod").replace("{ binary-ext }", "");
    let said = Command::new(dir.join("unpacked").join(&program)).arg("--version").output().unwrap();
    assert_eq!(String::from_utf8_lossy(&said.stdout), format!("klogmod {}\n", env!("CARGO_PKG_VERSION")));
    for beside in ["man/man1/klogmod.1", "completions/klogmod.bash", "LICENSE"] {
        assert!(dir.join("unpacked/klogmod-x86_64-unknown-linux-gnu").join(beside).is_file(), "{beside}");
    }
}

#[test]
fn a_comment_that_is_too_long_ends_with_a_whole_line() {
    let dir = Checkout::new();
    // What `gh` is given as a body is kept; there is no comment yet.
    dir.write(
        "bin/gh",
        "#!/bin/sh\nfor a; do case $a in body=@*) cp \"${a#body=@}\" \"$RUNNER_TEMP/sent\";; esac; done\n",
    );
    let executable: std::fs::Permissions = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(dir.join("bin/gh"), executable).unwrap();
    let send = |summary: &str| {
        dir.write("klogmod.md", summary);
        let mut command = Command::new("bash");
        isolate(&mut command, dir.path());
        let path = format!("{}:{}", dir.join("bin").display(), std::env::var("PATH").unwrap());
        command.arg(repository().join(".github/action/comment.sh")).env("PATH", path).env("RUNNER_TEMP", dir.path());
        let output = command.envs([("GITHUB_REPOSITORY", "a/b"), ("PULL_REQUEST", "1")]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        dir.text("sent")
    };
    assert_eq!(send("| `▓▒` |\n"), "<!-- klogmod -->\n| `▓▒` |\n");
    let sent = send(&"| `▓▓▒` | 1 |\n".repeat(6000));
    assert!(
        sent.len() < 65_000 && sent.ends_with("| `▓▓▒` | 1 |\n\nThe rest is in the summary of the job.\n"),
        "{sent}"
    );
}
