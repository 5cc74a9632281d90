//! From operations to paths: which components a checkout has, where their entries are, and what those reach.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::absent::Absent;
use super::follow::Follow;
use super::lines::Lines;
use super::selection::Cells;
use super::served::{Group, Part, Served};
use super::stops::Stops;
use super::{Environment, Selection, SelectionError};
use crate::go::calls::{self, Finder, Graph, Kept, Outside};
use crate::go::files::{self, WalkOptions};
use crate::go::index::OutlineSeen;
use crate::go::module::{BuildContext, Origin, PackageName, ResolveOptions, Resolver};
use crate::go::types::World;
use crate::rule::{CallGraph, Entry, Patterns, RuleSet};
use crate::text::disk;

/// A component that the checkout has.
struct Component<'a> {
    name: String,
    roots: Vec<Arc<PackageName>>,
    /// Whose functions belong to it where nothing else says so; none: any.
    packages: Option<&'a Patterns>,
}

/// Answers questions about the paths of a checkout.
pub struct Engine<'a> {
    rules: &'a RuleSet,
    /// The checkout as it is built for Linux.
    world: &'a World,
    components: Vec<Component<'a>>,
    /// What graphs took from files of other systems.
    seen: Mutex<Vec<OutlineSeen>>,
    /// What the last graph of the checkout as it is built for Linux was made of.
    kept: Mutex<Kept>,
}

impl<'a> Engine<'a> {
    /// Looks which components the checkout has.
    pub fn new(rules: &'a RuleSet, world: &'a World) -> Self {
        let index = world.index();
        let top = index.resolver().package_at("");
        let mut components = Vec::new();
        for component in &rules.callgraph.component {
            let named = component.main.iter().map(|path| index.resolver().resolve(&top, path));
            let roots: Vec<_> = named.filter(|p| index.package(index.default_context(), p).is_some()).collect();
            if !roots.is_empty() {
                let packages = Some(&component.packages);
                components.push(Component { name: component.name.clone(), roots, packages });
            }
        }
        let mut engine = Self { rules, world, components, seen: Mutex::default(), kept: Mutex::default() };
        if rules.operations.entry.iter().any(|entry| entry.component.is_empty()) || engine.components.is_empty() {
            engine.components.push(engine.whole());
        }
        engine
    }

    /// Takes what an earlier graph was made of, if the world still calls packages what it did then.
    pub fn with(self, kept: Kept) -> Self {
        Self { kept: Mutex::new(kept), ..self }
    }

    /// What the last graph was made of.
    pub fn into_kept(self) -> Kept {
        self.kept.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The whole checkout as one program.
    fn whole(&self) -> Component<'a> {
        let resolver = self.world.index().resolver();
        let walked = files::walk(resolver.root(), &WalkOptions::default(), &self.rules.scope);
        let dirs: BTreeSet<&str> =
            walked.files.iter().map(|path| path.rsplit_once('/').map_or("", |(dir, _)| dir)).collect();
        let roots = dirs.into_iter().map(|dir| resolver.package_at(dir)).collect();
        Component { name: String::new(), roots, packages: None }
    }

    fn component(&self, name: &str) -> Option<usize> {
        self.components.iter().position(|component| component.name == name)
    }

    /// Whether any of the rules' operations start in this checkout.
    pub fn has_entries(&self) -> bool {
        self.rules.operations.entry.iter().any(|entry| self.component(&entry.component).is_some())
    }

