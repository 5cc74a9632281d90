//! `klogmod queries`: what to ask the logs of a patched tree.

use std::io::Write;

use anyhow::{Result, bail};
use clap::ValueEnum;

use super::args::{EditArgs, Status, TreeArgs};
use super::scope::ScopeArgs;
use crate::plan::report::inert_json;
use crate::plan::report::style::{BOLD, DIM, styled};
use crate::rule::{Checked, Logs, Query};
use crate::ship::query::{Names, is_plain, object_keys};

/// Print queries for the logs of a patched tree, with the keys that its calls have once the plan is applied.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    edits: EditArgs,
    /// The request ID to look for; ID if absent.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// The object to look for, such as pod=kube-system/dns; if absent, the key that most calls of the tree have.
    #[arg(long, value_name = "KEY=NAMESPACE/NAME")]
    object: Option<String>,
    /// Only these purposes.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    purpose: Vec<String>,
    /// Only these tools.
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    tool: Vec<String>,
    /// Only queries of logs in this format.
    #[arg(long, value_enum)]
    logs: Option<Logs>,
    /// Output: text for people; json, one object a line.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let planned = args.tree.plan(args.edits.edits(), args.scope.options()?)?;
    let status = planned.report();
    let rules = &planned.rules.queries;
    let purposes: Vec<&str> = rules.purposes.iter().map(|purpose| &*purpose.name).collect();
    let mut tools: Vec<&str> = rules.queries.iter().map(|query| &*query.tool).collect();
    tools.sort_unstable();
    tools.dedup();
    known("purpose", &args.purpose, &purposes)?;
    known("tool", &args.tool, &tools)?;
    let keys = object_keys(&planned.plan, &planned.rules.log_calls);
    let names = names(args, &keys, &planned.rules.carriers.key)?;
    let wanted = |query: &&Query| {
        (args.purpose.is_empty() || args.purpose.contains(&query.purpose))
            && (args.tool.is_empty() || args.tool.contains(&query.tool))
            && args.logs.is_none_or(|logs| [logs, Logs::Both].contains(&query.logs))
    };
    let queries = |purpose: &str| -> Vec<Query> {
        let of = rules.queries.iter().filter(|query| query.purpose == purpose);
        of.filter(wanted).map(|query| names.query(query)).collect()
    };
    let mut out = std::io::BufWriter::new(anstream::stdout());
    for purpose in &rules.purposes {
        let queries = queries(&purpose.name);
        if args.format == Format::Json {
            for query in &queries {
                inert_json::line(query, &mut out)?;
            }
            continue;
        }
        if !queries.is_empty() {
            writeln!(out, "{}", styled(BOLD, &format!("# {}: {}", purpose.name, purpose.doc)))?;
        }
        if purpose.name == "object" && !queries.is_empty() && args.object.is_none() {
            let listed: Vec<String> = keys.iter().take(12).map(|(key, count)| format!("{key} {count}")).collect();
            let listed = if listed.is_empty() { "none".to_owned() } else { listed.join(", ") };
            writeln!(
                out,
                "{}",
                styled(DIM, &format!("# Keys of objects in this tree, and how many calls have them: {listed}"))
            )?;
        }
        for query in queries {
            let logs = match query.logs {
                Logs::Text => "text",
                Logs::Json => "JSON",
                Logs::Both => "text or JSON",
            };
            let checked = match query.checked {
                Checked::Test => "run by klogmod's tests",
                Checked::Expression => "its expression run by klogmod's tests, the tool not",
                Checked::Documentation => "written after its documentation, not run",
            };
            let head = format!("# {}, {logs} logs; {checked}", query.tool);
            writeln!(out, "{}\n{}\n", styled(DIM, &head), query.text)?;
        }
    }
    out.flush()?;
    Ok(status)
}

fn known(what: &str, given: &[String], known: &[&str]) -> Result<()> {
    match given.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => bail!("--{what} {name}: no such {what}; there are {}", known.join(", ")),
        None => Ok(()),
    }
}

fn names(args: &Args, keys: &[(String, usize)], key: &str) -> Result<Names> {
    let first = || keys.first().map_or("pod", |(key, _)| key).to_owned();
    let (object, namespace, name) = match &args.object {
        None => (first(), "NAMESPACE".to_owned(), "NAME".to_owned()),
        Some(given) => {
            let (object, place) = given.split_once('=').unwrap_or((given, "NAMESPACE/NAME"));
            let (namespace, name) = place.split_once('/').unwrap_or(("", place));
            (object.to_owned(), namespace.to_owned(), name.to_owned())
        }
    };
    let names =
        Names { key: key.to_owned(), id: args.id.clone().unwrap_or_else(|| "ID".to_owned()), object, namespace, name };
    for (option, text) in [("id", &names.id), ("object", &names.object), ("object", &names.name)] {
        if !is_plain(text) {
            bail!("--{option}: {text:?} cannot stand in a query: letters, digits and -_.:/ can");
        }
    }
    if !names.namespace.is_empty() && !is_plain(&names.namespace) {
        bail!("--object: {:?} cannot stand in a query: letters, digits and -_.:/ can", names.namespace);
    }
    Ok(names)
}
