//! New parameters, and what they carry.

use std::collections::BTreeMap;

use super::func::Func;
use crate::go::types::Type;
use crate::write::carrier::Offer;

/// What a thread carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A context.
    Context,
    /// A pointer to an API object of this type.
    Object(Type),
    /// An object of any type, for functions that are called for objects of several.
    AnyObject,
}

impl Kind {
    /// Whether an offer is of this kind.
    pub fn takes(&self, offer: &Offer) -> bool {
        match (self, &offer.object) {
            (Self::Context, None) => true,
            (Self::Object(ty), Some(offered)) => ty == offered,
            _ => false,
        }
    }
}

/// A function's new parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// What it carries.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// How far from the log call, from 1.
    pub depth: usize,
}

/// New parameters by function.
pub type Parameters = BTreeMap<Func, Parameter>;
