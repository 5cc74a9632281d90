//! What each hole of a template becomes: the error, or a key and a value, and its part in the sentence.

use tree_sitter::Node;

use crate::go::syntax::{AstNode, CallExpression, SelectorExpression, kind, named_children, peel};
use crate::go::types::Type;
use crate::klog::error::{is_error, is_error_key, is_proven_error};
use crate::klog::format::{Hole, Template};
use crate::klog::name::{camel, is_valid, singular, words};
use crate::klog::observe::askable;
use crate::klog::operand::{Chain, chain};
use crate::klog::place::Place;
use crate::rule::{Subject, Trait};
use crate::write::key::{Evidence, Key, Known, Operand, key, known, whole_word};
use crate::write::message::{Context, PERCENT, Role, Token, context};
use crate::write::reason::{Doubt, Loss};
use crate::write::value::may_be_nil;
use crate::write::value::nil::{bears_reference, is_not_nil};
use crate::write::value::object::{kind_key, object, object_key, owner_of_uid, reference_key};
use crate::write::value::pair::KeyValue;
use crate::write::value::shown::{Shown, shown};
use crate::write::value::verb::{Value, value};

/// What one hole becomes.
#[derive(Clone, Debug)]
pub struct Slot {
    /// Key and value; the key of an error is `err`.
    pub pair: KeyValue,
    /// It is an error.
    pub error: bool,
    /// What else it can be called, beside another error.
    pub own: Option<String>,
    /// Its part in the sentence.
    pub role: Role,
    /// Rules that made it.
    pub rules: Vec<&'static str>,
    /// What a reviewer is told of it.
    pub doubts: Vec<Doubt>,
    /// Package fmt is needed.
    pub needs_fmt: bool,
    /// Another pair that the same operand printed.
    pub also: Option<KeyValue>,
    /// The object whose UID the operand is.
    pub owner: Option<KeyValue>,
    /// The operand's own name tells what it is.
    pub telling: bool,
    /// Its key is its part in a relation.
    pub named: bool,
    /// The unit that the text has behind it: it belongs into its key.
    pub unit: Option<String>,
    /// What is known of it for a name.
    pub known: Known,
}

/// One slot per hole, in their order; keys are not yet unique. `always`: the line is printed whenever the call is reached, so that
/// what is formatted before the call is formatted once in either case.
pub fn slots<'t>(template: &Template<'t>, tokens: &[Token], place: &Place<'_, 't>, always: bool) -> Vec<Slot> {
    let mut left: Vec<String> = Vec::new();
    let mut slots: Vec<Slot> = Vec::new();
    for (index, hole) in template.holes().enumerate() {
        let mut context = Context { left, ..context(tokens, index) };
        thing_behind(&mut context, tokens, index, template, place);
        slots.push(match &hole.key {
            Some(key) => given(key, hole, &context, place, always),
            None => slot(hole, &context, place, always),
        });
        left = context.before;
    }
    slots
}

/// "box %s/%s" of a row and a box: the word before both is the second's, where only that is called so.
fn thing_behind<'t>(
    context: &mut Context,
    tokens: &[Token],
    index: usize,
    template: &Template<'t>,
    place: &Place<'_, 't>,
) {
    let Some(at) = tokens.iter().position(|token| *token == Token::Hole(index)) else { return };
    let hole = |at: usize| match tokens.get(at) {
        Some(Token::Hole(hole)) => template.holes().nth(*hole),
        _ => None,
    };
    let slash = |at: usize| tokens.get(at) == Some(&Token::Mark("/"));
    let (first, second) = match at.checked_sub(2).filter(|_| slash(at - 1)) {
        Some(before) => (before, at),
        None => (at, at + 2),
    };
    if !slash(first + 1) {
        return;
    }
    let (Some(one), Some(other)) = (hole(first), hole(second)) else { return };
    let Some(Token::Hole(number)) = tokens.get(first) else { return };
    let said = crate::write::message::context(tokens, *number).before;
    let Some(noun) = said.last().map(|noun| noun.to_lowercase()) else { return };
    let is_called = |hole: &Hole<'t>| {
        let names = chain(hole.operand, place.source()).names;
        let generic = |name: &&String| place.rules.keys.generic.contains(&name.to_lowercase());
        let name = names.iter().rev().find(|name| !generic(name));
        name.is_some_and(|name| words(name).iter().any(|word| word.to_lowercase() == noun))
    };
    if one.name.is_none() && !is_called(one) && is_called(other) {
        context.before = if at == second { said } else { Vec::new() };
    }
}

