//! Which fix a complaint is about: the one on whose lines it is, or else the first without which the package passes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::go::{self, Configuration, Go, GoError};
use super::packages::{self, PackageSet};
use super::{Check, Complaint, Demoted, Overlay, Subject};
use crate::text::counted;

/// What is wrong with a package that needs another one which fails.
const NEEDS: &str = "what it needs fails: ";

/// One module under one configuration, and which fixes are still in.
pub(super) struct Session<'s, 'p> {
    pub go: &'s Go,
    pub subjects: &'p [Subject<'p>],
    pub overlay: &'s mut Overlay<'p>,
    /// By file and fix.
    pub active: &'s mut Vec<Vec<bool>>,
    pub set: &'s PackageSet,
    pub configuration: &'s Configuration,
    /// What each package says without any fix, by check.
    pub before: BTreeMap<(Check, String), Vec<Complaint>>,
    /// Packages that fail without any fix.
    pub failed_before: BTreeMap<String, String>,
    /// Packages that fail only with fixes, though no fix could be told.
    pub broken: BTreeMap<String, String>,
    /// Packages that build, but that vet cannot load, with or without fixes: their tests may need what is not there.
    pub unvetted: BTreeMap<String, String>,
    pub say: &'s mut dyn FnMut(&str),
    pub stop: &'s dyn Fn() -> bool,
}

impl Session<'_, '_> {
    /// Runs a check until it has nothing new to say about these packages; gives the fixes that it took back.
    pub(super) fn settle(&mut self, check: Check, packages: &BTreeSet<String>) -> Result<Vec<Demoted>, GoError> {
        let mut demoted = Vec::new();
        loop {
            let left = self.left(packages);
            if left.is_empty() {
                return Ok(demoted);
            }
            (self.say)(&format!("{}: {} for {}", check.name(), counted(left.len(), "package"), self.configuration));
            let found = self.ask(check, &left, &self.active.clone())?;
            let new = self.unheard(check, found)?;
            if new.is_empty() {
                return Ok(demoted);
            }
            for (package, complaints) in new {
                let found = self.blame(check, &package, &complaints)?;
                if found.is_empty() {
                    let message = complaints.first().map_or(String::new(), |c| c.message.clone());
                    self.broken.insert(package, message);
                }
                for one in &found {
                    (self.say)(&format!("taken back: {}:{}: {}", one.path, one.line, one.reason));
                }
                demoted.extend(found);
            }
        }
    }

    fn left(&self, packages: &BTreeSet<String>) -> BTreeSet<String> {
        let out = |package: &String| {
            [&self.failed_before, &self.broken, &self.unvetted].iter().any(|known| known.contains_key(package))
        };
        packages.iter().filter(|package| !out(package)).cloned().collect()
    }

