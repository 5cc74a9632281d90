//! A call in its place, on its way to becoming a fix.

use tree_sitter::Node;

use super::outcome::{Fix, RequestId};
use crate::klog::call::LogCall;
use crate::klog::place::Place;
use crate::klog::sample::Kind;
use crate::text::Edit;
use crate::write::key::{CallKnown, Chance, Named};
use crate::write::reason::{Applicability, Doubt, Doubts};
use crate::write::value::KeyValue;

/// The call, and what is known of the new one so far.
pub(super) struct Draft<'d, 'a, 't> {
    pub(super) call: &'d LogCall<'t>,
    pub(super) place: &'d Place<'a, 't>,
    /// The new call's message, where it gets one.
    pub(super) message: Option<String>,
    /// The error before its message; `nil` as well.
    pub(super) error: Option<String>,
    /// Its keys and values.
    pub(super) pairs: Vec<KeyValue>,
    /// Where its request ID comes from, or why there is none; `None` if it was not asked for.
    pub(super) request_id: Option<RequestId>,
    pub(super) rules: Vec<String>,
    pub(super) doubts: Doubts,
    pub(super) imports: Vec<String>,
    pub(super) edits: Vec<Edit>,
    pub(super) elsewhere: Vec<Edit>,
    /// How its keys were chosen.
    pub(super) names: Vec<Named>,
    /// How sure its words are.
    pub(super) p: Option<Chance>,
    pub(super) words: CallKnown,
    /// What values are, by their source.
    pub(super) kinds: Vec<(String, Kind)>,
}

impl<'d, 'a, 't> Draft<'d, 'a, 't> {
    /// Nothing is known yet.
    pub(super) fn new(call: &'d LogCall<'t>, place: &'d Place<'a, 't>) -> Self {
        let mut draft = Self {
            call,
            place,
            message: None,
            error: None,
            pairs: Vec::new(),
            request_id: None,
            rules: Vec::new(),
            doubts: Doubts::default(),
            imports: Vec::new(),
            edits: Vec::new(),
            elsewhere: Vec::new(),
            names: Vec::new(),
            p: None,
            words: CallKnown::default(),
            kinds: Vec::new(),
        };
        let parts = &call.parts;
        let values = parts.pairs.iter().filter_map(|pair| pair.value);
        parts.printed.iter().copied().chain(parts.error).chain(values).for_each(|node| draft.value(node));
        draft
    }

    /// The fix, once all is known. `after` is the new call.
    pub(super) fn fix(mut self, after: String) -> Fix {
        let unsure = self.p.filter(|p| p.0 < self.place.rules.naming.limit);
        // What somebody looks at anyway is looked at with its words.
        if let Some(p) = unsure.filter(|_| self.doubts.applicability() == Applicability::Safe) {
            self.doubt(Doubt::WordsUnsure { p: p.0 });
        }
        self.imports.sort();
        self.imports.dedup();
        Fix {
            applicability: self.doubts.applicability(),
            after,
            message: self.message,
            edits: self.edits,
            elsewhere: self.elsewhere,
            imports: self.imports,
            rules: self.rules,
            doubts: self.doubts,
            names: self.names,
            p: self.p,
            words: self.words,
            kinds: self.kinds,
            request_id: self.request_id,
        }
    }

    /// Notes what a value is.
    pub(super) fn value(&mut self, node: Node<'t>) {
        if let Some(kind) = Kind::of(&self.place.type_of(node), self.place.types.view()) {
            let text = self.place.text(node);
            if self.kinds.iter().all(|(known, _)| *known != text) {
                self.kinds.push((text, kind));
            }
        }
    }

    /// Adds a rule that made it.
    pub(super) fn rule(&mut self, name: &str) {
        if !self.rules.iter().any(|r| r == name) {
            self.rules.push(name.to_owned());
        }
    }

    /// Adds what a reviewer should look at.
    pub(super) fn doubt(&mut self, doubt: impl Into<Doubt>) {
        self.doubts.push(doubt.into());
    }
}
