//! Reasons as values: enums whose code, sentence and documentation stand in one place, at the variant.
//!
//! Who asks matches on the variant, or counts by code. The sentence is for people: only `Display` gives it.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::{self, Debug, Display};
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};

/// A variant as documentation shows it.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Its stable name; variants that mean the same to who counts them share one, and stand together.
    pub code: &'static str,
    /// What it means, by lines.
    pub doc: &'static [&'static str],
    /// Its sentence, with its data in braces.
    pub sentence: &'static str,
}

/// An enum of reasons, as [`reasons`] makes it.
pub trait Reason: Display + Sized + 'static {
    /// The enum's name.
    const NAME: &'static str;
    /// What its reasons are about.
    const ABOUT: &'static str;
    /// Its variants, in their order.
    const ENTRIES: &'static [Entry];

    /// Which of them this one is.
    fn number(&self) -> usize;
}

/// The stable name of a reason, in the order of its enum.
pub struct Code<R> {
    first: usize,
    of: PhantomData<fn() -> R>,
}

impl<R: Reason> Code<R> {
    /// Of a reason.
    pub fn of(reason: &R) -> Self {
        let own = R::ENTRIES.get(reason.number()).map(|entry| entry.code);
        let first = R::ENTRIES.iter().position(|entry| Some(entry.code) == own).unwrap_or_default();
        Self { first, of: PhantomData }
    }

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        R::ENTRIES.get(self.first).map_or("", |entry| entry.code)
    }
}

impl<R> Clone for Code<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R> Copy for Code<R> {}

impl<R> PartialEq for Code<R> {
    fn eq(&self, other: &Self) -> bool {
        self.first == other.first
    }
}

impl<R> Eq for Code<R> {}

impl<R> PartialOrd for Code<R> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<R> Ord for Code<R> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.first.cmp(&other.first)
    }
}

impl<R: Reason> Debug for Code<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl<R: Reason> Display for Code<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<R: Reason> Serialize for Code<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<R: Reason> JsonSchema for Code<R> {
    fn schema_name() -> Cow<'static, str> {
        R::NAME.into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let mut known: Vec<&Entry> = Vec::new();
        for entry in R::ENTRIES {
            if known.last().is_none_or(|last| last.code != entry.code) {
                known.push(entry);
            }
        }
        let variant = |entry: &&Entry| json_schema!({ "description": entry.doc.join("\n"), "type": "string", "const": entry.code });
        let variants: Vec<Schema> = known.iter().map(variant).collect();
        json_schema!({ "description": R::ABOUT, "oneOf": variants })
    }
}

/// Declares an enum of reasons. Of each variant: what it means, its code, its name and data, and its sentence.
///
/// With `by method: Group` behind the enum's name, each variant says its group between code and name.
macro_rules! reasons {
    (
        $(#[doc = $about:literal])+
        pub enum $name:ident by $by:ident: $group:ident {
            $(
                $(#[doc = $doc:literal])+
                $code:literal $is:ident $variant:ident $({ $($field:ident: $ty:ty),+ })? $sentence:literal,
            )+
        }
    ) => {
        $crate::text::reason::reasons! {
            $(#[doc = $about])+
            pub enum $name {
                $($(#[doc = $doc])+ $code $variant $({ $($field: $ty),+ })? $sentence,)+
            }
        }

        impl $name {
            /// The groups of all variants, in their order.
            pub const GROUPS: &'static [$group] = &[$($group::$is),+];

            /// The group that it belongs to.
            pub fn $by(&self) -> $group {
                match self {
                    $(Self::$variant { .. } => $group::$is,)+
                }
            }
        }
    };
    (
        $(#[doc = $about:literal])+
        pub enum $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $code:literal $variant:ident $({ $($field:ident: $ty:ty),+ })? $sentence:literal,
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[allow(missing_docs, reason = "each variant's sentence names its fields")]
        #[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
        pub enum $name {
            $($(#[doc = $doc])+ $variant $({ $($field: $ty),+ })?,)+
        }

        impl $name {
            /// Its stable name.
            pub fn code(&self) -> $crate::text::reason::Code<Self> {
                $crate::text::reason::Code::of(self)
            }
        }

        impl $crate::text::reason::Reason for $name {
            const NAME: &'static str = stringify!($name);
            const ABOUT: &'static str = concat!($($about),+).trim_ascii();
            const ENTRIES: &'static [$crate::text::reason::Entry] = &[
                $($crate::text::reason::Entry {
                    code: $code,
                    doc: &[$($doc.trim_ascii()),+],
                    sentence: $sentence,
                }),+
            ];

            fn number(&self) -> usize {
                enum Variant {
                    $($variant),+
                }
                match self {
                    $(Self::$variant { .. } => Variant::$variant as usize,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $(Self::$variant $({ $($field),+ })? => write!(f, $sentence),)+
                }
            }
        }
    };
}

/// Gives a type the JSON schema of what it is written as.
macro_rules! schema_of {
    ($ty:ident, $shown:ident) => {
        impl schemars::JsonSchema for $ty {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($ty).into()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $shown::json_schema(generator)
            }
        }
    };
}

pub(crate) use {reasons, schema_of};
