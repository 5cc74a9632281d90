//! Kubernetes objects among the operands: one reference instead of namespace and name.

use tree_sitter::Node;

use crate::go::syntax::{self, AstNode, CallExpression, SelectorExpression, named_children, peel};
use crate::go::types::{Reach, Type};
use crate::klog::format::{Hole, Part, Template};
use crate::klog::name::words;
use crate::klog::operand::chain;
use crate::klog::place::Place;
use crate::rule::{Formatter, Keys};
use crate::write::key::{abbreviates, whole_word};
use crate::write::value::pair::KeyValue;
use crate::write::value::told::{formatted, told};

/// How an object is printed as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectValue {
    /// `klog.KObj(pod)`.
    pub value: String,
    /// Its kind, where the type says it.
    pub kind: Option<String>,
    /// Its own name, for a key where the kind is not known.
    pub name: String,
    /// The rule.
    pub rule: &'static str,
    /// klog panics here if the object is nil and the old call did not.
    pub nil_risk: bool,
    /// The old call printed all of the object.
    pub whole: bool,
    /// Its UID, where the old call printed that too.
    pub uid: Option<String>,
}

/// Key of a kind.
pub fn kind_key(kind: &str, rules: &Keys) -> String {
    match rules.kinds.get(kind) {
        Some(key) => key.clone(),
        None => crate::klog::name::camel(&words(kind), rules),
    }
}

/// `pod` of `pod.Namespace`, `pvcName` → PVC.
pub fn object_key(name: &str, place: &Place<'_, '_>) -> String {
    let bare = ["Name", "Copy"].iter().find_map(|end| name.strip_suffix(end)).filter(|n| !n.is_empty()).unwrap_or(name);
    let key = kind_key(bare, &place.rules.keys);
    let key = place.rules.keys.preferred.get(&key).cloned().unwrap_or(key);
    if matches!(key.as_str(), "name" | "") { "object".to_owned() } else { key }
}

/// The key of a namespace and a name behind a word, and whether the name speaks of something else than it: of `headServiceName` behind
/// "job" the service, of `targetName` the job, which a person has to see. Where the word is no thing, the name decides alone, if it says
/// anything.
pub fn reference_key(name: &str, word: &str, place: &Place<'_, '_>) -> (String, bool) {
    let keys = &place.rules.keys;
    let lower = word.to_lowercase();
    let noun = lower.as_str();
    let entity = keys.entities.contains(noun).then(|| kind_key(noun, keys));
    let thing = entity.or_else(|| own_kind(std::slice::from_ref(&lower), place));
    let whole = |word: String| match whole_word(&word, keys, &place.rules.sentences).or(keys.preferred.get(&word)) {
        Some(whole) => words(whole),
        None => vec![word],
    };
    let mut own: Vec<String> = words(name).into_iter().flat_map(whole).map(|word| word.to_lowercase()).collect();
    own.pop_if(|last| last == "name");
    let says = own.iter().any(|word| word.len() > 1 && !keys.generic.contains(word));
    let speaks_of_it = own.iter().any(|word| word == noun || abbreviates(word, noun));
    let Some(of_noun) = thing else {
        // "Rebuilding" is no thing, `BargeSet` is one.
        let humped = word.chars().skip(1).any(char::is_uppercase) && word.chars().any(char::is_lowercase);
        let plain = word.chars().all(|c| c.is_ascii_lowercase()) && word.len() > 3 && is_thing(word, place);
        let named = !says && (humped || plain) && word.chars().all(char::is_alphanumeric);
        return (if named { kind_key(word, keys) } else { object_key(name, place) }, false);
    };
    if !says || speaks_of_it {
        return (of_noun, false);
    }
    match own_kind(&own, place) {
        Some(key) => (key, false),
        None => (of_noun, true),
    }
}

/// Whether a word may be a noun: it is none of the closed classes, and nothing that is done.
fn is_thing(word: &str, place: &Place<'_, '_>) -> bool {
    let (sentences, verbs) = (&place.rules.sentences, &place.rules.messages.verbs);
    let done = ["ing", "ed"].iter().any(|end| word.ends_with(end));
    !done && !sentences.closed.contains(word) && !verbs.contains(word) && !place.rules.keys.silent.contains(word)
}

