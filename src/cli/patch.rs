//! `klogmod patch`: write the changes as patches that git am takes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use rustc_hash::FxHashSet;

use super::along::RuntimeArgs;
use super::args::{EditArgs, FixArgs, Planned, Status, TreeArgs};
use super::decisions::{DecisionArgs, note_states};
use super::scope::ScopeArgs;
use super::terminal::{self, Progress};
use super::threads::{Mode, ThreadArgs};
use crate::decide::change::{Changes, Choice};
use crate::decide::decision::{Decisions, render};
use crate::go::files::GeneratedFiles;
use crate::klog::fingerprint::digest;
use crate::plan::pipeline::{Options, Plan};
use crate::plan::report::style::harmless;
use crate::ship::along::Along;
use crate::ship::cut::{self, Cut, Letter, MAX_LINES, Origin, Subjects};
use crate::ship::series::{CoverLetter, Draft, Sender, Series, unified};
use crate::ship::worktree::{self, Tracked};
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::text::disk;
use crate::text::{FileChange, counted};
use crate::write::edit::{Edits, Target};
use crate::write::thread::Thread;

/// Write the changes as patches that git am takes, cut by owners and size; without -o, print them as one diff.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    thread: ThreadArgs,
    #[command(flatten)]
    fixes: FixArgs,
    #[command(flatten)]
    runtime: RuntimeArgs,
    #[command(flatten)]
    decisions: DecisionArgs,
    /// Only what was accepted or edited.
    #[arg(long)]
    accepted_only: bool,
    /// Directory for the patches; made if absent, emptied of an earlier run's patches.
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Lines that a patch may change, added and removed ones together (450: prow's size/L with a margin).
    #[arg(long, value_name = "N")]
    max_lines: Option<usize>,
    /// Make structural edits and request IDs patches of their own.
    #[arg(long, requires = "output")]
    split_edits: bool,
    /// Let the texts for pull requests name approvers and command bots.
    #[arg(long, requires = "output")]
    mentions: bool,
    /// Author of the patches.
    #[arg(long, value_name = "NAME <EMAIL>")]
    author: Option<String>,
}

const AUTHOR: &str = "klogmod <klogmod@localhost>";

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let mut planned = args.tree.plan(args.thread.edits(args.edits.edits()), args.scope.options()?)?;
    let decisions = args.decisions.load(&planned.plan.root)?;
    let choice = args.fixes.choice(args.accepted_only);
    let tracked = match &args.output {
        Some(_) => Tracked::read(&planned.plan.root)?,
        // A diff is for whatever stands on disk.
        None => Tracked::default(),
    };
    let is_tracked = |thread: &Thread| thread.steps.iter().all(|step| tracked.has(&step.path));
    let wanted = |thread: &Thread| choice.takes_thread(thread, &decisions) && is_tracked(thread);
    let threads = args.thread.run(&mut planned, &wanted)?;
    if let Some(threads) = &threads {
        terminal::summary(threads)?;
    }
    let threads: &[Thread] = threads.as_ref().filter(|_| args.thread.thread == Mode::Patch).map_or(&[], |t| &t.threads);
    let mut status = planned.report();
    let mut changes = planned.changes(&decisions);
    note_states(&changes, &decisions, choice);
    leave_untracked(&mut changes, choice, &tracked);
    let input = Input { decisions: &decisions, threads, tracked: &tracked };
    let complaints = match &args.output {
        Some(dir) => series(args, &planned, &changes, choice, &input, dir)?,
        None => print(args, &planned, &changes, choice, threads)?,
    };
    for complaint in &complaints {
        terminal::diagnostic(complaint);
        if complaint.level == crate::text::diagnostic::Level::Error {
            status = Status::Incomplete;
        }
    }
    Ok(status)
}

/// Takes out what `git am` would not find, and says so, as well as what it would not take.
fn leave_untracked(changes: &mut Changes<'_>, choice: Choice, tracked: &Tracked) {
    let taken = changes.list.iter().filter(|change| matches!(choice.of(change), Ok(Some(_))));
    let paths: BTreeSet<&RelPath> = taken.map(|change| &change.file.path).collect();
    let untracked: Vec<&RelPath> = paths.iter().filter(|path| !tracked.has(path)).copied().collect();
    let dirty: Vec<&RelPath> = paths.iter().filter(|path| tracked.is_dirty(path)).copied().collect();
    if !untracked.is_empty() {
        terminal::note(&format!(
            "{} left out, which git does not track, so that git am would not find them; git add them first, or klogmod apply writes to them",
            some(&untracked)
        ));
    }
    if !dirty.is_empty() {
        terminal::note(&format!(
            "{} not as in the newest commit: the patches fit what is on disk, and git am wants it committed first",
            some(&dirty)
        ));
    }
    changes.list.retain(|change| tracked.has(&change.file.path));
}

