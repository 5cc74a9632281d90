//! What a local variable holds where a call stands: the expression that it was set from, and whether that may stand in the
//! variable's place.

use tree_sitter::Node;

use super::repeatable::is_repeatable;
use crate::go::syntax::{self, AstNode, CallExpression, field, kind, named_children, peel};
use crate::go::types::{Binding, Bound, Type};
use crate::klog::place::Place;
use crate::text::Edit;

/// A message variable's expression, where it may stand in the call instead.
pub struct Built<'t> {
    /// The expression.
    pub value: Node<'t>,
    /// What keeps the variable from becoming unused, where the call is all that reads it.
    pub removal: Option<Edit>,
}

/// The expression that a message variable was set from: surely set from it, of values that can be read again and have not
/// changed since.
pub fn built<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<Built<'t>> {
    let name = place.text(node);
    let binding = place.scopes.lookup(&name)?;
    let setting = setting(&name, place)?;
    let value = setting.value()?;
    if !is_repeatable(value, place) || !setting.is_unchanged(place) {
        return None;
    }
    let mentions = mentions(binding, &name, place)?;
    let kept = matches!(binding.bound, Bound::Param { .. } | Bound::Result { .. } | Bound::Receiver { .. });
    if kept || mentions.iter().any(|(_, mention)| *mention == Mention::Reads) {
        return Some(Built { value, removal: None });
    }
    let alone = mentions.iter().all(|(at, _)| *at == node.start_byte());
    let removal = if alone { setting.removal(binding, place) } else { None };
    Some(Built { value, removal: Some(removal?) })
}

/// The statement that set a local variable to what it holds at the current node.
pub struct Setting<'t> {
    statement: Node<'t>,
    /// The names that the statement sets.
    pub names: Vec<Node<'t>>,
    values: Vec<Node<'t>>,
    index: usize,
    /// The statement around it that is also around the current node.
    around: Option<Node<'t>>,
}

/// The last statement that set a variable, where it has run whenever the current node runs and no other has run since.
pub fn setting<'t>(name: &str, place: &Place<'_, 't>) -> Option<Setting<'t>> {
    let binding = place.scopes.lookup(name)?;
    let statement = binding.assigned.unwrap_or(binding.statement);
    let (names, values): (Vec<_>, Vec<_>) = match statement.kind_id() {
        kind::ASSIGNMENT_STATEMENT => {
            let operator = syntax::AssignmentStatement::cast(statement)?.operator()?;
            if place.text(operator) != "=" {
                return None;
            }
            sides(statement)?
        }
        kind::SHORT_VAR_DECLARATION => sides(statement)?,
        kind::VAR_SPEC => {
            let names = syntax::children_by_field(statement, field::NAME).filter(|n| n.is_named());
            (names.collect(), named_children(statement.child_by_field_id(field::VALUE)?).collect())
        }
        _ => return None,
    };
    let index = names.iter().position(|n| place.text(*n) == name)?;
    let around = outer(statement).filter(|outer| place.scopes.ancestors().contains(outer));
    if around.is_none() && binding.assigned.is_some() {
        return None;
    }
    let setting = Setting { statement, names, values, index, around };
    (!setting.changes(&[name], place)).then_some(setting)
}

fn sides(statement: Node<'_>) -> Option<(Vec<Node<'_>>, Vec<Node<'_>>)> {
    let side = |field| Some(named_children(statement.child_by_field_id(field)?).collect());
    Some((side(field::LEFT)?, side(field::RIGHT)?))
}

