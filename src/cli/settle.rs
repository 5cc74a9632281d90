//! `klogmod settle`: what values are called, asked once and kept for the whole checkout.

use std::io::{BufRead, Write};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;

use super::args::{Planned, Status, TreeArgs};
use super::scope::ScopeArgs;
use super::terminal;
use crate::decide::settle::{Question, Settled, keep, questions};
use crate::plan::report::inert_json;
use crate::plan::report::style::{BOLD, DIM, GREEN, harmless, one_line, styled};
use crate::rule::{NAMES, Subject, check_key};
use crate::text::counted;
use crate::write::edit::Edits;

/// Settle what values are called, for the whole checkout: the questions whose answers make most calls sure come first.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    tree: TreeArgs,
    #[command(flatten)]
    scope: ScopeArgs,
    /// Settle one: KIND SUBJECT=KEY, such as 'name svcName=service'; the kinds are field, expression, type and name.
    #[arg(long, value_name = "SUBJECT=KEY", conflicts_with_all = ["ask", "format"])]
    set: Vec<String>,
    /// Take one back.
    #[arg(long, value_name = "SUBJECT", conflicts_with_all = ["ask", "format"])]
    unset: Vec<String>,
    /// Ask one question after another and read the answers, a line each, from standard input.
    #[arg(long, conflicts_with = "format")]
    ask: bool,
    /// How many questions.
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20)]
    questions: usize,
    /// Output: text for people; json, one question a line.
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
    if !args.set.is_empty() || !args.unset.is_empty() {
        return set(args);
    }
    let planned = args.tree.plan(Edits::structural(), args.scope.options()?)?;
    let status = planned.report();
    let asked = questions(&planned.plan, &planned.rules.naming, args.questions);
    let mut out = anstream::stdout();
    if args.format == Format::Json {
        for question in &asked {
            inert_json::line(question, &mut out)?;
        }
        return Ok(status);
    }
    if asked.is_empty() {
        writeln!(out, "nothing to settle: every name in scope is sure")?;
        return Ok(status);
    }
    if args.ask {
        ask(&planned, &asked, &mut out)?;
        return Ok(status);
    }
    for (at, question) in asked.iter().enumerate() {
        show(at + 1, question, &mut out)?;
    }
    let calls: usize = asked.iter().map(|question| question.calls).sum();
    let (answers, calls) = (counted(asked.len(), "answer"), counted(calls, "call"));
    writeln!(out, "{answers} would make {calls} sure; --ask asks, --set 'name x=key' answers")?;
    Ok(status)
}

fn show(number: usize, question: &Question, out: &mut dyn Write) -> Result<()> {
    let subject = one_line(&question.about.to_string());
    writeln!(out, "{number:>3}. {}", styled(BOLD, &subject))?;
    let choices = std::iter::once(&question.key).chain(&question.alternatives);
    for (at, key) in choices.enumerate() {
        let note = if at == 0 { format!("  {} sure, {} values", question.p, question.values) } else { String::new() };
        writeln!(out, "       {}  {}{}", at + 1, styled(GREEN, &harmless(key)), styled(DIM, &note))?;
    }
    let verb = if question.calls == 1 { "becomes" } else { "become" };
    writeln!(out, "     {} {verb} sure", counted(question.calls, "more call"))?;
    for example in &question.examples {
        let call = harmless(&example.call).replace(['\n', '\t'], " ");
        writeln!(out, "     {}  {call}", styled(DIM, &harmless(&example.place)))?;
    }
    Ok(())
}

/// Asks and keeps each answer at once, so that an interruption loses none.
fn ask(planned: &Planned, asked: &[Question], out: &mut dyn Write) -> Result<()> {
    let mut input = std::io::stdin().lock();
    let mut kept = 0;
    for (at, question) in asked.iter().enumerate() {
        show(at + 1, question, out)?;
        let choices: Vec<&String> = std::iter::once(&question.key).chain(&question.alternatives).collect();
        loop {
            write!(out, "     key (1-{}, a word of your own, empty to pass, q to end): ", choices.len())?;
            out.flush()?;
            let mut line = String::new();
            let end = input.read_line(&mut line).context("standard input cannot be read")? == 0;
            let answer = line.trim();
            if end || answer == "q" {
                writeln!(out)?;
                return done(kept, out);
            }
            if answer.is_empty() {
                break;
            }
            let chosen = answer.parse::<usize>().ok().and_then(|number| choices.get(number.checked_sub(1)?).copied());
            let key = chosen.map_or(answer, String::as_str);
            if let Err(why) = check_key(key, &planned.rules.keys.reserved) {
                writeln!(out, "     {}", harmless(&why))?;
                continue;
            }
            Settled::keep(question.about.clone(), Some(key.to_owned()), &planned.plan, &planned.rules.keys.reserved)?;
            kept += 1;
            break;
        }
    }
    done(kept, out)
}

fn done(kept: usize, out: &mut dyn Write) -> Result<()> {
    let answers = if kept == 1 { "answer is" } else { "answers are" };
    writeln!(out, "{kept} {answers} kept in {NAMES}; every plan heeds them")?;
    Ok(())
}

/// Settles what the arguments say.
fn set(args: &Args) -> Result<Status> {
    let (options, rules) = args.tree.options(Edits::structural())?;
    let subject = |text: &str| {
        Subject::parse(text).with_context(|| {
            format!(
                "{text:?} is no subject: a kind (field, expression, type or name) and a name, such as 'name svcName'"
            )
        })
    };
    let mut settled = Vec::new();
    for text in &args.set {
        let Some((about, key)) = text.rsplit_once('=') else {
            bail!("--set {text:?}: SUBJECT=KEY, such as 'name svcName=service'")
        };
        check_key(key, &rules.keys.reserved).map_err(|why| anyhow::anyhow!("--set: {why}"))?;
        settled.push((subject(about)?, key.to_owned()));
    }
    let unset = args.unset.iter().map(|text| subject(text)).collect::<Result<Vec<_>>>()?;
    keep(&options.root.dir, &rules.keys.reserved, |names| -> Result<()> {
        for about in &unset {
            names.forget(about).with_context(|| format!("{about}: nobody has settled it"))?;
        }
        for (about, key) in &settled {
            if let Some(old) = names.settle(about, key).filter(|old| old != key) {
                terminal::note(&format!("{about} was called {old}"));
            }
        }
        Ok(())
    })?;
    Ok(Status::Fine)
}
