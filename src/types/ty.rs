//! Static types, as far as they are known.

/// A type. `Unknown` is a value like any other.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub enum Type {
    /// Not known.
    #[default]
    Unknown,
    /// A predeclared type: `string`, `error`, `int`, …
    Basic(String),
    /// A declared type, by the import path of its package (empty: the file's own) and its name.
    Named {
        /// Import path.
        package: String,
        /// Name.
        name: String,
    },
    /// `*T`.
    Pointer(Box<Type>),
    /// `[]T` and `[n]T`.
    Slice(Box<Type>),
    /// `map[K]V`.
    Map(Box<Type>, Box<Type>),
    /// Another composite type, of which nothing more is asked.
    Other,
}

impl Type {
    /// Whether it is the predeclared type of this name.
    pub fn is_basic(&self, name: &str) -> bool {
        matches!(self, Self::Basic(basic) if basic == name)
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

    /// `import/path.Name` of a declared type.
    pub fn qualified(&self) -> Option<String> {
        match self {
            Self::Named { package, name } => Some(format!("{package}.{name}")),
            _ => None,
        }
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unknown => f.write_str("?"),
            Self::Basic(name) => f.write_str(name),
            Self::Named { package, name } if package.is_empty() => f.write_str(name),
            Self::Named { package, name } => write!(f, "{package}.{name}"),
            Self::Pointer(inner) => write!(f, "*{inner}"),
            Self::Slice(inner) => write!(f, "[]{inner}"),
            Self::Map(key, value) => write!(f, "map[{key}]{value}"),
            Self::Other => f.write_str("(composite)"),
        }
    }
}
