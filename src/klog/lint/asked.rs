//! What only those trees are held to whose klogmod.toml asks for it: how loggers are made and how they travel.

use memchr::memmem;
use tree_sitter::Node;

use super::violation::Violation;
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, field, kind, named_children, peel};
use crate::klog::call::Recognizer;
use crate::klog::place::Place;
use crate::rule::RuleSet;
use crate::text::Edit;

const BOTH: &str = "lint-context-or-logger";
const HELPER: &str = "lint-logger-helper";
/// The rule about calls of functions that comments speak of.
pub(super) const MARKED: &str = "lint-marked";
/// The type of contexts.
const CONTEXT: &str = "context.Context";

/// Whether a tree asks for a rule.
pub(super) fn asks(rule: &str, place: &Place<'_, '_>) -> bool {
    place.rules.check.also.contains(rule)
}

/// Whether a tree asks for a rule that holds declarations to something in which nothing is logged.
pub fn asks_of_all(rules: &RuleSet) -> bool {
    [BOTH, HELPER, MARKED].into_iter().any(|rule| rules.check.also.contains(rule))
}

/// Whether something may be wrong in a file even if it logs nothing.
pub fn is_held(source: &[u8], rules: &RuleSet) -> bool {
    let asks = |rule: &str| rules.check.also.contains(rule);
    let names = |text: &str| memmem::find(source, text.as_bytes()).is_some();
    let logs = &rules.log_calls;
    let loggers = || logs.logger.types.iter().filter_map(|ty| ty.rsplit_once('.')).any(|(path, _)| names(path));
    let past = || logs.past_loggers.iter().any(|name| names(name));
    let notable = || asks(BOTH) || asks(HELPER) || past();
    asks(MARKED) || loggers() && notable() || names(&format!("//{}", logs.marked.directive))
}

/// What is wrong with a node that is no log call.
pub(super) fn loose<'t>(node: Node<'t>, recognizer: &Recognizer<'_>, place: &Place<'_, 't>) -> Option<Violation> {
    match node.kind_id() {
        kind::CALL_EXPRESSION if asks(HELPER, place) => helper(node, recognizer, place),
        kind::CALL_EXPRESSION | kind::IF_STATEMENT => None,
        _ if asks(BOTH, place) => both(node, place),
        _ => None,
    }
}

/// A logger or a context that is made without klog, so that switching contextual logging off does not reach it.
fn helper<'t>(node: Node<'t>, recognizer: &Recognizer<'_>, place: &Place<'_, 't>) -> Option<Violation> {
    let call = CallExpression::cast(node)?;
    let callee = peel(call.function()?.node());
    let selector = SelectorExpression::cast(callee)?;
    let (operand, name) = (selector.operand()?.node(), place.scopes.text(selector.field()?.node()));
    let rules = &place.rules.log_calls;
    let klog = recognizer.has_klog().then(|| place.klog_qualifier());
    let better = format!("Logger{name}");
    let (better, edit) = if rules.logger.names.iter().chain(&rules.logger.values).any(|known| *known == better) {
        if !recognizer.is_logger(operand, place.scopes) {
            return None;
        }
        let given = place.source().get(callee.end_byte()..node.end_byte())?.strip_prefix(b"(")?;
        let comma = if given.trim_ascii() == b")" { "" } else { ", " };
        let head = node.start_byte()..callee.end_byte() + 1;
        let text = klog.map(|klog| format!("{klog}{better}({}{comma}", place.text(operand)));
        (better, text.map(|text| Edit::replace(head, text)))
    } else {
        let of_logr = |path: &str| {
            let is = |ty: &String| ty.rsplit_once('.').is_some_and(|(package, _)| package == path);
            rules.logger.types.iter().any(is) && !rules.import_paths.iter().any(|klog| klog == path)
        };
        let puts = rules.logger.into_context.iter().any(|known| known == name);
        place.imported(peel(operand)).filter(|path| puts && of_logr(path))?;
        (name.to_owned(), klog.map(|klog| Edit::replace(callee.byte_range(), format!("{klog}{name}"))))
    };
    let said = format!("{name} keeps the logger where contextual logging is switched off; klog's {better} does not");
    Some(Violation::new(HELPER, callee, said).mended_by(edit))
}

/// A function that is given a context and a logger: which of the two loggers counts, nobody can tell.
fn both<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<Violation> {
    let parameters: Vec<_> = named_children(node.child_by_field_id(field::PARAMETERS)?).collect();
    let of_package = |parameter: &Node<'t>| {
        let (package, name) = place.scopes.text(parameter.child_by_field_id(field::TYPE)?).split_once('.')?;
        Some(format!("{}.{name}", place.imports.path_of(package)?))
    };
    let loggers = &place.rules.log_calls.logger.types;
    parameters.iter().find(|parameter| of_package(parameter).as_deref() == Some(CONTEXT))?;
    let logger = parameters.iter().find(|parameter| of_package(parameter).is_some_and(|ty| loggers.contains(&ty)))?;
    let said = "beside a context, a logger leaves open which of the two has what the caller attached".to_owned();
    Some(Violation::new(BOTH, *logger, said))
}
