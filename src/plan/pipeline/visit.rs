//! One file's calls, in their order: learned from, rewritten or counted.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::aim;
use super::around;
use super::beside::Beside;
use super::site::SitePlan;
use super::unseen;
use crate::go::calls::Anchor;
use crate::go::index::Imports;
use crate::go::parse::ParsedFile;
use crate::go::syntax::kind;
use crate::go::types::{FileTypes, Scopes, Visitor};
use crate::klog::call::{Class, LogCall, Recognizer};
use crate::klog::convention::{Conventions, Sample};
use crate::klog::lint;
use crate::klog::observe::sample;
use crate::klog::place::Place;
use crate::path::Standing;
use crate::rule::{RuleSet, Version};
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::write::edit::{Outcome, Proposer};
use crate::write::reason::SkipReason;

/// What tells where a byte of a file stands among the operations.
pub(super) type StandingOf<'v> = &'v dyn Fn(&RelPath, &[u8], usize) -> Option<(Standing, Option<Anchor>)>;

/// What a walk over a file is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Learn,
    Propose,
    List,
}

/// What a walk over a file brought.
#[derive(Default)]
pub(super) struct Visited {
    pub(super) has_klog: bool,
    pub(super) sites: Vec<SitePlan>,
    pub(super) beside: Vec<Beside>,
    pub(super) samples: Vec<Sample>,
    pub(super) notes: Vec<Diagnostic>,
}

/// A file that is gone through.
pub(super) struct FileVisitor<'v, 't> {
    pub(super) rules: &'v RuleSet,
    /// Where a call stands among the operations, if the run asks.
    pub(super) standing: StandingOf<'v>,
    /// Whether calls elsewhere are left out.
    pub(super) narrows: bool,
    pub(super) purpose: Purpose,
    pub(super) file: &'t ParsedFile,
    pub(super) imports: &'v Imports,
    pub(super) recognizer: Recognizer<'v>,
    pub(super) proposer: Proposer<'v>,
    pub(super) conventions: &'v Conventions,
    pub(super) types: &'v FileTypes<'v, 'v>,
    pub(super) klog: Version,
    pub(super) declined: Option<&'v str>,
    /// Where the declarations start that are looked at, unless all are.
    pub(super) among: Option<&'v BTreeSet<usize>>,
    pub(super) visited: Visited,
}

impl<'v, 't> FileVisitor<'v, 't> {
    /// What is known here; `qualifier` is the name of the klog that is asked about.
    fn place<'a>(&'a self, scopes: &'a Scopes<'t>, qualifier: &'a str) -> Place<'a, 't> {
        Place {
            rules: self.rules,
            file: self.file,
            imports: self.imports,
            scopes,
            conventions: self.conventions,
            types: self.types,
            klog: self.klog,
            qualifier,
        }
    }

    fn beside(&mut self, node: Node<'t>, scopes: &Scopes<'t>) {
        let place = self.place(scopes, self.recognizer.qualifier());
        let found = lint::loose(node, &self.recognizer, &place, self.proposer.key());
        self.visited.beside.extend(found.into_iter().map(|violation| Beside::new(violation, scopes)));
    }

    fn around(&mut self, node: Node<'t>, scopes: &Scopes<'t>) {
        let place = self.place(scopes, self.recognizer.qualifier());
        let note = around::noted(node, &self.recognizer, &place).filter(|_| self.purpose != Purpose::Learn);
        self.visited.notes.extend(note);
    }

    /// Whether nobody asks what becomes of a call: it has keys and values, and stands in no other whose fix it would be in the way of.
    fn is_counted(&self, call: &LogCall<'t>) -> bool {
        let is_structured = matches!(call.site.class, Class::Structured | Class::Contextual);
        let is_around = |plan: &SitePlan| plan.site.span.contains(call.site.span.start);
        self.proposer.edits.parts_alone && is_structured && !self.visited.sites.iter().any(is_around)
    }

    fn call(&mut self, node: Node<'t>, scopes: &Scopes<'t>) {
        let Some(call) = self.recognizer.call(node, scopes) else { return };
        if self.purpose != Purpose::Learn {
            let place = self.place(scopes, &call.klog.qualifier);
            let notes = [unseen::of_call(&call, self.file, scopes), around::text_among_pairs(&call, &place)];
            self.visited.notes.extend(notes.into_iter().flatten());
        }
        if self.purpose == Purpose::List {
            return self.visited.sites.push(SitePlan::undecided(call.site, Outcome::Counted));
        }
        let place = self.place(scopes, &call.klog.qualifier);
        if self.purpose == Purpose::Learn {
            if matches!(call.site.class, Class::Structured | Class::Contextual) {
                self.visited.samples.push(sample(&call, &place));
            }
            return;
        }
        let source = &self.file.source;
        let (standing, anchor) = (self.standing)(&source.path, &source.bytes, call.site.span.start).unzip();
        let anchor = anchor.flatten();
        if let (Some(Standing::Off(off)), true) = (&standing, self.narrows) {
            let outcome = aim::left_out(off);
            return self.visited.sites.push(SitePlan { standing, anchor, ..SitePlan::undecided(call.site, outcome) });
        }
        let outcome = match self.declined {
            Some(reason) if call.site.class == Class::Unstructured => {
                SkipReason::Declined { why: reason.to_owned() }.into()
            }
            _ if call.site.class != Class::Contextual && !self.recognizer.has_klog() => {
                SkipReason::KlogNotImported.into()
            }
            _ if self.is_counted(&call) => Outcome::Structured,
            _ => self.proposer.propose(&call, &place),
        };
        let facts = lint::facts(&call, &place, self.proposer.key());
        self.visited.sites.push(SitePlan { facts, standing, anchor, ..SitePlan::undecided(call.site, outcome) });
    }
}

impl<'t> Visitor<'t> for FileVisitor<'_, 't> {
    fn skips(&self, declaration: Node<'t>) -> bool {
        if self.among.is_some_and(|among| !among.contains(&declaration.start_byte())) {
            return true;
        }
        !lint::asks_of_all(self.rules) && !self.recognizer.can_be_in(&self.file.source.bytes[declaration.byte_range()])
    }

    fn enter(&mut self, node: Node<'t>, scopes: &Scopes<'t>) {
        match node.kind_id() {
            kind::CALL_EXPRESSION => {
                self.call(node, scopes);
                self.around(node, scopes);
                if self.purpose == Purpose::Propose {
                    self.beside(node, scopes);
                }
            }
            kind if self.purpose == Purpose::Propose && lint::is_looked_at(kind) => self.beside(node, scopes),
            kind::SELECTOR_EXPRESSION | kind::IDENTIFIER if self.purpose != Purpose::Learn => {
                if let Some(site) = self.recognizer.function_value(node, scopes) {
                    self.visited.sites.push(SitePlan::undecided(site, SkipReason::FunctionValue.into()));
                } else {
                    self.around(node, scopes);
                }
            }
            _ => {}
        }
    }
}
