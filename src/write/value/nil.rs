//! Which variables may be nil where a call stands: nothing new is evaluated on those.

use memchr::memmem;
use tree_sitter::Node;

use super::stays::stays;
use super::told::read_by;
use crate::go::syntax::word::is_word;
use crate::go::syntax::{self, AstNode, BinaryExpression, Children, IfStatement, kind, named_children, peel};
use crate::go::types::{Binding, Bound, MemberKind, Reach, Type, is_function};
use crate::klog::place::Place;

/// Whether something speaks for a variable being nil at the call.
///
/// Looks at the branches around the call: `x == nil`; an error or a missing `ok` that came from the same statement as
/// `x`; and at variables that were declared and not set.
pub fn may_be_nil<'t>(name: &str, place: &Place<'_, 't>) -> bool {
    let Some(binding) = place.scopes.lookup(name) else { return false };
    if matches!(binding.bound, Bound::Var { .. }) && binding.assigned.is_none() && has_no_value(binding.statement) {
        return true;
    }
    let suspect = Suspect { binding, place };
    branches(place).into_iter().any(|(condition, taken)| suspect.contradicts(condition, taken) == Some(true))
}

/// Whether something before the call, in the call's own block or one around it, reads a field of a variable whatever
/// happens: then the variable is not nil at the call, or the old code would not have got there.
pub fn is_proven<'t>(name: &str, place: &Place<'_, 't>) -> bool {
    let Some(binding) = place.scopes.lookup(name) else { return false };
    let ty = place.type_of_binding(binding);
    is_address(binding, place) || reads_in(before(place).into_iter(), (binding, name, ty.stripped(), None), place)
}

/// Whether something before the call, or among its own arguments, has read a declared field behind `path` whatever happens:
/// then what `path` points to is there. `path` starts at the variable and has type `from`, or points to that; with `through`
/// the field is promoted from the embedded pointer of this name, which is there then.
pub fn reads(binding: &Binding<'_>, path: &str, from: &Type, through: Option<&str>, place: &Place<'_, '_>) -> bool {
    let own = place.scopes.ancestors().last().filter(|own| own.kind_id() == kind::EXPRESSION_STATEMENT);
    reads_in(before(place).into_iter().chain(own.copied()), (binding, path, from, through), place)
}

/// As [`reads`], by what was evaluated before the call's own statement alone.
fn read_before(binding: &Binding<'_>, path: &str, from: &Type, place: &Place<'_, '_>) -> bool {
    reads_in(before(place).into_iter(), (binding, path, from, None), place)
}

/// Whether something before the call's own statement shows that an expression is not nil: a branch, an address, or that a field behind it
/// was read whatever happened.
pub fn is_there<'t>(operand: Node<'t>, place: &Place<'_, 't>) -> bool {
    is_not_nil(operand, place) || is_read(operand, place, &read_before)
}

/// Whether klog bears to make a reference to what an old call prints: it takes nil, or the object is there, by what was evaluated before
/// the call or in it.
pub fn bears_reference<'t>(object: Node<'t>, place: &Place<'_, 't>) -> bool {
    place.has("nil-safe-kobj")
        || place.object_reach(&place.type_of(object)) == Reach::ByAddress
        || is_there(object, place)
        || is_read(object, place, &|binding, path, from, place| reads(binding, path, from, None, place))
}

/// Whether a variable, or a field behind one, was read from, by `read`.
fn is_read<'t>(
    node: Node<'t>,
    place: &Place<'_, 't>,
    read: &dyn Fn(&Binding<'_>, &str, &Type, &Place<'_, '_>) -> bool,
) -> bool {
    let mut root = peel(node);
    while let Some(selector) = syntax::SelectorExpression::cast(root) {
        let Some(operand) = selector.operand() else { return false };
        root = peel(operand.node());
    }
    let binding = (root.kind_id() == kind::IDENTIFIER).then(|| place.scopes.lookup(place.scopes.text(root))).flatten();
    let ty = place.type_of(node);
    binding.is_some_and(|binding| read(binding, &place.text(peel(node)), ty.stripped(), place))
}