/// `2 files (a.go, b.go) are`
fn some(paths: &[&RelPath]) -> String {
    const NAMED: usize = 3;
    let named: Vec<&str> = paths.iter().take(NAMED).map(|path| &***path).collect();
    let more = if paths.len() > NAMED { ", …" } else { "" };
    let (files, are) = if paths.len() == 1 { ("file", "is") } else { ("files", "are") };
    format!("{} {files} ({}{more}) {are}", paths.len(), named.join(", "))
}

/// Writes the patches, and returns what could not be taken.
fn series(
    args: &Args,
    planned: &Planned,
    changes: &Changes<'_>,
    choice: Choice,
    input: &Input<'_>,
    dir: &Path,
) -> Result<Vec<Diagnostic>> {
    let structural = if args.split_edits { args.structural(planned)? } else { None };
    let options = cut::Options {
        choice,
        max_lines: args.max_lines.or(planned.config.series.max_lines).unwrap_or(MAX_LINES).max(1),
        structural: structural.as_ref(),
    };
    let cut = cut::cut(changes, &options, &GeneratedFiles::load(&planned.plan.root));
    write(args, planned, changes, &cut, input, dir)?;
    Ok(cut.complaints)
}

/// Prints one diff of the whole, file by file, and returns what could not be taken.
fn print(
    args: &Args,
    planned: &Planned,
    changes: &Changes<'_>,
    choice: Choice,
    threads: &[Thread],
) -> Result<Vec<Diagnostic>> {
    // Threads come first: what is planned stands on top of them.
    let mut whole: BTreeMap<RelPath, FileChange> = BTreeMap::new();
    let mut add = |change: &FileChange| {
        let all = whole.remove(&change.path).map_or_else(|| change.clone(), |before| before.then(change));
        whole.insert(change.path.clone(), all);
    };
    threads.iter().flat_map(|thread| &thread.steps).for_each(&mut add);
    let complaints = cut::uncut(changes, choice, |change| -> Result<()> {
        add(&change);
        Ok(())
    })?;
    let along = args.runtime.along(planned, &whole.values().collect::<Vec<_>>())?;
    let all = along.with(whole.into_values().collect());
    terminal::copies(&planned.plan, all.iter().map(|change| &change.path));
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let to_terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
    // What is to be read goes before the package.
    let packages: usize = along.packages.iter().map(|package| package.files.len()).sum();
    for change in all[packages..].iter().chain(&all[..packages]) {
        let diff = unified(change)?;
        // A file gets the bytes as they are, a terminal never.
        match to_terminal {
            true => out.write_all(harmless(&String::from_utf8_lossy(&diff)).as_bytes())?,
            false => out.write_all(&diff)?,
        }
    }
    out.flush()?;
    Ok(complaints)
}

/// What a series starts from beside its changes.
struct Input<'i> {
    decisions: &'i Decisions,
    threads: &'i [Thread],
    tracked: &'i Tracked,
}

