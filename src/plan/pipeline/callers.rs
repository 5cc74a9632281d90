//! Who calls functions of the tree that hand their format and arguments on to klog: what such a function is given is printed as free
//! text, so that its calls are as good as klog's own.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;

use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;

use super::error::PlanError;
use super::handing::{Found, Function, calls_in, dir_of, handing};
use super::options::{Options, pool};
use super::spine::plan;
use super::whole::Plan;
use crate::go::files::{self, Root};
use crate::go::index::default_name;
use crate::go::syntax::head::head;
use crate::go::syntax::word::is_word;
use crate::go::types::World;
use crate::klog::call::Class;
use crate::rule::RuleSet;
use crate::text::Span;
use crate::text::diagnostic::{Diagnostic, RelPath};

/// A note for each call of a function that hands what it is given to klog, through however many others.
pub fn callers(plan_of: &Plan, options: &Options, rules: &RuleSet) -> Result<Vec<Diagnostic>, PlanError> {
    let whole = match options.shard {
        None => None,
        // Functions and their callers lie in any share: one says it for all.
        Some(shard) if shard.is_first() => {
            let all = Options { shard: None, scope: None, proposes: false, ..options.clone() };
            Some(plan(&all, rules, &|_, _| {})?)
        }
        Some(_) => return Ok(Vec::new()),
    };
    let world = options.world();
    let plan = whole.as_ref().unwrap_or(plan_of);
    let walked = files::walk(&options.root.dir, &options.walk(), &rules.scope);
    pool(options)?.install(|| Ok(Search { world: &world }.all(plan, &walked.files)))
}

/// As [`callers`], for the calls in some files of a tree that was not planned: of the functions that may hand on what they are given
/// those alone are read that these files may lead to.
pub fn callers_in(
    files: &BTreeSet<RelPath>,
    spreading: &BTreeMap<String, BTreeSet<RelPath>>,
    options: &Options,
    rules: &RuleSet,
) -> Result<Vec<Diagnostic>, PlanError> {
    let world = options.world();
    let mut handing: BTreeSet<RelPath> = BTreeSet::new();
    let mut open: Vec<RelPath> = files.iter().cloned().collect();
    while let Some(path) = open.pop() {
        let led =
            |bytes: &[u8]| called_names(bytes).filter_map(|name| spreading.get(name)).flatten().cloned().collect();
        let led: BTreeSet<RelPath> = world.index().lend(&path, led).unwrap_or_default();
        let fresh = led.into_iter().filter(|path| handing.insert(path.clone()));
        open.extend(fresh.filter(|path| !files.contains(path)));
    }
    if handing.is_empty() {
        return Ok(Vec::new());
    }
    let root = Root { narrow: handing.iter().cloned().collect(), ..options.root.clone() };
    let asked = Options { root, scope: None, shard: None, proposes: false, habits: false, ..options.clone() };
    let plan = plan(&asked, rules, &|_, _| {})?;
    let among: Vec<RelPath> = handing.union(files).cloned().collect();
    let mut notes = pool(options)?.install(|| Search { world: &world }.all(&plan, &among));
    notes.retain(|note| files.contains(&note.path));
    Ok(notes)
}

/// Names that a file calls, as sorted hashes: of equal ones a name may be another's.
type Called = Box<[u32]>;

fn hash(name: &str) -> u32 {
    FxBuildHasher.hash_one(name) as u32
}

struct Search<'s> {
    world: &'s World,
}

