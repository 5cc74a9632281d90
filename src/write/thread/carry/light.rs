//! Calls that the reader of bodies tells as well as a tree would, for as long as it does not matter what they could pass.

use super::facts::Call;
use super::key::Key;
use super::links::Links;
use crate::go::parse::SourceFile;
use crate::go::syntax::body::{Def, Expr, ExprId, ExprKind, Range, Stmt};
use crate::go::syntax::lex::{Lexer, Tok};
use crate::go::syntax::outline::Decl;
use crate::go::syntax::word::words;
use crate::go::types::{BodyTypes, Cause, Mention, Referent, Type};
use crate::write::thread::slot::Slot;

const CONTEXT: &str = "context.Context";
const REQUEST: &str = "net/http.Request";

/// What a file is asked.
pub struct Light<'r> {
    /// About which functions.
    pub links: Links<'r>,
    /// Its text.
    pub source: &'r SourceFile,
    /// Its number.
    pub number: usize,
}

/// Calls, and methods that stay alike.
pub type Calls = (Vec<(Key, Call)>, Vec<(Key, Key)>);

/// The calls in a function, `caller`, or in what variables of a package start with, of what is asked about; `None` where it takes a tree to tell: something else than a call mentions
/// it, or there may be a context or a logger at hand.
pub fn calls(asked: &Light<'_>, decl: &Decl, caller: Option<&Key>) -> Option<Calls> {
    let links = &asked.links;
    let at = decl.span.0 as usize;
    let mentions = links.types.mentions(at, &|name| !links.asked.named(name).is_empty()).ok()?;
    let (mut found, mut alike) = Calls::default();
    for mention in mentions {
        let key = match &mention.referent {
            Referent::Function { package, name } => {
                Key { package: package.clone(), receiver: Box::default(), name: Box::from(&**name), is_asked: false }
            }
            Referent::Method { receiver, name, .. } => Key::method(receiver, name, false),
            Referent::InterfaceMethod { interface, name } => {
                if !links.asked.named(name).iter().any(|key| key.is_asked) {
                    continue;
                }
                let (asking, same) = links.asking(interface, name);
                alike.extend(same);
                asking?
            }
            Referent::None if mention.operand.as_ref().is_some_and(is_unknown) => return None,
            _ => continue,
        };
        if links.asked.has(&key) {
            let call = call(asked, &links.types.body_at(at).ok()?, &mention, (&key, caller))?;
            found.push((key, call));
        }
    }
    Some((found, alike))
}

/// Whether a method of a value of this type may be any. What comes of a package that is not there is nothing that the checkout
/// declares.
pub fn is_unknown(ty: &Type) -> bool {
    matches!(ty, Type::Unknown(cause) if !matches!(cause, Cause::MissingPackage | Cause::Std))
}

fn call(
    asked: &Light<'_>,
    types: &BodyTypes<'_, '_>,
    mention: &Mention,
    (key, caller): (&Key, Option<&Key>),
) -> Option<Call> {
    let body = types.body();
    let calls = |id: &ExprId| matches!(body.expr(*id).kind, ExprKind::Call { function, .. } if peeled(types, function) == mention.id);
    let id = body.exprs().map(|(id, _)| id).skip(mention.id.number()).find(calls)?;
    let ExprKind::Call { function, args, spread } = body.expr(id).kind else { return None };
    // `T.m(x)`: the receiver stands first.
    if let ExprKind::Selector { operand, .. } = body.expr(mention.id).kind
        && matches!(types.referent(operand), Referent::Type(_))
    {
        return None;
    }
    let start = body.expr(function).range.1 as usize;
    let list = asked.source.bytes.get(start..body.expr(id).range.1 as usize)?;
    let has_comment = [&b"//"[..], b"/*"].iter().any(|mark| memchr::memmem::find(list, mark).is_some());
    if list.first() != Some(&b'(') || has_comment {
        return None;
    }
    let only = match body.list(args) {
        [only] if !spread => Some(peeled(types, *only)),
        _ => None,
    };
    let is_call = |only: &ExprId| matches!(body.expr(*only).kind, ExprKind::Call { .. });
    let spreads =
        only.filter(is_call).is_some_and(|only| matches!(types.type_of(only), Type::Unknown(_) | Type::Tuple(_)));
    let is_test = asked.source.path.ends_with("_test.go");
    let has_context = !is_test && has_context(types, mention.id) && !may_be_absent(types, caller);
    if !is_test && !has_context && may_give(asked, types, mention.id, caller) {
        return None;
    }
    let is_start = caller.is_none_or(|key| key.receiver.is_empty() && matches!(&*key.name, "main" | "init"));
    Some(Call {
        callee: key.clone(),
        slot: Slot {
            unit: asked.number,
            at: start + 1,
            empty: args.is_empty(),
            first: None,
            lead: None,
            literal: None,
        },
        caller: caller.cloned(),
        starts: is_start,
        is_test,
        spreads,
        context: None,
        logger: None,
        of_new_context: None,
        last: [None, None],
        held: None,
        is_light: true,
        has_context,
    })
}