/// What a statement stands in, behind the parts of a declaration.
fn outer(statement: Node<'_>) -> Option<Node<'_>> {
    let mut outer = statement.parent()?;
    while matches!(outer.kind_id(), kind::VAR_DECLARATION | kind::VAR_SPEC_LIST) {
        outer = outer.parent()?;
    }
    Some(outer)
}

impl<'t> Setting<'t> {
    /// The expression that the variable was set from; of several results of a call, the call.
    pub fn value(&self) -> Option<Node<'t>> {
        match (self.values.as_slice(), self.names.len()) {
            ([only], _) => Some(*only),
            (values, names) if values.len() == names => values.get(self.index).copied(),
            _ => None,
        }
    }

    /// Whether what the value is made of is still the same at the current node.
    fn is_unchanged(&self, place: &Place<'_, 't>) -> bool {
        let Some(value) = self.value() else { return false };
        let names = identifiers(value, place);
        let before = |node: Node<'t>| node.start_byte() < self.statement.start_byte();
        let same =
            |binding: &Binding<'t>| binding.at < self.statement.start_byte() && binding.assigned.is_none_or(before);
        names.iter().all(|name| place.scopes.lookup(name).is_none_or(same)) && !self.changes(&names, place)
    }

    /// Whether, between the statement and the current node, one of these variables is changed in part, or given away to be
    /// changed; behind the current node too, where a loop or a function literal leads back to it.
    fn changes(&self, names: &[&str], place: &Place<'_, 't>) -> bool {
        let ancestors = place.scopes.ancestors();
        let Some(here) = ancestors.last().map(|n| n.start_byte()) else { return true };
        // Who jumps may come from anywhere.
        let jumps =
            |function: Node<'t>| memchr::memmem::find(place.scopes.text(function).as_bytes(), b"goto").is_some();
        if place.scopes.function().is_none_or(jumps) {
            return true;
        }
        let since = self.statement.end_byte();
        let Some(around) = self.around.or_else(|| ancestors.get(1).copied()) else { return true };
        let again = ancestors.iter().filter(|n| n.start_byte() >= since);
        let limit = again.fold(here, |limit, node| match node.kind_id() {
            kind::FOR_STATEMENT => limit.max(node.end_byte()),
            kind::FUNC_LITERAL => around.end_byte(),
            _ => limit,
        });
        let mut stack = vec![around];
        while let Some(node) = stack.pop() {
            if node.end_byte() <= since || node.start_byte() >= limit {
                continue;
            }
            let changed = |n: Node<'t>| n.start_byte() >= since && names.contains(&place.scopes.text(n));
            if targets(node, here, place).into_iter().any(changed) {
                return true;
            }
            stack.extend(named_children(node));
        }
        false
    }

    /// The edit that takes the variable away: its statement where that sets nothing else, or else its name.
    fn removal(&self, binding: &Binding<'t>, place: &Place<'_, 't>) -> Option<Edit> {
        let name = *self.names.get(self.index)?;
        if binding.assigned.is_some() || binding.at != name.start_byte() {
            return None;
        }
        let is_other = |node: &&Node<'t>| **node != name && place.text(**node) != "_";
        let others: Vec<_> = self.names.iter().filter(is_other).map(|n| place.scopes.text(*n)).collect();
        if others.is_empty() {
            return whole_lines(self.statement, place);
        }
        // `:=` needs a new variable.
        let new = |other: &&str| place.scopes.lookup(other).is_some_and(|b| b.statement == self.statement);
        let declares = self.statement.kind_id() == kind::SHORT_VAR_DECLARATION && others.iter().any(new);
        let left = self.names.iter().map(|n| if *n == name { "_" } else { place.scopes.text(*n) });
        let span = self.names.first()?.start_byte()..self.names.last()?.end_byte();
        (declares && self.values.len() == 1).then(|| Edit::replace(span, left.collect::<Vec<_>>().join(", ")))
    }
}

/// The variables that a node changes in part or lets others change; those that it sets only where that is behind `here`,
/// for what set them before is known.
fn targets<'t>(node: Node<'t>, here: usize, place: &Place<'_, 't>) -> Vec<Node<'t>> {
    let whole = |n: &Node<'t>| n.kind_id() == kind::IDENTIFIER && n.start_byte() < here;
    match node.kind_id() {
        kind::ASSIGNMENT_STATEMENT | kind::SHORT_VAR_DECLARATION | kind::RANGE_CLAUSE | kind::RECEIVE_STATEMENT => {
            let left = node.child_by_field_id(field::LEFT);
            left.into_iter().flat_map(named_children).filter(|n| !whole(n)).map(root).collect()
        }
        kind::INC_STATEMENT | kind::DEC_STATEMENT => named_children(node).map(root).collect(),
        kind::UNARY_EXPRESSION if place.scopes.text(node).starts_with('&') => named_children(node).map(root).collect(),
        _ => Vec::new(),
    }
}

/// `x` of `x.f[i]`.
fn root(node: Node<'_>) -> Node<'_> {
    let mut node = peel(node);
    while node.kind_id() != kind::IDENTIFIER
        && let Some(inner) = named_children(node).next()
    {
        node = peel(inner);
    }
    node
}

/// Names of variables, functions and packages in an expression.
fn identifiers<'t>(root: Node<'t>, place: &Place<'_, 't>) -> Vec<&'t str> {
    let mut found = Vec::new();
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        if node.kind_id() == kind::IDENTIFIER {
            found.push(place.scopes.text(node));
        }
        stack.extend(named_children(node));
    }
    found
}

/// The local variables in an expression.
pub fn locals<'t>(root: Node<'t>, place: &Place<'_, 't>) -> impl Iterator<Item = &'t str> {
    let variable = |name: &&str| {
        let bound = place.scopes.lookup(name).map(|b| b.bound);
        bound.is_some_and(|b| !matches!(b, Bound::Const { .. } | Bound::Type { .. }))
    };
    identifiers(root, place).into_iter().filter(variable)
}

