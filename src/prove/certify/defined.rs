//! What a name was set to before a place, as the text around tells: in the statements before it, block by block.

use tree_sitter::Node;

use crate::go::syntax::{self, children_by_field, field, kind, named_children};

/// Blocks within blocks that are looked at.
const MAX_BLOCKS: usize = 64;

/// A statement that sets a name.
#[derive(Clone, Copy)]
pub struct Definition<'t> {
    /// What it is set to; nothing where that is one of several values of a call, or the zero value.
    pub value: Option<Node<'t>>,
    /// Whether it is set in any case, and not in a branch alone.
    pub surely: bool,
}

/// What an identifier may have been set to, the last statement first, up to one that sets it in any case.
pub fn definitions<'t>(name: Node<'t>, source: &[u8]) -> Vec<Definition<'t>> {
    let text = syntax::text(name, source);
    let (mut found, mut node) = (Vec::new(), name);
    while let Some(around) = node.parent() {
        for statement in before(around, node) {
            let values = specs(statement).into_iter().find_map(|spec| set_to(spec, text, source));
            if let Some(value) = values {
                found.push(Definition { value, surely: true });
                return found;
            }
            branches(statement, text, source, MAX_BLOCKS, &mut found);
        }
        if declares(around, text, source) {
            return found;
        }
        node = around;
    }
    found
}

/// Whether a loop stands between a statement and what declares a name that it sets.
pub fn is_set_in_loop(statement: Node<'_>, text: &str, source: &[u8]) -> bool {
    let (mut node, mut in_loop) = (statement, false);
    while let Some(around) = node.parent() {
        let declared = |statement: &Node<'_>| {
            matches!(statement.kind_id(), kind::SHORT_VAR_DECLARATION | kind::VAR_DECLARATION)
                && specs(*statement).into_iter().any(|spec| set_to(spec, text, source).is_some())
        };
        if before(around, node).iter().any(declared) || declares(around, text, source) {
            return in_loop;
        }
        in_loop |= around.kind_id() == kind::FOR_STATEMENT;
        node = around;
    }
    in_loop
}

/// The statements of a node around that are run before one of its parts, the last one first.
fn before<'t>(around: Node<'t>, part: Node<'t>) -> Vec<Node<'t>> {
    match around.kind_id() {
        kind::STATEMENT_LIST => {
            let mut found: Vec<_> =
                named_children(around).take_while(|child| child.end_byte() <= part.start_byte()).collect();
            found.reverse();
            found
        }
        kind::SOURCE_FILE => named_children(around).filter(|child| child.kind_id() == kind::VAR_DECLARATION).collect(),
        _ => around.child_by_field_id(field::INITIALIZER).filter(|first| *first != part).into_iter().collect(),
    }
}

/// The parts of a statement that set names.
fn specs(statement: Node<'_>) -> Vec<Node<'_>> {
    match statement.kind_id() {
        kind::SHORT_VAR_DECLARATION | kind::ASSIGNMENT_STATEMENT => vec![statement],
        kind::VAR_DECLARATION => {
            let specs = named_children(statement).flat_map(|child| match child.kind_id() {
                kind::VAR_SPEC_LIST => named_children(child).collect(),
                _ => vec![child],
            });
            specs.collect()
        }
        _ => Vec::new(),
    }
}

/// What a statement sets a name to; `None` where it does not.
fn set_to<'t>(spec: Node<'t>, text: &str, source: &[u8]) -> Option<Option<Node<'t>>> {
    let fields = match spec.kind_id() {
        kind::VAR_SPEC => [field::NAME, field::VALUE],
        _ => [field::LEFT, field::RIGHT],
    };
    let [names, values] = fields.map(|side| children_by_field(spec, side).flat_map(items).collect::<Vec<_>>());
    let at = names.iter().position(|name| name.kind_id() == kind::IDENTIFIER && syntax::text(*name, source) == text)?;
    Some(values.get(at).copied().filter(|_| values.len() == names.len()))
}

fn items(list: Node<'_>) -> Vec<Node<'_>> {
    match list.kind_id() {
        kind::EXPRESSION_LIST => named_children(list).collect(),
        _ if list.is_named() => vec![list],
        _ => Vec::new(),
    }
}

/// What a name is set to within a statement, in a branch that may be taken or not.
fn branches<'t>(statement: Node<'t>, text: &str, source: &[u8], depth: usize, found: &mut Vec<Definition<'t>>) {
    for child in named_children(statement) {
        let value = specs(child).into_iter().find_map(|spec| set_to(spec, text, source));
        match (child.kind_id(), value) {
            (kind::ASSIGNMENT_STATEMENT, Some(value)) => found.push(Definition { value, surely: false }),
            // Another variable of this name.
            (_, Some(_)) => return,
            (kind::FUNC_LITERAL | kind::CALL_EXPRESSION, _) => {}
            _ if depth > 0 => branches(child, text, source, depth - 1, found),
            _ => {}
        }
    }
}

/// Whether a function, a loop or a case has a name for what it is given.
fn declares(around: Node<'_>, text: &str, source: &[u8]) -> bool {
    let is_it = |name: Node<'_>| syntax::text(name, source) == text;
    match around.kind_id() {
        kind::FUNC_LITERAL | kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION => {
            let lists = [field::RECEIVER, field::PARAMETERS, field::RESULT];
            let lists = lists.into_iter().filter_map(|field| around.child_by_field_id(field));
            lists.flat_map(named_children).any(|parameter| children_by_field(parameter, field::NAME).any(is_it))
        }
        kind::FOR_STATEMENT | kind::COMMUNICATION_CASE => named_children(around).any(|clause| {
            let first = clause.child_by_field_id(field::INITIALIZER);
            children_by_field(first.unwrap_or(clause), field::LEFT).flat_map(items).any(is_it)
        }),
        _ => false,
    }
}
