//! What is reached from functions that are named one by one.

use rayon::prelude::*;

use super::error::PlanError;
use super::options::{Options, pool};
use super::stage::Stage;
use crate::go::files;
use crate::path::{Engine, Place, Reached};
use crate::rule::RuleSet;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct FollowOptions {
    /// Names of functions.
    pub entries: Vec<String>,
    /// Whether paths end at hubs and batch work.
    pub cuts: bool,
    /// An environment; none: everything that is built for Linux.
    pub environment: Option<String>,
    /// How many calls away.
    pub max_depth: Option<u32>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Followed {
    /// Calls, by entry, file and line.
    pub reached: Vec<Reached>,
    /// Entries that the tree does not have.
    pub unknown: Vec<String>,
}

/// Follows the calls of functions.
pub fn follow(options: &Options, rules: &RuleSet, asked: &FollowOptions) -> Result<Followed, PlanError> {
    let walked = files::walk(&options.root.dir, &options.walk(), &rules.scope);
    let stage = Stage::new(options, rules);
    let pool = pool(options)?;
    pool.install(|| {
        let engine = Engine::new(rules, stage.world());
        let follow = engine.from(&asked.entries, asked.cuts, asked.environment.as_deref())?;
        let places = |path| stage.load(path).0.parsed().map(|file| stage.places(&file)).unwrap_or_default();
        let places: Vec<Vec<Place>> = walked.files.par_iter().map(places).collect();
        let places: Vec<Place> = places.into_iter().flatten().collect();
        Ok(Followed {
            reached: follow.reached(&places, asked.max_depth),
            unknown: follow.unknown().map(str::to_owned).collect(),
        })
    })
}
