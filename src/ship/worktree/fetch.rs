//! The newest commit of a repository elsewhere, on disk for as long as somebody looks at it.

use std::path::Path;
use std::process::Stdio;

use super::git::{GitError, command};

/// Checks out the newest commit of what `address` names, without its history, submodules and large files, into a directory that is not there
/// yet. What is on this machine is not copied, but read where it is.
pub fn fetch(address: &str, into: &Path) -> Result<(), GitError> {
    let depth: &[&str] = if Path::new(address).is_dir() { &["--shared"] } else { &["--depth=1"] };
    let into = into.display().to_string();
    let fixed = ["clone", "--quiet", "--no-tags", "--single-branch", "--template="];
    let args: Vec<&str> = fixed.iter().chain(depth).copied().chain(["--", address, &into]).collect();
    let mut command = command(Path::new("."), &args);
    command.env("GIT_ALLOW_PROTOCOL", "https:http:ssh:git:file").env("GIT_LFS_SKIP_SMUDGE", "1");
    let output = command.stdin(Stdio::null()).output().map_err(GitError::NotRun)?;
    if output.status.success() {
        return Ok(());
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    Err(GitError::Failed { command: "clone".to_owned(), message })
}