impl Search<'_> {
    /// Starts from what a plan has, and goes on through these files.
    fn all(&self, plan: &Plan, files: &[RelPath]) -> Vec<Diagnostic> {
        let first = plan.files.par_iter().flat_map_iter(|file| {
            let hands_on = |span: Span| spreads(span.of(&file.source));
            let sites = file.sites.iter().map(|plan| &plan.site).filter(|site| site.class == Class::Unstructured);
            let spreading: Vec<Span> = sites.map(|site| site.span).filter(|span| hands_on(*span)).collect();
            if spreading.is_empty() { Vec::new() } else { handing(&file.path, &file.source, &spreading) }
        });
        let mut fresh: BTreeSet<Function> = first.collect();
        let mut known = fresh.clone();
        let mut notes = Vec::new();
        let called: Vec<Called> = match fresh.is_empty() {
            true => Vec::new(),
            false => files.par_iter().map(|path| self.called(path)).collect(),
        };
        while !fresh.is_empty() {
            let hashes: BTreeSet<u32> = fresh.iter().map(|function| hash(&function.name)).collect();
            let may_call = |called: &Called| hashes.iter().any(|name| called.binary_search(name).is_ok());
            let calling = files.par_iter().zip(&called).filter(|(_, called)| may_call(called));
            let found: Vec<Found> = calling.filter_map(|(path, _)| self.calls(path, &fresh)).collect();
            fresh.clear();
            for found in found {
                notes.extend(found.notes);
                fresh.extend(found.handing.into_iter().filter(|function| !known.contains(function)));
            }
            known.extend(fresh.iter().cloned());
        }
        notes.sort();
        notes.dedup();
        notes
    }

    /// What a file calls: files are read once, however many rounds there are.
    fn called(&self, path: &RelPath) -> Called {
        let names = |bytes: &[u8]| {
            let mut hashes: Vec<u32> = called_names(bytes).map(hash).collect();
            hashes.sort_unstable();
            hashes.dedup();
            hashes.into()
        };
        self.world.index().lend(path, names).unwrap_or_default()
    }

    /// The calls of these functions in a file.
    fn calls(&self, path: &RelPath, functions: &BTreeSet<Function>) -> Option<Found> {
        let calls = |bytes: &[u8]| {
            let named: Vec<&Function> = functions.iter().filter(|function| is_called(bytes, &function.name)).collect();
            let near = if named.is_empty() { Vec::new() } else { self.near(path, bytes, named) };
            if near.is_empty() {
                return None;
            }
            let wants = |code: &[u8]| near.iter().any(|name| is_called(code, name));
            calls_in(self.world, path, bytes, functions, &wants)
        };
        self.world.index().lend(path, calls).ok()?
    }

    /// Names of those functions that the file's text may call.
    fn near(&self, path: &RelPath, bytes: &[u8], named: Vec<&Function>) -> Vec<String> {
        let head = head(bytes);
        let names: Vec<&str> = head.imports.iter().map(|path| default_name(path)).chain(head.aliases).collect();
        let is_near = |function: &&Function| {
            let package = || self.world.index().resolver().package_at(&function.dir).path.clone();
            let is_method = !function.receiver.is_empty();
            let is_imported = || head.imports.iter().any(|path| **path == *package());
            let is_own = function.dir == dir_of(path);
            (is_method || is_own || is_imported())
                && calls_of(bytes, &function.name).any(|before| !is_method || is_method_of(before, &names))
        };
        named.into_iter().filter(is_near).map(|function| function.name.clone()).collect()
    }
}

/// Whether the last argument of a call is spread out.
fn spreads(call: &[u8]) -> bool {
    let Some(arguments) = call.trim_ascii_end().strip_suffix(b")").map(<[u8]>::trim_ascii_end) else { return false };
    arguments.strip_suffix(b",").unwrap_or(arguments).ends_with(b"...")
}

/// Whether a text holds a call of this name.
fn is_called(bytes: &[u8], name: &str) -> bool {
    calls_of(bytes, name).next().is_some()
}

/// Names that are called in a text.
fn called_names(bytes: &[u8]) -> impl Iterator<Item = &str> {
    memchr::memchr_iter(b'(', bytes).filter_map(|at| {
        let before = bytes[..at].trim_ascii_end();
        let start = before.len() - before.iter().rev().take_while(|byte| is_word(**byte)).count();
        std::str::from_utf8(&before[start..]).ok()
    })
}

/// What stands before each call of this name; who is given nothing hands nothing on.
fn calls_of<'b>(bytes: &'b [u8], name: &'b str) -> impl Iterator<Item = &'b [u8]> {
    memmem::find_iter(bytes, name.as_bytes()).filter_map(move |at| {
        let given = bytes[at + name.len()..].trim_ascii_start().strip_prefix(b"(")?;
        (!given.trim_ascii_start().starts_with(b")")).then_some(&bytes[..at])
    })
}

/// Whether what stands before a name makes it a method of something else than one of these packages.
fn is_method_of(before: &[u8], packages: &[&str]) -> bool {
    let Some(operand) = before.trim_ascii_end().strip_suffix(b".") else { return false };
    let word = operand.len() - operand.iter().rev().take_while(|byte| is_word(**byte)).count();
    let is_field = operand[..word].ends_with(b".");
    is_field || !packages.iter().any(|package| package.as_bytes() == &operand[word..])
}