    /// The calls of some components, as a context builds them; of those alone that need one of the directories' packages.
    fn graph(&self, context: &BuildContext, components: &[usize], within: Option<&BTreeSet<String>>) -> Graph {
        let roots: Vec<_> = components.iter().map(|c| self.components[*c].roots.clone()).collect();
        let outside = Outside {
            containers: &self.rules.callgraph.containers,
            logs: &self.rules.log_calls,
            followed: &self.rules.callgraph.followed,
            leaves: &self.rules.callgraph.leaves,
        };
        let index = self.world.index();
        let asked = |resolver: &Resolver| Some(within?.iter().map(|dir| resolver.package_at(dir)).collect::<Vec<_>>());
        if *context == index.context(index.default_context()) {
            let asked = asked(index.resolver());
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            return calls::build(self.world, index.default_context(), &roots, asked.as_deref(), &outside, &mut kept);
        }
        let world = World::new(index.resolver().root(), context.clone(), ResolveOptions::default());
        let world = world.with_overlay(index.overlay().clone());
        let resolver = world.index().resolver();
        let here = |name: &Arc<PackageName>| match &name.origin {
            Origin::Dir(dir) => resolver.package_at(dir),
            _ => name.clone(),
        };
        let roots: Vec<_> = roots.iter().map(|roots| roots.iter().map(here).collect()).collect();
        let asked = asked(resolver);
        let graph = calls::build(
            &world,
            world.index().default_context(),
            &roots,
            asked.as_deref(),
            &outside,
            &mut Kept::default(),
        );
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).extend(world.index().seen());
        graph
    }

    /// The calls that a selection takes. Where it is only asked about files `within` some directories, programs without
    /// their packages are not looked at.
    pub fn serve(&self, selection: &Selection, within: Option<&BTreeSet<String>>) -> Result<Served, SelectionError> {
        let cells = selection.cells(self.rules)?;
        let environment = Environment::new(&self.rules.environments, selection.environment.as_deref())?;
        let operations = &self.rules.operations;
        let chosen = operations.entry.iter().filter_map(|entry| {
            let served = cells.of(entry);
            Some((entry, self.component(&entry.component)?, served)).filter(|(.., served)| !served.is_empty())
        });
        let chosen: Vec<(&Entry, usize, Vec<u16>)> = chosen.collect();
        let components: BTreeSet<usize> = chosen.iter().map(|(_, component, _)| *component).collect();
        let components: Vec<usize> = components.into_iter().collect();
        let max_depth = selection.max_depth.or(operations.max_depth);
        let (mut parts, mut absent): (Vec<Part>, Option<BTreeSet<Absent>>) = (Vec::new(), None);
        for context in environment.contexts.iter().filter(|_| !chosen.is_empty()) {
            let graph = Arc::new(self.graph(context, &components, within));
            let finder = Finder::new(&graph.functions);
            let stops = Stops::new(&graph.functions, &finder, Some(&self.rules.callgraph), &environment);
            let (groups, missing) = self.groups(&chosen, &components, &cells, &graph, &finder);
            // What one system lacks another may have.
            absent = Some(match absent {
                Some(known) => known.intersection(&missing).cloned().collect(),
                None => missing,
            });
            parts.push(Part::new((graph, context.clone()), finder, stops, &groups, max_depth));
        }
        let of_profile = |profile| Environment::of(&self.rules.environments, profile);
        let phases = operations.phase.iter().map(|phase| (phase.name.clone(), phase.priority)).collect();
        let seen = std::mem::take(&mut *self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        Ok(Served {
            seen,
            parts,
            cells,
            phases,
            decay: operations.decay.unwrap_or(1.0),
            environment,
            environments: self.rules.environments.profile.iter().map(of_profile).collect(),
            lines: Lines::new(self.world.index().resolver().root(), self.world.index().overlay()),
            absent: absent.unwrap_or_default().into_iter().collect(),
        })
    }

    /// Finds the entries' functions.
    fn groups(
        &self,
        chosen: &[(&Entry, usize, Vec<u16>)],
        components: &[usize],
        cells: &Cells,
        graph: &Graph,
        finder: &Finder,
    ) -> (Vec<Group>, BTreeSet<Absent>) {
        let (mut groups, mut absent) = (Vec::new(), BTreeSet::new());
        for (entry, component, served) in chosen {
            let program = components.iter().position(|known| known == component).unwrap_or_default();
            let mut entries = Vec::new();
            for function in &entry.functions {
                let known = function.names().into_iter().filter_map(|name| finder.named(&graph.functions, name));
                let found: Vec<_> = known.filter(|id| graph.programs[program].has(*id)).collect();
                if found.is_empty() {
                    let elsewhere = || {
                        let is_elsewhere = function.names().into_iter().any(|name| self.is_built_elsewhere(name));
                        is_elsewhere.then(|| "built for another system".to_owned())
                    };
                    absent.insert(Absent {
                        component: entry.component.clone(),
                        names: function.names().into_iter().map(str::to_owned).collect(),
                        bounds: function.bounds().or_else(elsewhere),
                    });
                }
                entries.extend(found);
            }
            let phase = served.iter().map(|cell| cells.list[*cell as usize].phase).min().unwrap_or_default();
            let (component, cells) = (entry.component.clone(), served.clone());
            groups.push(Group { component, program, phase, cells, entries });
        }
        (groups, absent)
    }

    /// The components whose programs a package's functions are followed in: those that claim it, else all.
    fn claiming(&self, package: &str) -> Vec<usize> {
        let all = 0..self.components.len();
        let claiming: Vec<usize> = all
            .clone()
            .filter(|c| self.components[*c].packages.is_none_or(|packages| packages.is_match(package)))
            .collect();
        if claiming.is_empty() { all.collect() } else { claiming }
    }

    /// What is reached from functions, whoever calls them.
    pub fn from(&self, names: &[String], cuts: bool, environment: Option<&str>) -> Result<Follow, SelectionError> {
        let environment = match environment {
            Some(name) => Environment::new(&self.rules.environments, Some(name))?,
            None => Environment::everything(BuildContext::default()),
        };
        let cuts = cuts.then_some(&self.rules.callgraph);
        let mut claims: Vec<(String, Vec<usize>)> =
            names.iter().map(|name| (name.clone(), self.claiming(&package_of(name)))).collect();
        let follow = self.follow(&claims, cuts, &environment)?;
        // A binary may have a package by its place alone, and make no use of it: then the others are asked.
        let lost: BTreeSet<String> = follow.unknown().map(str::to_owned).collect();
        let all: Vec<usize> = (0..self.components.len()).collect();
        let mut asked = false;
        for (_, components) in claims.iter_mut().filter(|(name, known)| lost.contains(name) && *known != all) {
            components.clone_from(&all);
            asked = true;
        }
        if asked { self.follow(&claims, cuts, &environment) } else { Ok(follow) }
    }

    fn follow(
        &self,
        claims: &[(String, Vec<usize>)],
        cuts: Option<&CallGraph>,
        environment: &Environment,
    ) -> Result<Follow, SelectionError> {
        let components: BTreeSet<usize> = claims.iter().flat_map(|(_, components)| components.clone()).collect();
        let components: Vec<usize> = components.into_iter().collect();
        let mut parts = Vec::new();
        for context in &environment.contexts {
            let graph = self.graph(context, &components, None);
            let finder = Finder::new(&graph.functions);
            let stops = Stops::new(&graph.functions, &finder, cuts, environment);
            parts.push((graph, finder, stops));
        }
        let programs = |claimed: &Vec<usize>| -> Vec<usize> {
            claimed.iter().filter_map(|c| components.iter().position(|known| known == c)).collect()
        };
        let entries = claims.iter().map(|(name, claimed)| (name.clone(), programs(claimed))).collect();
        Ok(Follow::new(parts, entries, Lines::new(self.world.index().resolver().root(), self.world.index().overlay())))
    }

    /// Whether a function stands in a file that is not built for the systems that were looked at.
    fn is_built_elsewhere(&self, name: &str) -> bool {
        let package = package_of(name);
        let resolver = self.world.index().resolver();
        let found = resolver.resolve(&resolver.package_at(""), &package);
        let Origin::Dir(dir) = &found.origin else { return false };
        let plain: String = name.chars().filter(|c| !matches!(c, '(' | ')' | '*')).collect();
        let mut words = plain.get(package.len() + 1..).unwrap_or_default().rsplit('.');
        let (function, receiver) = (words.next().unwrap_or_default(), words.next());
        let declares = |line: &str| match receiver {
            Some(receiver) => {
                line.starts_with("func (")
                    && line.contains(&format!(") {function}("))
                    && line.split(')').next().is_some_and(|head| head.ends_with(receiver))
            }
            None => line.starts_with(&format!("func {function}(")),
        };
        let files = std::fs::read_dir(resolver.root().join(&**dir)).into_iter().flatten().flatten();
        let texts = files.filter(|file| file.path().extension().is_some_and(|e| e == "go"));
        texts.filter_map(|file| disk::read_text(&file.path(), disk::SOURCE).ok()).any(|text| text.lines().any(declares))
    }
}

/// Import path of the package that a function's name tells.
fn package_of(name: &str) -> String {
    let plain: String = name.chars().filter(|c| !matches!(c, '(' | ')' | '*')).collect();
    let last = plain.rfind('/').map_or(0, |at| at + 1);
    let end = plain[last..].find('.').map_or(plain.len(), |at| last + at);
    plain[..end].to_owned()
}