fn reads_in<'t>(
    mut statements: impl Iterator<Item = Node<'t>>,
    (binding, path, from, through): (&Binding<'_>, &str, &Type, Option<&str>),
    place: &Place<'_, '_>,
) -> bool {
    let shows = |node: Node<'_>| {
        let operand = reader(node, (binding, path), from, through, place)?;
        stays(path, operand, place).then_some(())
    };
    // Most parts read nothing behind it, which their text shows sooner than their tree.
    let is_path = memmem::Finder::new(path);
    let may_show = |part: Node<'t>| {
        let text = &place.source()[part.byte_range()];
        is_path.find_iter(text).any(|at| may_be_operand(text, (at, at + path.len())))
    };
    let shows = |part: Node<'t>| may_show(part) && readers(part, place).into_iter().any(|node| shows(node).is_some());
    let is_hidden = |statement: Node<'t>| declares(statement, binding.name, place);
    statements.any(|statement| evaluates(statement, &shows, &is_hidden))
}

/// Whether what stands in a text may be what stands before the dot of a selector, where a comment may come between, or all that a call is
/// given.
fn may_be_operand(text: &[u8], (start, end): (usize, usize)) -> bool {
    let before = start.checked_sub(1).map(|before| text[before]);
    let next = text[end..].trim_ascii_start().first();
    let is_given = before == Some(b'(') && next == Some(&b')');
    is_given || before.is_none_or(|before| !is_word(before)) && next.is_some_and(|next| matches!(next, b'.' | b'/'))
}

/// Whether a statement that was passed has evaluated what shows something, whichever of its branches it took.
fn evaluates<'t>(statement: Node<'t>, shows: &dyn Fn(Node<'t>) -> bool, is_hidden: &dyn Fn(Node<'t>) -> bool) -> bool {
    let in_branch = |branch: Node<'t>| match branch.kind_id() {
        kind::IF_STATEMENT => evaluates(branch, shows, is_hidden),
        _ => {
            let statements: Vec<Node<'t>> = named_children(branch).flat_map(named_children).collect();
            let is_left = statements.last().is_some_and(|last| LEAVES.contains(&last.kind_id()));
            is_left || statements.iter().any(|statement| evaluates(*statement, shows, is_hidden))
        }
    };
    let in_both = || {
        let branch = IfStatement::cast(statement)?;
        let (then, otherwise) = (branch.consequence()?.node(), branch.alternative()?);
        Some(in_branch(then) && in_branch(otherwise) && !is_hidden(statement))
    };
    always_evaluated(statement).into_iter().any(shows) || in_both() == Some(true)
}

/// Statements behind which nothing of their block comes.
const LEAVES: [u16; 3] = [kind::RETURN_STATEMENT, kind::BREAK_STATEMENT, kind::CONTINUE_STATEMENT];

/// Whether a name is declared anew somewhere in a statement.
fn declares(statement: Node<'_>, name: &str, place: &Place<'_, '_>) -> bool {
    let mut stack = vec![statement];
    while let Some(node) = stack.pop() {
        let names = match node.kind_id() {
            kind::SHORT_VAR_DECLARATION | kind::RANGE_CLAUSE | kind::RECEIVE_STATEMENT => {
                node.child_by_field_id(syntax::field::LEFT).map(|left| named_children(left).collect())
            }
            kind::VAR_SPEC | kind::CONST_SPEC | kind::TYPE_SPEC => {
                Some(syntax::children_by_field(node, syntax::field::NAME).collect::<Vec<_>>())
            }
            kind::TYPE_SWITCH_STATEMENT => {
                node.child_by_field_id(syntax::field::ALIAS).map(|alias| named_children(alias).collect())
            }
            _ => None,
        };
        if names.into_iter().flatten().any(|node| place.text(node) == name) {
            return true;
        }
        stack.extend(named_children(node));
    }
    false
}

/// Whether a part that has been evaluated reads a declared field of a variable that is never set.
pub(super) fn shows_field(part: Node<'_>, binding: &Binding<'_>, from: &Type, place: &Place<'_, '_>) -> bool {
    let shows = |node: &Node<'_>| reader(*node, (binding, binding.name), from, None, place).is_some();
    readers(part, place).iter().any(shows)
}

