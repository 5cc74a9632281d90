//! The screen: list, detail, and a line that says what is what. Made for 80 columns and 24 lines, better with more.

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::{Block, Borders, Paragraph, Wrap};

use super::detail::{self, Paint, shown};
use super::model::{Mode, Model};
use crate::decide::change::Change;
use crate::decide::decision::{State, Verdict};
use crate::rule::RuleSet;
use crate::write::edit::Applicability;

/// From this width on, list and detail stand side by side.
const WIDE: u16 = 140;

const HELP: &str = "\
y  accept                       j k  next, before (also the arrows)
n  reject                       J K  next file, file before
N  reject and say why           g G  first, last
e  edit in $EDITOR              space b  scroll the detail
s  skip (also Enter)            /  search     m  search on
a  accept the rest of the file  f  filter
d  leave this file              x  take back this decision
u  undo the last step           q  quit; nothing is lost
1 to 9  take this key instead   T  call it so in the whole tree

Each decision is on disk as soon as it is made.

A filter is a list of words; all must match:
  sig:node  rule:message-constant  is:needs-review  state:pending
  path:pkg/kubelet/**  operation:create  id:3f2a  any other text";

/// Draws everything.
pub(super) fn draw(frame: &mut Frame<'_>, model: &mut Model<'_>, rules: &RuleSet, colour: bool) {
    let paint = Paint { colour };
    let [title, body, status] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(3), Constraint::Length(1)]).areas(frame.area());
    frame.render_widget(Paragraph::new(heading(model)).style(Style::new().add_modifier(Modifier::REVERSED)), title);
    if model.mode == Mode::Help {
        let help = Paragraph::new(HELP).block(Block::new().borders(Borders::ALL).title(" keys "));
        frame.render_widget(help, body);
    } else {
        let wide = body.width >= WIDE;
        let split = if wide {
            [Constraint::Length(56), Constraint::Min(40)]
        } else {
            [Constraint::Length(5), Constraint::Min(8)]
        };
        let [list, detail] = if wide { Layout::horizontal(split) } else { Layout::vertical(split) }.areas(body);
        draw_list(frame, model, list, paint);
        draw_detail(frame, model, detail, rules, paint);
    }
    frame.render_widget(Paragraph::new(prompt(model)), status);
}

fn heading(model: &Model<'_>) -> String {
    let mut counts = [0usize; 5];
    for change in &model.changes.list {
        counts[slot(&change.state)] += 1;
    }
    let [new, changed, accepted, rejected, edited] = counts;
    let place = if model.visible.is_empty() { 0 } else { model.at + 1 };
    let mut text = format!(
        " {place}/{}  new {new}  changed {changed}  accepted {accepted}  rejected {rejected}  edited {edited}",
        model.visible.len()
    );
    if !model.filter.is_empty() {
        text.push_str(&format!("  [{}]", shown(&model.filter)));
    }
    text
}

fn slot(state: &State) -> usize {
    match state {
        State::New => 0,
        State::Changed { .. } => 1,
        State::Decided(Verdict::Accepted) => 2,
        State::Decided(Verdict::Rejected { .. }) => 3,
        State::Decided(Verdict::Edited { .. }) => 4,
    }
}

fn prompt(model: &Model<'_>) -> Line<'static> {
    let text = match &model.mode {
        Mode::Search(text) => format!("search: {}_", shown(text)),
        Mode::Filter(text) => format!("filter: {}_", shown(text)),
        Mode::Reason(text) => format!("reject because: {}_", shown(text)),
        Mode::Help => "any key goes back".to_owned(),
        Mode::Decide if !model.message.is_empty() => shown(&model.message),
        Mode::Decide => "y yes  n no  e edit  s skip  a file  u undo  / search  f filter  ? keys  q quit".to_owned(),
    };
    Line::from(text)
}

fn draw_list(frame: &mut Frame<'_>, model: &Model<'_>, area: Rect, paint: Paint) {
    let rows = usize::from(area.height);
    let first = model.at.saturating_sub(rows / 2).min(model.visible.len().saturating_sub(rows));
    let lines: Vec<Line<'_>> = (first..model.visible.len().min(first + rows))
        .map(|at| row(&model.changes.list[model.visible[at]], at == model.at, usize::from(area.width), paint))
        .collect();
    frame.render_widget(Paragraph::new(Text::from(lines)), area);
}

fn row(change: &Change<'_>, here: bool, width: usize, paint: Paint) -> Line<'static> {
    let (mark, colour) = match change.state {
        State::New => (' ', Color::Reset),
        State::Changed { .. } => ('!', Color::Yellow),
        State::Decided(Verdict::Accepted) => ('y', Color::Green),
        State::Decided(Verdict::Rejected { .. }) => ('n', Color::Red),
        State::Decided(Verdict::Edited { .. }) => ('e', Color::Cyan),
    };
    let level = match change.fix.applicability {
        Applicability::Safe => ' ',
        Applicability::NeedsReview => '?',
        Applicability::DisplayOnly => '*',
    };
    let cursor = if here { '>' } else { ' ' };
    // The end of a path tells more than its start.
    let place = shown(&change.place());
    let room = width.saturating_sub(6);
    let count = place.chars().count();
    let place: String = match count > room {
        true => std::iter::once('…').chain(place.chars().skip(count - room + 1)).collect(),
        false => place,
    };
    let style = if here { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
    let mark = Span::styled(format!("{cursor}{mark}{level} "), paint.fg(colour));
    Line::from(vec![mark, Span::raw(place)]).style(style)
}

fn draw_detail(frame: &mut Frame<'_>, model: &mut Model<'_>, area: Rect, rules: &RuleSet, paint: Paint) {
    let lines = match model.current() {
        Some(change) => detail::lines(change, rules, &model.picks(), if area.height < 24 { 1 } else { 3 }, paint),
        None => vec![Line::from("there is nothing to look at")],
    };
    let width = usize::from(area.width.max(1));
    let tall: usize = lines.iter().map(|line| line.width().div_ceil(width).max(1)).sum();
    // Scrolling ends where the last lines are in view.
    let most = tall.saturating_sub(usize::from(area.height.saturating_sub(1)));
    model.scroll = model.scroll.min(u16::try_from(most).unwrap_or(u16::MAX));
    let more = usize::from(model.scroll) < most;
    let title = if more { " space shows more " } else { "" };
    let block = Block::new().borders(Borders::TOP).border_style(paint.dim()).title(title);
    let text = Paragraph::new(Text::from(lines)).wrap(Wrap { trim: false }).scroll((model.scroll, 0)).block(block);
    frame.render_widget(text, area);
}
