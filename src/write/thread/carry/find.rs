//! From log calls without a logger to threads.

use std::collections::{BTreeMap, BTreeSet};

use super::edits::{self, ByFile};
use super::facts::Declared;
use super::key::Key;
use super::order::{self, Group};
use super::series::Series;
use super::solve::{self, Solved};
use super::sources::Sources;
use super::why::unreached;
use crate::go::syntax::outline::{Decl, DeclKind, outline};
use crate::text::diagnostic::RelPath;
use crate::write::reason::{Cause, Doubt, Doubts};
use crate::write::thread::ground::Ground;
use crate::write::thread::group::Wanted;
use crate::write::thread::outcome::{self, Blocked, Lone, Purpose, Thread, Threaded, Threads, Unreached};

/// Finds threads for these calls. `published`: functions that the world outside the checkout may call.
pub fn carry(ground: &Ground<'_>, lone: Vec<Lone>, wanted: Wanted<'_>, published: &dyn Fn(&str) -> bool) -> Threads {
    let mut all = Threads { purpose: Purpose::Logger, without: lone.len(), ..Threads::default() };
    if lone.is_empty() {
        return all;
    }
    let sources = Sources::read(ground);
    let (calls, nowhere) = functions(ground, lone);
    all.blocked.extend(nowhere);
    let is_published = |key: &Key| key.is_exported() && key.dir().is_some_and(published);
    let solved = solve::solve(ground, &sources, &calls, &is_published);
    let lacking = calls.iter().filter(|(call, key)| !solved.carried.contains_key(&solved.gets(call, key)));
    all.blocked.extend(lacking.map(|(call, key)| unreached(&solved, key, call)));
    let calls: Vec<(Lone, Key)> =
        calls.into_iter().map(|(call, key)| (call.clone(), solved.gets(&call, &key))).collect();
    let groups = order::groups(&solved);
    let mut series = Series::of(ground, &sources, groups.iter().map(|group| edits(&solved, group)).collect());
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    for (number, group) in groups.iter().enumerate() {
        let own = calls.iter().filter(|(_, key)| group.keys.binary_search(key).is_ok()).map(|(call, _)| call.clone());
        let mut thread = describe(&solved, group, own.collect());
        if group.after.iter().any(|before| dropped.contains(before)) || !wanted(&thread) {
            dropped.insert(number);
            all.left_out.push(thread);
            continue;
        }
        match series.add(number) {
            Ok(steps) => {
                thread.steps = steps;
                all.threads.push(thread);
            }
            Err(blocked) => {
                dropped.insert(number);
                all.blocked.extend(thread.calls.into_iter().map(|call| Unreached {
                    call,
                    blocked: blocked.clone(),
                    field: None,
                }));
            }
        }
    }
    all.moved = series.moved();
    for (at, thread) in all.threads.iter_mut().enumerate() {
        thread.number = at + 1;
    }
    all.blocked.sort_by(|a, b| a.call.cmp(&b.call));
    all
}

/// The functions that calls stand in.
fn functions(ground: &Ground<'_>, lone: Vec<Lone>) -> (Vec<(Lone, Key)>, Vec<Unreached>) {
    let mut by_file: BTreeMap<RelPath, Vec<Lone>> = BTreeMap::new();
    for call in lone {
        by_file.entry(call.path.clone()).or_default().push(call);
    }
    let (mut found, mut nowhere) = (Vec::new(), Vec::new());
    for (path, calls) in by_file {
        let bytes = ground.world.index().source(&path).unwrap_or_default();
        let outline = outline(&bytes).unwrap_or_default();
        let types = ground.world.file_at(&path, &bytes);
        for call in calls {
            let is_function = |decl: &&Decl| matches!(decl.kind, DeclKind::Func | DeclKind::Method);
            match (outline.decl_at(call.offset).filter(is_function), types.package()) {
                (Some(decl), Ok(package)) => {
                    let [receiver, name] = [decl.receiver, decl.name].map(|slice| Box::from(outline.text(slice)));
                    found.push((call, Key { package: package.name.clone(), receiver, name, is_asked: false }));
                }
                _ => {
                    let here = (call.path.clone(), call.line);
                    nowhere.push(Unreached { call, blocked: Blocked::at(Cause::OutsideFunctions, here), field: None });
                }
            }
        }
    }
    (found, nowhere)
}

/// The edits of a group's functions.
fn edits(solved: &Solved, group: &Group) -> ByFile {
    let mut fixes = ByFile::new();
    for key in &group.keys {
        if let Some(kind) = solved.carried.get(key) {
            edits::add(solved, key, *kind, &mut fixes);
        }
    }
    fixes
}

fn describe(solved: &Solved, group: &Group, calls: Vec<Lone>) -> Thread {
    let (mut functions, mut depth) = (Vec::new(), 0);
    let mut doubts = Doubts::default();
    for key in &group.keys {
        let (Some(kind), Some(function)) = (solved.carried.get(key), solved.functions.get(key)) else { continue };
        let is_field = function.declared.iter().any(|declared| declared.is_field);
        doubts.add(if is_field { Doubt::NewField } else { Doubt::NewParameter });
        depth = depth.max(function.depth);
        if key.is_exported() && function.named.is_none() {
            doubts.add(Doubt::ExportedChanges);
        }
        // A member of a family is declared once for each set of build tags.
        let members: BTreeMap<&Key, &Declared> =
            function.declared.iter().rev().map(|declared| (&declared.key, declared)).collect();
        functions.extend(members.into_iter().map(|(member, declared)| {
            let calls = || function.calls.iter().filter(|call| call.callee == *member);
            Threaded {
                function: if declared.is_field { member.receiver.to_string() } else { member.display() },
                path: declared.path.clone(),
                line: declared.line,
                parameter: edits::written(declared, *kind),
                field: declared.is_field,
                calls: calls().count(),
                in_tests: calls().filter(|call| call.is_test).count(),
            }
        }));
    }
    functions.sort();
    let fingerprint = outcome::fingerprint(&functions);
    let (applicability, steps) = (doubts.applicability(), Vec::new());
    Thread { number: 0, purpose: Purpose::Logger, fingerprint, functions, calls, depth, applicability, doubts, steps }
}
