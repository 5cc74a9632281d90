//! Running Go's tools.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Serialize;

use super::Complaint;

use crate::text::disk;

/// Why Go's tools could not be asked.
#[derive(Debug, thiserror::Error)]
pub enum GoError {
    /// There is none.
    #[error("there is no `go` on PATH: nothing was verified")]
    Missing,
    /// It could not be started, or its output not be read.
    #[error("{tool} could not be run: {source}")]
    NotRun {
        /// Which.
        tool: String,
        /// Why.
        source: std::io::Error,
    },
    /// It said something that is not understood.
    #[error("{tool} failed: {message}")]
    Failed {
        /// Which.
        tool: String,
        /// What it said.
        message: String,
    },
    /// The scratch copy could not be written.
    #[error("the scratch copy could not be written: {0}")]
    Scratch(#[from] std::io::Error),
    /// Somebody asked for an end.
    #[error("interrupted")]
    Interrupted,
    /// The fixes of a file do not go together.
    #[error("{0}")]
    Fixes(String),
}

/// A system and tags to build for.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Configuration {
    /// GOOS; none: this machine's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub os: Option<String>,
    /// Build tags, with commas.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tags: String,
}

impl std::fmt::Display for Configuration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.os.as_deref().unwrap_or("this system"))?;
        if self.tags.is_empty() { Ok(()) } else { write!(f, " with {}", self.tags) }
    }
}

/// Go's tools on this machine.
#[derive(Clone, Debug)]
pub struct Go {
    go: PathBuf,
    gofmt: PathBuf,
    /// logcheck, where it is installed.
    pub logcheck: Option<PathBuf>,
    /// What `go version` says.
    pub version: String,
    jobs: usize,
}

/// What a tool printed, and whether it was content.
pub(super) struct Said {
    pub ok: bool,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Go {
    /// Looks for them on PATH. `jobs` is how many packages are built at once; 0: as Go likes.
    pub fn find(jobs: usize) -> Result<Self, GoError> {
        let go = disk::program("go").ok_or(GoError::Missing)?;
        let mut found =
            Self { gofmt: PathBuf::new(), logcheck: disk::program("logcheck"), version: String::new(), jobs, go };
        let ask = |args: &[&str]| {
            let said = run(Command::new(&found.go).args(args).env("GOTOOLCHAIN", "local"), "go", &mut |_| {})?;
            match said.ok {
                true => Ok(String::from_utf8_lossy(&said.stdout).trim().to_owned()),
                false => Err(GoError::Failed { tool: format!("go {}", args.join(" ")), message: said.stderr }),
            }
        };
        let (version, root) = (ask(&["version"])?, ask(&["env", "GOROOT"])?);
        let beside = [Path::new(&root).join("bin/gofmt"), found.go.with_file_name("gofmt")];
        found.gofmt =
            beside.into_iter().find(|path| path.is_file()).or_else(|| disk::program("gofmt")).ok_or_else(|| {
                GoError::Failed { tool: "gofmt".to_owned(), message: "it is neither in GOROOT nor on PATH".to_owned() }
            })?;
        found.version = version;
        Ok(found)
    }

    /// A subcommand of go in a directory, seen through an overlay.
    pub(super) fn command(
        &self,
        dir: &Path,
        subcommand: &str,
        configuration: &Configuration,
        overlay: Option<&Path>,
    ) -> Command {
        let mut command = Command::new(&self.go);
        command.arg(subcommand).current_dir(dir).env("PWD", dir);
        // Only what is installed: a toolchain that go.mod names is not fetched.
        command.env("GOTOOLCHAIN", "local").env("GOFLAGS", flags(dir));
        if let Some(os) = &configuration.os {
            command.env("GOOS", os);
            if os != std::env::consts::OS {
                command.env("CGO_ENABLED", "0");
            }
        }
        if !configuration.tags.is_empty() {
            command.arg(format!("-tags={}", configuration.tags));
        }
        if let Some(overlay) = overlay {
            command.arg(format!("-overlay={}", overlay.display()));
        }
        if self.jobs > 0 && subcommand != "list" {
            command.arg(format!("-p={}", self.jobs));
        }
        command
    }

    /// Of these files, those that gofmt would change or cannot read.
    pub(super) fn unformatted(&self, files: &[PathBuf]) -> Result<Vec<(PathBuf, String)>, GoError> {
        let mut found = Vec::new();
        for chunk in files.chunks(500) {
            let said = run(Command::new(&self.gofmt).arg("-l").args(chunk), "gofmt", &mut |_| {})?;
            let listed = String::from_utf8_lossy(&said.stdout).into_owned();
            found
                .extend(listed.lines().map(|line| (PathBuf::from(line), "gofmt would format it otherwise".to_owned())));
            for complaint in complaints(&said.stderr) {
                found.push((PathBuf::from(complaint.file), complaint.message));
            }
        }
        Ok(found)
    }
}

/// The caller's flags; vendored code is used where there is some, whatever the module's Go version.
fn flags(dir: &Path) -> String {
    let given = std::env::var("GOFLAGS").unwrap_or_default();
    if given.contains("-mod") || !dir.join("vendor/modules.txt").is_file() {
        return given;
    }
    format!("{given} -mod=vendor").trim().to_owned()
}

/// Runs a command to its end; each line of its standard error is shown as it comes.
pub(super) fn run(command: &mut Command, tool: &str, line: &mut dyn FnMut(&str)) -> Result<Said, GoError> {
    let failed = |source| GoError::NotRun { tool: tool.to_owned(), source };
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().map_err(failed)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        stdout.map(|mut out| out.read_to_end(&mut bytes)).transpose().map(|_| bytes)
    });
    let mut text = String::new();
    for bytes in stderr.into_iter().flat_map(|err| BufReader::new(err).split(b'\n')) {
        let read = String::from_utf8_lossy(&bytes.map_err(failed)?).into_owned();
        line(&read);
        text.push_str(&read);
        text.push('\n');
    }
    let status = child.wait().map_err(failed)?;
    let stdout = reader.join().unwrap_or_else(|_| Ok(Vec::new())).map_err(failed)?;
    Ok(Said { ok: status.success(), stdout, stderr: text })
}

