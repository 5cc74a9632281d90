//! What a value's type tells of how it is printed.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::go::types::{Basic, Reach, Type, View};

/// How values of a type are printed, as far as a placeholder can stand for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Kind {
    /// `string`, or what may hold anything: the placeholder itself.
    Text,
    /// A string by its underlying type alone, without a text of its own.
    NamedText,
    /// An error.
    Error,
    /// Something with `String() string`.
    OwnText,
    /// A whole number with a sign.
    Int,
    /// One without.
    Unsigned,
    /// A number with a fraction.
    Float,
    /// A truth value.
    Bool,
    /// A `time.Duration`.
    Duration,
    /// A `time.Time`.
    Time,
    /// `[]string`.
    Texts,
}

impl Kind {
    /// Of a type; `None` where a placeholder cannot stand for its values, or nothing is known of it.
    pub fn of(ty: &Type, view: &View<'_>) -> Option<Self> {
        let ty = ty.defaulted();
        match ty.qualified().as_deref() {
            Some("time.Duration") => return Some(Self::Duration),
            Some("time.Time") => return Some(Self::Time),
            _ => {}
        }
        if let Type::Slice(element) = &ty {
            return (**element == Type::Basic(Basic::String)).then_some(Self::Texts);
        }
        if matches!(ty, Type::Unknown(_) | Type::Param(_) | Type::Tuple(_) | Type::Untyped(_)) {
            return None;
        }
        // klog asks for String first, then for Error; fmt the other way round. A placeholder is one text for both.
        match (view.string_method(&ty)?, view.error_reach(&ty)?) {
            (_, Reach::AsIs) => return Some(Self::Error),
            (Reach::AsIs, _) => return Some(Self::OwnText),
            _ => {}
        }
        match view.underlying(&ty) {
            Type::Basic(Basic::String) if ty.named().is_none() => Some(Self::Text),
            Type::Basic(Basic::String) => Some(Self::NamedText),
            Type::Basic(Basic::Bool) => Some(Self::Bool),
            Type::Basic(Basic::Float32 | Basic::Float64) => Some(Self::Float),
            Type::Basic(basic) if (Basic::Uint..=Basic::Uintptr).contains(&basic) => Some(Self::Unsigned),
            Type::Basic(basic) if basic.is_integer() => Some(Self::Int),
            Type::Interface(_) if view.method_names(&ty).is_empty() => Some(Self::Text),
            _ => None,
        }
    }

    /// Whether fmt's Print sets no space beside it.
    pub(super) fn is_string(self) -> bool {
        matches!(self, Self::Text | Self::NamedText)
    }
}