/// The key of the kind that a name ends in: `headService` → service, `dataPVC` → PVC.
fn own_kind(own: &[String], place: &Place<'_, '_>) -> Option<String> {
    let keys = &place.rules.keys;
    (0..own.len()).find_map(|at| {
        let end = own[at..].concat();
        let is = |kind: &&String| kind.eq_ignore_ascii_case(&end);
        let kind = place.rules.values.kinds.iter().chain(keys.kinds.keys()).find(is);
        let key = kind.map(|kind| kind_key(kind, keys)).or_else(|| keys.kinds.values().find(is).cloned());
        // "object" is any kind.
        key.filter(|key| !keys.generic.contains(key))
    })
}

/// The API kind of a type: the name of an object's type, or of what a pointer to an object points to.
pub fn kind_of(ty: &Type, place: &Place<'_, '_>) -> Option<String> {
    if place.object_reach(ty) == Reach::No {
        return None;
    }
    ty.stripped().named().map(|named| named.name.to_string())
}

/// `klog.KObj(x)` for an expression that is an API object or a pointer to one.
pub fn reference<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<ObjectValue> {
    let ty = place.type_of(node);
    if place.object_reach(&ty) == Reach::ByAddress && !place.types.is_addressable(node) {
        return None;
    }
    let name = chain(node, place.source()).names.last().cloned().unwrap_or_default();
    reference_to(&place.text(node), &ty, place).map(|object| ObjectValue { name, ..object })
}

/// `klog.KObj(x)` for the source of something that can be addressed and has this type.
pub fn reference_to(text: &str, ty: &Type, place: &Place<'_, '_>) -> Option<ObjectValue> {
    let argument = match place.object_reach(ty) {
        Reach::AsIs => text.to_owned(),
        Reach::ByAddress => format!("&{text}"),
        Reach::No => return None,
    };
    // Interfaces such as metav1.Object name no kind.
    let kind = kind_of(ty, place).filter(|_| !is_interface(ty, place));
    let value = format!("{}KObj({argument})", place.klog_qualifier());
    Some(ObjectValue {
        value,
        kind,
        name: text.to_owned(),
        rule: "value-kobj",
        nil_risk: true,
        whole: false,
        uid: None,
    })
}

fn is_interface(ty: &Type, place: &Place<'_, '_>) -> bool {
    matches!(place.types.view().underlying(ty), Type::Interface(_))
}

/// A slice of objects: `klog.KObjSlice(pods)`, `klog.KObjs(pods)`, or the slice itself, by klog's version.
pub fn references<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<ObjectValue> {
    let ty = place.type_of(node);
    let view = place.types.view();
    let element = match view.underlying(&ty) {
        Type::Slice(element) => element,
        _ => return None,
    };
    if place.object_reach(&element) != Reach::AsIs {
        return None;
    }
    let function = match () {
        () if place.has("KObjSlice") => "KObjSlice",
        () if place.has("KObjs") => "KObjs",
        () => return None,
    };
    let value = format!("{}{function}({})", place.klog_qualifier(), place.text(node));
    let name = chain(node, place.source()).names.last().cloned().unwrap_or_default();
    Some(ObjectValue { value, kind: None, name, rule: "value-kobjs", nil_risk: false, whole: true, uid: None })
}

/// `x` of `x.Name`, `x.GetNamespace()`, `x.ObjectMeta.Name` for the field asked for.
pub fn owner<'t>(node: Node<'t>, field: &str, source: &[u8]) -> Option<Node<'t>> {
    let node = peel(node);
    let (selector, getter) = match CallExpression::cast(node) {
        Some(call) => {
            let empty = call.arguments().is_some_and(|a| named_children(a.node()).next().is_none());
            (SelectorExpression::cast(call.function()?.node()).filter(|_| empty)?, true)
        }
        None => (SelectorExpression::cast(node)?, false),
    };
    let name = syntax::text(selector.field()?.node(), source);
    let matches = if getter { name.strip_prefix("Get") == Some(field) } else { name == field };
    let operand = selector.operand()?.node();
    if !matches {
        return None;
    }
    match SelectorExpression::cast(operand) {
        Some(meta) if meta.field().is_some_and(|f| syntax::text(f.node(), source) == "ObjectMeta") => {
            meta.operand().map(AstNode::node)
        }
        _ => Some(operand),
    }
}

