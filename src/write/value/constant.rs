//! Operands that are constants: part of the sentence rather than values of the event.

use crate::go::syntax::{kind, peel};
use crate::klog::format::{Hole, Part, Template};
use crate::klog::place::Place;

/// Writes string constants into the text where one stands in the middle of a sentence: "%s chain %s jumps to %s" with
/// three names of chains is about those chains and no others.
pub fn inline<'t>(template: Template<'t>, place: &Place<'_, 't>) -> Template<'t> {
    let text_of = |hole: &Hole<'t>| {
        // What is quoted is spoken of, not spoken.
        let plain = hole.name.is_none()
            && hole.key.is_none()
            && hole.verb.as_ref().is_none_or(|v| v.is_plain() && v.letter != 'q');
        if plain { place.types.string_of(hole.operand) } else { None }
    };
    let constants: Vec<Option<String>> = template
        .parts
        .iter()
        .map(|part| match part {
            Part::Hole(hole) => text_of(hole).filter(|text| !text.trim().is_empty()),
            Part::Text(_) => None,
        })
        .collect();
    let text_at = |at: Option<usize>| match at.and_then(|at| template.parts.get(at)) {
        Some(Part::Text(text)) => text.as_str(),
        _ => "",
    };
    let labelled = |at: usize| text_at(at.checked_sub(1)).trim_end_matches(['"', '\'', ' ']).ends_with(['=', ':']);
    let amid = |at: usize| {
        let next = text_at(Some(at + 1)).trim_start_matches(['"', '\'', ' ']);
        next.starts_with(char::is_alphabetic)
    };
    // A single one that has a name is spoken of as well: "adding %s taint"; unless the text starts with it.
    let single = constants.iter().flatten().count() == 1;
    let spoken =
        |at: usize| single && at > 0 && matches!(template.parts.get(at), Some(Part::Hole(hole)) if is_named(hole));
    let any = (0..constants.len()).any(|at| constants[at].is_some() && !labelled(at) && amid(at) && !spoken(at));
    if !any {
        return template;
    }
    let written: Vec<bool> =
        (0..constants.len()).map(|at| constants[at].is_some() && !labelled(at) && !spoken(at)).collect();
    let parts = template.parts.into_iter().zip(constants).zip(written).map(|((part, text), written)| match text {
        Some(text) if written => Part::Text(text),
        _ => part,
    });
    Template { parts: parts.collect(), ..template }.merged()
}

fn is_named(hole: &Hole<'_>) -> bool {
    matches!(peel(hole.operand).kind_id(), kind::IDENTIFIER | kind::SELECTOR_EXPRESSION)
}
