//! Code of wires, known again by its text: whatever stands for a placeholder, the rest is what the rules say.

use tree_sitter::Node;

use crate::go::parse::ParsedFile;
use crate::go::syntax::kind;
use crate::rule::{At, Wires};

/// What is looked at is not longer than this: no wire's code is.
const LONGEST: usize = 800;

/// Code of wires: the texts between placeholders, blanks made one.
pub(super) struct Codes {
    statements: Vec<Vec<String>>,
    elements: Vec<Vec<String>>,
}

impl Codes {
    /// The code of all wires, under the name that a file gives the package.
    pub(super) fn of(wires: &Wires, package: &str) -> Self {
        let places = || wires.list.iter().flat_map(|wire| &wire.places);
        let beside = |at: At| matches!(at, At::Start | At::End | At::Before | At::After);
        let code = |wanted: &dyn Fn(At) -> bool| {
            let some = places().filter(|place| wanted(place.at));
            some.map(|place| parts(&place.code, package)).collect::<Vec<_>>()
        };
        Self { statements: code(&beside), elements: code(&|at| at == At::Entry) }
    }

    /// The innermost statement, or element of a map, around a node that is code of a wire.
    pub(super) fn around<'t>(&self, node: Node<'t>, file: &ParsedFile) -> Option<Node<'t>> {
        let around = std::iter::successors(Some(node), |node| node.parent());
        around.take_while(|node| node.byte_range().len() <= LONGEST).find(|node| {
            let is_listed = node.parent().is_some_and(|parent| parent.kind_id() == kind::STATEMENT_LIST);
            let known = match node.kind_id() {
                kind::KEYED_ELEMENT => &self.elements,
                _ if is_listed => &self.statements,
                _ => return false,
            };
            let text = squeezed(file.text(*node));
            known.iter().any(|parts| fits(parts, &text))
        })
    }
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn parts(code: &str, package: &str) -> Vec<String> {
    let code = squeezed(code.trim().trim_end_matches(',')).replace("{{package}}", package);
    let mut parts = code.split("{{");
    let first = parts.next().unwrap_or_default().to_owned();
    let rest = parts.map(|part| part.split_once("}}").map_or(part, |(_, rest)| rest).to_owned());
    std::iter::once(first).chain(rest).collect()
}

/// Whether the text is made of these parts with something between each two of them.
fn fits(parts: &[String], text: &str) -> bool {
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
    if parts.len() == 1 {
        return text == first;
    }
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for part in &parts[1..parts.len() - 1] {
        let Some(at) = rest.find(part.as_str()).filter(|at| *at > 0) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.strip_suffix(last.as_str()).is_some_and(|hole| !hole.is_empty() && !hole.contains(['{', '}', ';']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_known_whatever_its_placeholders_stand_for() {
        let known = |code: &str, text: &str| fits(&parts(code, "rid"), &squeezed(text));
        assert!(known("{{left}}.Wrap({{package}}.NewRoundTripper)", "c.client.Wrap(rid.NewRoundTripper)"));
        assert!(!known("{{left}}.Wrap({{package}}.NewRoundTripper)", ".Wrap(rid.NewRoundTripper)"));
        assert!(!known("{{left}}.Wrap({{package}}.NewRoundTripper)", "c.Wrap(other.NewRoundTripper)"));
        assert!(known("{{package}}.Init()", "rid.Init()") && !known("{{package}}.Init()", "rid.Init(own)"));
        let block = "if a, err := f(b); err == nil {\n\t{{package}}.Known(a)\n}";
        assert!(known(block, "if a, err := f(b); err == nil {\n\t\trid.Known(a)\n\t}"));
        assert!(!known(block, "if a, err := g(b); err == nil {\n\t\trid.Known(a)\n\t}"));
    }
}
