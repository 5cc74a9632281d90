//! One change in all its detail, as styled lines.

use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};

use super::super::diff::{Piece, words};
use crate::decide::change::Change;
use crate::decide::decision::{State, Verdict, Why};
use crate::decide::wordings::Pick;
use crate::plan::report::kebab;
use crate::plan::report::style::harmless;
use crate::rule::RuleSet;

/// Styles with and without colour; without it, modifiers and signs say the same.
#[derive(Clone, Copy)]
pub(super) struct Paint {
    /// Whether colour is wanted.
    pub colour: bool,
}

impl Paint {
    /// A foreground colour, where colour is wanted.
    pub(super) fn fg(self, colour: Color) -> Style {
        if self.colour { Style::new().fg(colour) } else { Style::new() }
    }

    /// Secondary text.
    pub(super) fn dim(self) -> Style {
        if self.colour { Style::new().fg(Color::DarkGray) } else { Style::new().add_modifier(Modifier::DIM) }
    }

    fn label(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }
}

/// Text from the checkout on one line, tabs as blanks.
pub(super) fn shown(text: &str) -> String {
    harmless(text).replace('\t', "    ").replace('\n', "\\n")
}

/// All lines of a change, the most telling ones first; `context` lines of the file stand around the call.
pub(super) fn lines(
    change: &Change<'_>,
    rules: &RuleSet,
    picks: &[Pick],
    context: usize,
    paint: Paint,
) -> Vec<Line<'static>> {
    let mut out = head(change, paint);
    out.extend(state(change, paint));
    out.extend(difference(change, context, paint));
    out.extend(keys(picks, paint));
    out.push(Line::default());
    out.extend(sample(change, rules, paint));
    out.extend(why(change, paint));
    out.extend(who(change, paint));
    out
}

fn pair(label: &str, text: String, paint: Paint) -> Line<'static> {
    Line::from(vec![Span::styled(format!("{label:10} "), paint.dim()), Span::raw(text)])
}

fn head(change: &Change<'_>, paint: Paint) -> Vec<Line<'static>> {
    let place = Line::from(vec![
        Span::styled(shown(&change.place()), paint.label()),
        Span::raw("  "),
        Span::styled(shown(&change.subject.function), paint.dim()),
    ]);
    let what = format!("{}  {}", kebab(&change.fix.applicability), change.owners.sig());
    vec![place, Line::from(Span::styled(shown(&what), paint.dim()))]
}

/// What one keystroke can call a value instead.
fn keys(picks: &[Pick], paint: Paint) -> Option<Line<'static>> {
    let told = |(at, pick): (usize, &Pick)| {
        let first = picks.iter().position(|other| other.was == pick.was) == Some(at);
        let of = if first { format!("for {}: ", pick.was) } else { String::new() };
        format!("{of}{} {} {}", at + 1, pick.key, pick.p)
    };
    let told: Vec<String> = picks.iter().enumerate().map(told).collect();
    (!told.is_empty()).then(|| pair("take", shown(&told.join("  ")), paint))
}