    /// What a check says about packages with these fixes.
    fn ask(
        &mut self,
        check: Check,
        packages: &BTreeSet<String>,
        active: &[Vec<bool>],
    ) -> Result<Vec<Complaint>, GoError> {
        if (self.stop)() {
            return Err(GoError::Interrupted);
        }
        let list = self.overlay.write(active)?;
        let names: Vec<&str> = packages.iter().map(String::as_str).collect();
        let mut command = match check {
            Check::Gofmt => return Ok(Vec::new()),
            Check::List => return self.listed(&list, &names),
            Check::Build => {
                let mut command = self.go.command(&self.set.dir, "build", self.configuration, Some(&list));
                command.args(["-o", if cfg!(windows) { "NUL" } else { "/dev/null" }]);
                command
            }
            Check::Vet => self.go.command(&self.set.dir, "vet", self.configuration, Some(&list)),
            Check::Logcheck => {
                let mut command = self.go.command(&self.set.dir, "vet", self.configuration, Some(&list));
                if let Some(tool) = &self.go.logcheck {
                    command.arg(format!("-vettool={}", tool.display()));
                }
                command
            }
        };
        let said = go::run(command.arg("--").args(&names), check.name(), &mut |_| {})?;
        if (self.stop)() {
            return Err(GoError::Interrupted);
        }
        let mut found = go::complaints(&said.stderr);
        if !said.ok && found.is_empty() {
            let message = said.stderr.trim().lines().take(3).collect::<Vec<_>>().join(" ");
            found.push(Complaint { package: String::new(), file: String::new(), line: 0, message });
        }
        for complaint in found.iter_mut().filter(|complaint| !packages.contains(&complaint.package)) {
            let owner = self.overlay.named(&self.set.dir, &complaint.file).map(|number| self.package_of(number));
            if let Some(owner) = owner.filter(|owner| packages.contains(owner)) {
                complaint.package = owner;
            }
        }
        let is_foreign = |complaint: &Complaint| !packages.contains(&complaint.package);
        if said.ok || !found.iter().any(is_foreign) {
            return Ok(found);
        }
        // Something that these packages need fails, or one of them cannot be loaded: go then says nothing about others that
        // need it, or about any. Asked one by one they show whom it concerns.
        if let [only] = names.as_slice() {
            let own = |complaint| owned(complaint, only);
            return Ok(found.into_iter().map(|c| if is_foreign(&c) { own(c) } else { c }).collect());
        }
        let half: BTreeSet<String> = names[..names.len() / 2].iter().map(|name| (*name).to_owned()).collect();
        let rest: BTreeSet<String> = packages.difference(&half).cloned().collect();
        let mut found = self.ask(check, &half, active)?;
        found.extend(self.ask(check, &rest, active)?);
        Ok(found)
    }

    /// Packages that cannot be loaded.
    fn listed(&self, overlay: &Path, names: &[&str]) -> Result<Vec<Complaint>, GoError> {
        let listed = packages::list(self.go, &self.set.dir, self.configuration, Some(overlay), names)?;
        let errors = listed.iter().filter_map(|package| {
            let (message, at) = package.error()?;
            let complaint = go::complaints(&format!("{at}: {message}")).pop();
            let (file, line) = complaint.map_or((String::new(), 0), |c| (c.file, c.line));
            let package = package.import_path.clone();
            Some(Complaint { package, file, line, message: message.replace(['\n', '\t'], " ") })
        });
        Ok(errors.collect())
    }

