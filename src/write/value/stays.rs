//! What was shown of a variable, or of a field behind it, before a call: whether it can have become another one since.

use tree_sitter::Node;

use crate::go::syntax::word::{is_word, words};
use crate::go::syntax::{AstNode, SelectorExpression, UnaryExpression, field, kind};
use crate::go::types::is_function;
use crate::klog::place::Place;

/// Whether `path`, a variable or fields behind one, is at the call what it was at `since`, a node before the call or in it.
///
/// It is not where it, or a part of it, is set in between, or by the next turn of a loop that began behind `since`; where a function
/// literal sets it, which may be called at any time; where its address is kept; where a name in between hides the variable; and where
/// a `goto` can pass `since` by. That what a pointer leads to is changed by a call is not looked for. Of an expression that is no such
/// path nothing is known.
pub fn stays(path: &str, since: Node<'_>, place: &Place<'_, '_>) -> bool {
    let is_path = !path.is_empty() && path.bytes().all(|byte| is_word(byte) || byte == b'.');
    let (Some(declaration), true) = (place.scopes.declaration(), is_path) else { return false };
    let (base, behind) = path.split_once('.').unwrap_or((path, ""));
    let binding = place.scopes.lookup(base);
    let text = &place.source()[declaration.byte_range()];
    if binding.is_some_and(|binding| binding.at > since.start_byte()) || words(text, b"goto").next().is_some() {
        return false;
    }
    let from = declaration.start_byte();
    let at = words(text, base.as_bytes()).filter(|at| may_be_part(&text[at + base.len()..], behind.as_bytes()));
    let at = at.map(|at| declaration.descendant_for_byte_range(from + at, from + at + base.len()));
    let uses: Vec<_> = at.flatten().filter(|node| node.kind_id() == kind::IDENTIFIER).collect();
    let change = Change { path, since, declared: binding.map_or(from, |binding| binding.at), uses: &uses, place };
    !uses.iter().any(|node| change.is_one(*node))
}

/// Whether a name that this text follows may stand for a part of a path with these fields: most stand before another field or a method.
fn may_be_part(after: &[u8], fields: &[u8]) -> bool {
    let field =
        after.strip_prefix(b".").map(|behind| &behind[..behind.iter().take_while(|byte| is_word(**byte)).count()]);
    field.is_none_or(|field| field.is_empty() || fields.split(|byte| *byte == b'.').next() == Some(field))
}

/// What may have changed a path since something was shown of it.
struct Change<'s, 'a, 't> {
    path: &'s str,
    since: Node<'s>,
    /// Offset of what declares the variable.
    declared: usize,
    /// The uses of names like the variable's in the declaration around the call.
    uses: &'s [Node<'s>],
    place: &'s Place<'a, 't>,
}

impl Change<'_, '_, '_> {
    /// Whether a use of the path's variable changes it, or a part of it, where that counts.
    fn is_one(&self, mut node: Node<'_>) -> bool {
        // The longest part of the path that stands here.
        while let Some(selector) = node.parent().and_then(SelectorExpression::cast) {
            let leads = selector.operand().is_some_and(|operand| operand.node() == node);
            let whole = self.place.text(selector.node());
            if !leads || !(self.path == whole || self.path.starts_with(&format!("{whole}."))) {
                // Another field, or a method: neither is the path itself.
                if leads {
                    return false;
                }
                break;
            }
            node = selector.node();
        }
        while let Some(around) = node.parent().filter(|around| around.kind_id() == kind::PARENTHESIZED_EXPRESSION) {
            node = around;
        }
        let Some(parent) = node.parent() else { return false };
        match parent.kind_id() {
            kind::UNARY_EXPRESSION => self.is_kept(parent),
            _ => set_by(node).is_some_and(|statement| self.counts(statement)),
        }
    }

    /// `&x`: where a call is given it, the call may set it; elsewhere it is kept for later.
    fn is_kept(&self, unary: Node<'_>) -> bool {
        let takes = UnaryExpression::cast(unary).and_then(|unary| unary.operator());
        if takes.is_none_or(|operator| self.place.text(operator) != "&") {
            return false;
        }
        match unary.parent() {
            Some(list) if list.kind_id() == kind::ARGUMENT_LIST => self.counts(list),
            _ => true,
        }
    }

    /// Whether a change that is made where `by` has been evaluated can come between.
    fn counts(&self, by: Node<'_>) -> bool {
        let ancestors = self.place.scopes.ancestors();
        let inner = ancestors.iter().rposition(|node| is_function(*node)).unwrap_or(0);
        let here = ancestors.last().map_or(0, Node::start_byte);
        let between = by.end_byte() > self.since.end_byte() && by.start_byte() < here;
        let in_loop = |around: &Node<'_>| {
            around.kind_id() == kind::FOR_STATEMENT
                && around.start_byte() > self.since.start_byte()
                && around.byte_range().contains(&by.start_byte())
        };
        match self.other_literal(by) {
            Some(literal) => !self.has_own(&literal, by),
            None => between || ancestors[inner..].iter().any(in_loop),
        }
    }

    /// The function literal, of those that see the variable, in which a node stands and the call does not.
    fn other_literal<'n>(&self, by: Node<'n>) -> Option<Node<'n>> {
        let ancestors = self.place.scopes.ancestors();
        let around = |node: &&Node<'_>| is_function(**node) && node.byte_range().contains(&self.declared);
        let home = ancestors.iter().rev().find(around)?;
        let literals = std::iter::successors(by.parent(), Node::parent).take_while(|node| node.id() != home.id());
        literals
            .filter(|node| node.kind_id() == kind::FUNC_LITERAL)
            .find(|node| ancestors.iter().all(|a| a.id() != node.id()))
    }

    /// Whether a function literal has declared a variable of the same name before a node.
    fn has_own(&self, literal: &Node<'_>, by: Node<'_>) -> bool {
        let uses = self.uses.iter().filter(|node| literal.byte_range().contains(&node.start_byte()));
        uses.take_while(|node| node.start_byte() < by.end_byte()).any(|node| declares(*node))
    }
}

/// Whether a use of a name declares a variable.
fn declares(node: Node<'_>) -> bool {
    let is_declared = |by: Node<'_>| matches!(by.kind_id(), kind::SHORT_VAR_DECLARATION);
    let parent = node.parent().map(|parent| parent.kind_id());
    parent.is_some_and(|kind| matches!(kind, kind::PARAMETER_DECLARATION | kind::VAR_SPEC))
        || set_by(node).is_some_and(is_declared)
}

/// The statement that sets an expression, if one does.
fn set_by(node: Node<'_>) -> Option<Node<'_>> {
    let mut part = node;
    let mut parent = part.parent()?;
    while matches!(parent.kind_id(), kind::EXPRESSION_LIST | kind::PARENTHESIZED_EXPRESSION) {
        (part, parent) = (parent, parent.parent()?);
    }
    let sets = matches!(
        parent.kind_id(),
        kind::ASSIGNMENT_STATEMENT | kind::SHORT_VAR_DECLARATION | kind::RANGE_CLAUSE | kind::RECEIVE_STATEMENT
    );
    (sets && parent.child_by_field_id(field::LEFT) == Some(part)).then_some(parent)
}
