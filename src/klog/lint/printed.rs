//! Calls that print text: functions without a format that are given one, and the other way round.

use tree_sitter::Node;

use super::violation::{Violation, constant, is_literal, is_plain, verb};
use crate::klog::call::LogCall;
use crate::klog::error::{is_error, is_error_key};
use crate::klog::format;
use crate::klog::name::is_valid;
use crate::klog::place::Place;
use crate::rule::{Family, Severity, Style};
use crate::text::Edit;

/// What is wrong with what a call prints.
pub(super) fn of_call<'t>(call: &LogCall<'t>, place: &Place<'_, 't>, found: &mut Vec<Violation>) {
    match call.style {
        Some(Style::Printf) => found.extend(keys(call, place)),
        Some(Style::Print | Style::Println) => found.extend(verbs(call, place)),
        None => {}
    }
}

/// `klog.Info("%d", n)` prints the verb as it stands.
fn verbs<'t>(call: &LogCall<'t>, place: &Place<'_, 't>) -> Option<Violation> {
    let printed = &call.parts.printed;
    let with_verb =
        |node: &&Node<'t>| is_literal(**node) && constant(**node, place).is_some_and(|t| verb(&t).is_some());
    let at = printed.iter().find(with_verb)?;
    let text = constant(*at, place)?;
    let name = place.text(call.name);
    let said = format!("{name} prints the format verb {} as it stands", verb(&text)?);
    let violation = Violation::new("lint-message-verb", *at, said);
    let fits = printed.first() == Some(at) && format::parse(&text, printed.len() - 1).is_ok();
    let family = place.rules.log_calls.family(&name)?;
    let better = family.printf.first().filter(|_| fits && !call.takes_depth);
    Some(violation.mended_by(better.map(|better| Edit::replace(call.name.byte_range(), better))))
}

/// `klog.Infof("Synced", "pod", name)` prints the pairs as what is left over.
fn keys<'t>(call: &LogCall<'t>, place: &Place<'_, 't>) -> Option<Violation> {
    let (format, rest) = call.parts.printed.split_first()?;
    let text = constant(*format, place)?;
    let key = |node: &Node<'t>| constant(*node, place).filter(|key| is_valid(key));
    let pairs: Vec<_> = rest.chunks(2).map(|pair| Some((key(&pair[0])?, *pair.get(1)?))).collect::<Option<_>>()?;
    if pairs.is_empty() || verb(&text).is_some() || format::parse(&text, 0).is_err() {
        return None;
    }
    let name = place.text(call.name);
    let said =
        format!("{name} has a format without verbs and is given keys and values, which it prints as %!(EXTRA …)");
    let violation = Violation::new("lint-format-keys", call.name, said);
    let family = place.rules.log_calls.family(&name)?;
    let v1 = place.rules.log_calls.is_first_version(&call.klog.path);
    let fits = !call.takes_depth && !family.severity.terminates() && !v1 && place.has(&family.rewrite);
    let edits = fits.then(|| structured(call, family, &pairs, place)).flatten();
    Some(violation.mended_by(edits.unwrap_or_default()))
}

/// The edits that make a call one with keys and values.
fn structured<'t>(
    call: &LogCall<'t>,
    family: &Family,
    pairs: &[(String, Node<'t>)],
    place: &Place<'_, 't>,
) -> Option<Vec<Edit>> {
    let name = Edit::replace(call.name.byte_range(), &family.rewrite);
    if family.severity != Severity::Error {
        return Some(vec![name]);
    }
    let format = call.parts.printed.first()?;
    let is_moved =
        |(key, value): &(String, Node<'t>)| is_error_key(key) && is_plain(*value) && is_error(*value, place).is_some();
    let Some(at) = pairs.iter().position(is_moved) else {
        return Some(vec![name, Edit::insert(format.start_byte(), "nil, ")]);
    };
    let (value, before) = (pairs.get(at)?.1, call.parts.printed.get(2 * at)?);
    let error = Edit::insert(format.start_byte(), format!("{}, ", place.text(value)));
    Some(vec![name, error, Edit::delete(before.end_byte()..value.end_byte())])
}
