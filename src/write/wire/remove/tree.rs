//! The checkout without the package: the files that name it, the lists that name it, and its own.

use std::collections::BTreeSet;
use std::path::Path;

use rayon::prelude::*;

use super::super::{WireError, directory};
use super::file::{Cleaned, clean};
use crate::go::files::{WalkOptions, walk};
use crate::rule::RuleSet;
use crate::text::diagnostic::RelPath;
use crate::text::{FileChange, disk};
use crate::write::reason::Obstacle;
use crate::write::runtime::is_own;

/// The list of what a vendor directory holds.
const MODULES: &str = "vendor/modules.txt";

/// What is left for a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Where: `path:line:column`, or a directory.
    pub place: String,
    /// What stands there.
    pub code: String,
    /// Why it stays.
    pub reason: Obstacle,
}

/// A checkout without the package.
#[derive(Clone, Debug, Default)]
pub struct Removal {
    /// Files that have named it, sorted by path: they build with or without the package.
    pub calls: Vec<FileChange>,
    /// The package's files, and the lists of what is built, sorted by path; none while anything else names it.
    pub package: Vec<FileChange>,
    /// What is left to do by hand, by place.
    pub left: Vec<Left>,
}

/// Takes the packages in these places, directories with their import paths, out of the checkout at `root`. Nothing is written.
pub fn remove(root: &Path, places: &[(String, String)], rules: &RuleSet) -> Result<Removal, WireError> {
    let paths: Vec<&str> = places.iter().map(|(_, path)| path.as_str()).collect();
    let options = WalkOptions { tests: true, ..WalkOptions::default() };
    let walked = walk(root, &options, &rules.scope);
    let is_package = |path: &str| places.iter().any(|(dir, _)| directory(path) == dir);
    let files: Vec<&RelPath> = walked.files.iter().filter(|path| !is_package(path)).collect();
    let cleaned: Vec<_> =
        files.into_par_iter().filter_map(|path| of_file(root, path, &paths, rules).transpose()).collect();
    let unwalked = walked.diagnostics.iter().map(|found| Left {
        place: found.path.to_string(),
        code: String::new(),
        reason: Obstacle::Unparsed { reason: found.message.clone() },
    });
    let mut removal = Removal { left: unwalked.collect(), ..Removal::default() };
    for found in cleaned {
        let (path, cleaned) = found?;
        removal.left.extend(cleaned.left.into_iter().map(|(at, code, reason)| Left {
            place: at.map_or_else(|| path.to_string(), |at| format!("{path}:{}:{}", at.line, at.col)),
            code,
            reason,
        }));
        removal.calls.extend(cleaned.change);
    }
    match removal.left.is_empty() {
        true => packages(root, places, &mut removal)?,
        false => removal.left.extend(places.iter().map(|(dir, _)| Left {
            place: dir.clone(),
            code: "the package itself".to_owned(),
            reason: Obstacle::StillNamed,
        })),
    }
    Ok(removal)
}

/// A file that names the package; none for all others.
fn of_file(
    root: &Path,
    path: &RelPath,
    paths: &[&str],
    rules: &RuleSet,
) -> Result<Option<(RelPath, Cleaned)>, WireError> {
    let wrong = |source| WireError::Read { path: path.to_string(), source };
    let bytes = disk::within(root, path, disk::SOURCE).map_err(wrong)?;
    let is_named = |path: &&str| memchr::memmem::find(&bytes, path.as_bytes()).is_some();
    if !paths.iter().any(is_named) {
        return Ok(None);
    }
    let unread = |reason| Cleaned { change: None, left: vec![(None, String::new(), reason)] };
    Ok(Some((path.clone(), clean(path, bytes, paths, rules).unwrap_or_else(unread))))
}

/// The packages' files, unless others lie beside them, and what lists them.
fn packages(root: &Path, places: &[(String, String)], removal: &mut Removal) -> Result<(), WireError> {
    let (mut files, mut foreign) = (Vec::new(), Vec::new());
    for (dir, _) in places {
        let wrong = |source| WireError::Read { path: dir.clone(), source };
        for entry in std::fs::read_dir(root.join(dir)).map_err(wrong)? {
            let name = entry.map_err(wrong)?.file_name().to_string_lossy().into_owned();
            if is_own(&name) {
                let path = format!("{dir}/{name}");
                let bytes = disk::within(root, &path, disk::SOURCE);
                files.push(FileChange::removed(path, bytes.map_err(wrong)?));
            } else {
                foreign.push((dir.clone(), name));
            }
        }
    }
    if !foreign.is_empty() {
        foreign.sort();
        removal.left.extend(foreign.into_iter().map(|(place, file)| Left {
            place,
            code: "the package itself".to_owned(),
            reason: Obstacle::ForeignFile { file },
        }));
        return Ok(());
    }
    let gone: BTreeSet<String> = files.iter().map(|file| file.path.to_string()).collect();
    let builds = build_lists(places, &removal.calls).into_iter().filter(|path| !gone.contains(path));
    for path in builds.chain([MODULES.to_owned()]) {
        files.extend(without_lines(root, &path, places)?);
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    removal.package = files;
    Ok(())
}

/// Bazel's files that may name the package: those above it, and those of packages whose code did.
fn build_lists(places: &[(String, String)], calls: &[FileChange]) -> BTreeSet<String> {
    let above = places.iter().flat_map(|(dir, _)| {
        std::iter::successors(dir.rsplit_once('/').map(|(up, _)| up), |dir| dir.rsplit_once('/').map(|(up, _)| up))
    });
    above.chain(calls.iter().map(|change| directory(&change.path))).map(|dir| format!("{dir}/BUILD")).collect()
}

/// A list without the lines that name the package and nothing else; none if there is no such list, or none such line.
fn without_lines(root: &Path, path: &str, places: &[(String, String)]) -> Result<Option<FileChange>, WireError> {
    let bytes = match disk::within(root, path, disk::SOURCE) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(WireError::Read { path: path.to_owned(), source }),
    };
    let names = |line: &[u8]| {
        let line = line.trim_ascii();
        let is = |text: String| line == text.as_bytes();
        places.iter().any(|(dir, import)| {
            let targets = ["all-srcs", "go_default_library"].map(|target| format!("\"//{dir}:{target}\","));
            (path == MODULES && is(import.clone())) || targets.into_iter().any(is)
        })
    };
    let kept: Vec<u8> =
        bytes.split_inclusive(|byte| *byte == b'\n').filter(|line| !names(line)).flatten().copied().collect();
    let change = FileChange::edited(path, bytes, kept);
    Ok(change.is_real().then_some(change))
}
