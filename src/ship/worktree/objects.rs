//! Commits, trees and blobs, read past the worktree: no filter, no text conversion, nothing checked out.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout};

use super::git::{GitError, checked, command};
use crate::text::digest::blob_name;

/// A file in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blob {
    /// Its name among git's objects.
    pub id: String,
    /// Whether it is a symbolic link; its bytes are then the target.
    pub is_link: bool,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub id: String,
    /// The day it was made, as `2021-03-09`.
    pub day: String,
}

/// A repository, for reading.
#[derive(Clone, Debug)]
pub struct Repository {
    root: PathBuf,
}

fn failed(command: &str, message: impl Into<String>) -> GitError {
    GitError::Failed { command: command.to_owned(), message: message.into() }
}

impl Repository {
    /// The repository around a checkout.
    pub fn open(root: &Path) -> Result<Self, GitError> {
        checked(root, &["rev-parse", "--git-dir"], None)?;
        Ok(Self { root: root.to_owned() })
    }

    fn text(&self, args: &[&str]) -> Result<String, GitError> {
        Ok(String::from_utf8_lossy(&checked(&self.root, args, None)?).trim().to_owned())
    }

    /// The commit that a revision names.
    pub fn commit(&self, revision: &str) -> Result<Commit, GitError> {
        let peeled = format!("{revision}^{{commit}}");
        let unknown =
            || failed("rev-parse", format!("`{revision}` names no commit of this repository; was it fetched?"));
        let id =
            self.text(&["rev-parse", "--verify", "--quiet", "--end-of-options", &peeled]).map_err(|_| unknown())?;
        self.log(&["-1", &id])?.pop().ok_or_else(unknown)
    }

    /// Where the current commit branched off from a revision.
    pub fn merge_base(&self, revision: &str) -> Result<String, GitError> {
        let id = self.commit(revision)?.id;
        self.text(&["merge-base", "HEAD", &id]).map_err(|_| {
            let message = format!("HEAD and `{revision}` have no commit in common; fetch more of the history");
            failed("merge-base", message)
        })
    }

    /// The newest commits of the main line, oldest first: as many, or all back to `since`.
    pub fn history(&self, count: usize, since: Option<&str>) -> Result<Vec<Commit>, GitError> {
        let Some(since) = since else {
            let newest = format!("--max-count={count}");
            return self.log(&["--first-parent", &newest, "HEAD"]);
        };
        let range = format!("{}..HEAD", self.commit(since)?.id);
        let all = self.log(&["--first-parent", &range])?;
        // Spread evenly, both ends among them.
        let last = all.len().saturating_sub(1);
        let wanted = count.min(all.len()).max(1);
        let pick = |at: usize| all.get(if wanted == 1 { last } else { at * last / (wanted - 1) }).cloned();
        Ok((0..wanted).filter_map(pick).collect())
    }

    /// Commits, oldest first.
    fn log(&self, what: &[&str]) -> Result<Vec<Commit>, GitError> {
        let mut args =
            vec!["log", "--no-show-signature", "--no-patch", "--no-textconv", "--no-ext-diff", "--format=%H %cs"];
        args.extend(what);
        args.push("--");
        let text = self.text(&args)?;
        let commit =
            |line: &str| line.split_once(' ').map(|(id, day)| Commit { id: id.to_owned(), day: day.to_owned() });
        Ok(text.lines().rev().filter_map(commit).collect())
    }

    /// All files of a commit below the root.
    pub fn files(&self, commit: &str) -> Result<BTreeMap<String, Blob>, GitError> {
        let listed = checked(&self.root, &["ls-tree", "-r", "-z", "--end-of-options", commit], None)?;
        let entry = |entry: &[u8]| {
            let text = std::str::from_utf8(entry).ok()?;
            let (head, path) = text.split_once('\t')?;
            let mut words = head.split(' ');
            let (mode, kind, id) = (words.next()?, words.next()?, words.next()?);
            let blob = Blob { id: id.to_owned(), is_link: mode == "120000" };
            (kind == "blob").then(|| (path.to_owned(), blob))
        };
        Ok(listed.split(|byte| *byte == 0).filter_map(entry).collect())
    }

    /// What differs between two commits: the file afterwards, or none where it is gone.
    pub fn changes(&self, from: &str, to: &str) -> Result<BTreeMap<String, Option<Blob>>, GitError> {
        let args = [
            "diff-tree",
            "-r",
            "-z",
            "--no-renames",
            "--relative",
            "--raw",
            "--full-index",
            "--end-of-options",
            from,
            to,
        ];
        let listed = checked(&self.root, &args, None)?;
        let mut parts = listed.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned());
        let mut found = BTreeMap::new();
        while let (Some(head), Some(path)) = (parts.next(), parts.next()) {
            let mut words = head.trim_start_matches(':').split(' ');
            let (Some(_), Some(mode), Some(_), Some(id)) = (words.next(), words.next(), words.next(), words.next())
            else {
                continue;
            };
            let is_file = mode.starts_with("100") || mode == "120000";
            found.insert(path, is_file.then(|| Blob { id: id.to_owned(), is_link: mode == "120000" }));
        }
        Ok(found)
    }

    /// Starts reading blobs.
    pub fn blobs(&self) -> Result<Blobs, GitError> {
        let mut command = command(&self.root, &["cat-file", "--batch"]);
        // What git complains about is in its answers.
        let mut child = command.stderr(std::process::Stdio::null()).spawn().map_err(GitError::NotRun)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(stdin), Some(stdout)) => {
                Ok(Blobs { child, stdin: Some(stdin), stdout: BufReader::with_capacity(1 << 16, stdout) })
            }
            _ => Err(failed("cat-file", "no pipes")),
        }
    }

    /// The name that git would give a file of these bytes, in this repository's kind of names.
    pub fn id_of(bytes: &[u8], like: &str) -> String {
        blob_name(bytes, like.len())
    }
}

/// A git that hands out blobs, one process for all of them.
#[derive(Debug)]
pub struct Blobs {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Blobs {
    /// A blob's bytes.
    pub fn read(&mut self, id: &str) -> Result<Vec<u8>, GitError> {
        let io = |error: std::io::Error| failed("cat-file", error.to_string());
        let stdin = self.stdin.as_mut().ok_or_else(|| failed("cat-file", "it has ended"))?;
        stdin.write_all(format!("{id}\n").as_bytes()).and_then(|()| stdin.flush()).map_err(io)?;
        let mut head = String::new();
        self.stdout.read_line(&mut head).map_err(io)?;
        let size = head.trim_end().rsplit(' ').next().and_then(|size| size.parse::<usize>().ok());
        let Some(size) = size.filter(|_| head.contains(" blob ")) else {
            return Err(failed("cat-file", format!("{}; fetch the whole history", head.trim_end())));
        };
        let mut bytes = vec![0; size + 1];
        self.stdout.read_exact(&mut bytes).map_err(io)?;
        bytes.truncate(size);
        Ok(bytes)
    }
}

impl Drop for Blobs {
    fn drop(&mut self) {
        // It ends when nobody asks any more.
        self.stdin = None;
        let _ = self.child.wait();
    }
}
