//! What commands share that heed decisions: the file, and the plan with its states.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::args::{FixArgs, Planned};
use super::terminal;
use crate::decide::change::{Changes, Choice};
use crate::decide::decision::{self, Decisions, FILE_NAME};
use crate::decide::owners::Owners;

/// Where decisions are.
#[derive(Debug, clap::Args)]
pub struct DecisionArgs {
    /// The decisions file, instead of klogmod.decisions.toml at the checkout's root.
    #[arg(long, value_name = "FILE")]
    pub decisions: Option<PathBuf>,
}

impl DecisionArgs {
    /// The file.
    pub fn path(&self, root: &Path) -> PathBuf {
        self.decisions.clone().unwrap_or_else(|| root.join(FILE_NAME))
    }

    /// The decisions in it.
    pub fn load(&self, root: &Path) -> Result<Decisions> {
        Ok(decision::load(&self.path(root))?)
    }
}

impl FixArgs {
    /// As changes are chosen.
    pub fn choice(&self, accepted_only: bool) -> Choice {
        Choice { safe: self.safe, display_only: self.display_only, accepted_only }
    }
}

impl Planned {
    /// The plan's changes, and where they stand; complaints about OWNERS are printed.
    pub fn changes(&self, decisions: &Decisions) -> Changes<'_> {
        let mut owners = Owners::load(&self.plan.root);
        let narrow = &self.options.root.narrow;
        let below = |path: &str, dir: &str| path == dir || path.strip_prefix(dir).is_some_and(|p| p.starts_with('/'));
        let looked_at = |path: &str| {
            let is_excluded = || Path::new(path).ancestors().any(|part| self.options.exclude.is_match(part));
            (narrow.is_empty() || narrow.iter().any(|dir| below(path, dir)))
                && !is_excluded()
                && (self.options.tests || !path.ends_with("_test.go"))
        };
        let changes = Changes::of(&self.plan, &self.rules, decisions, &mut owners, &looked_at);
        for complaint in owners.complaints() {
            terminal::diagnostic(complaint);
        }
        changes
    }
}

/// Says where the proposals stand, once there are decisions.
pub fn note_states(changes: &Changes<'_>, decisions: &Decisions, choice: Choice) {
    if decisions.is_empty() {
        return;
    }
    let tally = changes.tally();
    terminal::note(&format!("decisions: {tally}"));
    if tally.unchanged > 0 && tally.new > 0 && !choice.accepted_only {
        terminal::note("what nobody has decided on is taken, too; --accepted-only leaves it out");
    }
    if tally.changed > 0 {
        terminal::note("what changed since it was reviewed is left out until somebody looks again: klogmod review");
    }
}
