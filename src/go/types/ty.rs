//! Static types, as far as they are known.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::go::index::DeclId;
use crate::go::module::PackageName;

/// Why a type is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// Not looked for, or no expression.
    #[default]
    None,
    /// The declaration or body around it did not parse.
    Syntax,
    /// Its package was not found.
    MissingPackage,
    /// The standard library as the engine knows it does not have it.
    Std,
    /// A file of the package that should declare it was not read.
    UnreadFile,
    /// Its package does not declare it.
    Undeclared,
    /// The type before the dot has no such field or method.
    NoSuchMember,
    /// More than one embedded type has it.
    Ambiguous,
    /// The file belongs to no build context.
    NoContext,
    /// Type arguments could not be inferred.
    Inference,
    /// A definition that leads back to itself, or too far.
    Cycle,
    /// The expression does not fit the types of its parts.
    Mismatch,
}

/// A predeclared type. `byte` is `uint8`, `rune` is `int32`, `any` is an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are Go's")]
pub enum Basic {
    Bool,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Uintptr,
    Float32,
    Float64,
    Complex64,
    Complex128,
    String,
    /// `unsafe.Pointer`.
    UnsafePointer,
    /// The interface `error`.
    Error,
}

impl Basic {
    /// The predeclared type of this name.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "bool" => Self::Bool,
            "int" => Self::Int,
            "int8" => Self::Int8,
            "int16" => Self::Int16,
            "int32" | "rune" => Self::Int32,
            "int64" => Self::Int64,
            "uint" => Self::Uint,
            "uint8" | "byte" => Self::Uint8,
            "uint16" => Self::Uint16,
            "uint32" => Self::Uint32,
            "uint64" => Self::Uint64,
            "uintptr" => Self::Uintptr,
            "float32" => Self::Float32,
            "float64" => Self::Float64,
            "complex64" => Self::Complex64,
            "complex128" => Self::Complex128,
            "string" => Self::String,
            "error" => Self::Error,
            _ => return None,
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Int8 => "int8",
            Self::Int16 => "int16",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint => "uint",
            Self::Uint8 => "uint8",
            Self::Uint16 => "uint16",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Uintptr => "uintptr",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Complex64 => "complex64",
            Self::Complex128 => "complex128",
            Self::String => "string",
            Self::UnsafePointer => "unsafe.Pointer",
            Self::Error => "error",
        }
    }

    /// Whether it is an integer type.
    pub fn is_integer(self) -> bool {
        (Self::Int..=Self::Uintptr).contains(&self)
    }

    /// Whether it is an integer type without a sign.
    pub fn is_unsigned(self) -> bool {
        (Self::Uint..=Self::Uintptr).contains(&self)
    }

    /// Whether it is an integer, floating-point or complex type.
    pub fn is_numeric(self) -> bool {
        (Self::Int..=Self::Complex128).contains(&self)
    }
}

/// The kind of a constant without a type, or `nil`. Larger kinds win in arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the names are Go's")]
pub enum Untyped {
    Bool,
    String,
    Int,
    Rune,
    Float,
    Complex,
    Nil,
}

/// Which way values go through a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChanDir {
    /// Both.
    Both,
    /// `chan<-`.
    Send,
    /// `<-chan`.
    Receive,
}

/// A declared type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its package.
    pub package: Arc<PackageName>,
    /// Its name.
    pub name: Arc<str>,
    /// Type arguments; of a generic type itself: none.
    pub args: Box<[Type]>,
    /// Offset of its name in the file, if it is declared in a function.
    pub local: Option<u32>,
    pub(in crate::go) hint: Hint,
}

/// Where a type was found: the package's serial number and the declaration. It spares a search and is no part of what the type is.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::go) struct Hint(pub(super) Option<(usize, DeclId)>);

impl PartialEq for Hint {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Hint {}

impl std::hash::Hash for Named {
    /// Without the arguments' own arguments: types that share them can be as large as two to their depth.
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        (&self.package, &self.name, &self.local, self.args.len()).hash(state);
        for named in self.args.iter().filter_map(Type::named) {
            (&named.package, &named.name).hash(state);
        }
    }
}

/// A type parameter.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TypeParam {
    /// Its name.
    pub name: Arc<str>,
    /// Its place in the list.
    pub index: u32,
    /// Package of the generic type or function.
    pub package: Arc<PackageName>,
    /// Number of the declaration of the generic type or function there.
    pub owner: u32,
    /// Whether the owner is a type.
    pub of_type: bool,
}