fn write(
    args: &Args,
    planned: &Planned,
    changes: &Changes<'_>,
    cut: &Cut<'_, '_>,
    input: &Input<'_>,
    dir: &Path,
) -> Result<()> {
    let subjects = args.subjects(planned)?;
    let head = worktree::head(&planned.plan.root);
    let author = args.author.as_deref().or(planned.config.series.author.as_deref()).unwrap_or(AUTHOR);
    let sender = sender(author, head.as_ref().map_or(0, |(_, time)| *time))?;
    let Edits { structural, request_id, .. } = args.edits.edits();
    let origin = Origin {
        command: args.command(planned),
        rules: planned.rules.digest.clone(),
        base: head.map(|(name, _)| name),
        decisions: if input.decisions.is_empty() { None } else { Some(digest(&render(input.decisions))) },
        structural,
        request_id,
    };
    let steps: Vec<&FileChange> = input.threads.iter().flat_map(|thread| &thread.steps).collect();
    let steps: Vec<_> = steps.into_iter().chain(cut.parts.iter().flat_map(|part| &part.files)).collect();
    let mut along = args.runtime.along(planned, &steps)?;
    along.keep(&|path| input.tracked.has(path));
    let taken: FxHashSet<_> = cut.parts.iter().flat_map(|p| &p.changes).map(|c| &c.subject.fingerprint).collect();
    let rules = &planned.rules.log_calls;
    let logcheck = if structural { cut::fully_structured(&planned.plan, &taken, rules) } else { BTreeMap::new() };
    let letter = Letter {
        origin: &origin,
        rules: &planned.rules,
        logcheck: &logcheck,
        packages: along.packages.len(),
        threads: input.threads.len(),
        wires: along.wires.iter().filter(|(_, wire)| !wire.files.is_empty()).count(),
        copies: planned.plan.copies(),
    };
    let titles: Vec<String> = cut.parts.iter().map(|part| subjects.of(part, structural)).collect::<Result<_, _>>()?;
    let template = template(&planned.plan.root);
    let mails = mails(&letter, cut, &titles, (input.threads, &along), (template.as_deref(), args.mentions));
    terminal::copies(&planned.plan, mails.iter().flat_map(|mail| &mail.changes).map(|change| &change.path));
    let drafts: Vec<Draft<'_>> = mails.iter().map(Mail::draft).collect();
    let notes: Vec<String> = mails.iter().map(|mail| mail.notes.clone()).collect();
    let cover_subject = subjects.cover(taken.len())?;
    let cover = letter.cover(cut, &titles, &changes.tally());
    let cover = CoverLetter { subject: &cover_subject, body: &cover };
    let mut series = Series::with_notes(&sender, Some(&cover), &drafts, &notes)?;
    let whole = cut::whole_pull_request(&letter, cut, &titles, &changes.tally(), &cover_subject, template.as_deref());
    series.set_pull_requests(mails.iter().map(|mail| mail.pull_request.clone()).collect(), whole);
    super::args::create_dir(dir)?;
    let written = series.write(dir)?;
    terminal::note(&format!(
        "{} in {}, {} written to {}",
        counted(taken.len(), "call"),
        counted(drafts.len(), "patch"),
        counted(written.len(), "mail"),
        dir.display()
    ));
    Ok(())
}

/// One patch, and all that is said of it.
struct Mail {
    subject: String,
    body: String,
    notes: String,
    pull_request: String,
    changes: Vec<FileChange>,
}

impl Mail {
    fn of_runtime(mail: cut::RuntimeMail, changes: &[FileChange]) -> Self {
        let pull_request = mail.pull_request();
        // It changes no log line.
        let notes = String::new();
        Self { subject: mail.subject, body: mail.body, notes, pull_request, changes: changes.to_vec() }
    }

    /// Says at its end which copies of its files it leaves behind.
    fn with_copies(mut self, letter: &Letter<'_>) -> Self {
        let vendored = letter.vendored(&self.changes);
        self.body.push_str(&vendored);
        self.pull_request.push_str(&vendored);
        self
    }

    fn draft(&self) -> Draft<'_> {
        Draft { subject: &self.subject, body: &self.body, changes: self.changes.clone() }
    }
}

/// Packages, threads, each on top of those before it, the parts of the plan, and what switches request IDs on.
fn mails(
    letter: &Letter<'_>,
    cut: &Cut<'_, '_>,
    titles: &[String],
    (threads, along): (&[Thread], &Along),
    (template, mentions): (Option<&str>, bool),
) -> Vec<Mail> {
    let packages =
        along.packages.iter().map(|package| Mail::of_runtime(cut::package_mail(&package.options), &package.files));
    let threads = threads.iter().map(|thread| {
        let cut::ThreadMail { subject, body, pull_request } = cut::thread_mail(letter, thread);
        Mail { subject, body, pull_request, notes: String::new(), changes: thread.steps.clone() }
    });
    let parts = cut.parts.iter().zip(titles).map(|(part, subject)| {
        let told = letter.told(part);
        Mail {
            subject: subject.clone(),
            body: letter.body(part, &told),
            notes: letter.notes(part, &told),
            pull_request: cut::pull_request(letter, (part, &told), subject, template, mentions),
            changes: part.files.clone(),
        }
    });
    let wires = along.wires.iter().filter(|(_, wire)| !wire.files.is_empty());
    let wires = wires.map(|(dir, wire)| Mail::of_runtime(cut::wire_mail(dir, wire), &wire.files));
    packages.chain(threads).chain(parts).chain(wires).map(|mail| mail.with_copies(letter)).collect()
}

