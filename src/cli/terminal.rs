//! Messages and progress on the terminal.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};

use crate::go::module;
use crate::plan::pipeline::Plan;
use crate::plan::report::style::{BOLD, RED, YELLOW, harmless, one_line, styled};
use crate::text::diagnostic::{Diagnostic, Level, RelPath};
use crate::write::thread::Threads;

/// Prints an error of the run.
pub fn error(message: &str) {
    let mut err = anstream::stderr();
    let _ = writeln!(err, "{}: {}", styled(RED.bold(), "error"), harmless(message));
}

/// Prints a note about the run.
pub fn note(message: &str) {
    let mut err = anstream::stderr();
    let _ = writeln!(err, "{}: {}", styled(BOLD, "note"), harmless(message));
}

/// Says which copies in vendor directories are to be renewed when these files are changed.
pub fn copies<'c>(plan: &Plan, changed: impl IntoIterator<Item = &'c RelPath>) {
    for copy in module::stale(plan.copies(), changed.into_iter().map(|path| &**path)) {
        note(&copy.to_renew());
    }
}

/// Prints how the calls without a carrier split.
pub fn summary(threads: &Threads) -> std::io::Result<()> {
    crate::plan::report::threads::summary(threads, &mut anstream::stderr())
}

/// Prints a diagnostic: `path:line:col: error: …`.
pub fn diagnostic(diagnostic: &Diagnostic) {
    let (style, word) = match diagnostic.level {
        Level::Error => (RED.bold(), "error"),
        Level::Warning => (YELLOW.bold(), "warning"),
        Level::Note => (BOLD, "note"),
    };
    let text = one_line(&diagnostic.to_string());
    let mut err = anstream::stderr();
    let _ = writeln!(err, "{}: {text}", styled(style, word));
}

/// Whether an error is that nobody reads our output any more.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
        .any(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}

/// Whether somebody has asked the run to end, by Ctrl-C or SIGTERM. From the first look on it ends when it can, without
/// anything half done; a second signal ends it at once.
pub fn interruption() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // Where signals cannot be caught, they end the process: files are whole all the same.
        let _ = register_conditional_shutdown(signal, 130, flag.clone());
        let _ = register(signal, flag.clone());
    }
    flag
}

/// What a terminal shows of what takes longer than a second: what is done, how long, and how far where that is known.
pub struct Progress {
    shown: Arc<Mutex<Shown>>,
    wanted: bool,
    what: &'static str,
    bytes: AtomicU64,
    of: Option<u64>,
}

#[derive(Default)]
struct Shown {
    bar: Option<ProgressBar>,
    ended: bool,
}

/// What takes less is not spoken of.
const PATIENCE: Duration = Duration::from_secs(1);
/// Between two pictures of one that moves.
const TICK: Duration = Duration::from_millis(200);

impl Progress {
    /// Starts the clock.
    pub fn new(what: &'static str) -> Self {
        let wanted = std::io::stderr().is_terminal();
        let progress = Self { shown: Arc::default(), wanted, what, bytes: AtomicU64::new(0), of: None };
        if progress.wanted {
            let shown = progress.shown.clone();
            std::thread::spawn(move || {
                std::thread::sleep(PATIENCE);
                if let Ok(mut shown) = shown.lock()
                    && !shown.ended
                {
                    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
                    let style = ProgressStyle::with_template("{spinner} {msg}, {elapsed}");
                    let bar = style.map_or(bar.clone(), |style| bar.with_style(style));
                    bar.set_message(what);
                    bar.set_elapsed(PATIENCE);
                    bar.enable_steady_tick(TICK);
                    shown.bar = Some(bar);
                }
            });
        }
        progress
    }

    /// As many bytes are there in all, where that is known: a share of them is shown.
    pub fn of_bytes(mut self, total: Option<u64>) -> Self {
        self.of = total.filter(|total| *total > 0);
        self
    }

    /// `done` of `total` files are done.
    pub fn at(&self, done: usize, total: usize) {
        if !self.wanted || !done.is_multiple_of(64) {
            return;
        }
        if let Ok(shown) = self.shown.lock()
            && let Some(bar) = &shown.bar
        {
            if bar.length().is_none()
                && let Ok(style) = ProgressStyle::with_template("{spinner} {msg}, {elapsed} {bar:30} {pos}/{len} files")
            {
                bar.set_style(style);
            }
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        }
    }

    /// So many bytes more are read.
    pub fn bytes(&self, count: u64) {
        let done = self.bytes.fetch_add(count, Ordering::Relaxed) + count;
        if self.wanted
            && let Ok(shown) = self.shown.try_lock()
            && let Some(bar) = &shown.bar
        {
            let share = self.of.map_or_else(String::new, |of| format!("{} %, ", done.min(of) * 100 / of));
            bar.set_message(format!("{}: {share}{} MiB", self.what, done >> 20));
        }
    }

    /// Prints a note beside it.
    pub fn note(&self, message: &str) {
        match self.shown.lock().ok().and_then(|shown| shown.bar.clone()) {
            Some(bar) => bar.suspend(|| note(message)),
            None => note(message),
        }
    }

    /// Takes it away.
    pub fn finish(&self) {
        if let Ok(mut shown) = self.shown.lock() {
            shown.ended = true;
            if let Some(bar) = shown.bar.take() {
                bar.finish_and_clear();
            }
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}