/// An operand that is an object, an object's name, or a call that prints an object.
pub fn object<'t>(hole: &Hole<'t>, place: &Place<'_, 't>) -> Option<ObjectValue> {
    let source = place.source();
    if let Some(name) = hole.name {
        return Some(pair(hole.operand, name, place));
    }
    if let Some(object) = referred(hole.operand, place) {
        return Some(object);
    }
    if let Some((formatter, args)) = formatted(hole.operand, place) {
        return Some(printed(formatter, hole.operand, &args, place));
    }
    if let Some(object) = told(hole, place).and_then(|argument| reference(argument, place)) {
        return Some(ObjectValue { nil_risk: false, whole: false, ..object });
    }
    if let Some(owner) = owner(hole.operand, "Name", source)
        && let Some(object) = reference(owner, place)
    {
        return Some(ObjectValue { nil_risk: false, whole: false, ..object });
    }
    if let Some(objects) = references(hole.operand, place) {
        return Some(objects);
    }
    reference(hole.operand, place).map(|object| ObjectValue { whole: true, ..object })
}

/// Namespace and name.
fn pair<'t>(namespace: Node<'t>, name: Node<'t>, place: &Place<'_, 't>) -> ObjectValue {
    let source = place.source();
    let owners = (owner(namespace, "Namespace", source), owner(name, "Name", source));
    let same = match owners {
        (Some(a), Some(b)) => Some(a).filter(|_| place.text(a) == place.text(b) && gives_the_same(&place.text(a))),
        _ => None,
    };
    if let Some(object) = same.and_then(|owner| reference(owner, place)) {
        return ObjectValue { nil_risk: false, whole: false, ..object };
    }
    let own = owners.1.map(|o| chain(o, source)).unwrap_or_else(|| chain(name, source));
    let argument = |node: Node<'t>| {
        let ty = place.type_of(node);
        let text = place.text(node);
        // KRef takes strings; a type made of string has to be converted.
        let named = ty.named().is_some() && place.is_text(&ty);
        if named { format!("string({text})") } else { text }
    };
    let value = format!("{}KRef({}, {})", place.klog_qualifier(), argument(namespace), argument(name));
    // The name of a constant is its own, and no object's; that of a type says more than a variable's.
    let fixed = place.types.is_constant(name);
    let of_type = same.and_then(|owner| struct_name(&place.type_of(owner), place));
    let own_name = of_type.or_else(|| own.names.last().filter(|_| !fixed).cloned()).unwrap_or_default();
    ObjectValue { value, kind: None, name: own_name, rule: "value-kref", nil_risk: false, whole: false, uid: None }
}

/// Whether an expression that stands twice is the same object each time: it calls nothing but getters, and not `rows.next()`.
fn gives_the_same(text: &str) -> bool {
    let mut calls: Vec<&str> = text.split('(').collect();
    calls.pop();
    calls.iter().all(|callee| {
        let name = callee.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
        name.is_empty() || name.starts_with("Get")
    })
}

/// Name of a struct's type, or of what a pointer to a struct points to.
fn struct_name(ty: &Type, place: &Place<'_, '_>) -> Option<String> {
    let named = ty.stripped().named()?;
    matches!(place.types.view().underlying(ty.stripped()), Type::Struct(_)).then(|| named.name.to_string())
}

/// `klog.KObj(x)` and `klog.KObj(x).String()`, where the type of `x` says what it is.
fn referred<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<ObjectValue> {
    let mut call = CallExpression::cast(peel(node))?;
    let mut selector = SelectorExpression::cast(call.function()?.node())?;
    if syntax::text(selector.field()?.node(), place.source()) == "String" {
        call = CallExpression::cast(peel(selector.operand()?.node()))?;
        selector = SelectorExpression::cast(call.function()?.node())?;
    }
    let function = syntax::text(selector.field()?.node(), place.source());
    let of_klog = selector.operand().is_some_and(|operand| place.imported(operand.node()).is_some());
    if !of_klog || !place.rules.log_calls.references.object.iter().any(|name| name == function) {
        return None;
    }
    let args: Vec<_> = named_children(call.arguments()?.node()).collect();
    let [only] = args.as_slice() else { return None };
    let kind = struct_name(&place.type_of(*only), place)?;
    let name = chain(*only, place.source()).names.last().cloned().unwrap_or_default();
    Some(ObjectValue {
        value: place.text(node),
        kind: Some(kind),
        name,
        rule: "key-name",
        nil_risk: false,
        whole: false,
        uid: None,
    })
}

