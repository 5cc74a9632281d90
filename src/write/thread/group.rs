//! Functions that change together, so that each thread's patch applies alone and all apply in any order.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::edits::{self, Change};
use super::func::Func;
use super::outcome::{self, Blocked, Lone, Purpose, Thread, Threaded, Threads, Unreached};
use super::parameter::{Kind, Parameters};
use super::solve::Solver;
use crate::go::index::default_name;
use crate::text::{FileChange, Moved};
use crate::write::edit::{Fix, file_fix_moved};
use crate::write::reason::{Cause, Doubt, Doubts};

/// Whether a thread is wanted.
pub type Wanted<'w> = &'w (dyn Fn(&Thread) -> bool + Sync);

/// Edits of a file that are nearer than this, in lines, go into one patch.
const NEAR: u32 = 8;

/// A function's edits, and the group that it belongs to.
struct Member {
    func: Func,
    changes: Vec<Change>,
    calls: usize,
    in_tests: usize,
    group: usize,
}

/// Groups all functions that get a parameter. `reached` are the log calls and their functions; those that no thread can be made
/// for come back with the reason.
/// Threads that are not wanted are left out of the others' files.
pub fn threads(solver: &Solver<'_, '_>, reached: Vec<(Lone, Func)>, wanted: Wanted<'_>) -> Threads {
    let mut members = members(solver);
    join_callers(solver, &mut members);
    join_near(solver, &mut members);
    let mut groups: Vec<usize> = members.iter().map(|member| member.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let mut steps = Steps::new();
    let mut found = Threads::default();
    for group in groups {
        let own: Vec<&Member> = members.iter().filter(|member| member.group == group).collect();
        let calls = reached.iter().filter(|(_, func)| own.iter().any(|member| member.func == *func));
        let calls: Vec<Lone> = calls.map(|(call, _)| call.clone()).collect();
        let mut thread = describe(solver, &own, calls);
        if !wanted(&thread) {
            found.left_out.push(thread);
            continue;
        }
        let fixes = fixes(&own);
        match one_name_each(solver, &fixes).and_then(|()| files(solver, &fixes, &steps)) {
            Ok(files) => {
                for (unit, file) in files {
                    found.moved.insert(file.step.path.clone(), file.moved);
                    thread.steps.push(file.step.clone());
                    steps.insert(unit, (file.before, file.step.after));
                }
            }
            Err(blocked) => {
                found.blocked.extend(thread.calls.into_iter().map(|call| Unreached {
                    call,
                    blocked: blocked.clone(),
                    field: None,
                }));
                continue;
            }
        }
        found.threads.push(thread);
    }
    found
}

/// What threads before made of each file: their fixes, and its text with them.
type Steps = BTreeMap<usize, (Vec<Fix>, Arc<[u8]>)>;

/// What a thread makes of one file.
struct Changed {
    /// After the threads before it.
    step: FileChange,
    /// The fixes of all of these.
    before: Vec<Fix>,
    /// Where lines stand after all of them.
    moved: Moved,
}

/// That no two new imports of a file go by the same name.
fn one_name_each(solver: &Solver<'_, '_>, fixes: &BTreeMap<usize, Fix>) -> Result<(), Blocked> {
    for (unit, fix) in fixes {
        let mut named: BTreeMap<&str, &str> = BTreeMap::new();
        for path in &fix.imports {
            let name = default_name(path);
            if named.insert(name, path).is_some_and(|other| other != path) {
                let cause = Cause::ImportTaken { name: name.to_owned() };
                return Err(Blocked::at(cause, solver.units[*unit].place(0)));
            }
        }
    }
    Ok(())
}

/// All files of a thread, or why one of them cannot be changed.
fn files(
    solver: &Solver<'_, '_>,
    fixes: &BTreeMap<usize, Fix>,
    steps: &Steps,
) -> Result<Vec<(usize, Changed)>, Blocked> {
    let changed = |(unit, fix): (&usize, &Fix)| {
        let (mut before, old) = match steps.get(unit) {
            Some((before, text)) => (before.clone(), text),
            None => (Vec::new(), &solver.units[*unit].file.source.bytes),
        };
        before.push(fix.clone());
        let (together, moved) = apply(solver, *unit, &before.iter().collect::<Vec<_>>())?;
        Ok((*unit, Changed { step: FileChange { before: Some(old.clone()), ..together }, before, moved }))
    };
    fixes.iter().map(changed).collect()
}

/// A file with these fixes.
fn apply(solver: &Solver<'_, '_>, unit: usize, fixes: &[&Fix]) -> Result<(FileChange, Moved), Blocked> {
    let file = solver.units[unit].file;
    let path = &file.source.path;
    file_fix_moved(path, &file.source.bytes, &file.tree, fixes)
        .map_err(|error| Blocked::at(Cause::DoesNotParse { error: error.to_string() }, (path.clone(), 1)))
}

fn members(solver: &Solver<'_, '_>) -> Vec<Member> {
    let functions = solver.parameters.keys().enumerate();
    let member = |(group, func): (usize, &Func)| {
        let refs = solver.known(func)?;
        let in_tests = refs.calls.iter().filter(|call| solver.units[call.slot.unit].is_test()).count();
        let changes = edits::changes(solver.units, refs, func, &solver.parameters);
        Some(Member { func: func.clone(), changes, calls: refs.calls.len(), in_tests, group })
    };
    functions.filter_map(member).collect()
}

fn join(members: &mut [Member], a: usize, b: usize) {
    let (from, to) = (members[a].group.max(members[b].group), members[a].group.min(members[b].group));
    for member in members.iter_mut().filter(|member| member.group == from) {
        member.group = to;
    }
}

/// A function and a caller that passes on its own new parameter.
fn join_callers(solver: &Solver<'_, '_>, members: &mut [Member]) {
    for at in 0..members.len() {
        let Some(refs) = solver.known(&members[at].func) else { continue };
        let kind = solver.parameters.get(&members[at].func).map(|parameter| parameter.kind.clone());
        let passes = refs.calls.iter().filter(|call| kind.as_ref().is_some_and(|kind| call.offer(kind).is_none()));
        let callers: Vec<&Func> = passes.filter_map(|call| call.caller.as_ref()).collect();
        let callers: Vec<usize> = (0..members.len()).filter(|other| callers.contains(&&members[*other].func)).collect();
        callers.into_iter().for_each(|other| join(members, at, other));
    }
}

/// Functions whose edits stand near each other, or bring the same import.
fn join_near(solver: &Solver<'_, '_>, members: &mut [Member]) {
    let mut lines: BTreeMap<usize, Vec<(u32, usize)>> = BTreeMap::new();
    for (at, member) in members.iter().enumerate() {
        for change in &member.changes {
            let unit = &solver.units[change.unit];
            let (_, line) = unit.place(change.edit.span.start);
            lines.entry(change.unit).or_default().push((line, at));
            if change.import.is_some() {
                // All new imports of a file stand together, above its first declaration.
                let (_, line) = unit.place(unit.imports.list.last().map_or(0, |import| import.span.end));
                lines.entry(change.unit).or_default().extend([(0, at), (line, at)]);
            }
        }
    }
    for places in lines.values_mut() {
        places.sort_unstable();
        for pair in places.windows(2) {
            if pair[1].0 - pair[0].0 < NEAR {
                join(members, pair[0].1, pair[1].1);
            }
        }
    }
}

/// A group's edits as one fix for each file.
fn fixes(own: &[&Member]) -> BTreeMap<usize, Fix> {
    let mut fixes: BTreeMap<usize, Fix> = BTreeMap::new();
    for change in own.iter().flat_map(|member| &member.changes) {
        let fix = fixes.entry(change.unit).or_insert_with(edits::nothing);
        fix.edits.push(change.edit.clone());
        fix.imports.extend(change.import.clone());
    }
    fixes
}

fn describe(solver: &Solver<'_, '_>, own: &[&Member], calls: Vec<Lone>) -> Thread {
    let parameters: &Parameters = &solver.parameters;
    let mut functions = Vec::new();
    let mut depth = 0;
    let mut doubts = Doubts::from_iter([Doubt::NewParameter]);
    for member in own {
        let (Some(parameter), Some(refs)) = (parameters.get(&member.func), solver.known(&member.func)) else {
            continue;
        };
        let Some(declared) = refs.declared.first() else { continue };
        depth = depth.max(parameter.depth);
        let (path, line) = solver.units[declared.slot.unit].place(declared.name);
        let ty = edits::type_names(solver.units, refs, &parameter.kind).ok();
        let ty = ty.and_then(|types| types.get(&declared.slot.unit).map(|(ty, _)| ty.clone())).unwrap_or_default();
        let request = solver.ground.rules.carriers.request_contexts.is_match(&*path);
        if parameter.kind == Kind::Context && !request {
            doubts.add(Doubt::RunLoopContext);
        }
        functions.push(Threaded {
            function: member.func.display(),
            path,
            line,
            parameter: format!("{} {ty}", parameter.name),
            field: false,
            calls: member.calls,
            in_tests: member.in_tests,
        });
    }
    let fields = |member: &&Member| {
        let (Some(parameter), Some(refs)) = (parameters.get(&member.func), solver.known(&member.func)) else {
            return false;
        };
        refs.calls.iter().filter_map(|call| call.offer(&parameter.kind)).any(|offer| offer.contains('.'))
    };
    let has_objects = own.iter().any(|m| parameters.get(&m.func).is_some_and(|p| p.kind != Kind::Context));
    if has_objects && own.iter().any(fields) {
        doubts.push(Doubt::ObjectInField);
    }
    functions.sort();
    let (applicability, steps) = (doubts.applicability(), Vec::new());
    let fingerprint = outcome::fingerprint(&functions);
    let purpose = Purpose::RequestId;
    Thread { number: 0, purpose, fingerprint, functions, calls, depth, applicability, doubts, steps }
}
