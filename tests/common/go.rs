//! The Go toolchain, which a machine may lack.

use std::path::{Path, PathBuf};
use std::process::Command;

/// `go` on PATH.
pub fn go() -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let go = std::env::split_paths(&path).map(|dir| dir.join("go")).find(|go| go.is_file())?;
    Command::new(&go).arg("version").output().is_ok_and(|out| out.status.success()).then_some(go)
}

/// gofmt of that toolchain.
pub fn gofmt() -> Option<PathBuf> {
    let root = Command::new(go()?).args(["env", "GOROOT"]).output().ok()?;
    let root = PathBuf::from(String::from_utf8(root.stdout).ok()?.trim());
    let beside = [root.join("bin/gofmt"), go()?.with_file_name("gofmt")];
    beside.into_iter().find(|path| path.is_file())
}

/// Runs a command, and gives what it printed if it failed.
pub fn check(mut command: Command, what: &str) -> Result<(), String> {
    let output = command.output().map_err(|error| format!("{what}: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Err(format!("{what} failed\n{}{}", text(&output.stdout), text(&output.stderr)))
}

/// A run of go in a module, kept apart from the caller's workspace.
pub fn command(go: &Path, dir: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(go);
    command.args(args).current_dir(dir).env("GOFLAGS", "-mod=mod").env("GOWORK", "off").env("GOTOOLCHAIN", "local");
    command
}
