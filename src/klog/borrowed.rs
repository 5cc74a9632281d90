//! `klog.Verbose` values and loggers that names do not show: in fields, elements, results, and variables of the package.

use tree_sitter::Node;

use crate::go::types::{FileTypes, MemberKind, Type};
use crate::rule::LogCalls;

/// What an expression is that a log call is made on, by its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Borrowed {
    /// A `klog.Verbose`, with klog's import path.
    Verbose(String),
    /// A logger.
    Logger,
}

/// What an expression is by its type, if it can log; a struct that embeds something which can counts as that.
pub fn borrowed(node: Node<'_>, types: &FileTypes<'_, '_>, rules: &LogCalls) -> Option<Borrowed> {
    borrowed_as(&types.type_of(node), types, rules)
}

/// As [`borrowed`], of an expression that has this type.
pub fn borrowed_as(ty: &Type, types: &FileTypes<'_, '_>, rules: &LogCalls) -> Option<Borrowed> {
    let whole = itself(ty, rules).or_else(|| ty.pointee().and_then(|inner| itself(inner, rules)));
    whole.or_else(|| embedded(ty, types, rules))
}

/// What a struct embeds, however deep: the type that declares the method which it would log with.
fn embedded(ty: &Type, types: &FileTypes<'_, '_>, rules: &LogCalls) -> Option<Borrowed> {
    let method = rules.logger.info.iter().find_map(|name| types.view().member(ty, name).ok())?;
    match method.kind {
        MemberKind::Method { receiver, .. } => itself(&Type::Named(receiver), rules),
        MemberKind::InterfaceMethod { interface } => itself(&interface, rules),
        MemberKind::Field { .. } => None,
    }
}

fn itself(ty: &Type, rules: &LogCalls) -> Option<Borrowed> {
    let name = ty.qualified()?;
    if rules.logger.types.contains(&name) {
        return Some(Borrowed::Logger);
    }
    let (path, name) = name.rsplit_once('.')?;
    let is_klog = rules.import_paths.iter().any(|klog| klog == path);
    (is_klog && name == rules.verbose.ty).then(|| Borrowed::Verbose(path.to_owned()))
}
