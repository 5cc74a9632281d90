//! Calls through a logger from the context: `klog.InfoS(…)` → `logger.Info(…)`, the logger made once per function.

use tree_sitter::Node;

use super::callee::Callee;
use super::check::{only_statement, parted};
use super::draft::Draft;
use super::outcome::{Fix, RequestId};
use super::propose::{Proposer, Runtime, Target};
use super::renewed::{Fate, fate};
use super::request_id::logged;
use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, kind};
use crate::go::types::{self, Binding};
use crate::klog::call::{Class, LogCall, Logger, Receiver, context_of, existing};
use crate::klog::format::quote;
use crate::klog::place::Place;
use crate::rule::Severity;
use crate::text::Edit;
use crate::write::carrier::{self, Accessor};
use crate::write::reason::{Doubt, NoId};

/// The variable that migrated code calls its logger.
const LOGGER: &str = "logger";

impl Proposer<'_> {
    /// `logger.V(4).Info` for `klog.V(4).Infof`, where the tree's klog has contextual logging, that was asked for, and a logger
    /// or a context is in scope. The request ID comes with the logger.
    pub(super) fn logger_call(&self, draft: &mut Draft<'_, '_, '_>) -> Option<Callee> {
        let (call, place) = (draft.call, draft.place);
        let from_context = &self.rules.log_calls.logger.from_context;
        if self.edits.target != Target::Contextual || !place.has(from_context) || call.takes_depth {
            return None;
        }
        let level = level(call, place)?;
        let method = match (call.site.severity, &level) {
            (Severity::Info | Severity::Warning, _) => "Info",
            // logr drops the level of an error: the line would always be there.
            (_, Some(_)) => return None,
            _ => "Error",
        };
        let logger = existing(place).or_else(|| self.to_be_made(place))?;
        draft.rule("target-contextual");
        draft.doubt(Doubt::LoggerValues);
        self.attached(&logger, draft);
        let level = level.map(|level| format!(".V({level})")).unwrap_or_default();
        Some(Callee { start: call.site.span.start, text: format!("{}{level}.{method}", logger.name), logger: true })
    }

    /// A structured call goes through a logger.
    pub(super) fn through_logger<'t>(&self, call: &LogCall<'t>, place: &Place<'_, 't>) -> Option<Fix> {
        let mut draft = Draft::new(call, place);
        let callee = self.logger_call(&mut draft)?;
        let arguments = call.parts.brackets?;
        let after = format!("{}{}", callee.text, place.text(arguments));
        draft.edits.push(Edit::replace(callee.start..arguments.start_byte(), callee.text));
        Some(draft.fix(after))
    }

    /// A call of a logger gets the request ID where the logger is made; in the call, where that is not in the function.
    pub(super) fn attach<'t>(&self, call: &LogCall<'t>, place: &Place<'_, 't>) -> Option<Fix> {
        if !self.edits.request_id || call.site.class != Class::Contextual {
            return None;
        }
        let mut draft = Draft::new(call, place);
        let logger = call.logger(place).filter(|logger| logger.made.is_none() || self.can_attach(place));
        let Some(logger) = logger else { return self.request_id_alone(call, place) };
        self.attached(&logger, &mut draft);
        let mut after = place.text(call.node());
        let span = call.site.span;
        draft
            .edits
            .extend(draft.elsewhere.extract_if(.., |edit| span.start <= edit.span.start && edit.span.end <= span.end));
        for edit in &draft.edits {
            after.replace_range(edit.span.start - span.start..edit.span.end - span.start, &edit.text);
        }
        matches!(draft.request_id, Some(RequestId::From(_))).then(|| draft.fix(after))
    }

    /// Whether the runtime package takes loggers.
    fn can_attach(&self, place: &Place<'_, '_>) -> bool {
        place.has(&self.rules.log_calls.logger.from_context)
    }

    /// Makes the logger, where it is to be made, and has it carry the request ID.
    fn attached<'t>(&self, logger: &Logger<'t>, draft: &mut Draft<'_, '_, 't>) {
        let place = draft.place;
        let klog = place.klog_qualifier();
        let found = self.edits.request_id.then(|| self.source(logger, draft));
        let id = match &found {
            Some(Ok(accessor)) => Some(format!(
                "{package}.{with}({{}}, {package}.{}({}))",
                accessor.function,
                accessor.argument,
                with = self.rules.log_calls.logger.with_id,
                package = place.package_name(self.runtime.import).unwrap_or_default(),
            )),
            _ => None,
        };
        let wrapped = |made: &str| id.as_ref().map_or_else(|| made.to_owned(), |id| id.replace("{}", made));
        if let Some((function, context)) = logger.make {
            let made = wrapped(&format!("{klog}{}({context})", self.rules.log_calls.logger.from_context));
            draft.elsewhere.extend(first_statement(function, &format!("{LOGGER} := {made}"), place));
            draft.doubt(Doubt::LoggerMade { context: context.to_owned() });
        } else if let (Some((made, _)), true) = (logger.made, id.is_some()) {
            draft.elsewhere.push(Edit::replace(made.byte_range(), wrapped(&place.text(made))));
        }
        draft.request_id = found.map(|found| match found {
            Ok(accessor) => RequestId::From(accessor),
            Err(reason) => RequestId::None(reason),
        });
    }

    /// Whether an expression is a call of the runtime package, whose loggers have an ID.
    fn is_of_runtime<'t>(&self, made: Node<'t>, place: &Place<'_, 't>) -> bool {
        let function = CallExpression::cast(made).and_then(|call| SelectorExpression::cast(call.function()?.node()));
        let package = function.and_then(|selector| place.imported(selector.operand()?.node()));
        package == Some(self.runtime.import)
    }

    /// What carries the request ID where the logger is made. It is the same for all calls of one logger, so that their edits are.
    fn source<'t>(&self, logger: &Logger<'t>, draft: &mut Draft<'_, '_, 't>) -> Result<Accessor, NoId> {
        let place = draft.place;
        self.can_name_runtime(place)?;
        let (function, context) = match (logger.make, logger.made) {
            (Some((function, context)), _) => (function, Some(context)),
            (None, Some((made, function))) => (function, context_of(made, place)),
            (None, None) => return Err(NoId::LoggerFromCaller),
        };
        if logger.has_key(self.key(), place) || logger.made.is_some_and(|(made, _)| self.is_of_runtime(made, place)) {
            return Err(NoId::LoggerHasId);
        }
        if memchr::memmem::find(&place.source()[function.byte_range()], quote(self.key()).as_bytes()).is_some() {
            return Err(NoId::KeyInFunction { key: self.key().to_owned() });
        }
        let request_context = self.rules.carriers.request_contexts.is_match(&*place.file.source.path);
        let in_body = logger.made.is_none_or(|(made, function)| is_top_level(made, function));
        let Runtime { source, process_ids, .. } = *self.runtime;
        let setting = carrier::Setting { context_first: request_context, source, process_ids };
        let accessor = match context.or_else(|| parameter(function, place).filter(|_| in_body)) {
            // Made in the call, where all is in scope that the call could log.
            None if logger.name.is_empty() => carrier::find(place, &logged(draft.call, place), setting),
            context => carrier::entry(place, function, context, setting, in_body),
        };
        let accessor = accessor.ok_or(NoId::NoCarrierAtLogger)?;
        draft.rule("request-id");
        draft.imports.push(self.runtime.import.to_owned());
        for caveat in carrier::caveats(&accessor, place, request_context) {
            draft.doubt(caveat);
        }
        Ok(accessor)
    }

    /// A logger of the context of the innermost function that has one: made at its start, or in the call where the context
    /// may be another one by then.
    fn to_be_made<'t>(&self, place: &Place<'_, 't>) -> Option<Logger<'t>> {
        let functions = place.scopes.ancestors().iter().rev().copied().filter(|node| types::is_function(*node));
        let (function, context) =
            functions.filter_map(|function| Some((function, parameter(function, place)?))).next()?;
        let body = function.child_by_field_id(syntax::field::BODY)?;
        match fate(function, context, place) {
            Fate::Same => {}
            // The request ID would have to be attached in each call.
            Fate::Renewed
                if !self.edits.request_id && place.scopes.lookup(context).is_some_and(|now| is_context(now, place)) =>
            {
                let name = format!("{}{}({context})", place.klog_qualifier(), self.rules.log_calls.logger.from_context);
                return Some(Logger { name, set: None, made: None, make: None });
            }
            Fate::Renewed | Fate::MayBeNil => return None,
        }
        let free = !mentions(&place.source()[function.byte_range()], LOGGER);
        let has_room = starts_its_line(body, place) || only_statement(body, place).is_some();
        let make = (free && has_room).then_some((function, context))?;
        Some(Logger { name: LOGGER.to_owned(), set: None, made: None, make: Some(make) })
    }
}

