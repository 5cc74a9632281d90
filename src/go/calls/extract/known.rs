//! What the parts of a body are known to be while it is read.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::super::facts::{FuncRef, NodeRef};
use crate::go::syntax::body::Body;
use crate::go::types::Named;

/// What an expression of interface or function type yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Nothing that is followed.
    None,
    /// Something from code that is not looked at.
    Opaque,
    /// What a place holds.
    Node(NodeRef),
    /// This function.
    Function(FuncRef),
}

/// What a call calls.
#[derive(Clone, Copy, Debug)]
pub(super) enum Called {
    /// This function.
    Function(FuncRef),
    /// A function that is not looked at; of a package that gives back what it is given, that.
    Outside(Option<NodeRef>),
    /// A method that an interface asks for, of what the place holds.
    Asked { interface: u32, method: u32, node: NodeRef },
    /// A function that was passed in: whoever passed it calls it.
    Callback { signature: u32 },
    /// What the place holds.
    Value { signature: u32, node: NodeRef },
    /// A conversion, a predeclared function, or something unknown.
    Nothing,
}

/// What matters about a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Holds values of other types, and calls on it are dispatched.
    Interface,
    Func,
    /// Neither.
    Plain,
    Unknown,
}

/// What is known about the parts of a body; its room serves the next.
#[derive(Default)]
pub(super) struct Known {
    /// By expression.
    pub(super) values: Vec<Option<Value>>,
    pub(super) called: Vec<Option<Called>>,
    /// The function around each expression, as far as it is not the declared one.
    pub(super) around: Vec<u32>,
    /// By local name.
    pub(super) locals: Vec<Option<NodeRef>>,
    /// Declared types of the file, by where they lie in memory; they are held so that no other comes to lie there.
    pub(super) kinds: FxHashMap<*const Named, (Arc<Named>, Kind)>,
}

impl Known {
    pub(super) fn prepare(&mut self, body: &Body) {
        let Self { values, called, around, locals, kinds: _ } = self;
        values.clear();
        values.resize(body.len(), None);
        called.clear();
        called.resize(body.len(), None);
        around.clear();
        around.reserve(body.len());
        locals.clear();
        locals.resize(body.local_count(), None);
    }
}
