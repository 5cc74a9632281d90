//! Where a function's work on its object begins.

use tree_sitter::Node;

use super::super::place::{Insertion, nodes};
use super::checks::Behind;
use super::function::Function;
use super::ground::{Begins, Ground};
use crate::go::syntax::{field, kind, named_children, peel};
use crate::go::types::Type;
use crate::text::Edit;
use crate::write::reason::Obstacle;

/// A statement that gets an object.
struct Fetch<'t> {
    statement: Node<'t>,
    /// What its ID is read from: `pod`, `&pod`.
    object: String,
    /// Type of the object.
    kind: Type,
    /// The error's name, if there is one.
    error: Option<&'t str>,
    /// The place among the function's statements.
    at: usize,
}

/// Where the work begins, if this function begins any.
pub(super) fn of(function: &Function<'_>, ground: &Ground<'_>) -> Option<Begins> {
    let fetches = fetches(function, ground);
    let first = fetches.first()?;
    let code = format!("{} = {}.Adopt({}, {})", function.context, ground.package, function.context, first.object);
    let (name, line) = (&function.name, ground.file.position(first.statement).line);
    let by_hand = |reason| Some(Begins::ByHand { function: name.clone(), code: code.clone(), line, reason });
    let following = &function.statements[first.at + 1..];
    let adopts = format!("{}.Adopt({}", ground.package, function.context);
    let has_it = following.iter().any(|&node| ground.file.text(node).contains(&adopts));
    if has_it || !is_used(function, following, ground) {
        return None;
    }
    if let Some(other) = fetches.iter().find(|fetch| fetch.kind.stripped() != first.kind.stripped()) {
        let (first, other) = (first.object.clone(), other.object.clone());
        return by_hand(Obstacle::TwoSubjects { first, other });
    }
    let behind = match first.error {
        Some(error) => ground.behind(first.statement, following, error),
        None => Some(Behind::Statement(first.statement)),
    };
    match behind.ok_or(Obstacle::ErrorIgnored { line }).and_then(|behind| ground.insert(&behind, &code)) {
        Ok(insertion) => Some(Begins::Here { insertion, function: name.clone() }),
        Err(reason) => by_hand(reason),
    }
}

/// Whether something would read the context afterwards: what follows, or a closure that runs at the end.
fn is_used(function: &Function<'_>, following: &[Node<'_>], ground: &Ground<'_>) -> bool {
    let context = [function.context];
    let deferred = |node: &&Node<'_>| node.kind_id() == kind::DEFER_STATEMENT;
    following.iter().chain(function.statements.iter().filter(deferred)).any(|&node| ground.names(node, &context))
}

/// The statements that get an object by what the function is given, or from a queue.
fn fetches<'t>(function: &Function<'t>, ground: &Ground<'t>) -> Vec<Fetch<'t>> {
    let mut keys = function.given.clone();
    let mut taken: Vec<&'t str> = Vec::new();
    let mut found = Vec::new();
    for (at, &statement) in function.statements.iter().enumerate() {
        let Some(assignment) = assignment(statement) else { continue };
        let (left, right) = (names(assignment, field::LEFT, ground), values(assignment, field::RIGHT));
        let [right] = right.as_slice() else { continue };
        let right = peel(*right);
        let by_key = ground.names(right, &keys);
        let from_queue = ground.names(right, &taken);
        if let Some((object, kind)) = got(right, &left, by_key, from_queue, ground) {
            let error = left.last().copied().filter(|_| right.kind_id() == kind::CALL_EXPRESSION);
            let error = error.filter(|error| *error != object && *error != "_");
            found.push(Fetch { statement, object, kind, error, at });
            continue;
        }
        if is_taken(right, ground) {
            taken.extend(left.iter().copied().filter(|name| *name != "_"));
        }
        if by_key || from_queue {
            keys.extend(left.iter().copied().filter(|name| *name != "_" && *name != "err"));
        }
    }
    found
}

/// The object that a right-hand side gets, and its type.
fn got<'t>(
    right: Node<'t>,
    left: &[&'t str],
    by_key: bool,
    from_queue: bool,
    ground: &Ground<'t>,
) -> Option<(String, Type)> {
    let first = left.first().copied().filter(|name| *name != "_")?;
    let is_call = right.kind_id() == kind::CALL_EXPRESSION;
    if !is_call {
        let ty = ground.types.type_of(right);
        let is_part = matches!(right.kind_id(), kind::SELECTOR_EXPRESSION | kind::TYPE_ASSERTION_EXPRESSION);
        let is_one = from_queue && is_part && ground.is_subject(&ty);
        return is_one.then(|| (first.to_owned(), ty));
    }
    if !by_key {
        return None;
    }
    match ground.types.type_of(right) {
        Type::Tuple(results) => {
            let [ty, error] = &*results else { return None };
            let is_one = ground.is_subject(ty) && ground.types.view().is_error(error);
            is_one.then(|| (first.to_owned(), ty.clone()))
        }
        ty if ground.types.view().is_error(&ty) => filled(right, ground),
        _ => None,
    }
}