/// The context that a function is called with.
fn parameter<'t>(function: Node<'t>, place: &Place<'_, 't>) -> Option<&'t str> {
    place.scopes.parameters(function).find(|binding| is_context(binding, place)).map(|context| context.name)
}

fn is_context<'t>(binding: &Binding<'t>, place: &Place<'_, 't>) -> bool {
    place.type_of_binding(binding).qualified().as_deref() == Some("context.Context")
}

/// What a logger's `V` is to be given, if the call has a level; `None` for a call on anything but klog and `klog.V(…)`, and where
/// it is not known what the level's type is.
fn level<'t>(call: &LogCall<'t>, place: &Place<'_, 't>) -> Option<Option<String>> {
    match &call.receiver {
        Receiver::Package => Some(None),
        Receiver::Level => match call.level(place)? {
            level if level.is_zero(place) => Some(None),
            level => level.as_int(place).map(Some),
        },
        Receiver::Verbose | Receiver::Logger => None,
    }
}

/// Whether nothing but a comment follows the brace that opens a body, and the body goes on below.
fn starts_its_line(body: Node<'_>, place: &Place<'_, '_>) -> bool {
    let rest = place.source()[body.start_byte() + 1..].split(|b| *b == b'\n').next().unwrap_or_default();
    let rest = rest.trim_ascii();
    let several_lines = body.start_position().row < body.end_position().row;
    several_lines && (rest.is_empty() || rest.starts_with(b"//"))
}

