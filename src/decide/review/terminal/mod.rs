//! The terminal review: list and detail, one key a decision.

mod detail;
mod editor;
mod model;
mod screen;

use std::time::Duration;

use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEventKind, KeyModifiers};

pub use model::{Effect, Key, Model, Subjects};

use super::Store;
use crate::decide::change::Changes;
use crate::decide::settle::Settled;
use crate::klog::fingerprint::Fingerprint;
use crate::rule::{RuleSet, Subject};

/// Why a review ended early.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// The terminal does not answer.
    #[error("the terminal cannot be used: {0}")]
    Terminal(#[from] std::io::Error),
    /// Decisions cannot be read or written.
    #[error("{0}")]
    Decisions(#[from] crate::decide::decision::DecisionsError),
}

/// How a review goes on: what a plan before this one left.
pub struct Session {
    /// Where decisions go.
    pub store: Store,
    /// Whether colour is wanted.
    pub colour: bool,
    /// What is shown.
    pub filter: String,
    /// Where to go on, after which answer.
    pub from: Option<(Fingerprint, Settled)>,
}

/// A key for the whole tree, which wants another plan.
pub struct Answer {
    /// What it is about.
    pub about: Subject,
    /// The key; `None` takes the answer back.
    pub key: Option<String>,
    /// The call that was looked at.
    pub at: Fingerprint,
    /// What was shown.
    pub filter: String,
}

/// Runs the review until somebody quits, or settles a name for the whole tree; what was decided is on disk at every moment.
pub fn run(changes: Changes<'_>, of: Subjects<'_>, session: Session) -> Result<Option<Answer>, ReviewError> {
    let mut model = Model::new(changes, session.store, of);
    model.narrow(&session.filter);
    if let Some((fingerprint, settled)) = session.from {
        model.resume(&fingerprint, settled);
    }
    let mut terminal = ratatui::try_init()?;
    let ended = turn(&mut terminal, &mut model, of.rules, session.colour);
    ratatui::try_restore()?;
    ended
}

fn turn(
    terminal: &mut DefaultTerminal,
    model: &mut Model<'_>,
    rules: &RuleSet,
    colour: bool,
) -> Result<Option<Answer>, ReviewError> {
    loop {
        terminal.draw(|frame| screen::draw(frame, model, rules, colour))?;
        let key = match event::read()? {
            Event::Key(key) if key.kind != KeyEventKind::Release => key,
            _ => continue,
        };
        let control = key.modifiers.contains(KeyModifiers::CONTROL);
        let Some(key) = named(key.code, control) else { continue };
        match model.key(key) {
            Effect::None => {}
            Effect::Quit => return Ok(None),
            Effect::Settle(about, key) => {
                if let Some(change) = model.current() {
                    let at = change.subject.fingerprint.clone();
                    return Ok(Some(Answer { about, key, at, filter: model.filter.clone() }));
                }
            }
            Effect::Edit(text) => {
                ratatui::try_restore()?;
                let edited = editor::edit(&text);
                *terminal = ratatui::try_init()?;
                // Keys typed while the editor ran were meant for it.
                while event::poll(Duration::ZERO)? {
                    event::read()?;
                }
                model.edited(edited);
            }
        }
    }
}

fn named(code: KeyCode, control: bool) -> Option<Key> {
    Some(match code {
        KeyCode::Char('c') if control => Key::Quit,
        KeyCode::Char('d') if control => Key::PageDown,
        KeyCode::Char('u') if control => Key::PageUp,
        KeyCode::Char(_) if control => return None,
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Escape,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Char('g'),
        KeyCode::End => Key::Char('G'),
        _ => return None,
    })
}