/// What a client's `Get(ctx, key, &object)` fills.
fn filled<'t>(call: Node<'t>, ground: &Ground<'t>) -> Option<(String, Type)> {
    let callee = call.child_by_field_id(field::FUNCTION)?;
    let method = callee.child_by_field_id(field::FIELD).map(|name| ground.file.text(name))?;
    if !ground.rules.wires.adopt.fills.iter().any(|fills| fills == method) {
        return None;
    }
    let arguments: Vec<Node<'t>> =
        call.child_by_field_id(field::ARGUMENTS).into_iter().flat_map(named_children).collect();
    let mut objects = arguments.into_iter().filter_map(|argument| {
        let ty = ground.types.type_of(argument);
        (ground.is_subject(&ty)).then(|| (ground.file.text(argument).to_owned(), ty))
    });
    let (found, None) = (objects.next()?, objects.next()) else { return None };
    Some(found)
}

/// Whether something is taken from a queue: by a call that is told nothing.
fn is_taken(right: Node<'_>, ground: &Ground<'_>) -> bool {
    let is_method = |callee: Node<'_>| callee.kind_id() == kind::SELECTOR_EXPRESSION;
    right.kind_id() == kind::CALL_EXPRESSION
        && right.child_by_field_id(field::FUNCTION).is_some_and(is_method)
        && right.child_by_field_id(field::ARGUMENTS).is_some_and(|list| named_children(list).next().is_none())
        && !ground.file.text(right).starts_with("time.")
}

/// The assignment that a statement is, or starts with.
fn assignment(statement: Node<'_>) -> Option<Node<'_>> {
    match statement.kind_id() {
        kind::IF_STATEMENT => statement.child_by_field_id(field::INITIALIZER).and_then(assignment),
        kind::SHORT_VAR_DECLARATION | kind::ASSIGNMENT_STATEMENT => Some(statement),
        _ => None,
    }
}

fn values(assignment: Node<'_>, side: u16) -> Vec<Node<'_>> {
    assignment.child_by_field_id(side).into_iter().flat_map(named_children).collect()
}

fn names<'t>(assignment: Node<'t>, side: u16, ground: &Ground<'t>) -> Vec<&'t str> {
    values(assignment, side).into_iter().map(|node| ground.file.text(node)).collect()
}

impl<'g> Ground<'g> {
    /// The code on a line of its own behind a statement, or at the start of a block, where the context is shadowed: it may be that of a
    /// loop around it.
    pub(super) fn insert(&self, behind: &Behind<'_>, code: &str) -> Result<Insertion, Obstacle> {
        let source: &[u8] = &self.file.source.bytes;
        let (node, statement, code) = match behind {
            Behind::Statement(node) => (*node, *node, code.to_owned()),
            Behind::Block(block) => {
                let inner =
                    nodes(*block).find(|node| node.parent().is_some_and(|p| p.kind_id() == kind::STATEMENT_LIST));
                let line = self.file.position(*block).line;
                let first = inner.ok_or(Obstacle::EmptyFunction { line })?;
                (*block, first, code.replacen(" = ", " := ", 1))
            }
        };
        let line_start = |at: usize| memchr::memrchr(b'\n', &source[..at]).map_or(0, |at| at + 1);
        let indent_at = line_start(statement.start_byte());
        let indent = &source[indent_at..statement.start_byte()];
        let line = self.file.position(node).line;
        let shared = || Obstacle::LineShared { line };
        if !indent.iter().all(u8::is_ascii_whitespace) {
            return Err(shared());
        }
        let newline = if source[..statement.start_byte()].ends_with(b"\r\n") { "\r\n" } else { "\n" };
        let offset = match behind {
            Behind::Block(_) => indent_at,
            Behind::Statement(_) => {
                let end = memchr::memchr(b'\n', &source[node.end_byte()..]).ok_or_else(shared)?;
                let rest = source[node.end_byte()..node.end_byte() + end].trim_ascii();
                if !rest.is_empty() && !rest.starts_with(b"//") {
                    return Err(shared());
                }
                node.end_byte() + end + 1
            }
        };
        let text = format!("{}{code}{newline}", String::from_utf8_lossy(indent));
        Ok(Insertion { edits: vec![Edit::insert(offset, text)], line, code, imports: Vec::new() })
    }
}
