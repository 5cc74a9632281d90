//! Work queues: what an item is added for, where it is taken, and where it is done with.

use tree_sitter::Node;

use super::super::place::{Insertion, nodes};
use super::checks::Behind;
use super::ground::{Begins, CONTEXT, Ground};
use crate::go::syntax::{children_by_field, field, kind, named_children, peel};
use crate::go::types::{Reach, Type, is_function};
use crate::klog::name::words;
use crate::rule::Adopt;
use crate::text::Edit;

/// A call of a queue's method.
struct OfQueue<'t> {
    call: Node<'t>,
    /// The queue, as the call names it.
    queue: &'t str,
    arguments: Vec<Node<'t>>,
}

/// Where the file adds items to queues because of an object, takes them, and is done with them.
pub(in crate::write::wire) fn find(ground: &Ground<'_>) -> Vec<Begins> {
    let adopt = &ground.rules.wires.adopt;
    let calls = nodes(ground.file.tree.root_node()).filter(|node| node.kind_id() == kind::CALL_EXPRESSION);
    let found = calls.filter_map(|call| {
        let callee = call.child_by_field_id(field::FUNCTION)?;
        let method = ground.file.text(callee.child_by_field_id(field::FIELD)?);
        let is_one = |names: &[String]| names.iter().any(|name| name == method);
        let read = || OfQueue::read(call, callee, ground);
        match () {
            () if is_one(&adopt.adds) => read()?.added(ground),
            () if is_one(&adopt.takes) => read()?.taken(ground),
            () if is_one(&adopt.ends) => read()?.ended(ground),
            () => None,
        }
    });
    found.collect()
}

impl<'t> OfQueue<'t> {
    /// The call, if it is of a queue that can be named twice.
    fn read(call: Node<'t>, callee: Node<'t>, ground: &Ground<'t>) -> Option<Self> {
        let queue = callee.child_by_field_id(field::OPERAND)?;
        let is_queue = is_queue(&ground.types.type_of(queue), &ground.rules.wires.adopt);
        let arguments = call.child_by_field_id(field::ARGUMENTS).into_iter().flat_map(named_children).collect();
        (is_queue && is_name(queue)).then(|| Self { call, queue: ground.file.text(queue), arguments })
    }

    /// Added: as the object that its key is made of, or because of the one that the function is about.
    fn added(&self, ground: &Ground<'t>) -> Option<Begins> {
        let item = self.item(ground)?;
        let (own, given) = (source(item, self.call, ground), subject(self.call, ground));
        let (function, object) = match (own, given) {
            (Some(own), None) => ("Queued", own.name),
            (Some(own), Some(given)) if own.is_given || own.name == given => ("Queued", own.name),
            (_, Some(given)) if given == item => ("Queued", given),
            (_, Some(given)) => ("QueuedFor", given),
            // What is done on somebody's behalf goes on being done so.
            (None, None) => ("Queued", context(declared(self.call)?, ground)?),
        };
        self.beside(format!("{}.{function}({}, {item}, {object})", ground.package, self.queue), ground)
    }

    /// Done with.
    fn ended(&self, ground: &Ground<'t>) -> Option<Begins> {
        let item = self.item(ground)?;
        self.beside(format!("{}.Finished({}, {item})", ground.package, self.queue), ground)
    }

    /// Taken by a function that is given a context, and leaves where there is nothing more to take.
    fn taken(&self, ground: &Ground<'t>) -> Option<Begins> {
        let list = self.call.parent().filter(|_| self.arguments.is_empty())?;
        let statement = list.parent().filter(|node| node.kind_id() == kind::SHORT_VAR_DECLARATION)?;
        let left: Vec<Node<'t>> =
            statement.child_by_field_id(field::LEFT).into_iter().flat_map(named_children).collect();
        let [item, quit] = left.as_slice() else { return None };
        let (item, quit) = (ground.file.text(*item), ground.file.text(*quit));
        let statements = statement.parent()?;
        let function = statements.parent().and_then(|body| body.parent()).filter(|node| is_function(*node))?;
        let context = context(function, ground).filter(|_| item != "_")?;
        let behind = |node: &Node<'t>| node.start_byte() > statement.start_byte();
        let mut following = named_children(statements).filter(behind);
        let check = following.find(|node| {
            let condition = node.child_by_field_id(field::CONDITION);
            node.kind_id() == kind::IF_STATEMENT && condition.is_some_and(|node| ground.file.text(node) == quit)
        })?;
        if !ground.leaves(check) || !following.any(|node| ground.names(node, &[context])) {
            return None;
        }
        let code = format!("{context} = {}.Dequeued({context}, {}, {item})", ground.package, self.queue);
        if check.next_named_sibling().is_some_and(|next| ground.file.text(next) == code) {
            return None;
        }
        let insertion = ground.insert(&Behind::Statement(check), &code).ok()?;
        Some(Begins::Here { insertion, function: ground.function_of(self.call) })
    }

