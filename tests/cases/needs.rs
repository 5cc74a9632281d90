//! What a test needs of the machine. Where it is missing, the test is reported as ignored, with what is missing; where
//! KLOGMOD_REQUIRE names it (`go,jq,tmux,nvim,ruby,mvn,python3,actionlint,chromium,disk,diff-cover,check-jsonschema,zizmor`), the test fails instead.

use std::path::Path;
use std::process::Command;

use libtest_mimic::{Completion, Failed, Trial};

use crate::common::{go, python, repository};

/// A thing that a machine may lack.
#[derive(Clone, Copy)]
pub enum Need {
    /// The go tool.
    Go,
    /// A program on PATH, by its name.
    Program(&'static str),
    /// A program that is written in Python: on PATH, or in KLOGMOD_PYTHON_BIN.
    Python(&'static str),
    /// Chromium, node, and playwright-core in tests/browser.
    Chromium,
    /// A small file system of its own: mounting one needs root.
    Disk,
    /// A real checkout, or several with colons between them, in this variable.
    Checkout(&'static str),
    /// That this variable asks for it, whatever it is set to.
    Wish(&'static str),
}

impl Need {
    fn name(self) -> &'static str {
        match self {
            Need::Go => "go",
            Need::Program(name) | Need::Python(name) | Need::Checkout(name) | Need::Wish(name) => name,
            Need::Chromium => "chromium",
            Need::Disk => "disk",
        }
    }

    fn is_required(self) -> bool {
        let listed = std::env::var("KLOGMOD_REQUIRE").unwrap_or_default().split(',').any(|name| name == self.name());
        listed || (self.name() == "go" && std::env::var_os("KLOGMOD_REQUIRE_GO").is_some())
    }

    /// What is missing, if it is.
    fn missing(self) -> Option<String> {
        let absent = match self {
            Need::Go => go::go().is_none(),
            Need::Program(name) => !has(name),
            Need::Python(name) => python(name).is_none(),
            Need::Chromium => return no_chromium().map(str::to_owned),
            Need::Disk => !can_mount(),
            Need::Wish(name) => return std::env::var_os(name).is_none().then(|| format!("{name} is not set")),
            Need::Checkout(name) => {
                return std::env::var_os(name).is_none().then(|| format!("{name} names no checkout"));
            }
        };
        absent.then(|| match self {
            Need::Disk => "a file system cannot be mounted here".to_owned(),
            _ => format!("{} was not found", self.name()),
        })
    }
}

/// Whether a program can be found.
fn has(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(name).is_file())
}

/// The Chromium on PATH.
pub fn chromium() -> Option<&'static str> {
    ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| has(name))
}

fn no_chromium() -> Option<&'static str> {
    let driver = repository().join("tests/browser/node_modules/playwright-core");
    match (chromium(), has("node"), driver.is_dir()) {
        (Some(_), true, true) => None,
        (None, ..) => Some("chromium was not found"),
        (_, false, _) => Some("node was not found"),
        _ => Some("playwright-core was not found: run `npm ci` in tests/browser"),
    }
}

/// Mounts a small file system; whether that was possible.
pub fn mount(at: &Path) -> bool {
    let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=600k", "tmpfs"]).arg(at).output();
    mount.is_ok_and(|output| output.status.success())
}

/// Takes it away; whether that was possible.
pub fn unmount(at: &Path) -> bool {
    Command::new("umount").arg(at).status().is_ok_and(|status| status.success())
}

fn can_mount() -> bool {
    tempfile::tempdir().is_ok_and(|dir| mount(dir.path()) && unmount(dir.path()))
}

/// A test that runs where all these things are.
pub fn test(name: String, needs: &'static [Need], run: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    Trial::ignorable_test(name, move || {
        for need in needs {
            match need.missing() {
                Some(missing) if need.is_required() => {
                    return Err(format!("KLOGMOD_REQUIRE names {}, but {missing}", need.name()).into());
                }
                Some(missing) => return Ok(Completion::ignored_with(missing)),
                None => {}
            }
        }
        run().map(|()| Completion::Completed)
    })
}

/// Tests of a module: the things that they need, and the functions that they are.
macro_rules! tests {
    ($($needs:tt $($function:ident)+;)+) => {
        vec![$($({
            let name = concat!(module_path!(), "::", stringify!($function)).trim_start_matches("cases::").to_owned();
            crate::needs::test(name, &$needs, || { $function(); Ok(()) })
        },)+)+]
    };
}
pub(crate) use tests;
