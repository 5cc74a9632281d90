//! Fields and methods: what stands behind a dot, promoted through embedded types.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::world::View;
use super::{Cause, Named, Signature, Type, subst};
use crate::go::module::PackageName;

/// A field or method that was found behind a dot.
#[derive(Clone, Debug)]
pub struct Member {
    /// Its type; of a method: its signature without the receiver.
    pub ty: Type,
    /// What it is.
    pub kind: MemberKind,
    /// Names of the embedded fields on the way to it.
    pub through: Vec<Arc<str>>,
    /// Whether a pointer was followed on the way, the one before the dot included.
    pub indirect: bool,
}

/// What stands behind a dot.
#[derive(Clone, Debug)]
pub enum MemberKind {
    /// A field.
    Field {
        /// The struct that has it: a declared type where it has a name.
        of: Type,
    },
    /// A method of a declared type.
    Method {
        /// The type that declares it.
        receiver: Arc<Named>,
        /// Whether its receiver is a pointer.
        pointer: bool,
    },
    /// A method that an interface asks for.
    InterfaceMethod {
        /// The interface: a declared type where it has a name.
        interface: Type,
    },
}

/// A method of a type.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its name.
    pub name: Arc<str>,
    /// Parameters and results.
    pub signature: Arc<Signature>,
    /// Whether only pointers have it: declared on a pointer, and no pointer embedded on the way.
    pub needs_pointer: bool,
    /// Names of the embedded fields that it is promoted through.
    pub through: Vec<Arc<str>>,
    /// The type that declares it: a declared type, or the interface that asks for it.
    pub declared_on: Type,
    /// Package of that type, where it has a name.
    pub package: Option<Arc<PackageName>>,
    /// Whether an interface asks for it, so that a call is dispatched.
    pub dynamic: bool,
}

/// A type that a search has reached, and how.
struct Step {
    ty: Type,
    through: Vec<Arc<str>>,
    indirect: bool,
}

/// Embedding beyond this is not followed.
pub(super) const MAX_LEVELS: usize = 12;
/// Types on one level of embedding, more than anyone writes.
const MAX_WIDTH: usize = 200;

