//! Requests under a context of nobody, in functions whose callers have one: it is given to them, for its ID alone.
//!
//! In come the files of one directory, out come the edits of those whose functions change. A function is changed only where each mention of
//! its name in the directory is its declaration or a call.

use tree_sitter::Node;

use super::super::place::{Insertion, nodes};
use super::ground::BARE;
use crate::go::parse::ParsedFile;
use crate::go::syntax::{children_by_field, field, kind, named_children};
use crate::text::{Edit, Span};

/// What the new parameter is called.
const NAME: &str = "ctx";

/// One file of a directory.
pub(in crate::write::wire) struct Sibling<'f> {
    /// Its path.
    pub(in crate::write::wire) path: &'f str,
    /// The file.
    pub(in crate::write::wire) file: &'f ParsedFile,
    /// What it calls the runtime package.
    pub(in crate::write::wire) package: String,
    /// Whether its functions may change: others may have to pass something on all the same.
    pub(in crate::write::wire) changes: bool,
    /// Contexts of nobody that have adopted an object: the caller's ID goes before it.
    pub(in crate::write::wire) taken: Vec<Span>,
}

/// A function that is given a context.
pub(in crate::write::wire) struct Given {
    /// What changes, by the number of the file.
    pub(in crate::write::wire) changed: Vec<(usize, Insertion)>,
    /// The context in whose place another one adopts the object.
    pub(in crate::write::wire) adopted: Vec<(usize, Span, String)>,
}

/// Functions of the directory that are given a context, with what changes in which file.
pub(in crate::write::wire) fn find(siblings: &[Sibling<'_>]) -> Vec<Given> {
    let mut found = Vec::new();
    for (at, sibling) in siblings.iter().enumerate().filter(|(_, sibling)| sibling.changes) {
        let functions = named_children(sibling.file.tree.root_node())
            .filter(|node| matches!(node.kind_id(), kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION));
        found.extend(functions.filter_map(|function| given(at, function, siblings)));
    }
    found
}

/// What changes where a function is given a context, if it lacks one and somebody has it.
fn given(at: usize, function: Node<'_>, siblings: &[Sibling<'_>]) -> Option<Given> {
    let Sibling { file, package, .. } = &siblings[at];
    let name = file.text(function.child_by_field_id(field::NAME)?);
    let parameters = function.child_by_field_id(field::PARAMETERS)?;
    let bare = bare_in(function, siblings, at);
    let is_own = name.starts_with(char::is_lowercase) && !matches!(name, "main" | "init");
    if bare.is_empty() || !is_own || mentions(function, file, NAME) {
        return None;
    }
    let calls = calls(name, function, siblings)?;
    let passed: Vec<_> = calls.iter().map(|&(of, call)| (of, call, context_at(call, siblings[of].file))).collect();
    let is_test = |of: usize| siblings[of].path.ends_with("_test.go");
    if !passed.iter().any(|(of, _, context)| context.is_some() && !is_test(*of)) {
        return None;
    }
    let comma = separator(parameters, file);
    let detached = format!("{package}.Detached({NAME})");
    let mut edits = vec![Edit::insert(parameters.start_byte() + 1, format!("{NAME} context.Context{comma}"))];
    let is_taken = |node: &Node<'_>| siblings[at].taken.contains(&Span::from(node.byte_range()));
    edits.extend(
        bare.iter().filter(|node| !is_taken(node)).map(|node| Edit::replace(node.byte_range(), detached.clone())),
    );
    let adopted =
        bare.iter().filter(|node| is_taken(node)).map(|node| (Span::from(node.byte_range()), detached.clone()));
    let insertion = |of: usize, node: Node<'_>, edits, code, imports| {
        (of, Insertion { edits, line: siblings[of].file.position(node).line, code, imports })
    };
    let adopted = adopted.map(|(span, context)| (at, span, context)).collect();
    let mut changed = vec![insertion(at, function, edits, format!("{detached} in {name}"), Vec::new())];
    for (of, call, context) in passed {
        let list = call.child_by_field_id(field::ARGUMENTS)?;
        let comma = separator(list, siblings[of].file);
        let (context, imports) = match context {
            Some(context) => (context.to_owned(), Vec::new()),
            None => (BARE[0].to_owned(), vec!["context".to_owned()]),
        };
        let edit = Edit::insert(list.start_byte() + 1, format!("{context}{comma}"));
        changed.push(insertion(of, call, vec![edit], format!("{name}({context}, …)"), imports));
    }
    Some(Given { changed, adopted })
}