/// What a selector or a call reads a declared field of, where that is `path`: it cannot be nil then.
fn reader<'n>(
    node: Node<'n>,
    (binding, path): (&Binding<'_>, &str),
    from: &Type,
    through: Option<&str>,
    place: &Place<'_, '_>,
) -> Option<Node<'n>> {
    if node.kind_id() == kind::CALL_EXPRESSION {
        let is_it = |read: &Node<'n>| through.is_none() && place.text(*read) == path && read.start_byte() > binding.at;
        return read_by(node, place).filter(is_it);
    }
    let selector = syntax::SelectorExpression::cast(node)?;
    let operand = selector.operand()?.node();
    if place.text(operand) != path || operand.start_byte() <= binding.at {
        return None;
    }
    let shown = match place.types.view().member(from, &place.text(selector.field()?.node())) {
        Ok(member) => {
            // A pointer's method can be written to bear nil; that of an embedded one is reached behind the variable, and shows no more.
            let bears = matches!(member.kind, MemberKind::Method { pointer: true, .. });
            let first = member.through.first().map(|name| &**name);
            match through {
                Some(_) => !bears && first == through,
                None => !bears || first.is_some(),
            }
        }
        Err(_) => through.is_none() && !is_called(node),
    };
    shown.then_some(operand)
}

/// Whether a selector is the function of a call.
fn is_called(selector: Node<'_>) -> bool {
    let call = selector.parent().and_then(syntax::CallExpression::cast);
    call.and_then(|call| call.function()).is_some_and(|function| function.node() == selector)
}

/// Whether a variable was last set to an address.
fn is_address(binding: &Binding<'_>, place: &Place<'_, '_>) -> bool {
    let value = match (binding.assigned.map(syntax::AssignmentStatement::cast), binding.bound) {
        (None, Bound::Value { values, of: 1, .. }) => named_children(values).next(),
        (Some(Some(assignment)), _) => assignment.right().and_then(|right| only(right.node())),
        _ => None,
    };
    let here = place.scopes.ancestors().last().map_or(0, Node::start_byte);
    // In a block that may be passed by, it was set perhaps.
    let surely = |statement: Node<'_>| statement.parent().is_some_and(|block| block.byte_range().contains(&here));
    let address = value.and_then(|value| syntax::UnaryExpression::cast(peel(value))).and_then(|unary| unary.operator());
    address.is_some_and(|operator| place.text(operator) == "&")
        && binding.assigned.is_none_or(surely)
        && stays(binding.name, binding.assigned.unwrap_or(binding.statement), place)
}

/// The only one of a list.
fn only(list: Node<'_>) -> Option<Node<'_>> {
    let mut values = named_children(list);
    let (first, more) = (values.next(), values.next());
    first.filter(|_| more.is_none())
}

/// Whether an operand is proven not to be nil: it is an address, a branch around the call has found so, or something has read a field
/// behind it.
pub fn is_not_nil<'t>(operand: Node<'t>, place: &Place<'_, 't>) -> bool {
    let operand = peel(operand);
    if syntax::UnaryExpression::cast(operand).and_then(|u| u.operator()).is_some_and(|op| place.text(op) == "&") {
        return true;
    }
    let text = place.text(operand);
    let says = |(condition, holds)| says_not_nil(condition, holds, &text, place) && stays(&text, condition, place);
    let checked = branches(place).into_iter().any(says);
    checked || operand.kind_id() == kind::IDENTIFIER && is_proven(&text, place)
}

/// Whether a condition that holds, or does not, says that an expression is not nil.
fn says_not_nil(condition: Node<'_>, holds: bool, text: &str, place: &Place<'_, '_>) -> bool {
    let Some(binary) = BinaryExpression::cast(peel(condition)) else { return false };
    let (Some(left), Some(right), Some(operator)) = (binary.left(), binary.right(), binary.operator()) else {
        return false;
    };
    let (left, right) = (left.node(), right.node());
    let either = || says_not_nil(left, holds, text, place) || says_not_nil(right, holds, text, place);
    match place.text(operator).as_str() {
        "&&" if holds => either(),
        "||" if !holds => either(),
        "!=" => holds && right.kind_id() == kind::NIL && place.text(peel(left)) == text,
        "==" => !holds && right.kind_id() == kind::NIL && place.text(peel(left)) == text,
        _ => false,
    }
}

/// The statements that were passed on the way to the call whatever happened.
fn before<'t>(place: &Place<'_, 't>) -> Vec<Node<'t>> {
    let ancestors = place.scopes.ancestors();
    let inner = ancestors.iter().rposition(|n| is_function(*n)).unwrap_or(0);
    let mut statements = Vec::new();
    for pair in ancestors[inner..].windows(2) {
        let [list, statement] = pair else { continue };
        if list.kind_id() == kind::STATEMENT_LIST {
            statements.extend(named_children(*list).take_while(|s| s.start_byte() < statement.start_byte()));
        }
    }
    statements
}

