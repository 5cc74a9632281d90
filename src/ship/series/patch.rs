//! What a series is written as: mails, and texts beside them.

use super::unified::LineCounts;

/// Name of the cover letter.
pub(super) const COVER: &str = "0000-cover-letter.patch";
/// Name of the text for a pull request with the whole series.
pub(super) const PULL_REQUEST: &str = "PR_BODY.md";

/// One mail of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// `0001-slug.patch`.
    pub file_name: String,
    /// The subject as it stands in the mail.
    pub subject: String,
    /// The whole mail.
    pub bytes: Vec<u8>,
    /// Lines it adds and removes; of the whole series for the cover letter.
    pub counts: LineCounts,
}

/// A text that stands beside the patches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Companion {
    pub(super) name: String,
    pub(super) text: String,
}
