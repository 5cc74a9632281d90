//! Which calls a command is about: those on the paths of an operator's operations, or all.

use anyhow::{Result, bail};

use crate::path::Selection;
use crate::plan::pipeline::ScopeOptions;

const SCOPE: &str = "Scope";

/// Which calls are taken: those that some operations reach.
#[derive(Debug, Default, clap::Args)]
pub struct ScopeArgs {
    /// Calls that these operations reach: create, apply, delete, drain…
    #[arg(long, help_heading = SCOPE, value_name = "NAME", value_delimiter = ',')]
    pub operation: Vec<String>,
    /// Calls that operations on these resources reach: pod, deployment, node…
    #[arg(long, help_heading = SCOPE, value_name = "NAME", value_delimiter = ',')]
    pub resource: Vec<String>,
    /// The last phase that is taken: alpha, beta or ga [default: alpha; all where operations or resources are named].
    #[arg(long, help_heading = SCOPE, value_name = "NAME", hide_default_value = true)]
    pub phase: Option<String>,
    /// What the cluster is made of, as in rules/environments.toml [default: containerd-csi-iptables-linux]; all: anything.
    #[arg(long, help_heading = SCOPE, value_name = "NAME")]
    pub environment: Option<String>,
    /// How many calls away from where an operation starts.
    #[arg(long, help_heading = SCOPE, value_name = "N")]
    pub max_depth: Option<u32>,
    /// Take every call of the tree, whatever reaches it (the default where no operation starts in the tree).
    #[arg(long, help_heading = SCOPE)]
    pub all: bool,
}

impl ScopeArgs {
    /// Everything that operations reach, which leaves nothing out.
    pub fn everything() -> Option<ScopeOptions> {
        Some(ScopeOptions { selection: Selection::everything(), narrows: false })
    }

    /// What was asked for.
    pub fn selection(&self) -> Selection {
        Selection {
            operations: self.operation.clone(),
            resources: self.resource.clone(),
            phase: self.phase.clone(),
            environment: self.environment.clone(),
            max_depth: self.max_depth,
            every_phase: false,
        }
    }

    /// As the pipeline takes it; none: every call.
    pub fn options(&self) -> Result<Option<ScopeOptions>> {
        let selection = self.selection();
        match (self.all, selection == Selection::default()) {
            (true, false) => bail!("--all takes every call; leave the other scope flags out"),
            (true, true) => Ok(None),
            (false, _) => Ok(Some(ScopeOptions { selection, narrows: true })),
        }
    }

    /// The flags as one types them.
    pub fn words(&self) -> Vec<String> {
        let listed = [("--operation", &self.operation), ("--resource", &self.resource)];
        let listed = listed.into_iter().filter(|(_, list)| !list.is_empty());
        let listed = listed.map(|(name, list)| format!("{name}={}", list.join(",")));
        let max_depth = self.max_depth.map(|depth| depth.to_string());
        let valued = [("--phase", &self.phase), ("--environment", &self.environment), ("--max-depth", &max_depth)];
        let valued = valued.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value.as_ref()?)));
        listed.chain(valued).chain(self.all.then(|| "--all".to_owned())).collect()
    }
}
