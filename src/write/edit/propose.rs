//! One klog call → Fix or Skip.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::asked::Edits;
use super::callee::Callee;
use super::check::{
    has_comment, indentation, is_always_printed, is_own_statement, lone_body, nameable, parted, unfold,
};
use super::derive::{derived, glued, made_of, stands_alone};
use super::draft::Draft;
use super::emit::on_one_line;
use super::outcome::{Fix, Outcome};
use super::repeatable::is_printer;
use super::twin::has_twin;
use super::variable::{Built, built, is_read_by_logs_alone, locals};
use crate::klog::call::{Class, LogCall};
use crate::klog::error::{error_in_scope, is_error};
use crate::klog::format::{Part, Reader, Template, quote};
use crate::klog::name::words;
use crate::klog::place::Place;
use crate::klog::sought::SoughtTexts;
use crate::rule::{IdSource, RuleSet, Severity, Style};
use crate::text::Edit;
use crate::write::message::{Message, Prefix, Token, message, relate, tokens};
use crate::write::reason::{Doubt, Loss, Refusal, SkipReason};
use crate::write::value::{KeyValue, Slot, additions, inline, join, name_related, slots, subject_pairs};

/// The package that request IDs are taken from, as the files of a directory import it.
#[derive(Clone, Debug)]
pub struct Runtime<'r> {
    /// Its import path.
    pub import: &'r str,
    /// Whether importing it gives klog its filter: without one, pairs go through `Pairs`.
    pub filters: bool,
    /// Why they must not import it.
    pub refusal: Option<Refusal>,
    /// Where IDs come from.
    pub source: IdSource,
    /// Whether IDs of processes are proposed as well.
    pub process_ids: bool,
}

/// Proposes rewrites by one set of rules.
pub struct Proposer<'r> {
    /// The rules.
    pub rules: &'r RuleSet,
    /// The edits asked for.
    pub edits: Edits,
    /// The runtime package.
    pub runtime: &'r Runtime<'r>,
    /// What the checkout looks for in logs.
    pub sought: &'r SoughtTexts,
}

/// Parts of a template, and bytes of its text, beyond which nothing is proposed.
const MAX_PARTS: usize = 1000;
const MAX_TEXT: usize = 1 << 15;

fn check_length(template: &Template<'_>) -> Result<(), SkipReason> {
    let text = |part: &Part<'_>| if let Part::Text(text) = part { text.len() } else { 0 };
    let (parts, bytes) = (template.parts.len(), template.parts.iter().map(text).sum::<usize>());
    if parts > MAX_PARTS || bytes > MAX_TEXT {
        return Err(SkipReason::TooLong { parts, bytes });
    }
    Ok(())
}

impl<'r> Proposer<'r> {
    /// Key of the request ID pair.
    pub fn key(&self) -> &str {
        &self.rules.carriers.key
    }

