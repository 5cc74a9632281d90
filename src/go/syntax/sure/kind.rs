//! What an expression may be: types and values share one notation.

/// What an expression, or a type in the place of one, may be.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name alone: a value, a type, or the type of a literal.
    Name,
    /// `new` and `make`, which take a type.
    Maker,
    /// `a.b`, which may be another package's type.
    Qualified,
    /// `a[b]`, which may be a generic type.
    Instance,
    /// A value and nothing else.
    Value,
    /// `*x` and `(x)`: a value or a type, of no literal.
    Either,
    /// A type that a literal may have: its brace opens no block.
    Literal,
    /// Another type that can be converted to.
    Type,
    /// `x.(type)`.
    Guard,
}

impl Kind {
    /// What a name is by itself. The grammar has words for some that Go declares like others.
    pub(super) fn of_name(name: &[u8]) -> Self {
        match name {
            b"new" | b"make" => Self::Maker,
            b"nil" | b"true" | b"false" | b"iota" => Self::Value,
            _ => Self::Name,
        }
    }

    pub(super) fn is_value(self) -> bool {
        !matches!(self, Self::Literal | Self::Type | Self::Guard)
    }

    pub(super) fn is_type(self) -> bool {
        matches!(self, Self::Name | Self::Qualified | Self::Instance | Self::Either | Self::Literal | Self::Type)
    }

    /// Whether it may be a type that arguments make another one of.
    pub(super) fn is_type_name(self) -> bool {
        matches!(self, Self::Name | Self::Qualified)
    }
}