fn has_no_value(statement: Node<'_>) -> bool {
    statement.child_by_field_id(syntax::field::VALUE).is_none()
}

/// The conditions around the call, innermost first, and whether they hold there.
fn branches<'t>(place: &Place<'_, 't>) -> Vec<(Node<'t>, bool)> {
    let ancestors = place.scopes.ancestors();
    let mut found = Vec::new();
    for (at, node) in ancestors.iter().enumerate().rev() {
        if is_function(*node) {
            break;
        }
        let inside = ancestors.get(at + 1);
        if let (Some(branch), Some(inside)) = (IfStatement::cast(*node), inside) {
            let is = |part: Option<Node<'t>>| part.is_some_and(|p| p == *inside);
            let condition = branch.condition().map(AstNode::node);
            let taken = match () {
                () if is(branch.consequence().map(AstNode::node)) => Some(true),
                () if is(branch.alternative()) => Some(false),
                () => None,
            };
            found.extend(condition.zip(taken));
        }
        // `switch { case err != nil: … }`
        let untagged = at.checked_sub(1).and_then(|up| ancestors.get(up)).is_some_and(|switch| {
            syntax::ExpressionSwitchStatement::cast(*switch).is_some_and(|s| s.value().is_none())
        });
        if node.kind_id() == kind::EXPRESSION_CASE && untagged {
            let values = node.child_by_field_id(syntax::field::VALUE).map(|v| named_children(v).collect::<Vec<_>>());
            if let Some([only]) = values.as_deref() {
                found.push((*only, true));
            }
        }
    }
    found
}

/// A variable that may be nil where a call stands.
struct Suspect<'s, 'a, 't> {
    binding: &'s Binding<'t>,
    place: &'s Place<'a, 't>,
}

impl<'t> Suspect<'_, '_, 't> {
    /// Whether a variable may be nil where a condition holds, or does not; `None` where the condition does not tell.
    fn contradicts(&self, condition: Node<'t>, holds: bool) -> Option<bool> {
        let Self { binding, place } = self;
        let condition = peel(condition);
        if let Some(unary) = syntax::UnaryExpression::cast(condition)
            && unary.operator().is_some_and(|op| place.text(op) == "!")
        {
            return self.contradicts(unary.operand()?.node(), !holds);
        }
        if condition.kind_id() == kind::IDENTIFIER {
            return Some(!holds && self.together(condition));
        }
        if let Some(call) = syntax::CallExpression::cast(condition) {
            return self.asked(call, holds);
        }
        let binary = BinaryExpression::cast(condition)?;
        let (left, right) = (binary.left()?.node(), binary.right()?.node());
        let either = |holds| [left, right].iter().any(|side| self.contradicts(*side, holds) == Some(true));
        match place.text(binary.operator()?).as_str() {
            "&&" if holds => Some(either(true)),
            "||" if !holds => Some(either(false)),
            // In `a == nil || err != nil` either may be why we are here.
            "||" => Some(either(true)),
            operator @ ("==" | "!=") if right.kind_id() == kind::NIL => {
                let is_nil = (operator == "==") == holds;
                let left = peel(left);
                if left.kind_id() != kind::IDENTIFIER {
                    return None;
                }
                let name = place.text(left);
                match is_nil {
                    true => Some(name == binding.name),
                    false => Some(name != binding.name && self.together(left)),
                }
            }
            _ => None,
        }
    }

    /// `if errors.IsNotFound(err)`: the error is there, and what came with it is not.
    fn asked(&self, call: syntax::CallExpression<'t>, holds: bool) -> Option<bool> {
        let Self { binding, place } = self;
        let function = call.function().map(|f| place.text(f.node()))?;
        let question = function.rsplit('.').next().is_some_and(|name| name.starts_with("Is"));
        let argument =
            named_children(call.arguments()?.node()).next().filter(|arg| arg.kind_id() == kind::IDENTIFIER)?;
        let is_error = place.types.view().is_error(&place.type_of(argument));
        let came_together = holds && question && is_error && place.text(argument) != binding.name;
        Some(came_together && self.together(argument))
    }

