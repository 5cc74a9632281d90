//! What a function does that asks for a context.

use tree_sitter::Node;

use crate::go::syntax::{self, kind, named_children};

/// Names of what waits, or stands in for a context.
const WAITS: &[&str] = &["context.TODO()", "context.Background()", "time.Sleep(", "time.After(", "time.Tick("];

/// Whether a function waits, calls an API, or passes a context on: then it gets a context, else a logger. `waiters` are the packages'
/// names whose functions wait.
pub fn waits(declaration: Node<'_>, source: &[u8], waiters: &[&str]) -> bool {
    let text = &source[declaration.byte_range()];
    if WAITS.iter().any(|what| memchr::memmem::find(text, what.as_bytes()).is_some()) {
        return true;
    }
    if waiters.iter().any(|name| memchr::memmem::find(text, format!("{name}.").as_bytes()).is_some()) {
        return true;
    }
    let mut stack = vec![declaration];
    while let Some(node) = stack.pop() {
        match node.kind_id() {
            kind::SELECT_STATEMENT | kind::RECEIVE_STATEMENT => return true,
            kind::UNARY_EXPRESSION if syntax::text(node, source).starts_with("<-") => return true,
            // What happens in another goroutine does not hold the function up.
            kind::GO_STATEMENT => continue,
            _ => {}
        }
        stack.extend(named_children(node));
    }
    false
}
