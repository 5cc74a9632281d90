//! Threading: where nothing in scope carries a request ID, unexported functions between the log call and the nearest
//! carrier get one more parameter, if every call of them is known.

mod edits;
mod group;
mod outcome;
mod package;
mod refs;
mod solve;

use std::collections::BTreeMap;

use globset::GlobSet;
use rayon::prelude::*;

use crate::go::files::GeneratedFiles;
use crate::go::types::{Type, World};
use crate::rule::RuleSet;
use crate::write::carrier::Offer;

pub use outcome::{Blocked, Cause, Lone, Thread, Threaded, Threads, Unreached};
pub use package::Func;

/// What a run knows of its checkout.
#[derive(Clone, Copy)]
pub struct Ground<'g> {
    /// The declarations.
    pub world: &'g World,
    /// The rules.
    pub rules: &'g RuleSet,
    /// Packages whose structs are API objects.
    pub object_packages: &'g GlobSet,
    /// Where a context belongs to a request.
    pub request_contexts: &'g GlobSet,
    /// Files that programs wrote.
    pub generated: &'g GeneratedFiles,
}

/// What a thread carries.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    /// A context.
    Context,
    /// A pointer to an API object of this type.
    Object(Type),
    /// An object of any type, for functions that are called for objects of several.
    AnyObject,
}

impl Kind {
    fn takes(&self, offer: &Offer) -> bool {
        match (self, &offer.object) {
            (Self::Context, None) => true,
            (Self::Object(ty), Some(offered)) => ty == offered,
            _ => false,
        }
    }
}

/// Whether a thread is wanted.
pub type Wanted<'w> = &'w (dyn Fn(&Thread) -> bool + Sync);

/// Finds threads for these calls; those that are not wanted are told apart. Packages are independent: only functions that none but their own package can name
/// are changed.
pub fn threads(ground: &Ground<'_>, lone: Vec<Lone>, wanted: Wanted<'_>) -> Threads {
    let without = lone.len();
    let mut by_dir: BTreeMap<String, Vec<Lone>> = BTreeMap::new();
    for call in lone {
        let dir = call.path.rsplit_once('/').map_or("", |(dir, _)| dir).to_owned();
        by_dir.entry(dir).or_default().push(call);
    }
    let solved: Vec<Threads> =
        by_dir.into_par_iter().map(|(dir, lone)| solve::directory(ground, &dir, lone, wanted)).collect();
    let mut all = Threads { without, ..Threads::default() };
    solved.into_iter().for_each(|found| all.extend(found));
    for (at, thread) in all.threads.iter_mut().enumerate() {
        thread.number = at + 1;
    }
    all.blocked.sort_by(|a, b| a.call.cmp(&b.call));
    all
}
