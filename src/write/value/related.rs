//! Values that belong together are called by their part in the relation: `from` and `to`, `oldPhase` and `newPhase`.

use crate::klog::name::{camel, is_valid, words};
use crate::rule::{Own, RuleSet, Trait};
use crate::write::message::Related;
use crate::write::value::slots::{Slot, with_unit};

/// Gives the slots of each relation the keys that it has for them.
pub fn name_related(slots: &mut [Slot], related: &[Related], rules: &RuleSet) {
    for relation in related {
        let keys: Vec<(usize, String)> = relation
            .keys
            .iter()
            .filter(|(hole, _)| slots.get(*hole).is_some_and(|slot| !slot.error))
            .cloned()
            .collect();
        if keys.len() < relation.keys.len() {
            continue;
        }
        let own: Vec<Vec<String>> =
            keys.iter().filter_map(|(hole, _)| slots.get(*hole)).map(|slot| words(&slot.pair.key)).collect();
        let named = names(&keys, &own, slots, relation.own, rules);
        for ((hole, _), name) in keys.iter().zip(named) {
            let Some(slot) = slots.get_mut(*hole).filter(|slot| !slot.known.settled) else { continue };
            slot.known.fixed = Some(Trait::Decided);
            if let Some(name) = name.filter(|name| is_valid(name)) {
                slot.pair.key = slot.unit.as_ref().map_or(name.clone(), |unit| with_unit(&name, unit));
                slot.named = true;
            }
        }
    }
}

/// The keys; `None` where a value keeps its own.
fn names(
    keys: &[(usize, String)],
    own: &[Vec<String>],
    slots: &[Slot],
    keeps: Own,
    rules: &RuleSet,
) -> Vec<Option<String>> {
    let is_role = |word: &String| rules.sentences.role_words.contains(&word.to_lowercase());
    let telling = |hole: usize| slots.get(hole).is_some_and(|slot| slot.telling);
    let bare: Vec<Vec<&String>> = own.iter().map(|words| words.iter().filter(|w| !is_role(w)).collect()).collect();
    let same = bare.len() > 1
        && bare.windows(2).all(|pair| {
            pair[0].len() == pair[1].len() && pair[0].iter().zip(&pair[1]).all(|(a, b)| a.eq_ignore_ascii_case(b))
        });
    let first = bare.first().cloned().unwrap_or_default();
    // `a.RemoteAddr` and `b.RemoteAddr` do not tell which is which.
    let alike = own.len() > 1 && own.windows(2).all(|pair| pair[0] == pair[1]);
    let tells = !alike && keys.iter().zip(own).all(|((hole, _), words)| telling(*hole) && words.iter().any(is_role));
    let last = |words: &Vec<String>| words.last().map(|last| last.to_lowercase());
    let numbers = keys.iter().all(|(hole, _)| slots.get(*hole).is_some_and(|slot| slot.role.number));
    let several = own.windows(2).any(|pair| last(&pair[0]) != last(&pair[1]));
    let differ = !numbers && several && keys.iter().all(|(hole, _)| telling(*hole));
    let is_side = |word: &String| rules.sentences.sides.contains(&word.to_lowercase());
    let sided = own.iter().any(|words| words.iter().any(is_side));
    let joined = |words: &[String]| Some(camel(words, &rules.keys));
    keys.iter()
        .zip(own)
        .zip(&bare)
        .map(|(((hole, key), own), bare)| {
            let role: Vec<String> = words(key);
            let (part, noun) = role.split_at(role.len().min(1));
            match keeps {
                Own::Telling if telling(*hole) => None,
                Own::Alike if differ => None,
                Own::Role | Own::Alike if tells && bare.is_empty() && !noun.is_empty() && own.len() == 1 => {
                    joined(&[own, noun].concat())
                }
                Own::Role | Own::Alike if tells => None,
                // `a.Status.Phase` and `b.Status.Phase`.
                Own::Role | Own::Alike if same && !bare.is_empty() && telling(*hole) => {
                    let part = match part.first().map(String::as_str) {
                        // Of a connection from `localAddr` to `addr` neither is old.
                        Some("from") if !sided => "old",
                        Some("to") if !sided => "new",
                        Some(part) => part,
                        None => "",
                    };
                    // They are spelled alike.
                    let bare: Vec<String> = first.iter().map(|word| (*word).clone()).collect();
                    joined(&[vec![part.to_owned()], bare].concat())
                }
                // A noun that is the part itself: "from source %s".
                _ if noun.first().is_some_and(is_role) => joined(noun),
                _ => joined(&role),
            }
        })
        .collect()
}