/// Whether Go would complain of a local variable that the call at hand no longer mentions: klog calls alone read it, of which each
/// may lose it.
pub fn is_read_by_logs_alone(name: &str, place: &Place<'_, '_>) -> bool {
    let Some(binding) = place.scopes.lookup(name) else { return false };
    let may_be_unused = matches!(
        binding.bound,
        Bound::Param { .. } | Bound::Receiver { .. } | Bound::Result { .. } | Bound::Const { .. } | Bound::Type { .. }
    );
    let is_read = || mentions(binding, name, place).is_some_and(|all| all.iter().any(|m| m.1 == Mention::Reads));
    !may_be_unused && !is_read()
}

/// What stands where a variable is mentioned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mention {
    /// It is set, which does not use it.
    Sets,
    /// A klog call reads it: that call may lose the variable as well.
    Logs,
    /// Something else reads it.
    Reads,
}

/// The mentions of a local variable in the innermost block that has it, but for the statement that declares it: another
/// block may have one of the same name.
fn mentions(binding: &Binding<'_>, name: &str, place: &Place<'_, '_>) -> Option<Vec<(usize, Mention)>> {
    let in_block = |n: &&Node<'_>| {
        matches!(n.kind_id(), kind::STATEMENT_LIST | kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION)
            && n.byte_range().contains(&binding.at)
    };
    let block = place.scopes.ancestors().iter().rev().find(in_block)?;
    let own = binding.statement.byte_range();
    let mut found = Vec::new();
    let mut stack = vec![(*block, Mention::Reads)];
    while let Some((node, mention)) = stack.pop() {
        let mention = if is_klog_call(node, place) { Mention::Logs } else { mention };
        let at = node.start_byte();
        if node.kind_id() == kind::IDENTIFIER && at > binding.at && !own.contains(&at) && place.text(node) == name {
            // `T{name: x}` names a field of a struct, or reads the variable as a key.
            match key_of(node).map(|literal| place.types.view().underlying(&place.type_of(literal))) {
                Some(Type::Struct(_)) => continue,
                None | Some(Type::Map(..) | Type::Slice(_) | Type::Array(..)) => found.push((at, mention)),
                Some(_) => return None,
            }
        }
        let assigns = matches!(node.kind_id(), kind::ASSIGNMENT_STATEMENT | kind::SHORT_VAR_DECLARATION);
        let left = if assigns { node.child_by_field_id(field::LEFT) } else { None };
        for child in named_children(node) {
            match left == Some(child) {
                true => stack.extend(named_children(child).map(|target| match target.kind_id() {
                    kind::IDENTIFIER => (target, Mention::Sets),
                    _ => (target, mention),
                })),
                false => stack.push((child, mention)),
            }
        }
    }
    Some(found)
}

/// The composite literal that an identifier is a key in.
fn key_of(node: Node<'_>) -> Option<Node<'_>> {
    let element = node.parent().filter(|parent| parent.kind_id() == kind::LITERAL_ELEMENT)?;
    let keyed = element.parent().filter(|parent| parent.kind_id() == kind::KEYED_ELEMENT)?;
    let is_key = named_children(keyed).next() == Some(element);
    let literal = keyed.parent()?.parent()?;
    is_key.then_some(literal)
}

/// The lines that a statement takes, where nothing else stands on them; of two blank lines that would meet, one goes too.
fn whole_lines(statement: Node<'_>, place: &Place<'_, '_>) -> Option<Edit> {
    let mut statement = statement;
    while statement.parent()?.kind_id() != kind::STATEMENT_LIST {
        statement = statement.parent().filter(|p| p.kind_id() == kind::VAR_DECLARATION)?;
    }
    let (source, range) = (place.source(), statement.byte_range());
    let text = syntax::text(statement, source);
    let start = memchr::memrchr(b'\n', source.get(..range.start)?)? + 1;
    let next = |at: usize| Some(at + memchr::memchr(b'\n', source.get(at..)?)? + 1);
    let blank = |bytes: Option<&[u8]>| bytes.is_some_and(|b| b.trim_ascii().is_empty());
    let end = next(range.end)?;
    let alone = blank(source.get(start..range.start)) && blank(source.get(range.end..end));
    if !alone || text.contains("//") || text.contains("/*") {
        return None;
    }
    let before = source.get(..start - 1)?;
    let opens = before.trim_ascii_end().ends_with(b"{") || blank(before.rsplit(|&b| b == b'\n').next());
    let behind = next(end).filter(|behind| opens && blank(source.get(end..*behind)));
    Some(Edit::delete(start..behind.unwrap_or(end)))
}

fn is_klog_call(node: Node<'_>, place: &Place<'_, '_>) -> bool {
    let Some(call) = CallExpression::cast(node) else { return false };
    let text = call.function().map(|f| place.text(f.node())).unwrap_or_default();
    place.qualifier.is_empty() || text.split('.').next().is_some_and(|first| first.trim() == place.qualifier)
}
