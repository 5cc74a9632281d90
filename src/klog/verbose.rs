//! `klog.Verbose` values that names do not show: in fields, elements, results, and variables of the package.

use tree_sitter::Node;

use crate::go::syntax::head::head;
use crate::go::syntax::kind;
use crate::go::syntax::outline::{Decl, DeclKind};
use crate::go::types::{FileTypes, MemberKind, Type, World};
use crate::rule::LogCalls;

const NAME: &str = "Verbose";

/// klog's import path, if an expression is a `klog.Verbose` or a struct that embeds one.
pub fn verbose(
    node: Node<'_>,
    source: &[u8],
    types: &FileTypes<'_, '_>,
    world: &World,
    rules: &LogCalls,
) -> Option<String> {
    match types.type_of(node) {
        // Of a package that is not at hand, what `V` returns is not known: then the declaration tells.
        Type::Unknown(_) if node.kind_id() == kind::IDENTIFIER => {
            declared(crate::go::syntax::text(node, source), types, world, rules)
        }
        Type::Pointer(inner) => of_type(&inner, types, rules),
        ty => of_type(&ty, types, rules),
    }
}

fn of_type(ty: &Type, types: &FileTypes<'_, '_>, rules: &LogCalls) -> Option<String> {
    if let Some(path) = itself(ty, rules) {
        return Some(path);
    }
    let member = types.view().member(ty, NAME).ok()?;
    let is_field = matches!(member.kind, MemberKind::Field { .. });
    let field = if let Type::Pointer(inner) = &member.ty { inner } else { &member.ty };
    is_field.then(|| itself(field, rules))?
}

fn itself(ty: &Type, rules: &LogCalls) -> Option<String> {
    let named = ty.named()?;
    let is_klog = rules.import_paths.iter().any(|path| **path == *named.package.path);
    (is_klog && &*named.name == NAME).then(|| named.package.path.to_string())
}

/// A variable of the package that is declared as `klog.V(n)`.
fn declared(name: &str, types: &FileTypes<'_, '_>, world: &World, rules: &LogCalls) -> Option<String> {
    let package = types.package().ok()?;
    for file in &package.files {
        let outline = &file.outline;
        let of_name = |decl: &&Decl| decl.kind == DeclKind::Var && outline.text(decl.name) == name && decl.of == 1;
        let Some(decl) = outline.decls.iter().find(of_name) else { continue };
        let value = outline.text(decl.values).trim();
        let (qualifier, call) = value.split_once('.')?;
        let source = world.index().source(&file.path).ok()?;
        let path =
            head(&source).imports.into_iter().find(|path| rules.import_paths.iter().any(|known| known == path))?;
        let is_name = qualifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        return (is_name && (call.starts_with("V(") || call.starts_with("VDepth("))).then(|| path.into_owned());
    }
    None
}
