//! What forbids a rewrite where a call stands.

use super::outcome::{Skip, SkipReason};
use crate::keyvalue::Place;
use crate::syntax::{self, kind};

/// That a package of the standard library can be called here.
pub fn nameable(package: &str, place: &Place<'_, '_>) -> Result<(), Skip> {
    match place.package_name(package) {
        Some(_) => Ok(()),
        None => {
            let detail = format!("the new call needs package {package}, and that name means something else here");
            Err(Skip::new(SkipReason::NameTaken, detail))
        }
    }
}

pub fn has_comment(call: syntax::CallExpression<'_>) -> bool {
    let mut stack = vec![syntax::AstNode::node(call)];
    while let Some(node) = stack.pop() {
        if node.kind_id() == kind::COMMENT {
            return true;
        }
        if node.kind_id() != kind::FUNC_LITERAL {
            stack.extend(syntax::Children::new(node));
        }
    }
    false
}

/// Whether a call stands as a statement on a line of its own.
pub fn is_own_statement(place: &Place<'_, '_>) -> bool {
    let ancestors = place.scopes.ancestors();
    let [.., list, statement] = ancestors else { return false };
    let own = statement.kind_id() == kind::EXPRESSION_STATEMENT && list.kind_id() == kind::STATEMENT_LIST;
    let source = place.source();
    let before = &source[..statement.start_byte()];
    let line = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let after = source[statement.end_byte()..].split(|&b| b == b'\n').next().unwrap_or_default().trim_ascii();
    own && before[line..].trim_ascii().is_empty() && (after.is_empty() || after.starts_with(b"//"))
}

pub fn indentation(place: &Place<'_, '_>, offset: usize) -> String {
    let before = &place.source()[..offset];
    let line = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let indent: Vec<u8> = before[line..].iter().copied().take_while(|b| matches!(b, b' ' | b'\t')).collect();
    String::from_utf8_lossy(&indent).into_owned()
}
