//! Which functions of a package get which parameter.

use std::collections::BTreeMap;

use std::rc::Rc;

use tree_sitter::Node;

use super::edits;
use super::func::Func;
use super::ground::Ground;
use super::outcome::{Blocked, Lone};
use super::package::Unit;
use super::parameter::{Kind, Parameter, Parameters};
use super::refs::{self, Refs};
use crate::go::syntax::{self, kind, named_children};
use crate::go::types::Type;
use crate::write::reason::Cause;

/// A chain has this many functions without a carrier at most.
pub const MAX_DEPTH: usize = 3;
/// Types of objects that are tried for one call.
const MAX_TYPES: usize = 6;
/// Functions that one log call may change.
const MAX_FUNCTIONS: usize = 12;

/// What is decided about one package so far.
pub struct Solver<'s, 'p> {
    /// What the run knows.
    pub ground: &'s Ground<'p>,
    /// The files.
    pub units: &'s [Unit<'p>],
    known: BTreeMap<Func, Result<Rc<Refs>, Blocked>>,
    /// The parameters.
    pub parameters: Parameters,
}

/// What one attempt adds.
#[derive(Clone)]
struct Attempt {
    parameters: Parameters,
    /// Whether some call that is no test has the carrier.
    grounded: bool,
    added: usize,
}

