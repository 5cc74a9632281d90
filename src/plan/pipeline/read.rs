//! The log calls of some files as the engine reads them, for who compares calls instead of planning them.

use rayon::prelude::*;
use tree_sitter::Node;

use super::error::{PlanError, guarded};
use super::gaps;
use super::options::{Options, pool};
use super::stage::Stage;
use crate::go::index::Imports;
use crate::go::parse::{ParsedFile, SourceFile};
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, field, kind, named_children, peel};
use crate::go::types::{self, FileTypes, Scopes, Visitor};
use crate::klog::borrowed::borrowed;
use crate::klog::call::{LogCall, Recognizer};
use crate::klog::convention::Conventions;
use crate::klog::fingerprint::{Fingerprint, Namer};
use crate::klog::operand::callee_name;
use crate::klog::place::Place;
use crate::klog::sought::SoughtTexts;
use crate::rule::{RuleSet, Version};
use crate::text::diagnostic::Diagnostic;
use crate::write::edit::Proposer;

/// A log call in its place, while its file is walked.
pub struct Met<'a, 't> {
    /// The call.
    pub call: &'a LogCall<'t>,
    /// What is known where it stands.
    pub place: &'a Place<'a, 't>,
    /// What finds calls and loggers in its file.
    pub recognizer: &'a Recognizer<'a>,
    /// What proposes rewrites in its file.
    pub proposer: &'a Proposer<'a>,
    /// The call's name across runs.
    pub fingerprint: &'a Fingerprint,
}

/// What makes a logger, or a context for one, beside log calls, while its file is walked.
pub struct Making<'a, 't> {
    /// The statement that does nothing else, or the expression.
    pub node: Node<'t>,
    /// Whether it is a statement.
    pub is_statement: bool,
    /// The expressions.
    pub values: &'a [Node<'t>],
    /// What is known where it stands.
    pub place: &'a Place<'a, 't>,
    /// What finds calls and loggers in its file.
    pub recognizer: &'a Recognizer<'a>,
}

/// What is kept of a file for who compares calls.
pub trait Keep: Sync {
    /// Of a call.
    type Call: Send;
    /// Of what makes a logger.
    type Maker: Send;
    /// Keeps a call.
    fn call(&self, met: &Met<'_, '_>) -> Self::Call;
    /// Keeps what makes a logger.
    fn maker(&self, making: &Making<'_, '_>) -> Self::Maker;
}

/// A file, and what was taken from its calls and from what makes loggers, in their order.
pub struct Read<C, M> {
    /// The file.
    pub file: ParsedFile,
    /// Of each call.
    pub calls: Vec<C>,
    /// Of what makes a logger, or a context for one.
    pub makers: Vec<M>,
}

/// What was kept of a file.
pub type Kept<K> = Read<<K as Keep>::Call, <K as Keep>::Maker>;

/// Reads files as a run with these options would. `keep` says what is to be kept; a file that cannot be read is a diagnostic in its
/// place.
pub fn read<K: Keep>(
    options: &Options,
    rules: &RuleSet,
    files: Vec<SourceFile>,
    keep: &K,
) -> Result<Vec<Result<Kept<K>, Diagnostic>>, PlanError> {
    let stage = Stage::new(options, rules);
    let one = |source: SourceFile| {
        let path = source.path.clone();
        guarded(&path, || {
            let file = gaps::parse(source, &rules.log_calls)?;
            let (calls, makers) = calls(&file, &stage, options, rules, keep)?;
            Ok(Read { file, calls, makers })
        })
        .and_then(|read| read)
    };
    Ok(pool(options)?.install(|| files.into_par_iter().map(one).collect()))
}

/// A file's calls, and what makes its loggers and contexts.
type Found<K> = (Vec<<K as Keep>::Call>, Vec<<K as Keep>::Maker>);

fn calls<K: Keep>(
    file: &ParsedFile,
    stage: &Stage<'_>,
    options: &Options,
    rules: &RuleSet,
    keep: &K,
) -> Result<Found<K>, Diagnostic> {
    let (root, source) = (file.tree.root_node(), &file.source.bytes);
    let imports = Imports::of(root, source);
    let types = stage.world().file(file);
    let typed = |node: Node<'_>| borrowed(node, &types, &rules.log_calls);
    let runtime = stage.runtime(file.source.path.rsplit_once('/').map_or("", |(dir, _)| dir));
    // Whoever certifies looks at two versions of a change, tests and rules included.
    let sought = SoughtTexts::default();
    let mut reader = Reader {
        file,
        imports: &imports,
        types: &types,
        rules,
        klog: stage.klog(&file.source.path),
        conventions: Conventions::default(),
        recognizer: Recognizer::new(&rules.log_calls, file, &imports, &typed).with(&types, runtime.import).by_name(),
        proposer: Proposer { rules, edits: options.edits, runtime: &runtime, sought: &sought },
        keep,
        namer: Namer::new(&file.source.path),
        found: Vec::new(),
        makers: Vec::new(),
        told: 0,
    };
    types::walk(root, source, &mut reader).map_err(|unwalked| {
        let message = format!("not analysed: {unwalked}");
        Diagnostic::error(file.source.path.clone(), message).at(file.lines.line_col(unwalked.at()))
    })?;
    reader.found.sort_by_key(|(start, _)| *start);
    Ok((reader.found.into_iter().map(|(_, kept)| kept).collect(), reader.makers))
}

