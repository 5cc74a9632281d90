//! What a review knows and what its keys do; it draws nothing.

use crate::decide::change::{Change, Changes, Filter, edited};
use crate::decide::decision::{State, Verdict};
use crate::decide::settle::{Settled, follows};
use crate::decide::wordings::{Pick, picked, picks};
use crate::plan::pipeline::Plan;
use crate::rule::{RuleSet, Subject};

use super::super::store::{Step, Store};
use crate::klog::fingerprint::Fingerprint;
use crate::text::counted;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "keys are their names")]
pub enum Key {
    Char(char),
    Enter,
    Escape,
    Backspace,
    Up,
    Down,
    PageUp,
    PageDown,
    Quit,
}

/// What the caller has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Draw again.
    None,
    /// Show this call to the user's editor, then hand over what came of it.
    Edit(String),
    /// Keep this answer, `None` to take it back, and plan anew.
    Settle(Subject, Option<String>),
    /// End.
    Quit,
}

/// What a review is about.
#[derive(Clone, Copy)]
pub struct Subjects<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The rules that it was made by.
    pub rules: &'p RuleSet,
}

/// What the keys are for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// Decisions.
    Decide,
    /// A text to look for is typed.
    Search(String),
    /// A filter is typed.
    Filter(String),
    /// A reason to reject is typed.
    Reason(String),
    /// The keys are explained.
    Help,
}

/// One step back.
struct Undo {
    at: usize,
    step: Step,
    states: Vec<(usize, State)>,
}

/// A review.
pub struct Model<'p> {
    pub(super) changes: Changes<'p>,
    of: Subjects<'p>,
    /// The key that was taken last, with the place of its change: it may be settled for the whole tree.
    last: Option<(usize, Pick)>,
    /// What was settled right before this plan was made.
    settled: Option<Settled>,
    store: Store,
    /// The changes that the filter takes, by index.
    pub(super) visible: Vec<usize>,
    /// Which of the visible ones is looked at.
    pub(super) at: usize,
    pub(super) scroll: u16,
    pub(super) filter: String,
    search: String,
    undo: Vec<Undo>,
    pub(super) message: String,
    pub(super) mode: Mode,
}

impl<'p> Model<'p> {
    /// Starts at the first change that waits for a decision.
    pub fn new(changes: Changes<'p>, store: Store, of: Subjects<'p>) -> Self {
        let visible: Vec<usize> = (0..changes.list.len()).collect();
        let at = changes.list.iter().position(|change| change.state.is_pending()).unwrap_or(0);
        let message = if changes.gone.is_empty() { String::new() } else { format!("{}", changes.tally()) };
        Self {
            changes,
            of,
            last: None,
            settled: None,
            store,
            visible,
            at,
            scroll: 0,
            filter: String::new(),
            search: String::new(),
            undo: Vec::new(),
            message,
            mode: Mode::Decide,
        }
    }

