//! Messages of calls that print an error and nothing else: they stand in the name of the call that failed.

use tree_sitter::Node;

use super::variable::setting;
use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, named_children, peel};
use crate::klog::format::{Part, Template};
use crate::klog::name::words;
use crate::klog::operand::callee_name;
use crate::klog::place::Place;
use crate::rule::{Messages, Style};

/// A message for a call that prints an error and nothing else: from the name of the function that returned the error,
/// or else of the function around the call. `err := c.StartServer()` → "Failed to start server".
pub fn derived(error: &str, place: &Place<'_, '_>) -> Option<String> {
    origin(error, place).or_else(|| {
        let declaration = place.scopes.declaration()?;
        let name = declaration.child_by_field_id(syntax::field::NAME).map(|n| place.text(n))?;
        failed(&words(&name), place)
    })
}

/// What the error in a variable was made of, where it was made of text: the arguments of `fmt.Errorf` and `errors.New`, or
/// the call of another function that may make text.
pub fn made_of<'t>(error: &str, place: &Place<'_, 't>) -> Option<(Vec<Node<'t>>, Style)> {
    let value = peel(setting(error, place)?.value()?);
    let call = CallExpression::cast(value)?;
    let selector = SelectorExpression::cast(call.function()?.node())?;
    let package = selector.operand().and_then(|o| place.imported(o.node()));
    let args = || call.arguments().map(|a| named_children(a.node()).collect::<Vec<_>>());
    match (package, selector.field().map(|f| place.text(f.node())).as_deref()) {
        (Some("fmt"), Some("Errorf")) => Some((args()?, Style::Printf)),
        (Some("errors" | "github.com/pkg/errors"), Some("New")) => Some((args()?, Style::Print)),
        _ => Some((vec![value], Style::Print)),
    }
}

/// Whether a value hangs on a word, `container=%s` or `service(%s)`: without it the word reads as a part of the sentence.
pub fn glued(template: &Template<'_>) -> bool {
    template.parts.windows(2).any(|pair| match pair {
        [Part::Text(text), Part::Hole(_)] => {
            let word = text.strip_suffix(['=', '(', '[']);
            word.is_some_and(|word| word.ends_with(char::is_alphanumeric))
        }
        _ => false,
    })
}

/// Whether the text of an error still says something without its values: "expect %s, got %s" does not.
pub fn stands_alone(message: &str, rules: &Messages) -> bool {
    let words: Vec<String> = message.split_whitespace().map(str::to_lowercase).collect();
    let [first, .., last] = words.as_slice() else { return false };
    let wants = rules.transitive.contains(last) || rules.error_takers.contains(last);
    !wants && !matches!(first.as_str(), "expect" | "expected" | "expecting")
}

fn origin(error: &str, place: &Place<'_, '_>) -> Option<String> {
    let binding = place.scopes.lookup(error)?;
    let statement = binding.assigned.unwrap_or(binding.statement);
    let values =
        statement.child_by_field_id(syntax::field::RIGHT).or(statement.child_by_field_id(syntax::field::VALUE))?;
    let call = named_children(values).next().and_then(CallExpression::cast)?;
    let callee = peel(call.function()?.node());
    let called = words(callee_name(callee, place.source()));
    if let Some(message) = named_result(&called, statement, place) {
        return Some(message);
    }
    let mut name = called;
    if name.len() == 1
        && let Some(owner) = SelectorExpression::cast(callee).and_then(|s| s.operand())
    {
        let owner = place.text(owner.node());
        let owner = owner.rsplit('.').next().unwrap_or_default().to_owned();
        let plain = owner.len() > 2 && owner.chars().all(|c| c.is_ascii_alphanumeric());
        if plain {
            name.extend(words(&owner));
        }
    }
    failed(&name, place)
}

/// "Failed to get client config" of `clientConfig, err := b.Config(…)`: a function that is called like the variable for its
/// first result is called after what it gets.
fn named_result(called: &[String], statement: Node<'_>, place: &Place<'_, '_>) -> Option<String> {
    let names: Vec<_> = named_children(statement.child_by_field_id(syntax::field::LEFT)?).collect();
    let [result, _, ..] = names.as_slice() else { return None };
    let lower = |name: &[String]| name.iter().map(|w| w.to_lowercase()).collect::<Vec<_>>();
    let (result, called) = (words(&place.text(*result)), lower(called));
    let same = lower(&result).ends_with(&called) || called.starts_with(&lower(&result));
    if result.is_empty() || called.is_empty() {
        return None;
    }
    let verb = called.first().is_none_or(|first| place.rules.messages.verbs.contains(first));
    let noun = if result.len() > called.len() { lower(&result) } else { called };
    (same && !verb).then(|| format!("Failed to get {}", noun.join(" ")))
}

/// "Failed to start server", where the first word is a verb.
fn failed(name: &[String], place: &Place<'_, '_>) -> Option<String> {
    let (first, rest) = name.split_first()?;
    let first = first.to_lowercase();
    let verb = match first.as_str() {
        "new" => "create",
        "must" | "try" | "do" | "handle" if rest.is_empty() => return None,
        "init" => "initialize",
        verb => place.rules.messages.verbs.get(verb)?,
    };
    // `handleError(err)` says nothing of what failed.
    if matches!(rest, [only] if matches!(only.to_lowercase().as_str(), "err" | "error" | "errors")) {
        return None;
    }
    let initialism = |w: &String| w.len() > 1 && w.chars().all(|c| c.is_ascii_uppercase());
    let rest: Vec<String> = rest.iter().map(|w| if initialism(w) { w.clone() } else { w.to_lowercase() }).collect();
    let object = if rest.is_empty() { String::new() } else { format!(" {}", rest.join(" ")) };
    Some(format!("Failed to {verb}{object}"))
}
