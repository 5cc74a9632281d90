//! What stands around a call and belongs to it: the exit behind it, and the expressions that its logger is made by.

use tree_sitter::Node;

use super::klog::Klog;
use crate::go::index::Imports;
use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, kind, named_children, peel};
use crate::klog::operand::callee_name;
use crate::klog::place::Place;

/// The names of functions that the statements beside a call speak of, and the one before the condition around it: what they do is what
/// the line may say. Log calls say nothing of that.
pub fn beside(statement: Node<'_>, place: &Place<'_, '_>) -> Vec<String> {
    let condition = std::iter::successors(statement.parent(), Node::parent)
        .find(|node| node.kind_id() == kind::IF_STATEMENT)
        .and_then(|condition| condition.prev_named_sibling());
    let near = [statement.prev_named_sibling(), statement.next_named_sibling(), condition];
    let (mut found, mut stack) = (Vec::new(), near.into_iter().flatten().collect::<Vec<_>>());
    while let Some(node) = stack.pop() {
        if let Some(callee) = CallExpression::cast(node).and_then(|call| call.function()) {
            let name = callee_name(peel(callee.node()), place.source());
            let rules = &place.rules.log_calls;
            if rules.function(name).is_some() || rules.logger_method(name).is_some() {
                continue;
            }
            found.push(name.to_owned());
        }
        if !matches!(node.kind_id(), kind::BLOCK | kind::STATEMENT_LIST | kind::FUNC_LITERAL) {
            stack.extend(named_children(node));
        }
    }
    found
}

/// What the statement right behind is given that ends the process: its code is the last of it.
pub fn exits_behind<'t>(statement: Node<'t>, place: &Place<'_, 't>) -> Option<Vec<Node<'t>>> {
    let mut next = statement.next_named_sibling();
    while let Some(node) = next {
        if node.kind_id() == kind::COMMENT {
            next = node.next_named_sibling();
            continue;
        }
        match exit_of(node, place.source(), place.imports, &place.rules.log_calls.import_paths) {
            Some(Ends::Process) => {
                let call = CallExpression::cast(named_children(node).next()?)?;
                return Some(named_children(call.arguments()?.node()).collect());
            }
            Some(Ends::Buffers) => next = node.next_named_sibling(),
            None => return None,
        }
    }
    None
}

/// What a statement that belongs to an exit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// It ends the process.
    Process,
    /// It writes out what is buffered.
    Buffers,
}

/// Whether a statement ends the process, or flushes the log for that.
pub fn exit_of(node: Node<'_>, source: &[u8], imports: &Imports, klog: &[String]) -> Option<Ends> {
    let call = named_children(node).next().filter(|_| node.kind_id() == kind::EXPRESSION_STATEMENT)?;
    let callee = CallExpression::cast(call)?.function()?.node();
    let selector = SelectorExpression::cast(peel(callee))?;
    let name = syntax::text(selector.field()?.node(), source);
    let package = imports.path_of(syntax::text(selector.operand()?.node(), source))?;
    let of_klog = klog.iter().any(|path| path == package);
    match name {
        "Exit" if package == "os" => Some(Ends::Process),
        "FlushAndExit" if of_klog => Some(Ends::Process),
        "Flush" if of_klog => Some(Ends::Buffers),
        // That of the packages that set klog up.
        "FlushLogs" => Some(Ends::Buffers),
        _ => None,
    }
}

/// The calls that a logger is made by, the last one first.
pub fn logger_chain<'t>(start: Node<'t>, klog: &Klog<'_, '_, 't>) -> Vec<Node<'t>> {
    let mut found = Vec::new();
    let mut next = Some(peel(start));
    while let Some(node) = next {
        found.push(node);
        let call = CallExpression::cast(node);
        let callee = call.and_then(|call| call.function()).map(|function| peel(function.node()));
        let operand = callee.and_then(|callee| SelectorExpression::cast(callee)?.operand()).map(|o| peel(o.node()));
        // klog's functions have the logger in front, but for those that put it into a context.
        let into = callee.is_some_and(|callee| klog.puts_into_context(callee));
        let args = call.map(made_with).unwrap_or_default();
        let given = if into { args.last() } else { args.first() }.map(|node| peel(*node));
        next = match operand {
            Some(operand) if into || klog.is_package(operand) || klog.place.imported(operand).is_some() => given,
            operand => operand,
        };
    }
    found
}

/// Whether an expression is a call of a function or method of this name.
fn is_named(node: Node<'_>, name: &str, place: &Place<'_, '_>) -> bool {
    let callee = CallExpression::cast(peel(node)).and_then(|call| call.function());
    callee.is_some_and(|callee| callee_name(peel(callee.node()), place.source()) == name)
}

/// What a call is given that makes a logger or a context.
pub fn made_with(call: CallExpression<'_>) -> Vec<Node<'_>> {
    call.arguments().map(|args| named_children(args.node()).collect()).unwrap_or_default()
}

/// How many of a logger's makers are calls of this name.
pub fn called(chain: &[Node<'_>], name: &str, place: &Place<'_, '_>) -> usize {
    chain.iter().filter(|node| is_named(**node, name, place)).count()
}

/// The depth that a logger was given.
pub fn depth_of(chain: &[Node<'_>], place: &Place<'_, '_>) -> Option<String> {
    let given = chain.iter().find(|node| is_named(**node, "WithCallDepth", place))?;
    named_children(CallExpression::cast(peel(*given))?.arguments()?.node()).last().map(|depth| place.text(depth))
}

/// Whether an expression makes a context although another one is to be had.
fn is_new_context(of: Node<'_>, place: &Place<'_, '_>) -> bool {
    let is_made = is_named(of, "Background", place) || is_named(of, "TODO", place);
    let mut visible = place.scopes.visible();
    is_made && visible.any(|binding| place.type_of_binding(binding).qualified().as_deref() == Some("context.Context"))
}

/// The logger that a chain starts with, where it drops its lines or nothing is known of where they go: an empty one, one that is made for
/// a sink, or that of a context which is none.
pub fn astray(chain: &[Node<'_>], place: &Place<'_, '_>) -> Option<String> {
    let first = chain.iter().copied().find(|node| {
        let empty = node.kind_id() == kind::COMPOSITE_LITERAL;
        let call = CallExpression::cast(*node);
        let of = call.and_then(|call| named_children(call.arguments()?.node()).next()).map(peel);
        let made = is_named(*node, "Discard", place) || of.is_some() && is_named(*node, "New", place);
        let is_known = |of: Node<'_>| {
            of.kind_id() != kind::IDENTIFIER
                || place.scopes.lookup_at(place.scopes.text(of), of).is_some()
                || !place.type_of(of).is_unknown()
        };
        let of_nothing = is_named(*node, "FromContext", place)
            && of.is_some_and(|of| of.kind_id() == kind::NIL || is_new_context(of, place) || !is_known(of));
        empty || made || of_nothing || is_named(*node, "WithSink", place)
    });
    first.map(|logger| place.text(logger))
}
