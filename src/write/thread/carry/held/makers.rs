//! What makes, compares or lays out values of types that it does not name: by the names of what is called.

use std::collections::BTreeMap;

use rayon::prelude::*;

use crate::go::syntax::body::{Def, ExprId, ExprKind};
use crate::go::syntax::outline::{Decl, DeclKind};
use crate::go::syntax::word::{calls_any, words};
use crate::go::types::{BodyTypes, Type};
use crate::text::diagnostic::RelPath;
use crate::write::thread::carry::sources::Sources;
use crate::write::thread::ground::Ground;

/// Functions that hand on what they are given to what makes values, one to the next, at most.
const MAX_STEPS: usize = 4;

/// The functions of package reflect that tell a value's type.
pub const TELLS: [&str; 2] = ["TypeOf", "ValueOf"];

/// What a call does to values of types that it is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Does {
    /// It makes what stands in what it is given a place for.
    Fill,
    /// It makes others like them, by package reflect.
    Like,
    /// It makes elements of lists.
    Elements,
    /// It reads or writes them as they lie in memory.
    Layout,
    /// It compares them.
    Compare,
    /// It may make any of the types that its type parameters stand for.
    Generic,
}

/// What calls do, by the names of what they call.
pub type Makers = BTreeMap<String, Does>;

/// What the rules name.
pub fn known(ground: &Ground<'_>) -> Makers {
    let loggers = &ground.rules.log_calls.logger;
    let of = |names: &[String], does: Does| names.iter().map(|name| (name.clone(), does)).collect::<Vec<_>>();
    let tells = TELLS.iter().map(|name| ((*name).to_owned(), Does::Like));
    let all = [
        of(&loggers.fills, Does::Fill),
        of(&loggers.empties, Does::Elements),
        of(&loggers.lays_out, Does::Layout),
        of(&loggers.compares, Does::Compare),
    ];
    all.into_iter().flatten().chain(tells).collect()
}

/// Functions of the checkout that hand what they are given on to what fills it or makes others like it, whatever its type.
pub fn helpers(ground: &Ground<'_>, sources: &Sources, known: &Makers) -> Makers {
    let mut all = Makers::new();
    let mut new: Makers = known.clone();
    new.retain(|_, does| matches!(does, Does::Fill | Does::Like));
    for _ in 0..MAX_STEPS {
        let files: Vec<usize> =
            sources.with(new.keys().map(String::as_str)).into_iter().map(|(file, _)| file).collect();
        let found: Vec<_> =
            files.into_par_iter().flat_map_iter(|file| in_file(ground, (sources, file), &new)).collect();
        new = found.into_iter().filter(|(name, _)| !known.contains_key(name) && !all.contains_key(name)).collect();
        if new.is_empty() {
            break;
        }
        all.extend(new.clone());
    }
    all
}

/// Whether package reflect makes anything in a file.
pub fn reflects(text: &[u8], makes: &[String]) -> bool {
    makes.iter().any(|name| words(text, name.as_bytes()).any(|at| text[..at].ends_with(b"reflect.")))
}

fn in_file(ground: &Ground<'_>, (sources, number): (&Sources, usize), makers: &Makers) -> Vec<(String, Does)> {
    let path: &RelPath = &sources.files[number];
    let Some(text) = sources.texts.get(number, path, ground.world.index()) else { return Vec::new() };
    let bytes = &text.bytes;
    let reflects = reflects(bytes, &ground.rules.log_calls.logger.reflects);
    let is_one = |(name, does): &(&String, &Does)| {
        let is_told = TELLS.contains(&name.as_str());
        (reflects || !is_told) && matches!(does, Does::Fill | Does::Like)
    };
    let makers: Makers = makers.iter().filter(is_one).map(|(name, does)| (name.clone(), *does)).collect();
    let hands_on = |decl: &&Decl| {
        let code = bytes.get(decl.span.0 as usize..decl.span.1 as usize).unwrap_or_default();
        let is_function = matches!(decl.kind, DeclKind::Func | DeclKind::Method);
        is_function && calls_any(code, |name| makers.contains_key(name))
    };
    let outline = text.outline();
    let decls: Vec<&Decl> = outline.iter().flat_map(|outline| &outline.decls).filter(hands_on).collect();
    if decls.is_empty() {
        return Vec::new();
    }
    let types = ground.world.file_with(path, bytes, text.outline().cloned());
    let bodies = decls.into_iter().filter_map(|decl| types.body_at(decl.span.0 as usize).ok());
    bodies.filter_map(|own| Some((own.name().to_owned(), handed_on(&own, &makers)?))).collect()
}

/// What a function hands on of what it is given, whatever its type.
fn handed_on(own: &BodyTypes<'_, '_>, makers: &Makers) -> Option<Does> {
    let body = own.body();
    body.exprs().find_map(|(_, expr)| {
        let ExprKind::Call { function, args, .. } = expr.kind else { return None };
        let does = makers.get(&called(own, function)?)?;
        body.list(args).iter().any(|arg| is_given(own, *arg)).then_some(*does)
    })
}

/// Whether an expression is, or starts from, a parameter that may be of any type.
fn is_given(own: &BodyTypes<'_, '_>, arg: ExprId) -> bool {
    let body = own.body();
    let expr = body.expr(arg);
    match expr.kind {
        ExprKind::Paren(inner) | ExprKind::Star(inner) | ExprKind::Unary(_, inner) => is_given(own, inner),
        ExprKind::Ident => {
            let local = body.lookup(own.source(), expr.scope, own.text(expr.range));
            local.is_some_and(|local| {
                let is_parameter = matches!(body.local(local).def, Def::Param { .. });
                is_parameter && may_be_any(own, &own.type_of_local(local))
            })
        }
        _ => false,
    }
}

fn may_be_any(own: &BodyTypes<'_, '_>, ty: &Type) -> bool {
    match ty {
        Type::Param(_) | Type::Interface(_) => true,
        Type::Pointer(inner) | Type::Slice(inner) => may_be_any(own, inner),
        Type::Named(_) => matches!(own.view().underlying(ty), Type::Interface(_)),
        _ => false,
    }
}

/// The name that a call calls.
pub fn called(own: &BodyTypes<'_, '_>, function: ExprId) -> Option<String> {
    let expr = own.body().expr(function);
    match expr.kind {
        ExprKind::Ident => Some(own.text(expr.range).to_owned()),
        ExprKind::Selector { name, .. } => Some(own.text((name, expr.range.1)).to_owned()),
        ExprKind::Paren(inner) | ExprKind::Index { operand: inner, .. } => called(own, inner),
        _ => None,
    }
}
