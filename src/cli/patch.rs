//! `klogmod patch`: write the changes as patches that git am takes.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, bail};

use super::args::{EditArgs, FixArgs, Planned, Status, TreeArgs};
use super::terminal;
use crate::pipeline::FilePlan;
use crate::report::style::harmless;
use crate::rewrite::{Edits, FileFix, Fix, Outcome};
use crate::series::{Draft, FileChange, Sender, Series, unified};
use crate::worktree;

/// Write the changes as patches that git am takes, one per Go package; without -o, print them as one diff.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    edits: EditArgs,
    #[command(flatten)]
    fixes: FixArgs,
    /// Directory for the patches; made if absent, emptied of an earlier run's patches.
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Author of the patches.
    #[arg(long, value_name = "NAME <EMAIL>", default_value = "klogmod <klogmod@localhost>")]
    author: String,
}

/// Files of one Go package, and the changes to them.
struct Package<'p> {
    dir: &'p str,
    files: Vec<(&'p FilePlan, FileFix)>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Status> {
    let planned = args.tree.plan(args.edits.edits())?;
    let mut status = planned.report();
    let mut packages: BTreeMap<&str, Package<'_>> = BTreeMap::new();
    for file in &planned.plan.files {
        match file.fixed(&|fix| args.fixes.takes(fix)) {
            Ok(None) => {}
            Ok(Some(fix)) => {
                let dir = file.path.rsplit_once('/').map_or(".", |(dir, _)| dir);
                packages.entry(dir).or_insert(Package { dir, files: Vec::new() }).files.push((file, fix));
            }
            Err(diagnostic) => {
                terminal::diagnostic(&diagnostic);
                status = Status::Incomplete;
            }
        }
    }
    let packages: Vec<_> = packages.into_values().collect();
    match &args.output {
        Some(dir) => write(args, &planned, &packages, dir)?,
        None => print(&packages)?,
    }
    Ok(status)
}

fn changes<'p>(package: &'p Package<'_>) -> impl Iterator<Item = FileChange<'p>> {
    package.files.iter().map(|(_, fix)| FileChange { path: &fix.path, old: Some(&fix.old), new: &fix.new })
}

fn print(packages: &[Package<'_>]) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout());
    let to_terminal = std::io::IsTerminal::is_terminal(&std::io::stdout());
    for change in packages.iter().flat_map(changes) {
        let diff = unified(&change)?;
        // A file gets the bytes as they are, a terminal never.
        match to_terminal {
            true => out.write_all(harmless(&String::from_utf8_lossy(&diff)).as_bytes())?,
            false => out.write_all(&diff)?,
        }
    }
    out.flush()?;
    Ok(())
}

fn write(args: &Args, planned: &Planned, packages: &[Package<'_>], dir: &std::path::Path) -> Result<()> {
    let head = worktree::head(&planned.plan.root);
    let sender = sender(&args.author, head.as_ref().map_or(0, |(_, time)| *time))?;
    let base = head.map(|(name, _)| name);
    let texts: Vec<_> = packages.iter().map(|p| (subject(p, args), body(p, args, planned, base.as_deref()))).collect();
    let drafts: Vec<Draft<'_>> = packages
        .iter()
        .zip(&texts)
        .map(|(package, (subject, body))| Draft { subject, body, changes: changes(package).collect() })
        .collect();
    let series = Series::new(&sender, None, &drafts)?;
    super::args::create_dir(dir)?;
    let written = series.write(dir)?;
    terminal::note(&format!("{} patches written to {}", written.len(), dir.display()));
    Ok(())
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

fn subject(package: &Package<'_>, args: &Args) -> String {
    match args.edits.edits() {
        Edits { structural: true, .. } => format!("Migrate {} to structured logging", package.dir),
        Edits { structural: false, .. } => format!("Add request IDs to the logs of {}", package.dir),
    }
}

/// What changed, why each change is what it is, and how to make the same patch again.
fn body(package: &Package<'_>, args: &Args, planned: &Planned, base: Option<&str>) -> String {
    let mut body = String::from(
        "Printf-style klog calls become calls with a constant message, keys and values.\n\
         The change was made by rules, not by hand; each line below is one call.\n\n",
    );
    for (file, _) in &package.files {
        let name = file.path.rsplit('/').next().unwrap_or_default();
        for site in &file.sites {
            let Outcome::Fix(fix) = &site.outcome else { continue };
            if args.fixes.takes(fix) {
                body.push_str(&line(name, site.site.position.line, &site.site.method, fix));
            }
        }
    }
    let version = env!("CARGO_PKG_VERSION");
    let base = base.map_or(String::new(), |name| format!(" at {name}"));
    body.push_str(&format!(
        "\nTo reproduce{base}: klogmod {version}, rules {}:\n    klogmod patch . {}{}\n",
        planned.rules.digest,
        package.dir,
        args.options(),
    ));
    body
}

fn line(file: &str, line: u32, method: &str, fix: &Fix) -> String {
    let applicability = crate::report::kebab(&fix.applicability);
    let mut text = format!("{file}:{line}: {method}: {applicability}\n");
    for reason in &fix.reasons {
        text.push_str(&format!("    {reason}\n"));
    }
    text
}

impl Args {
    /// The options that decide what the patches say, as they were given.
    fn options(&self) -> String {
        let Edits { structural, request_id } = self.edits.edits();
        let edits = match (structural, request_id) {
            (true, false) => " --edits=s",
            (false, true) => " --edits=r",
            _ => "",
        };
        let version = self.tree.klog_version.map(|v| format!(" --klog-version={v}")).unwrap_or_default();
        let flag = |on: bool, name: &str| if on { format!(" {name}") } else { String::new() };
        format!(
            "{edits}{version}{}{}{}",
            flag(self.tree.tests, "--tests"),
            flag(self.fixes.safe, "--safe"),
            flag(self.fixes.display_only, "--display-only")
        )
    }
}
