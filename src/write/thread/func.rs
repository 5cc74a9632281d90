//! A function that may get a parameter.

use tree_sitter::Node;

use crate::go::syntax;

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
        let (receiver, name) = syntax::owner(declaration, source)?;
        Some(Self { receiver: receiver.to_owned(), name: name.to_owned() })
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
