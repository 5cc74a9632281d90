//! Programs by name, never from where a checkout could put one.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

/// The directories that programs are looked for in: PATH without its relative and empty entries, which are the working
/// directory's, often a checkout's.
fn places() -> impl Iterator<Item = PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).filter(|dir| dir.is_absolute()).collect::<Vec<_>>().into_iter()
}

/// Where a program is.
pub fn program(name: &str) -> Option<PathBuf> {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    places().map(|dir| dir.join(&name)).find(|path| path.is_file())
}

/// A program to run; what it runs itself is looked for in the same places. One that is not there fails when it is started.
pub fn command(name: &str) -> Command {
    let mut command = Command::new(program(name).unwrap_or_else(|| PathBuf::from("/nonexistent").join(name)));
    let path: Option<OsString> = std::env::join_paths(places()).ok();
    command.env("PATH", path.unwrap_or_default());
    command
}
