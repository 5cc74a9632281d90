//! Values that a maintainer adds because they say which object an event is about: the pod that the message speaks of.

use tree_sitter::Node;

use crate::go::syntax::word::words;
use crate::go::syntax::{AstNode, CallExpression, kind};
use crate::go::types::{Binding, Bound, Reach, Type, is_function};
use crate::klog::operand;
use crate::klog::place::Place;
use crate::rule::{IdentityObject, References};
use crate::write::reason::Doubt;
use crate::write::value::KeyValue;
use crate::write::value::is_proven;
use crate::write::value::may_be_nil;
use crate::write::value::object::{self, ObjectValue, kind_key, kind_of, reference_to};
use crate::write::value::reads;

/// A value to add, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Addition {
    /// Key and value.
    pub pair: KeyValue,
    /// For the reviewer.
    pub doubt: Doubt,
    /// Keys that say the same with fewer words: they are dropped.
    pub replaces: Vec<String>,
}

/// What to add to a call with this message and these pairs. Nothing is added that may be nil where the call stands.
pub fn additions(message: &str, pairs: &[KeyValue], place: &Place<'_, '_>) -> Vec<Addition> {
    let bare = |word: &str| word.trim_end_matches("'s").trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<String> = message.split_whitespace().map(bare).collect();
    let mut added = Vec::new();
    for rule in &place.rules.values.identity {
        let mentioned = rule.words.iter().find(|w| words.contains(w));
        let Some(word) = mentioned else { continue };
        let has = |keys: &[String]| keys.iter().any(|key| pairs.iter().any(|pair| pair.key == *key));
        if !rule.beside.is_empty() && !has(&rule.beside) || rule.only_replacing && !has(&rule.replaces) {
            continue;
        }
        let key = kind_key(&rule.kind, &place.rules.keys);
        let taken = |addition: &Addition| addition.pair.key == key;
        if pairs.iter().any(|pair| pair.key == key || says(pair, rule, &place.rules.log_calls.references))
            || added.iter().any(taken)
        {
            continue;
        }
        if let Some((value, holder)) = object(rule, pairs, place) {
            let same =
                |pair: &&KeyValue| rule.replaces.contains(&pair.key) && is_named_after(&pair.value, &holder, place);
            let replaces: Vec<String> = pairs.iter().filter(same).map(|pair| pair.key.clone()).collect();
            if rule.only_replacing && replaces.is_empty() {
                continue;
            }
            let doubt = Doubt::ObjectAdded { object: holder, word: word.clone() };
            added.push(Addition { pair: KeyValue { key, value }, doubt, replaces });
        }
    }
    added
}

/// Whether a printed value is an object's name, by what it was made of and nothing since: `node.Name`, or a call on the object alone.
fn is_named_after(printed: &str, object: &str, place: &Place<'_, '_>) -> bool {
    let made = match place.scopes.lookup(printed).filter(|binding| binding.assigned.is_none()).map(|b| b.bound) {
        Some(Bound::Value { values, .. }) => String::from_utf8_lossy(&place.source()[values.byte_range()]).into_owned(),
        _ => printed.to_owned(),
    };
    let fixed = |name: &str| place.scopes.lookup(name).is_none_or(|binding| binding.assigned.is_none());
    let of_name = ["Name", "GetName()", "ObjectMeta.Name"].iter().any(|part| made == format!("{object}.{part}"));
    let of_call = made.strip_suffix(')').and_then(|made| made.rsplit_once('(')).is_some_and(|(_, only)| only == object);
    (of_name || of_call) && fixed(object.split('.').next().unwrap_or(object))
}

/// Fields of what an operation is about, and the objects among them.
const SUBJECT_FIELDS: [&str; 4] = ["Pod", "PodName", "VolumeName", "NodeName"];

