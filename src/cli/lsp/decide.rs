//! Commands of the editor: decisions, which go to the decisions file as those of `accept` and `reject` do, and reasons to keep a call.

use anyhow::{Context, Result, bail};
use lsp_types::{ExecuteCommandParams, Uri};
use serde::{Deserialize, Serialize};

use super::asked::Asked;
use super::seen::{Seen, with_changes};
use crate::cli::decide::set;
use crate::decide::decision::{self, Decisions, Verdict};
use crate::klog::suppress::keep;
use crate::text::{FileChange, apply_edits};

/// Decides on a proposal.
pub const DECIDE: &str = "klogmod.decide";
/// Keeps a call as it is, for a reason.
pub const KEEP: &str = "klogmod.ignore";

/// What a command is about.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct About {
    /// The document.
    pub uri: Uri,
    /// The call's name.
    pub fingerprint: String,
    /// `accepted`, `rejected` or `undecided`.
    #[serde(default)]
    pub verdict: String,
    /// Why.
    #[serde(default)]
    pub justification: String,
}

impl About {
    /// Of a command's arguments.
    pub fn of(params: ExecuteCommandParams) -> Result<Self> {
        let first = params.arguments.into_iter().next().context("the command needs the call that it is about")?;
        serde_json::from_value(first).context("the command does not say what it is about")
    }

    fn verdict(&self) -> Result<Option<Verdict>> {
        Ok(match self.verdict.as_str() {
            "accepted" => Some(Verdict::Accepted),
            "rejected" => Some(Verdict::Rejected { reason: self.justification.clone() }),
            "undecided" => None,
            other => bail!("`{other}` is no verdict: accepted, rejected or undecided"),
        })
    }
}

/// Writes a decision; returns all that there are now.
pub fn decide(about: &About, seen: &Seen, asked: &Asked) -> Result<Decisions> {
    let verdict = about.verdict()?;
    let file = seen.file.as_ref().context("nothing is proposed in this document")?;
    let before = decision::load(&asked.decisions)?;
    let mut decisions = before.clone();
    let is_made = with_changes(asked, file, &before, |changes| {
        let change = changes.iter().find(|change| change.site.fingerprint.as_str() == about.fingerprint);
        change.map(|change| set(&mut decisions, change, verdict)).is_some()
    });
    if !is_made {
        bail!("nothing is proposed for this call any more");
    }
    decision::update(&asked.decisions, &before, &decisions)?;
    Ok(decisions)
}

/// The file with a comment that keeps a call as it is.
pub fn kept(fingerprint: &str, justification: &str, seen: &Seen, asked: &Asked) -> Result<FileChange> {
    let file = seen.file.as_ref().context("no call stands in this document")?;
    let site = file.sites.iter().find(|site| site.fingerprint.as_str() == fingerprint).context("this call is gone")?;
    let edit = keep(&file.source, site.site.span.start, &asked.rules.scope.suppress, justification);
    let after = apply_edits(&file.source, &[edit])?;
    Ok(FileChange::edited(file.path.clone(), file.source.clone(), after))
}
