//! The flag that asks for threads, shared by commands.

use anyhow::Result;
use clap::ValueEnum;

use super::args::Planned;
use super::terminal::Progress;
use crate::plan::pipeline::{self, Options, Plan};
use crate::write::edit::{Edits, Target};
use crate::write::thread::{Threads, Wanted};

/// What is done for calls that nothing in scope gives a request ID, or under --target=contextual a logger.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// Nothing.
    #[default]
    Off,
    /// Say which functions could pass down what is needed, or what is in the way.
    Report,
    /// Plan as if they did; patches that make them come first.
    Patch,
}

/// The flag.
#[derive(Debug, clap::Args)]
pub struct ThreadArgs {
    /// Where nothing in scope carries a request ID, pass a carrier down from the callers; under --target=contextual, a context or a logger.
    #[arg(long, value_enum, default_value_t, value_name = "MODE")]
    pub thread: Mode,
    /// Give exported functions of the checkout's published modules parameters, too: whoever uses these modules has to follow.
    #[arg(long)]
    pub break_api: bool,
}

impl ThreadArgs {
    /// What is asked of calls: where threads are made, what none reaches goes through klog's own logger.
    pub fn edits(&self, edits: Edits) -> Edits {
        let may_be_contextual = edits.target == Target::Contextual || edits.by_habit;
        Edits { last_resort: self.thread == Mode::Patch && may_be_contextual, ..edits }
    }

    /// Finds the threads of a plan, and makes the plan anew with those that are wanted where that was asked for.
    pub fn run(&self, planned: &mut Planned, wanted: Wanted<'_>) -> Result<Option<Threads>> {
        if self.thread == Mode::Off {
            return Ok(None);
        }
        let progress = Progress::new("looking for threads");
        let threads = pipeline::threads(&planned.options, &planned.rules, &planned.plan, wanted, self.break_api)?;
        progress.finish();
        if self.thread == Mode::Patch && !threads.threads.is_empty() {
            planned.options = Options { overlay: threads.overlay(), ..planned.options.clone() };
            let progress = Progress::new("reading the checkout");
            let old = std::mem::replace(&mut planned.plan, Plan::empty(planned.options.root.dir.clone()));
            let advance = |done, total| progress.at(done, total);
            planned.plan = pipeline::anew(&planned.options, &planned.rules, old, &threads, &advance)?;
            progress.finish();
        }
        Ok(Some(threads))
    }

    /// As [`Self::run`] with all threads, for a plan that is only read: whoever reads it has the checkout as it is.
    pub fn told(&self, planned: &mut Planned) -> Result<Option<Threads>> {
        let threads = self.run(planned, &|_| true)?;
        if let Some(threads) = threads.as_ref().filter(|_| self.thread == Mode::Patch) {
            pipeline::tell_of_checkout(&mut planned.plan, threads);
        }
        Ok(threads)
    }

    /// The flag as one types it; none where it is off.
    pub fn word(&self) -> Option<&'static str> {
        match self.thread {
            Mode::Off => None,
            Mode::Report => Some("--thread=report"),
            Mode::Patch => Some("--thread=patch"),
        }
    }
}
