//! The facts of a program's functions, joined to one network.

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Facts, FuncRef, NodeRef, Origin, Place, Tables, Target};
use super::methods::{MethodSets, MethodTarget};
use super::program::{Program, is_own};
use super::solve::Network;
use crate::go::types::{Type, View};

/// Parameters and results of a method that an interface asks for, as far as values flow through them.
#[derive(Clone, Debug, Default)]
pub(super) struct AskedPlaces {
    params: Vec<(u16, u32)>,
    results: Vec<(u16, u32)>,
}

/// Everything that is known about all functions.
pub(super) struct Joined<'p, 'w> {
    pub(super) program: &'p Program<'w>,
    pub(super) tables: &'p Tables,
    pub(super) facts: &'p [Facts],
    pub(super) methods: MethodSets<'p, 'w>,
    /// Where the functions of each unit start among all functions.
    pub(super) functions: Vec<u32>,
    /// Where the places of each unit start among all places.
    bases: Vec<u32>,
    nodes: usize,
    asked: FxHashMap<(u32, u32), AskedPlaces>,
    types: usize,
    opaque: u32,
    /// Packages outside that hold what they are given, by place.
    holders: FxHashMap<u32, u32>,
    interfaces: FxHashMap<u32, Type>,
}

impl<'p, 'w> Joined<'p, 'w> {
    pub(super) fn new(program: &'p Program<'w>, tables: &'p Tables, facts: &'p [Facts]) -> Self {
        let opaque = tables.types.number(&Type::default());
        let methods = MethodSets::new(program, tables);
        let mut joined = Self {
            program,
            tables,
            facts,
            methods,
            functions: vec![0],
            bases: Vec::new(),
            nodes: 0,
            asked: FxHashMap::default(),
            types: 0,
            opaque,
            holders: FxHashMap::default(),
            interfaces: FxHashMap::default(),
        };
        joined.prepare();
        joined.number();
        joined
    }

    /// Finds the interfaces in use, and who implements them.
    fn prepare(&mut self) {
        for (node, place) in self.tables.places.keys() {
            match place {
                Place::AskedParam { interface, method, index } => {
                    self.asked.entry((interface, method)).or_default().params.push((index, node));
                }
                Place::AskedResult { interface, method, index } => {
                    self.asked.entry((interface, method)).or_default().results.push((index, node));
                }
                Place::Outside(package) => drop(self.holders.insert(package, node)),
                _ => {}
            }
        }
        let mut wanted: FxHashSet<u32> = self.asked.keys().map(|(interface, _)| *interface).collect();
        for facts in self.facts {
            wanted.extend(facts.narrowed.iter().map(|(_, interface, _)| *interface));
            wanted.extend(facts.calls.iter().filter_map(|call| match call.target {
                Target::Dispatch { interface, .. } => Some(interface),
                _ => None,
            }));
        }
        let wanted: Vec<u32> = wanted.into_iter().collect();
        self.methods.prepare(&wanted);
        let view = self.program.world.view(self.program.context);
        let mut open: Vec<(u32, u32)> = self.asked.keys().copied().collect();
        while let Some((interface, method)) = open.pop() {
            self.methods.prepare(&[interface]);
            let Some(types) = self.methods.implementers(interface) else { continue };
            let targets: Vec<_> = types.iter().filter_map(|ty| self.methods.target(&view, *ty, method)).collect();
            for target in targets {
                if let MethodTarget::Embedded { interface: inner, .. } = target
                    && self.extend_asked((interface, method), (inner, method))
                {
                    open.push((inner, method));
                }
            }
        }
        let mut used: FxHashSet<u32> = self.asked.keys().map(|(interface, _)| *interface).collect();
        used.extend(wanted);
        self.interfaces = self.tables.types.keys().into_iter().filter(|(number, _)| used.contains(number)).collect();
    }

    /// Gives a method that stands behind another one the same places; says whether any were new.
    fn extend_asked(&mut self, from: (u32, u32), to: (u32, u32)) -> bool {
        let AskedPlaces { params, results } = self.asked.get(&from).cloned().unwrap_or_default();
        let (interface, method) = to;
        let known = self.asked.entry(to).or_default();
        let before = known.params.len() + known.results.len();
        for (index, _) in params {
            if known.params.iter().all(|(other, _)| *other != index) {
                known.params.push((index, self.tables.places.number(&Place::AskedParam { interface, method, index })));
            }
        }
        for (index, _) in results {
            if known.results.iter().all(|(other, _)| *other != index) {
                let place = Place::AskedResult { interface, method, index };
                known.results.push((index, self.tables.places.number(&place)));
            }
        }
        known.params.len() + known.results.len() > before
    }

    fn number(&mut self) {
        let mut next = self.tables.places.len() as u32;
        for facts in self.facts {
            self.bases.push(next);
            next += facts.nodes;
            let last = self.functions.last().copied().unwrap_or_default();
            self.functions.push(last + facts.subs.len() as u32);
        }
        self.nodes = next as usize;
        self.types = self.tables.types.len();
    }

    /// A function's number.
    pub(super) fn function(&self, function: FuncRef) -> u32 {
        self.functions[function.unit as usize] + function.sub
    }

    /// Whether paths may lead through a function.
    pub(super) fn is_own(&self, function: u32) -> bool {
        let unit = self.functions.partition_point(|start| *start <= function).saturating_sub(1);
        self.program.is_own(unit as u32)
    }

    /// A place's number.
    pub(super) fn node(&self, unit: u32, node: NodeRef) -> u32 {
        node.global(self.bases[unit as usize])
    }