impl<'s, 'p> Solver<'s, 'p> {
    /// Nothing is decided yet.
    pub fn new(ground: &'s Ground<'p>, units: &'s [Unit<'p>]) -> Self {
        Self { ground, units, known: BTreeMap::new(), parameters: BTreeMap::new() }
    }

    /// The references of a function.
    pub fn refs(&mut self, func: &Func) -> Result<Rc<Refs>, Blocked> {
        if let Some(known) = self.known.get(func) {
            return known.clone();
        }
        let found = refs::refs(self.ground, self.units, func).map(Rc::new).map_err(|blocked| blocked.of(func));
        self.known.insert(func.clone(), found.clone());
        found
    }

    /// References that were found before.
    pub fn known(&self, func: &Func) -> Option<&Refs> {
        self.known.get(func)?.as_ref().ok().map(|refs| &**refs)
    }

    /// Threads a carrier to the function of a log call.
    pub fn lone(&mut self, call: &Lone) -> Result<Func, Blocked> {
        let here = (call.path.clone(), call.line);
        let none = || Blocked::at(Cause::OutsideFunctions, here.clone());
        let unit = self.units.iter().find(|unit| unit.file.source.path == call.path).ok_or_else(none)?;
        let declaration = unit.declaration(call.offset).ok_or_else(none)?;
        let func = Func::of(declaration, &unit.file.source.bytes).ok_or_else(none)?;
        if self.parameters.contains_key(&func) {
            return Ok(func);
        }
        self.changeable(&func, &here)?;
        let request = self.ground.rules.carriers.request_contexts.is_match(&*call.path);
        let mut kinds: Vec<Kind> = self.types(&func).into_iter().map(Kind::Object).collect();
        if kinds.len() > 1 {
            kinds.push(Kind::AnyObject);
        }
        kinds.insert(if request { 0 } else { kinds.len() }, Kind::Context);
        let mut reason: Option<Blocked> = None;
        for kind in kinds {
            let mut attempt = Attempt { parameters: self.parameters.clone(), grounded: false, added: 0 };
            match self.need(&func, &kind, 1, &mut attempt) {
                Ok(()) if attempt.grounded => {
                    self.parameters = attempt.parameters;
                    return Ok(func);
                }
                Ok(()) => {
                    let place = self.place(&func);
                    reason = Some(Blocked::at(Cause::NoCarrier, place).of(&func));
                }
                // Of a context one knows best where its way ends.
                Err(blocked) if kind == Kind::Context || reason.is_none() => reason = Some(blocked),
                Err(_) => {}
            }
        }
        Err(reason.unwrap_or_else(none))
    }

    fn place(&mut self, func: &Func) -> (crate::text::diagnostic::RelPath, u32) {
        let units = self.units;
        let declared = self.refs(func).ok().and_then(|refs| refs.declared.first().cloned());
        declared.map_or(("".into(), 1), |declared| units[declared.slot.unit].place(declared.name))
    }

    /// Whether a function may change at all.
    fn changeable(&self, func: &Func, place: &(crate::text::diagnostic::RelPath, u32)) -> Result<(), Blocked> {
        let block = |cause| Err(Blocked::at(cause, place.clone()).of(func));
        match func.name.as_str() {
            "main" | "init" if func.receiver.is_empty() => block(Cause::EntryPoint),
            _ if func.is_exported() => block(Cause::Exported),
            "_" => block(Cause::Unnamed),
            _ => Ok(()),
        }
    }

    /// Types of objects that the callers of a function have, nearest and most common first.
    fn types(&mut self, func: &Func) -> Vec<Type> {
        let mut level = vec![func.clone()];
        let mut seen = level.clone();
        for _ in 0..MAX_DEPTH {
            let (mut found, mut next): (Vec<(Type, usize)>, Vec<Func>) = (Vec::new(), Vec::new());
            for func in &level {
                let Ok(refs) = self.refs(func) else { continue };
                for call in refs.calls.iter().filter(|call| !self.units[call.slot.unit].is_test()) {
                    let mut own: Vec<&Type> = Vec::new();
                    for ty in call.offers.iter().filter_map(|offer| offer.object.as_ref()) {
                        if own.contains(&ty) {
                            continue;
                        }
                        own.push(ty);
                        match found.iter_mut().find(|(known, _)| known == ty) {
                            Some((_, count)) => *count += 1,
                            None => found.push((ty.clone(), 1)),
                        }
                    }
                    next.extend(call.caller.iter().filter(|caller| !seen.contains(caller)).cloned());
                    seen.extend(call.caller.clone());
                }
            }
            if !found.is_empty() {
                found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
                found.truncate(MAX_TYPES);
                return found.into_iter().map(|(ty, _)| ty).collect();
            }
            level = next;
        }
        Vec::new()
    }

    /// Gives a function a parameter, and its callers, where they have nothing to pass.
    fn need(&mut self, func: &Func, kind: &Kind, depth: usize, attempt: &mut Attempt) -> Result<(), Blocked> {
        let refs = self.refs(func)?;
        let place = self.place(func);
        let block = |cause| Err(Blocked::at(cause, place.clone()).of(func));
        if let Some(parameter) = attempt.parameters.get(func) {
            attempt.grounded |= parameter.kind == *kind;
            return match parameter.kind == *kind {
                true => Ok(()),
                false => block(Cause::OtherCarrier),
            };
        }
        self.changeable(func, &place)?;
        if depth > MAX_DEPTH || attempt.added >= MAX_FUNCTIONS {
            return block(Cause::TooLong);
        }
        if refs.calls.iter().all(|call| self.units[call.slot.unit].is_test()) {
            return block(Cause::OnlyTests);
        }
        if refs.calls.iter().any(|call| call.spreads) && refs.declared.iter().any(|declared| !declared.takes_one) {
            return block(Cause::SeveralValues);
        }
        let name = self.parameter_name(func, &refs, kind).map_err(|blocked| blocked.of(func))?;
        attempt.parameters.insert(func.clone(), Parameter { kind: kind.clone(), name, depth });
        attempt.added += 1;
        for call in &refs.calls {
            let unit = &self.units[call.slot.unit];
            if call.offer(kind).is_some() {
                attempt.grounded |= !unit.is_test();
                continue;
            }
            if unit.is_test() {
                if *kind == Kind::Context && call.context.is_none() {
                    return Err(Blocked::at(Cause::ContextUnnamed, unit.place(call.slot.at)).of(func));
                }
                continue;
            }
            if !unit.is_test() && call.is_unclear(kind) {
                return Err(Blocked::at(Cause::SeveralObjects, unit.place(call.slot.at)).of(func));
            }
            let Some(caller) = &call.caller else {
                return Err(Blocked::at(Cause::Initialiser, unit.place(call.slot.at)).of(func));
            };
            if attempt.parameters.get(caller).is_none_or(|parameter| parameter.kind != *kind) {
                self.need(caller, kind, depth + 1, attempt)?;
            }
        }
        Ok(())
    }

    /// A name for the new parameter that means nothing yet where it would be seen.
    fn parameter_name(&self, func: &Func, refs: &Refs, kind: &Kind) -> Result<String, Blocked> {
        let names = match kind {
            Kind::Context => vec!["ctx".to_owned()],
            Kind::AnyObject => vec!["obj".to_owned(), "object".to_owned()],
            Kind::Object(ty) => {
                let word =
                    |text: &&str| text.chars().all(char::is_alphanumeric) && !text.starts_with(char::is_uppercase);
                let own = refs.calls.iter().filter_map(|call| call.offer(kind)).find(word);
                let of_type = ty.pointee().and_then(Type::named).map(|named| lower(&named.name));
                own.map(str::to_owned).into_iter().chain(of_type).collect()
            }
        };
        let mut taken = None;
        for name in names {
            match refs.declared.iter().find_map(|declared| self.mentions(declared.slot.unit, declared.name, &name)) {
                Some(place) => taken = taken.or(Some((place, name))),
                None => {
                    edits::type_names(self.units, refs, kind)?;
                    return Ok(name);
                }
            }
        }
        let (place, name) = taken.unwrap_or((("".into(), 1), String::new()));
        Err(Blocked::at(Cause::NameTaken { name, function: func.display() }, place))
    }

    /// Where a declaration, its file's imports or its package mention a name.
    fn mentions(&self, unit: usize, at: usize, name: &str) -> Option<(crate::text::diagnostic::RelPath, u32)> {
        let unit = &self.units[unit];
        let declaration = unit.declaration(at)?;
        let own = find(declaration, name, &unit.file.source.bytes);
        let imported = unit.imports.list.iter().find(|import| import.name() == name).map(|import| import.span.start);
        let declared = || unit.types.package().is_ok_and(|package| package.lookup(name).is_some());
        let at = own.or(imported).or_else(|| declared().then_some(at))?;
        Some(unit.place(at))
    }
}

/// The first identifier with this name; fields behind a dot and comments are none.
fn find(root: Node<'_>, name: &str, source: &[u8]) -> Option<usize> {
    let mut stack = vec![root];
    while let Some(node) = stack.pop() {
        let is_name = matches!(node.kind_id(), kind::IDENTIFIER | kind::PACKAGE_IDENTIFIER | kind::TYPE_IDENTIFIER);
        if is_name && syntax::text(node, source) == name {
            return Some(node.start_byte());
        }
        stack.extend(named_children(node));
    }
    None
}

/// `PersistentVolume` → `persistentVolume`, `CSINode` → `csiNode`.
fn lower(name: &str) -> String {
    let upper = name.chars().take_while(|c| c.is_uppercase()).count();
    let head = if upper > 1 && upper < name.chars().count() { upper - 1 } else { upper };
    name.chars().enumerate().map(|(at, c)| if at < head { c.to_ascii_lowercase() } else { c }).collect()
}
