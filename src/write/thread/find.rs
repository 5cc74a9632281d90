//! From log calls without a carrier to threads: directory by directory, package by package.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::ground::Ground;
use super::group::{self, Wanted};
use super::outcome::{Lone, Threads, Unreached};
use super::package;
use super::solve::{MAX_DEPTH, Solver};

/// Finds threads for these calls; those that are not wanted are told apart. Packages are independent: only functions that none but their own package can name
/// are changed.
pub fn threads(ground: &Ground<'_>, lone: Vec<Lone>, wanted: Wanted<'_>) -> Threads {
    let without = lone.len();
    let mut by_dir: BTreeMap<String, Vec<Lone>> = BTreeMap::new();
    for call in lone {
        let dir = call.path.rsplit_once('/').map_or("", |(dir, _)| dir).to_owned();
        by_dir.entry(dir).or_default().push(call);
    }
    let solved: Vec<Threads> =
        by_dir.into_par_iter().map(|(dir, lone)| directory(ground, &dir, lone, wanted)).collect();
    let mut all = Threads { without, ..Threads::default() };
    solved.into_iter().for_each(|found| all.extend(found));
    for (at, thread) in all.threads.iter_mut().enumerate() {
        thread.number = at + 1;
    }
    all.blocked.sort_by(|a, b| a.call.cmp(&b.call));
    all
}

/// Finds the threads of one directory.
fn directory(ground: &Ground<'_>, dir: &str, lone: Vec<Lone>, wanted: Wanted<'_>) -> Threads {
    let packages = match package::read(ground, dir, &lone, MAX_DEPTH) {
        Ok(packages) => packages,
        Err(blocked) => {
            let all = lone.into_iter().map(|call| Unreached { call, blocked: blocked.clone(), field: None }).collect();
            return Threads { blocked: all, ..Threads::default() };
        }
    };
    let mut found = Threads::default();
    for files in packages.values() {
        let own = |call: &&Lone| files.iter().any(|file| file.source.path == call.path);
        let lone: Vec<Lone> = lone.iter().filter(own).cloned().collect();
        if lone.is_empty() {
            continue;
        }
        let units = package::units(ground, files);
        let mut solver = Solver::new(ground, &units);
        let mut reached = Vec::new();
        for call in lone {
            match solver.lone(&call) {
                Ok(func) => reached.push((call, func)),
                Err(blocked) => found.blocked.push(Unreached { call, blocked, field: None }),
            }
        }
        found.extend(group::threads(&solver, reached, wanted));
    }
    found
}
