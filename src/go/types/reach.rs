//! Questions that logging asks: is it an error, a Stringer, an API object.

use std::sync::Arc;

use super::declared::missing;
use super::{Basic, Cause, Type, View};

/// How a value gets what is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// The value has it.
    AsIs,
    /// Only a pointer to the value has it: `&x`, where `x` can be addressed.
    ByAddress,
    /// It has not.
    No,
}

impl View<'_> {
    /// Whether a type has this method with no parameters and these results: as it is, or by its address only.
    fn has(&self, ty: &Type, name: &str, results: &[Type]) -> Option<Reach> {
        let method = match self.find_method(ty, name) {
            Ok(Some(method)) => method,
            Ok(None) => return Some(Reach::No),
            Err(_) => return None,
        };
        let fits = method.signature.params.is_empty() && *method.signature.results == *results;
        Some(match (fits, method.needs_pointer) {
            (false, _) => Reach::No,
            (true, true) => Reach::ByAddress,
            (true, false) => Reach::AsIs,
        })
    }

    /// Whether a value can be passed as an `error`.
    pub fn error_reach(&self, ty: &Type) -> Option<Reach> {
        self.has(ty, "Error", &[Type::Basic(Basic::String)])
    }

    /// Whether a value can be assigned to `error` as it is.
    pub fn is_error(&self, ty: &Type) -> bool {
        self.error_reach(ty) == Some(Reach::AsIs)
    }

    /// Whether a value has `String() string`.
    pub fn string_method(&self, ty: &Type) -> Option<Reach> {
        self.has(ty, "String", &[Type::Basic(Basic::String)])
    }

    /// Whether the declared type's own method of this name, which makes a text, bears a nil receiver.
    pub fn bears_nil(&self, ty: &Type, method: &str) -> bool {
        let found = ty.named().and_then(|named| {
            let package = self.package(&named.package)?;
            Some(package.decl(package.method(&named.name, method)?).bears_nil)
        });
        found.unwrap_or(false)
    }

    /// Whether `klog.KObj` takes a value: it has `GetName() string` and `GetNamespace() string`.
    pub fn api_object(&self, ty: &Type) -> Option<Reach> {
        let string = [Type::Basic(Basic::String)];
        Some(match (self.has(ty, "GetName", &string)?, self.has(ty, "GetNamespace", &string)?) {
            (Reach::No, _) | (_, Reach::No) => Reach::No,
            (Reach::AsIs, Reach::AsIs) => Reach::AsIs,
            _ => Reach::ByAddress,
        })
    }

    /// Whether a value has `GetAnnotations() map[string]string`, as objects have that a request ID can travel in.
    pub fn annotated(&self, ty: &Type) -> Option<Reach> {
        let string = Arc::new(Type::Basic(Basic::String));
        self.has(ty, "GetAnnotations", &[Type::Map(Arc::clone(&string), string)])
    }

    /// Whether a slice holds API objects, and how its elements are to be passed.
    pub fn slice_of_api_objects(&self, ty: &Type) -> Option<Reach> {
        match self.underlying(ty) {
            Type::Slice(element) | Type::Array(_, element) => self.api_object(&element),
            Type::Unknown(_) => None,
            _ => Some(Reach::No),
        }
    }

    /// What an index, a range clause or a receive yields: the element of a slice, array, map or channel.
    pub fn element(&self, ty: &Type) -> Option<Type> {
        match self.underlying(ty) {
            Type::Slice(inner) | Type::Array(_, inner) | Type::Chan(_, inner) | Type::Map(_, inner) => {
                Some((*inner).clone())
            }
            Type::Pointer(inner) => match self.underlying(&inner) {
                Type::Array(_, inner) => Some((*inner).clone()),
                _ => None,
            },
            _ => None,
        }
    }

    /// Why nothing is known about a type's fields and methods, if that is so.
    pub fn opaque(&self, ty: &Type) -> Option<Cause> {
        match (ty.stripped(), self.underlying(ty.stripped())) {
            (Type::Named(named), Type::Unknown(_)) if self.package(&named.package).is_none() => {
                Some(missing(&named.package))
            }
            (_, Type::Unknown(cause)) => Some(cause),
            _ => None,
        }
    }
}
