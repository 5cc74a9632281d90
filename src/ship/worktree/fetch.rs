//! The newest commit of a repository elsewhere, on disk for as long as somebody looks at it.

use std::path::Path;
use std::process::Stdio;

use super::git::{GitError, command};

/// Checks out the newest commit of what `address` names, without its history, submodules and large files, into a directory that is not there
/// yet. What is on this machine is not copied, but read where it is.
pub fn fetch(address: &str, into: &Path) -> Result<(), GitError> {
    let depth: &[&str] = if Path::new(address).is_dir() { &["--shared"] } else { &["--depth=1"] };
    let into = into.display().to_string();
    // Large files stay what they are in git: a pointer, which is no Go.
    let filters = ["-c", "filter.lfs.smudge=", "-c", "filter.lfs.process=", "-c", "filter.lfs.required=false"];
    let fixed = ["clone", "--quiet", "--no-tags", "--single-branch", "--template="];
    let args: Vec<&str> = filters.iter().chain(&fixed).chain(depth).copied().chain(["--", address, &into]).collect();
    let mut command = command(Path::new("."), &args);
    command.env("GIT_ALLOW_PROTOCOL", "https:http:ssh:git:file");
    let output = command.stdin(Stdio::null()).output().map_err(GitError::NotRun)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let fatal = said.lines().find(|line| line.starts_with("fatal: ")).or_else(|| said.lines().next());
    let message = fatal.unwrap_or("it does not say why").to_owned();
    Err(GitError::Failed { command: "clone".to_owned(), message })
}
