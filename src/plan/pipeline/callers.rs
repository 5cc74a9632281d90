//! Who calls functions of the tree that hand their format and arguments on to klog: what such a function is given is printed as free
//! text, so that its calls are as good as klog's own.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::BuildHasher;

use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;
use tree_sitter::Node;

use super::error::PlanError;
use super::handed::handed_on;
use super::options::{Options, pool};
use super::spine::plan;
use super::whole::Plan;
use crate::go::files::{self, Root};
use crate::go::index::default_name;
use crate::go::module::Origin;
use crate::go::parse::{self, ParsedFile, Part, SourceFile};
use crate::go::syntax::head::head;
use crate::go::syntax::word::is_word;
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, field, kind, named_children, peel, text};
use crate::go::types::{self, Callee, FileTypes, Scopes, Visitor, World};
use crate::klog::call::Class;
use crate::rule::RuleSet;
use crate::text::Span;
use crate::text::diagnostic::{Diagnostic, RelPath};

/// A function of the tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Function {
    /// The directory of its package.
    dir: String,
    /// The type that it is a method of; empty: none.
    receiver: String,
    name: String,
}

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
        let none = BTreeSet::new();
        let first = plan.files.par_iter().flat_map_iter(|file| {
            let hands_on = |span: Span| spreads(span.of(&file.source));
            let sites = file.sites.iter().map(|plan| &plan.site).filter(|site| site.class == Class::Unstructured);
            let starts: BTreeSet<usize> =
                sites.filter(|site| hands_on(site.span)).map(|site| site.span.start).collect();
            let wants = |part: Part<'_>| memmem::find(part.text, b"...").is_some();
            let look = || self.look(&file.path, file.source.to_vec(), &wants, &starts, &none);
            let looked = (!starts.is_empty()).then(look);
            looked.flatten().map(|found| found.handing).unwrap_or_default()
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
        let mentions = |bytes: &[u8]| {
            let named: Vec<&Function> = functions.iter().filter(|function| is_called(bytes, &function.name)).collect();
            let near = if named.is_empty() { Vec::new() } else { self.near(path, bytes, named) };
            (!near.is_empty()).then(|| (bytes.to_vec(), near))
        };
        let (bytes, near) = self.world.index().lend(path, mentions).ok()??;
        let wants = |part: Part<'_>| near.iter().any(|name| is_called(part.text, name));
        self.look(path, bytes, &wants, &BTreeSet::new(), functions)
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

    /// Reads those functions of a file that are wanted.
    fn look(
        &self,
        path: &RelPath,
        bytes: Vec<u8>,
        wants: &dyn Fn(Part<'_>) -> bool,
        starts: &BTreeSet<usize>,
        functions: &BTreeSet<Function>,
    ) -> Option<Found> {
        let file = parse::parse_part(SourceFile { path: path.clone(), bytes: bytes.into() }, wants).ok()?;
        let types = self.world.file(&file);
        let mut reader = Reader { file: &file, types: &types, starts, functions, found: Found::default() };
        types::walk(file.tree.root_node(), &file.source.bytes, &mut reader).ok()?;
        Some(reader.found)
    }
}

/// What a file has.
#[derive(Default)]
struct Found {
    /// Calls of functions that hand on what they are given.
    notes: Vec<Diagnostic>,
    /// Functions that hand on what they are given.
    handing: Vec<Function>,
}

struct Reader<'r, 't> {
    file: &'t ParsedFile,
    types: &'r FileTypes<'r, 'r>,
    /// Where calls of klog start that may be given what is handed on.
    starts: &'r BTreeSet<usize>,
    functions: &'r BTreeSet<Function>,
    found: Found,
}

impl<'t> Visitor<'t> for Reader<'_, 't> {
    fn enter(&mut self, node: Node<'t>, scopes: &Scopes<'t>) {
        if node.kind_id() != kind::CALL_EXPRESSION {
            return;
        }
        let is_given = CallExpression::cast(node)
            .and_then(|call| call.arguments())
            .is_some_and(|given| named_children(given.node()).next().is_some());
        let called = if is_given { self.called(node) } else { None };
        if let Some(function) = &called {
            let note =
                Diagnostic::note(self.file.source.path.clone(), "prints free text through what hands it to klog");
            let of = if function.receiver.is_empty() { String::new() } else { format!("{}.", function.receiver) };
            let place = if function.dir.is_empty() { "the root package" } else { &function.dir };
            let help = format!("{of}{} in {place}; it counts in no rate", function.name);
            self.found.notes.push(note.at(self.file.position(node)).help(help));
        }
        if called.is_some() || self.starts.contains(&node.start_byte()) {
            let handing = handed_on(node, scopes).and_then(|declaration| self.declared(declaration));
            self.found.handing.extend(handing);
        }
    }
}

impl<'t> Reader<'_, 't> {
    /// The function that a call calls, if it is one of those that are looked for.
    fn called(&self, call: Node<'t>) -> Option<Function> {
        let callee = peel(CallExpression::cast(call)?.function()?.node());
        let name = match SelectorExpression::cast(callee) {
            Some(selector) => selector.field()?.node(),
            None => callee,
        };
        let name = text(name, &self.file.source.bytes);
        if self.functions.iter().all(|function| function.name != name) {
            return None;
        }
        let (package, receiver) = match self.types.callee(call) {
            Callee::Function { package, .. } => (package, String::new()),
            Callee::Method { receiver, .. } => (receiver.package.clone(), receiver.name.to_string()),
            _ => return None,
        };
        let Origin::Dir(dir) = &package.origin else { return None };
        let function = Function { dir: dir.to_string(), receiver, name: name.to_owned() };
        self.functions.contains(&function).then_some(function)
    }

    fn declared(&self, declaration: Node<'t>) -> Option<Function> {
        let source = &self.file.source.bytes;
        let name = text(declaration.child_by_field_id(field::NAME)?, source).to_owned();
        let receiver = declaration.child_by_field_id(field::RECEIVER).map(|receiver| text(receiver, source));
        let word = |text: &str| {
            let bare = text.trim_matches(|c| matches!(c, '(' | ')')).split('[').next().unwrap_or_default().trim();
            bare.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned()
        };
        let receiver = receiver.map(word).unwrap_or_default();
        Some(Function { dir: dir_of(&self.file.source.path).to_owned(), receiver, name })
    }
}

fn dir_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
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
