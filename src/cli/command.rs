//! The command line as clap reads it: every subcommand with its one line, and who runs it.

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use super::args::Status;
use super::{
    apply, args, baseline, certify, check, conventions, coverage, decide, explain, fleet, init, lsp, patch, paths,
    plan, queries, review, rules, runtime, scan, settle, shell, terminal, trace, verify, vet, wordings,
};

/// Proposes structured klog rewrites that carry a request ID, as patches for human review.
///
/// The go command runs it, too: go vet -vettool=$(command -v klogmod) ./...
///
/// Exit codes: 0 fine; 1 the gate is shut, or a diff exists under --check; 2 usage or internal error; 3 incomplete: something was not analysed;
/// 4 refused: the worktree is dirty; 130 interrupted; 141 nobody read the output to its end.
#[derive(Debug, Parser)]
#[command(name = "klogmod", version, max_term_width = 100, disable_help_subcommand = true)]
pub struct Cli {
    /// When to use colour: NO_COLOR and CLICOLOR_FORCE are heeded.
    #[arg(long, global = true, value_enum, default_value_t = args::Color::Auto)]
    color: args::Color,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Show what would change and why.
    Plan(plan::Args),
    /// Write the changes as patches that git am takes.
    Patch(patch::Args),
    /// Decide on proposals, in the terminal or in a page.
    Review(review::Args),
    /// Decide on proposals in a live page, served to this machine alone.
    Serve(review::ServeArgs),
    /// Accept proposals that match.
    Accept(decide::AcceptArgs),
    /// Reject proposals that match.
    Reject(decide::RejectArgs),
    /// List proposals that wait for a decision, or take decisions back.
    Pending(decide::PendingArgs),
    /// Have messages and keys worded by somebody else, a person or a program, and take what holds to the rules.
    Wordings(wordings::Args),
    /// Show what each operation on each resource reaches, or what is reached from a function.
    Paths(paths::Args),
    /// Count every klog call, by directory and by method.
    Scan(scan::Args),
    /// Tell how far a tree is: every klog call in exactly one part, by component, directory, owner and SIG.
    Coverage(coverage::Args),
    /// Join the JSON reports of shards.
    Merge(coverage::MergeArgs),
    /// Look at every repository of a list, and write one page about all.
    Fleet(fleet::Args),
    /// Fail where a tree got worse: new unstructured calls, lost request IDs, broken rules, rates that are not reached.
    Check(check::Args),
    /// Write, shrink, join or compare what the gate lets pass today.
    Baseline(baseline::Args),
    /// Write what a repository needs for the gate: klogmod.toml, a baseline, hack/ scripts, a workflow, a pre-commit hook.
    Init(init::Args),
    /// Write the changes to the tree, or those at PATH:LINE[:COL].
    Apply(apply::Args),
    /// Prove the changes on a scratch copy with Go's own tools.
    Verify(verify::Args),
    /// Certify a change to log calls that somebody else made: BASE..HEAD, two directories, or a patch on standard input.
    Certify(certify::Args),
    /// Tell everything that is known about the call at FILE:LINE, or about the one at a column of it.
    Explain(explain::Args),
    /// Settle what values are called, for the whole checkout.
    Settle(settle::Args),
    /// Print the habits of a tree's structured calls, which go before the built-in rules.
    Conventions(conventions::Args),
    /// List the rules, or show one with its documentation and examples.
    Rules(rules::Args),
    /// Serve editors over the language server protocol: findings, quick fixes, decisions.
    Lsp(lsp::Args),
    /// Write the Go package that rewritten calls take their request ID from.
    Runtime(runtime::Args),
    /// Print queries for the logs of a patched tree.
    Queries(queries::Args),
    /// Show one operation out of the logs that components wrote, or list all.
    Trace(trace::Args),
    /// Print a completion script for a shell.
    Completions(shell::CompletionsArgs),
    /// Print the manual page.
    Man(shell::ManArgs),
}

/// An error with its causes, each told once: many repeat theirs.
fn told(error: &anyhow::Error) -> String {
    let mut text = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !text.contains(&cause) {
            text.push_str(&format!(": {cause}"));
        }
    }
    text
}

/// Runs what the arguments ask for: the go command speaks its own protocol.
pub fn enter() -> ExitCode {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    match vet::Call::of(&args) {
        Some(call) => vet::run(&call),
        None => run(Cli::parse()),
    }
}

/// Runs a command and says how it ended.
pub fn run(cli: Cli) -> ExitCode {
    cli.color.set();
    let ended = match cli.command {
        Command::Plan(args) => plan::run(&args),
        Command::Patch(args) => patch::run(&args),
        Command::Review(args) => review::run(&args),
        Command::Serve(args) => review::serve(&args),
        Command::Accept(args) => decide::accept(&args),
        Command::Reject(args) => decide::reject(&args),
        Command::Pending(args) => decide::pending(&args),
        Command::Wordings(args) => wordings::run(&args),
        Command::Paths(args) => paths::run(&args),
        Command::Scan(args) => scan::run(&args),
        Command::Coverage(args) => coverage::run(&args),
        Command::Merge(args) => coverage::join(&args),
        Command::Fleet(args) => fleet::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Baseline(args) => baseline::run(&args),
        Command::Init(args) => init::run(&args),
        Command::Apply(args) => apply::run(&args),
        Command::Verify(args) => verify::run(&args),
        Command::Certify(args) => certify::run(&args),
        Command::Explain(args) => explain::run(&args),
        Command::Settle(args) => settle::run(&args),
        Command::Conventions(args) => conventions::run(&args),
        Command::Rules(args) => rules::run(&args),
        Command::Lsp(args) => lsp::run(&args),
        Command::Runtime(args) => runtime::run(&args),
        Command::Queries(args) => queries::run(&args),
        Command::Trace(args) => trace::run(&args),
        Command::Completions(args) => shell::completions(&args, Cli::command()),
        Command::Man(args) => shell::man(&args, Cli::command()),
    };
    match ended {
        Ok(status) => status.into(),
        Err(error) if terminal::is_broken_pipe(&error) => Status::BrokenPipe.into(),
        Err(error) => {
            terminal::error(&told(&error));
            Status::Error.into()
        }
    }
}
