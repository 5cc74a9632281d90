//! Messages and progress on the terminal.

use std::io::{IsTerminal, Write};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag::{register, register_conditional_shutdown};

use crate::plan::report::style::{BOLD, RED, YELLOW, harmless, styled};
use crate::text::diagnostic::{Diagnostic, Level};
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
    let text = harmless(&diagnostic.to_string()).replace('\n', "\\n");
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

/// A progress bar on a terminal, for what takes longer than a second.
pub struct Progress {
    started: Instant,
    bar: Mutex<Option<ProgressBar>>,
    wanted: bool,
}

impl Progress {
    /// Starts the clock.
    pub fn new() -> Self {
        Self { started: Instant::now(), bar: Mutex::new(None), wanted: std::io::stderr().is_terminal() }
    }

    /// `done` of `total` files are done.
    pub fn at(&self, done: usize, total: usize) {
        if !self.wanted || !done.is_multiple_of(64) || self.started.elapsed() < Duration::from_secs(1) {
            return;
        }
        if let Ok(mut bar) = self.bar.lock() {
            bar.get_or_insert_with(|| {
                let bar = ProgressBar::with_draw_target(Some(total as u64), ProgressDrawTarget::stderr());
                match ProgressStyle::with_template("{bar:30} {pos}/{len} files") {
                    Ok(style) => bar.with_style(style),
                    Err(_) => bar,
                }
            })
            .set_position(done as u64);
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Ok(mut bar) = self.bar.lock()
            && let Some(bar) = bar.take()
        {
            bar.finish_and_clear();
        }
    }
}