/// What becomes of a value that has a key in the call.
fn given<'t>(key: &str, hole: &Hole<'t>, context: &Context, place: &Place<'_, 't>, always: bool) -> Slot {
    // An error under another key is a value like others.
    let mut slot = match is_error_key(key) || is_error(hole.operand, place).is_none() {
        true => slot(hole, context, place, always),
        false => plain(hole, context, place, always),
    };
    if !slot.error {
        slot.pair.key = if is_valid(key) { key.to_owned() } else { camel(&words(key), &place.rules.keys) };
        slot.rules.retain(|rule| *rule != "key-name");
    }
    let of_key =
        |doubt: &Doubt| matches!(doubt, Doubt::KeySaysLittle { .. } | Doubt::ValueUnnamed | Doubt::TreeHabit { .. });
    slot.doubts.retain(|doubt| !of_key(doubt));
    Slot { owner: None, known: slot.known.given(), ..slot }
}

fn slot<'t>(hole: &Hole<'t>, context: &Context, place: &Place<'_, 't>, always: bool) -> Slot {
    if hole.name.is_none()
        && prints_text(hole)
        && let Some(error) = is_error(hole.operand, place)
    {
        return error_slot(error, hole, context, place);
    }
    if let Some(object) = object(hole, place).filter(|object| !keeps_nil(object, hole, place)) {
        let (key, of_other) = match (&object.kind, context.before.last()) {
            (Some(kind), noun) => (kind_key(told_kind(kind, noun, place), &place.rules.keys), false),
            (None, Some(noun)) if object.rule == "value-kref" => reference_key(&object.name, noun, place),
            _ => (object_key(&object.name, place), false),
        };
        let about = askable(hole.operand, place);
        let key = place.rules.names.of(&about).map_or(key, |(_, settled)| settled.to_owned());
        let phrase = words(&key).iter().map(|word| lowered(word)).collect::<Vec<_>>().join(" ");
        let mut doubts = Vec::new();
        if of_other {
            doubts.push(Doubt::KeyOfOther { key: key.clone(), name: object.name.clone() });
        }
        if object.nil_risk && !bears_reference(hole.operand, place) {
            doubts.push(Doubt::KObjNil { klog: place.klog });
        }
        if object.whole {
            doubts.push(Doubt::ContentsLost);
        }
        let role = Role { phrase, noun: true, ..Role::default() };
        let also = object.uid.map(|uid| KeyValue { key: format!("{key}UID"), value: uid });
        let pair = KeyValue { key, value: object.value };
        let known = known_object(object.name, object.kind, about, context, place);
        return Slot {
            pair,
            error: false,
            own: None,
            role,
            rules: vec![object.rule],
            doubts,
            needs_fmt: false,
            also,
            owner: None,
            telling: true,
            named: false,
            unit: None,
            known,
        };
    }
    plain(hole, context, place, always)
}

/// The kind of an object that may be of any kind: "endpointSlice %s" of something unstructured.
fn told_kind<'k>(kind: &'k str, noun: Option<&String>, place: &'k Place<'_, '_>) -> &'k str {
    let any = kind_key(kind, &place.rules.keys) == "object";
    let told = |noun: &&String| place.rules.values.kinds.iter().find(|known| known.eq_ignore_ascii_case(noun));
    noun.filter(|_| any).as_ref().and_then(told).map_or(kind, String::as_str)
}

