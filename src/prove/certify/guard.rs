//! What a call stands under: the conditions, loops, cases and function literals around it, from the outside in.

use tree_sitter::Node;

use super::shown::normal_without;
use crate::go::syntax::{self, AstNode, CallExpression, kind, named_children, peel};
use crate::go::types::is_function;
use crate::klog::operand::callee_name;
use crate::klog::place::Place;
use crate::rule::LogCalls;

/// The guards of the place of one call. A level that is asked for is written alike, however that is done.
pub fn guards(place: &Place<'_, '_>) -> Vec<String> {
    let ancestors = place.scopes.ancestors();
    let mut found = Vec::new();
    for pair in ancestors.windows(2) {
        let [outer, inner] = pair else { continue };
        let left = |node: Node<'_>| is_thread(node, place) || is_log_call(node, place);
        let text = |node: Node<'_>| normal_without(node, place.source(), &left);
        found.extend(guard(*outer, *inner, &text).map(|text| levelled(&text, &place.rules.log_calls)));
    }
    found
}

/// Whether a statement of a function literal in a condition logs: its calls are compared by themselves.
fn is_log_call(node: Node<'_>, place: &Place<'_, '_>) -> bool {
    let call = named_children(node).next().filter(|_| node.kind_id() == kind::EXPRESSION_STATEMENT);
    let callee = call.and_then(CallExpression::cast).and_then(|call| call.function());
    let rules = &place.rules.log_calls;
    callee
        .map(|callee| callee_name(peel(callee.node()), place.source()))
        .is_some_and(|name| rules.function(name).is_some() || rules.logger_method(name).is_some())
}

/// Whether an argument is a context or a logger: calls are given them for log calls.
fn is_thread(node: Node<'_>, place: &Place<'_, '_>) -> bool {
    let is_argument = node.parent().is_some_and(|list| list.kind_id() == kind::ARGUMENT_LIST);
    let threads = ["context.Context", "github.com/go-logr/logr.Logger", "k8s.io/klog/v2.Logger"];
    is_argument
        && node.kind_id() == kind::IDENTIFIER
        && place.type_of(node).qualified().is_some_and(|ty| threads.contains(&ty.as_str()))
}

fn guard(outer: Node<'_>, inner: Node<'_>, spelled: &dyn Fn(Node<'_>) -> String) -> Option<String> {
    let part = |field: u16| outer.child_by_field_id(field);
    let text = |field: u16| part(field).map(spelled).unwrap_or_default();
    let is = |field: u16| part(field).is_some_and(|node| node.id() == inner.id());
    match outer.kind_id() {
        kind::IF_STATEMENT if is(syntax::field::CONSEQUENCE) => Some(format!("if {}", condition(outer, spelled))),
        kind::IF_STATEMENT if is(syntax::field::ALTERNATIVE) => Some(format!("else of {}", condition(outer, spelled))),
        kind::FOR_STATEMENT if is(syntax::field::BODY) => {
            let body = part(syntax::field::BODY)?;
            let head = named_children(outer).take_while(|child| child.id() != body.id()).map(spelled);
            Some(format!("for {}", head.collect::<String>()))
        }
        kind::EXPRESSION_SWITCH_STATEMENT => Some(format!("switch {}", text(syntax::field::VALUE))),
        kind::TYPE_SWITCH_STATEMENT => Some(format!("switch {}.(type)", text(syntax::field::VALUE))),
        kind::EXPRESSION_CASE => Some(format!("case {}", text(syntax::field::VALUE))),
        kind::TYPE_CASE => {
            let types = syntax::children_by_field(outer, syntax::field::TYPE).map(spelled);
            Some(format!("case {}", types.collect::<Vec<_>>().join(",")))
        }
        kind::COMMUNICATION_CASE => Some(format!("case {}", text(syntax::field::COMMUNICATION))),
        kind::DEFAULT_CASE => Some("default".to_owned()),
        kind::GO_STATEMENT => Some("go".to_owned()),
        kind::DEFER_STATEMENT => Some("defer".to_owned()),
        _ if is_function(outer) && outer.kind_id() == kind::FUNC_LITERAL => Some("func".to_owned()),
        _ => None,
    }
}

/// The condition of an `if` with what it starts with, unless that only names a level that the condition asks for.
fn condition(branch: Node<'_>, spelled: &dyn Fn(Node<'_>) -> String) -> String {
    let part = |field: u16| branch.child_by_field_id(field);
    let condition = part(syntax::field::CONDITION).map(spelled).unwrap_or_default();
    let Some(first) = part(syntax::field::INITIALIZER).map(spelled) else { return condition };
    asked(&first, &condition).unwrap_or_else(|| format!("{first};{condition}"))
}

/// A condition with the level in the place of the name that a statement before gives it.
pub fn asked(first: &str, condition: &str) -> Option<String> {
    let (name, made) = first.split_once(":=").filter(|(_, made)| made.contains("V("))?;
    if condition == name {
        return Some(made.to_owned());
    }
    let is_name = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    let asks = format!("{name}.Enabled()");
    let at = condition.find(&asks).filter(|at| !is_name(condition[..*at].chars().next_back()))?;
    let rest = &condition[at + asks.len()..];
    // What speaks of it once more needs the name.
    let again = rest.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == name);
    (!again).then(|| format!("{}{made}{rest}", &condition[..at]))
}

/// `klog.V(4).Enabled()`, `bool(klog.V(4))`, `logger.V(4).Enabled()` and `klog.V(4)` as `V(4)`.
pub fn levelled(text: &str, rules: &LogCalls) -> String {
    let asks = format!(".{}()", rules.verbose.asks);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("V(") {
        let before = &rest[..at];
        let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let start = before
            .rfind(|c: char| !is_name(c))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let Some(close) = rest[at..].find(')') else { break };
        let (end, whole) = (at + close + 1, before[start..].ends_with('.') || start == at);
        if !whole {
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        }
        let (mut head, mut tail) = (&before[..start], &rest[end..]);
        tail = tail.strip_prefix(asks.as_str()).unwrap_or(tail);
        if let (Some(outer), Some(behind)) = (head.strip_suffix("bool("), tail.strip_prefix(')')) {
            (head, tail) = (outer, behind);
        }
        out.push_str(head);
        out.push_str(&rest[at..end]);
        rest = tail;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::RuleSet;

    #[test]
    fn a_name_for_a_level_is_that_level() {
        assert_eq!(asked("l:=log.V(5)", "l.Enabled()").as_deref(), Some("log.V(5)"));
        assert_eq!(asked("l:=log.V(5)", "x&&l.Enabled()&&y").as_deref(), Some("x&&log.V(5)&&y"));
        assert_eq!(asked("l:=log.V(5)", "all.Enabled()"), None);
        assert_eq!(asked("l:=log.V(5)", "l.Enabled()&&l!=m"), None);
        assert_eq!(asked("l:=count()", "l.Enabled()"), None);
    }

    #[test]
    fn a_level_is_asked_for_in_one_way() {
        let rules = RuleSet::load(None).unwrap().log_calls;
        for (text, want) in [
            ("klog.V(4)", "V(4)"),
            ("klog.V(4).Enabled()&&x", "V(4)&&x"),
            ("a&&bool(klog.V(5))", "a&&V(5)"),
            ("logger.V(2).Enabled()", "V(2)"),
            ("V(2)", "V(2)"),
            ("isV(2)", "isV(2)"),
            ("klog.V(4)!=nil", "V(4)!=nil"),
            ("x.IPV(4", "x.IPV(4"),
        ] {
            assert_eq!(levelled(text, &rules), want, "{text}");
        }
    }
}
