//! Names, types and values of `var ( … )`, kept in the columns where gofmt puts them.

use tree_sitter::Node;

use crate::go::syntax::{children_by_field, field, kind, named_children};
use crate::text::{Edit, Span};

/// A specification on lines of its own.
struct Spec {
    first: usize,
    last: usize,
    names: usize,
    /// The width of its type, of nothing where others beside it have one, or of its value where a comment stands behind that.
    second: Option<usize>,
    /// From the names to the type, and from the type to the sign before the value.
    gaps: (Option<Span>, Option<Span>),
    /// Whether the sign before the value stands behind a column of types.
    behind_types: bool,
    touched: bool,
}

/// Edits that put the specifications of a list with one in `touched` where gofmt does: neighbouring ones have their types and
/// values in columns, up to the first line of one of several lines.
pub fn of_list(source: &[u8], list: Node<'_>, is_touched: &dyn Fn(Node<'_>) -> bool) -> Vec<Edit> {
    let children: Vec<_> = named_children(list).collect();
    let nodes: Vec<_> = children.iter().copied().filter(|node| node.kind_id() == kind::VAR_SPEC).collect();
    let keeps = keeps_types(&nodes);
    let comment_rows: Vec<usize> =
        children.iter().filter(|node| node.kind_id() == kind::COMMENT).map(|node| node.start_position().row).collect();
    let mut specs = Vec::new();
    for (node, keeps) in nodes.iter().zip(keeps) {
        let commented = comment_rows.binary_search(&node.end_position().row).is_ok();
        let Some(spec) = spec(source, *node, keeps, commented, is_touched(*node)) else { return Vec::new() };
        specs.push(spec);
    }
    let beside = |a: &Spec, b: &Spec| a.first == a.last && a.last + 1 == b.first;
    let groups: Vec<&[Spec]> = specs.chunk_by(beside).collect();
    let near = |at: usize| groups.get(at).is_some_and(|group| group.iter().any(|spec| spec.touched));
    let mut edits = Vec::new();
    for (at, group) in groups.iter().enumerate() {
        if near(at) || near(at + 1) || at.checked_sub(1).is_some_and(near) {
            edits.extend(of_group(source, group));
        }
    }
    edits
}

fn of_group(source: &[u8], group: &[Spec]) -> Vec<Edit> {
    let names = group.iter().map(|spec| spec.names).max().unwrap_or(0) + 1;
    let mut edits = Vec::new();
    let mut set = |gap: Option<Span>, width: usize| {
        let blanks = " ".repeat(width);
        edits.extend(gap.filter(|gap| gap.of(source) != blanks.as_bytes()).map(|gap| Edit::replace(gap, blanks)));
    };
    for run in group.chunk_by(|a, b| a.second.is_some() && b.second.is_some()) {
        let widest = run.iter().filter_map(|spec| spec.second).max().unwrap_or(0);
        // A column in which nothing stands takes no room.
        let types = if widest > 0 { widest + 1 } else { 0 };
        for spec in run {
            let before = names - spec.names;
            match (spec.gaps, spec.behind_types) {
                ((first, Some(second)), true) => {
                    set(first, before);
                    set(Some(second), types - spec.second.unwrap_or(0));
                }
                ((first, _), true) => set(first, before + types),
                ((first, _), false) => set(first, before),
            }
        }
    }
    edits
}

/// gofmt's `keepTypeColumn`: which specifications leave room for a type, as one of those with values beside them has one.
fn keeps_types(specs: &[Node<'_>]) -> Vec<bool> {
    let has = |spec: &Node<'_>, part: u16| spec.child_by_field_id(part).is_some();
    let runs = specs.chunk_by(|a, b| has(a, field::VALUE) == has(b, field::VALUE));
    let keeps = |run: &[Node<'_>]| run.iter().any(|spec| has(spec, field::VALUE) && has(spec, field::TYPE));
    runs.flat_map(|run| std::iter::repeat_n(keeps(run), run.len())).collect()
}

fn spec(source: &[u8], node: Node<'_>, keeps: bool, commented: bool, touched: bool) -> Option<Spec> {
    let names: Vec<_> = children_by_field(node, field::NAME).filter(Node::is_named).collect();
    let (start, end) = (names.first()?.start_byte(), names.last()?.end_byte());
    let (ty, value) = (node.child_by_field_id(field::TYPE), node.child_by_field_id(field::VALUE));
    let width = |from: usize, to: usize| Some(std::str::from_utf8(source.get(from..to)?).ok()?.chars().count());
    let sign = match value {
        Some(value) => {
            let from = ty.map_or(end, |ty| ty.end_byte());
            Some(from + source.get(from..value.start_byte())?.iter().position(|byte| *byte == b'=')?)
        }
        None => None,
    };
    let blank = |from: usize, to: usize| {
        let gap = Span::new(from, to);
        gap.of(source).iter().all(|byte| *byte == b' ').then_some(gap)
    };
    let first = blank(end, ty.map(|ty| ty.start_byte()).or(sign)?)?;
    let second = match (ty, sign) {
        (Some(ty), Some(sign)) => Some(blank(ty.end_byte(), sign)?),
        _ => None,
    };
    let behind_types = sign.is_some() && (ty.is_some() || keeps);
    let (row, last) = (node.start_position().row, node.end_position().row);
    let of_type = ty.map_or(Some(0), |ty| width(ty.start_byte(), ty.end_byte()))?;
    let cell = match (ty, sign) {
        (None, Some(sign)) if !keeps => width(sign, node.end_byte())?,
        _ => of_type,
    };
    let ends = behind_types || commented && row == last;
    let gaps = (Some(first), second);
    Some(Spec {
        first: row,
        last,
        names: width(start, end)?,
        second: ends.then_some(cell),
        gaps,
        behind_types,
        touched,
    })
}
