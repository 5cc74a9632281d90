//! What git says of a worktree, asked so that nothing in the checkout is executed: plumbing commands only, without hooks,
//! filters, file-system monitors or text conversion.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use rustc_hash::FxHashMap;

use crate::text::digest::blob_name;
use crate::text::disk;

/// The state of a worktree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Not in a git repository.
    NoRepository,
    /// Every tracked file is as in the newest commit.
    Clean,
    /// These tracked files are not.
    Dirty(BTreeSet<String>),
}

/// Why git could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum GitError {
    /// It could not be started.
    #[error("git could not be run: {0}")]
    NotRun(std::io::Error),
    /// It failed.
    #[error("git {command} failed: {message}")]
    Failed {
        /// What was asked.
        command: String,
        /// What it said.
        message: String,
    },
}

/// Compares the worktree at `root` with the index and the newest commit.
pub fn state(root: &Path) -> Result<State, GitError> {
    // It says so and succeeds also where a configured worktree lies elsewhere.
    let inside = run(root, &["rev-parse", "--is-inside-work-tree"], None)?;
    if !inside.status.success() || inside.stdout.trim_ascii() != b"true" {
        return Ok(State::NoRepository);
    }
    let mut dirty = BTreeSet::new();
    // A repository without commits has no HEAD: then everything staged is uncommitted.
    let head = run(root, &["rev-parse", "--verify", "--quiet", "HEAD"], None)?.status.success();
    let staged: &[&str] = match head {
        true => &["diff-index", "--cached", "--name-only", "-z", "--ignore-submodules=all", "HEAD", "--", "."],
        false => &["ls-files", "-z", "--", "."],
    };
    dirty.extend(paths(&checked(root, staged, None)?));
    let filters = filters_off(root)?;
    let touched = ["diff-files", "--name-only", "-z", "--ignore-submodules=all", "--", "."];
    let touched: Vec<&str> = filters.iter().map(String::as_str).chain(touched).collect();
    let touched = paths(&checked(root, &touched, None)?);
    if !touched.is_empty() {
        dirty.extend(really_changed(root, touched)?);
    }
    Ok(if dirty.is_empty() { State::Clean } else { State::Dirty(dirty) })
}

/// Options that switch off every filter that the repository configures: git runs them even to compare a file.
fn filters_off(root: &Path) -> Result<Vec<String>, GitError> {
    let output = run(root, &["config", "-z", "--name-only", "--get-regexp", r"^filter\."], None)?;
    let mut options = Vec::new();
    for key in paths(&output.stdout) {
        let Some((driver, _)) = key.rsplit_once('.') else { continue };
        if driver.contains(['=', '\n']) {
            let message = format!("{driver} cannot be switched off; rename it");
            return Err(GitError::Failed { command: "config".to_owned(), message });
        }
        for setting in ["clean=", "smudge=", "process=", "required=false"] {
            options.extend(["-c".to_owned(), format!("{driver}.{setting}")]);
        }
    }
    Ok(options)
}

/// The newest commit of the repository around `root`: its name, and its time in seconds since 1970.
pub fn head(root: &Path) -> Option<(String, u32)> {
    let output = run(root, &["log", "-1", "--no-show-signature", "--format=%H %ct", "HEAD"], None).ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (name, time) = text.trim().split_once(' ')?;
    Some((name.to_owned(), time.parse().ok()?))
}

/// The branch that others are merged into, as far as the repository around `root` tells.
pub fn main_branch(root: &Path) -> Option<String> {
    let named = |reference: &str| {
        let output = run(root, &["symbolic-ref", "--quiet", "--short", reference], None).ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        Some(text.trim().to_owned()).filter(|name| !name.is_empty())
    };
    let of_origin = named("refs/remotes/origin/HEAD").and_then(|name| Some(name.strip_prefix("origin/")?.to_owned()));
    // What is checked out may be anybody's work, unless it goes by a name that is used for this.
    of_origin.or_else(|| named("HEAD").filter(|name| matches!(name.as_str(), "main" | "master")))
}