/// What a compiler or vet said: `# package` lines, and `file:line:col: message` below them.
pub(super) fn complaints(text: &str) -> Vec<Complaint> {
    let mut package = String::new();
    let mut found: Vec<Complaint> = Vec::new();
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# ") {
            // `# p [p.test]`: a variant of the same package.
            package = name.split_whitespace().next().unwrap_or(name).to_owned();
        } else if let Some((file, number, message)) = place(line.trim_start_matches("vet: ")) {
            found.push(Complaint { package: package.clone(), file, line: number, message });
        } else if line.starts_with(['\t', ' '])
            && let Some(last) = found.last_mut()
        {
            last.message = format!("{} {}", last.message, line.trim());
        }
    }
    found
}

/// `file.go:12:3: message` or `file.go:12: message`.
fn place(line: &str) -> Option<(String, u32, String)> {
    let end = line.find(".go:")? + ".go".len();
    let rest = &line[end + 1..];
    let (number, rest) = rest.split_once(':')?;
    let line_number = number.parse().ok()?;
    let rest = match rest.split_once(':') {
        Some((column, message)) if column.parse::<u32>().is_ok() => message,
        _ => rest,
    };
    Some((line[..end].to_owned(), line_number, rest.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complaints_are_read() {
        let text = "# a/b\nb/x.go:12:3: undefined: y\n\thave (int)\n# a/c [a/c.test]\nvet: ./c/z.go:4: bad\nok\n";
        let of = |package: &str, file: &str, line, message: &str| Complaint {
            package: package.into(),
            file: file.into(),
            line,
            message: message.into(),
        };
        let expected = [of("a/b", "b/x.go", 12, "undefined: y have (int)"), of("a/c", "./c/z.go", 4, "bad")];
        assert_eq!(complaints(text), expected);
    }
}