    /// What becomes of a call.
    pub fn propose<'t>(&self, call: &LogCall<'t>, place: &Place<'_, 't>) -> Outcome {
        let proposed = match call.site.class {
            Class::Unstructured if self.edits.structural => self.structural(call, place).map(Outcome::from),
            Class::Unstructured => Err(SkipReason::NotAsked),
            Class::Structured => {
                let through_logger = self.edits.structural.then(|| self.through_logger(call, place)).flatten();
                Ok(through_logger
                    .or_else(|| self.request_id_alone(call, place))
                    .map_or(Outcome::Structured, Outcome::from))
            }
            _ => Ok(self.attach(call, place).map_or(Outcome::Structured, Outcome::from)),
        };
        match proposed {
            Ok(Outcome::Fix(mut fix)) => {
                unfold(call.site.span, &mut fix, place);
                Outcome::Fix(fix)
            }
            proposed => proposed.unwrap_or_else(Outcome::from),
        }
    }

    fn structural<'t>(&self, call: &LogCall<'t>, place: &Place<'_, 't>) -> Result<Fix, SkipReason> {
        let mut draft = Draft::new(call, place);
        self.check(&draft)?;
        let template = self.template(&call.parts.printed, call.style.unwrap_or(Style::Print), place)?;
        check_length(&template)?;
        let template = inline(join(template, place), place);
        template.holes().for_each(|hole| draft.value(hole.operand));
        let tokens = tokens(&template);
        let mut slots = slots(&template, &tokens, place, is_always_printed(call, place));
        let message = self.sentence(&template, tokens, &mut slots, &mut draft);
        for note in &template.notes {
            draft.doubt(*note);
        }
        if slots.iter().any(|slot| slot.needs_fmt) {
            nameable("fmt", place)?;
        }
        self.flatten(&mut slots, &template, place)?;
        let message = self.message(message, &slots, &mut draft)?;
        if self.is_told(&template, place) {
            return Ok(Fix::unwritten());
        }
        if let Some(places) = self.sought.lost(&place.file.source.path, &template, &message) {
            draft.doubt(Doubt::TextSought { places });
        }
        draft.message = Some(message);
        if slots.iter().filter(|slot| slot.error).count() > 1 {
            draft.doubt(Doubt::SecondError);
        }
        draft.error = self.error(&mut slots, &mut draft);
        if draft.error.as_deref() == Some("nil") && place.scopes.lookup("nil").is_some() {
            return Err(SkipReason::NilTaken);
        }
        let owners: Vec<KeyValue> = slots.iter().filter_map(|slot| slot.owner.clone()).collect();
        let said = said(&template);
        self.pairs(slots, &said, &mut draft);
        for (subject, may_be_nil) in template.subjects.iter().flat_map(|node| subject_pairs(*node, place)) {
            draft.rule("message-wrapper");
            if draft.pairs.iter().all(|pair| pair.key != subject.key) {
                draft.pairs.push(subject);
                may_be_nil.then(|| draft.doubt(Doubt::KObjNil { klog: place.klog }));
            }
        }
        self.identify(owners, &mut draft);
        self.settle(&template, &mut draft);
        method(&mut draft);
        let callee = self.logger_call(&mut draft).unwrap_or_else(|| {
            self.request_id(&mut draft);
            self.klog_call(&draft)
        });
        let pair = if callee.logger { None } else { self.pair(&draft) };
        let arguments = self.arguments(pair, &draft);
        if let Some(variable) = template.variable {
            remove(variable, &arguments, &mut draft)?;
        }
        Ok(self.fix(callee, &arguments, draft))
    }

    /// Whether all is known that was asked for: nothing that follows keeps the call from being rewritten.
    fn is_told(&self, template: &Template<'_>, place: &Place<'_, '_>) -> bool {
        let is_read = place.file.unread.is_empty();
        self.edits.parts_alone && is_read && template.variable.is_none() && place.scopes.lookup("nil").is_none()
    }

    /// What is left of a text as a message; the values that belong together are named by it.
    fn sentence(
        &self,
        template: &Template<'_>,
        tokens: Vec<Token>,
        slots: &mut [Slot],
        draft: &mut Draft<'_, '_, '_>,
    ) -> Message {
        let place = draft.place;
        let prefix = Prefix {
            // `[component]` goes, unless the calls around have it too.
            brackets: place.conventions.brackets(&place.file.source.path) == Some(true),
            function: &draft.call.site.function,
            fails: draft.call.site.severity >= Severity::Error,
            warns: draft.call.site.severity == Severity::Warning,
            letter: place.conventions.keeps_letters(),
            distinguishes: has_twin(draft.call.parts.printed.first(), place),
        };
        if let Some(alone) = template.alone() {
            draft.rule("keys-given");
            return message(&crate::write::message::tokens(&alone), &[], prefix, self.rules);
        }
        let roles: Vec<_> = slots.iter().map(|slot| slot.role.clone()).collect();
        let (tokens, related) = relate(tokens, &roles, prefix, self.rules);
        name_related(slots, &related, self.rules);
        related.iter().take(1).for_each(|_| draft.rule("sentence-relation"));
        related.iter().filter(|related| related.review).take(1).for_each(|_| draft.doubt(Doubt::ValueReplaced));
        message(&tokens, &roles, prefix, self.rules)
    }

    /// What forbids a rewrite before the arguments are looked at.
    fn check(&self, draft: &Draft<'_, '_, '_>) -> Result<(), SkipReason> {
        let (call, place) = (draft.call, draft.place);
        if self.rules.log_calls.is_first_version(&call.klog.path) {
            return Err(SkipReason::KlogV1);
        }
        let function = function(call);
        if !place.has(&function) {
            return Err(SkipReason::KlogTooOld { klog: place.klog, function });
        }
        if has_comment(call.node()) {
            return Err(SkipReason::CommentInside);
        }
        if call.site.severity.terminates() && !is_own_statement(place) && lone_body(place).is_none() {
            return Err(SkipReason::NotAStatement);
        }
        if call.site.severity.terminates() && !place.has("FlushAndExit") {
            nameable("os", place)?;
        }
        Ok(())
    }

    /// The printed arguments of a call as text with holes.
    pub fn template<'t>(
        &self,
        args: &[Node<'t>],
        style: Style,
        place: &Place<'_, 't>,
    ) -> Result<Template<'t>, SkipReason> {
        let constant = |node: Node<'t>| place.types.string_of(node);
        let printer = |node: Node<'t>| is_printer(node, place);
        let fmt = place.imports.by_path("fmt").map(|import| import.name());
        let variable = |node: Node<'t>| built(node, place).map(|built| built.value);
        let error = |node: Node<'t>| is_error(node, place).is_some();
        let wrappers = &self.rules.messages.wrapper;
        let reader = Reader {
            source: place.source(),
            constant: &constant,
            variable: &variable,
            error: &error,
            printer: &printer,
            fmt,
            wrappers,
            closed: &self.rules.sentences.closed,
        };
        Template::of(args, style, &reader).map_err(SkipReason::from)
    }

    /// Values that take several lines are joined.
    fn flatten<'t>(
        &self,
        slots: &mut [Slot],
        template: &Template<'t>,
        place: &Place<'_, 't>,
    ) -> Result<(), SkipReason> {
        for (slot, hole) in slots.iter_mut().zip(template.holes()) {
            if !slot.pair.value.contains('\n') {
                continue;
            }
            let one_line = on_one_line(hole.operand, place.source());
            match one_line {
                Some(text) if slot.pair.value == place.text(hole.operand) => slot.pair.value = text,
                Some(text) if hole.name.is_none() => {
                    slot.pair.value = slot.pair.value.replace(&place.text(hole.operand), &text);
                }
                _ => {}
            }
            if slot.pair.value.contains('\n') {
                return Err(SkipReason::MultilineValue);
            }
        }
        Ok(())
    }

    fn message(&self, message: Message, slots: &[Slot], draft: &mut Draft<'_, '_, '_>) -> Result<String, SkipReason> {
        let place = draft.place;
        draft.rule("message-constant");
        if message.prefix_dropped {
            draft.rule("message-prefix");
        }
        if message.failed {
            draft.rule("message-failed");
        }
        for doubt in message.doubts {
            draft.doubt(doubt);
        }
        if message.substituted {
            draft.doubt(Doubt::ValueReplaced);
        }
        if message.text.chars().any(char::is_alphabetic) {
            return Ok(message.text);
        }
        let error = slots.iter().find(|slot| slot.error).map(|slot| slot.pair.value.as_str());
        if let Some(text) = error.and_then(|error| self.text_of(error, place)) {
            draft.rule("message-derived");
            draft.doubt(Doubt::MessageOfError);
            return Ok(text);
        }
        if let Some(message) = error.and_then(|error| derived(error, place)) {
            draft.rule("message-derived");
            draft.doubt(Doubt::MessageDerived);
            return Ok(message);
        }
        Err(if error.is_some() { SkipReason::OnlyError } else { SkipReason::OnlyValues })
    }

    /// The constant text of an error that was made right before the call.
    fn text_of(&self, error: &str, place: &Place<'_, '_>) -> Option<String> {
        let (args, style) = made_of(error, place)?;
        let template = self.template(&args, style, place).ok()?;
        let template = inline(join(template, place), place);
        let tokens = tokens(&template);
        let roles: Vec<_> = slots(&template, &tokens, place, true).iter().map(|slot| slot.role.clone()).collect();
        let prefix = Prefix { fails: true, ..Prefix::default() };
        let (tokens, _) = relate(tokens, &roles, prefix, self.rules);
        let message = message(&tokens, &roles, prefix, self.rules);
        let doubtful = message.substituted || !message.doubts.is_empty() || glued(&template);
        let complete = stands_alone(&message.text, &self.rules.messages);
        (complete && !doubtful).then_some(message.text)
    }

    /// Takes the error out of the slots where it is ErrorS's first argument.
    fn error(&self, slots: &mut Vec<Slot>, draft: &mut Draft<'_, '_, '_>) -> Option<String> {
        let place = draft.place;
        if !self.rules.log_calls.structured.error.contains(&draft.call.rewrite) || self.keeps_level(draft.call, place) {
            return None;
        }
        // What is worked out from an error is rather a detail of it, and one with a name of its own is told by that.
        let whole = |slot: &Slot| slot.error && !slot.pair.value.contains('(');
        let plain = slots.iter().rposition(|slot| whole(slot) && (slot.own.is_none() || slot.pair.value == "err"));
        let whole = plain.or_else(|| slots.iter().rposition(whole));
        if let Some(at) = whole.or_else(|| slots.iter().rposition(|slot| slot.error)) {
            draft.rule("error-operand");
            let slot = slots.remove(at);
            // The error before the message is printed as text by any klog.
            let of_pair = |doubt: &Doubt| matches!(doubt, Doubt::ShownOtherwise { loss: Loss::GoSyntax, .. });
            slot.doubts.into_iter().filter(|doubt| !of_pair(doubt)).for_each(|doubt| draft.doubt(doubt));
            return Some(slot.pair.value);
        }
        draft.rule("error-in-scope");
        match error_in_scope(place) {
            Some(name) => Some(name),
            None => {
                if !place.has("nil-error-is-error") {
                    draft.doubt(Doubt::NilError { klog: place.klog });
                }
                Some("nil".to_owned())
            }
        }
    }

    /// Adds the objects that the message speaks of.
    fn identify(&self, owners: Vec<KeyValue>, draft: &mut Draft<'_, '_, '_>) {
        for owner in owners {
            if draft.pairs.iter().all(|pair| pair.key != owner.key && pair.value != owner.value) {
                draft.rule("value-identity");
                draft.doubt(Doubt::OwnerAdded { key: owner.key.clone() });
                draft.pairs.insert(0, owner);
            }
        }
        let message = draft.message.as_deref().unwrap_or_default();
        for addition in additions(message, &draft.pairs, draft.place).into_iter().rev() {
            draft.rule("value-identity");
            draft.doubt(addition.doubt);
            draft.pairs.insert(0, addition.pair);
            for key in addition.replaces {
                drop_pair(key, draft);
            }
        }
    }

    /// The structured function in the place of the old one.
    fn klog_call(&self, draft: &Draft<'_, '_, '_>) -> Callee {
        let (call, place) = (draft.call, draft.place);
        // The parentheses that close behind the name in `(klog.Infof)(…)`.
        let callee = call.callee().unwrap_or(call.name);
        let behind = place.source().get(call.name.end_byte()..callee.end_byte()).unwrap_or_default();
        let text = format!("{}{}", function(call), String::from_utf8_lossy(behind));
        // Level 0 is none.
        if let Some(level) = call.level(place).filter(|level| level.is_zero(place))
            && let Some(on) = level.on
        {
            let start = level.whole.start_byte();
            return Callee { start, text: format!("{}.{text}", place.text(on)), logger: false };
        }
        Callee { start: call.name.start_byte(), text, logger: false }
    }

    /// The arguments: depth and error, message, keys and values, the request ID.
    fn arguments(&self, request_id: Option<String>, draft: &Draft<'_, '_, '_>) -> String {
        let (call, place) = (draft.call, draft.place);
        let depth = call.parts.depth.map(|depth| place.text(depth));
        let mut out: Vec<String> = depth.into_iter().chain(draft.error.clone()).collect();
        out.push(quote(draft.message.as_deref().unwrap_or_default()));
        let mut pairs: Vec<String> =
            draft.pairs.iter().map(|pair| format!("{}, {}", quote(&pair.key), pair.value)).collect();
        let wrapper = request_id.is_some().then(|| self.wrapper(place)).flatten();
        pairs.extend(request_id);
        match wrapper {
            Some(wrapper) => out.push(format!("{wrapper}({})...", pairs.join(", "))),
            None => out.append(&mut pairs),
        }
        out.join(", ")
    }

    /// The new call, and what ends the process behind it where the old call did.
    fn fix(&self, callee: Callee, arguments: &str, mut draft: Draft<'_, '_, '_>) -> Fix {
        let (call, place) = (draft.call, draft.place);
        let node = call.site.span;
        let mut new = format!("{}({arguments})", callee.text);
        if call.site.severity.terminates() {
            let newline = if place.source().contains(&b'\r') { "\r\n" } else { "\n" };
            let mut indent = indentation(place, node.start);
            if let Some(body) = lone_body(place) {
                indent.push('\t');
                draft.elsewhere.extend(parted(body, "", place));
            }
            let exit = if place.has("FlushAndExit") {
                let klog = place.klog_qualifier();
                format!("{klog}FlushAndExit({klog}ExitFlushTimeout, 1)")
            } else {
                draft.imports.push("os".to_owned());
                let os = place.package_name("os").unwrap_or("os");
                format!("{os}.Exit(1)")
            };
            new.push_str(&format!("{newline}{indent}{exit}"));
        }
        let head = &place.source()[node.start..callee.start];
        let after = format!("{}{new}", String::from_utf8_lossy(head));
        draft.edits.push(Edit::replace(callee.start..node.end, new));
        draft.fix(after)
    }
}

