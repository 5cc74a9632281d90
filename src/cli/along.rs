//! The flag that says whether the runtime package goes along, shared by commands that write calls.

use anyhow::Result;
use clap::ValueEnum;

use super::args::Planned;
use super::terminal;
use crate::plan::pipeline::Options;
use crate::rule::{RequestIdConfig, RuleSet};
use crate::ship::along::{Along, Names, Package, along, packages};
use crate::text::FileChange;
use crate::text::disk::{self, WriteError};

/// Where the package comes from that calls take their request ID from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Mode {
    /// It goes along wherever a module lacks it, with the calls that switch it on.
    #[default]
    Along,
    /// `klogmod runtime` writes it.
    Separate,
}

/// The flag.
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct RuntimeArgs {
    /// Whether the package that request IDs are taken from goes along where the checkout lacks it, switched on at the end, or is left to
    /// `klogmod runtime`.
    #[arg(long, value_enum, default_value_t, value_name = "MODE")]
    pub runtime: Mode,
}

impl RuntimeArgs {
    /// What goes along with changes.
    pub fn along(&self, planned: &Planned, changes: &[&FileChange]) -> Result<Along> {
        if self.runtime == Mode::Separate || !planned.options.edits.request_id {
            return Ok(Along::default());
        }
        let found = along(&planned.plan.root, &planned.names(), &planned.rules, planned.options.process_ids, changes)?;
        if found.by_hand() > 0 {
            let calls = found.by_hand();
            let calls_are = if calls == 1 {
                "call that switches request IDs on is"
            } else {
                "calls that switch request IDs on are"
            };
            terminal::note(&format!("{calls} {calls_are} left to you; klogmod runtime --wire names them"));
        }
        for error in &found.unwired {
            terminal::note(&format!("nothing switches request IDs on: {error}"));
        }
        Ok(found)
    }

    /// The packages alone that changes name.
    pub fn packages(&self, planned: &Planned, changes: &[&FileChange]) -> Result<Vec<Package>> {
        match self.runtime {
            Mode::Separate => Ok(Vec::new()),
            Mode::Along => Ok(packages(&planned.plan.root, &planned.names(), changes)?),
        }
    }

    /// The flag as one types it; none where it is as usual.
    pub fn word(&self) -> Option<&'static str> {
        (self.runtime == Mode::Separate).then_some("--runtime=separate")
    }
}

/// What the checkout's owners call things.
pub fn names(options: &Options, rules: &RuleSet, config: &RequestIdConfig) -> Names {
    Names {
        source: options.id_source,
        import: options.runtime.clone(),
        key: rules.carriers.key.clone(),
        header: config.header.clone(),
        annotation: config.annotation.clone(),
    }
}

impl Planned {
    /// What the checkout's owners call things.
    pub fn names(&self) -> Names {
        names(&self.options, &self.rules, &self.config.request_id)
    }

    /// Writes one change to the checkout.
    pub fn write(&self, change: &FileChange) -> std::result::Result<(), WriteError> {
        let path = self.plan.root.join(&*change.path);
        match &change.before {
            Some(before) => disk::replace_file(&path, before, &change.after),
            None => disk::create_file(&path, &change.after),
        }
    }
}
