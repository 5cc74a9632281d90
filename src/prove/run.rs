//! All checks under all configurations, again and again until nothing more has to be taken back.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::blame::Session;
use super::go::{Configuration, Go, GoError};
use super::packages::{self, PackageSet};
use super::{Check, Demoted, Overlay, Subject};
use crate::go::index::Index;
use crate::go::module::{BuildContext, ResolveOptions};
use crate::text::{FileChange, counted};

/// What is to be proven, and how far.
#[derive(Debug)]
pub struct Settings {
    /// The checkout.
    pub checkout: PathBuf,
    /// Systems and tags.
    pub configurations: Vec<Configuration>,
    /// Whether packages that depend on changed ones are built as well.
    pub dependants: bool,
    /// Files that the changed tree has beside the fixes.
    pub extras: Vec<FileChange>,
    /// What an earlier run took back.
    pub known: Vec<Demoted>,
}

/// A package and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Named {
    /// Import path, or file.
    pub name: String,
    /// What is wrong.
    pub message: String,
}

/// How one configuration came out.
#[derive(Clone, Debug, Serialize)]
pub struct ConfigurationProof {
    /// Which.
    #[serde(flatten)]
    pub configuration: Configuration,
    /// Packages that pass with all remaining fixes.
    pub passed: usize,
    /// Packages that fail without any fix.
    pub failed_before: Vec<Named>,
    /// Packages that build, but that vet cannot load.
    pub unvetted: Vec<Named>,
    /// Packages that fail with the fixes, though no fix could be told.
    pub broken: Vec<Named>,
}

/// What was proven.
#[derive(Clone, Debug, Serialize)]
pub struct Proof {
    /// Of this format.
    pub version: u32,
    /// What `go version` says.
    pub go: String,
    /// What was run.
    pub checks: Vec<Check>,
    /// By configuration.
    pub configurations: Vec<ConfigurationProof>,
    /// Fixes that hold wherever they were compiled.
    pub proven: usize,
    /// Fixes that do not hold.
    pub demoted: Vec<Demoted>,
    /// Files whose fixes no configuration compiled in a package that builds.
    pub unproven: Vec<Named>,
}

impl Proof {
    /// Whether packages fail for which no fix could be told.
    pub fn is_broken(&self) -> bool {
        self.configurations.iter().any(|configuration| !configuration.broken.is_empty())
    }
}