/// Whether a function may have nil for its context; what is handed to its literals takes more to tell.
fn may_be_absent(types: &BodyTypes<'_, '_>, caller: Option<&Key>) -> bool {
    let absent = types.view().world().absent();
    let has = |caller: &Key| absent.has(&caller.package, &caller.receiver, &caller.name);
    !absent.values.is_empty() || caller.is_some_and(has)
}

/// Whether a function holds statements that wait. What happens in another goroutine does not hold it up.
pub fn waits(types: &BodyTypes<'_, '_>) -> bool {
    let (body, (start, end)) = (types.body(), types.decl().span);
    let beside = |stmt: &Stmt| match stmt {
        Stmt::Go(call) => Some(body.expr(*call).range),
        _ => None,
    };
    let beside: Vec<Range> = body.statements.iter().filter_map(beside).collect();
    let is_here = |at: u32| !beside.iter().any(|(start, end)| (*start..*end).contains(&at));
    let receives = |expr: &Expr| matches!(expr.kind, ExprKind::Unary(Tok::Arrow, _)) && is_here(expr.range.0);
    if body.exprs().any(|(_, expr)| receives(expr)) {
        return true;
    }
    let text = types.source().get(..end as usize).unwrap_or_default();
    if words(&text[start as usize..], b"select").next().is_none() {
        return false;
    }
    let mut lexer = Lexer::new(text, start as usize);
    std::iter::from_fn(|| Some(lexer.token()).filter(|token| token.tok != Tok::Eof))
        .any(|token| token.tok == Tok::Select && is_here(token.start))
}

/// Whether an expression or a local name is this name.
pub fn names(types: &BodyTypes<'_, '_>, name: &str) -> bool {
    let body = types.body();
    let is_expr = |expr: &Expr| expr.kind == ExprKind::Ident && types.text(expr.range) == name;
    body.locals().any(|(_, local)| types.text(local.name) == name) || body.exprs().any(|(_, expr)| is_expr(expr))
}

/// An expression without the parentheses around it.
fn peeled(types: &BodyTypes<'_, '_>, id: ExprId) -> ExprId {
    let mut id = id;
    while let ExprKind::Paren(inner) = types.body().expr(id).kind {
        id = inner;
    }
    id
}

/// Whether a parameter that is visible to an expression is a context, and nothing asks whether it is nil.
fn has_context(types: &BodyTypes<'_, '_>, at: ExprId) -> bool {
    let (body, (start, end)) = (types.body(), types.decl().span);
    let text = types.source().get(start as usize..end as usize).unwrap_or_default();
    let is_compared = |name: &[u8]| {
        words(text, name).any(|at| {
            let ends = [text[..at].trim_ascii_end(), text[at + name.len()..].trim_ascii_start()];
            [&b"=="[..], b"!="].iter().any(|sign| ends[0].ends_with(sign) || ends[1].starts_with(sign))
        })
    };
    let mut next = body.expr(at).scope;
    while let Some(id) = next {
        let local = body.local(id);
        let (name, is_value) = (types.text(local.name), matches!(local.def, Def::Param { variadic: false, .. }));
        let is_context = is_value && types.type_of_local(id).qualified().as_deref() == Some(CONTEXT);
        let is_visible = || body.lookup(types.source(), body.expr(at).scope, name) == Some(id);
        if is_context && name != "_" && is_visible() && !is_compared(name.as_bytes()) {
            return true;
        }
        next = local.outer;
    }
    false
}

/// Whether something that is visible to an expression may be a context or a logger, or give one.
fn may_give(asked: &Light<'_>, types: &BodyTypes<'_, '_>, at: ExprId, caller: Option<&Key>) -> bool {
    let loggers = &asked.links.ground.rules.log_calls.logger.types;
    let is_logger = |ty: &Type| ty.qualified().is_some_and(|name| loggers.contains(&name));
    let gives = |ty: &Type| match ty {
        Type::Unknown(_) => true,
        Type::Pointer(inner) if inner.qualified().as_deref() == Some(REQUEST) => true,
        ty => ty.qualified().is_some_and(|name| name == CONTEXT || loggers.contains(&name)),
    };
    let mut next = types.body().expr(at).scope;
    while let Some(id) = next {
        let local = types.body().local(id);
        let is_value = !matches!(local.def, Def::Type { .. } | Def::TypeParam { .. } | Def::Const { .. });
        if is_value && gives(&types.type_of_local(id)) {
            return true;
        }
        next = local.outer;
    }
    let view = asked.links.types.view();
    let receiver = caller.and_then(|key| view.declared_type(view.package(&key.package)?, &key.receiver));
    match receiver.map(|ty| view.underlying(&ty)) {
        Some(Type::Struct(of)) => of.fields.iter().any(|field| is_logger(&field.ty)),
        _ => false,
    }
}