    /// The function that an element of a set is.
    pub(super) fn function_of(&self, element: u32) -> Option<u32> {
        element.checked_sub(self.types as u32)
    }

    /// Whether an element stands for what code outside yields.
    pub(super) fn is_opaque(&self, element: u32) -> bool {
        element == self.opaque
    }

    /// Whether an interface is declared in code that is looked at.
    pub(super) fn is_own_interface(&self, interface: u32) -> bool {
        self.interfaces.get(&interface).and_then(Type::named).is_none_or(|named| is_own(&named.package))
    }

    /// The network of the members that are flagged.
    pub(super) fn network(&self, needed: &[bool], view: &View<'w>) -> Network {
        let mut network = Network { nodes: self.nodes, ..Network::default() };
        let mut filters = FxHashMap::default();
        let mut taken = FxHashSet::default();
        for member in (0..needed.len()).filter(|member| needed[*member]) {
            for unit in self.program.units_of(member as u32) {
                self.unit(unit, &mut network, &mut filters);
                taken.extend(self.facts[unit as usize].taken.iter().copied());
            }
        }
        for (function, signature) in taken {
            self.taken(function, signature, &mut network);
        }
        for (key, places) in &self.asked {
            self.asked(*key, places, needed, view, &mut network);
        }
        network
    }

    fn unit(&self, unit: u32, network: &mut Network, filters: &mut FxHashMap<u32, u32>) {
        let facts = &self.facts[unit as usize];
        let at = |node: NodeRef| self.node(unit, node);
        network.flows.extend(facts.flows.iter().map(|(from, to)| (at(*from), at(*to))));
        for (origin, to) in &facts.origins {
            let element = match origin {
                Origin::Type(ty) => *ty,
                Origin::Function(function) => self.types as u32 + self.function(*function),
                Origin::Opaque => self.opaque,
            };
            network.origins.push((element, at(*to)));
        }
        for (from, interface, to) in &facts.narrowed {
            let Some(types) = self.methods.implementers(*interface) else {
                network.flows.push((at(*from), at(*to)));
                continue;
            };
            let filter = *filters.entry(*interface).or_insert_with(|| {
                let mut passing = types.to_vec();
                passing.push(self.opaque);
                passing.sort_unstable();
                network.filters.push(passing.into());
                network.filters.len() as u32 - 1
            });
            network.narrowed.push((at(*from), filter, at(*to)));
        }
    }

    /// A function that is used as a value may be called wherever a value of its type is.
    fn taken(&self, function: FuncRef, signature: u32, network: &mut Network) {
        let places = &self.tables.places;
        let facts = &self.facts[function.unit as usize];
        let bound = facts.subs.get(function.sub as usize).is_some_and(|sub| sub.bound);
        let asked = facts.calls.iter().find_map(|call| match call.target {
            Target::Dispatch { interface, method, .. } if bound && call.sub == function.sub => {
                Some((interface, method))
            }
            _ => None,
        });
        for index in 0..MAX_PARAMS {
            let to = match asked {
                Some((interface, method)) => Place::AskedParam { interface, method, index },
                None => Place::Param(function, index),
            };
            let given = places.known(&Place::CalledParam { signature, index });
            network.flows.extend(given.and_then(|from| Some((from, places.known(&to)?))));
            let from = match asked {
                Some((interface, method)) => Place::AskedResult { interface, method, index },
                None => Place::Result(function, index),
            };
            let yielded = places.known(&Place::CalledResult { signature, index });
            network.flows.extend(yielded.and_then(|to| Some((places.known(&from)?, to))));
        }
    }

    fn asked(
        &self,
        (interface, method): (u32, u32),
        asked: &AskedPlaces,
        needed: &[bool],
        view: &View<'w>,
        network: &mut Network,
    ) {
        if let Some(package) = self.interfaces.get(&interface).and_then(Type::named).map(|named| &named.package)
            && !is_own(package)
        {
            network.origins.extend(asked.results.iter().map(|(_, node)| (self.opaque, *node)));
            if let Some(holder) = self.holders.get(&(package.number() as u32)) {
                network.flows.extend(asked.results.iter().map(|(_, node)| (*holder, *node)));
                network.flows.extend(asked.params.iter().map(|(_, node)| (*node, *holder)));
            }
        }
        let places = &self.tables.places;
        for ty in self.methods.implementers(interface).unwrap_or_default() {
            if self.methods.member_of(*ty).is_none_or(|member| !needed[member as usize]) {
                continue;
            }
            let Some(target) = self.methods.target(view, *ty, method) else { continue };
            let place = |index: u16, result: bool| match (target, result) {
                (MethodTarget::Function(function), false) => places.known(&Place::Param(function, index)),
                (MethodTarget::Function(function), true) => places.known(&Place::Result(function, index)),
                (MethodTarget::Embedded { interface, method, .. }, false) => {
                    places.known(&Place::AskedParam { interface, method, index })
                }
                (MethodTarget::Embedded { interface, method, .. }, true) => {
                    places.known(&Place::AskedResult { interface, method, index })
                }
                (MethodTarget::Outside, _) => None,
            };
            for (index, node) in &asked.params {
                network.flows.extend(place(*index, false).map(|to| (*node, to)));
            }
            for (index, node) in &asked.results {
                network.flows.extend(place(*index, true).map(|from| (from, *node)));
            }
        }
    }
}

/// Parameters beyond this are not followed through function values.
const MAX_PARAMS: u16 = 12;
