//! What one function says about values and calls, before anything is known about the rest of the program.

use std::sync::Arc;

use super::intern::Interner;
use crate::go::types::Type;

/// A function: a declaration's body, or one of the functions inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FuncRef {
    /// The declaration.
    pub(super) unit: u32,
    /// 0: the declared function; else a literal, or a method value of an interface.
    pub(super) sub: u32,
}

/// A place that values flow through and that more than one function knows of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// A function's parameter; [`RECEIVER`] is its receiver.
    Param(FuncRef, u16),
    /// A function's result.
    Result(FuncRef, u16),
    /// A field of all structs of a type.
    Field { of: u32, name: u32 },
    /// A package variable.
    Global { package: u32, name: u32 },
    /// Elements of all slices, maps, channels or pointers of a type.
    Element(u32),
    /// Keys of all maps of a type.
    Key(u32),
    /// A parameter of a method that an interface asks for.
    AskedParam { interface: u32, method: u32, index: u16 },
    /// A result of a method that an interface asks for.
    AskedResult { interface: u32, method: u32, index: u16 },
    /// A parameter of any function value of a type.
    CalledParam { signature: u32, index: u16 },
    /// A result of any function value of a type.
    CalledResult { signature: u32, index: u16 },
    /// Everything that a package outside holds for others: a map, a pool, a context.
    Outside(u32),
}

/// Stands for the receiver among parameters.
pub(super) const RECEIVER: u16 = u16::MAX;

/// A place: one of the function's own, or a shared one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct NodeRef(u32);

const SHARED: u32 = 1 << 31;

impl NodeRef {
    pub(super) fn own(number: u32) -> Self {
        Self(number)
    }

    pub(super) fn shared(number: u32) -> Self {
        Self(number | SHARED)
    }

    /// The number among all nodes, where the function's own ones start at `base`.
    pub(super) fn global(self, base: u32) -> u32 {
        if self.0 & SHARED == 0 { base + self.0 } else { self.0 & !SHARED }
    }
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin {
    /// A value of this type is stored as an interface.
    Type(u32),
    /// A function is used as a value.
    Function(FuncRef),
    /// It comes from code that is not looked at.
    Opaque,
}

/// What is called.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// This function.
    Function(FuncRef),
    /// The method of whatever the interface holds.
    Dispatch { node: NodeRef, interface: u32, method: u32 },
    /// The functions that a variable, field or result holds.
    Value(NodeRef),
}

/// How a call is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Manner {
    Call,
    Go,
    Defer,
    /// Passed to another function, which may call it.
    Passed,
    /// A function literal: it is reached with the function that it stands in.
    Closure,
}

/// A call.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallFact {
    /// The function that it stands in.
    pub(super) sub: u32,
    /// Offset of the call.
    pub(super) at: u32,
    pub(super) manner: Manner,
    pub(super) target: Target,
}

/// A function inside a declaration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sub {
    /// The function around it.
    pub(super) parent: u32,
    /// Where it stands.
    pub(super) range: (u32, u32),
    /// Whether it is the method value of an interface: no code, one call.
    pub(super) bound: bool,
}

/// All that is known about one declaration.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// Number of its own nodes.
    pub(super) nodes: u32,
    pub(super) subs: Vec<Sub>,
    pub(super) flows: Vec<(NodeRef, NodeRef)>,
    pub(super) origins: Vec<(Origin, NodeRef)>,
    /// Only what implements the interface flows.
    pub(super) narrowed: Vec<(NodeRef, u32, NodeRef)>,
    pub(super) calls: Vec<CallFact>,
    /// Functions used as values, and their types.
    pub(super) taken: Vec<(FuncRef, u32)>,
}

/// Numbers of what functions have in common.
#[derive(Debug, Default)]
pub(super) struct Tables {
    pub(super) types: Interner<Type>,
    pub(super) names: Interner<Arc<str>>,
    pub(super) places: Interner<Place>,
}

impl Tables {
    pub(super) fn name(&self, name: &str) -> u32 {
        self.names.number_of(name, || name.into())
    }

    pub(super) fn node(&self, place: Place) -> NodeRef {
        NodeRef::shared(self.places.number(&place))
    }
}
