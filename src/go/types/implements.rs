//! Interfaces: what they ask for, and whether a type has it.

use std::sync::Arc;

use super::members::MAX_LEVELS;
use super::{Interface, Method, Named, Signature, Type, View};
use crate::go::module::PackageName;

/// A method that an interface asks for.
struct Asked {
    name: Arc<str>,
    signature: Arc<Signature>,
    /// Package of the declared interface that names it: a name in small letters is that package's own.
    package: Option<Arc<PackageName>>,
}

/// Methods of one interface, more than anyone writes.
const MAX_METHODS: usize = 5000;
impl View<'_> {
    /// The method of this name that an interface asks for, itself or through what it embeds.
    pub(super) fn asked_for(&self, interface: &Interface, name: &str) -> Option<Arc<Signature>> {
        let is_it = |(known, _): &(Arc<str>, _)| &**known == name;
        // Its own come first.
        match interface.methods.iter().find(|method| is_it(method)) {
            None if interface.embedded.is_empty() => None,
            None => self.interface_methods(interface).into_iter().find(is_it).map(|(_, signature)| signature),
            Some((_, signature)) => Some(signature.clone()),
        }
    }

    /// All methods that an interface asks for, by name.
    pub fn interface_methods(&self, interface: &Interface) -> Vec<(Arc<str>, Arc<Signature>)> {
        self.asked(interface, None).into_iter().map(|asked| (asked.name, asked.signature)).collect()
    }

    fn asked(&self, interface: &Interface, package: Option<&Arc<PackageName>>) -> Vec<Asked> {
        let mut methods = Vec::new();
        self.collect_methods(interface, package, &mut methods, 0);
        methods.sort_by(|a: &Asked, b: &Asked| a.name.cmp(&b.name));
        methods.dedup_by(|a, b| a.name == b.name);
        methods
    }

    fn collect_methods(
        &self,
        interface: &Interface,
        package: Option<&Arc<PackageName>>,
        methods: &mut Vec<Asked>,
        depth: usize,
    ) {
        methods.extend(interface.methods.iter().map(|(name, signature)| {
            let (name, signature, package) = (name.clone(), signature.clone(), package.cloned());
            Asked { name, signature, package }
        }));
        if depth > MAX_LEVELS || methods.len() > MAX_METHODS {
            return;
        }
        for embedded in &interface.embedded {
            if let Type::Interface(inner) = self.underlying(embedded) {
                let package = embedded.named().map(|named| &named.package).or(package);
                self.collect_methods(&inner, package, methods, depth + 1);
            }
        }
    }

    /// Whether all that an interface asks for is known.
    fn is_whole(&self, interface: &Interface, depth: usize) -> bool {
        depth > MAX_LEVELS
            || interface.embedded.iter().all(|embedded| match self.underlying(embedded) {
                Type::Interface(inner) => self.is_whole(&inner, depth + 1),
                other => !other.is_unknown(),
            })
    }

    /// The declared interfaces whose own list has a method that an interface asks for: itself, or some that it embeds.
    pub fn declaring(&self, interface: &Type, name: &str) -> Vec<Arc<Named>> {
        let (mut found, mut open, mut seen) = (Vec::new(), vec![interface.clone()], 0);
        while let Some(ty) = open.pop() {
            let Type::Interface(asked) = self.underlying(&ty) else { continue };
            seen += 1;
            let asks = || asked.methods.iter().any(|(known, _)| &**known == name);
            if let Type::Named(named) = &ty
                && named.local.is_none()
                && asks()
            {
                found.push(named.clone());
            }
            if seen < MAX_METHODS {
                open.extend(asked.embedded.iter().cloned());
            }
        }
        found
    }

    /// Whether a type has a method of a name as an interface asks for it; `None`: not known.
    pub fn asks_alike(&self, ty: &Type, interface: &Type, name: &str) -> Option<bool> {
        let Type::Interface(asked) = self.underlying(interface) else { return None };
        let signature = self.asked_for(&asked, name)?;
        match self.find_method(ty, name) {
            Ok(Some(method)) => same(&method.signature, &signature),
            Ok(None) => Some(false),
            Err(_) => None,
        }
    }

    /// Whether values of a type can be assigned to an interface; `None`: not known.
    pub fn implements(&self, ty: &Type, interface: &Type) -> Option<bool> {
        let Type::Interface(asked) = self.underlying(interface) else { return None };
        if ty.is_unknown() {
            return None;
        }
        for Asked { name, signature, package } in self.asked(&asked, interface.named().map(|named| &named.package)) {
            match self.find_method(ty, &name) {
                Ok(Some(method)) if method.needs_pointer || is_foreign(&method, package.as_ref()) => {
                    return Some(false);
                }
                Ok(Some(method)) if !same(&method.signature, &signature)? => return Some(false),
                Ok(Some(_)) => {}
                Ok(None) => return Some(false),
                Err(_) => return None,
            }
        }
        self.is_whole(&asked, 0).then_some(true)
    }
}

/// Whether a method has a name of its own package, while another package's is asked for.
fn is_foreign(method: &Method, package: Option<&Arc<PackageName>>) -> bool {
    let is_exported = method.name.chars().next().is_some_and(char::is_uppercase);
    !is_exported && method.package.is_some() && package.is_some() && method.package.as_ref() != package
}

/// Whether two signatures are the same; `None`: not known.
fn same(a: &Signature, b: &Signature) -> Option<bool> {
    if a.params.len() != b.params.len() || a.results.len() != b.results.len() || a.variadic != b.variadic {
        return Some(false);
    }
    let mut known = true;
    for (a, b) in a.params.iter().zip(&b.params).chain(a.results.iter().zip(&b.results)) {
        match a == b {
            true => {}
            false if is_uncertain(a) || is_uncertain(b) => known = false,
            false => return Some(false),
        }
    }
    known.then_some(true)
}

/// Whether a type may be the same as one that is written otherwise.
fn is_uncertain(ty: &Type) -> bool {
    match ty {
        Type::Interface(interface) => !interface.embedded.is_empty() || ty.is_partial(),
        Type::Pointer(inner) | Type::Slice(inner) | Type::Chan(_, inner) | Type::Array(_, inner) => {
            is_uncertain(inner) || ty.is_partial()
        }
        Type::Map(key, value) => is_uncertain(key) || is_uncertain(value),
        Type::Func(s) => s.params.iter().chain(&s.results).any(is_uncertain),
        other => other.is_partial(),
    }
}
