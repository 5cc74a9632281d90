//! Where paths end: hubs, batch work, and what the environment has no use for.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Environment;
use crate::go::calls::{Finder, Function, FunctionId, Stop};
use crate::rule::CallGraph;

/// For each function, whether paths end there.
#[derive(Debug, Default)]
pub struct Stops {
    stops: Vec<Option<Stop>>,
    batch: FxHashMap<FunctionId, String>,
    hubs: FxHashMap<FunctionId, String>,
}

impl Stops {
    /// As rules and environment say; without `rules`, only the environment counts.
    pub fn new(functions: &[Function], finder: &Finder, rules: Option<&CallGraph>, environment: &Environment) -> Self {
        let mut found = Self { stops: Vec::with_capacity(functions.len()), ..Self::default() };
        for file in functions.chunk_by(|one, next| Arc::ptr_eq(&one.path, &next.path)) {
            let excluded = file.first().and_then(|function| environment.excludes(&function.path));
            found.stops.extend(file.iter().map(|_| excluded.map(|_| Stop::Before)));
        }
        if let Some(rules) = rules {
            found.cut(functions, finder, rules);
            found.batch(functions, finder, rules);
        }
        found
    }

    fn cut(&mut self, functions: &[Function], finder: &Finder, rules: &CallGraph) {
        for cut in &rules.cut {
            let methods: BTreeSet<&str> = cut.methods.iter().map(String::as_str).collect();
            let mut inside: FxHashMap<&str, bool> = FxHashMap::default();
            for (number, (function, stop)) in functions.iter().zip(&mut self.stops).enumerate() {
                let package = &*function.package;
                let is_cut = *inside.entry(package).or_insert_with(|| cut.packages.is_match(package))
                    || function.method().is_some_and(|name| methods.contains(name));
                if is_cut {
                    stop.get_or_insert(Stop::Before);
                    self.hubs.entry(FunctionId::new(number)).or_insert_with(|| cut.reason.clone());
                }
            }
            for id in cut.functions.iter().filter_map(|name| finder.named(functions, name)) {
                self.stops[id.number()] = Some(Stop::Before);
                self.hubs.entry(id).or_insert_with(|| cut.reason.clone());
            }
        }
    }

    fn batch(&mut self, functions: &[Function], finder: &Finder, rules: &CallGraph) {
        for batch in &rules.batch {
            for id in batch.functions.iter().filter_map(|name| finder.named(functions, name)) {
                if !batch.follow {
                    self.stops[id.number()].get_or_insert(Stop::After);
                }
                // Literals in a batch function are part of it.
                let own = (id.number() + 1..functions.len()).take_while(|n| functions[*n].parent.is_some());
                let own = own.map(FunctionId::new);
                self.batch.extend(std::iter::once(id).chain(own).map(|id| (id, batch.reason.clone())));
            }
        }
    }

    /// Whether paths end at a function.
    pub fn of(&self, function: FunctionId) -> Option<Stop> {
        self.stops.get(function.number()).copied().flatten()
    }

    /// Why paths do not lead through a function.
    pub fn hub_of(&self, function: FunctionId) -> Option<&str> {
        self.hubs.get(&function).map(String::as_str)
    }

    /// Why no request stands behind a function.
    pub fn batch_of(&self, function: FunctionId) -> Option<&str> {
        self.batch.get(&function).map(String::as_str)
    }
}
