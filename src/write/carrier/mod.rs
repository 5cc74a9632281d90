//! The expression in scope that holds the request ID.

mod absent;
mod caveat;
mod field;
mod list;
mod object;
mod offer;
mod process;
mod variable;

use std::cell::LazyCell;
use std::collections::BTreeSet;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::Serialize;
use tree_sitter::Node;

use crate::go::types::{Binding, Bound, Reach, Type};
use crate::klog::name::words;
use crate::klog::place::Place;
use crate::rule::{Carrier, CarrierType, IdSource};
use crate::write::value::KeyValue;

use object::{is_blank, is_named, is_object, is_type, is_unset, logged_at};
use variable::{Variable, is_usable};

pub use absent::{is_absent, may_be_none};
pub use caveat::caveats;
pub use offer::{Offer, context, offers};
use process::{is_of_process, was_of_process};

/// A carrier that was found, and the call that reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema, BorshSerialize, BorshDeserialize)]
pub struct Accessor {
    /// Which kind of carrier, as `rules/carriers.toml` names it.
    pub carrier: String,
    /// The function of the runtime package.
    pub function: String,
    /// Its argument.
    pub argument: String,
}

/// The name of the kind that contexts are.
const CONTEXT: &str = "context";

/// A carrier among others.
struct Candidate {
    accessor: Accessor,
    /// Type of the variable, and whether its name is that of what was before a change.
    ty: Type,
    former: bool,
    /// Rank of its kind, then whether the call logs it, whether it stands by, which of the pairs names it, and how far away it was
    /// declared: the least is best. What a line names first is what it is about.
    rank: (usize, usize, bool, usize, usize),
}

/// What is known of the tree and the file that a call stands in.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// A context goes before an API object: there it belongs to a request, not to a run loop.
    pub context_first: bool,
    /// Where the tree's IDs come from.
    pub source: IdSource,
    /// Whether a context that a function makes for its process is taken as well.
    pub process_ids: bool,
}

/// The best carrier in scope: variables that are not nil where the call stands, and objects in their fields.
///
/// `pairs` are the call's: an object that it logs goes before others of its kind.
pub fn find<'t>(place: &Place<'_, 't>, pairs: &[KeyValue], setting: Setting) -> Option<Accessor> {
    let rules = &place.rules.carriers.carrier;
    if let Some(session) = session(place, setting) {
        return Some(session);
    }
    let mut candidates: Vec<Candidate> = Vec::new();
    for (distance, binding) in place.scopes.visible().enumerate() {
        if is_blank(binding, place) {
            continue;
        }
        let variable = Variable::new(binding, place);
        // Few variables are carriers at all.
        let is_usable = LazyCell::new(|| is_usable(binding, place));
        for (order, carrier) in rules.iter().enumerate() {
            let Some(argument) = argument(carrier, &variable, pairs).filter(|_| *is_usable) else { continue };
            let of_process = || !setting.process_ids && carrier.name == CONTEXT && is_of_process(binding, place);
            if !holds(carrier, place) || of_process() {
                continue;
            }
            let named = logged_at(&argument, pairs);
            let logged = named.is_some();
            let was_before = is_former(binding.name, place);
            let former = !logged && was_before;
            let order = match carrier.name.as_str() {
                CONTEXT if setting.context_first => 0,
                // What was before a change comes after all other objects, contexts of a run loop at the end.
                CONTEXT => order + 1 + 2 * rules.len(),
                _ if former => order + 1 + rules.len(),
                _ => order + 1,
            };
            let accessor = Accessor {
                carrier: carrier.name.clone(),
                function: carrier.accessor.clone(),
                argument: format!("{argument}{}", carrier.call),
            };
            let is_of = |types: &BTreeSet<String>| {
                variable.ty.stripped().named().is_some_and(|named| types.contains(&*named.name))
            };
            if !logged && is_of(&place.rules.carriers.shared) {
                continue;
            }
            let stands_by = is_of(&place.rules.carriers.bystanders);
            let rank = (order, usize::from(!logged), stands_by, named.unwrap_or_default(), distance);
            let ty = variable.ty.clone();
            candidates.push(Candidate { accessor, ty, former: was_before, rank });
        }
    }
    let best = candidates.iter().min_by_key(|c| c.rank)?;
    // A line that names what was before a change is about the change all the same.
    let is_present = |c: &&Candidate| !c.former && c.ty == best.ty && c.accessor.carrier == best.accessor.carrier;
    let present = candidates.iter().filter(is_present).min_by_key(|c| c.rank).filter(|_| best.former);
    let found = present.unwrap_or(best).accessor.clone();
    let contexts = candidates.iter().filter(|candidate| candidate.accessor.carrier == CONTEXT);
    let context = contexts.min_by_key(|candidate| candidate.rank).map(|context| context.accessor.argument.as_str());
    Some(found.under(context, rules))
}

