//! `klogmod trace`: one operation, out of the logs that components wrote.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use super::args::Status;
use super::scope::ScopeArgs;
use super::sites;
use super::terminal::{self, Progress};
use crate::measure::carried::carried;
use crate::rule::{KEY_IS, RuleSet, is_key};
use crate::text::counted;
use crate::trace::line::{Object, zone};
use crate::trace::operation::{Options, Story, Want, callers, collect, list};
use crate::trace::read::Inputs;
use crate::trace::show;

/// Show one operation out of the logs that components wrote: its components, its lines in order of time, what each object went through.
///
/// Logs are read in any mix: klog's text, JSON as Kubernetes, zap and log/slog write it, what kubectl logs (--prefix, --timestamps), container
/// runtimes and journald put around them, gzip and zstd. Without --id and --object the operations are listed.
///
/// Exit codes: 0 found; 1 nothing found; 2 usage or internal error; 3 something was not read to its end.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Args {
    #[command(subcommand)]
    list: Option<Sub>,
    /// The operation with this ID, or the only one whose ID starts so.
    #[arg(long, value_name = "ID")]
    id: Option<String>,
    /// What happened to an object, and in which operations: pod/kube-system/dns, node/n1.
    #[arg(long, value_name = "KIND/NS/NAME", conflicts_with = "id")]
    object: Option<String>,
    /// Say which call sites on operations' paths never carried an ID in these logs; needs --root.
    #[arg(long, requires = "root", conflicts_with_all = ["id", "object"])]
    coverage: bool,
    /// Checkout that the logs are of, as it was built: call sites are named as klogmod knows them.
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Tell of gaps of at least so many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 1.0)]
    gap: f64,
    /// Show values and lines in full.
    #[arg(long)]
    full: bool,
    #[command(flatten)]
    logs: LogArgs,
}

#[derive(Debug, clap::Subcommand)]
enum Sub {
    /// List operations: start, span, lines, errors, components.
    List(ListArgs),
}

/// What is read, and how it is shown.
#[derive(Debug, clap::Args)]
struct LogArgs {
    /// Log files, directories of them, or - for standard input; COMPONENT=FILE says who wrote a file.
    #[arg(value_name = "LOG", required = true)]
    logs: Vec<String>,
    /// Key of the request ID pair [default: requestID].
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Time zone of klog's text lines, which name none: +02:00, Europe/Berlin.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    /// Output: text for people; html, one page; json, a document with a schema; otlp, spans for Jaeger or Tempo; chrome, trace events for
    /// Perfetto. The list has text and json.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// List operations: start, span, lines, errors, components.
#[derive(Debug, clap::Args)]
struct ListArgs {
    /// Also operations of one component alone, as a server makes up for each request without an ID.
    #[arg(long)]
    all: bool,
    /// Only operations with errors.
    #[arg(long)]
    errors: bool,
    #[command(flatten)]
    logs: LogArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Html,
    Json,
    Otlp,
    Chrome,
}

impl LogArgs {
    fn options(&self) -> Result<Options> {
        let key = match &self.key {
            Some(key) if !is_key(key) => bail!("key `{key}` is not {KEY_IS}"),
            Some(key) => key.clone(),
            None => RuleSet::builtin()?.carriers.key,
        };
        let zone = zone(&self.time_zone)
            .with_context(|| format!("--time-zone {}: no such zone; +02:00 or Europe/Berlin", self.time_zone))?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        Ok(Options { key, zone, now: i64::try_from(now).unwrap_or(i64::MAX) })
    }

