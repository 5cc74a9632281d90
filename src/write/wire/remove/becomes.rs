//! What becomes of one name of the package.

use tree_sitter::Node;

use super::code::Codes;
use super::cut::{all_but, argument, element, from_list, statement};
use super::lists::unwrapped;
use super::uses::{Use, arguments};
use crate::go::parse::ParsedFile;
use crate::go::syntax::{field, kind, named_children};
use crate::rule::RuleSet;
use crate::text::Edit;

/// The key of the pair, as a constant of the package.
const KEY: &str = "Key";

/// What becomes of a name.
pub(super) enum Becomes {
    /// These edits take it out; the file needs the imports.
    Gone { edits: Vec<Edit>, needs: Vec<String> },
    /// It goes with another one.
    Along,
    /// A person has to look.
    Stays,
}

/// What decides: the rules, the code of wires under the package's name, and what the file calls klog and contexts.
pub(super) struct Cleaner<'r> {
    pub(super) rules: &'r RuleSet,
    pub(super) codes: Codes,
    pub(super) names: &'r [String],
    /// Names and import paths of klog and of the standard library's contexts.
    pub(super) klog: (String, String),
    pub(super) context: (String, String),
}

impl Cleaner<'_> {
    /// What becomes of a name.
    pub(super) fn becomes(&self, one: &Use<'_>, file: &ParsedFile) -> Becomes {
        let gone = |edits: Option<Vec<Edit>>| match edits {
            Some(edits) => Becomes::Gone { edits, needs: Vec::new() },
            None => Becomes::Stays,
        };
        if let Some(node) = self.codes.around(one.node, file) {
            let cut = if node.kind_id() == kind::KEYED_ELEMENT { element(node, file) } else { statement(node, file) };
            return gone(cut.map(|edit| vec![edit]));
        }
        let remove = &self.rules.wires.remove;
        let Some(call) = one.call() else {
            return if one.name == KEY && self.is_key(one.node, file) { Becomes::Along } else { Becomes::Stays };
        };
        let is_one = |names: &[String]| names.iter().any(|name| name == one.name);
        let replaced = |node: Node<'_>, text: String, needs: &str| Becomes::Gone {
            edits: vec![Edit::replace(node.byte_range(), text)],
            needs: vec![needs.to_owned()],
        };
        match one.name {
            _ if is_one(&remove.ids) && self.goes_along(call, file) => Becomes::Along,
            _ if is_one(&remove.ids) => gone(self.pair(call, file)),
            _ if is_one(&remove.given) => gone(given(call, file)),
            _ if is_one(&remove.widens) => gone(given(call, file).filter(|_| !widens(call))),
            _ if is_one(&remove.lists) => {
                let slice = one.name == self.rules.log_calls.logger.pairs;
                gone(unwrapped(call, slice, file))
            }
            _ if is_one(&remove.vanish) => {
                gone(argument(call).and_then(|(list, node)| Some(vec![from_list(list, node, node, file)?])))
            }
            _ if is_one(&remove.statements) => {
                let around = call.parent().filter(|node| node.kind_id() == kind::EXPRESSION_STATEMENT);
                gone(around.and_then(|node| Some(vec![statement(node, file)?])))
            }
            name if name == remove.logger => {
                let function = &self.rules.log_calls.logger.from_context;
                replaced(one.node, format!("{}.{function}", self.klog.0), &self.klog.1)
            }
            name if name == remove.nobody => replaced(call, format!("{}.TODO()", self.context.0), &self.context.1),
            _ => Becomes::Stays,
        }
    }

    /// Whether what is around a call takes it along: it is no more than what another function of the package does with the rest.
    fn goes_along(&self, call: Node<'_>, file: &ParsedFile) -> bool {
        let Some((list, node)) = argument(call) else { return false };
        let Some(outer) = list.parent().filter(|outer| outer.kind_id() == kind::CALL_EXPRESSION) else { return false };
        let Some(name) = self.function(outer, file) else { return false };
        let remove = &self.rules.wires.remove;
        let is_first = named_children(list).next() == Some(node);
        remove.vanish.iter().any(|one| one == name)
            || !is_first && remove.given.iter().chain(&remove.widens).any(|one| one == name)
    }

    /// The function of the package that a call calls.
    fn function<'t>(&self, call: Node<'t>, file: &'t ParsedFile) -> Option<&'t str> {
        let callee = call.child_by_field_id(field::FUNCTION)?;
        let of = callee.child_by_field_id(field::OPERAND)?;
        let is_ours = self.names.iter().any(|own| own == file.text(of));
        callee.child_by_field_id(field::FIELD).filter(|_| is_ours).map(|name| file.text(name))
    }

    /// The pair whose value a call is.
    fn pair(&self, call: Node<'_>, file: &ParsedFile) -> Option<Vec<Edit>> {
        let (list, node) = argument(call).filter(|(_, node)| *node == call)?;
        let all: Vec<_> = named_children(list).collect();
        let at = all.iter().position(|argument| *argument == node)?;
        let key = *all.get(at.checked_sub(1)?)?;
        let text = file.text(key);
        let is_key = text.trim_matches(['"', '`']) == self.rules.carriers.key && text.starts_with(['"', '`']);
        let is_constant = self.names.iter().any(|own| text == format!("{own}.{KEY}"));
        (is_key || is_constant).then(|| Some(vec![from_list(list, key, node, file)?]))?
    }

    /// Whether a name is the key of a pair that goes.
    fn is_key(&self, node: Node<'_>, file: &ParsedFile) -> bool {
        let Some(list) = node.parent().filter(|list| list.kind_id() == kind::ARGUMENT_LIST) else { return false };
        let value = named_children(list).skip_while(|argument| *argument != node).nth(1);
        let function = value.and_then(|value| self.function(value, file));
        function.is_some_and(|function| self.rules.wires.remove.ids.iter().any(|id| id == function))
    }
}

/// Whether a call says more than its first argument would in its place: a variable gets its type from the call, or nil stands for
/// Go's own, which is so in a field alone.
fn widens(call: Node<'_>) -> bool {
    let parent = |node: Node<'_>| node.parent().map_or(0, |parent| parent.kind_id());
    let is_nil = arguments(call).first().is_some_and(|first| first.kind_id() == kind::NIL);
    let list = call.parent().filter(|list| list.kind_id() == kind::EXPRESSION_LIST);
    let declared = list.and_then(|list| list.parent()).is_some_and(|by| match by.kind_id() {
        kind::SHORT_VAR_DECLARATION => true,
        kind::VAR_SPEC => by.child_by_field_id(field::TYPE).is_none(),
        _ => false,
    });
    declared || is_nil && call.parent().is_none_or(|value| parent(value) != kind::KEYED_ELEMENT)
}

/// The first argument in the place of the call; no statement where it would be assigned to itself.
fn given(call: Node<'_>, file: &ParsedFile) -> Option<Vec<Edit>> {
    let first = *arguments(call).first()?;
    let around = call.parent()?;
    if around.kind_id() == kind::EXPRESSION_STATEMENT {
        return None;
    }
    let assignment = around.parent().filter(|node| {
        let left = node.child_by_field_id(field::LEFT).map(|left| file.text(left));
        let is_whole =
            node.child_by_field_id(field::RIGHT).is_some_and(|right| right.byte_range() == call.byte_range());
        node.kind_id() == kind::ASSIGNMENT_STATEMENT && is_whole && left == Some(file.text(first))
    });
    match assignment {
        Some(assignment) => Some(vec![statement(assignment, file)?]),
        None => all_but(call, first),
    }
}