    /// The change that is looked at.
    pub fn current(&self) -> Option<&Change<'p>> {
        self.changes.list.get(*self.visible.get(self.at)?)
    }

    /// Goes on where a review of the plan before this one stood: at the same call, after this answer was kept.
    pub fn resume(&mut self, fingerprint: &Fingerprint, settled: Settled) {
        let here = |&index: &usize| self.changes.list[index].subject.fingerprint == *fingerprint;
        self.at = self.visible.iter().position(here).unwrap_or(self.at);
        self.message = format!("{settled}; u takes it back");
        self.settled = Some(settled);
    }

    /// The next best keys of the change that is looked at, with the keystrokes that take them.
    pub(super) fn picks(&self) -> Vec<Pick> {
        self.current().map(|change| picks(change, self.of.rules)).unwrap_or_default()
    }

    /// What to say to the user.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Shows only what the filter takes: `sig:node state:pending some text`.
    pub fn narrow(&mut self, line: &str) {
        let filter = match Filter::parse(line) {
            Ok(filter) => filter,
            Err(error) => {
                self.message = error;
                return;
            }
        };
        let current = self.visible.get(self.at).copied().unwrap_or(0);
        let list = &self.changes.list;
        self.visible = (0..list.len()).filter(|&index| filter.takes(&list[index])).collect();
        self.at = self.visible.iter().position(|&index| index >= current).unwrap_or(0);
        self.filter = line.trim().to_owned();
        self.scroll = 0;
        self.message = match (self.visible.is_empty(), self.filter.is_empty()) {
            (true, _) => "no proposal matches; f changes the filter".to_owned(),
            (false, true) => String::new(),
            (false, false) => format!("{} found", counted(self.visible.len(), "proposal")),
        };
    }

    /// What a key does.
    pub fn key(&mut self, key: Key) -> Effect {
        if key == Key::Quit {
            return Effect::Quit;
        }
        match std::mem::replace(&mut self.mode, Mode::Decide) {
            Mode::Decide => self.decide(key),
            Mode::Help => Effect::None,
            Mode::Search(text) => self.typed(key, text, Mode::Search, Self::search),
            Mode::Filter(text) => self.typed(key, text, Mode::Filter, |model, text| model.narrow(&text)),
            Mode::Reason(text) => self.typed(key, text, Mode::Reason, |model, reason| {
                model.verdict(Verdict::Rejected { reason });
            }),
        }
    }

    fn typed(&mut self, key: Key, mut text: String, mode: fn(String) -> Mode, done: fn(&mut Self, String)) -> Effect {
        match key {
            Key::Enter => done(self, text),
            Key::Escape => {}
            Key::Backspace => {
                text.pop();
                self.mode = mode(text);
            }
            Key::Char(c) => {
                text.push(c);
                self.mode = mode(text);
            }
            _ => self.mode = mode(text),
        }
        Effect::None
    }

    fn decide(&mut self, key: Key) -> Effect {
        self.message.clear();
        match key {
            Key::Char('q') => return Effect::Quit,
            Key::Char('?') => self.mode = Mode::Help,
            Key::Char('/') => self.mode = Mode::Search(String::new()),
            Key::Char('f') => self.mode = Mode::Filter(self.filter.clone()),
            Key::Char('N') => self.mode = Mode::Reason(String::new()),
            Key::Char('y') => self.verdict(Verdict::Accepted),
            Key::Char('n') => self.verdict(Verdict::Rejected { reason: String::new() }),
            Key::Char('a') => self.accept_file(),
            Key::Char('d') => self.leave_file(),
            Key::Char('u') => return self.undo(),
            Key::Char('x') => self.take_back(),
            Key::Char(digit @ '1'..='9') => self.pick(digit),
            Key::Char('T') => return self.settle(),
            Key::Char('e') => {
                if let Some(change) = self.current() {
                    return Effect::Edit(change.after().to_owned());
                }
            }
            Key::Char('s' | 'j') | Key::Enter | Key::Down => self.go(self.at + 1),
            Key::Char('k') | Key::Up => self.go(self.at.saturating_sub(1)),
            Key::Char('J') => self.leave_file(),
            Key::Char('K') => self.file_before(),
            Key::Char('g') => self.go(0),
            Key::Char('G') => self.go(usize::MAX),
            Key::Char('m') => self.search(self.search.clone()),
            Key::Char(' ') | Key::PageDown => self.scroll = self.scroll.saturating_add(8),
            Key::Char('b') | Key::PageUp => self.scroll = self.scroll.saturating_sub(8),
            _ => self.message = "? explains the keys".to_owned(),
        }
        Effect::None
    }

    /// Takes over what the editor made of the current call.
    pub fn edited(&mut self, result: Result<Option<String>, String>) {
        let text = match result {
            Ok(Some(text)) => text,
            Ok(None) => {
                self.message = "the call stays as it was proposed; nothing was decided".to_owned();
                return;
            }
            Err(message) => {
                self.message = message;
                return;
            }
        };
        let Some(change) = self.current() else { return };
        match edited(change.file, change.site, change.fix, change.log_calls, &text) {
            Ok(_) => self.verdict(Verdict::Edited { text }),
            Err(error) => self.message = format!("not taken: {error}"),
        }
    }

    /// Takes the key with this number for its value, in this call.
    fn pick(&mut self, digit: char) {
        let at = digit.to_digit(10).and_then(|digit| usize::try_from(digit).ok()?.checked_sub(1));
        let picks = self.picks();
        let (Some(pick), Some(change)) = (at.and_then(|at| picks.get(at)), self.current()) else {
            self.message = format!("there is no key {digit} to take here");
            return;
        };
        let text = match picked(change, pick, self.of.rules) {
            Ok(text) => text,
            Err(why) => {
                self.message = format!("not taken: {why}");
                return;
            }
        };
        if self.verdict_here(Verdict::Edited { text }) {
            let whole = pick.about.as_ref().map(|about| {
                format!("; T: {about} in the whole tree, {}", counted(follows(self.of.plan, about), "call"))
            });
            let whole = whole.unwrap_or_default();
            self.message = format!("{} instead of {}{whole}; u undoes", pick.key, pick.was);
            self.last = Some((self.at, pick.clone()));
        }
    }

    /// Settles the key that was taken last for the whole tree: the edit of this one call gives way to it.
    fn settle(&mut self) -> Effect {
        let last = self.last.take().filter(|(at, _)| *at == self.at);
        let Some((about, key)) = last.and_then(|(_, pick)| Some((pick.about?, pick.key))) else {
            self.message = "take a key with 1 to 9 first; T then settles it for the whole tree".to_owned();
            return Effect::None;
        };
        self.undo();
        Effect::Settle(about, Some(key))
    }

    fn go(&mut self, to: usize) {
        self.at = to.min(self.visible.len().saturating_sub(1));
        self.scroll = 0;
    }

    /// The next change that waits, or the next one.
    fn go_on(&mut self) {
        let waits = |&at: &usize| self.changes.list[self.visible[at]].state.is_pending();
        let next = (self.at + 1..self.visible.len()).find(waits);
        match next {
            Some(next) => self.go(next),
            None => self.message = "nothing after this waits for a decision".to_owned(),
        }
    }

    fn path(&self, at: usize) -> Option<&str> {
        self.visible.get(at).map(|&index| &*self.changes.list[index].file.path)
    }

    fn leave_file(&mut self) {
        let next = (self.at + 1..self.visible.len()).find(|&at| self.path(at) != self.path(self.at));
        match next {
            Some(next) => self.go(next),
            None => self.message = "this is the last file".to_owned(),
        }
    }

    fn file_before(&mut self) {
        let before = (0..self.at).rev().find(|&at| self.path(at) != self.path(self.at)).unwrap_or(0);
        let first = (0..before).rev().find(|&at| self.path(at) != self.path(before)).map_or(0, |at| at + 1);
        self.go(first);
    }

    fn search(&mut self, text: String) {
        if text.is_empty() {
            return;
        }
        let filter = Filter { text: text.clone(), ..Filter::default() };
        let count = self.visible.len();
        let found = (1..=count).map(|step| (self.at + step) % count);
        let found = found.into_iter().find(|&at| filter.takes(&self.changes.list[self.visible[at]]));
        match found {
            Some(at) => self.go(at),
            None => self.message = format!("nothing matches {text}"),
        }
        self.search = text;
    }

    fn verdict(&mut self, verdict: Verdict) {
        let name = verdict.name();
        if self.verdict_here(verdict) {
            self.message = format!("{name}; u takes it back");
            self.go_on();
        }
    }

    /// Decides on the change that is looked at, and stays there.
    fn verdict_here(&mut self, verdict: Verdict) -> bool {
        self.visible.get(self.at).copied().is_some_and(|index| self.record(&[index], Some(&verdict)))
    }

    fn take_back(&mut self) {
        let Some(&index) = self.visible.get(self.at) else { return };
        if self.record(&[index], None) {
            self.message = "the decision was taken back".to_owned();
        }
    }

    fn accept_file(&mut self) {
        let Some(path) = self.path(self.at) else { return };
        let list = &self.changes.list;
        let waiting = |&index: &usize| &*list[index].file.path == path && list[index].state.is_pending();
        let indices: Vec<usize> = self.visible.iter().copied().filter(waiting).collect();
        let count = indices.len();
        if self.record(&indices, Some(&Verdict::Accepted)) {
            self.leave_file();
            self.message = format!("{count} accepted; u takes them back");
        }
    }

    /// Decides, on disk first: what is shown as decided is decided.
    fn record(&mut self, indices: &[usize], verdict: Option<&Verdict>) -> bool {
        let mut step = Step::new();
        for &index in indices {
            let change = &self.changes.list[index];
            if let State::Changed { fingerprint, .. } = &change.state {
                step.push((fingerprint.clone(), None));
            }
            let decision = verdict.map(|verdict| change.decide(verdict.clone()));
            step.push((change.subject.fingerprint.clone(), decision));
        }
        let back = match self.store.step(step) {
            Ok(back) => back,
            Err(error) => {
                self.message = error.to_string();
                return false;
            }
        };
        let mut states = Vec::new();
        for &index in indices {
            let state = verdict.map_or(State::New, |verdict| State::Decided(verdict.clone()));
            states.push((index, std::mem::replace(&mut self.changes.list[index].state, state)));
        }
        self.undo.push(Undo { at: self.at, step: back, states });
        true
    }

    fn undo(&mut self) -> Effect {
        let Some(undo) = self.undo.pop() else {
            if let Some(Settled { about, before, .. }) = self.settled.take() {
                return Effect::Settle(about, before);
            }
            self.message = "there is nothing to take back; x takes back an older decision".to_owned();
            return Effect::None;
        };
        if let Err(error) = self.store.step(undo.step) {
            self.message = error.to_string();
            return Effect::None;
        }
        for (index, state) in undo.states {
            self.changes.list[index].state = state;
        }
        self.go(undo.at);
        self.last = None;
        self.message = "taken back".to_owned();
        Effect::None
    }
}