fn printed<'t>(formatter: &Formatter, call: Node<'t>, args: &[Node<'t>], place: &Place<'_, 't>) -> ObjectValue {
    let text = |at: usize| args.get(at).map(|arg| place.text(*arg)).unwrap_or_default();
    let key = formatter.object.as_ref().or(formatter.objects.as_ref()).unwrap_or(&formatter.function);
    let klog = place.klog_qualifier();
    let mut object = ObjectValue {
        value: format!("{klog}KObj({})", text(0)),
        kind: None,
        name: key.clone(),
        rule: "value-kobj",
        nil_risk: false,
        whole: false,
        uid: formatter.uid.map(text),
    };
    if let Some([namespace, name]) = formatter.reference {
        object.value = format!("{klog}KRef({}, {})", text(namespace), text(name));
    }
    if formatter.objects.is_some() {
        object.value = match () {
            () if place.has("KObjSlice") => format!("{klog}KObjSlice({})", text(0)),
            () if place.has("KObjs") => format!("{klog}KObjs({})", text(0)),
            // A slice of pointers would print addresses: the call stays.
            () => place.text(call),
        };
    }
    object
}

/// Joins the holes of a namespace and a name that are printed as one: `%s/%s`.
pub fn join<'t>(template: Template<'t>, place: &Place<'_, 't>) -> Template<'t> {
    let source = place.source();
    let is_namespace = |hole: &Hole<'t>| {
        if hole.name.is_some() {
            return false;
        }
        let last = chain(hole.operand, source).names.last().map(|n| n.to_lowercase());
        last.is_some_and(|n| n == "ns" || n.ends_with("namespace"))
    };
    let is_name = |hole: &Hole<'t>| {
        let last = chain(hole.operand, source).names.last().cloned();
        last.is_some_and(|n| n.ends_with("Name") || n == "name")
    };
    let is_fixed = |hole: &Hole<'t>| hole.name.is_none() && place.types.is_constant(hole.operand);
    let mut parts: Vec<Part<'t>> = Vec::with_capacity(template.parts.len());
    let mut rest = template.parts.into_iter().peekable();
    while let Some(part) = rest.next() {
        match (parts.last(), &part, rest.peek()) {
            (Some(Part::Hole(name)), Part::Text(between), Some(Part::Hole(namespace)))
                if is_in_namespace(between) && is_namespace(namespace) && name.name.is_none() && is_name(name) =>
            {
                let joined = Hole { operand: namespace.operand, verb: None, name: Some(name.operand), key: None };
                parts.pop();
                parts.push(Part::Hole(joined));
                rest.next();
            }
            (Some(Part::Hole(namespace)), Part::Text(slash), Some(Part::Hole(name)))
                if matches!(slash.as_str(), "/" | ":" | " / " | "_" | ",")
                    && is_namespace(namespace)
                    && (is_name(name) || slash == "/" && is_fixed(name)) =>
            {
                let joined = Hole { operand: namespace.operand, verb: None, name: Some(name.operand), key: None };
                parts.pop();
                parts.push(Part::Hole(joined));
                rest.next();
            }
            (Some(Part::Hole(name)), Part::Text(slash), Some(Part::Hole(namespace)))
                if slash.as_str() == "/" && is_namespace(namespace) && name.name.is_none() && is_name(name) =>
            {
                let joined = Hole { operand: namespace.operand, verb: None, name: Some(name.operand), key: None };
                parts.pop();
                parts.push(Part::Hole(joined));
                rest.next();
            }
            _ => parts.push(part),
        }
    }
    Template { parts, ..template }
}

/// "secret %s in namespace %q".
fn is_in_namespace(between: &str) -> bool {
    let words =
        between.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '[' | ']' | '(' | ')'));
    matches!(words, "in namespace" | "in the namespace" | "of namespace" | "from namespace")
}

/// An object whose UID the call prints: the old call read it already, so that it is not nil.
pub fn owner_of_uid<'t>(node: Node<'t>, place: &Place<'_, 't>) -> Option<KeyValue> {
    let chain = chain(node, place.source());
    if chain.names.last().is_none_or(|n| n != "UID") {
        return None;
    }
    // `string(pod.UID)` as well.
    let mut inner = peel(node);
    while let Some(call) = CallExpression::cast(inner) {
        inner = peel(named_children(call.arguments()?.node()).next()?);
    }
    let owner = owner(inner, "UID", place.source())?;
    let object = reference(owner, place)?;
    let kind = object.kind.as_ref()?;
    Some(KeyValue { key: kind_key(kind, &place.rules.keys), value: object.value })
}