    /// Whether a name was last set by the same statement as a variable.
    fn together(&self, name: Node<'t>) -> bool {
        let binding = self.binding;
        let Some(other) = self.place.scopes.lookup(&self.place.text(name)) else { return false };
        let set = |b: &Binding<'t>| b.assigned.unwrap_or(b.statement).id();
        set(other) == set(binding) && !matches!(binding.bound, Bound::Param { .. } | Bound::Receiver { .. })
    }
}

/// The parts of a statement that are evaluated whenever the statement is reached and passed.
fn always_evaluated(statement: Node<'_>) -> Vec<Node<'_>> {
    match statement.kind_id() {
        kind::IF_STATEMENT => {
            [syntax::field::INITIALIZER].iter().filter_map(|f| statement.child_by_field_id(*f)).collect()
        }
        kind::FOR_STATEMENT => named_children(statement).filter(|c| c.kind_id() == kind::RANGE_CLAUSE).collect(),
        kind::EXPRESSION_SWITCH_STATEMENT | kind::TYPE_SWITCH_STATEMENT => {
            // What the initializer declares hides what the value would show.
            let parts =
                [syntax::field::INITIALIZER, syntax::field::VALUE].map(|part| statement.child_by_field_id(part));
            parts.into_iter().flatten().chain(first_case(statement)).take(1).collect()
        }
        kind::SELECT_STATEMENT | kind::LABELED_STATEMENT | kind::BLOCK | kind::GO_STATEMENT | kind::DEFER_STATEMENT => {
            Vec::new()
        }
        _ => vec![statement],
    }
}

/// What a switch without a value asks first.
fn first_case(switch: Node<'_>) -> Option<Node<'_>> {
    let case = named_children(switch).find(|part| part.kind_id() == kind::EXPRESSION_CASE)?;
    named_children(case.child_by_field_id(syntax::field::VALUE)?).next()
}

/// The selectors and calls that are evaluated whenever an expression is: those outside function literals and the right sides of `&&`
/// and `||`.
fn readers<'n>(root: Node<'n>, place: &Place<'_, '_>) -> Vec<Node<'n>> {
    let mut found = Vec::new();
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        match node.kind_id() {
            // The length in a type, like a constant, is the compiler's.
            kind::FUNC_LITERAL | kind::ARRAY_TYPE | kind::CONST_DECLARATION => continue,
            kind::CALL_EXPRESSION | kind::RANGE_CLAUSE if is_measured(node, place) => continue,
            kind::BINARY_EXPRESSION => {
                let binary = BinaryExpression::cast(node);
                let operator = binary.and_then(|b| b.operator()).map(|op| place.text(op)).unwrap_or_default();
                if matches!(operator.as_str(), "&&" | "||") {
                    stack.extend(binary.and_then(|b| b.left()).map(AstNode::node));
                    continue;
                }
            }
            kind::SELECTOR_EXPRESSION | kind::CALL_EXPRESSION => found.push(node),
            _ => {}
        }
        stack.extend(Children::new(node).filter(|c| c.is_named()));
    }
    found
}

/// Whether what stands in a call or a `range` is not evaluated: Go needs the type alone for the length of an array, or for what
/// package unsafe tells.
fn is_measured(node: Node<'_>, place: &Place<'_, '_>) -> bool {
    let (operand, asks) = match node.kind_id() {
        kind::RANGE_CLAUSE => {
            let taken = node.child_by_field_id(syntax::field::LEFT).map_or(0, |left| named_children(left).count());
            (node.child_by_field_id(syntax::field::RIGHT), taken < 2)
        }
        _ => {
            let arguments = node.child_by_field_id(syntax::field::ARGUMENTS);
            let function = node.child_by_field_id(syntax::field::FUNCTION).map(|function| place.text(function));
            let function = function.unwrap_or_default();
            if function.starts_with("unsafe.") {
                return true;
            }
            (arguments.and_then(|list| named_children(list).next()), matches!(function.as_str(), "len" | "cap"))
        }
    };
    let has_no_length = |ty: Type| {
        let ty = place.types.view().underlying(ty.stripped());
        !matches!(ty, Type::Array(..) | Type::Unknown(_) | Type::Param(_) | Type::Interface(_))
    };
    asks && !operand.is_some_and(|operand| has_no_length(place.type_of(operand)))
}
