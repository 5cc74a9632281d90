//! What the server was asked to look at, and by which rules: from its arguments, the editor's folder and the checkout's settings.

use std::path::PathBuf;

use anyhow::Result;

use crate::cli::along::{Mode, RuntimeArgs, names};
use crate::cli::args::{EditArgs, TreeArgs};
use crate::cli::decisions::DecisionArgs;
use crate::cli::judging::check_names;
use crate::cli::scope::ScopeArgs;
use crate::decide::decision::{Decisions, Verdict};
use crate::klog::convention::Conventions;
use crate::path::Standing;
use crate::plan::cache::Cache;
use crate::plan::pipeline::{Options, ScopeOptions, SitePlan};
use crate::rule::{Config, RuleSet};
use crate::ship::along::Names;
use crate::write::edit::{Edits, Target};

/// Serve editors over the language server protocol, on standard input and output.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub tree: TreeArgs,
    #[command(flatten)]
    pub scope: ScopeArgs,
    #[command(flatten)]
    pub edits: EditArgs,
    #[command(flatten)]
    pub runtime: RuntimeArgs,
    #[command(flatten)]
    pub decisions: DecisionArgs,
    /// As editors say it; there is no other way to talk.
    #[arg(long, hide = true)]
    pub stdio: bool,
}

/// What the arguments come to in one checkout.
pub struct Asked {
    /// What is planned.
    pub options: Options,
    /// The rules.
    pub rules: RuleSet,
    /// What the checkout's owners set.
    pub config: Config,
    /// Where plans are kept.
    pub cache: Cache,
    /// What the package is called that calls take their request ID from; none where it is left to its own command.
    pub names: Option<Names>,
    /// The decisions file.
    pub decisions: PathBuf,
}

impl Asked {
    /// Of the checkout that `paths` are in, unless the arguments name one.
    pub fn of(args: &Args, paths: Vec<PathBuf>) -> Result<Self> {
        let paths = if args.tree.paths.is_empty() { paths } else { args.tree.paths.clone() };
        let tree = TreeArgs { paths, ..args.tree.clone() };
        let (options, rules) = tree.options(args.edits.edits())?;
        // Calls elsewhere are not reported, but whoever stands on one may ask.
        let scope = args.scope.options()?.map(|scope| ScopeOptions { narrows: false, ..scope });
        let options = Options { scope, ..options };
        let (config, _) = tree.configuration(&options.root)?;
        check_names(&config.gate, &rules)?;
        let names = names(&options, &rules, &config.request_id);
        Ok(Self {
            decisions: args.decisions.path(&options.root.dir),
            names: (args.runtime.runtime == Mode::Along).then_some(names),
            cache: tree.cache.open()?,
            options,
            rules,
            config,
        })
    }

    /// The edits of the other target: through a logger where klog's own functions are usual, and the other way round.
    pub fn other(&self, habits: &Conventions) -> Edits {
        let target = match self.options.edits.settled(habits).target {
            Target::Infos => Target::Contextual,
            Target::Contextual => Target::Infos,
        };
        Edits { target, by_habit: false, ..self.options.edits }
    }

    /// Whether a call is reported: it is on a path, or nobody knows yet, and nobody has rejected what is proposed.
    pub fn reports(&self, site: &SitePlan, decisions: &Decisions) -> bool {
        let is_rejected = decisions
            .get(&site.fingerprint)
            .is_some_and(|decision| matches!(decision.verdict, Verdict::Rejected { .. }));
        !matches!(site.standing, Some(Standing::Off(_))) && !is_rejected
    }
}