/// What becomes of an error.
fn error_slot<'t>(error: Node<'t>, hole: &Hole<'t>, context: &Context, place: &Place<'_, 't>) -> Slot {
    let pair = KeyValue { key: "err".to_owned(), value: place.text(error) };
    // `err2` and `cerr` tell less than the text.
    let own = own_key(error, place);
    let telling = own.as_ref().is_some_and(|own| words(own).len() > 1);
    let own = if telling { own } else { label_key(context, place).or(own) };
    let doubts = error_doubts(hole, error, place);
    let role = Role { error: true, phrase: "error".to_owned(), ..Role::default() };
    Slot {
        pair,
        error: true,
        own,
        role,
        rules: vec!["error-operand"],
        doubts,
        needs_fmt: false,
        also: None,
        owner: None,
        telling: true,
        named: false,
        unit: None,
        known: Known::default(),
    }
}

/// What is known of an object for a name: its kind decides, its own name and the text have something to say.
fn known_object(
    name: String,
    kind: Option<String>,
    about: Vec<Subject>,
    context: &Context,
    place: &Place<'_, '_>,
) -> Known {
    let settled = place.rules.names.of(&about).is_some();
    let chain = Chain { names: vec![name], ..Chain::default() };
    let operand = Operand { chain, type_name: kind, ..Operand::default() };
    let kubernetes = is_kubernetes(place);
    Known { fixed: Some(Trait::Object), kubernetes, about, settled, ..known(&operand, context, place.rules) }
}

/// Whether a call stands in one of Kubernetes' own packages.
pub fn is_kubernetes(place: &Place<'_, '_>) -> bool {
    place.types.package().is_ok_and(|home| place.rules.naming.is_kubernetes(&home.name.path))
}

/// Whether a value is printed by its own text, and not as a number, a type or an address.
fn prints_text(hole: &Hole<'_>) -> bool {
    hole.verb.as_ref().is_none_or(|verb| matches!(verb.letter, 'v' | 's' | 'q' | 'w'))
}

/// `cleanupErr` of a variable that is called so, `unwrapErr` of `errors.Unwrap(err)`; nothing of one that says no more than `err`.
fn own_key<'t>(error: Node<'t>, place: &Place<'_, 't>) -> Option<String> {
    let chain = chain(error, place.source());
    let last = chain.names.last().filter(|name| !matches!(name.as_str(), "err" | "Err" | "error" | "Error"))?;
    let key = camel(&words(last), &place.rules.keys);
    let says = key.to_lowercase().trim_end_matches(|c: char| c.is_ascii_digit()).ends_with("err")
        || key.to_lowercase().ends_with("error");
    let key = if says { key } else { format!("{key}Err") };
    (is_valid(&key) && last.len() > 2).then_some(key)
}

/// What the text calls an error: `firstErr` in "first error: %v", `cleanupErr` in "cleanup failed: %v".
fn label_key(context: &Context, place: &Place<'_, '_>) -> Option<String> {
    let lower: Vec<String> = context.label.iter().map(|word| word.to_lowercase()).collect();
    let plain = |word: &str| word.len() > 2 && word.chars().all(|c| c.is_ascii_lowercase());
    let error_words = &place.rules.messages.error_words;
    let what = match lower.as_slice() {
        [first, noun] if matches!(noun.as_str(), "error" | "err") => first,
        [only] => only,
        [what, failed, ..] if failed == "failed" => what,
        _ => return None,
    };
    let tells = plain(what) && !error_words.contains(what) && !place.rules.sentences.closed.contains(what);
    tells.then(|| camel(&[what.clone(), "err".to_owned()], &place.rules.keys))
}