    /// The first argument, if it can be named twice.
    fn item(&self, ground: &Ground<'t>) -> Option<&'t str> {
        self.arguments.first().filter(|item| is_name(**item)).map(|item| ground.file.text(*item))
    }

    /// The code on a line of its own before the statement that the call is, unless it stands there already.
    fn beside(&self, code: String, ground: &Ground<'t>) -> Option<Begins> {
        let statement = self.call.parent().filter(|node| node.kind_id() == kind::EXPRESSION_STATEMENT)?;
        if statement.prev_named_sibling().is_some_and(|before| ground.file.text(before) == code) {
            return None;
        }
        let insertion = ground.before_statement(statement, &code)?;
        Some(Begins::Here { insertion, function: ground.function_of(self.call) })
    }
}

/// Whether a value of this type is one of the rules' queues.
pub(super) fn is_queue(ty: &Type, rules: &Adopt) -> bool {
    let of = ty.stripped().qualified();
    let package = of.as_deref().and_then(|of| of.rsplit_once('.')).map_or("", |(package, _)| package);
    rules.queues.iter().any(|queue| queue == package)
}

/// A name, or fields behind one: nothing happens where it is named again.
fn is_name(node: Node<'_>) -> bool {
    match node.kind_id() {
        kind::IDENTIFIER => true,
        kind::SELECTOR_EXPRESSION => node.child_by_field_id(field::OPERAND).is_some_and(is_name),
        _ => false,
    }
}

fn parameters<'t>(function: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    let declared = function.child_by_field_id(field::PARAMETERS).into_iter().flat_map(named_children);
    declared.flat_map(|parameter| children_by_field(parameter, field::NAME))
}

/// The context that a function is given.
fn context<'t>(function: Node<'t>, ground: &Ground<'t>) -> Option<&'t str> {
    let is_one = |name: &Node<'t>| ground.types.type_of_name(*name).qualified().as_deref() == Some(CONTEXT);
    parameters(function).find(is_one).map(|name| ground.file.text(name)).filter(|name| *name != "_")
}

/// The declared function around a node.
fn declared(node: Node<'_>) -> Option<Node<'_>> {
    std::iter::successors(node.parent(), |node| node.parent())
        .find(|node| matches!(node.kind_id(), kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION))
}

/// Declarations among the function's statements before a call: the first name, and the first value.
fn declarations<'t>(function: Node<'t>, call: Node<'t>) -> impl Iterator<Item = (Node<'t>, Node<'t>)> {
    let list = function.child_by_field_id(field::BODY).into_iter().flat_map(named_children);
    let statements = list.filter(|child| child.kind_id() == kind::STATEMENT_LIST).flat_map(named_children);
    let before = statements
        .filter(move |node| node.kind_id() == kind::SHORT_VAR_DECLARATION && node.end_byte() <= call.start_byte());
    before.filter_map(|statement| {
        let first = |side| statement.child_by_field_id(side).and_then(|list| named_children(list).next());
        Some((first(field::LEFT)?, peel(first(field::RIGHT)?)))
    })
}

/// What an item is made of.
struct Source<'t> {
    name: &'t str,
    /// Whether it is a parameter.
    is_given: bool,
}

