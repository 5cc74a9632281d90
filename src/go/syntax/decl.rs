//! One declaration, as an outline has it.

/// A part of [`super::outline::Outline::text`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Slice {
    /// Whether nothing stands there.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// What a declaration declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclKind {
    /// A function.
    Func,
    /// A method.
    Method,
    /// A new type.
    Type,
    /// Another name for a type.
    Alias,
    /// A package variable.
    Var,
    /// A package constant.
    Const,
}

/// One declared name.
#[derive(Clone, Debug)]
pub struct Decl {
    /// What it is.
    pub kind: DeclKind,
    /// Its name.
    pub name: Slice,
    /// Type parameters with their brackets; of a method: those of its receiver.
    pub params: Slice,
    /// A function's parameters and results, a type's definition, a variable's or constant's type (may be empty).
    pub code: Slice,
    /// Initialisers of all names of the specification; of constants without any: those of the specification that they
    /// repeat; of a function that makes a text in one short expression, that expression.
    pub values: Slice,
    /// Name of the type that a method belongs to.
    pub receiver: Slice,
    /// Whether a method's receiver is a pointer.
    pub pointer: bool,
    /// Whether it is a `String` or `Error` of a pointer that asks for nil, or may: fmt bears a nil there, other callers do not.
    pub bears_nil: bool,
    /// Which of the specification's names it is.
    pub index: u16,
    /// How many names the specification has.
    pub of: u16,
    /// Which of the group's specifications it is in.
    pub iota: u32,
    /// Offset of its name in the file.
    pub at: u32,
    /// Offsets of the function or specification in the file.
    pub span: (u32, u32),
    /// Offsets of the whole declaration, from its keyword on: a group of specifications with its parentheses.
    pub whole: (u32, u32),
    /// Offsets of a function's body in the file, with its braces; equal where it has none.
    pub body: (u32, u32),
}

/// One with nothing in it yet.
pub(super) fn empty(kind: DeclKind) -> Decl {
    let none = Slice::default();
    Decl {
        kind,
        name: none,
        params: none,
        code: none,
        values: none,
        receiver: none,
        pointer: false,
        bears_nil: false,
        index: 0,
        of: 1,
        iota: 0,
        at: 0,
        span: (0, 0),
        whole: (0, 0),
        body: (0, 0),
    }
}