    fn package_of(&self, number: usize) -> String {
        let path = &self.subjects[number].file.path;
        let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);
        self.set.touched.iter().find(|(_, own)| *own == dir).map_or_else(String::new, |(path, _)| path.clone())
    }

    /// What is said only with the fixes, by package. A package that could not be built before is set aside.
    fn unheard(&mut self, check: Check, found: Vec<Complaint>) -> Result<BTreeMap<String, Vec<Complaint>>, GoError> {
        let mut by_package: BTreeMap<String, Vec<Complaint>> = BTreeMap::new();
        for complaint in found {
            by_package.entry(complaint.package.clone()).or_default().push(complaint);
        }
        let named = |package: &&String| !package.is_empty();
        let unknown: BTreeSet<String> = by_package
            .keys()
            .filter(named)
            .filter(|package| !self.before.contains_key(&(check, (*package).clone())))
            .cloned()
            .collect();
        if !unknown.is_empty() {
            let none: Vec<Vec<bool>> = self.active.iter().map(|fixes| vec![false; fixes.len()]).collect();
            let mut before: BTreeMap<String, Vec<Complaint>> =
                unknown.iter().map(|package| (package.clone(), Vec::new())).collect();
            for complaint in self.ask(check, &unknown, &none)? {
                before.entry(complaint.package.clone()).or_default().push(complaint);
            }
            self.before.extend(before.into_iter().map(|(package, said)| ((check, package), said)));
        }
        for (package, said) in &mut by_package {
            let before = self.before.get(&(check, package.clone())).map_or(&[][..], Vec::as_slice);
            if matches!(check, Check::List | Check::Build) && !before.is_empty() {
                self.failed_before.insert(package.clone(), before[0].message.clone());
                said.clear();
            }
            if let Some(complaint) = before.iter().find(|complaint| complaint.message.starts_with(NEEDS))
                && matches!(check, Check::Vet | Check::Logcheck)
            {
                self.unvetted.insert(package.clone(), complaint.message.clone());
            }
            let mut old: Vec<(&str, &str)> = before.iter().map(key).collect();
            said.retain(|complaint| match old.iter().position(|known| *known == key(complaint)) {
                Some(at) => {
                    old.swap_remove(at);
                    false
                }
                None => true,
            });
        }
        by_package.retain(|_, said| !said.is_empty());
        Ok(by_package)
    }

    /// Takes back what is to blame for complaints about a package.
    fn blame(&mut self, check: Check, package: &str, complaints: &[Complaint]) -> Result<Vec<Demoted>, GoError> {
        let mut demoted = Vec::new();
        for complaint in complaints {
            let Some(number) = self.overlay.named(&self.set.dir, &complaint.file) else { continue };
            let lines = self.overlay.lines(number, &self.active[number]);
            let own = lines.iter().find(|(_, first, last)| (*first..=*last).contains(&complaint.line));
            if let Some((at, ..)) = own {
                demoted.push(self.demote(check, number, *at, &complaint.message));
            }
        }
        if demoted.is_empty() {
            let message = complaints.first().map_or("", |complaint| complaint.message.as_str());
            let culprit = self.bisect(check, package)?;
            demoted.extend(culprit.map(|(number, at)| self.demote(check, number, at, message)));
        }
        Ok(demoted)
    }

    pub(super) fn demote(&mut self, check: Check, number: usize, at: usize, reason: &str) -> Demoted {
        self.active[number][at] = false;
        let subject = &self.subjects[number];
        let site = subject.candidates[at].site;
        Demoted {
            fingerprint: site.fingerprint.clone(),
            path: subject.file.path.to_string(),
            line: site.site.position.line,
            check,
            reason: reason.to_owned(),
        }
    }

    /// The first fix of a package with which it fails; of any, if it has none of its own.
    fn bisect(&mut self, check: Check, package: &str) -> Result<Option<(usize, usize)>, GoError> {
        let on = |(number, fixes): (usize, &Vec<bool>)| -> Vec<(usize, usize)> {
            (0..fixes.len()).filter(|&at| fixes[at]).map(|at| (number, at)).collect()
        };
        let all: Vec<(usize, usize)> = self.active.iter().enumerate().flat_map(on).collect();
        let own: Vec<_> = all.iter().copied().filter(|(number, _)| self.package_of(*number) == package).collect();
        let candidates = if own.is_empty() { all } else { own };
        let packages = if package.is_empty() {
            self.set.touched.keys().cloned().collect()
        } else {
            BTreeSet::from([package.to_owned()])
        };
        (self.say)(&format!("{}: bisecting {} fixes of {package}", check.name(), candidates.len()));
        if candidates.is_empty() || self.fails(check, &packages, &candidates, 0)? {
            return Ok(None);
        }
        if !self.fails(check, &packages, &candidates, candidates.len())? {
            return Ok(None);
        }
        let (mut passes, mut fails) = (0, candidates.len());
        while fails - passes > 1 {
            let middle = passes + (fails - passes) / 2;
            match self.fails(check, &packages, &candidates, middle)? {
                true => fails = middle,
                false => passes = middle,
            }
        }
        Ok(candidates.get(fails - 1).copied())
    }

    /// Whether the packages fail with only the first few of the candidates.
    fn fails(
        &mut self,
        check: Check,
        packages: &BTreeSet<String>,
        candidates: &[(usize, usize)],
        first: usize,
    ) -> Result<bool, GoError> {
        let mut active = self.active.clone();
        for (number, at) in &candidates[first..] {
            active[*number][*at] = false;
        }
        let found = self.ask(check, packages, &active)?;
        Ok(!self.unheard(check, found)?.is_empty())
    }
}

/// A complaint about something that a package needs, as one about the package.
fn owned(complaint: Complaint, package: &str) -> Complaint {
    let message = format!("{NEEDS}{}:{}: {}", complaint.file, complaint.line, complaint.message);
    Complaint { package: package.to_owned(), message, ..complaint }
}

/// Lines move; what is said and in which file does not.
fn key(complaint: &Complaint) -> (&str, &str) {
    (complaint.file.rsplit(['/', '\\']).next().unwrap_or_default(), &complaint.message)
}