/// What stands behind a first element that is put into a list: no blank at the end of a line.
fn separator(list: Node<'_>, file: &ParsedFile) -> &'static str {
    let breaks = file.source.bytes.get(list.start_byte() + 1).is_some_and(|byte| matches!(byte, b'\n' | b'\r'));
    match named_children(list).next() {
        None => "",
        Some(_) if breaks => ",",
        Some(_) => ", ",
    }
}

/// The contexts of nobody that a function passes on as a first argument.
fn bare_in<'t>(function: Node<'t>, siblings: &[Sibling<'t>], at: usize) -> Vec<Node<'t>> {
    let file = siblings[at].file;
    let calls = nodes(function).filter(|node| node.kind_id() == kind::CALL_EXPRESSION);
    let first = calls.filter_map(|call| {
        let callee = file.text(call.child_by_field_id(field::FUNCTION)?);
        let first = call.child_by_field_id(field::ARGUMENTS).and_then(|list| named_children(list).next())?;
        let own = format!("{}.", siblings[at].package);
        (BARE.contains(&file.text(first)) && !callee.starts_with("context.") && !callee.starts_with(&own))
            .then_some(first)
    });
    first.collect()
}

fn mentions(function: Node<'_>, file: &ParsedFile, name: &str) -> bool {
    nodes(function).any(|node| node.kind_id() == kind::IDENTIFIER && file.text(node) == name)
}

/// The calls of a function, if all mentions of its name but the declaration's are calls.
fn calls<'t>(name: &str, function: Node<'t>, siblings: &[Sibling<'t>]) -> Option<Vec<(usize, Node<'t>)>> {
    let own = function.child_by_field_id(field::NAME)?;
    let is_method = function.kind_id() == kind::METHOD_DECLARATION;
    let mut found = Vec::new();
    for (of, sibling) in siblings.iter().enumerate() {
        // Most files do not have the name at all.
        if memchr::memmem::find(&sibling.file.source.bytes, name.as_bytes()).is_none() {
            continue;
        }
        for node in nodes(sibling.file.tree.root_node()) {
            let is_name = named_children(node).next().is_none() && sibling.file.text(node) == name;
            if !is_name || node.kind_id() == kind::COMMENT || node == own {
                continue;
            }
            let callee =
                node.parent().filter(|p| is_method && p.kind_id() == kind::SELECTOR_EXPRESSION).or(Some(node))?;
            let call = callee.parent().filter(|call| {
                call.kind_id() == kind::CALL_EXPRESSION && call.child_by_field_id(field::FUNCTION) == Some(callee)
            })?;
            if is_method != (callee != node) || spreads(call) {
                return None;
            }
            found.push((of, call));
        }
    }
    Some(found)
}

/// Whether a call may pass on several results of another.
fn spreads(call: Node<'_>) -> bool {
    let arguments: Vec<_> = call.child_by_field_id(field::ARGUMENTS).into_iter().flat_map(named_children).collect();
    matches!(arguments.as_slice(), [only] if only.kind_id() == kind::CALL_EXPRESSION)
}

/// The context that a call's function is given, or one around it.
fn context_at<'t>(call: Node<'t>, file: &'t ParsedFile) -> Option<&'t str> {
    let mut around = std::iter::successors(call.parent(), |node| node.parent());
    around.find_map(|node| {
        let parameters =
            node.child_by_field_id(field::PARAMETERS).filter(|_| node.child_by_field_id(field::BODY).is_some())?;
        let contexts = named_children(parameters)
            .filter(|one| one.child_by_field_id(field::TYPE).is_some_and(|ty| file.text(ty) == "context.Context"));
        let name = contexts.flat_map(|one| children_by_field(one, field::NAME)).map(|name| file.text(name)).next()?;
        (name != "_" && !is_hidden(call, node, name, file)).then_some(name)
    })
}

/// Whether a name is declared anew between a function and a place in it, as something that may be no context.
fn is_hidden(place: Node<'_>, function: Node<'_>, name: &str, file: &ParsedFile) -> bool {
    let between = std::iter::successors(place.parent(), |node| node.parent()).take_while(|node| *node != function);
    between.flat_map(named_children).filter(|node| node.start_byte() < place.start_byte()).any(|node| {
        let left = match node.kind_id() {
            kind::SHORT_VAR_DECLARATION => node.child_by_field_id(field::LEFT),
            kind::VAR_DECLARATION | kind::PARAMETER_LIST => Some(node),
            _ => None,
        };
        let names = left.into_iter().flat_map(nodes);
        let mut names = names.filter(|node| node.kind_id() == kind::IDENTIFIER && file.text(*node) == name);
        names.next().is_some()
    })
}
