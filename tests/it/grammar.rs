//! What the grammar's own tree says of a file, to compare outlines and bodies with.

use std::collections::BTreeSet;

use klogmod::go::parse::{first_error, parse_bytes};
use klogmod::go::syntax::body::{ExprKind, parse_decl};
use klogmod::go::syntax::outline::{DeclKind, Outline, outline};
use klogmod::go::syntax::{self, Children, kind, named_children};
use tree_sitter::Node;

/// Whether outline and bodies of a file are what the grammar says; files that do not parse are passed over.
pub fn compare(source: &[u8]) -> Result<(), String> {
    let tree = parse_bytes(source).ok_or("no tree")?;
    let root = tree.root_node();
    if first_error(root).is_some() {
        return Ok(());
    }
    let outline = outline(source).map_err(|error| format!("no outline: byte {}", error.0))?;
    let (want, have) = (declared(root, source), outlined(&outline));
    if want != have {
        return Err(format!("declarations differ: {:?}", want.iter().zip(&have).find(|(a, b)| a != b)));
    }
    let mut have = body_spans(source, &outline).map_err(|at| format!("no body: byte {at}"))?;
    let mut want = BTreeSet::new();
    let has_body = |d: &Node<'_>| !matches!(d.kind_id(), kind::TYPE_DECLARATION | kind::IMPORT_DECLARATION);
    named_children(root).filter(has_body).for_each(|decl| spans(decl, &mut want));
    // The grammar takes `*(*T)(x)` for a conversion to `*(*T)`, and calls a literal's qualified type no selector.
    want.retain(|(start, _, what)| *what != "call" || source[*start] != b'*');
    have.retain(|s| want.contains(s) || !(s.2 == "selector" || source[s.0..].starts_with(b"(*")));
    let text = |s: Option<&(usize, usize, &str)>| {
        s.map(|s| format!("{} {:?}", s.2, String::from_utf8_lossy(&source[s.0..s.1.min(s.0 + 80)])))
    };
    let (only_tree, only_body) = (text(want.difference(&have).next()), text(have.difference(&want).next()));
    match (&only_tree, &only_body) {
        (None, None) => Ok(()),
        _ => Err(format!("expressions differ: only in the tree {only_tree:?}, only in the body {only_body:?}")),
    }
}

/// Names that the grammar's tree declares at the top of a file.
fn declared(root: Node<'_>, source: &[u8]) -> Vec<(usize, String)> {
    let mut names = Vec::new();
    let mut add = |node: Node<'_>| {
        for name in syntax::children_by_field(node, syntax::field::NAME).filter(|n| n.is_named()) {
            names.push((name.start_byte(), syntax::text(name, source).to_owned()));
        }
    };
    for decl in named_children(root) {
        match decl.kind_id() {
            kind::FUNCTION_DECLARATION | kind::METHOD_DECLARATION => add(decl),
            kind::TYPE_DECLARATION | kind::CONST_DECLARATION => named_children(decl).for_each(&mut add),
            kind::VAR_DECLARATION => named_children(decl).for_each(|spec| {
                if spec.kind_id() == kind::VAR_SPEC_LIST { named_children(spec).for_each(&mut add) } else { add(spec) }
            }),
            _ => {}
        }
    }
    names
}

fn outlined(outline: &Outline) -> Vec<(usize, String)> {
    outline.decls.iter().map(|d| (d.at as usize, outline.text(d.name).to_owned())).collect()
}

/// Spans of calls, selectors and literals in the grammar's tree.
fn spans(node: Node<'_>, found: &mut BTreeSet<(usize, usize, &'static str)>) {
    let what = match node.kind_id() {
        kind::CALL_EXPRESSION | kind::TYPE_CONVERSION_EXPRESSION => "call",
        kind::SELECTOR_EXPRESSION => "selector",
        kind::COMPOSITE_LITERAL => "literal",
        kind::BINARY_EXPRESSION => "binary",
        kind::FUNC_LITERAL => "func",
        _ => "",
    };
    if !what.is_empty() {
        found.insert((node.start_byte(), node.end_byte(), what));
    }
    // An array's length is part of a type, which a body does not look into.
    let skip = if node.kind_id() == kind::ARRAY_TYPE { node.child_by_field_id(syntax::field::LENGTH) } else { None };
    Children::new(node).filter(|child| Some(*child) != skip).for_each(|child| spans(child, found));
}

fn body_spans(source: &[u8], outline: &Outline) -> Result<BTreeSet<(usize, usize, &'static str)>, usize> {
    let mut found = BTreeSet::new();
    let starts: BTreeSet<_> = outline
        .decls
        .iter()
        .filter(|d| !matches!(d.kind, DeclKind::Type | DeclKind::Alias))
        .map(|d| d.span.0)
        .collect();
    for start in starts {
        let body = parse_decl(source, start as usize).map_err(|e| e.at())?;
        for (_, expr) in body.exprs() {
            let what = match expr.kind {
                ExprKind::Call { .. } => "call",
                ExprKind::Selector { .. } => "selector",
                ExprKind::Composite { ty: Some(_), .. } => "literal",
                ExprKind::Binary(..) => "binary",
                ExprKind::Func { .. } => "func",
                _ => continue,
            };
            found.insert((expr.range.0 as usize, expr.range.1 as usize, what));
        }
    }
    Ok(found)
}
