//! A function of the checkout, by its package and its name.

use std::sync::Arc;

use crate::go::module::{Origin, PackageName};
use crate::go::types::Named;
use crate::write::edit::LOGGER;

/// A function or method that is declared in the checkout.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Its package.
    pub package: Arc<PackageName>,
    /// Name of the receiver's type; empty for a function.
    pub receiver: Box<str>,
    /// Its name.
    pub name: Box<str>,
    /// Whether the receiver is an interface that asks for it.
    pub is_asked: bool,
}

impl Key {
    /// Of a method of a declared type.
    pub fn method(of: &Named, name: &str, is_asked: bool) -> Self {
        Self { package: of.package.clone(), receiver: Box::from(&*of.name), name: Box::from(name), is_asked }
    }

    /// Of the field that a declared type could hold a logger in.
    pub fn field(of: &Named) -> Self {
        Self::method(of, LOGGER, false)
    }

    /// Of the field that the type of a method's receiver could hold a logger in.
    pub fn beside(&self) -> Option<Self> {
        let is_method = !self.receiver.is_empty() && !self.is_asked;
        is_method.then(|| Self { name: LOGGER.into(), ..self.clone() })
    }

    /// What tells keys apart, the same in every run.
    fn place(&self) -> (&str, Option<&str>, &str, &str) {
        (&self.package.path, self.dir(), &self.receiver, &self.name)
    }

    /// The directory of its package.
    pub fn dir(&self) -> Option<&str> {
        match &self.package.origin {
            Origin::Dir(dir) => Some(dir),
            _ => None,
        }
    }

    /// As reports name it.
    pub fn display(&self) -> String {
        match self.receiver.is_empty() {
            true => self.name.to_string(),
            false => format!("{}.{}", self.receiver, self.name),
        }
    }

    /// Whether other packages can name it.
    pub fn is_exported(&self) -> bool {
        self.name.chars().next().is_some_and(char::is_uppercase)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        match self.package == other.package {
            true => (&self.receiver, &self.name).cmp(&(&other.receiver, &other.name)),
            false => self.place().cmp(&other.place()),
        }
    }
}
