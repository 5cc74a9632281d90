//! The operand of a verb as a value: bare where klog shows the same of it, else wrapped, or with a doubt.

use tree_sitter::Node;

use crate::go::syntax::{AstNode, SelectorExpression};
use crate::go::types::{Basic, Reach, Type};
use crate::klog::format::Hole;
use crate::klog::place::Place;
use crate::write::reason::{Doubt, Loss};
use crate::write::value::nil::is_not_nil;
use crate::write::value::shown::{Shown, shown};

/// The operand as a value.
pub(super) struct Value {
    /// Go source.
    pub(super) text: String,
    /// The rule that made it something else than the operand.
    pub(super) rule: Option<&'static str>,
    /// Package fmt is needed.
    pub(super) needs_fmt: bool,
    /// What a reviewer should look at.
    pub(super) doubt: Option<Doubt>,
}

/// Methods that fmt asks for a text.
const TEXTS: [&str; 3] = ["Format", "Error", "String"];

/// The operand; or Sprintf with a verb that structured logging cannot imitate, or for a value of which JSON shows something else; or
/// text made of bytes; or a pointer made safe.
pub(super) fn value<'t>(hole: &Hole<'t>, ty: &Type, place: &Place<'_, 't>, always: bool) -> Value {
    let text = place.text(hole.operand);
    let plain = Value { text: text.clone(), rule: None, needs_fmt: false, doubt: None };
    let (letter, flags, verb) = match &hole.verb {
        Some(verb) => (verb.letter, verb.text.chars().filter(|c| matches!(c, '+' | '#')).collect(), single(&verb.text)),
        None => ('v', String::new(), "%v".to_owned()),
    };
    let stars = hole.verb.as_ref().is_some_and(|verb| !verb.stars.is_empty());
    let sprintf = |doubt: Option<Doubt>| {
        let fmt = place.imports.by_path("fmt").map_or("fmt", |i| i.name());
        let text = format!("{fmt}.Sprintf({}, {text})", crate::klog::format::quote(&verb));
        Value { text, rule: Some("value-verb"), needs_fmt: true, doubt }
    };
    let policy = &place.rules.values.verbs;
    let spelled = format!("{flags}{letter}");
    if !stars && (policy.sprintf.contains(&spelled) || prints_number(letter, ty, place)) {
        return sprintf((!always).then(|| Doubt::FormattedEarly { operand: text.clone() }));
    }
    let view = place.types.view();
    // Of bytes with methods fmt may print a text of their own.
    let is_bytes = matches!(view.underlying(ty), Type::Slice(element) if element.is_basic("uint8"))
        && TEXTS.iter().all(|method| matches!(view.find_method(ty, method), Ok(None)));
    if is_bytes && matches!(letter, 's' | 'q') && place.scopes.lookup("string").is_none() {
        return Value { text: format!("string({text})"), ..plain };
    }
    // A string prints the same by any of these.
    let same = policy.plain.contains(&spelled) || place.is_text(ty) && letter == 'v';
    if same && is_reference(hole.operand, place) {
        return plain;
    }
    let precise = verb.contains('.') || stars;
    let other = || Doubt::VerbLost { verb: verb.clone(), operand: text.clone() };
    let shown = match place.types.is_constant(hole.operand) || is_text_field(hole.operand, place) {
        true => Shown::Same,
        false => match shown(ty, place.types.view(), &place.rules.values.printing) {
            Shown::PanicsOnNil if is_not_nil(hole.operand, place) => Shown::Same,
            shown => shown,
        },
    };
    let doubt = match shown {
        Shown::PanicsOnNil if place.has("SafePtr") => {
            let safe = format!("{}SafePtr({text})", place.klog_qualifier());
            let doubt = (!same || precise).then(other);
            return Value { text: safe, rule: Some("value-safe-ptr"), doubt, ..plain };
        }
        Shown::PanicsOnNil => Some(Doubt::NilText { operand: text.clone() }),
        Shown::Other(loss) if keeps_text(loss, place) && always && !stars => {
            return Value { rule: Some("value-text"), ..sprintf(None) };
        }
        _ if !same || precise => Some(other()),
        Shown::Other(loss) => Some(Doubt::ShownOtherwise { operand: text.clone(), loss }),
        Shown::Unknown => Some(Doubt::TypeUnknown { operand: text.clone() }),
        Shown::Same if !place.has("plain-values") && has_go_syntax(ty, place) => {
            Some(Doubt::ShownOtherwise { operand: text.clone(), loss: Loss::GoSyntax })
        }
        Shown::Same => None,
    };
    Value { doubt, ..plain }
}

/// Whether `%#v` shows a value of a type otherwise than `%v`: what has no text of its own, but for text, truth and signed numbers.
fn has_go_syntax(ty: &Type, place: &Place<'_, '_>) -> bool {
    let view = place.types.view();
    if view.string_method(ty) == Some(Reach::AsIs) {
        return false;
    }
    match view.underlying(&ty.defaulted()) {
        Type::Basic(basic) => basic == Basic::Error || basic.is_unsigned(),
        _ => true,
    }
}

/// Whether a value whose datum is lost so keeps its text by fmt, where it is always printed.
fn keeps_text(loss: Loss, place: &Place<'_, '_>) -> bool {
    match loss {
        // Such values are rare.
        Loss::NotFinite => false,
        Loss::Now => true,
        _ => place.has("json-values"),
    }
}

/// Whether an operand is what klog makes of an object, whether klog's package is at hand or not.
fn is_reference(operand: Node<'_>, place: &Place<'_, '_>) -> bool {
    let text = place.text(operand);
    let called = text.strip_prefix(place.klog_qualifier().as_str()).and_then(|text| text.split('(').next());
    matches!(called, Some("KObj" | "KRef")) && text.ends_with(')')
}

/// Whether an operand is a field of a listed kind of object that is text, whether the kind's package is at hand or not.
fn is_text_field(operand: Node<'_>, place: &Place<'_, '_>) -> bool {
    let mut path = Vec::new();
    let mut node = operand;
    while let Some(selector) = SelectorExpression::cast(node) {
        let (Some(inner), Some(field)) = (selector.operand(), selector.field()) else { return false };
        path.insert(0, place.text(field.node()));
        node = inner.node();
        let listed = place.rules.values.printing.text_fields.contains(&path.join("."));
        if listed && place.object_reach(&place.type_of(node)) != Reach::No {
            return true;
        }
    }
    false
}

/// Whether a verb printed a number, or a letter of one, where the value's own text is printed now.
fn prints_number(letter: char, ty: &Type, place: &Place<'_, '_>) -> bool {
    let view = place.types.view();
    let texts = [view.string_method(ty), view.error_reach(ty)].contains(&Some(Reach::AsIs));
    let number = matches!(view.underlying(ty).defaulted(), Type::Basic(basic) if basic.is_integer());
    letter == 'd' && texts || letter == 'q' && number && !texts
}

/// A verb that reads the only operand: `%[2]x` → `%x`.
fn single(verb: &str) -> String {
    match (verb.find('['), verb.find(']')) {
        (Some(open), Some(close)) if open < close => format!("{}{}", &verb[..open], &verb[close + 1..]),
        _ => verb.to_owned(),
    }
}