fn who(change: &Change<'_>, paint: Paint) -> Vec<Line<'static>> {
    let owners = &change.owners;
    let people = if owners.approvers.is_empty() { "nobody".to_owned() } else { owners.approvers.join(", ") };
    let mut out = vec![Line::default()];
    let priority = &change.priority;
    let named = [("operations", &priority.operations), ("resources", &priority.resources)];
    for (label, names) in named.into_iter().filter(|(_, names)| !names.is_empty()) {
        out.push(pair(label, shown(&names.join(", ")), paint));
    }
    out.extend(priority.phase.as_ref().map(|phase| pair("phase", shown(phase), paint)));
    let keys: Vec<String> = change.fix.names.iter().map(ToString::to_string).collect();
    if !keys.is_empty() {
        out.push(pair("keys", shown(&keys.join("; ")), paint));
    }
    out.push(pair("approvers", shown(&people), paint));
    out.push(pair("rules", shown(&change.fix.rules.join(", ")), paint));
    out
}

fn state(change: &Change<'_>, paint: Paint) -> Vec<Line<'static>> {
    match &change.state {
        State::New => Vec::new(),
        State::Decided(Verdict::Rejected { reason }) if !reason.is_empty() => {
            vec![pair("state", shown(&format!("rejected: {reason}")), paint)]
        }
        State::Decided(verdict) => vec![pair("state", verdict.name().to_owned(), paint)],
        State::Changed { why, was, statement, .. } => {
            let how = match why {
                Why::Statement => "the statement was edited",
                Why::Proposal => "the proposal is another one",
                Why::Moved => "the statement moved",
                Why::Twins => "the function has more or fewer equal statements, which were not decided alike",
            };
            let text = format!("changed since it was {}: {how}", was.name());
            let mut out = vec![Line::from(Span::styled(shown(&text), paint.fg(Color::Yellow)))];
            if *why == Why::Statement {
                out.push(pair("it was", shown(statement), paint));
            }
            out
        }
    }
}

/// The call in its place: what goes, what comes, and the lines around.
fn difference(change: &Change<'_>, context: usize, paint: Paint) -> Vec<Line<'static>> {
    let source = String::from_utf8_lossy(&change.file.source);
    let span = change.site.site.span;
    let start = source[..span.start.min(source.len())].rfind('\n').map_or(0, |at| at + 1);
    let end = source[span.end.min(source.len())..].find('\n').map_or(source.len(), |at| span.end + at);
    let (head, tail) = (&source[start..span.start], &source[span.end..end]);
    // The indentation of the call says nothing here and takes room.
    let indent: &str = &head[..head.len() - head.trim_start().len()];
    let near = |line: &str| shown(line.strip_prefix(indent).unwrap_or(line));
    let around = |line: &str| Line::from(Span::styled(format!("  {}", near(line)), paint.dim()));
    let head = &head[indent.len()..];
    let before: Vec<&str> = source[..start].lines().rev().take(context).collect();
    let mut out: Vec<Line<'static>> = before.into_iter().rev().map(around).collect();
    let (old, new) = words(change.before(), change.after());
    out.extend(signed('-', head, &old, tail, indent, paint.fg(Color::Red)));
    out.extend(signed('+', head, &new, tail, indent, paint.fg(Color::Green)));
    out.extend(source[end..].lines().skip(1).take(context).map(around));
    out
}

fn signed(sign: char, head: &str, pieces: &[Piece], tail: &str, indent: &str, style: Style) -> Vec<Line<'static>> {
    let changed = style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED);
    let all = std::iter::once((head, style))
        .chain(pieces.iter().map(|piece| (piece.text.as_str(), if piece.changed { changed } else { style })))
        .chain([(tail, style)]);
    let mut lines = vec![vec![Span::styled(format!("{sign} "), style)]];
    for (text, style) in all {
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                lines.push(vec![Span::styled(format!("{sign} "), style.remove_modifier(Modifier::UNDERLINED))]);
            }
            let part = if index > 0 { part.strip_prefix(indent).unwrap_or(part) } else { part };
            if let (Some(line), false) = (lines.last_mut(), part.is_empty()) {
                line.push(Span::styled(shown(part), style));
            }
        }
    }
    lines.into_iter().map(Line::from).collect()
}

fn sample(change: &Change<'_>, rules: &RuleSet, paint: Paint) -> Vec<Line<'static>> {
    let samples = change.samples(rules);
    let red = paint.fg(Color::Red);
    let green = paint.fg(Color::Green);
    let mut out = vec![Line::from(Span::styled("The line in the log, before and after", paint.label()))];
    for (sign, style, text) in [
        ("- ", red, &samples.before.text),
        ("+ ", green, &samples.after.text),
        ("- ", red, &samples.before.json),
        ("+ ", green, &samples.after.json),
    ] {
        out.push(Line::from(vec![Span::styled(sign, style), Span::raw(shown(text))]));
    }
    out
}

fn why(change: &Change<'_>, paint: Paint) -> Vec<Line<'static>> {
    let mut out = Vec::new();
    if !change.fix.doubts.is_empty() {
        out.push(Line::default());
        out.push(Line::from(Span::styled("Look at", paint.label())));
        out.extend(change.fix.doubts.sentences().map(|reason| Line::from(format!("* {}", shown(&reason)))));
    }
    match change.request_id() {
        Some(Ok(accessor)) => out.push(pair("request ID", shown(&accessor), paint)),
        Some(Err(reason)) => out.push(pair("request ID", format!("none: {}", shown(&reason.to_string())), paint)),
        None => {}
    }
    if !change.priority.witness.is_empty() {
        out.push(Line::from(Span::styled("Reached by", paint.label())));
        out.extend(change.priority.witness.iter().map(|step| Line::from(format!("  {}", shown(step)))));
    }
    out
}