impl Accessor {
    /// The same, but for a context that is asked first, where the kind of carrier has an accessor for that.
    fn under(self, context: Option<&str>, rules: &[Carrier]) -> Self {
        let rule = rules.iter().find(|rule| rule.name == self.carrier && !rule.under_context.is_empty());
        let (Some(rule), Some(context)) = (rule, context) else { return self };
        let argument = format!("{context}, {}", self.argument);
        Self { function: rule.under_context.clone(), argument, ..self }
    }

    /// The context that is asked first, and what is asked then.
    pub fn asked<'a>(&'a self, rules: &[Carrier]) -> (Option<&'a str>, &'a str) {
        let is_under = rules.iter().any(|rule| rule.name == self.carrier && rule.under_context == self.function);
        let both = self.argument.split_once(", ").filter(|_| is_under);
        both.map_or((None, self.argument.as_str()), |(context, object)| (Some(context), object))
    }
}

/// Whether a context is in scope that a function has made for its process.
pub fn has_process_context(place: &Place<'_, '_>) -> bool {
    let is_context =
        |binding: &Binding<'_>| place.type_of_binding(binding).qualified().as_deref() == Some("context.Context");
    place.scopes.visible().any(|binding| is_of_process(binding, place) && is_context(binding))
}

/// In a program that runs once per operation: the run itself. What its objects and contexts carry is no closer.
fn session(place: &Place<'_, '_>, setting: Setting) -> Option<Accessor> {
    let carriers = &place.rules.carriers.carrier;
    let is_one = |carrier: &&Carrier| {
        carrier.types.is_empty() && carrier.sources.contains(&setting.source) && holds(carrier, place)
    };
    carriers.iter().find(is_one).map(|carrier| Accessor {
        carrier: carrier.name.clone(),
        function: carrier.accessor.clone(),
        argument: String::new(),
    })
}

/// The best carrier among what a function is called with: the same for all calls in it. `context` is the name of the context
/// that its logger is made from. Without `parameters`, where they may be shadowed, that is all there is.
pub fn entry<'t>(
    place: &Place<'_, 't>,
    function: Node<'t>,
    context: Option<&str>,
    setting: Setting,
    parameters: bool,
) -> Option<Accessor> {
    if let Some(session) = session(place, setting) {
        return Some(session);
    }
    let of_context = || {
        let carrier = place.rules.carriers.carrier.iter().find(|carrier| carrier.name == CONTEXT)?;
        let binding = context.and_then(|name| place.scopes.lookup(name));
        if !setting.process_ids && binding.is_some_and(|binding| was_of_process(binding, place)) {
            return None;
        }
        Some(Accessor {
            carrier: carrier.name.clone(),
            function: carrier.accessor.clone(),
            argument: context?.to_owned(),
        })
    };
    // A field is read before anything can have shown that it can be.
    let of_parameters = || {
        let carriers = place.rules.carriers.carrier.iter().filter(|c| {
            !matches!(c.name.as_str(), CONTEXT | "field" | "request-field" | "uid-field" | "list")
                && !c.types.contains(&CarrierType::Text)
        });
        carriers.filter(|carrier| carrier.call.is_empty() && holds(carrier, place)).find_map(|carrier| {
            place.scopes.parameters(function).find_map(|binding| {
                let argument = argument(carrier, &Variable::new(binding, place), &[])?;
                let (carrier, function) = (carrier.name.clone(), carrier.accessor.clone());
                Some(Accessor { carrier, function, argument })
            })
        })
    };
    match setting.context_first {
        true => of_context().or_else(|| parameters.then(of_parameters).flatten()),
        false => {
            let above = || of_context().map(|context| context.argument);
            let found = parameters.then(of_parameters).flatten();
            let found = found.map(|found| found.under(above().as_deref(), &place.rules.carriers.carrier));
            found.or_else(of_context)
        }
    }
}

