//! Values that are made of several in place: a text by Sprintf, a list, a map.

use std::collections::BTreeSet;

use tree_sitter::Node;

use super::shown::Shower;
use crate::go::syntax::{
    AstNode, CallExpression, SelectorExpression, children_by_field, field, kind, named_children, peel,
};
use crate::klog::format::{Piece, constant_string, parse};
use crate::klog::name::words;

/// Words of a label.
const LABEL: usize = 5;

/// The expressions that a value is made of in place, those of a map or a struct with their keys.
pub fn parts<'t>(shower: &Shower<'_, '_, 't>, node: Node<'t>) -> Vec<(Node<'t>, Option<String>)> {
    let node = peel(node);
    let place = shower.place;
    let constant = |node: Node<'t>| constant_string(peel(node), place.source(), &|node| place.types.string_of(node));
    match node.kind_id() {
        kind::COMPOSITE_LITERAL => {
            let body = named_children(node).find(|child| child.kind_id() == kind::LITERAL_VALUE);
            let elements = body.into_iter().flat_map(named_children);
            let fields = fields(shower, node);
            let mut fields = fields.into_iter();
            let mut part = |element: Node<'t>| {
                let inner: Vec<_> = named_children(element).collect();
                match (element.kind_id(), inner.as_slice()) {
                    (kind::KEYED_ELEMENT, [key, of]) => {
                        let name = peel(named_children(*key).next().unwrap_or(*key));
                        let key = constant(name).unwrap_or_else(|| place.text(name));
                        Some((peel(named_children(*of).next().unwrap_or(*of)), Some(key)))
                    }
                    (kind::LITERAL_ELEMENT, [of]) => Some((peel(*of), fields.next())),
                    (kind::COMMENT, _) => None,
                    _ => Some((peel(element), fields.next())),
                }
            };
            elements.filter_map(&mut part).collect()
        }
        kind::CALL_EXPRESSION => {
            let args = printed(shower, node).unwrap_or_default();
            let labels =
                args.first().and_then(|format| constant(*format)).map(|format| labels(&format, args.len() - 1));
            let labels = labels.unwrap_or_default();
            let named =
                args.iter().enumerate().map(|(at, arg)| (*arg, at.checked_sub(1).and_then(|at| labels.get(at))));
            let varying = named.filter(|(arg, _)| !place.types.is_constant(*arg));
            varying.map(|(arg, label)| (peel(arg), label.cloned().flatten())).collect()
        }
        _ => Vec::new(),
    }
}

/// The names of the fields of a struct whose type is written in place.
fn fields<'t>(shower: &Shower<'_, '_, 't>, literal: Node<'t>) -> Vec<String> {
    let (mut found, mut stack) = (Vec::new(), Vec::new());
    stack.extend(named_children(literal).find(|child| child.kind_id() == kind::STRUCT_TYPE));
    while let Some(node) = stack.pop() {
        if node.kind_id() == kind::FIELD_DECLARATION {
            found.extend(children_by_field(node, field::NAME).map(|name| shower.place.text(name)));
        } else {
            stack.extend(named_children(node).collect::<Vec<_>>().into_iter().rev());
        }
    }
    found
}

/// What a format calls its operands: `crate` of "crate=%v".
fn labels(format: &str, operands: usize) -> Vec<Option<String>> {
    let mut found = vec![None; operands];
    let mut text = String::new();
    for piece in parse(format, operands).unwrap_or_default() {
        match piece {
            Piece::Text(plain) => text = plain.to_string(),
            Piece::Verb(verb) => {
                let label = text.strip_suffix('=').and_then(|text| text.rsplit(|c: char| !c.is_alphanumeric()).next());
                if let (Some(label), Some(place)) =
                    (label.filter(|label| !label.is_empty()), found.get_mut(verb.operand))
                {
                    *place = Some(label.to_owned());
                }
                text.clear();
            }
        }
    }
    found
}

