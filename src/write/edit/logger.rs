//! The logger that a call goes through: one in scope, the receiver's, one that is made of a context, and where all else fails and that
//! was asked for, klog's own.

use tree_sitter::Node;

use super::check::{indentation, only_statement, parted};
use super::renewed::{CONTEXT, Fate, fate, first_renewal, outdated_by};
use crate::go::syntax::word::has_name;
use crate::go::syntax::{self, IfStatement, field, kind, named_children};
use crate::go::types::{Basic, Binding, Bound, Type, is_function};
use crate::klog::call::{Logger, Make, existing};
use crate::klog::place::Place;
use crate::text::Edit;
use crate::write::carrier;
use crate::write::value::{There, receiver};

/// The variable that migrated code calls its logger.
pub const LOGGER: &str = "logger";

const REQUEST: &str = "net/http.Request";

/// A logger as an expression, and what has to be written elsewhere in the function.
pub struct Made {
    /// The expression.
    pub expression: String,
    /// The statement that makes it, where it is not made.
    pub edits: Vec<Edit>,
}

/// A logger where any call stands. `last_resort`: klog's own is taken where nothing else is.
pub fn logger_at(place: &Place<'_, '_>, last_resort: bool) -> Option<Made> {
    let logger = logger(place, last_resort)?;
    Some(match &logger.make {
        Some(make) if make.inline => Made { expression: source(make, place), edits: Vec::new() },
        Some(make) => Made { expression: logger.name, edits: made(make, &statement(make, place), place) },
        None => Made { expression: logger.name, edits: Vec::new() },
    })
}

/// A logger of a context that the declared function around a call is yet to get, under this name.
pub fn logger_of_new_context(place: &Place<'_, '_>, context: &str) -> Option<Made> {
    let function = place.scopes.ancestors().iter().copied().find(|node| is_function(*node))?;
    let inline = !can_make(function, None, place);
    let make = Make { function, context: Some(context.to_owned()), behind: None, inline };
    Some(match inline {
        true => Made { expression: source(&make, place), edits: Vec::new() },
        false => Made { expression: LOGGER.to_owned(), edits: made(&make, &statement(&make, place), place) },
    })
}

/// The expression that makes a logger.
pub(super) fn source(make: &Make<'_>, place: &Place<'_, '_>) -> String {
    let (klog, rules) = (place.klog_qualifier(), &place.rules.log_calls.logger);
    match &make.context {
        Some(context) => format!("{klog}{}({context})", rules.from_context),
        None => format!("{klog}{}()", rules.background),
    }
}

fn statement(make: &Make<'_>, place: &Place<'_, '_>) -> String {
    format!("{LOGGER} := {}", source(make, place))
}

/// The logger for a call, nearest first. `last_resort`: klog's own is taken where nothing else is.
pub(super) fn logger<'t>(place: &Place<'_, 't>, last_resort: bool) -> Option<Logger<'t>> {
    // Where klog is imported by a dot, a logger that stands there already may leave nothing that uses the import.
    let is_dotted = place.klog_qualifier().is_empty();
    let existing = existing(place).filter(|_| !is_dotted);
    if let Some((context, function)) = existing.as_ref().and_then(|logger| outdated_by(&logger.name, place)) {
        return Some(inline(function, Some(context.to_owned())));
    }
    existing
        .or_else(|| of_parameter(place))
        .or_else(|| of_receiver(place).filter(|_| !is_dotted))
        .or_else(|| of_local(place))
        .or_else(|| of_any_context(place))
        .or_else(|| last_resort.then(|| of_program(place))?)
}

/// The statement that makes a logger, where it has not been made.
pub(super) fn made(make: &Make<'_>, statement: &str, place: &Place<'_, '_>) -> Vec<Edit> {
    match make.behind {
        Some(behind) => behind_statement(behind, statement, place).into_iter().collect(),
        None => first_statement(make.function, statement, place),
    }
}

fn to_be_made<'t>(function: Node<'t>, context: Option<String>, behind: Option<Node<'t>>) -> Logger<'t> {
    let make = Some(Make { function, context, behind, inline: false });
    Logger { name: LOGGER.to_owned(), set: None, made: None, make }
}

/// One that is made in the call itself.
fn inline<'t>(function: Node<'t>, context: Option<String>) -> Logger<'t> {
    let make = Some(Make { function, context, behind: None, inline: true });
    Logger { name: String::new(), set: None, made: None, make }
}