/// Parameters and results of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Signature {
    /// Types of the parameters; of a variadic one, the slice.
    pub params: Box<[Type]>,
    /// Whether the last parameter is variadic.
    pub variadic: bool,
    /// Types of the results.
    pub results: Box<[Type]>,
    /// Type parameters of a generic function, with their constraints.
    pub type_params: Box<[(Arc<TypeParam>, Type)]>,
}

/// A field of a struct.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Field {
    /// Its name; of an embedded field, the type's.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// Whether it is embedded.
    pub embedded: bool,
}

/// `struct { … }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Struct {
    /// Its fields, in order.
    pub fields: Box<[Field]>,
}

/// `interface { … }`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Interface {
    /// Methods that it names.
    pub methods: Box<[(Arc<str>, Arc<Signature>)]>,
    /// Interfaces that it embeds.
    pub embedded: Box<[Type]>,
    /// Terms of its unions, with `~` left out: `~[]E` or `A | B`.
    pub unions: Box<[Box<[Type]>]>,
}

/// A type. `Unknown` is a value like any other. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// Not known.
    Unknown(Cause),
    /// A predeclared type: `string`, `error`, `int`, …
    Basic(Basic),
    /// A constant without a type, or `nil`.
    Untyped(Untyped),
    /// A declared type.
    Named(Arc<Named>),
    /// `*T`.
    Pointer(Arc<Type>),
    /// `[]T`.
    Slice(Arc<Type>),
    /// `[n]T`; no length: it was not worked out.
    Array(Option<u64>, Arc<Type>),
    /// `map[K]V`.
    Map(Arc<Type>, Arc<Type>),
    /// `chan T`.
    Chan(ChanDir, Arc<Type>),
    /// `func(…) …`.
    Func(Arc<Signature>),
    /// `struct { … }`.
    Struct(Arc<Struct>),
    /// `interface { … }`.
    Interface(Arc<Interface>),
    /// Results of a call that has none or several.
    Tuple(Arc<[Type]>),
    /// A type parameter.
    Param(Arc<TypeParam>),
}

/// Pointers to pointers; types deeper than that could not be dropped safely.
const MAX_POINTERS: usize = 20;

impl Default for Type {
    fn default() -> Self {
        Self::Unknown(Cause::None)
    }
}

impl Type {
    /// `*T`; unknown if `T` is, or is a pointer to a pointer to a … that nobody writes.
    pub fn pointer_to(inner: Type) -> Type {
        let mut pointee = &inner;
        for _ in 0..MAX_POINTERS {
            match pointee {
                Self::Unknown(_) => return inner,
                Self::Pointer(next) => pointee = next,
                _ => return Self::Pointer(Arc::new(inner)),
            }
        }
        Self::Unknown(Cause::Cycle)
    }

    /// `[]T`; unknown if `T` is.
    pub fn slice_of(inner: Type) -> Type {
        if inner.is_unknown() { inner } else { Self::Slice(Arc::new(inner)) }
    }

    /// `interface{}`.
    pub fn any() -> Type {
        Self::Interface(Arc::default())
    }

    /// Whether it is not known.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }

    /// The type, if it is known.
    pub fn known(self) -> Option<Type> {
        if self.is_unknown() { None } else { Some(self) }
    }

    /// Whether something in it is not known, were it the length of an array.
    pub fn is_partial(&self) -> bool {
        let any = |types: &[Type]| types.iter().any(Self::is_partial);
        match self {
            Self::Unknown(_) | Self::Array(None, _) => true,
            Self::Basic(_) | Self::Untyped(_) | Self::Param(_) => false,
            Self::Named(named) => any(&named.args),
            Self::Pointer(inner) | Self::Slice(inner) | Self::Array(_, inner) | Self::Chan(_, inner) => {
                inner.is_partial()
            }
            Self::Map(key, value) => key.is_partial() || value.is_partial(),
            Self::Func(signature) => any(&signature.params) || any(&signature.results),
            Self::Struct(fields) => fields.fields.iter().any(|f| f.ty.is_partial()),
            Self::Interface(interface) => {
                let partial = |(_, s): &(_, Arc<Signature>)| any(&s.params) || any(&s.results);
                interface.methods.iter().any(partial) || any(&interface.embedded)
            }
            Self::Tuple(types) => any(types),
        }
    }

    /// Whether it is the predeclared type of this name.
    pub fn is_basic(&self, name: &str) -> bool {
        matches!(self, Self::Basic(basic) if basic.name() == name || Basic::named(name) == Some(*basic))
    }

    /// The type that a pointer points to.
    pub fn pointee(&self) -> Option<&Type> {
        match self {
            Self::Pointer(inner) => Some(inner),
            _ => None,
        }
    }

