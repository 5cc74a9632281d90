//! What a file's grammar cannot say: names are given once, what is named exists, and every entry can come to something.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Fault, Step};
use super::{
    At, Batch, CallGraph, Carriers, Config, Cut, Dimension, EVERY, Entry, IdentityObject, LogCalls, Phase, Profile,
    Queries, RuleDoc, RuleSet, Wires, Wrapper, is_key,
};
use crate::text::did_you_mean;

/// Words that a wire's code may have in it.
const PLACEHOLDERS: [&str; 9] =
    ["package", "parameter", "left", "owner", "argument", "arguments", "flags", "set", "bystanders"];

/// The first thing that is wrong with rules, and the file that it stands in.
pub(super) fn rules(rules: &RuleSet) -> Option<(&'static str, Fault)> {
    let names = Names::of(rules);
    let faults = [
        ("log_calls.toml", log_calls(&rules.log_calls)),
        ("messages.toml", wrappers(&rules.messages.wrapper)),
        ("values.toml", identities(&rules.values.identity, &rules.values.kinds)),
        ("carriers.toml", carriers(&rules.carriers)),
        ("queries.toml", queries(&rules.queries)),
        ("wires.toml", wires(&rules.wires)),
        ("callgraph.toml", callgraph(&rules.callgraph, &[])),
        (
            "operations.toml",
            decay(rules.operations.decay)
                .or_else(|| operations(&rules.operations.entry, &rules.operations.phase, &names)),
        ),
        (
            "environments.toml",
            environments(
                rules.environments.default.as_deref(),
                &rules.environments.dimension,
                &rules.environments.profile,
                &names,
                &[],
            ),
        ),
    ];
    let found = faults.into_iter().find_map(|(file, fault)| Some((file, fault?)));
    found.or_else(|| docs(rules.docs_by_file()))
}

/// The first thing that is wrong with what a checkout's owners set, now that the rules have it.
pub(super) fn config(config: &Config, rules: &RuleSet) -> Option<Fault> {
    let names = Names::of(rules);
    let environments_ = &config.environments;
    let top = [Step::from("environments")];
    config
        .request_id
        .key
        .as_deref()
        .and_then(|key| bad_key(key, path(&[], ["request-id".into(), "key".into()])))
        .or_else(|| callgraph(&config.callgraph, &["callgraph".into()]))
        .or_else(|| operations(&config.operations, &config.phases, &names))
        .or_else(|| {
            environments(
                environments_.default.as_deref(),
                &environments_.dimension,
                &environments_.profile,
                &names,
                &top,
            )
        })
}

/// What rules give names to.
struct Names<'r> {
    components: BTreeSet<&'r str>,
    environments: BTreeSet<&'r str>,
    /// The choices of dimensions.
    choices: BTreeMap<&'r str, BTreeSet<&'r str>>,
    entries: &'r [Entry],
}

impl<'r> Names<'r> {
    fn of(rules: &'r RuleSet) -> Self {
        let choices = |dimension: &'r Dimension| dimension.choice.iter().map(|choice| choice.name.as_str()).collect();
        Self {
            components: rules.callgraph.component.iter().map(|component| component.name.as_str()).collect(),
            environments: rules.environments.profile.iter().map(|profile| profile.name.as_str()).collect(),
            choices: rules.environments.dimension.iter().map(|d| (d.name.as_str(), choices(d))).collect(),
            entries: &rules.operations.entry,
        }
    }
}

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(at: usize) -> Self {
        Self::Entry(at)
    }
}

fn path<const N: usize>(top: &[Step], steps: [Step; N]) -> Vec<Step> {
    top.iter().cloned().chain(steps).collect()
}

/// The second of two entries with one name.
fn twice<'n>(top: &[Step], what: &str, names: impl Iterator<Item = &'n str>) -> Option<Fault> {
    let mut known = BTreeSet::new();
    let (at, name) = names.enumerate().find(|(_, name)| !known.insert(*name))?;
    let message = format!("there are two {what}s `{name}`: rename one or delete it");
    Some(Fault { at: path(top, [at.into(), "name".into()]), message })
}

/// A name that nothing has.
fn unknown(at: Vec<Step>, what: &str, name: &str, known: &BTreeSet<&str>) -> Option<Fault> {
    let list = || known.iter().copied().collect::<Vec<_>>().join(", ");
    (!known.contains(name)).then(|| Fault {
        at,
        message: format!(
            "there is no {what} `{name}`{}; there are {}",
            did_you_mean(name, known.iter().copied()),
            list()
        ),
    })
}

fn bad_key(key: &str, at: Vec<Step>) -> Option<Fault> {
    let message = || format!("the key of the pair `{key}` is not {}", super::KEY_IS);
    (!is_key(key)).then(|| Fault { at, message: message() })
}

