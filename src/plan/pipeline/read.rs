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
use crate::klog::place::Place;
use crate::klog::sought::SoughtTexts;
use crate::rule::{RuleSet, Version};
use crate::text::Span;
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

/// A file, and what was taken from its calls, in their order.
pub struct Read<T> {
    /// The file.
    pub file: ParsedFile,
    /// Of each call.
    pub calls: Vec<T>,
    /// Statements that make a logger, or a context for one, and do nothing else.
    pub makers: Vec<Span>,
}

/// Reads files as a run with these options would. `each` says what is to be kept of a call; a file that cannot be read is a
/// diagnostic in its place.
pub fn read<T: Send>(
    options: &Options,
    rules: &RuleSet,
    files: Vec<SourceFile>,
    each: &(dyn for<'a, 't> Fn(&Met<'a, 't>) -> T + Sync),
) -> Result<Vec<Result<Read<T>, Diagnostic>>, PlanError> {
    let stage = Stage::new(options, rules);
    let one = |source: SourceFile| {
        let path = source.path.clone();
        guarded(&path, || {
            let file = gaps::parse(source, &rules.log_calls)?;
            let (calls, makers) = calls(&file, &stage, options, rules, each)?;
            Ok(Read { file, calls, makers })
        })
        .and_then(|read| read)
    };
    Ok(pool(options)?.install(|| files.into_par_iter().map(one).collect()))
}

fn calls<T>(
    file: &ParsedFile,
    stage: &Stage<'_>,
    options: &Options,
    rules: &RuleSet,
    each: &dyn for<'a, 't> Fn(&Met<'a, 't>) -> T,
) -> Result<(Vec<T>, Vec<Span>), Diagnostic> {
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
        recognizer: Recognizer::new(&rules.log_calls, file, &imports, &typed).with(&types, runtime.import),
        proposer: Proposer { rules, edits: options.edits, runtime: &runtime, sought: &sought },
        each,
        namer: Namer::new(&file.source.path),
        found: Vec::new(),
        makers: Vec::new(),
    };
    types::walk(root, source, &mut reader).map_err(|unwalked| {
        let message = format!("not analysed: {unwalked}");
        Diagnostic::error(file.source.path.clone(), message).at(file.lines.line_col(unwalked.at()))
    })?;
    reader.found.sort_by_key(|(start, _)| *start);
    Ok((reader.found.into_iter().map(|(_, kept)| kept).collect(), reader.makers))
}

struct Reader<'r, 't, T> {
    file: &'t ParsedFile,
    imports: &'r Imports,
    types: &'r FileTypes<'r, 'r>,
    rules: &'r RuleSet,
    klog: Version,
    conventions: Conventions,
    recognizer: Recognizer<'r>,
    proposer: Proposer<'r>,
    each: &'r dyn for<'a, 'n> Fn(&Met<'a, 'n>) -> T,
    namer: Namer<'t>,
    found: Vec<((usize, usize), T)>,
    makers: Vec<Span>,
}

impl<'t, T> Reader<'_, 't, T> {
    /// Whether a statement sets names to loggers, or to contexts that are made anew or of a logger, and to nothing else.
    fn makes(&self, statement: Node<'t>, scopes: &Scopes<'t>) -> bool {
        let values = [field::RIGHT, field::VALUE].into_iter().find_map(|field| statement.child_by_field_id(field));
        let values: Vec<_> = values.into_iter().flat_map(named_children).collect();
        let is_call = |value: &Node<'t>| CallExpression::cast(peel(*value)).is_some();
        let is_made =
            |value: &Node<'t>| self.recognizer.is_logger(*value, scopes) || self.makes_context(*value, scopes);
        !values.is_empty() && values.iter().all(|value| is_call(value) && is_made(value))
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

impl<'t, T> Visitor<'t> for Reader<'_, 't, T> {
    fn skips(&self, declaration: Node<'t>) -> bool {
        !self.recognizer.can_be_in(&self.file.source.bytes[declaration.byte_range()])
    }

    fn enter(&mut self, node: Node<'t>, scopes: &Scopes<'t>) {
        let is_statement =
            matches!(node.kind_id(), kind::SHORT_VAR_DECLARATION | kind::ASSIGNMENT_STATEMENT | kind::VAR_SPEC);
        if is_statement && self.makes(node, scopes) {
            self.makers.push(node.byte_range().into());
        }
        if node.kind_id() != kind::CALL_EXPRESSION {
            return;
        }
        let Some(call) = self.recognizer.call(node, scopes) else { return };
        let place = Place {
            rules: self.rules,
            file: self.file,
            imports: self.imports,
            scopes,
            conventions: &self.conventions,
            types: self.types,
            klog: self.klog,
            qualifier: &call.klog.qualifier,
        };
        let fingerprint = self.namer.name(&call.site.function, call.site.span.of(&self.file.source.bytes));
        let met = Met {
            call: &call,
            place: &place,
            recognizer: &self.recognizer,
            proposer: &self.proposer,
            fingerprint: &fingerprint,
        };
        let kept = (self.each)(&met);
        self.found.push(((node.start_byte(), node.end_byte()), kept));
    }
}
