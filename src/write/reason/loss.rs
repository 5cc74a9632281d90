//! Why JSON shows something else of a value than a format verb did.

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

/// Why JSON shows something else than a format verb did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Loss {
    /// Fields of a struct: unexported ones and those that their tags drop are lost, and inner values lose their own text.
    Fields,
    /// Inner values have a text of their own, which may hide what they hold; JSON shows what is below it.
    InnerText,
    /// A pointer: its address was printed, and JSON prints what it points to.
    Pointee,
    /// Its `String` says less than fmt printed.
    OwnText,
    /// A time: Kubernetes' JSON logging encodes all times as that of the line.
    Now,
    /// A type with a JSON form of its own, which need not be its text.
    OwnJson,
    /// Bytes: printed as numbers, and now as text or in base64.
    Bytes,
    /// Keys of a map that are no JSON keys: nothing of the map is shown.
    Keys,
    /// Channels, functions, complex numbers: JSON fails.
    Fails,
    /// A floating-point number, which need not be finite: then JSON fails.
    NotFinite,
    /// An interface: the value in it decides.
    Dynamic,
    /// Before klog 2.1.0 what has no String method is printed in Go's syntax: `&errors.errorString{s:"x"}`, `0x50`.
    GoSyntax,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fields => "JSON loses its unexported fields and the texts of its parts",
            Self::InnerText => "JSON reveals what the text of its elements may hide",
            Self::Pointee => "JSON prints what it points to, not its address",
            Self::OwnText => "its String says less than fmt prints of it",
            Self::Now => "Kubernetes' JSON logging prints the present time in its place",
            Self::OwnJson => "its JSON form need not be its text",
            Self::Bytes => "bytes become text, and base64 in JSON",
            Self::Keys => "JSON cannot print its keys",
            Self::Fails => "JSON cannot print it",
            Self::NotFinite => "JSON cannot print infinities and NaN",
            Self::GoSyntax => "this klog prints it in Go's syntax, not as text",
            Self::Dynamic => "the value in the interface decides what JSON shows",
        })
    }
}