    /// The type without pointers around it.
    pub fn stripped(&self) -> &Type {
        let mut ty = self;
        while let Self::Pointer(inner) = ty {
            ty = inner;
        }
        ty
    }

    /// The declared type that it is, pointers not looked through.
    pub fn named(&self) -> Option<&Named> {
        match self {
            Self::Named(named) => Some(named),
            _ => None,
        }
    }

    /// Whether it is this declared type.
    pub fn is_named(&self, package: &str, name: &str) -> bool {
        self.named().is_some_and(|n| &*n.package.path == package && &*n.name == name)
    }

    /// `import/path.Name` of a declared type.
    pub fn qualified(&self) -> Option<String> {
        self.named().map(|named| format!("{}.{}", named.package.path, named.name))
    }

    /// The type that a value of it has where none is asked for: `string` of a string constant.
    pub fn defaulted(&self) -> Type {
        let basic = match self {
            Self::Untyped(Untyped::Bool) => Basic::Bool,
            Self::Untyped(Untyped::String) => Basic::String,
            Self::Untyped(Untyped::Int) => Basic::Int,
            Self::Untyped(Untyped::Rune) => Basic::Int32,
            Self::Untyped(Untyped::Float) => Basic::Float64,
            Self::Untyped(Untyped::Complex) => Basic::Complex128,
            other => return other.clone(),
        };
        Self::Basic(basic)
    }

    /// The single value of a call's results; unknown where there are none or several.
    pub fn single(self) -> Type {
        match self {
            Self::Tuple(_) => Self::Unknown(Cause::Mismatch),
            other => other,
        }
    }
}

/// As `go/types` prints it, packages by import path.
impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(_) => f.write_str("?"),
            Self::Basic(basic) => f.write_str(basic.name()),
            Self::Untyped(untyped) => write!(f, "untyped {}", format!("{untyped:?}").to_lowercase()),
            Self::Named(named) => write!(f, "{named}"),
            Self::Pointer(inner) => write!(f, "*{inner}"),
            Self::Slice(inner) => write!(f, "[]{inner}"),
            Self::Array(Some(length), inner) => write!(f, "[{length}]{inner}"),
            Self::Array(None, inner) => write!(f, "[?]{inner}"),
            Self::Map(key, value) => write!(f, "map[{key}]{value}"),
            Self::Chan(ChanDir::Both, inner) => write!(f, "chan {inner}"),
            Self::Chan(ChanDir::Send, inner) => write!(f, "chan<- {inner}"),
            Self::Chan(ChanDir::Receive, inner) => write!(f, "<-chan {inner}"),
            Self::Func(signature) => write!(f, "func{signature}"),
            Self::Struct(fields) => write!(f, "{fields}"),
            Self::Interface(interface) => write!(f, "{interface}"),
            Self::Tuple(types) => write!(f, "({})", List(types)),
            Self::Param(param) => f.write_str(&param.name),
        }
    }
}

struct List<'a>(&'a [Type]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, ty) in self.0.iter().enumerate() {
            write!(f, "{}{ty}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.package.path, self.name)?;
        for (index, arg) in self.args.iter().enumerate() {
            write!(f, "{}{arg}", if index == 0 { "[" } else { "," })?;
        }
        f.write_str(if self.args.is_empty() { "" } else { "]" })
    }
}

/// Without the leading `func`.
impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.params.split_last() {
            Some((Type::Slice(last), rest)) if self.variadic => {
                write!(f, "({}{}...{last})", List(rest), if rest.is_empty() { "" } else { ", " })?;
            }
            _ => write!(f, "({})", List(&self.params))?,
        }
        match &*self.results {
            [] => Ok(()),
            [one] => write!(f, " {one}"),
            many => write!(f, " ({})", List(many)),
        }
    }
}

impl fmt::Display for Struct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("struct{")?;
        for (index, field) in self.fields.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "; " })?;
            match field.embedded {
                true => write!(f, "{}", field.ty)?,
                false => write!(f, "{} {}", field.name, field.ty)?,
            }
        }
        f.write_str("}")
    }
}

impl fmt::Display for Interface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods = self.methods.iter().map(|(name, signature)| format!("{name}{signature}"));
        let embedded = self.embedded.iter().map(Type::to_string);
        let unions = self.unions.iter().map(|u| u.iter().map(Type::to_string).collect::<Vec<_>>().join(" | "));
        let parts: Vec<_> = methods.chain(embedded).chain(unions).collect();
        write!(f, "interface{{{}}}", parts.join("; "))
    }
}
