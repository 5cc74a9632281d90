//! Keys and values, those of a call or those that a logger is given.

use tree_sitter::Node;

use super::violation::{Violation, is_literal, is_plain};
use crate::go::types::{Reach, Type};
use crate::klog::call::{Pair, Parts};
use crate::klog::format::quote;
use crate::klog::name::{camel, is_valid, words};
use crate::klog::place::Place;
use crate::text::Edit;

/// Keys and values in their place.
pub(super) struct Listed<'s, 'a, 't> {
    pub parts: &'s Parts<'t>,
    pub place: &'s Place<'a, 't>,
    pub id_key: &'s str,
}

impl<'t> Listed<'_, '_, 't> {
    /// What is wrong with them. `carries`: whether the logger has this key already.
    pub fn violations(&self, carries: &dyn Fn(&str) -> bool, found: &mut Vec<Violation>) {
        self.odd(found);
        for pair in &self.parts.pairs {
            self.key(pair, found);
            self.value(pair, found);
        }
        self.duplicates(carries, found);
    }

    fn odd(&self, found: &mut Vec<Violation>) {
        let Some(last) = self.parts.pairs.last().filter(|last| last.value.is_none()) else { return };
        let key = self.place.text(last.key_node);
        let said = match self.parts.spread.is_some() {
            true => format!("{key} stands before a slice of pairs without a value of its own"),
            false => format!("{key} has no value: klog prints (MISSING)"),
        };
        found.push(Violation::new("lint-odd-arguments", last.key_node, said));
    }

    fn key(&self, pair: &Pair<'t>, found: &mut Vec<Violation>) {
        let Some(key) = &pair.key else {
            if !self.may_be_constant(pair.key_node) {
                let said = format!("{} is no constant key", self.place.text(pair.key_node));
                found.push(Violation::new("lint-key-constant", pair.key_node, said));
            }
            return;
        };
        let rules = &self.place.rules.keys;
        let is_literal = is_literal(pair.key_node);
        if rules.reserved.contains(key) {
            let said = format!("{} is a field of every JSON line", quote(key));
            found.push(Violation::new("lint-key-reserved", pair.key_node, said));
        } else if !is_valid(key) {
            let better = camel(&words(key), rules);
            let said = format!("{} is no key: letters and digits in lowerCamelCase", quote(key));
            let mut violation = Violation::new("lint-key-name", pair.key_node, said);
            let taken = self.parts.pairs.iter().any(|other| other.key.as_deref() == Some(&better));
            if is_literal && is_valid(&better) && !taken && !rules.reserved.contains(&better) {
                violation.message.push_str(&format!(", such as {}", quote(&better)));
                violation.edits = vec![Edit::replace(pair.key_node.byte_range(), quote(&better))];
            }
            found.push(violation);
        }
    }

    /// Whether a key is a constant text, or a name whose declaration is not at hand.
    fn may_be_constant(&self, node: Node<'t>) -> bool {
        let ty = self.place.type_of(node);
        match ty {
            Type::Unknown(_) => matches!(
                node.kind_id(),
                crate::go::syntax::kind::IDENTIFIER | crate::go::syntax::kind::SELECTOR_EXPRESSION
            ),
            ty => self.place.is_text(&ty) && self.place.types.is_constant(node),
        }
    }

    /// A struct that has its text from one of several parts says nothing of the others.
    fn value(&self, pair: &Pair<'t>, found: &mut Vec<Violation>) {
        let Some(value) = pair.value else { return };
        let (ty, view) = (self.place.type_of(value), self.place.types.view());
        if view.string_method(&ty) != Some(Reach::AsIs) {
            return;
        }
        let Some(method) = view.method(&ty, "String").filter(|method| !method.through.is_empty()) else { return };
        let fields = match view.underlying(ty.stripped()) {
            Type::Struct(fields) => fields.fields.len(),
            _ => 0,
        };
        if fields > 1 {
            let part = method.through.join(".");
            let said = format!("{} is printed as its {part} alone, whose String it has", self.place.text(value));
            found.push(Violation::new("lint-value-partial", value, said));
        }
    }

    fn duplicates(&self, carries: &dyn Fn(&str) -> bool, found: &mut Vec<Violation>) {
        for (at, pair) in self.parts.pairs.iter().enumerate() {
            let Some(key) = pair.key.as_ref() else { continue };
            let rule = if key == self.id_key { "lint-request-id-twice" } else { "lint-key-duplicate" };
            let first = self.parts.pairs.iter().take(at).find(|other| other.key.as_ref() == Some(key));
            let Some(first) = first else {
                if carries(key) {
                    let said = format!("the logger carries {} already", quote(key));
                    found.push(Violation::new(rule, pair.key_node, said));
                }
                continue;
            };
            let said = format!("{} occurs twice: both are printed, and JSON readers take one or fail", quote(key));
            let mut violation = Violation::new(rule, pair.key_node, said);
            let text = |node| self.place.text(node);
            let same = matches!((first.value, pair.value), (Some(a), Some(b)) if text(a) == text(b) && is_plain(b));
            if let (true, Some(cut)) = (same, self.parts.cut(pair)) {
                violation.edits = vec![Edit::delete(cut)];
            }
            found.push(violation);
        }
    }
}
