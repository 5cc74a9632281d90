//! `klogmod paths`: which calls operations reach, and how.

use std::io::Write;

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::args::{Status, TreeArgs};
use super::scope::ScopeArgs;
use super::terminal;
use crate::path::Selection;
use crate::plan::pipeline::{self, FollowOptions, ScopeOptions};
use crate::plan::report::paths::{self, Drawing};
use crate::write::edit::Edits;

/// Show what each operation on each resource reaches, or what is reached from a function.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    /// The calls that a function reaches: (*import/path.Type).Method or import/path.Func.
    #[arg(long, value_name = "ENTRY")]
    from: Vec<String>,
    /// With --from: how many calls away.
    #[arg(long, value_name = "N", requires = "from")]
    depth: Option<u32>,
    /// With --from: walk through hubs and batch work as well.
    #[arg(long, requires = "from")]
    no_cuts: bool,
    /// Output: text; json, one document with a schema; jsonl, one object for each call (with --from); dot or mermaid, a drawing.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
    Jsonl,
    Dot,
    Mermaid,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    if args.from.is_empty() { matrix(args) } else { from(args) }
}

fn matrix(args: &Args) -> Result<Status> {
    let asked = args.scope.selection();
    let is_named = !asked.operations.is_empty() || !asked.resources.is_empty();
    match args.format {
        Format::Jsonl => {
            bail!("--format jsonl lists what --from reaches; without it there are text, json, dot, mermaid")
        }
        Format::Dot | Format::Mermaid if !is_named => bail!("name what to draw: --operation create --resource pod"),
        _ => {}
    }
    if args.scope.all {
        bail!("--all takes calls that no operation reaches; paths are about those that one does");
    }
    // The matrix is of everything, unless less is asked for.
    let selection = Selection { every_phase: true, ..asked };
    let planned = args
        .tree
        .plan(Edits { request_id: true, ..Edits::structural() }, Some(ScopeOptions { selection, narrows: true }))?;
    let mut out = std::io::BufWriter::new(anstream::stdout());
    let key = &planned.rules.carriers.key;
    match args.format {
        Format::Text => paths::text(&planned.plan, key, &mut out)?,
        Format::Dot => Drawing::of_plan(&planned.plan).dot(&mut out)?,
        Format::Mermaid => Drawing::of_plan(&planned.plan).mermaid(&mut out)?,
        Format::Json | Format::Jsonl => {
            let graph = is_named.then(|| Drawing::of_plan(&planned.plan));
            paths::json(&planned.plan, key, graph, &mut out)?;
        }
    }
    out.flush()?;
    Ok(planned.report())
}

fn from(args: &Args) -> Result<Status> {
    if args.format == Format::Json {
        bail!("with --from there are text, jsonl, dot, mermaid");
    }
    let Selection { operations, resources, phase, environment, max_depth, .. } = args.scope.selection();
    if args.scope.all || !operations.is_empty() || !resources.is_empty() || phase.is_some() {
        bail!("--from says where to start; only --environment goes with it");
    }
    let (options, rules) = args.tree.options(Edits::structural())?;
    let asked = FollowOptions {
        entries: args.from.clone(),
        cuts: !args.no_cuts,
        environment,
        max_depth: args.depth.or(max_depth),
    };
    let followed = pipeline::follow(&options, &rules, &asked)?;
    for name in &followed.unknown {
        terminal::error(&format!("no function of this tree is {name}"));
    }
    let mut out = std::io::BufWriter::new(anstream::stdout());
    let drawing = || Drawing::of(followed.reached.iter().map(|reached| reached.witness.as_slice()));
    match args.format {
        Format::Text => paths::reached(&followed.reached, &mut out)?,
        Format::Dot => drawing().dot(&mut out)?,
        Format::Mermaid => drawing().mermaid(&mut out)?,
        Format::Json | Format::Jsonl => paths::reached_lines(&followed.reached, &mut out)?,
    }
    out.flush()?;
    Ok(if followed.unknown.is_empty() { Status::Fine } else { Status::Error })
}
