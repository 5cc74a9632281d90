//! Interfaces that are declared outside of the checkout: a method that one of them asks for stays as it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::key::Key;
use super::sources::Sources;
use crate::go::index::Package;
use crate::go::module::{Origin, PackageName};
use crate::go::syntax::outline::DeclKind;
use crate::go::types::{Type, View};
use crate::write::reason::Cause;
use crate::write::thread::ground::Ground;

/// The interfaces of the packages that the checkout imports from outside.
pub struct Outside<'w> {
    view: View<'w>,
    /// Interfaces by the names of their methods.
    by_method: BTreeMap<String, Vec<(&'w Package, String)>>,
}

impl<'w> Outside<'w> {
    /// Looks through all packages that some file imports.
    pub fn read(ground: &Ground<'w>, sources: &Sources) -> Self {
        let index = ground.world.index();
        let view = ground.world.view(index.default_context());
        let mut by_method: BTreeMap<String, Vec<(&'w Package, String)>> = BTreeMap::new();
        for name in sources.outside.iter().filter(|name| name.origin != Origin::Missing) {
            let Some(package) = view.package(name) else { continue };
            for id in package.decls().filter(|id| package.decl(*id).kind == DeclKind::Type) {
                let code = package.text(id, |decl| decl.code);
                if !code.trim_start().starts_with("interface") {
                    continue;
                }
                for method in methods(code) {
                    let interface = (package, package.name_of(id).to_owned());
                    by_method.entry(method.to_owned()).or_default().push(interface);
                }
            }
        }
        Self { view, by_method }
    }

    /// What asks for an exported method, as far as that can be known.
    pub fn asks_for(&self, key: &Key, sources: &Sources) -> Option<Cause> {
        if key.receiver.is_empty() || !key.is_exported() {
            return None;
        }
        let package = self.view.package(&key.package)?;
        let of = self.view.declared_type(package, &key.receiver)?;
        let of = if key.is_asked { of } else { Type::pointer_to(of) };
        if self.is_of_errors(&of, &key.name) {
            return Some(Cause::OutsideInterface { interface: "error".to_owned() });
        }
        if let Some((_, interface)) = LOOKED_FOR.iter().find(|(method, _)| *method == &*key.name) {
            return Some(Cause::OutsideInterface { interface: (*interface).to_owned() });
        }
        for (package, interface) in self.by_method.get(&*key.name).into_iter().flatten() {
            let Some(ty) = self.view.declared_type(package, interface) else { continue };
            if self.view.asks_alike(&of, &ty, &key.name) == Some(false) {
                continue;
            }
            if self.view.implements(&of, &ty) != Some(false) || sources.may_be_embedded(key.dir(), &key.receiver) {
                let interface = format!("{}.{interface}", package.name.path);
                return Some(Cause::OutsideInterface { interface });
            }
        }
        let unseen: Option<&Arc<PackageName>> = sources.missing.get(key.dir()?)?.first();
        unseen.map(|package| Cause::UnseenInterface { package: package.path.to_string() })
    }

    /// Whether a method makes its type an error, or an error one that package errors asks.
    fn is_of_errors(&self, of: &Type, name: &str) -> bool {
        let has = |name: &str, params: usize| {
            let method = self.view.find_method(of, name).ok().flatten();
            method.is_some_and(|method| method.signature.params.len() == params && method.signature.results.len() == 1)
        };
        let [error, ..] = OF_ERRORS;
        OF_ERRORS.iter().any(|(asked, params)| *asked == name && has(name, *params)) && has(error.0, error.1)
    }
}

/// What Go asks of errors, and package errors of some, by name and number of parameters: each has one result.
const OF_ERRORS: [(&str, usize); 4] = [("Error", 0), ("Unwrap", 0), ("Is", 1), ("As", 1)];

/// Methods that packages look for in the values that they are given, whoever imports them: with another signature they are passed over in
/// silence.
const LOOKED_FOR: [(&str, &str); 21] = [
    ("AppendBinary", "encoding.BinaryAppender"),
    ("AppendText", "encoding.TextAppender"),
    ("Format", "fmt.Formatter"),
    ("GoString", "fmt.GoStringer"),
    ("GobDecode", "encoding/gob.GobDecoder"),
    ("GobEncode", "encoding/gob.GobEncoder"),
    ("MarshalBinary", "encoding.BinaryMarshaler"),
    ("MarshalJSON", "encoding/json.Marshaler"),
    ("MarshalLog", "github.com/go-logr/logr.Marshaler"),
    ("MarshalText", "encoding.TextMarshaler"),
    ("MarshalXML", "encoding/xml.Marshaler"),
    ("MarshalXMLAttr", "encoding/xml.MarshalerAttr"),
    ("MarshalYAML", "yaml.Marshaler"),
    ("Scan", "database/sql.Scanner"),
    ("String", "fmt.Stringer"),
    ("UnmarshalBinary", "encoding.BinaryUnmarshaler"),
    ("UnmarshalJSON", "encoding/json.Unmarshaler"),
    ("UnmarshalText", "encoding.TextUnmarshaler"),
    ("UnmarshalXML", "encoding/xml.Unmarshaler"),
    ("UnmarshalYAML", "yaml.Unmarshaler"),
    ("Value", "database/sql/driver.Valuer"),
];

/// Names in front of parentheses at the start of a line or behind a brace: the methods of an interface.
pub fn methods(code: &str) -> impl Iterator<Item = &str> {
    code.split(['\n', '{', ';']).filter_map(|line| {
        let name = line.trim_start().split('(').next().filter(|name| name.len() < line.trim_start().len())?;
        let is_name = name.chars().all(|c| c.is_alphanumeric() || c == '_') && !name.is_empty();
        is_name.then_some(name)
    })
}