/// Made of the context of the innermost function around the call that has one.
fn of_parameter<'t>(place: &Place<'_, 't>) -> Option<Logger<'t>> {
    let functions = place.scopes.ancestors().iter().rev().copied().filter(|node| is_function(*node));
    let (function, context) = functions.filter_map(|f| Some((f, context_of(f, place)?))).next()?;
    if carrier::is_absent(function, place) {
        return None;
    }
    let behind = match nil_check(function, &context, place) {
        Checked::Not if fate(function, &context, place) != Fate::Same => return None,
        Checked::Not => None,
        Checked::By(check) if check.end_byte() <= place.scopes.ancestors().last()?.start_byte() => Some(check),
        Checked::By(_) | Checked::Somewhere => return None,
    };
    can_make(function, behind, place).then(|| to_be_made(function, Some(context), behind))
}

/// What a function's own parameters give: a context, or that of a request.
fn context_of(function: Node<'_>, place: &Place<'_, '_>) -> Option<String> {
    let is = |binding: &Binding<'_>, ty: &str| place.type_of_binding(binding).qualified().as_deref() == Some(ty);
    let of_request = |binding: &Binding<'_>| {
        let ty = place.type_of_binding(binding);
        matches!(&ty, Type::Pointer(inner) if inner.qualified().as_deref() == Some(REQUEST))
    };
    // What is handed to a literal that has no name of its own is found by its type.
    let mut parameters = place.scopes.visible().filter(|b| matches!(b.bound, Bound::Param { variadic: false, .. }));
    let head = function.start_byte()..function.child_by_field_id(field::BODY)?.start_byte();
    let own: Vec<_> = parameters.by_ref().filter(|binding| head.contains(&binding.at)).collect();
    let context = own.iter().find(|binding| is(binding, CONTEXT)).map(|binding| binding.name.to_owned());
    context.or_else(|| own.iter().find(|b| of_request(b)).map(|binding| format!("{}.Context()", binding.name)))
}

/// Whether a function asks if its context is nil.
enum Checked<'t> {
    Not,
    /// In a statement of its body that does nothing else.
    By(Node<'t>),
    Somewhere,
}

fn nil_check<'t>(function: Node<'t>, context: &str, place: &Place<'_, 't>) -> Checked<'t> {
    let asks = format!("{context} == nil");
    let Some(body) = function.child_by_field_id(field::BODY) else { return Checked::Not };
    if memchr::memmem::find(&place.source()[body.byte_range()], asks.as_bytes()).is_none() {
        return Checked::Not;
    }
    let is_check = |node: &Node<'t>| {
        use crate::go::syntax::AstNode;
        let condition = IfStatement::cast(*node).and_then(|check| check.condition());
        condition.is_some_and(|condition| place.text(condition.node()) == asks)
    };
    let statements = named_children(body).flat_map(|list| named_children(list).collect::<Vec<_>>());
    statements.into_iter().find(is_check).map_or(Checked::Somewhere, Checked::By)
}

/// The receiver's name and the type that its method is declared on, where that is proven to be there.
pub fn receiver_there<'t>(place: &Place<'_, 't>) -> Option<(&'t str, Type)> {
    let (binding, ty, _) = receiver(place)?;
    Some((binding.name, ty))
}

/// Whether a logger is the receiver's, and the call is the first to read it: what stands behind it does, too.
pub(super) fn is_first_read(logger: &Logger<'_>, place: &Place<'_, '_>) -> bool {
    let of = logger.name.split_once('.').filter(|_| logger.make.is_none());
    let is_it = |(name, _): (&str, &str)| {
        receiver(place).is_some_and(|(b, _, there)| b.name == name && there == There::ReadNext)
    };
    of.is_some_and(is_it)
}

/// A logger in a field of the receiver.
fn of_receiver<'t>(place: &Place<'_, 't>) -> Option<Logger<'t>> {
    let receiver = place.scopes.visible().find(|binding| matches!(binding.bound, Bound::Receiver { .. }))?;
    let ty = place.type_of_binding(receiver);
    let Type::Struct(of) = place.types.view().underlying(ty.stripped()) else { return None };
    let loggers = &place.rules.log_calls.logger.types;
    let is_logger = |field: &&crate::go::types::Field| {
        !field.embedded && field.ty.qualified().is_some_and(|ty| loggers.contains(&ty))
    };
    let field = of.fields.iter().find(is_logger)?;
    let (receiver, _) = receiver_there(place)?;
    Some(Logger { name: format!("{receiver}.{}", field.name), set: None, made: None, make: None })
}

/// Made of a context that the function makes itself, behind the statement that does.
fn of_local<'t>(place: &Place<'_, 't>) -> Option<Logger<'t>> {
    let (binding, function) = local_context(place)?;
    let statement = listed(binding.statement)?;
    let is_free = !made_before(statement, place)
        && !made_first(function, statement, place)
        && can_make(function, Some(statement), place);
    is_free.then(|| to_be_made(function, Some(binding.name.to_owned()), Some(statement)))
}

