//! Queries for the logs of a patched tree: those of `rules/queries.toml`, with the tree's own names in them.

use std::collections::BTreeMap;

use tree_sitter::Node;

use crate::go::parse::parse_bytes;
use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, named_children};
use crate::klog::format::unquote;
use crate::plan::pipeline::Plan;
use crate::rule::Query;
use crate::write::edit::Outcome;

/// klog's functions of one object: in a line its namespace and name.
const REFERENCES: [&str; 2] = ["KObj", "KRef"];

/// What stands in the queries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// The request ID's key.
    pub key: String,
    /// A request ID.
    pub id: String,
    /// The key of an object.
    pub object: String,
    /// The object's namespace; empty if it has none.
    pub namespace: String,
    /// The object's name.
    pub name: String,
}

impl Names {
    /// A query with the names in it. The names are words and paths: nothing in them needs an escape in any tool.
    pub fn query(&self, query: &Query) -> Query {
        let names = [
            ("%key%", &self.key),
            ("%id%", &self.id),
            ("%object%", &self.object),
            ("%namespace%", &self.namespace),
            ("%name%", &self.name),
        ];
        let mut text = query.text.trim().to_owned();
        while let Some((before, rest)) = text.split_once("%namespace{%")
            && let Some((inner, after)) = rest.split_once("%}%")
        {
            let inner = if self.namespace.is_empty() { "" } else { inner };
            text = [before, inner, after].concat();
        }
        let text = names.iter().fold(text, |text, (mark, name)| text.replace(mark, name));
        Query { text, ..query.clone() }
    }
}

/// Whether a name can stand in every query as it is: letters, digits and `-_.:/`.
pub fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "-_.:/".contains(c))
}

/// Keys under which the tree's calls log objects once the plan is applied, the most frequent first, with their counts.
pub fn object_keys(plan: &Plan) -> Vec<(String, usize)> {
    let mut counts = BTreeMap::new();
    for file in &plan.files {
        for site in &file.sites {
            let call = match &site.outcome {
                Outcome::Fix(fix) => fix.after.as_bytes(),
                Outcome::Structured => site.site.span.of(&file.source),
                _ => continue,
            };
            // Most calls log no object.
            if REFERENCES.iter().any(|name| memchr::memmem::find(call, name.as_bytes()).is_some()) {
                count(call, &mut counts);
            }
        }
    }
    let mut keys: Vec<(String, usize)> = counts.into_iter().collect();
    keys.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    keys
}

fn count(call: &[u8], counts: &mut BTreeMap<String, usize>) {
    let source = [b"package p\nfunc _() {\n", call, b"\n}\n"].concat();
    let Some(tree) = parse_bytes(&source) else { return };
    let text = |node: Node<'_>| node.utf8_text(&source).unwrap_or_default().to_owned();
    let mut nodes = vec![tree.root_node()];
    while let Some(node) = nodes.pop() {
        nodes.extend(named_children(node));
        let arguments: Vec<_> = CallExpression::cast(node)
            .and_then(CallExpression::arguments)
            .map_or_else(Vec::new, |arguments| named_children(arguments.node()).collect());
        for pair in arguments.windows(2) {
            let function = CallExpression::cast(pair[1]).and_then(CallExpression::function).map(AstNode::node);
            let name = function
                .map(|f| SelectorExpression::cast(f).and_then(SelectorExpression::field).map_or(f, AstNode::node));
            if name.is_some_and(|name| REFERENCES.contains(&&*text(name)))
                && let Some(key) = unquote(&text(pair[0])).filter(|key| is_plain(key))
            {
                *counts.entry(key).or_default() += 1;
            }
        }
    }
}