/// Pairs for what a message is about: its telling fields, or itself where it has none. Of each, whether klog may be given nil to refer to.
pub fn subject_pairs(node: Node<'_>, place: &Place<'_, '_>) -> Vec<(KeyValue, bool)> {
    let text = place.text(node);
    let ty = place.type_of(node);
    let mut pairs: Vec<(KeyValue, bool)> = Vec::new();
    let binding = place.scopes.lookup(text.split('.').next().unwrap_or_default());
    for field in SUBJECT_FIELDS {
        let Ok(member) = place.types.view().member(&ty, field) else { continue };
        let path = format!("{text}.{field}");
        match object::reference_to(&path, &member.ty, place) {
            Some(object) => {
                let is_read = || binding.is_some_and(|of| reads(of, &path, member.ty.stripped(), None, place));
                let is_pointer = place.object_reach(&member.ty) == Reach::AsIs && !place.has("nil-safe-kobj");
                let pair = KeyValue { key: "pod".to_owned(), value: object.value };
                pairs.push((pair, is_pointer && !is_read()));
            }
            None if place.is_text(&member.ty) => {
                let key = crate::klog::name::camel(&crate::klog::name::words(field), &place.rules.keys);
                pairs.push((KeyValue { key, value: path }, false));
            }
            None => {}
        }
    }
    if pairs.is_empty() {
        let names = operand::chain(node, place.source()).names;
        let words = names.last().map(|n| crate::klog::name::words(n)).unwrap_or_default();
        // `pluginToRegister`, `registeredPlugin`: the entity in the name.
        let entity = words.iter().map(|w| w.to_lowercase()).find(|w| place.rules.keys.entities.contains(w));
        let key = entity.unwrap_or_else(|| crate::klog::name::camel(&words, &place.rules.keys));
        pairs.push((KeyValue { key, value: text }, false));
    }
    pairs
}

/// Whether a pair already holds an object of the kind: old and new ones under keys of their own.
fn says(pair: &KeyValue, rule: &IdentityObject, references: &References) -> bool {
    let mut names = references.object.iter().chain(&references.list);
    let call = names.any(|name| pair.value.contains(&format!("{name}(")));
    call && pair.key.to_lowercase().contains(&rule.kind.to_lowercase())
}

