//! One file without the package: in passes, from the inside out, until nothing of it is named or nothing more is known.

use std::sync::Arc;

use super::becomes::{Becomes, Cleaner};
use super::code::Codes;
use super::uses::{Use, names, uses};
use crate::go::index::{Import, Imports, default_name};
use crate::go::parse::{ParsedFile, SourceFile, parse};
use crate::rule::RuleSet;
use crate::text::{Edit, FileChange, LineCol, Span, apply_edits};
use crate::write::edit::{FileEdits, import_edits, package_uses};
use crate::write::reason::Obstacle;

/// More passes than calls stand in each other.
const PASSES: usize = 40;

/// What stays: where it stands, what it is, and why.
pub(super) type Kept = (Option<LineCol>, String, Obstacle);

/// What a file becomes, and what stays in it.
pub(super) struct Cleaned {
    pub(super) change: Option<FileChange>,
    /// In the order of the file.
    pub(super) left: Vec<Kept>,
}

/// Takes the packages of these import paths out of a file, which names them. An error says why it is not analysed.
pub(super) fn clean(path: &str, bytes: Vec<u8>, paths: &[&str], rules: &RuleSet) -> Result<Cleaned, Obstacle> {
    let before: Arc<[u8]> = bytes.into();
    let original = parsed(path, before.clone())?;
    let own = names(&original, paths);
    let dots = dotted(&original, paths);
    let mut left = Vec::new();
    let mut needs = Vec::new();
    let mut current = parsed(path, before.clone())?;
    for pass in 0..PASSES {
        let cleaner = cleaner(&current, &own, rules);
        let all = uses(&current, &own);
        let found: Vec<_> = all.iter().map(|one| (one, cleaner.becomes(one, &current))).collect();
        if pass == 0 {
            let stays = found.iter().filter(|(_, becomes)| matches!(becomes, Becomes::Stays));
            left = stays.map(|(one, _)| of(one, &current)).collect();
        }
        let (edits, more) = innermost(&found);
        if edits.is_empty() {
            let lost = all.iter().map(|one| of(one, &current));
            left = if left.is_empty() { lost.collect() } else { left };
            break;
        }
        needs.extend(more);
        // The columns of what stands beside are gofmt's.
        let all = FileEdits::of(&current.source.bytes, &current.tree, edits).map_err(|error| unsound(&error))?;
        let next = all.apply(&current.source.path, &current.source.bytes).map_err(|error| unsound(&error))?;
        current = parsed(path, next.after)?;
    }
    left.extend(dots);
    let after = tidy(&original, current, paths, &needs)?;
    let change = FileChange::edited(path, before, after);
    Ok(Cleaned { change: change.is_real().then_some(change), left })
}

/// Imports that hide which names are the package's.
fn dotted(file: &ParsedFile, paths: &[&str]) -> Vec<Kept> {
    let imports = Imports::of(file.tree.root_node(), &file.source.bytes);
    let hidden = |import: &&Import| import.alias.as_deref() == Some(".");
    let ours = imports.list.iter().filter(|import| paths.contains(&import.path.as_str())).filter(hidden);
    let place = |import: &Import| file.lines.line_col(import.span.start);
    ours.map(|import| (Some(place(import)), format!("import . {:?}", import.path), Obstacle::OtherUse)).collect()
}

fn of(one: &Use<'_>, file: &ParsedFile) -> Kept {
    (Some(file.position(one.node)), file.text(one.node).to_owned(), Obstacle::OtherUse)
}

fn unsound(error: &dyn std::fmt::Display) -> Obstacle {
    Obstacle::Unparsed { reason: error.to_string() }
}

fn parsed(path: &str, bytes: Arc<[u8]>) -> Result<ParsedFile, Obstacle> {
    parse(SourceFile { path: path.into(), bytes }).map_err(|diagnostic| unsound(&diagnostic.message))
}

fn cleaner<'r>(file: &ParsedFile, own: &'r [String], rules: &'r RuleSet) -> Cleaner<'r> {
    let imports = Imports::of(file.tree.root_node(), &file.source.bytes);
    let named = |paths: &[&str]| {
        let there = paths.iter().find_map(|path| imports.by_path(path));
        let path = there.map_or(paths.first().copied().unwrap_or_default(), |import| &import.path);
        (there.map_or(default_name(path), |import| import.name()).to_owned(), path.to_owned())
    };
    let klogs: Vec<&str> = rules.log_calls.import_paths.iter().rev().map(String::as_str).collect();
    let package = own.first().map_or("", String::as_str);
    Cleaner {
        rules,
        codes: Codes::of(&rules.wires, package),
        names: own,
        klog: named(&klogs),
        context: named(&["context"]),
    }
}

/// The edits of what holds no other that goes by itself, none of which overlap, and the imports that they need.
fn innermost(found: &[(&Use<'_>, Becomes)]) -> (Vec<Edit>, Vec<String>) {
    let mut taken: Vec<Span> = Vec::new();
    let (mut edits, mut imports) = (Vec::new(), Vec::new());
    let mut groups: Vec<(usize, &Vec<Edit>, &Vec<String>)> = Vec::new();
    for (one, becomes) in found {
        if let Becomes::Gone { edits, needs } = becomes {
            let extent = one.call().unwrap_or(one.node).byte_range().len();
            groups.push((extent, edits, needs));
        }
    }
    groups.sort_by_key(|(extent, ..)| *extent);
    for (_, group, needs) in groups {
        let whole = Span::new(
            group.iter().map(|edit| edit.span.start).min().unwrap_or_default(),
            group.iter().map(|edit| edit.span.end).max().unwrap_or_default(),
        );
        if taken.iter().all(|other| other.end <= whole.start || whole.end <= other.start) {
            taken.push(whole);
            edits.extend(group.iter().cloned());
            imports.extend(needs.iter().cloned());
        }
    }
    (edits, imports)
}

/// The file without imports that nothing names any more, and with those that it needs now.
fn tidy(original: &ParsedFile, cleaned: ParsedFile, paths: &[&str], needs: &[String]) -> Result<Vec<u8>, Obstacle> {
    let source: &[u8] = &cleaned.source.bytes;
    let imports = Imports::of(cleaned.tree.root_node(), source);
    let used = package_uses(cleaned.tree.root_node(), source, &[]);
    let before = package_uses(original.tree.root_node(), &original.source.bytes, &[]);
    let is_orphaned = |import: &&Import| {
        let name = import.name();
        let is_ours = paths.contains(&import.path.as_str()) && name != ".";
        !used.contains(name) && (is_ours || before.contains(name))
    };
    let orphaned: Vec<_> = imports.list.iter().filter(is_orphaned).collect();
    let edits = import_edits(&imports, needs, &orphaned, source);
    let after = apply_edits(source, &edits).map_err(|error| unsound(&error))?;
    parsed(&cleaned.source.path, after.clone().into())?;
    Ok(after)
}
