//! What a repository needs so that the gate runs in it: configuration, scripts, a workflow, a pre-commit hook.

mod from;

use std::path::Path;

pub use from::{InstallFrom, Pinned, has_sources, is_commit};

use crate::text::disk;

/// What the files are filled with.
#[derive(Clone, Debug)]
pub struct Filling<'w> {
    /// What counts as covered.
    pub measure: &'w str,
    /// The rate that is reached today, in percent, rounded down.
    pub minimum: u64,
    /// The branch that is pushed to.
    pub branch: &'w str,
    /// Where klogmod is installed from, if anybody said.
    pub from: Option<&'w Pinned>,
    /// The year of a licence header.
    pub year: Option<u64>,
}

/// A file to be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitFile {
    /// Which of the pieces it is.
    pub piece: Piece,
    /// Path below the root.
    pub path: &'static str,
    /// Its text.
    pub text: String,
    /// Whether it is run.
    pub is_script: bool,
}

/// A piece that can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Piece {
    /// klogmod.toml.
    Config,
    /// klogmod.baseline.toml.
    Baseline,
    /// hack/verify-klogmod.sh and hack/update-klogmod.sh.
    Scripts,
    /// .github/workflows/klogmod.yml.
    Workflow,
    /// .pre-commit-config.yaml.
    PreCommit,
}

/// All files but the baseline.
pub fn files(root: &Path, filling: &Filling<'_>) -> Vec<InitFile> {
    let licence = licence(root, filling.year);
    let (missing, step) = match filling.from {
        Some(pinned) => (pinned.command(), pinned.command()),
        None => {
            (NOBODY_SAID.to_owned(), format!("{{ echo \"::error::klogmod is not on PATH: {NOBODY_SAID}\"; exit 2; }}"))
        }
    };
    let file = |piece, path, template: &str| InitFile {
        piece,
        path,
        text: template
            .replace("{{measure}}", filling.measure)
            .replace("{{minimum}}", &format!("{}.0", filling.minimum))
            .replace("{{branch}}", filling.branch)
            .replace("{{missing}}", &missing)
            .replace("{{install}}", &step)
            .replace("{{hook}}", &filling.from.map_or_else(|| from::SYSTEM.to_owned(), Pinned::hook))
            .replace("{{licence}}", &licence),
        is_script: piece == Piece::Scripts,
    };
    vec![
        file(Piece::Config, "klogmod.toml", include_str!("templates/klogmod.toml")),
        file(Piece::Scripts, "hack/verify-klogmod.sh", include_str!("templates/verify.sh")),
        file(Piece::Scripts, "hack/update-klogmod.sh", include_str!("templates/update.sh")),
        file(Piece::Workflow, ".github/workflows/klogmod.yml", include_str!("templates/workflow.yml")),
        file(Piece::PreCommit, ".pre-commit-config.yaml", include_str!("templates/pre-commit.yaml")),
    ]
}

/// What stands where the command would that installs klogmod.
const NOBODY_SAID: &str = "nobody said where it is installed from; klogmod init --force --only scripts,workflow --from ADDRESS writes it down";

/// The licence header that the repository asks of its scripts, as hack/verify-boilerplate.sh compares it.
fn licence(root: &Path, year: Option<u64>) -> String {
    let text = disk::text_within(root, "hack/boilerplate/boilerplate.sh.txt", 1 << 16).ok();
    match (text, year) {
        (Some(text), Some(year)) => format!("{}\n\n", text.trim_end().replace("YEAR", &year.to_string())),
        _ => String::new(),
    }
}