/// The object that the item's key is computed of: `key, err := KeyFunc(obj)`.
fn source<'t>(item: &str, call: Node<'t>, ground: &Ground<'t>) -> Option<Source<'t>> {
    let function = declared(call)?;
    let (_, made) = declarations(function, call).filter(|(left, _)| ground.file.text(*left) == item).last()?;
    let arguments = made.child_by_field_id(field::ARGUMENTS).filter(|_| made.kind_id() == kind::CALL_EXPRESSION)?;
    let [argument] = named_children(arguments).collect::<Vec<_>>()[..] else { return None };
    let name = ground.file.text(argument);
    let is_given = parameters(function).any(|parameter| ground.file.text(parameter) == name);
    let ty = ground.types.type_of(argument);
    let is_one = argument.kind_id() == kind::IDENTIFIER && (ground.is_cause(&ty) || is_given && ground.is_any(&ty));
    is_one.then_some(Source { name, is_given })
}

/// The one object that the declared function around a call is given: as a parameter, or by an assertion about one. What was before a
/// change is none.
fn subject<'t>(call: Node<'t>, ground: &Ground<'t>) -> Option<&'t str> {
    let function = declared(call)?;
    let given: Vec<&str> = parameters(function).map(|name| ground.file.text(name)).collect();
    let is_one = |node: Node<'t>| {
        let name = ground.file.text(node);
        let first = words(name).first().map(|word| word.to_lowercase());
        let is_former = first.is_some_and(|word| ground.rules.carriers.former_names.contains(&word));
        name != "_" && !is_former && ground.is_cause(&ground.types.type_of_name(node))
    };
    let asserted = declarations(function, call).filter(|(_, right)| {
        let of = right.child_by_field_id(field::OPERAND).map(|of| ground.file.text(of));
        right.kind_id() == kind::TYPE_ASSERTION_EXPRESSION && of.is_some_and(|of| given.contains(&of))
    });
    let mut objects = parameters(function).chain(asserted.map(|(left, _)| left)).filter(|node| is_one(*node));
    let (object, None) = (objects.next().or_else(|| handled(function, ground))?, objects.next()) else { return None };
    Some(ground.file.text(object))
}

/// The only parameter of an informer's handler that holds an object of any type, but for what was before a change.
fn handled<'t>(function: Node<'t>, ground: &Ground<'t>) -> Option<Node<'t>> {
    let rules = &ground.rules.carriers;
    let mut handled = parameters(function).filter(|node| {
        let name = ground.file.text(*node);
        let first = words(name).first().map(|word| word.to_lowercase());
        rules.handler_names.contains(name)
            && first.is_none_or(|word| !rules.former_names.contains(&word))
            && ground.is_any(&ground.types.type_of_name(*node))
    });
    let (object, None) = (handled.next()?, handled.next()) else { return None };
    Some(object)
}

impl<'g> Ground<'g> {
    /// Whether a value of this type is an object for whose sake something may be done: one by its type, or any.
    fn is_cause(&self, ty: &Type) -> bool {
        let view = self.types.view();
        let is_any = || {
            matches!(ty, Type::Named(_))
                && matches!(view.underlying(ty), Type::Interface(_))
                && view.annotated(ty) == Some(Reach::AsIs)
        };
        self.is_subject(ty) || is_any()
    }

    /// Whether a value of this type may be anything.
    fn is_any(&self, ty: &Type) -> bool {
        let underlying = self.types.view().underlying(ty);
        matches!(underlying, Type::Interface(i) if i.methods.is_empty() && i.embedded.is_empty())
    }

    /// The name of the declared function around a place.
    fn function_of(&self, node: Node<'_>) -> String {
        let mut around = std::iter::successors(node.parent(), |node| node.parent());
        let name = around.find_map(|node| node.child_by_field_id(field::NAME).filter(|_| is_function(node)));
        name.map_or("a function literal", |name| self.file.text(name)).to_owned()
    }

    /// The code on a line of its own before a statement, where that has its lines for itself.
    fn before_statement(&self, statement: Node<'_>, code: &str) -> Option<Insertion> {
        let source: &[u8] = &self.file.source.bytes;
        let start = memchr::memrchr(b'\n', &source[..statement.start_byte()]).map_or(0, |at| at + 1);
        let indent = &source[start..statement.start_byte()];
        if !indent.iter().all(u8::is_ascii_whitespace) {
            return None;
        }
        let newline = if source[..start].ends_with(b"\r\n") { "\r\n" } else { "\n" };
        let text = format!("{}{code}{newline}", String::from_utf8_lossy(indent));
        let line = self.file.position(statement).line;
        Some(Insertion { edits: vec![Edit::insert(start, text)], line, code: code.to_owned(), imports: Vec::new() })
    }
}
