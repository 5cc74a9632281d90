//! `klogmod fleet`: many repositories, one after the other, and one page about all.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail};

use super::args::Status;
use super::terminal;
use crate::go::files::Shard;
use crate::measure::coverage::{Measure, Report};
use crate::measure::fleet::{Entry, History, Listed, Outcome, html, queue, text};
use crate::ship::worktree::{fetch, remote_commit};
use crate::text::counted;
use crate::text::disk;

/// Look at every repository of a list: fetch its newest commit, check it, keep its report, and write one page about all.
///
/// What a run has done stays done: started again, it goes on where it ended. A repository that is at the commit of the run before is not
/// looked at again. Exit codes: 0 all were analysed; 2 usage or internal error; 3 some failed, or not all of them was analysed; 130 interrupted.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The repositories: in each line an address of git or a directory, in front of it a name if it is to have another than its own.
    #[arg(long, value_name = "FILE")]
    list: PathBuf,
    /// Where everything is kept: reports/NAME.json, history.jsonl, index.html.
    #[arg(long, value_name = "DIR", default_value = "klogmod-fleet")]
    output: PathBuf,
    /// So many repositories at a time.
    #[arg(long, short = 'j', value_name = "N", default_value_t = 1)]
    jobs: usize,
    /// One share of the list, 1/4 to 4/4. Shares with the same DIR make one history, and each writes the page.
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// Start a new run, and look at repositories that have not changed as well.
    #[arg(long)]
    anew: bool,
    /// End what takes longer than so many minutes.
    #[arg(long, value_name = "MINUTES", default_value_t = 30)]
    timeout: u64,
    /// What counts as covered.
    #[arg(long, value_enum, default_value_t)]
    measure: Measure,
}

/// Most bytes of a history or of a report: a tree of a million calls has a report of about one GiB.
const LARGE: u64 = 4 << 30;

/// What all workers share.
struct Pool<'p> {
    args: &'p Args,
    run: u32,
    queue: &'p [Listed],
    next: AtomicUsize,
    stop: &'p AtomicBool,
    history: Mutex<History>,
    journal: Mutex<std::fs::File>,
    began: Instant,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let list = disk::read_named(&args.list, disk::DOCUMENT).and_then(disk::utf8);
    let list = list.with_context(|| format!("cannot read {}", args.list.display()))?;
    let listed = queue(&list, args.shard).map_err(|error| anyhow::anyhow!("{}:{error}", args.list.display()))?;
    if listed.is_empty() && args.shard.is_none() {
        bail!("{}: no repository stands in it", args.list.display());
    }
    std::fs::create_dir_all(args.output.join("reports")).with_context(|| format!("{}", args.output.display()))?;
    // What this list's share has done tells how far it is; what others have done is for the page alone.
    let (run, missing) = read(args, true)?.next(&listed, args.anew);
    let journal =
        journal(&args.output.join(own_journal(args))).with_context(|| format!("{}", args.output.display()))?;
    let stop = terminal::interruption();
    let pool = Pool {
        args,
        run,
        queue: &missing,
        next: AtomicUsize::new(0),
        stop: &stop,
        history: Mutex::new(read(args, false)?),
        journal: Mutex::new(journal),
        began: Instant::now(),
    };
    if missing.len() < listed.len() {
        terminal::note(&format!(
            "run {run} goes on: {} of {} done",
            listed.len() - missing.len(),
            counted(listed.len(), "repository")
        ));
    }
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..args.jobs.clamp(1, 64)).map(|_| scope.spawn(|| pool.work())).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| bail!("a worker ended early")))
    })?;
    finish(args, run, &pool.history.into_inner().unwrap_or_else(PoisonError::into_inner), &stop)
}

fn finish(args: &Args, run: u32, history: &History, stop: &AtomicBool) -> Result<Status> {
    disk::write_output(&args.output.join("index.html"), html(history, run, args.measure).as_bytes())?;
    let mut out = std::io::BufWriter::new(anstream::stdout());
    text(history, run, args.measure, &mut out)?;
    out.flush()?;
    terminal::note(&format!("the page is {}", args.output.join("index.html").display()));
    let is_whole = history.run(run).values().all(|entry| entry.outcome == Outcome::Measured);
    Ok(match (stop.load(Ordering::Relaxed), is_whole) {
        (true, _) => Status::Interrupted,
        (false, true) => Status::Fine,
        (false, false) => Status::Incomplete,
    })
}

/// The file that lines are added to. One that was cut off keeps no other from being read.
fn journal(path: &Path) -> std::io::Result<std::fs::File> {
    let is_cut = disk::read_named(path, LARGE).is_ok_and(|bytes| bytes.last().is_some_and(|last| *last != b'\n'));
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    if is_cut {
        file.write_all(b"\n")?;
    }
    Ok(file)
}

fn own_journal(args: &Args) -> String {
    args.shard
        .map_or_else(|| "history.jsonl".to_owned(), |shard| format!("history-{}-of-{}.jsonl", shard.index, shard.of))
}