impl View<'_> {
    /// What `x.name` is for an `x` of this type.
    pub fn member(&self, ty: &Type, name: &str) -> Result<Member, Cause> {
        if let Type::Unknown(cause) = ty {
            return Err(*cause);
        }
        let (ty, indirect) = match ty {
            Type::Pointer(inner) => ((**inner).clone(), true),
            other => (other.clone(), false),
        };
        let found = self.search(Step { ty: ty.clone(), through: Vec::new(), indirect }, name);
        // Only types that are neither interfaces nor pointers declare methods.
        if let Ok(Member { kind: MemberKind::Method { .. }, through, .. }) = &found
            && through.is_empty()
        {
            return found;
        }
        match self.underlying(&ty) {
            Type::Interface(_) if indirect => Err(Cause::NoSuchMember),
            // A declared pointer type has the fields behind the pointer, but none of its methods.
            Type::Pointer(_) if matches!(ty, Type::Named(_)) => found.and_then(|member| match member.kind {
                MemberKind::Field { .. } => Ok(member),
                _ => Err(Cause::NoSuchMember),
            }),
            _ => found,
        }
    }

    /// Looks for `name` on a type, then on what it embeds, then on what that embeds, …
    fn search(&self, from: Step, name: &str) -> Result<Member, Cause> {
        let (mut found, mut next, mut unknown) = (Vec::new(), Vec::new(), None);
        // Most members are those of the type itself; only then is it worth while to note what was looked at.
        let mut first = match &from.ty {
            Type::Named(named) => Some(named.clone()),
            _ => None,
        };
        self.look(from, name, &mut found, &mut next, &mut unknown);
        let mut seen = FxHashSet::default();
        for level in 0..MAX_LEVELS {
            match (found.pop(), found.is_empty()) {
                (Some(only), true) => return Ok(only),
                (Some(_), false) => return Err(Cause::Ambiguous),
                (None, _) if next.is_empty() || next.len() > MAX_WIDTH || level + 1 == MAX_LEVELS => break,
                (None, _) => seen.extend(first.take()),
            }
            for step in std::mem::take(&mut next) {
                if let Type::Named(named) = &step.ty
                    && !seen.insert(named.clone())
                {
                    continue;
                }
                self.look(step, name, &mut found, &mut next, &mut unknown);
            }
        }
        Err(unknown.unwrap_or(Cause::NoSuchMember))
    }

    /// Looks for `name` on one type, and collects what it embeds.
    fn look(&self, step: Step, name: &str, found: &mut Vec<Member>, next: &mut Vec<Step>, unknown: &mut Option<Cause>) {
        if let Type::Named(named) = &step.ty
            && let Some((kind, ty)) = self.declared_method(named, name)
        {
            found.push(Member { ty, kind, through: step.through, indirect: step.indirect });
            return;
        }
        let mut under = match &step.ty {
            Type::Param(param) => self.constraint(param).map_or(Type::default(), |c| self.underlying(&c)),
            other => self.underlying(other),
        };
        if let (Type::Named(_), Type::Pointer(inner)) = (&step.ty, &under) {
            under = self.underlying(inner);
        }
        match under {
            Type::Struct(fields) => {
                for field in &fields.fields {
                    let Step { through, indirect, .. } = &step;
                    if &*field.name == name {
                        let (through, indirect) = (through.clone(), *indirect);
                        let kind = MemberKind::Field { of: step.ty.clone() };
                        found.push(Member { ty: field.ty.clone(), kind, through, indirect });
                    }
                    if field.embedded {
                        let through = through.iter().cloned().chain([field.name.clone()]).collect();
                        let pointee = field.ty.pointee();
                        let indirect = *indirect || pointee.is_some();
                        next.push(Step { ty: pointee.unwrap_or(&field.ty).clone(), through, indirect });
                    }
                }
            }
            Type::Interface(interface) => {
                if let Some(signature) = self.asked_for(&interface, name) {
                    let kind = MemberKind::InterfaceMethod { interface: step.ty.clone() };
                    let (through, indirect) = (step.through, step.indirect);
                    found.push(Member { ty: Type::Func(signature), kind, through, indirect });
                }
            }
            Type::Unknown(cause) => {
                unknown.get_or_insert(cause);
            }
            _ => {}
        }
    }

    /// A method declared on a type itself.
    fn declared_method(&self, named: &Arc<Named>, name: &str) -> Option<(MemberKind, Type)> {
        if named.local.is_some() {
            return None;
        }
        let package = self.package(&named.package)?;
        let id = package.method(&named.name, name)?;
        let signature = Type::Func(self.signature(package, id)?);
        let ty = if named.args.is_empty() { signature } else { subst(&signature, true, &named.args) };
        let pointer = package.decl(id).pointer;
        Some((MemberKind::Method { receiver: named.clone(), pointer }, ty))
    }

    /// The method of this name that values of the type, or pointers to them, have.
    pub fn method(&self, ty: &Type, name: &str) -> Option<Method> {
        self.find_method(ty, name).ok()?
    }

    /// As [`View::method`], but tells "it has none" from "not known".
    pub fn find_method(&self, ty: &Type, name: &str) -> Result<Option<Method>, Cause> {
        let member = match self.member(ty, name) {
            Ok(member) => member,
            Err(Cause::NoSuchMember | Cause::Ambiguous) => return Ok(None),
            Err(cause) => return Err(cause),
        };
        let (declared_on, pointer, dynamic) = match member.kind {
            MemberKind::Field { .. } => return Ok(None),
            MemberKind::Method { receiver, pointer } => (Type::Named(receiver), pointer, false),
            MemberKind::InterfaceMethod { interface } => (interface, false, true),
        };
        let Type::Func(signature) = member.ty else { return Ok(None) };
        let package = declared_on.named().map(|n| n.package.clone());
        let needs_pointer = pointer && !member.indirect;
        let (name, through) = (name.into(), member.through);
        Ok(Some(Method { name, signature, needs_pointer, through, declared_on, package, dynamic }))
    }

    /// Whether values of a declared type, or pointers to them, have any method.
    pub fn has_methods(&self, ty: &Type) -> bool {
        let own = |named: &Named| {
            let package = self.package(&named.package).filter(|_| named.local.is_none());
            package.is_some_and(|package| !package.methods_of(&named.name).is_empty())
        };
        ty.stripped().named().is_some_and(own) || !self.method_names(ty).is_empty()
    }

    /// Names of all methods that values of a type (or, for a declared type, pointers to them) have, in order.
    pub fn method_names(&self, ty: &Type) -> Vec<Arc<str>> {
        let mut names = Vec::new();
        let mut seen = FxHashSet::default();
        let mut level = vec![ty.stripped().clone()];
        for _ in 0..MAX_LEVELS {
            let mut next = Vec::new();
            for ty in level.drain(..) {
                if let Type::Named(named) = &ty {
                    if !seen.insert(named.clone()) {
                        continue;
                    }
                    if let Some(package) = self.package(&named.package).filter(|_| named.local.is_none()) {
                        names.extend(package.methods_of(&named.name).iter().map(|id| package.name_of(*id).into()));
                    }
                }
                match self.underlying(&ty) {
                    Type::Struct(fields) => {
                        next.extend(fields.fields.iter().filter(|f| f.embedded).map(|f| f.ty.stripped().clone()));
                    }
                    Type::Interface(interface) => {
                        names.extend(self.interface_methods(&interface).into_iter().map(|(name, _)| name))
                    }
                    _ => {}
                }
            }
            level = next;
        }
        names.sort();
        names.dedup();
        names
    }
}