/// What a reviewer should look at where an operand is taken for an error.
fn error_doubts<'t>(hole: &Hole<'t>, error: Node<'t>, place: &Place<'_, 't>) -> Vec<Doubt> {
    let by_name = (!is_proven_error(error, place)).then(|| Doubt::ErrorByName { operand: place.text(error) });
    let verb = hole.verb.as_ref().filter(|verb| verb.plus || verb.sharp);
    let operand = || place.text(error);
    let shown = match shown(&place.type_of(error), place.types.view(), &place.rules.values.printing) {
        Shown::PanicsOnNil if !is_not_nil(error, place) => Some(Doubt::NilText { operand: operand() }),
        Shown::Other(loss) => Some(Doubt::ShownOtherwise { operand: operand(), loss }),
        _ => None,
    };
    let syntax =
        (!place.has("plain-values")).then(|| Doubt::ShownOtherwise { operand: operand(), loss: Loss::GoSyntax });
    let may_be_none = !place.has("nil-error-is-error") && !is_not_nil(error, place);
    let none = may_be_none.then_some(Doubt::NilError { klog: place.klog });
    let verb = verb.map(|verb| Doubt::ErrorVerb { verb: verb.text.clone() });
    by_name.into_iter().chain(verb).chain(shown).chain(syntax).chain(none).collect()
}

/// Name of the variable that an operand starts with.
fn root<'t>(hole: &Hole<'t>, place: &Place<'_, 't>) -> String {
    chain(hole.operand, place.source()).names.first().cloned().unwrap_or_default()
}

/// Below klog 2.8.0 an object that may be nil is left to `%v`, which bears it.
fn keeps_nil<'t>(object: &crate::write::value::object::ObjectValue, hole: &Hole<'t>, place: &Place<'_, 't>) -> bool {
    object.nil_risk && !place.has("nil-safe-kobj") && may_be_nil(&root(hole, place), place)
}

fn plain<'t>(hole: &Hole<'t>, context: &Context, place: &Place<'_, 't>, always: bool) -> Slot {
    let mut chain = chain(hole.operand, place.source());
    let letter = hole.verb.as_ref().map_or('v', |v| v.letter);
    let ty = place.type_of(hole.operand);
    // `shelves[i]` is a shelf.
    if chain.element
        && peel(hole.operand).kind_id() == kind::INDEX_EXPRESSION
        && !matches!(ty, Type::Slice(_) | Type::Map(..))
    {
        chain.names.last_mut().into_iter().for_each(|last| *last = singular(last));
    }
    let operand = Operand {
        textual: place.is_text(&ty),
        constant: place.types.is_constant(hole.operand),
        string_type: ty.named().filter(|_| place.is_text(&ty)).map(|named| named.name.to_string()),
        // What klog refers to an object by tells nothing of it.
        type_name: telling_type(&printed_type(hole.operand, &ty, place), place)
            .filter(|_| !is_reference(hole.operand, place)),
        number: matches!(letter, 'd' | 'f' | 'g'),
        duration: ty.named().is_some_and(|named| named.name.as_ref() == "Duration"),
        chain,
    };
    let Chosen { text, evidence, mut known, mut doubts } = chosen(&operand, hole, context, place);
    let chain = &operand.chain;
    let Value { text: value, rule, needs_fmt, doubt } = value(hole, &ty, place, always);
    doubts.extend(doubt);
    let number = matches!(letter, 'd' | 'f' | 'g') || chain.count;
    let unit = context.glued.as_deref().or(context.after.as_deref()).filter(|unit| number || *unit == PERCENT);
    let unit =
        unit.and_then(|unit| place.rules.messages.units.get(unit)).filter(|unit| !unit.is_empty() && !known.settled);
    let text = unit.map_or(text.clone(), |unit| with_unit(&text, unit));
    if unit.is_some_and(|_| text.len() > 2) {
        doubts.retain(|doubt| !matches!(doubt, Doubt::KeySaysLittle { .. }));
    }
    let mut rules = vec!["key-name"];
    rules.extend(rule);
    if letter == 'q' {
        rules.push("value-quotes");
    }
    let owner = owner_of_uid(hole.operand, place);
    let telling = evidence == Evidence::Operand && !chain.count && text.len() > 2;
    let vague = place.rules.sentences.vague.contains(&text.to_lowercase());
    let counted = number && words(&text).len() < 2;
    let noun = telling && !operand.duration && !counted && !chain.computed && !vague;
    // "expected a box but %T was returned".
    let other = letter == 'T' && context.before.last().is_some_and(|before| before == "but");
    let phrase = if other { "another type".to_owned() } else { phrase(&text, &operand, place) };
    let role = Role { error: false, number, duration: operand.duration, phrase, noun };
    if unit.is_some() && known.fixed.is_none() {
        known.fixed = Some(Trait::Decided);
    }
    let pair = KeyValue { key: text, value };
    let (error, own, also, named) = (false, None, None, known.settled);
    let unit = unit.cloned();
    Slot { pair, error, own, role, rules, doubts, needs_fmt, owner, also, telling, named, unit, known }
}