/// The statement of a block that declares something.
fn listed(statement: Node<'_>) -> Option<Node<'_>> {
    if is_in_list(statement) {
        return Some(statement);
    }
    let declaration = statement.parent()?;
    (declaration.kind_id() == kind::VAR_DECLARATION && is_in_list(declaration)).then_some(declaration)
}

/// Whether a call further up in the block may have its logger made there, of an older context: the variable's name is taken then.
fn made_before(statement: Node<'_>, place: &Place<'_, '_>) -> bool {
    let klog = place.klog_qualifier();
    let logs =
        |from: usize| memchr::memmem::find(&place.source()[from..statement.start_byte()], klog.as_bytes()).is_some();
    let older = place.scopes.visible().filter(|binding| is_local_context(binding, place));
    older.filter_map(|older| listed(older.statement)).any(|older| {
        older.parent() == statement.parent() && older.end_byte() <= statement.start_byte() && logs(older.end_byte())
    })
}

/// Whether a call in front of what renews a function's own context may have its logger made in the first statement of the same block.
fn made_first(function: Node<'_>, statement: Node<'_>, place: &Place<'_, '_>) -> bool {
    let Some(body) = function.child_by_field_id(field::BODY) else { return false };
    let is_outermost = statement.parent().is_some_and(|list| list.parent() == Some(body));
    let renewed = context_of(function, place).filter(|_| is_outermost);
    let renewed = renewed.and_then(|context| first_renewal(function, &context, place));
    let before = renewed.and_then(|at| place.source().get(body.start_byte()..at));
    before.is_some_and(|text| memchr::memmem::find(text, place.klog_qualifier().as_bytes()).is_some())
}

/// The nearest context among the local names that are no parameters, and the function that makes it.
fn local_context<'p, 't>(place: &'p Place<'_, 't>) -> Option<(&'p Binding<'t>, Node<'t>)> {
    let binding = place.scopes.visible().find(|binding| is_local_context(binding, place))?;
    if carrier::may_be_none(binding, place) {
        return None;
    }
    let around = |node: &Node<'t>| is_function(*node) && node.byte_range().contains(&binding.at);
    let function = place.scopes.ancestors().iter().rev().copied().find(around)?;
    let asked = fate(function, binding.name, place) == Fate::MayBeNil;
    (!asked && !comes_with_error(binding, place)).then_some((binding, function))
}

/// `ctx, err := …`: where the error is one, the context is mostly none.
fn comes_with_error(binding: &Binding<'_>, place: &Place<'_, '_>) -> bool {
    let left = binding.statement.child_by_field_id(field::LEFT).into_iter().flat_map(named_children);
    let others = left.map(|name| place.scopes.text(name)).filter(|name| *name != binding.name);
    let is_error = |name: &str| {
        let other = place.scopes.visible().find(|other| other.name == name);
        other.is_some_and(|other| matches!(place.type_of_binding(other), Type::Basic(Basic::Error)))
    };
    others.into_iter().any(is_error)
}

fn is_local_context(binding: &Binding<'_>, place: &Place<'_, '_>) -> bool {
    matches!(binding.bound, Bound::Value { index: 0, .. })
        && place.type_of_binding(binding).qualified().as_deref() == Some(CONTEXT)
}

fn is_in_list(node: Node<'_>) -> bool {
    node.parent().is_some_and(|parent| parent.kind_id() == kind::STATEMENT_LIST)
}

/// Taken from a context in the call itself, where there is no place for a variable.
fn of_any_context<'t>(place: &Place<'_, 't>) -> Option<Logger<'t>> {
    let functions = place.scopes.ancestors().iter().rev().copied().filter(|node| is_function(*node));
    let parameter = functions
        .filter_map(|function| {
            let context = context_of(function, place)?;
            let may_be_nil =
                matches!(fate(function, &context, place), Fate::MayBeNil) || carrier::is_absent(function, place);
            let is_own = !is_hidden(function, &context, place);
            (is_own && !may_be_nil && matches!(nil_check(function, &context, place), Checked::Not))
                .then_some((context, function))
        })
        .next();
    let local = || local_context(place).map(|(binding, function)| (binding.name.to_owned(), function));
    let (context, function) = parameter.or_else(local)?;
    let is_context = |binding: &Binding<'_>| place.type_of_binding(binding).qualified().as_deref() == Some(CONTEXT);
    let still_means_it = context.contains('.') || place.scopes.lookup(&context).is_some_and(is_context);
    still_means_it.then(|| inline(function, Some(context)))
}

/// Whether a literal inside of a function has a parameter of the same name.
fn is_hidden(function: Node<'_>, context: &str, place: &Place<'_, '_>) -> bool {
    let name = context.split('.').next().unwrap_or(context);
    let head = function.start_byte()..function.child_by_field_id(field::BODY).map_or(0, |body| body.start_byte());
    let meant = place.scopes.lookup(name);
    meant.is_some_and(|binding| matches!(binding.bound, Bound::Param { .. }) && !head.contains(&binding.at))
}

/// klog's own: in a variable of the outermost function, or in the call itself.
fn of_program<'t>(place: &Place<'_, 't>) -> Option<Logger<'t>> {
    let function = place.scopes.ancestors().iter().copied().find(|node| is_function(*node))?;
    if can_make(function, None, place) && !makes_later(function, place) {
        return Some(to_be_made(function, None, None));
    }
    Some(inline(function, None))
}

/// Whether calls further down in a function may have a logger made in its own block: of a context that is made or checked there.
fn makes_later(function: Node<'_>, place: &Place<'_, '_>) -> bool {
    let Some(body) = function.child_by_field_id(field::BODY) else { return false };
    let has_context = |node: Node<'_>| {
        let text = syntax::text(node, place.source()).to_lowercase();
        text.contains("ctx") || text.contains("context")
    };
    let statements = named_children(body).flat_map(|list| named_children(list).collect::<Vec<_>>());
    statements.into_iter().any(|node| match node.kind_id() {
        kind::SHORT_VAR_DECLARATION | kind::VAR_DECLARATION => has_context(node),
        kind::IF_STATEMENT => syntax::text(node, place.source()).contains("== nil") && has_context(node),
        _ => false,
    })
}