fn log_calls(rules: &LogCalls) -> Option<Fault> {
    let structured: BTreeSet<&str> =
        rules.structured.info.iter().chain(&rules.structured.error).map(String::as_str).collect();
    rules.call.iter().enumerate().find_map(|(at, family)| {
        let at = path(&[], ["call".into(), at.into(), "rewrite".into()]);
        unknown(at, "structured function", &family.rewrite, &structured)
    })
}

fn wrappers(list: &[Wrapper]) -> Option<Fault> {
    list.iter().enumerate().find_map(|(at, wrapper)| {
        let places = [("message", Some(wrapper.message)), ("suffix", wrapper.suffix), ("error", wrapper.error)];
        let (key, place) =
            places.into_iter().find_map(|(key, place)| Some((key, place?)).filter(|(_, p)| *p >= wrapper.arguments))?;
        let message =
            format!("{key} is argument {place}, counted from 0, of a method that takes {}", wrapper.arguments);
        Some(Fault { at: path(&[], ["wrapper".into(), at.into(), key.into()]), message })
    })
}

fn identities(list: &[IdentityObject], kinds: &BTreeSet<String>) -> Option<Fault> {
    let kinds = kinds.iter().map(String::as_str).collect();
    list.iter().enumerate().find_map(|(at, identity)| {
        unknown(path(&[], ["identity".into(), at.into(), "kind".into()]), "kind", &identity.kind, &kinds)
    })
}

fn carriers(rules: &Carriers) -> Option<Fault> {
    let names: BTreeSet<&str> = rules.carrier.iter().map(|carrier| carrier.name.as_str()).collect();
    let mut of_caveats = rules
        .caveat
        .iter()
        .enumerate()
        .flat_map(|(at, caveat)| caveat.carriers.iter().enumerate().map(move |(place, name)| (at, place, name)));
    bad_key(&rules.key, vec!["key".into()])
        .or_else(|| twice(&["carrier".into()], "carrier", rules.carrier.iter().map(|carrier| carrier.name.as_str())))
        .or_else(|| {
            of_caveats.find_map(|(at, place, name)| {
                let at = path(&[], ["caveat".into(), at.into(), "carriers".into(), place.into()]);
                unknown(at, "carrier", name, &names)
            })
        })
}

fn queries(rules: &Queries) -> Option<Fault> {
    let purposes = || rules.purposes.iter().map(|purpose| purpose.name.as_str());
    let known = purposes().collect();
    twice(&["purpose".into()], "purpose", purposes()).or_else(|| {
        rules.queries.iter().enumerate().find_map(|(at, query)| {
            unknown(path(&[], ["query".into(), at.into(), "purpose".into()]), "purpose", &query.purpose, &known)
        })
    })
}

fn wires(rules: &Wires) -> Option<Fault> {
    let places = rules
        .list
        .iter()
        .enumerate()
        .flat_map(|(at, wire)| wire.places.iter().enumerate().map(move |(place, found)| (at, place, found)));
    let wrong = |(at, number, place): (usize, usize, &super::Place)| {
        let at = |key: &str| path(&[], ["wire".into(), at.into(), "place".into(), number.into(), key.into()]);
        if !matches!(place.at, At::Start | At::End) && place.anchor.is_none() {
            let message =
                "a statement or an argument is found by the text that `anchor` gives, which is missing".to_owned();
            return Some(Fault { at: at("at"), message });
        }
        let word = place.code.split("{{").skip(1).find_map(|rest| {
            let word = rest.split("}}").next().unwrap_or(rest);
            (!PLACEHOLDERS.contains(&word)).then_some(word)
        })?;
        let message =
            format!("nothing is known to put in the place of `{{{{{word}}}}}`; there are {}", PLACEHOLDERS.join(", "));
        Some(Fault { at: at("code"), message })
    };
    twice(&["wire".into()], "wire", rules.list.iter().map(|wire| wire.name.as_str())).or_else(|| {
        let mut places = places;
        places.find_map(wrong)
    })
}

fn callgraph(rules: &CallGraph, top: &[Step]) -> Option<Fault> {
    let functions = |key: &str, at: usize| path(top, [key.into(), at.into(), "functions".into()]);
    let cut = |(at, cut): (usize, &Cut)| misspelled(&functions("cut", at), cut.functions.iter().map(String::as_str));
    let batch =
        |(at, batch): (usize, &Batch)| misspelled(&functions("batch", at), batch.functions.iter().map(String::as_str));
    twice(
        &path(top, ["component".into()]),
        "component",
        rules.component.iter().map(|component| component.name.as_str()),
    )
    .or_else(|| rules.cut.iter().enumerate().find_map(cut))
    .or_else(|| rules.batch.iter().enumerate().find_map(batch))
}

/// A function that is not named as functions are.
fn misspelled<'n>(list: &[Step], mut names: impl Iterator<Item = &'n str>) -> Option<Fault> {
    let at = names.position(|name| !is_function(name))?;
    let message = "functions are named `import/path.Func`, `(import/path.Type).Method` or `(*import/path.Type).Method`";
    Some(Fault { at: path(list, [at.into()]), message: message.to_owned() })
}

