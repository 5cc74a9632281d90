//! Who must approve a file: `OWNERS` and `OWNERS_ALIASES`, as Prow reads them.

mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::text::diagnostic::Diagnostic;

use file::OwnersFile;

/// Who is asked about one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ownership {
    /// The directory whose OWNERS names the nearest approvers; empty for the root, and where nobody is named.
    pub dir: String,
    /// The nearest approvers, aliases resolved, sorted.
    pub approvers: Vec<String>,
    /// The nearest reviewers, aliases resolved, sorted.
    pub reviewers: Vec<String>,
    /// All labels, sorted.
    pub labels: Vec<String>,
    /// The nearest labels `sig/…`, sorted.
    pub sigs: Vec<String>,
}

impl Ownership {
    /// The nearest SIGs as one text; `no sig` where there is none.
    pub fn sig(&self) -> String {
        if self.sigs.is_empty() { "no sig".to_owned() } else { self.sigs.join(" ") }
    }
}

/// The owners of a checkout; each directory's file is read once.
#[derive(Debug)]
pub struct Owners {
    root: PathBuf,
    aliases: BTreeMap<String, Vec<String>>,
    files: BTreeMap<String, Option<Arc<OwnersFile>>>,
    complaints: Vec<Diagnostic>,
}

impl Owners {
    /// Of the checkout at `root`.
    pub fn load(root: &Path) -> Self {
        let mut owners =
            Self { root: root.to_owned(), aliases: BTreeMap::new(), files: BTreeMap::new(), complaints: Vec::new() };
        match file::aliases(root) {
            Ok(aliases) => owners.aliases = aliases,
            Err(message) => owners.complaints.push(Diagnostic::warning("OWNERS_ALIASES", message)),
        }
        owners
    }

    /// What is wrong with the files read so far.
    pub fn complaints(&self) -> &[Diagnostic] {
        &self.complaints
    }

    /// Who is asked about `path`.
    pub fn of(&mut self, path: &str) -> Ownership {
        let mut found = Ownership::default();
        let (mut named, mut reviewed) = (false, false);
        let mut labels = BTreeSet::new();
        let mut dir = parent(path);
        loop {
            if let Some(file) = self.file(dir) {
                let below = path.strip_prefix(dir).unwrap_or(path).trim_start_matches('/');
                let level = file.about(below);
                if !named && !level.approvers.is_empty() {
                    named = true;
                    found.dir = dir.to_owned();
                    found.approvers = self.people(&level.approvers);
                }
                if !reviewed && !level.reviewers.is_empty() {
                    reviewed = true;
                    found.reviewers = self.people(&level.reviewers);
                }
                let sigs: BTreeSet<_> = level.labels.iter().filter(|l| l.starts_with("sig/")).collect();
                if found.sigs.is_empty() {
                    found.sigs = sigs.into_iter().cloned().collect();
                }
                labels.extend(level.labels);
                if file.no_parent_owners {
                    break;
                }
            }
            if dir.is_empty() {
                break;
            }
            dir = parent(dir);
        }
        found.labels = labels.into_iter().collect();
        found
    }

    fn file(&mut self, dir: &str) -> Option<Arc<OwnersFile>> {
        if let Some(known) = self.files.get(dir) {
            return known.clone();
        }
        let path = if dir.is_empty() { "OWNERS".to_owned() } else { format!("{dir}/OWNERS") };
        let file = match OwnersFile::read(&self.root, &path) {
            Ok(file) => file.map(Arc::new),
            Err(message) => {
                self.complaints.push(Diagnostic::warning(path, message).help("it is taken as absent"));
                None
            }
        };
        self.files.insert(dir.to_owned(), file.clone());
        file
    }

    /// Logins in lower case, aliases replaced by their members.
    fn people(&self, names: &[String]) -> Vec<String> {
        let mut people = BTreeSet::new();
        for name in names {
            let name = name.to_lowercase();
            match self.aliases.get(&name) {
                Some(members) => people.extend(members.iter().map(|m| m.to_lowercase())),
                None => {
                    people.insert(name);
                }
            }
        }
        people.into_iter().collect()
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(parent, _)| parent)
}
