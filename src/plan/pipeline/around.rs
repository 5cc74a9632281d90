//! Ways to print free text that are no printing calls: each becomes a note, as what goes through them is counted nowhere.

use tree_sitter::Node;

use crate::go::syntax::head::Head;
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, field, kind, named_children, peel};
use crate::go::types::{Callee, Type, is_function};
use crate::klog::call::{LogCall, Recognizer};
use crate::klog::composed::is_composed;
use crate::klog::place::Place;
use crate::rule::LogCalls;
use crate::text::LineIndex;
use crate::text::diagnostic::{Diagnostic, RelPath};

/// What goes unseen at a node that is no log call.
pub fn noted<'t>(node: Node<'t>, recognizer: &Recognizer<'_>, place: &Place<'_, 't>) -> Option<Diagnostic> {
    match node.kind_id() {
        kind::SELECTOR_EXPRESSION => maker(node, recognizer, place),
        kind::CALL_EXPRESSION => handed_on(node, recognizer, place),
        _ => None,
    }
}

fn note(node: Node<'_>, place: &Place<'_, '_>, message: &str) -> Diagnostic {
    Diagnostic::note(place.file.source.path.clone(), message).at(place.file.position(node))
}

/// What gives a logger of another kind, or what stands below a logger's own methods.
fn maker<'t>(node: Node<'t>, recognizer: &Recognizer<'_>, place: &Place<'_, 't>) -> Option<Diagnostic> {
    let selector = SelectorExpression::cast(node)?;
    let name = place.scopes.text(selector.field()?.node());
    let rules = &place.rules.log_calls;
    let knows = |names: &[String]| names.iter().any(|known| known == name);
    let help = "what it prints is counted nowhere";
    if knows(&rules.standard_loggers) && recognizer.is_of_package(node, place.scopes) {
        return Some(note(node, place, "makes a logger that prints free text through klog").help(help));
    }
    if !knows(&rules.past_loggers) {
        return None;
    }
    let operand = selector.operand()?.node();
    let of_loggers =
        |path: &str| rules.logger.types.iter().any(|ty| ty.starts_with(path) || path.starts_with(package(ty)));
    let is_theirs =
        place.imported(peel(operand)).map_or_else(|| recognizer.is_logger(operand, place.scopes), of_loggers);
    is_theirs.then(|| note(node, place, "prints through a logger, past its own methods").help(help))
}

/// `github.com/go-logr/logr` of `github.com/go-logr/logr.Logger`.
fn package(ty: &str) -> &str {
    ty.rsplit_once('.').map_or(ty, |(package, _)| package)
}

/// `var out Printer = klog.V(2)`, `print(klog.V(2))`: who calls an interface, or a type parameter, calls nobody that can be seen.
fn handed_on<'t>(node: Node<'t>, recognizer: &Recognizer<'_>, place: &Place<'_, 't>) -> Option<Diagnostic> {
    let callee = peel(CallExpression::cast(node)?.function()?.node());
    let (name, of_klog) = match SelectorExpression::cast(callee) {
        Some(selector) => (selector.field()?.node(), recognizer.is_package(selector.operand()?.node(), place.scopes)),
        None => (callee, place.qualifier.is_empty() && recognizer.has_klog()),
    };
    if !of_klog || !place.rules.log_calls.verbose.functions.contains_key(place.scopes.text(name)) {
        return None;
    }
    let taken = taken_as(node, place)?;
    let is_open =
        matches!(taken, Type::Param(_)) || matches!(place.types.view().underlying(&taken), Type::Interface(_));
    let message = "hands a level on as an interface, through which free text may be printed";
    is_open.then(|| note(node, place, message).help("what it prints is counted nowhere"))
}

/// The type that a value becomes where it is given away.
fn taken_as<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<Type> {
    let mut node = node;
    let mut outer = node.parent()?;
    while outer.kind_id() == kind::PARENTHESIZED_EXPRESSION {
        (node, outer) = (outer, outer.parent()?);
    }
    let at = named_children(outer).filter(|part| part.kind_id() != kind::COMMENT).position(|part| part == node)?;
    let around = outer.parent()?;
    match (outer.kind_id(), around.kind_id()) {
        (kind::ARGUMENT_LIST, kind::CALL_EXPRESSION) => match place.types.callee(around) {
            Callee::Conversion(ty) => Some(ty),
            _ => {
                let function = around.child_by_field_id(field::FUNCTION)?;
                let Type::Func(signature) = place.types.view().underlying(&place.type_of(function)) else {
                    return None;
                };
                let last = signature.params.len().checked_sub(1)?;
                match signature.params.get(at.min(last))? {
                    Type::Slice(element) if signature.variadic && at >= last => Some((**element).clone()),
                    ty => Some(ty.clone()),
                }
            }
        },
        (kind::EXPRESSION_LIST, kind::VAR_SPEC) => {
            let name = crate::go::syntax::children_by_field(around, field::NAME).filter(Node::is_named).nth(at)?;
            around.child_by_field_id(field::TYPE).map(|_| place.types.type_of_name(name))
        }
        (kind::EXPRESSION_LIST, kind::ASSIGNMENT_STATEMENT) => {
            named_children(around.child_by_field_id(field::LEFT)?).nth(at).map(|left| place.type_of(left))
        }
        (kind::EXPRESSION_LIST, kind::RETURN_STATEMENT) => {
            let function = place.scopes.ancestors().iter().rev().find(|node| is_function(**node))?;
            let result = function.child_by_field_id(field::RESULT)?;
            // What several results are, or one of another package, is not asked.
            let is_own = result.kind_id() == kind::TYPE_IDENTIFIER;
            let package = place.types.package().ok().filter(|_| is_own)?;
            place.types.view().declared_type(package, place.scopes.text(result))
        }
        _ => None,
    }
}

/// A value of a call with keys and values, or its error, that is put together from text right there.
pub fn text_among_pairs<'t>(call: &LogCall<'t>, place: &Place<'_, 't>) -> Option<Diagnostic> {
    let values = call.parts.pairs.iter().filter_map(|pair| pair.value).chain(call.parts.error);
    let made = values.into_iter().find(|value| is_composed(*value, place))?;
    let message = "a value is put together from text, which no key leads to";
    Some(note(made, place, message).help("give what changes in it keys of its own"))
}

/// Functions of klog's that a file gets by `//go:linkname`, without importing them.
pub fn linked_names(path: &RelPath, bytes: &[u8], head: &Head<'_>, rules: &LogCalls) -> Vec<Diagnostic> {
    const LINKS: &[u8] = b"//go:linkname ";
    if !head.imports.iter().any(|import| import == "unsafe") {
        return Vec::new();
    }
    let mut found = Vec::new();
    for at in memchr::memmem::find_iter(bytes, LINKS) {
        let line = bytes[at..].split(|byte| *byte == b'\n').next().unwrap_or_default();
        let line = String::from_utf8_lossy(line);
        let target = line.split_whitespace().nth(2).unwrap_or_default();
        let of_klog = |klog: &String| target.strip_prefix(klog.as_str()).is_some_and(|name| name.starts_with('.'));
        if rules.import_paths.iter().any(of_klog) {
            let note = Diagnostic::note(path.clone(), "calls a function of klog's under a name of its own");
            let note = note.at(LineIndex::new(bytes).line_col(at));
            found.push(note.help("what it prints is counted nowhere"));
        }
    }
    found
}