fn is_function(name: &str) -> bool {
    let is_dotted =
        |text: &str| text.rsplit_once('.').is_some_and(|(package, name)| !package.is_empty() && is_identifier(name));
    match name.strip_prefix('(') {
        Some(rest) => rest
            .split_once(").")
            .is_some_and(|(ty, method)| is_dotted(ty.trim_start_matches('*')) && is_identifier(method)),
        None => is_dotted(name),
    }
}

fn is_identifier(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}

fn decay(share: Option<f64>) -> Option<Fault> {
    let message = "the share of the priority that is left one call further away is between 0 and 1".to_owned();
    share.filter(|share| !(0.0..=1.0).contains(share)).map(|_| Fault { at: vec!["decay".into()], message })
}

fn operations(entries: &[Entry], phases: &[Phase], names: &Names<'_>) -> Option<Fault> {
    let entry = |(at, entry): (usize, &Entry)| {
        let at = |key: &str| path(&[], ["operation".into(), at.into(), key.into()]);
        let component = (!entry.component.is_empty())
            .then(|| unknown(at("component"), "component", &entry.component, &names.components));
        component.flatten().or_else(|| {
            entry.functions.iter().enumerate().find_map(|(number, function)| {
                misspelled(&at("functions"), function.names().into_iter())
                    .map(|fault| Fault { at: path(&at("functions"), [number.into()]), ..fault })
            })
        })
    };
    let phase = |(at, phase): (usize, &Phase)| {
        phase.cells.iter().enumerate().find_map(|(number, cells)| {
            let crossed = cells
                .operations
                .iter()
                .flat_map(|operation| cells.resources.iter().map(move |resource| (operation, resource)));
            let has =
                |list: &[String], name: &str| name == EVERY || list.iter().any(|known| known == name || known == EVERY);
            let mut lost = crossed.filter(|(operation, resource)| {
                !names.entries.iter().any(|entry| has(&entry.operations, operation) && has(&entry.resources, resource))
            });
            let (operation, resource) = lost.next()?;
            let message = format!(
                "no [[operation]] says where `{operation}` of `{resource}` starts: add one, or correct the names"
            );
            Some(Fault { at: path(&[], ["phase".into(), at.into(), "cells".into(), number.into()]), message })
        })
    };
    twice(&["phase".into()], "phase", phases.iter().map(|phase| phase.name.as_str()))
        .or_else(|| entries.iter().enumerate().find_map(entry))
        .or_else(|| phases.iter().enumerate().find_map(phase))
}

fn environments(
    default: Option<&str>,
    dimensions: &[Dimension],
    profiles: &[Profile],
    names: &Names<'_>,
    top: &[Step],
) -> Option<Fault> {
    let choices = |(at, dimension): (usize, &Dimension)| {
        let list = path(top, ["dimension".into(), at.into(), "choice".into()]);
        twice(&list, "choice", dimension.choice.iter().map(|choice| choice.name.as_str()))
    };
    let profile = |(at, profile): (usize, &Profile)| {
        let at = path(top, ["profile".into(), at.into(), "choices".into()]);
        profile.choices.iter().find_map(|(dimension, chosen)| {
            let at = path(&at, [dimension.as_str().into()]);
            let Some(known) = names.choices.get(dimension.as_str()) else {
                return unknown(at, "dimension", dimension, &names.choices.keys().copied().collect());
            };
            chosen.iter().enumerate().find_map(|(place, name)| {
                unknown(path(&at, [place.into()]), &format!("choice of {dimension}"), name, known)
            })
        })
    };
    default
        .and_then(|name| unknown(path(top, ["default".into()]), "environment", name, &names.environments))
        .or_else(|| twice(&path(top, ["dimension".into()]), "dimension", dimensions.iter().map(|d| d.name.as_str())))
        .or_else(|| twice(&path(top, ["profile".into()]), "environment", profiles.iter().map(|p| p.name.as_str())))
        .or_else(|| dimensions.iter().enumerate().find_map(choices))
        .or_else(|| profiles.iter().enumerate().find_map(profile))
}

/// Rules of all files are listed together, so that no two may have one name.
fn docs(files: [(&'static str, &[RuleDoc]); 11]) -> Option<(&'static str, Fault)> {
    let mut known = BTreeSet::new();
    let all =
        files.into_iter().flat_map(|(file, rules)| rules.iter().enumerate().map(move |(at, rule)| (file, at, rule)));
    let (file, at, rule) = {
        let mut all = all;
        all.find(|(_, _, rule)| !known.insert(&rule.name))?
    };
    let message = format!("there are two rules `{}`: rename one or delete it", rule.name);
    Some((file, Fault { at: path(&[], ["rule".into(), at.into(), "name".into()]), message }))
}
