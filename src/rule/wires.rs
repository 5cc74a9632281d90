//! `rules/wires.toml`: the places of a tree that switch request IDs on and pass them along.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer};

use super::source::parsed;
use super::{IdSource, PatternError, Patterns, Version};

/// `rules/wires.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wires {
    /// The wires, in the order in which they are told.
    #[serde(rename = "wire")]
    pub list: Vec<Wire>,
    /// Where the context takes an object's ID.
    pub adopt: Adopt,
    /// How all of it is taken out again.
    pub remove: Remove,
}

/// What becomes of the package's functions when it is taken out again.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Remove {
    /// Values of pairs, which go with their key.
    pub ids: Vec<String>,
    /// Calls of which the first argument stays.
    pub given: Vec<String>,
    /// Such calls whose result is an interface that the argument need not have as its type.
    pub widens: Vec<String>,
    /// Calls of which all arguments stay.
    pub lists: Vec<String>,
    /// Arguments that go.
    pub vanish: Vec<String>,
    /// Statements that go.
    pub statements: Vec<String>,
    /// What stands in the place of klog's function that gives a context's logger.
    pub logger: String,
    /// What stands in the place of a context that knows of nothing.
    pub nobody: String,
}

/// Where work on an object begins, its ID goes into the context.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Adopt {
    /// What it is for; one sentence.
    pub purpose: String,
    /// What it is for that the ID goes through queues.
    pub queue_purpose: String,
    /// What it is for that functions are given a context.
    pub given_purpose: String,
    /// Methods that fill the object that they are given.
    pub fills: Vec<String>,
    /// Packages of work queues, whose items wait for a reason.
    pub queues: Vec<String>,
    /// Methods of a queue that add an item, that take one from it, and that are called when it is done with.
    pub adds: Vec<String>,
    /// See `adds`.
    pub takes: Vec<String>,
    /// See `adds`.
    pub ends: Vec<String>,
    /// Where work is on behalf of another object than the one that is got: only what queues hand on counts there.
    pub on_behalf: Patterns,
    /// Where contexts belong to requests.
    pub except: Patterns,
}

/// A call that a tree needs, and where it may go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wire {
    /// What messages call it.
    pub name: String,
    /// What the call is for; one sentence.
    pub why: String,
    /// The trees that it is for; all if absent.
    #[serde(default)]
    pub tree: Option<TreeKind>,
    /// The ID sources that it is for; all if empty.
    #[serde(default)]
    pub sources: Vec<IdSource>,
    /// The klog that it needs.
    #[serde(default)]
    pub klog: Option<Version>,
    /// Whether it is only for modules whose package has gRPC's interceptors.
    #[serde(default)]
    pub grpc: bool,
    /// Whether a tree without such a place lacks nothing.
    #[serde(default)]
    pub optional: bool,
    /// Whether it goes to every such place, not only to the first.
    #[serde(default)]
    pub each: bool,
    /// The wire without which it does nothing, nor that one without it, in one program.
    #[serde(default)]
    pub with: Option<String>,
    /// Whether it goes to the first place of each main package that logs.
    #[serde(default)]
    pub programs: bool,
    /// Where it may go.
    #[serde(rename = "place")]
    pub places: Vec<Place>,
}

/// Which trees a wire is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TreeKind {
    /// kubernetes itself.
    Kubernetes,
    /// Any other module.
    Module,
}

/// A place in a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The files that it may be in.
    pub file: PlaceFile,
    /// The function; any if absent.
    #[serde(default)]
    pub function: Option<String>,
    /// The field in the function whose function literal it is instead.
    #[serde(default)]
    pub literal: Option<String>,
    /// A text in the statement that the code goes to.
    #[serde(default)]
    pub anchor: Option<String>,
    /// A text without which the file is another one.
    #[serde(default)]
    pub has: Option<String>,
    /// A text with which the file needs nothing.
    #[serde(default)]
    pub lacks: Option<String>,
    /// Where the code goes.
    pub at: At,
    /// How many arguments come before those that the code goes around.
    #[serde(default)]
    pub skip: usize,
    /// The code, with placeholders.
    pub code: String,
}

impl Wires {
    /// Puts the types of bystanders where wires ask for them, as arguments.
    pub(super) fn name_bystanders(&mut self, types: &BTreeSet<String>) {
        let quoted = types.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
        for place in self.list.iter_mut().flat_map(|wire| &mut wire.places) {
            place.code = place.code.replace("{{bystanders}}", &quoted);
        }
    }
}

/// Files of a tree.
#[derive(Clone, Debug)]
pub enum PlaceFile {
    /// Those of all main packages; spelled `main`.
    Mains,
    /// The one of this path below the root.
    Path(String),
    /// Those that match.
    Matching(Patterns),
}

impl<'de> Deserialize<'de> for PlaceFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        parsed(deserializer, "a file or a pattern of files", |text| {
            let patterns = Patterns::new(vec![text.to_owned()])?;
            Ok::<_, PatternError>(match text {
                "main" => Self::Mains,
                _ if text.contains(['*', '?', '[', '{']) => Self::Matching(patterns),
                _ => Self::Path(text.to_owned()),
            })
        })
    }
}

/// Where code goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum At {
    /// To the start of the function.
    Start,
    /// To its end, before a final return.
    End,
    /// Before the statement.
    Before,
    /// After the statement and the check of its error.
    After,
    /// Around the first argument of the call.
    Argument,
    /// Around all arguments of the call, but those that come first.
    Arguments,
    /// Nowhere: what is called there takes no such thing, and a person has to look.
    Hand,
    /// Before the element of a map of flags, as one more.
    Entry,
}
