//! What comments above a declaration say to tools.

use super::members::MAX_LEVELS;
use super::{Callee, Type, View};
use crate::go::index::{DeclId, Package};
use crate::go::syntax::directive::Directive;

impl<'w> View<'w> {
    /// The comments to tools above the declaration of what is called, or of the method that an interface asks for. None of what
    /// is not known.
    pub fn directives(&self, callee: &Callee) -> Vec<&'w str> {
        match callee {
            Callee::Function { package, name } => self
                .package(package)
                .and_then(|package| Some(above(package, package.lookup(name)?)))
                .unwrap_or_default(),
            Callee::Method { receiver, name, .. } => {
                let declared = self.package(&receiver.package);
                declared
                    .and_then(|package| Some(above(package, package.method(&receiver.name, name)?)))
                    .unwrap_or_default()
            }
            Callee::InterfaceMethod { interface, name } => self.of_asked(interface, name, 0),
            _ => Vec::new(),
        }
    }

    fn of_asked(&self, ty: &Type, name: &str, depth: usize) -> Vec<&'w str> {
        let (Type::Interface(interface), true) = (self.underlying(ty), depth <= MAX_LEVELS) else { return Vec::new() };
        if interface.methods.iter().all(|(known, _)| &**known != name) {
            let embedded = interface.embedded.iter().map(|embedded| self.of_asked(embedded, name, depth + 1));
            return embedded.into_iter().find(|found| !found.is_empty()).unwrap_or_default();
        }
        let Some(named) = ty.named().filter(|named| named.local.is_none()) else { return Vec::new() };
        let Some(package) = self.package(&named.package) else { return Vec::new() };
        let Some(id) = package.lookup(&named.name) else { return Vec::new() };
        let (start, end) = package.decl(id).span;
        let asks = |one: &&Directive| (start..end).contains(&one.of) && &*one.word == name;
        of_file(package, id).iter().filter(asks).map(|one| &*one.text).collect()
    }
}

fn above(package: &Package, id: DeclId) -> Vec<&str> {
    let start = package.decl(id).span.0;
    of_file(package, id).iter().filter(|one| one.of == start).map(|one| &*one.text).collect()
}

fn of_file(package: &Package, id: DeclId) -> &[Directive] {
    package.files.get(package.file_of(id)).map(|file| &*file.outline.directives).unwrap_or_default()
}