/// Whether a text holds a word that is not a field.
fn mentions(text: &[u8], name: &str) -> bool {
    let word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 0x80;
    memchr::memmem::find_iter(text, name.as_bytes()).any(|at| {
        let before = at.checked_sub(1).and_then(|b| text.get(b));
        !before.is_some_and(|b| word(b) || *b == b'.') && !text.get(at + name.len()).is_some_and(word)
    })
}

/// Inserts a statement as the first of a function.
fn first_statement(function: Node<'_>, statement: &str, place: &Place<'_, '_>) -> Vec<Edit> {
    let Some(body) = function.child_by_field_id(syntax::field::BODY) else { return Vec::new() };
    let source = place.source();
    if !starts_its_line(body, place) {
        return parted(body, statement, place);
    }
    let line = memchr::memrchr(b'\n', &source[..body.end_byte() - 1]).map_or(0, |at| at + 1);
    let indent: String = source[line..].iter().take_while(|b| **b == b'\t').map(|b| *b as char).collect();
    let newline = if source.contains(&b'\r') { "\r\n" } else { "\n" };
    let end = memchr::memchr(b'\n', &source[body.start_byte()..]).map(|at| body.start_byte() + at + 1);
    end.map(|at| Edit::insert(at, format!("{indent}\t{statement}{newline}"))).into_iter().collect()
}

/// Whether an expression stands in a statement of a function's own block, where nothing can shadow its parameters.
fn is_top_level(node: Node<'_>, function: Node<'_>) -> bool {
    let Some(body) = function.child_by_field_id(syntax::field::BODY) else { return false };
    let mut around = node.parent();
    while let Some(parent) = around {
        if matches!(parent.kind_id(), kind::BLOCK) {
            return parent == body;
        }
        if matches!(
            parent.kind_id(),
            kind::IF_STATEMENT
                | kind::FOR_STATEMENT
                | kind::EXPRESSION_CASE
                | kind::TYPE_CASE
                | kind::COMMUNICATION_CASE
                | kind::DEFAULT_CASE
                | kind::FUNC_LITERAL
        ) {
            return false;
        }
        around = parent.parent();
    }
    false
}