/// Whether a value is put together of several with nothing between them.
pub fn is_run_together<'t>(shower: &Shower<'_, '_, 't>, node: Node<'t>) -> bool {
    let node = peel(node);
    let varies = |node: &Node<'t>| !shower.place.types.is_constant(*node);
    if node.kind_id() == kind::BINARY_EXPRESSION {
        let is_text = shower.place.is_text(&shower.place.type_of(node));
        return is_text && named_children(node).count() == 2 && named_children(node).all(|side| varies(&peel(side)));
    }
    let args = printed(shower, node).unwrap_or_default();
    let is_sprint = shower.place.text(node).starts_with("fmt.Sprint(");
    let format = args.first().filter(|_| !is_sprint).map(|format| shower.place.text(*format));
    let is_bare = format.is_some_and(|format| {
        format.matches('%').count() > 1 && !format.contains([' ', '/', ':', ',', '=', '-', '|', '.', '_'])
    });
    args.len() > 1 && (is_sprint && args.iter().all(varies) || is_bare)
}

/// Constant texts that stand in a value which is made of several: what it says beside them.
pub fn texts<'t>(shower: &Shower<'_, '_, 't>, node: Node<'t>) -> Vec<String> {
    let place = shower.place;
    let (mut found, mut stack) = (Vec::new(), vec![peel(node)]);
    while let Some(node) = stack.pop() {
        match node.kind_id() {
            kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL => {
                found.extend(constant_string(node, place.source(), &|node| place.types.string_of(node)));
            }
            kind::BINARY_EXPRESSION | kind::PARENTHESIZED_EXPRESSION => stack.extend(named_children(node)),
            kind::CALL_EXPRESSION => stack.extend(printed(shower, node).into_iter().flatten()),
            _ => {}
        }
    }
    found.iter().map(|text| without_verbs(text)).filter(|text| text.contains(char::is_alphabetic)).collect()
}

/// Words of the type of a value, and of those of the objects that it refers to.
pub fn kinds<'t>(shower: &Shower<'_, '_, 't>, node: Node<'t>) -> BTreeSet<String> {
    let of = std::iter::once(node).chain(shower.reference(peel(node)).into_iter().flatten());
    let named = of.filter_map(|node| Some(shower.place.type_of(node).stripped().named()?.name.to_string()));
    named.flat_map(|name| words(&name)).map(|word| word.to_lowercase()).collect()
}

/// The words of a text right before a value, back to a sign that parts them from the rest: `, latest progress: `. What stands at the head
/// of the whole text is no label.
pub fn label(text: &str, is_first: bool) -> Vec<String> {
    let text = text.trim_end_matches(|c: char| !c.is_alphanumeric());
    let label = match text.rfind([',', ';', ':', '(', '[', '.', '=', '{']) {
        Some(at) => &text[at + 1..],
        None if is_first => "",
        None => text,
    };
    Some(words(label)).filter(|words| words.len() <= LABEL).unwrap_or_default()
}

/// A format without its verbs.
fn without_verbs(text: &str) -> String {
    let text = text.replace("%%", " ");
    let mut parts = text.split('%');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|c: char| !c.is_alphabetic());
        out.push(' ');
        out.extend(rest.chars().skip(1));
    }
    out
}

/// What a function of package fmt or errors puts together.
fn printed<'t>(shower: &Shower<'_, '_, 't>, node: Node<'t>) -> Option<Vec<Node<'t>>> {
    let call = CallExpression::cast(node)?;
    let selector = SelectorExpression::cast(peel(call.function()?.node()))?;
    let package = shower.place.imported(selector.operand()?.node())?;
    let name = shower.place.text(selector.field()?.node());
    let of_errors = package.rsplit('/').next().is_some_and(|last| matches!(last, "errors" | "xerrors"));
    let makes = package == "fmt" && (name.starts_with("Sprint") || name == "Errorf")
        || of_errors && shower.place.rules.certify.wraps.contains(&name);
    makes.then(|| call.arguments().map(|list| named_children(list.node()).collect()))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_apart() {
        let of = |text, is_first| label(text, is_first).join(" ");
        assert_eq!(of("cache mismatch: missed nodes: ", true), "missed nodes");
        assert_eq!((of("patching node ", true).as_str(), of(" found: ", false).as_str()), ("", "found"));
    }

    #[test]
    fn verbs_are_no_words() {
        assert_eq!(without_verbs("at %s:%-5d of %v%%"), "at  :  of   ");
        assert_eq!(without_verbs("10%% done"), "10  done");
    }
}