/// The commit that a branch, a tag or `HEAD` of a repository elsewhere is at; none where it has no such name. `empty` is a directory
/// in no repository, so that no checkout's settings are gone by.
pub fn remote_commit(empty: &Path, url: &str, name: &str) -> Result<Option<String>, GitError> {
    let mut command = command(empty, &["ls-remote", "--", url]);
    command.env("GIT_ALLOW_PROTOCOL", "https:http:ssh:git:file");
    command.env("GIT_CEILING_DIRECTORIES", empty.parent().unwrap_or(empty));
    let output = command.stdin(Stdio::null()).output().map_err(GitError::NotRun)?;
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(GitError::Failed { command: "ls-remote".to_owned(), message });
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<(&str, &str)> = text.lines().filter_map(|line| line.split_once('\t')).collect();
    // What a tag with a message points at stands behind it.
    let wanted =
        [format!("refs/tags/{name}^{{}}"), format!("refs/tags/{name}"), format!("refs/heads/{name}"), name.to_owned()];
    let found = wanted.iter().find_map(|wanted| lines.iter().find(|(_, reference)| reference == wanted));
    Ok(found.map(|(commit, _)| (*commit).to_owned()))
}

/// Of files whose time or size is not the index's, those whose contents are not either. A file that is not there is one.
fn really_changed(root: &Path, touched: Vec<String>) -> Result<Vec<String>, GitError> {
    let top = checked(root, &["rev-parse", "--show-toplevel"], None)?;
    let top = std::path::PathBuf::from(String::from_utf8_lossy(&top).trim_end_matches('\n'));
    let index = indexed(root)?;
    let same = |path: &String| {
        let Some((id, is_link)) = index.get(path) else { return false };
        contents(&top.join(path), *is_link).is_ok_and(|bytes| blob_name(&bytes, id.len()) == *id)
    };
    Ok(touched.into_iter().filter(|path| !same(path)).collect())
}

/// What the index has of each file below `root`: its name among git's objects, and whether it is a link. Files that are being merged
/// are none of them.
fn indexed(root: &Path) -> Result<FxHashMap<String, (String, bool)>, GitError> {
    let listed = checked(root, &["ls-files", "--stage", "-z", "--full-name", "--", "."], None)?;
    let entry = |entry: String| {
        let (head, path) = entry.split_once('\t')?;
        let mut words = head.split(' ');
        let (mode, id, stage) = (words.next()?, words.next()?, words.next()?);
        (stage == "0").then(|| (path.to_owned(), (id.to_owned(), mode == "120000")))
    };
    Ok(paths(&listed).into_iter().filter_map(entry).collect())
}

/// A file's bytes; of a link, where it points.
fn contents(path: &Path, is_link: bool) -> std::io::Result<Vec<u8>> {
    if is_link {
        Ok(std::fs::read_link(path)?.into_os_string().into_encoded_bytes())
    } else {
        disk::read(path, disk::DOCUMENT)
    }
}

pub(super) fn paths(output: &[u8]) -> Vec<String> {
    output.split(|&b| b == 0).filter(|p| !p.is_empty()).map(|p| String::from_utf8_lossy(p).into_owned()).collect()
}

pub(super) fn checked(root: &Path, args: &[&str], input: Option<&[u8]>) -> Result<Vec<u8>, GitError> {
    let output = run(root, args, input)?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let command = args.iter().find(|arg| !arg.starts_with('-') && !arg.contains('.')).unwrap_or(&"");
    Err(GitError::Failed { command: command.to_string(), message })
}

fn run(root: &Path, args: &[&str], input: Option<&[u8]>) -> Result<Output, GitError> {
    let mut child = command(root, args).spawn().map_err(GitError::NotRun)?;
    let stdin = child.stdin.take();
    if let (Some(mut stdin), Some(input)) = (stdin, input) {
        // git hash-object reads all of its input before it writes.
        std::io::Write::write_all(&mut stdin, input).map_err(GitError::NotRun)?;
    }
    child.wait_with_output().map_err(GitError::NotRun)
}

/// A git that runs nothing that the repository configures; its streams are pipes.
pub(super) fn command(root: &Path, args: &[&str]) -> Command {
    let mut command = disk::command("git");
    command.args([
        "-c",
        "core.fsmonitor=false",
        "-c",
        "core.hooksPath=/dev/null",
        "-c",
        "core.attributesFile=/dev/null",
        "-c",
        "core.untrackedCache=false",
    ]);
    command.args(["--no-optional-locks", "--no-pager"]).args(args);
    command.current_dir(root).env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_TERMINAL_PROMPT", "0");
    // Objects that a partial clone lacks are not fetched: that would run what the repository configures for it.
    command.env("GIT_NO_LAZY_FETCH", "1").env("GIT_ALLOW_PROTOCOL", "none");
    for name in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_EXTERNAL_DIFF"] {
        command.env_remove(name);
    }
    command.env("LC_ALL", "C").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}
