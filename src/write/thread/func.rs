//! A function that may get a parameter.

use tree_sitter::Node;

use crate::go::syntax::{self, field, kind, named_children};

/// A function or method of a package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Func {
    /// Name of the receiver's type; empty for a function.
    pub receiver: String,
    /// Its name.
    pub name: String,
}

impl Func {
    /// Of a declaration; `None` if it declares no function.
    pub fn of(declaration: Node<'_>, source: &[u8]) -> Option<Self> {
        let name = syntax::text(declaration.child_by_field_id(field::NAME)?, source).to_owned();
        let receiver = match declaration.kind_id() {
            kind::FUNCTION_DECLARATION => String::new(),
            kind::METHOD_DECLARATION => {
                let list = declaration.child_by_field_id(field::RECEIVER)?;
                let ty = named_children(list).next()?.child_by_field_id(field::TYPE)?;
                let text = syntax::text(ty, source).trim_matches(['*', '(', ')', ' ']);
                text.split('[').next().unwrap_or(text).to_owned()
            }
            _ => return None,
        };
        Some(Self { receiver, name })
    }

    /// As reports name it.
    pub fn display(&self) -> String {
        match self.receiver.is_empty() {
            true => self.name.clone(),
            false => format!("{}.{}", self.receiver, self.name),
        }
    }

    /// Whether other packages can name it.
    pub fn is_exported(&self) -> bool {
        self.name.chars().next().is_some_and(char::is_uppercase)
    }
}