/// A key, and what is known of it.
struct Chosen {
    text: String,
    evidence: Evidence,
    known: Known,
    doubts: Vec<Doubt>,
}

/// The key of a value: what a reader has settled goes before the tree's habit, and that before the rules.
fn chosen<'t>(operand: &Operand, hole: &Hole<'t>, context: &Context, place: &Place<'_, 't>) -> Chosen {
    let Key { text, evidence } = key(operand, context, place.rules);
    // A number without a name counts something: `len(a)-len(b)`.
    let counts = evidence == Evidence::Nothing && hole.verb.as_ref().is_some_and(|verb| verb.letter == 'd');
    let text = if counts { "count".to_owned() } else { text };
    let is_type = hole.verb.as_ref().is_some_and(|verb| verb.letter == 'T');
    let about = askable(hole.operand, place);
    let settled = place.rules.names.of(&about).map(|(_, key)| key.to_owned()).filter(|_| !is_type);
    let habit = place.conventions.key(&place.file.source.path, &about);
    let usual = habit.as_ref().is_some_and(|habit| habit.key == text);
    // "from" says something of one call alone.
    let says = |key: &str| !place.rules.sentences.closed.contains(key);
    let habit = habit.filter(|habit| habit.key != text && !is_type && settled.is_none() && says(&habit.key));
    let mut known = known(operand, context, place.rules);
    known.fixed = (is_type || by_rules(operand, hole, context, evidence, place)).then_some(Trait::Decided);
    known.habit = habit.as_ref().map(|habit| habit.key.clone()).or(usual.then(|| text.clone()));
    known.tree = place.conventions.seen(&place.file.source.path, &about);
    let of_tree = known.tree.iter().flat_map(|seen| &seen.keys).map(|(key, _)| key.clone()).filter(|key| says(key));
    known.candidates.extend(of_tree);
    known.kubernetes = is_kubernetes(place);
    (known.about, known.settled) = (about, settled.is_some());
    let mut doubts = Vec::new();
    let text = match habit {
        _ if let Some(settled) = settled => settled,
        Some(habit) => {
            let part = if habit.part.is_empty() { "the tree".to_owned() } else { habit.part };
            doubts.push(Doubt::TreeHabit { seen: habit.seen, of: habit.of, part, key: habit.key.clone() });
            habit.key
        }
        None => text,
    };
    if text.len() < 3 && operand.chain.names.last() == Some(&text) && !known.settled {
        doubts.push(Doubt::KeySaysLittle { key: text.clone() });
    }
    if evidence == Evidence::Nothing && !known.settled {
        doubts.push(Doubt::ValueUnnamed);
    }
    let text = if is_type { "type".to_owned() } else { text };
    Chosen { text, evidence, known, doubts }
}

/// Whether the rules alone say what a value is called: its own name does not tell it, or the text tells it all.
fn by_rules<'t>(
    operand: &Operand,
    hole: &Hole<'t>,
    context: &Context,
    evidence: Evidence,
    place: &Place<'_, 't>,
) -> bool {
    let chain = &operand.chain;
    let silent = |name: &String| name.len() < 3 || place.rules.keys.generic.contains(&name.to_lowercase());
    let alone = match chain.names.as_slice() {
        [] => true,
        [only] => silent(only),
        _ => false,
    };
    let by_text = (operand.number || operand.duration || operand.constant) && evidence != Evidence::Operand;
    let asked = chain.names.last().is_some_and(|own| place.rules.keys.asked.contains(own));
    asked
        || chain.count
        || chain.computed
        || alone
        || by_text
        || is_reference(hole.operand, place)
        || context.assignment.is_some()
}

