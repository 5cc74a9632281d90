//! What a function does that asks for a context.

use tree_sitter::Node;

use crate::go::syntax::{self, kind, named_children};

/// Names of what waits, or stands in for a context.
const WAITS: &[&str] = &["context.TODO()", "context.Background()", "time.Sleep(", "time.After(", "time.Tick("];

/// Whether a function waits, calls an API, or passes a context on: then it gets a context, else a logger. `waiters` are the packages'
/// names whose functions wait.
pub fn waits(declaration: Node<'_>, source: &[u8], waiters: &[&str]) -> bool {
    if says(&source[declaration.byte_range()], waiters) {
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

/// Whether a function's text names what waits.
pub fn says(text: &[u8], waiters: &[&str]) -> bool {
    let has = |what: &[u8]| memchr::memmem::find(text, what).is_some();
    WAITS.iter().any(|what| has(what.as_bytes())) || waiters.iter().any(|name| has(format!("{name}.").as_bytes()))
}

/// Whether a function's text may hold statements that wait.
pub fn may_wait(text: &[u8]) -> bool {
    [&b"<-"[..], b"select"].iter().any(|what| memchr::memmem::find(text, what).is_some())
}