/// Proves fixes. `say` is told what is going on, `remember` what had to be taken back so far; `stop` is asked now and then.
pub fn verify(
    go: &Go,
    settings: &Settings,
    subjects: &[Subject<'_>],
    say: &mut dyn FnMut(&str),
    remember: &mut dyn FnMut(&[Demoted]),
    stop: &dyn Fn() -> bool,
) -> Result<Proof, GoError> {
    let scratch = tempfile::Builder::new().prefix("klogmod-verify-").tempdir()?;
    let mut overlay = Overlay::new(&settings.checkout, scratch.path(), subjects, settings.extras.clone())?;
    let mut active: Vec<Vec<bool>> = subjects.iter().map(|s| vec![true; s.candidates.len()]).collect();
    let mut demoted = recall(&settings.known, subjects, &mut active);
    demoted.extend(format(go, subjects, &mut overlay, &mut active, say)?);
    let sets = sets(go, settings, overlay.root(), subjects)?;
    loop {
        let before = demoted.len();
        let mut proofs = Vec::new();
        let mut compiled = BTreeSet::new();
        for configuration in &settings.configurations {
            let mut proof = ConfigurationProof {
                configuration: configuration.clone(),
                passed: 0,
                failed_before: Vec::new(),
                unvetted: Vec::new(),
                broken: Vec::new(),
            };
            for set in &sets {
                let mut session = Session {
                    go,
                    subjects,
                    overlay: &mut overlay,
                    active: &mut active,
                    set,
                    configuration,
                    before: BTreeMap::new(),
                    failed_before: BTreeMap::new(),
                    broken: BTreeMap::new(),
                    unvetted: BTreeMap::new(),
                    say,
                    stop,
                };
                let found = module(&mut session, settings, &mut proof, &mut compiled, &mut |more: &[Demoted]| {
                    remember(&[&demoted, more].concat());
                })?;
                demoted.extend(found);
            }
            proofs.push(proof);
        }
        // What was taken back for one configuration has to hold in the others.
        if demoted.len() == before {
            return Ok(finish(go, proofs, demoted, subjects, &active, &compiled));
        }
    }
}

/// Takes back what an earlier run took back.
fn recall(known: &[Demoted], subjects: &[Subject<'_>], active: &mut [Vec<bool>]) -> Vec<Demoted> {
    let mut demoted = Vec::new();
    for (subject, active) in subjects.iter().zip(active) {
        for (candidate, on) in subject.candidates.iter().zip(active) {
            if let Some(known) = known.iter().find(|d| d.fingerprint == candidate.site.fingerprint) {
                *on = false;
                demoted.push(known.clone());
            }
        }
    }
    demoted
}

fn finish(
    go: &Go,
    configurations: Vec<ConfigurationProof>,
    mut demoted: Vec<Demoted>,
    subjects: &[Subject<'_>],
    active: &[Vec<bool>],
    compiled: &BTreeSet<String>,
) -> Proof {
    demoted.sort_by(|a, b| (&a.path, a.line).cmp(&(&b.path, b.line)));
    let left = |number: usize| active[number].iter().filter(|on| **on).count();
    let is_compiled = |number: usize| compiled.contains(&*subjects[number].file.path);
    let (proven, unproven): (Vec<usize>, Vec<usize>) =
        (0..subjects.len()).filter(|&number| left(number) > 0).partition(|&number| is_compiled(number));
    let mut checks = vec![Check::Gofmt, Check::List, Check::Build, Check::Vet];
    checks.extend(go.logcheck.as_ref().map(|_| Check::Logcheck));
    let named = |number: usize| Named {
        name: subjects[number].file.path.to_string(),
        message: format!("{} fixes were compiled by no configuration in a package that builds", left(number)),
    };
    Proof {
        version: 1,
        go: go.version.clone(),
        checks,
        configurations,
        proven: proven.into_iter().map(left).sum(),
        demoted,
        unproven: unproven.into_iter().map(named).collect(),
    }
}

/// The packages of the files, by module.
fn sets(go: &Go, settings: &Settings, root: &Path, subjects: &[Subject<'_>]) -> Result<Vec<PackageSet>, GoError> {
    let dir = |path: &str| path.rsplit_once('/').map_or(String::new(), |(dir, _)| dir.to_owned());
    let dirs = subjects.iter().map(|subject| dir(&subject.file.path)).collect();
    let index = Index::new(&settings.checkout, BuildContext::default(), ResolveOptions::default());
    let import_path = |dir: &str| index.resolver().package_at(dir).path.to_string();
    packages::sets(go, &settings.checkout, root, &import_path, &dirs)
}

/// Fixes after which gofmt would format a file otherwise that was as it would have it.
fn format(
    go: &Go,
    subjects: &[Subject<'_>],
    overlay: &mut Overlay<'_>,
    active: &mut [Vec<bool>],
    say: &mut dyn FnMut(&str),
) -> Result<Vec<Demoted>, GoError> {
    say(&format!("gofmt: {}", counted(subjects.len(), "file")));
    overlay.write(active)?;
    let files: Vec<PathBuf> =
        (0..subjects.len()).filter(|&n| active[n].contains(&true)).map(|number| overlay.file(number)).collect();
    let mut demoted = Vec::new();
    for (path, message) in go.unformatted(&files)? {
        let Some(number) = path.file_stem().and_then(|stem| stem.to_str()?.parse::<usize>().ok()) else { continue };
        let Some(subject) = subjects.get(number) else { continue };
        std::fs::write(&path, &subject.file.source)?;
        let before = go.unformatted(std::slice::from_ref(&path))?;
        let mut broken = |fixes: &[bool]| -> Result<bool, GoError> {
            let all = active.iter().enumerate();
            let only: Vec<_> =
                all.map(|(n, on)| if n == number { fixes.to_vec() } else { vec![false; on.len()] }).collect();
            overlay.write(&only)?;
            Ok(fixes.contains(&true) && !go.unformatted(&[overlay.file(number)])?.is_empty())
        };
        let mut on = active[number].clone();
        // One at a time: a file has few fixes, and gofmt is quick.
        while before.is_empty() && broken(&on)? {
            let mut kept = vec![false; on.len()];
            for at in (0..on.len()).filter(|&at| on[at]) {
                kept[at] = true;
                if broken(&kept)? {
                    kept[at] = false;
                    let site = subject.candidates[at].site;
                    demoted.push(Demoted {
                        fingerprint: site.fingerprint.clone(),
                        path: subject.file.path.to_string(),
                        line: site.site.position.line,
                        check: Check::Gofmt,
                        reason: message.clone(),
                    });
                }
            }
            on = kept;
        }
        active[number] = on;
    }
    Ok(demoted)
}

/// One module under one configuration.
fn module(
    session: &mut Session<'_, '_>,
    settings: &Settings,
    proof: &mut ConfigurationProof,
    compiled: &mut BTreeSet<String>,
    remember: &mut dyn FnMut(&[Demoted]),
) -> Result<Vec<Demoted>, GoError> {
    let touched: BTreeSet<String> = session.set.touched.keys().cloned().collect();
    let mut demoted = session.settle(Check::List, &touched)?;
    let list = session.overlay.write(session.active)?;
    let names: Vec<&str> = touched.iter().map(String::as_str).collect();
    let listed = packages::list(session.go, &session.set.dir, session.configuration, Some(&list), &names)?;
    // A package may have no file for this system.
    let here: BTreeSet<String> =
        listed.iter().filter(|package| package.error().is_none()).map(|p| p.import_path.clone()).collect();
    let all = if settings.dependants {
        packages::dependants(session.go, &settings.checkout, session.set, session.configuration, &list)?
    } else {
        touched.clone()
    };
    let buildable = |package: &&String| here.contains(*package) || !touched.contains(*package);
    let all: BTreeSet<String> = all.iter().filter(buildable).cloned().collect();
    demoted.extend(session.settle(Check::Build, &all)?);
    remember(&demoted);
    demoted.extend(session.settle(Check::Vet, &here)?);
    remember(&demoted);
    if session.go.logcheck.is_some() {
        demoted.extend(session.settle(Check::Logcheck, &here)?);
    }
    let sound = |package: &str| !session.failed_before.contains_key(package) && !session.broken.contains_key(package);
    proof.passed += all.iter().filter(|package| sound(package)).count();
    for package in listed.iter().filter(|package| here.contains(&package.import_path) && sound(&package.import_path)) {
        let dir = &session.set.touched[&package.import_path];
        for subject in session.subjects {
            let (own, name) = subject.file.path.rsplit_once('/').unwrap_or(("", &subject.file.path));
            if own == dir && package.compiles(name) {
                compiled.insert(subject.file.path.to_string());
            }
        }
    }
    let named = |(name, message): (&String, &String)| Named { name: name.clone(), message: message.clone() };
    proof.failed_before.extend(session.failed_before.iter().map(named));
    proof.unvetted.extend(session.unvetted.iter().map(named));
    proof.broken.extend(session.broken.iter().map(named));
    Ok(demoted)
}