/// What runs have said: of this share, or of all.
fn read(args: &Args, own: bool) -> Result<History> {
    let mut history = History::default();
    let mut names: Vec<String> = match own {
        true => vec![own_journal(args)],
        false => std::fs::read_dir(&args.output)?
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name.starts_with("history") && name.ends_with(".jsonl"))
            .collect(),
    };
    names.sort_unstable();
    for path in names.iter().map(|name| args.output.join(name)).filter(|path| path.exists()) {
        let text = disk::read_named(&path, LARGE).and_then(disk::utf8);
        let cut = history.read(&text.with_context(|| format!("cannot read {}", path.display()))?);
        if cut > 0 && !own {
            terminal::note(&format!("{}: lines that were cut off and are left out: {cut}", path.display()));
        }
    }
    Ok(history)
}

impl Pool<'_> {
    /// Takes repositories until there are none left.
    fn work(&self) -> Result<()> {
        while !self.stop.load(Ordering::Relaxed) {
            let at = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(listed) = self.queue.get(at) else { break };
            let entry = self.unchanged(listed).unwrap_or_else(|| self.measured(listed));
            if self.stop.load(Ordering::Relaxed) {
                break;
            }
            self.keep(at, entry)?;
        }
        Ok(())
    }

    fn keep(&self, at: usize, entry: Entry) -> Result<()> {
        let line = format!("{}\n", serde_json::to_string(&entry)?);
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).write_all(line.as_bytes())?;
        let left = self.began.elapsed().as_secs() * (self.queue.len() - at - 1) as u64 / (at as u64 + 1);
        let said = match &entry.error {
            Some(error) => error.clone(),
            None => {
                format!("{}, {}", counted(entry.parts.sum() as usize, "call"), self.args.measure.rate(&entry.parts))
            }
        };
        let (number, of, name) = (at + 1, self.queue.len(), &entry.name);
        let left = if number < of { format!("; about {left} s are left") } else { String::new() };
        terminal::note(&format!("{number} of {of}: {name}: {said} ({:.1} s{left})", entry.seconds));
        self.history.lock().unwrap_or_else(PoisonError::into_inner).add(entry);
        Ok(())
    }

    /// What the run before said, where the repository is still at that commit and klogmod the same.
    fn unchanged(&self, listed: &Listed) -> Option<Entry> {
        let history = self.history.lock().unwrap_or_else(PoisonError::into_inner);
        let before = history.before(self.run, &listed.name)?.clone();
        drop(history);
        let is_same = !self.args.anew && before.version == env!("CARGO_PKG_VERSION");
        let empty = tempfile::tempdir().ok().filter(|_| is_same)?;
        let now = remote_commit(empty.path(), &listed.address, "HEAD").ok()??;
        (before.revision.as_ref() == Some(&now)).then(|| Entry { run: self.run, at: seconds(), seconds: 0.0, ..before })
    }

    fn measured(&self, listed: &Listed) -> Entry {
        let (began, at, name) = (Instant::now(), seconds(), &listed.name);
        let report = self.args.output.join("reports").join(format!("{name}.json"));
        let checked = self.check(listed, &report);
        let took = began.elapsed().as_secs_f64();
        match checked {
            Ok((report, error)) => Entry::measured(self.run, name, at, took, &report, error),
            Err(error) => Entry::failed(self.run, name, at, took, format!("{error:#}")),
        }
    }

    /// Fetches a repository and checks it, in a process of its own: one that takes all memory takes no other along.
    fn check(&self, listed: &Listed, report: &Path) -> Result<(Report, Option<String>)> {
        let scratch = tempfile::Builder::new().prefix("klogmod-fleet-").tempdir()?;
        let tree = scratch.path().join("tree");
        fetch(&listed.address, &tree)?;
        if let Some(parent) = report.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let _ = std::fs::remove_file(report);
        let threads = std::thread::available_parallelism().map_or(1, usize::from) / self.args.jobs.max(1);
        let said = scratch.path().join("stderr");
        let mut child = Command::new(std::env::current_exe()?)
            .args(["check", "--allow-slack", "--no-cache", "--color", "never"])
            .args(["--threads".to_owned(), threads.max(1).to_string(), format!("--output=json={}", report.display())])
            .arg(&tree)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(&said)?)
            .spawn()?;
        let status = self.wait(&mut child)?;
        let said = disk::read_named(&said, disk::DOCUMENT).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())?;
        let error = said.lines().find(|line| line.contains("error: ")).unwrap_or("no error is named");
        match status {
            Some(0 | 1) => Ok((load(report)?, None)),
            Some(3) => Ok((load(report)?, Some(error.to_owned()))),
            status => bail!(
                "klogmod check: {}: {error}",
                status.map_or("ended by a signal".to_owned(), |code| format!("exit {code}"))
            ),
        }
    }

    fn wait(&self, child: &mut std::process::Child) -> Result<Option<i32>> {
        let end = Instant::now() + Duration::from_secs(self.args.timeout.saturating_mul(60));
        loop {
            if let Some(status) = child.try_wait()? {
                return Ok(status.code());
            }
            let is_late = Instant::now() > end;
            if is_late || self.stop.load(Ordering::Relaxed) {
                child.kill()?;
                child.wait()?;
                bail!(if is_late { "it took longer than --timeout" } else { "interrupted" });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn load(path: &Path) -> Result<Report> {
    let text = disk::read_named(path, LARGE)
        .and_then(disk::utf8)
        .with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is no report", path.display()))
}

fn seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
