//! What follows a fetch: the checks of its error, behind which there is an object.

use tree_sitter::Node;

use super::ground::Ground;
use crate::go::syntax::{field, kind, named_children};

/// Where the object is there for sure.
pub(super) enum Behind<'t> {
    /// Behind this statement.
    Statement(Node<'t>),
    /// In this block.
    Block(Node<'t>),
}

/// Words of statements after which a function does not go on.
const ENDING: [&str; 5] = ["panic(", "Fatal(", "Fatalf(", "os.Exit(", "FlushAndExit("];

impl<'g> Ground<'g> {
    /// Where the object is there, behind a statement that sets `error`: what follows it are the checks. None where it goes on after
    /// an error.
    pub(super) fn behind<'t>(&self, fetch: Node<'t>, following: &[Node<'t>], error: &str) -> Option<Behind<'t>> {
        let mut checked = None;
        if self.checks(fetch, error) {
            checked = self.leaves(fetch).then_some(fetch);
            checked?;
        }
        for &next in following.iter().take_while(|&&next| self.checks(next, error)) {
            let condition = next.child_by_field_id(field::CONDITION).map_or("", |node| self.file.text(node));
            if checked.is_none() && condition == format!("{error} == nil") {
                let block = next.child_by_field_id(field::CONSEQUENCE)?;
                return block.child_by_field_id(field::BODY).or(Some(block)).map(Behind::Block);
            }
            if !self.leaves(next) {
                return checked.map(Behind::Statement);
            }
            checked = Some(next);
        }
        checked.map(Behind::Statement)
    }

    /// Whether a statement is an `if` that looks at the error.
    fn checks(&self, statement: Node<'_>, error: &str) -> bool {
        statement.kind_id() == kind::IF_STATEMENT
            && statement.child_by_field_id(field::CONDITION).is_some_and(|node| self.names(node, &[error]))
    }

    /// Whether the function is left where an `if` is true.
    pub(super) fn leaves(&self, statement: Node<'_>) -> bool {
        let block = statement.child_by_field_id(field::CONSEQUENCE);
        let list = block.into_iter().flat_map(named_children).find(|node| node.kind_id() == kind::STATEMENT_LIST);
        let Some(last) = list.and_then(|list| named_children(list).last()) else { return false };
        let text = self.file.text(last);
        last.kind_id() == kind::RETURN_STATEMENT || ENDING.iter().any(|ending| text.contains(ending))
    }
}
