//! Where edits have been made.

use tree_sitter::Node;

use crate::text::Span;

/// Where edits have been made, in order and apart from each other.
#[derive(Clone, Copy)]
pub struct Touched<'t>(pub &'t [Span]);

impl Touched<'_> {
    /// Whether one of them meets a node, or stands right beside it.
    pub fn meets(self, node: Node<'_>) -> bool {
        let until = self.0.partition_point(|span| span.start <= node.end_byte());
        until.checked_sub(1).and_then(|at| self.0.get(at)).is_some_and(|span| span.end >= node.start_byte())
    }

    /// Whether one of them starts in a range.
    pub fn any(self, range: std::ops::RangeInclusive<usize>) -> bool {
        self.0
            .get(self.0.partition_point(|span| span.start < *range.start())..)
            .and_then(<[Span]>::first)
            .is_some_and(|span| range.contains(&span.start))
    }
}
