//! The calls of functions that hand their format and arguments on to klog, in files whose calls of klog are known.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::hash::BuildHasher;

use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashSet};

use super::handing::{Asked, Found, Function, calls_in, dir_of, handing};
use super::left::Called;
use super::whole::Plan;
use crate::go::index::default_name;
use crate::go::syntax::head::head;
use crate::go::syntax::word::is_word;
use crate::go::types::World;
use crate::klog::call::Class;
use crate::rule::LogCalls;
use crate::text::Span;
use crate::text::diagnostic::{Diagnostic, RelPath};

/// How many names are remembered, so that they are not written down again.
const SEEN: usize = 4096;

thread_local! {
    static SCRATCH: RefCell<(Vec<u32>, Box<[u32]>)> = RefCell::new((Vec::new(), vec![0; SEEN].into()));
}

fn hash(name: &[u8]) -> u32 {
    // 0 stands for no name.
    (FxBuildHasher.hash_one(name) >> 32) as u32 | 1
}

/// What a file calls.
pub(super) fn called(bytes: &[u8]) -> Called {
    SCRATCH.with_borrow_mut(|(names, seen)| {
        for name in called_names(bytes) {
            let hash = hash(name);
            if let Some(slot) = seen.get_mut(hash as usize / 2 % SEEN)
                && *slot != hash
            {
                *slot = hash;
                names.push(hash);
            }
        }
        let called = names.as_slice().into();
        for hash in names.drain(..) {
            if let Some(slot) = seen.get_mut(hash as usize / 2 % SEEN) {
                *slot = 0;
            }
        }
        called
    })
}

/// A search through files of a tree.
pub(super) struct Search<'s> {
    /// The tree's declarations.
    pub(super) world: &'s World,
    /// What klog's own functions are.
    pub(super) rules: &'s LogCalls,
}

impl Search<'_> {
    /// A note for each call. Starts from what a plan has, and goes on through these files; `called` tells of each what it calls.
    pub(super) fn all<'c>(
        &self,
        plan: &Plan,
        files: &[RelPath],
        called: impl FnOnce() -> Cow<'c, [Called]>,
    ) -> Vec<Diagnostic> {
        let first = plan.files.par_iter().flat_map_iter(|file| {
            let hands_on = |span: Span| spreads(span.of(&file.source));
            let sites = file.sites.iter().map(|plan| &plan.site).filter(|site| site.class == Class::Unstructured);
            let spreading: Vec<Span> = sites.map(|site| site.span).filter(|span| hands_on(*span)).collect();
            if spreading.is_empty() { Vec::new() } else { handing(&file.path, &file.source, &spreading) }
        });
        let mut fresh: BTreeSet<Function> = first.collect();
        let mut known = fresh.clone();
        let mut notes = Vec::new();
        let called = if fresh.is_empty() { Cow::default() } else { called() };
        while !fresh.is_empty() {
            let hashes: FxHashSet<u32> = fresh.iter().map(|function| hash(function.name.as_bytes())).collect();
            let calls = |(path, called): (&RelPath, &Called)| {
                let names: FxHashSet<u32> = called.iter().copied().filter(|name| hashes.contains(name)).collect();
                if names.is_empty() { None } else { self.calls(path, &names, &fresh) }
            };
            let found: Vec<Found> = files.par_iter().zip(&*called).filter_map(calls).collect();
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

    /// What files call, of which nobody knows it yet.
    pub(super) fn called(&self, files: &[RelPath]) -> Vec<Called> {
        files.par_iter().map(|path| self.world.index().lend(path, called).unwrap_or_default()).collect()
    }

    /// The calls of these functions in a file that calls some of their names.
    fn calls(&self, path: &RelPath, names: &FxHashSet<u32>, functions: &BTreeSet<Function>) -> Option<Found> {
        let calls = |bytes: &[u8]| {
            let is_named = |name: &str| names.contains(&hash(name.as_bytes())) && is_called(bytes, name);
            let named: Vec<&Function> = functions.iter().filter(|function| is_named(&function.name)).collect();
            let near = if named.is_empty() { Vec::new() } else { self.near(path, bytes, named) };
            if near.is_empty() {
                return None;
            }
            let wants = |code: &[u8]| near.iter().any(|name| is_called(code, name));
            calls_in(&Asked { world: self.world, rules: self.rules, functions }, path, bytes, &wants)
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
pub(super) fn called_names(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    memchr::memchr_iter(b'(', bytes).map(|at| {
        let before = bytes[..at].trim_ascii_end();
        let start = before.len() - before.iter().rev().take_while(|byte| is_word(**byte)).count();
        &before[start..]
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