/// Whether an operand is one of klog's references to objects, or made of one.
fn is_reference<'t>(operand: Node<'t>, place: &Place<'_, 't>) -> bool {
    let references = &place.rules.log_calls.references;
    let text = place.text(operand);
    references.object.iter().chain(&references.list).any(|name| text.contains(&format!("{name}(")))
}

/// The type of what is printed by its own method: `x.String()` prints x, of which two letters say nothing.
fn printed_type<'t>(operand: Node<'t>, ty: &Type, place: &Place<'_, 't>) -> Type {
    let receiver = || {
        let call = CallExpression::cast(peel(operand))?;
        let selector = SelectorExpression::cast(call.function()?.node())?;
        let alone = call.arguments().is_some_and(|list| named_children(list.node()).next().is_none());
        let prints = place.scopes.text(selector.field()?.node()) == "String" && alone;
        let short = |node: &Node<'t>| node.kind_id() == kind::IDENTIFIER && place.text(*node).len() < 3;
        selector
            .operand()
            .map(|receiver| receiver.node())
            .filter(|node| prints && short(node))
            .map(|node| place.type_of(node))
    };
    receiver().unwrap_or_else(|| ty.clone())
}

/// Name of a struct's or an interface's type: what a variable of one letter holds.
fn telling_type(ty: &Type, place: &Place<'_, '_>) -> Option<String> {
    let named = ty.stripped().named()?;
    let under = place.types.view().underlying(ty.stripped());
    matches!(under, Type::Struct(_) | Type::Interface(_) | Type::Unknown(_)).then(|| named.name.to_string())
}

/// `memory` in Mi → memoryMi; a key that is little more than the unit is the unit.
pub(super) fn with_unit(key: &str, unit: &str) -> String {
    let (lower, of_unit) = (key.to_lowercase(), unit.to_lowercase());
    let mut chars = unit.chars();
    match () {
        () if lower.ends_with(&of_unit) => key.to_owned(),
        // pct, perc, sec
        // `n` in GB is how much.
        () if key.len() == 1 && *unit != of_unit => format!("size{unit}"),
        () if key.len() < 3 && *unit == of_unit || of_unit.starts_with(&lower) || lower == "pct" => unit.to_owned(),
        () => format!(
            "{key}{}",
            chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect::<String>()
        ),
    }
}

/// The words that may take a value's place in the sentence: its key's, without those that say that it is a name or a path.
fn phrase(key: &str, operand: &Operand, place: &Place<'_, '_>) -> String {
    let parts = |word: &String| matches!(word.to_lowercase().as_str(), "name" | "id" | "uid" | "path" | "file" | "dir");
    let bare = |mut words: Vec<String>| {
        while words.len() > 1 && words.last().is_some_and(parts) {
            words.pop();
        }
        words
    };
    let own = operand.chain.names.last().map(|own| words(own)).unwrap_or_default();
    let is_path = key == "path" && own.len() > 1 && own.last().is_some_and(parts) && operand.chain.names.len() == 1;
    let whole = |word: &String| match whole_word(word, &place.rules.keys, &place.rules.sentences) {
        Some(whole) => words(whole),
        None => vec![word.clone()],
    };
    let of_more = key.ends_with("Path") && operand.chain.names.len() > 1;
    let said = if of_more {
        vec!["path".to_owned()]
    } else if is_path {
        bare(own)
    } else {
        bare(words(key))
    };
    said.iter().flat_map(whole).map(|w| lowered(&w)).collect::<Vec<_>>().join(" ")
}

fn lowered(word: &str) -> String {
    if word.chars().all(|c| c.is_ascii_uppercase()) { word.to_owned() } else { word.to_lowercase() }
}