/// Whether the variable's name is free in a function, and there is a place for the statement.
fn can_make(function: Node<'_>, behind: Option<Node<'_>>, place: &Place<'_, '_>) -> bool {
    let Some(body) = function.child_by_field_id(field::BODY) else { return false };
    let has_room = match behind {
        Some(behind) => ends_its_line(behind, place).is_some(),
        None => starts_its_line(body, place) || only_statement(body, place).is_some(),
    };
    has_room && !has_name(&place.source()[function.byte_range()], LOGGER.as_bytes())
}

/// Whether nothing but a comment follows the brace that opens a body, and the body goes on below.
fn starts_its_line(body: Node<'_>, place: &Place<'_, '_>) -> bool {
    let rest = place.source()[body.start_byte() + 1..].split(|b| *b == b'\n').next().unwrap_or_default();
    let rest = rest.trim_ascii();
    let several_lines = body.start_position().row < body.end_position().row;
    several_lines && (rest.is_empty() || rest.starts_with(b"//"))
}

/// The end of the line that a statement ends on, if nothing but a comment follows it there.
fn ends_its_line(statement: Node<'_>, place: &Place<'_, '_>) -> Option<usize> {
    let rest = &place.source()[statement.end_byte()..];
    let line = &rest[..memchr::memchr(b'\n', rest)?];
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = line.trim_ascii();
    (text.is_empty() || text.starts_with(b"//")).then_some(statement.end_byte() + line.len())
}

/// Inserts a statement as the first of a function.
fn first_statement(function: Node<'_>, statement: &str, place: &Place<'_, '_>) -> Vec<Edit> {
    let Some(body) = function.child_by_field_id(syntax::field::BODY) else { return Vec::new() };
    let source = place.source();
    if !starts_its_line(body, place) {
        return parted(body, statement, place);
    }
    let line = memchr::memrchr(b'\n', &source[..body.end_byte() - 1]).map_or(0, |at| at + 1);
    let indent: String = source[line..].iter().take_while(|b| **b == b'\t').map(|b| *b as char).collect();
    let newline = if source.contains(&b'\r') { "\r\n" } else { "\n" };
    let end = memchr::memchr(b'\n', &source[body.start_byte()..]).map(|at| body.start_byte() + at + 1);
    end.map(|at| Edit::insert(at, format!("{indent}\t{statement}{newline}"))).into_iter().collect()
}

/// Inserts a statement behind another, on a line of its own.
fn behind_statement(behind: Node<'_>, statement: &str, place: &Place<'_, '_>) -> Option<Edit> {
    let newline = if place.source().contains(&b'\r') { "\r\n" } else { "\n" };
    let indent = indentation(place, behind.start_byte());
    ends_its_line(behind, place).map(|at| Edit::insert(at, format!("{newline}{indent}{statement}")))
}