/// Drops a pair of which the first one says more, unless a variable would stand unused without it.
fn drop_pair(key: String, draft: &mut Draft<'_, '_, '_>) {
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect()
    };
    let (dropped, kept): (Vec<_>, Vec<_>) = draft.pairs.iter().partition(|pair| pair.key == key);
    let kept: Vec<String> = kept.iter().flat_map(|pair| words(&pair.value)).collect();
    let lost = dropped.iter().flat_map(|pair| words(&pair.value)).filter(|name| !kept.contains(name));
    if lost.into_iter().any(|name| is_read_by_logs_alone(&name, draft.place)) {
        return;
    }
    draft.pairs.retain(|pair| pair.key != key);
    let by = draft.pairs.first().map(|pair| pair.key.clone()).unwrap_or_default();
    draft.doubt(Doubt::PairDropped { key, by });
}

/// The structured function: InfoSDepth for InfoDepth.
fn function(call: &LogCall<'_>) -> String {
    format!("{}{}", call.rewrite, if call.takes_depth { "Depth" } else { "" })
}

/// Names the rule of the method, and what changes with it.
fn method(draft: &mut Draft<'_, '_, '_>) {
    let call = draft.call;
    draft.rule(match call.site.severity {
        _ if call.takes_depth => "method-depth",
        Severity::Info => "method-info",
        Severity::Warning => "method-warning",
        Severity::Error => "method-error",
        Severity::Fatal | Severity::Exit => "method-fatal",
    });
    match call.site.severity {
        Severity::Warning => draft.doubt(Doubt::SeverityChanges),
        Severity::Fatal => draft.doubt(Doubt::FatalExit),
        Severity::Exit => draft.doubt(Doubt::EndsProcess),
        _ => {}
    }
}

/// Takes a message variable away that nothing else reads. What its text was made of has to stand in the new call, or that
/// would become unused in its turn.
fn remove<'t>(variable: Node<'t>, arguments: &str, draft: &mut Draft<'_, '_, 't>) -> Result<(), SkipReason> {
    let place = draft.place;
    let Some(Built { value, removal: Some(edit) }) = built(variable, place) else { return Ok(()) };
    let words: Vec<&str> = arguments.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    if locals(value, place).any(|name| !words.contains(&name)) {
        return Err(SkipReason::HeldInVariable);
    }
    draft.doubt(Doubt::VariableDropped { variable: place.text(variable) });
    draft.elsewhere.push(edit);
    Ok(())
}

/// The words of a text, in lower case.
fn said(template: &Template<'_>) -> BTreeSet<String> {
    let texts = template.parts.iter().filter_map(|part| if let Part::Text(text) = part { Some(text) } else { None });
    texts.flat_map(|text| words(text)).map(|word| word.to_lowercase()).collect()
}