/// Whether a kind of carrier is one where the call stands.
fn holds(carrier: &Carrier, place: &Place<'_, '_>) -> bool {
    let path = &*place.file.source.path;
    (carrier.paths.is_empty() || carrier.paths.is_match(path)) && !carrier.except.is_match(path)
}

/// Whether a name is that of what was before a change.
fn is_former(name: &str, place: &Place<'_, '_>) -> bool {
    words(name).first().is_some_and(|word| place.rules.carriers.former_names.contains(&word.to_lowercase()))
}

/// What a carrier's accessor takes of a variable; `None` if the variable is no such carrier.
fn argument(carrier: &Carrier, variable: &Variable<'_, '_, '_>, pairs: &[KeyValue]) -> Option<String> {
    if carrier.name == "field" {
        return field::object_in(variable, pairs);
    }
    if matches!(carrier.name.as_str(), "request-field" | "uid-field") {
        return field::of_types(variable, &carrier.types);
    }
    if carrier.name == "list" {
        return list::list(variable, pairs);
    }
    if carrier.types.contains(&CarrierType::Text) {
        return field::text(variable, carrier, pairs);
    }
    let Variable { binding, ty, place } = variable;
    let whole = || variable.name().to_owned();
    carrier.types.iter().find_map(|want| match want {
        CarrierType::PointerToObject => object(variable),
        CarrierType::Object => (is_any_object(ty, place) && !is_unset(binding)).then(whole),
        CarrierType::Any => is_handler_object(variable).then(whole),
        // [`list::list`] and [`field::text`] find these.
        CarrierType::Objects | CarrierType::Text => None,
        // A result's interface holds nothing before the end.
        CarrierType::Named(_) | CarrierType::PointerTo(_) => (is_type(want, ty) && !is_unset(binding)).then(whole),
    })
}

/// A pointer to an object, or the address of one.
fn object(variable: &Variable<'_, '_, '_>) -> Option<String> {
    let Variable { ty, place, .. } = variable;
    match (place.object_reach(ty), ty) {
        _ if !is_object(ty, place) => None,
        (Reach::AsIs, Type::Pointer(_)) => Some(variable.name().to_owned()),
        (Reach::ByAddress, Type::Named(_)) => Some(format!("&{}", variable.name())),
        _ => None,
    }
}

/// An interface that objects of several types satisfy: metav1.Object.
fn is_any_object(ty: &Type, place: &Place<'_, '_>) -> bool {
    let is_interface = || matches!(place.types.view().underlying(ty), Type::Interface(_));
    matches!(ty, Type::Named(_)) && is_interface() && place.types.view().annotated(ty) == Some(Reach::AsIs)
}

/// A parameter of an informer's handler: anything, by its type.
fn is_handler_object(variable: &Variable<'_, '_, '_>) -> bool {
    let Variable { binding, ty, place } = variable;
    let empty = matches!(place.types.view().underlying(ty), Type::Interface(i) if i.methods.is_empty() && i.embedded.is_empty());
    matches!(binding.bound, Bound::Param { variadic: false, .. })
        && empty
        && place.rules.carriers.handler_names.contains(binding.name)
}
