//! Calls to functions, once it is known what reaches which place.

use std::rc::Rc;

use rustc_hash::FxHashMap;

use super::facts::{CallFact, FuncRef, Manner, Target};
use super::graph::{Calls, Edge, EdgeKind, FunctionId};
use super::link::Joined;
use super::methods::MethodTarget;
use super::solve::{Holdings, solve};
use crate::go::types::View;

/// The calls of the members that are flagged.
pub(super) fn calls(joined: &Joined<'_, '_>, needed: &[bool]) -> Calls {
    let view = joined.program.world.view(joined.program.context);
    let holdings = solve(&joined.network(needed, &view));
    let (dispatched, stored) = Default::default();
    let mut resolver = Resolver { joined, needed, view, holdings, dispatched, stored, edges: Vec::new() };
    for unit in own_units(joined, needed) {
        for call in &joined.facts[unit as usize].calls {
            resolver.call(unit, call);
        }
    }
    Calls::new(resolver.edges, functions(joined, needed))
}

/// A flag for each function: whether it is the checkout's own, in the members that are flagged.
pub(super) fn functions(joined: &Joined<'_, '_>, needed: &[bool]) -> Vec<bool> {
    let mut has = vec![false; joined.functions.last().copied().unwrap_or_default() as usize];
    for unit in own_units(joined, needed) {
        let (start, end) = (joined.functions[unit as usize], joined.functions[unit as usize + 1]);
        has[start as usize..end as usize].fill(true);
    }
    has
}

fn own_units<'j>(joined: &'j Joined<'_, '_>, needed: &'j [bool]) -> impl Iterator<Item = u32> + 'j {
    let members = (0..needed.len()).filter(|member| needed[*member]);
    let units = members.flat_map(|member| joined.program.units_of(member as u32));
    units.filter(|unit| joined.program.is_own(*unit))
}

type Found = Rc<[(u32, EdgeKind)]>;

struct Resolver<'j, 'p, 'w> {
    joined: &'j Joined<'p, 'w>,
    needed: &'j [bool],
    view: View<'w>,
    holdings: Holdings,
    /// By set, interface and method.
    dispatched: FxHashMap<(u32, u32, u32), Found>,
    stored: FxHashMap<u32, Found>,
    edges: Vec<(u32, Edge)>,
}

impl Resolver<'_, '_, '_> {
    fn call(&mut self, unit: u32, call: &CallFact) {
        let from = self.joined.functions[unit as usize] + call.sub;
        let mut add = |to: u32, kind: EdgeKind| {
            self.edges.push((from, Edge { to: FunctionId(to), kind, at: call.at }));
        };
        match call.target {
            Target::Function(function) if self.joined.program.is_own(function.unit) => {
                add(self.joined.function(function), kind(call.manner));
            }
            Target::Function(_) => {}
            Target::Dispatch { node, interface, method } => {
                let set = self.holdings.set_number(self.joined.node(unit, node));
                for (to, kind) in self.dispatch(set, interface, method).iter() {
                    self.edges.push((from, Edge { to: FunctionId(*to), kind: *kind, at: call.at }));
                }
            }
            Target::Value(node) => {
                let set = self.holdings.set_number(self.joined.node(unit, node));
                for (to, kind) in self.stored(set).iter() {
                    self.edges.push((from, Edge { to: FunctionId(*to), kind: *kind, at: call.at }));
                }
            }
        }
    }

    fn stored(&mut self, set: u32) -> Found {
        let find = || {
            let functions = self.holdings.set(set).iter().filter_map(|element| self.joined.function_of(*element));
            let functions = functions.filter(|function| self.joined.is_own(*function));
            functions.map(|function| (function, EdgeKind::Stored)).collect()
        };
        self.stored.entry(set).or_insert_with(find).clone()
    }

    fn dispatch(&mut self, set: u32, interface: u32, method: u32) -> Found {
        let key = (set, interface, method);
        if let Some(found) = self.dispatched.get(&key) {
            return found.clone();
        }
        let mut seen = Vec::new();
        let mut functions = Vec::new();
        let visible = self.methods_of(set, method, &mut seen, &mut functions);
        let mut found: Vec<_> = functions.into_iter().map(|function| (function, EdgeKind::Interface)).collect();
        // What code outside yields is most likely of a type from outside, unless the interface is the checkout's own.
        let outside = self.holdings.set(set).iter().any(|element| self.joined.is_opaque(*element));
        if !visible && (!outside || self.joined.is_own_interface(interface)) {
            found = self.implementing(interface, method);
        }
        found.sort_unstable();
        found.dedup();
        let found: Found = found.into();
        self.dispatched.insert(key, found.clone());
        found
    }

    /// The functions that a method ends in, for all types of a set; says whether there is any, in code that is looked
    /// at or not.
    fn methods_of(&self, set: u32, method: u32, seen: &mut Vec<u32>, functions: &mut Vec<u32>) -> bool {
        if seen.contains(&set) {
            return true;
        }
        seen.push(set);
        let mut visible = false;
        for element in self.holdings.set(set) {
            match self.joined.methods.target(&self.view, *element, method) {
                Some(MethodTarget::Function(function)) => {
                    functions.extend(self.own(function));
                    visible = true;
                }
                Some(MethodTarget::Outside) => visible = true,
                Some(MethodTarget::Embedded { field, method, .. }) => {
                    let inner = self.holdings.set_number(field);
                    visible |= self.methods_of(inner, method, seen, functions);
                }
                None => {}
            }
        }
        visible
    }

    /// The number of a function that paths may lead through.
    fn own(&self, function: FuncRef) -> Option<u32> {
        self.joined.program.is_own(function.unit).then(|| self.joined.function(function))
    }

    /// All functions that the method can end in.
    fn implementing(&self, interface: u32, method: u32) -> Vec<(u32, EdgeKind)> {
        let methods = &self.joined.methods;
        let types = methods.implementers(interface).unwrap_or_default().iter();
        let own = types.filter(|ty| methods.member_of(**ty).is_some_and(|member| self.needed[member as usize]));
        let targets = own.filter_map(|ty| match methods.target(&self.view, *ty, method) {
            Some(MethodTarget::Function(function)) => self.own(function),
            _ => None,
        });
        targets.map(|function| (function, EdgeKind::Implements)).collect()
    }
}

fn kind(manner: Manner) -> EdgeKind {
    match manner {
        Manner::Call => EdgeKind::Call,
        Manner::Go => EdgeKind::Go,
        Manner::Defer => EdgeKind::Defer,
        Manner::Passed => EdgeKind::Passed,
        Manner::Closure => EdgeKind::Closure,
    }
}
