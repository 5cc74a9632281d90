//! Methods that have to stay alike, as one file tells: what implements, and what asks for it.

use super::asked::Asked;
use super::becoming::Becoming;
use super::key::Key;
use super::sources::Sources;
use crate::go::types::{FileTypes, Type, View};
use crate::write::thread::ground::Ground;

/// What a file is asked, and by whom it is answered.
#[derive(Clone, Copy)]
pub struct Links<'r> {
    /// What the run knows.
    pub ground: &'r Ground<'r>,
    /// The checkout's files.
    pub sources: &'r Sources,
    /// Which values become those of interfaces.
    pub becoming: &'r Becoming,
    /// The functions that are asked about.
    pub asked: &'r Asked,
    /// The file's types.
    pub types: &'r FileTypes<'r, 'r>,
}

impl Links<'_> {
    /// A method's declaration: the interfaces that are asked about and may ask for it.
    pub fn implements(&self, key: &Key) -> Vec<(Key, Key)> {
        let asking = self.asked.named(&key.name).iter().filter(|asking| asking.is_asked && !key.receiver.is_empty());
        asking.filter(|asking| self.is_bound(key, asking)).map(|asking| (asking.clone(), key.clone())).collect()
    }

    /// Whether a method has to stay as an interface asks for it, as far as that can be known.
    pub fn is_bound(&self, key: &Key, asking: &Key) -> bool {
        let declared = |view: &View<'_>, key: &Key| view.declared_type(view.package(&key.package)?, &key.receiver);
        let near = self.types.view();
        // Fakes are known where the tests are seen.
        let of_tests = |key: &Key| self.ground.world.of_tests(&key.package);
        let all = self.ground.world.view(self.ground.world.index().default_context());
        let is_of_tests = |key: &Key| declared(&all, key).is_none() && declared(&of_tests(key), key).is_some();
        // Nobody imports what tests declare.
        if key.dir() != asking.dir() && is_of_tests(key) && is_of_tests(asking) {
            return false;
        }
        let view = [key, asking].into_iter().find(|key| declared(near, key).is_none()).map(of_tests);
        let view = view.as_ref().unwrap_or(near);
        let (Some(of), Some(interface)) = (declared(view, key), declared(view, asking)) else { return true };
        let of = if key.is_asked { of } else { Type::pointer_to(of) };
        if view.asks_alike(&of, &interface, &key.name) == Some(false) {
            return false;
        }
        let may = |key: &Key, asking: &Key| self.becoming.may(key, asking, self.ground, self.sources);
        // A type that embeds it may implement what it does not.
        let implements = || {
            view.implements(&of, &interface) != Some(false) || self.sources.may_be_embedded(key.dir(), &key.receiver)
        };
        implements() && may(key, asking)
            || key.is_asked && view.implements(&interface, &of) != Some(false) && may(asking, key)
    }

    /// The declared interface that asks for a method, itself or in one that it embeds, and those that ask for the same.
    pub fn asking(&self, interface: &Type, name: &str) -> (Option<Key>, Vec<(Key, Key)>) {
        let declaring = self.types.view().declaring(interface, name);
        let keys: Vec<Key> = declaring.iter().map(|named| Key::method(named, name, true)).collect();
        // Two that are embedded in one ask for the same.
        let asked: Vec<&Key> = keys.iter().filter(|key| self.asked.has(key)).collect();
        let pairs = asked.iter().flat_map(|a| keys.iter().map(move |b| (*a, b))).filter(|(a, b)| a != b);
        let links = pairs.map(|(a, b)| (a.clone(), b.clone())).collect();
        let first = asked.first().map(|key| (*key).clone());
        (first.or_else(|| keys.into_iter().next()), links)
    }
}
