//! Calls through a logger from the context: `klog.InfoS(…)` → `logger.Info(…)`, the logger made once per function.

use tree_sitter::Node;

use super::asked::Target;
use super::callee::Callee;
use super::draft::Draft;
use super::logger::{LOGGER, is_first_read, logger, made, source};
use super::outcome::{Fix, RequestId};
use super::propose::{Proposer, Runtime};
use super::request_id::logged;
use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, kind, peel};
use crate::go::types::Binding;
use crate::klog::call::{Class, LogCall, Logger, Receiver, context_of};
use crate::klog::format::quote;
use crate::klog::place::Place;
use crate::rule::Severity;
use crate::text::Edit;
use crate::write::carrier::{self, Accessor};
use crate::write::reason::{Doubt, NoId};

/// The key of an error among the pairs.
const ERROR: &str = "err";

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
            (Severity::Error, Some(_)) => "Info",
            (_, Some(_)) => return None,
            _ => "Error",
        };
        let logger = logger(place, self.edits.last_resort)?;
        draft.rule("target-contextual");
        draft.doubt(Doubt::LoggerValues);
        if is_first_read(&logger, place) {
            draft.doubt(Doubt::ReceiverReadNext);
        }
        if method == "Info" && call.site.severity == Severity::Error {
            draft.doubt(Doubt::ErrorWithLevel);
        }
        let name = self.attached(&logger, draft);
        let level = level.map(|level| format!(".V({level})")).unwrap_or_default();
        Some(Callee { start: call.site.span.start, text: format!("{name}{level}.{method}"), logger: true })
    }

    /// A structured call goes through a logger.
    pub(super) fn through_logger<'t>(&self, call: &LogCall<'t>, place: &Place<'_, 't>) -> Option<Fix> {
        let mut draft = Draft::new(call, place);
        let arguments = call.parts.brackets?;
        if self.keeps_level(call, place) {
            let rest = error_last(call, place)?;
            let callee = self.logger_call(&mut draft)?;
            let after = format!("{}({rest})", callee.text);
            draft.edits.push(Edit::replace(callee.start..arguments.end_byte(), after.clone()));
            return Some(draft.fix(after));
        }
        let callee = self.logger_call(&mut draft)?;
        let after = format!("{}{}", callee.text, place.text(arguments));
        draft.edits.push(Edit::replace(callee.start..arguments.start_byte(), callee.text));
        Some(draft.fix(after))
    }

    /// Whether an error with a level goes to a logger: it becomes an Info with the level, and its error a pair.
    pub(super) fn keeps_level<'t>(&self, call: &LogCall<'t>, place: &Place<'_, 't>) -> bool {
        let has_level = || level(call, place).is_some_and(|level| level.is_some());
        call.site.severity == Severity::Error
            && self.edits.target == Target::Contextual
            && place.has(&self.rules.log_calls.logger.from_context)
            && !call.takes_depth
            && has_level()
            && logger(place, self.edits.last_resort).is_some()
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

    /// Makes the logger, where it is to be made, and has it carry the request ID. Returns what stands for it in the call.
    fn attached<'t>(&self, logger: &Logger<'t>, draft: &mut Draft<'_, '_, 't>) -> String {
        let place = draft.place;
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
        let mut name = logger.name.clone();
        if let Some(make) = &logger.make {
            let expression = wrapped(&source(make, place));
            match make.inline {
                true => name = expression,
                false => draft.elsewhere.extend(made(make, &format!("{LOGGER} := {expression}"), place)),
            }
            match &make.context {
                Some(context) if make.inline => draft.doubt(Doubt::LoggerInCall { context: context.clone() }),
                Some(context) => draft.doubt(Doubt::LoggerMade { context: context.clone() }),
                None => draft.doubt(Doubt::LoggerOfProgram),
            }
        } else if let (Some((from, _)), true) = (logger.made, id.is_some()) {
            draft.elsewhere.push(Edit::replace(from.byte_range(), wrapped(&place.text(from))));
        }
        draft.request_id = found.map(|found| match found {
            Ok(accessor) => RequestId::From(accessor),
            Err(reason) => RequestId::None(reason),
        });
        name
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
        let (function, context) = match (&logger.make, logger.made) {
            (Some(make), _) => (make.function, make.context.as_deref()),
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
        let behind = logger.make.as_ref().and_then(|make| make.behind);
        let is_inline = logger.make.as_ref().is_some_and(|make| make.inline);
        let in_body = logger.made.is_none_or(|(made, function)| is_top_level(made, function))
            && behind.is_none_or(|behind| is_top_level(behind, function))
            && !is_inline;
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
}

/// The context that a function is called with.
fn parameter<'t>(function: Node<'t>, place: &Place<'_, 't>) -> Option<&'t str> {
    let is_context =
        |binding: &&Binding<'t>| place.type_of_binding(binding).qualified().as_deref() == Some("context.Context");
    place.scopes.parameters(function).find(is_context).map(|context| context.name)
}

/// The arguments of `ErrorS` as those of an Info: the error as its last pair. `None` where that is not known.
fn error_last(call: &LogCall<'_>, place: &Place<'_, '_>) -> Option<String> {
    let parts = &call.parts;
    let (error, message) = (parts.error?, parts.message?);
    if parts.spread.is_some() || parts.is_wrapped() || parts.is_odd() || parts.has_key(ERROR) {
        return None;
    }
    let end = parts.end()?;
    let rest = String::from_utf8_lossy(place.source().get(message.start_byte()..end)?).into_owned();
    Some(match place.text(error).as_str() {
        "nil" => rest,
        error => format!("{rest}, {}, {error}", quote(ERROR)),
    })
}

/// What a logger's `V` is to be given, if the call has a level; `None` where it is not known what the level's type is, and for a call on anything but klog, `klog.V(…)`, and a variable of it that the code
/// asks whether it is enabled, so that it stays in use.
fn level<'t>(call: &LogCall<'t>, place: &Place<'_, 't>) -> Option<Option<String>> {
    match &call.receiver {
        Receiver::Package => Some(None),
        Receiver::Level => match call.level(place)? {
            level if level.is_zero(place) => Some(None),
            level => level.as_int(place).map(Some),
        },
        Receiver::Verbose => {
            let level = call.site.verbosity.clone().filter(|level| level.bytes().all(|b| b.is_ascii_digit()))?;
            let operand = SelectorExpression::cast(peel(call.callee()?))?.operand()?.node();
            let asks = format!("{}.Enabled()", place.text(operand));
            let declaration = place.scopes.declaration()?;
            let asked = memchr::memmem::find(&place.source()[declaration.byte_range()], asks.as_bytes()).is_some();
            (asked && operand.kind_id() == kind::IDENTIFIER).then_some(Some(level))
        }
        Receiver::Logger => None,
    }
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
