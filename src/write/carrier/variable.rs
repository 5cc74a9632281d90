//! A variable where a call stands: what the search for carriers looks at.

use crate::go::types::{Binding, Bound, Type};
use crate::klog::place::Place;
use crate::write::value::{captured_in_loop, may_be_nil, reads};

/// A variable in scope, with its type, where a call stands.
pub struct Variable<'v, 'a, 't> {
    /// What declares it.
    pub binding: &'v Binding<'t>,
    /// Its type.
    pub ty: Type,
    /// Where the call stands.
    pub place: &'v Place<'a, 't>,
}

impl<'v, 'a, 't> Variable<'v, 'a, 't> {
    /// Of a name that is visible there.
    pub fn new(binding: &'v Binding<'t>, place: &'v Place<'a, 't>) -> Self {
        Self { binding, ty: place.type_of_binding(binding), place }
    }

    /// Its name.
    pub fn name(&self) -> &'t str {
        self.binding.name
    }

    /// Whether reading one of its fields cannot panic: it is no pointer, or something before the call has read one.
    pub fn can_be_read(&self) -> bool {
        let proven = || self.reads(self.name(), self.ty.stripped(), None);
        match &self.ty {
            // A pointer to a pointer has no fields.
            Type::Pointer(to) => !matches!(**to, Type::Pointer(_)) && proven(),
            Type::Interface(_) => proven(),
            _ => true,
        }
    }

    /// Whether something before the call has read behind one of its fields, as [`reads`] tells it.
    pub fn reads(&self, path: &str, from: &Type, through: Option<&str>) -> bool {
        reads(self.binding, path, from, through, self.place)
    }
}

/// Whether a name is a value that stays what it is until the call.
pub fn is_usable<'t>(binding: &Binding<'t>, place: &Place<'_, 't>) -> bool {
    !matches!(binding.bound, Bound::Const { .. } | Bound::Type { .. })
        && !captured_in_loop(binding, place)
        && !may_be_nil(binding.name, place)
}