    fn open(&self, options: &Options) -> Result<Inputs> {
        if self.logs.iter().any(|log| log == "list") && !Path::new("list").exists() {
            let logs: Vec<&str> = self.logs.iter().map(String::as_str).filter(|log| *log != "list").collect();
            bail!("`list` comes first, its options behind it: klogmod trace list {}", logs.join(" "));
        }
        let is_stdin = |log: &&String| log.split_once('=').map_or(log.as_str(), |(_, path)| path) == "-";
        if self.logs.iter().filter(is_stdin).count() > 1 {
            bail!("standard input can be read only once: `-` is there twice");
        }
        let inputs = Inputs::open(&self.logs, options.now);
        inputs.unread.iter().for_each(|error| terminal::error(error));
        if inputs.list.is_empty() && inputs.unread.is_empty() {
            bail!("there is no file in {}", self.logs.join(", "));
        }
        if inputs.list.is_empty() {
            bail!("none of these logs can be read");
        }
        Ok(inputs)
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    match (&args.list, &args.id, &args.object) {
        (Some(Sub::List(args)), ..) => list_all(&args.logs, args.all, args.errors),
        (None, ..) if args.coverage => coverage(args),
        (None, Some(id), _) if id.is_empty() => bail!("--id: an empty ID is none"),
        (None, Some(id), _) => one(args, Want::Id(id.clone())),
        (None, None, Some(object)) => {
            let object = Object::parse(object).with_context(|| {
                format!("--object {object}: kind/namespace/name, or kind/name for one without a namespace")
            })?;
            one(args, Want::Object(object))
        }
        (None, None, None) => list_all(&args.logs, false, false),
    }
}

fn one(args: &Args, want: Want) -> Result<Status> {
    let options = args.logs.options()?;
    let inputs = args.logs.open(&options)?;
    let progress = Progress::new("reading logs").of_bytes(inputs.bytes());
    let mut found = collect(&inputs.list, &want, &options, &|bytes| progress.bytes(bytes));
    progress.finish();
    found.errors.extend(inputs.unread.iter().cloned());
    let want = match found.settle(want) {
        Ok(want) => want,
        Err(ids) => {
            let shown = ids.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
            bail!("--id: {} IDs start so: {shown}", ids.len());
        }
    };
    let mut story = Story::new(want, found, &inputs.list, &options, (args.gap.max(0.0) * 1e9) as i64);
    if let Some(root) = &args.root {
        let (places, _) = sites::places(root, args.logs.key.as_ref(), ScopeArgs::everything())?;
        sites::join(&mut story, &places);
    }
    let mut out = std::io::BufWriter::new(anstream::stdout());
    match args.logs.format {
        Format::Text => show::story(&story, show::Detail { full: args.full }, &mut out)?,
        Format::Html => show::html(&story, &mut out)?,
        Format::Json => show::story_json(&story, &mut out)?,
        Format::Otlp => show::otlp(&story, &mut out)?,
        Format::Chrome => show::chrome(&story, &mut out)?,
    }
    out.flush()?;
    story.notes.iter().for_each(|note| terminal::note(note));
    story.unread.iter().filter(|error| !inputs.unread.contains(error)).for_each(|error| terminal::error(error));
    if story.lines.is_empty() {
        terminal::note(&format!("no line of these logs is of {}", story.title()));
    }
    Ok(match (story.unread.is_empty(), story.lines.is_empty()) {
        (false, _) => Status::Incomplete,
        (true, true) => Status::Policy,
        (true, false) => Status::Fine,
    })
}

/// Which call sites never carried an ID.
fn coverage(args: &Args) -> Result<Status> {
    let Some(root) = &args.root else { bail!("--coverage needs --root") };
    let options = args.logs.options()?;
    let inputs = args.logs.open(&options)?;
    let (places, status) = sites::places(root, args.logs.key.as_ref(), args.scope.options()?)?;
    let progress = Progress::new("reading logs").of_bytes(inputs.bytes());
    let found = callers(&inputs.list, &options, &|bytes| progress.bytes(bytes));
    progress.finish();
    found.errors.iter().for_each(|error| terminal::error(error));
    let printed = found.list.iter().map(|part| (&*part.caller, &*part.message, part.with, part.without));
    let unread: Vec<String> = found.errors.iter().cloned().chain(inputs.unread).collect();
    let report = carried(&places, printed, unread);
    let mut out = std::io::BufWriter::new(anstream::stdout());
    match args.logs.format {
        Format::Text => report.text(&mut out)?,
        Format::Json => report.json(&mut out)?,
        _ => bail!("--coverage has text and json"),
    }
    out.flush()?;
    if found.dropped > 0 {
        terminal::note(&format!("lines of places that there was no room for: {}", found.dropped));
    }
    Ok(if report.unread.is_empty() { status } else { Status::Incomplete })
}

fn list_all(logs: &LogArgs, all: bool, errors: bool) -> Result<Status> {
    if !matches!(logs.format, Format::Text | Format::Json) {
        bail!("the list is text or json; the other formats show one operation: --id, --object");
    }
    let options = logs.options()?;
    let inputs = logs.open(&options)?;
    let progress = Progress::new("reading logs").of_bytes(inputs.bytes());
    let is_wanted = |found: u64, components: usize| found > 0 || !errors && (all || components > 1);
    let mut found = list(&inputs.list, &options, &is_wanted, &|bytes| progress.bytes(bytes));
    progress.finish();
    found.errors.iter().for_each(|error| terminal::error(error));
    found.errors.extend(inputs.unread);
    let listed = std::mem::take(&mut found.list);
    let before = listed.len() + found.hidden;
    let hidden = if errors { 0 } else { found.hidden };
    let mut out = std::io::BufWriter::new(anstream::stdout());
    match logs.format {
        Format::Text => show::list(&listed, hidden, &mut out)?,
        _ => show::list_json(&found, &listed, &options.key, &mut out)?,
    }
    out.flush()?;
    let troubles = found.counts.troubles();
    if !troubles.is_empty() {
        terminal::note(&format!("of {} read: {}", counted(found.counts.lines as usize, "line"), troubles.join(", ")));
    }
    if found.dropped > 0 {
        terminal::note(&format!("no room for the operations of {}", counted(found.dropped as usize, "line")));
    }
    Ok(match (found.errors.is_empty(), before) {
        (false, _) => Status::Incomplete,
        (true, 0) => Status::Policy,
        (true, _) => Status::Fine,
    })
}
