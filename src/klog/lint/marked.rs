//! Functions whose authors have told logcheck that something else takes their place.

use tree_sitter::Node;

use super::asked::{MARKED, asks};
use super::violation::Violation;
use crate::go::parse::ParsedFile;
use crate::go::syntax::directive::directives;
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, kind, peel};
use crate::klog::place::Place;
use crate::rule::{Marked, RuleSet};

/// A call of a function that is marked.
pub(super) fn called<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<Violation> {
    if !asks(MARKED, place) {
        return None;
    }
    let callee = peel(CallExpression::cast(node)?.function()?.node());
    let name = match SelectorExpression::cast(callee) {
        Some(selector) => selector.field()?.node(),
        None => callee,
    };
    let comments = place.types.view().directives(&place.types.callee(node));
    let remark = comments.into_iter().find_map(|text| remark(text, &place.rules.log_calls.marked))?;
    let colon = if remark.is_empty() { "" } else { ": " };
    let said = format!("{} has no place where loggers are passed{colon}{remark}", place.text(name));
    Some(Violation::new(MARKED, name, said))
}

/// What a comment says behind its word; `None` for other comments.
fn remark<'c>(text: &'c str, marked: &Marked) -> Option<&'c str> {
    let rest = text.strip_prefix(&*marked.directive)?.strip_prefix(&*marked.context)?.trim_start();
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix("//").map(str::trim) }
}

/// Comments above functions that logcheck takes for its own and does not know.
pub fn marks(file: &ParsedFile, rules: &RuleSet) -> Vec<Violation> {
    let marked = &rules.log_calls.marked;
    if memchr::memmem::find(&file.source.bytes, marked.directive.as_bytes()).is_none() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for one in directives(&file.source.bytes) {
        let Some(word) = one.text.strip_prefix(&*marked.directive).filter(|_| remark(&one.text, marked).is_none())
        else {
            continue;
        };
        let (at, of) = (one.at as usize, one.of as usize);
        let root = file.tree.root_node();
        let (comment, below) = (root.descendant_for_byte_range(at, at + 2), root.descendant_for_byte_range(of, of + 1));
        let (Some(comment), Some(below)) = (comment, below) else { continue };
        if comment.kind_id() == kind::COMMENT && declares(below) {
            let said = format!("logcheck knows no comment {word:?}, only {:?}", marked.context);
            found.push(Violation::new("lint-mark-unknown", comment, said));
        }
    }
    found
}

/// Whether a declaration of a function, or a method of an interface, begins here.
fn declares(node: Node<'_>) -> bool {
    let mut next = Some(node);
    while let Some(node) = next {
        if matches!(node.kind_id(), kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION | kind::METHOD_ELEM) {
            return true;
        }
        next = node.parent().filter(|parent| parent.start_byte() == node.start_byte());
    }
    false
}
