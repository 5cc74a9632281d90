//! Writing Go: expressions on one line as gofmt would.

use tree_sitter::Node;

use crate::go::syntax::{self, Children, kind};

/// The source of an expression on one line; `None` where comments, raw strings or function bodies forbid it.
pub fn on_one_line(node: Node<'_>, source: &[u8]) -> Option<String> {
    let text = syntax::text(node, source);
    if !text.contains('\n') {
        return Some(text.to_owned());
    }
    let mut leaves = Vec::new();
    leaves_of(node, &mut leaves)?;
    let mut out = String::new();
    let mut previous: Option<(usize, &str)> = None;
    for (index, leaf) in leaves.iter().enumerate() {
        let token = syntax::text(*leaf, source);
        let next = leaves.get(index + 1).map(|n| syntax::text(*n, source));
        if token == "," && next.is_some_and(|n| matches!(n, ")" | "]" | "}")) {
            previous = previous.map(|(_, token)| (leaf.end_byte(), token));
            continue;
        }
        if let Some((end, before)) = previous {
            let gap = std::str::from_utf8(source.get(end..leaf.start_byte())?).ok()?;
            let tight = matches!(before, "(" | "[" | "{" | ".") || matches!(token, ")" | "]" | "}" | "." | ",");
            match gap.contains('\n') {
                true if tight => {}
                true => out.push(' '),
                false => out.push_str(gap),
            }
        }
        out.push_str(token);
        previous = Some((leaf.end_byte(), token));
    }
    Some(out)
}

fn leaves_of<'t>(node: Node<'t>, out: &mut Vec<Node<'t>>) -> Option<()> {
    let mut stack = vec![node];
    while let Some(node) = stack.pop() {
        match node.kind_id() {
            kind::COMMENT | kind::FUNC_LITERAL => return None,
            kind::RAW_STRING_LITERAL if node.start_position().row != node.end_position().row => return None,
            kind::INTERPRETED_STRING_LITERAL | kind::RAW_STRING_LITERAL | kind::RUNE_LITERAL => out.push(node),
            _ if node.child_count() == 0 => out.push(node),
            _ => {
                let children: Vec<_> = Children::new(node).collect();
                stack.extend(children.into_iter().rev());
            }
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(expression: &str) -> Option<String> {
        let source = format!("package p\nvar _ = {expression}\n");
        let tree = crate::go::parse::parse_bytes(source.as_bytes())?;
        let start = source.find("= ")? + 2;
        let node = tree.root_node().named_descendant_for_byte_range(start, start + expression.len())?;
        on_one_line(node, source.as_bytes())
    }

    #[test]
    fn lines_are_joined_as_gofmt_would_write_them() {
        assert_eq!(joined("f(a,\n\t\tb,\n\t)").as_deref(), Some("f(a, b)"));
        assert_eq!(joined("x.\n\tf(\n\t\ta)").as_deref(), Some("x.f(a)"));
        assert_eq!(joined("T{\n\tA: 1,\n\tB: \"x  y\",\n}").as_deref(), Some("T{A: 1, B: \"x  y\"}"));
        assert_eq!(joined("f(a, // why\n\tb)"), None);
        assert_eq!(joined("f(func() {\n\tg()\n})"), None);
    }
}