struct Reader<'r, 't, K: Keep> {
    file: &'t ParsedFile,
    imports: &'r Imports,
    types: &'r FileTypes<'r, 'r>,
    rules: &'r RuleSet,
    klog: Version,
    conventions: Conventions,
    recognizer: Recognizer<'r>,
    proposer: Proposer<'r>,
    keep: &'r K,
    namer: Namer<'t>,
    found: Vec<((usize, usize), K::Call)>,
    makers: Vec<K::Maker>,
    /// Up to where what makes a logger is told: as a part of a log call, or of what was kept.
    told: usize,
}

impl<'t, K: Keep> Reader<'_, 't, K> {
    fn place<'s>(&'s self, scopes: &'s Scopes<'t>, qualifier: &'s str) -> Place<'s, 't> {
        Place {
            rules: self.rules,
            file: self.file,
            imports: self.imports,
            scopes,
            conventions: &self.conventions,
            types: self.types,
            klog: self.klog,
            qualifier,
        }
    }

    /// Keeps what makes a logger.
    fn make(&mut self, node: Node<'t>, is_statement: bool, values: &[Node<'t>], scopes: &Scopes<'t>) {
        let place = self.place(scopes, self.recognizer.qualifier());
        let making = Making { node, is_statement, values, place: &place, recognizer: &self.recognizer };
        let kept = self.keep.maker(&making);
        self.makers.push(kept);
        self.told = node.end_byte();
    }

    /// The values of a statement that sets names to loggers, or to contexts that are made anew or of a logger, and to nothing else.
    fn makes(&self, statement: Node<'t>, scopes: &Scopes<'t>) -> Option<Vec<Node<'t>>> {
        let values = [field::RIGHT, field::VALUE].into_iter().find_map(|field| statement.child_by_field_id(field));
        let values: Vec<_> = values.into_iter().flat_map(named_children).collect();
        let is_made = |value: &Node<'t>| self.is_made(*value, scopes);
        (!values.is_empty() && values.iter().all(is_made)).then_some(values)
    }

    fn is_made(&self, value: Node<'t>, scopes: &Scopes<'t>) -> bool {
        let is_call = CallExpression::cast(peel(value)).is_some();
        is_call && (self.recognizer.is_logger(value, scopes) || self.makes_context(value, scopes))
    }

    /// Whether a call has the name of a function that makes a logger, or puts one into a context.
    fn may_make(&self, call: Node<'t>) -> bool {
        let callee = CallExpression::cast(call).and_then(|call| call.function());
        let name = callee.map(|callee| callee_name(peel(callee.node()), &self.file.source.bytes));
        name.is_some_and(|name| self.rules.log_calls.logger.makes(name))
    }

    fn makes_context(&self, value: Node<'t>, scopes: &Scopes<'t>) -> bool {
        let callee = CallExpression::cast(peel(value)).and_then(|call| call.function());
        let Some(callee) = callee.and_then(|callee| SelectorExpression::cast(peel(callee.node()))) else {
            return false;
        };
        let (Some(operand), Some(name)) = (callee.operand(), callee.field()) else { return false };
        let (operand, name) = (operand.node(), scopes.text(name.node()));
        let of_context = self.imports.path_of(scopes.text(operand)) == Some("context");
        of_context && matches!(name, "TODO" | "Background")
            || name == "NewContext" && self.recognizer.is_package(operand, scopes)
    }
}

impl<'t, K: Keep> Visitor<'t> for Reader<'_, 't, K> {
    fn skips(&self, declaration: Node<'t>) -> bool {
        !self.recognizer.can_be_in(&self.file.source.bytes[declaration.byte_range()])
    }

    fn enter(&mut self, node: Node<'t>, scopes: &Scopes<'t>) {
        let is_statement =
            matches!(node.kind_id(), kind::SHORT_VAR_DECLARATION | kind::ASSIGNMENT_STATEMENT | kind::VAR_SPEC);
        if let Some(values) = is_statement.then(|| self.makes(node, scopes)).flatten() {
            self.make(node, true, &values, scopes);
        }
        if node.kind_id() != kind::CALL_EXPRESSION {
            return;
        }
        let Some(call) = self.recognizer.call(node, scopes) else {
            if self.told <= node.start_byte() && self.may_make(node) && self.is_made(node, scopes) {
                self.make(node, false, &[node], scopes);
            }
            return;
        };
        self.told = self.told.max(node.end_byte());
        let fingerprint = self.namer.name(&call.site.function, call.site.span.of(&self.file.source.bytes));
        let place = self.place(scopes, &call.klog.qualifier);
        let met = Met {
            call: &call,
            place: &place,
            recognizer: &self.recognizer,
            proposer: &self.proposer,
            fingerprint: &fingerprint,
        };
        let kept = self.keep.call(&met);
        self.found.push(((node.start_byte(), node.end_byte()), kept));
    }
}