/// The one object of a kind in scope: a variable, or a field of a variable that the call prints another field of.
fn object(rule: &IdentityObject, pairs: &[KeyValue], place: &Place<'_, '_>) -> Option<(String, String)> {
    if rule.only_fields {
        return field(rule, pairs, place);
    }
    let mut variables: Vec<(&Binding<'_>, ObjectValue)> = Vec::new();
    for binding in place.scopes.visible() {
        if !is_variable(binding) {
            continue;
        }
        let ty = place.type_of_binding(binding);
        if kind_of(&ty, place).as_deref() == Some(rule.kind.as_str())
            && let Some(value) = reference_to(binding.name, &ty, place)
        {
            variables.push((binding, value));
        }
    }
    let named = kind_key(&rule.kind, &place.rules.keys).to_lowercase();
    let chosen = match variables.as_slice() {
        [only] => Some(only),
        // Of several, the one that is called like its kind: pod beside mirrorPod.
        several => several.iter().find(|(binding, _)| binding.name.to_lowercase() == named),
    };
    match chosen {
        Some((binding, value)) => {
            let fits = is_safe(binding, place) && !pairs.iter().any(|pair| is_of_another(&pair.value, binding, place));
            fits.then(|| (value.value.clone(), binding.name.to_owned()))
        }
        None if variables.is_empty() => field(rule, pairs, place).or_else(|| named_pair(rule, pairs, place)),
        None => None,
    }
}

/// Whether a printed variable was taken from what another one held before it was set anew.
fn is_of_another(printed: &str, of: &Binding<'_>, place: &Place<'_, '_>) -> bool {
    match place.scopes.lookup(printed).map(|binding| binding.bound) {
        Some(Bound::Value { values, .. }) => {
            let text = &place.source()[values.byte_range()];
            let since = of.assigned.is_some_and(|statement| statement.start_byte() > values.start_byte());
            since && words(text, of.name.as_bytes()).next().is_some()
        }
        _ => false,
    }
}

/// `klog.KRef(podNamespace, podName)` of two strings in scope of which the call prints neither.
fn named_pair(rule: &IdentityObject, pairs: &[KeyValue], place: &Place<'_, '_>) -> Option<(String, String)> {
    let is_string = |name: &str| {
        let binding = place.scopes.lookup(name).filter(|b| is_variable(b));
        binding.is_some_and(|b| place.type_of_binding(b).is_basic("string"))
    };
    let [namespace, name] = rule.names.iter().find(|[namespace, name]| is_string(namespace) && is_string(name))?;
    let printed = pairs.iter().any(|pair| pair.value == *namespace || pair.value == *name);
    let value = format!("{}KRef({namespace}, {name})", place.klog_qualifier());
    (!printed).then(|| (value, format!("{namespace}/{name}")))
}

/// `volume.pod` where the call prints `volume.volumeName`, or where the message speaks of the `volume`.
fn field(rule: &IdentityObject, pairs: &[KeyValue], place: &Place<'_, '_>) -> Option<(String, String)> {
    for binding in place.scopes.visible().filter(|b| is_variable(b)) {
        let printed =
            pairs.iter().any(|pair| pair.value.split('.').next() == Some(binding.name) && pair.value.contains('.'));
        if !printed && !rule.words.iter().any(|word| word == binding.name) {
            continue;
        }
        let ty = place.type_of_binding(binding);
        for name in &rule.fields {
            let Ok(member) = place.types.view().member(ty.stripped(), name) else { continue };
            // An embedded pointer on the way may be nil, unless something has been read behind it.
            let through = member.through.first().map(|name| &**name);
            if member.indirect && !reads(binding, binding.name, ty.stripped(), through, place) {
                continue;
            }
            let is_kind = kind_of(&member.ty, place).as_deref() == Some(rule.kind.as_str());
            if is_kind && place.object_reach(&member.ty) == Reach::AsIs && place.has("nil-safe-kobj") {
                let text = format!("{}.{name}", binding.name);
                return Some((format!("{}KObj({text})", place.klog_qualifier()), text));
            }
        }
    }
    None
}

fn is_variable(binding: &Binding<'_>) -> bool {
    !matches!(binding.bound, Bound::Const { .. } | Bound::Type { .. })
}

/// Before Go 1.22 a function literal in a loop sees what the loop's variable has become.
pub fn captured_in_loop(binding: &Binding<'_>, place: &Place<'_, '_>) -> bool {
    let captures = |f: &&Node<'_>| is_function(**f) && binding.at < f.start_byte() && !runs_at_once(**f);
    let captured = place.scopes.ancestors().iter().any(|node| captures(&node));
    let looped = matches!(binding.bound, Bound::RangeKey { .. } | Bound::RangeValue { .. });
    captured && (looped || binding.assigned.is_some())
}

/// Whether a function literal is called where it stands.
fn runs_at_once(literal: Node<'_>) -> bool {
    let call = literal.parent().and_then(CallExpression::cast);
    let is_callee = call.and_then(|call| call.function()).is_some_and(|callee| callee.node() == literal);
    let later = |call: CallExpression<'_>| {
        call.node().parent().is_some_and(|p| matches!(p.kind_id(), kind::GO_STATEMENT | kind::DEFER_STATEMENT))
    };
    is_callee && call.is_some_and(|call| !later(call))
}

/// KObj bears nil from klog 2.8.0 on; below, something must have proven the variable.
fn is_safe(binding: &Binding<'_>, place: &Place<'_, '_>) -> bool {
    if captured_in_loop(binding, place) {
        return false;
    }
    let pointer = matches!(place.type_of_binding(binding), Type::Pointer(_) | Type::Interface(_));
    !may_be_nil(binding.name, place) && (!pointer || place.has("nil-safe-kobj") || is_proven(binding.name, place))
}