/// The checkout's template for pull requests, wherever GitHub looks for one.
fn template(root: &Path) -> Option<String> {
    const PLACES: [&str; 4] = [
        ".github/PULL_REQUEST_TEMPLATE.md",
        ".github/pull_request_template.md",
        "PULL_REQUEST_TEMPLATE.md",
        "docs/PULL_REQUEST_TEMPLATE.md",
    ];
    PLACES.iter().find_map(|place| disk::text_within(root, place, 1 << 16).ok())
}

/// `Name <email>`.
pub(super) fn sender(author: &str, date: u32) -> Result<Sender> {
    let parts = author.strip_suffix('>').and_then(|a| a.rsplit_once('<'));
    let Some((name, email)) = parts else {
        bail!("`{author}` is not an author such as `Ann Author <ann@example.org>`")
    };
    let sender = Sender { name: name.trim().to_owned(), email: email.trim().to_owned(), date };
    sender.check().with_context(|| format!("`{author}` cannot be the author of a patch"))?;
    Ok(sender)
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_./=,:@%+".contains(&b);
    if !word.is_empty() && word.bytes().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

impl Args {
    /// The plan of the structural edits alone, where both kinds are asked for.
    fn structural(&self, planned: &Planned) -> Result<Option<Plan>> {
        let asked = planned.options.edits;
        if !(asked.structural && asked.request_id) {
            return Ok(None);
        }
        let edits = Edits { request_id: false, ..asked };
        // What is in scope is known from the first plan.
        let options = Options { edits, scope: None, ..planned.options.clone() };
        let progress = Progress::new("reading the checkout");
        let plan = self.tree.cache.open()?.plan(&options, &planned.rules, &|done, total| progress.at(done, total))?;
        Ok(Some(plan))
    }

    fn subjects(&self, planned: &Planned) -> Result<Subjects> {
        let (set, own) = (&planned.config.series, Subjects::default());
        let subjects = Subjects {
            structural: set.subject.clone().unwrap_or(own.structural),
            request_id: set.request_id_subject.clone().unwrap_or(own.request_id),
            numbered: set.numbered.clone().unwrap_or(own.numbered),
            cover: set.cover_subject.clone().unwrap_or(own.cover),
        };
        subjects.check().context("[series] in klogmod.toml")?;
        Ok(subjects)
    }

    /// The command that makes the series again, as one types it at the checkout's root.
    fn command(&self, planned: &Planned) -> String {
        let mut words = vec!["klogmod".to_owned(), "patch".to_owned(), ".".to_owned()];
        words.extend(planned.options.root.narrow.iter().map(|path| {
            // A file called -rf is no option.
            if path.starts_with('-') { format!("./{path}") } else { path.to_string() }
        }));
        match self.edits.edits() {
            Edits { structural: true, request_id: false, .. } => words.push("--edits=s".to_owned()),
            Edits { structural: false, request_id: true, .. } => words.push("--edits=r".to_owned()),
            _ => {}
        }
        if planned.options.edits.target == Target::Contextual {
            words.push("--target=contextual".to_owned());
        }
        let valued = [
            ("--klog-version", self.tree.klog_version.map(|version| version.to_string())),
            ("--rules", self.tree.rules.as_ref().map(|_| "RULES".to_owned())),
            ("--max-lines", self.max_lines.map(|max| max.to_string())),
        ];
        words.extend(valued.into_iter().filter_map(|(name, value)| Some(format!("{name}={}", value?))));
        words.extend(self.scope.words());
        words.extend(self.thread.word().map(str::to_owned));
        words.extend(self.thread.break_api.then(|| "--break-api".to_owned()));
        words.extend(self.runtime.word().map(str::to_owned));
        let flags = [
            ("--process-ids", self.tree.process_ids),
            ("--tests", self.tree.tests),
            ("--safe", self.fixes.safe),
            ("--display-only", self.fixes.display_only),
            ("--accepted-only", self.accepted_only),
            ("--split-edits", self.split_edits),
        ];
        words.extend(flags.iter().filter(|(_, on)| *on).map(|(name, _)| (*name).to_owned()));
        words.push("-o".to_owned());
        words.push("series".to_owned());
        words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_for_the_shell() {
        assert_eq!([quoted("a/b.go"), quoted("a b"), quoted("a'$(x)")], ["a/b.go", "'a b'", "'a'\\''$(x)'"]);
    }
}
