//! What a run saw of a tree, so that a later one can tell what would come out otherwise.

use std::collections::{BTreeMap, BTreeSet};

use borsh::{BorshDeserialize, BorshSerialize};

use super::sought::Searched;
use crate::go::calls::Shape;
use crate::go::files::TextFiles;
use crate::go::index::OutlineSeen;
use crate::go::syntax::head::Head;
use crate::klog::convention::{Conventions, Sample};
use crate::klog::lint::is_held;
use crate::klog::mention::{can_be_structured, may_log};
use crate::rule::{LogCalls, RuleSet};
use crate::text::diagnostic::RelPath;
use crate::text::digest::Digest;

/// What one file shows of the tree's habits.
pub type FileSamples = (RelPath, Vec<Sample>);

/// All that a run takes from one file beside its declarations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum FileSeen {
    /// Nothing: it cannot hold what is looked for.
    Quiet,
    /// That it is generated, and whether it may log.
    Generated(bool),
    /// These bytes.
    Speaking(Digest),
    /// Nothing: it could not be read.
    Unread,
}

impl FileSeen {
    /// Of a file that is searched for calls; generated or not, and `noted` where something is to be said of it anyway.
    pub fn of(generated: bool, bytes: &[u8], noted: bool, rules: &RuleSet) -> Self {
        if generated {
            Self::Generated(may_log(bytes, &rules.log_calls))
        } else if noted || may_log(bytes, &rules.log_calls) || is_held(bytes, rules) {
            Self::Speaking(Digest::of(bytes))
        } else {
            Self::Quiet
        }
    }

    /// Whether a head may bring a note, by what it imports alone.
    pub fn is_notable(head: &Head<'_>) -> bool {
        let odd =
            |part: &str| matches!(part, "glog" | "logr" | "testdata" | "third_party") || part.starts_with(['_', '.']);
        head.imports.iter().any(|path| path.split('/').any(odd))
    }

    /// Of a file that is looked at for the tree's habits only.
    pub fn elsewhere(bytes: &[u8], rules: &LogCalls) -> Self {
        if can_be_structured(bytes, rules) { Self::Speaking(Digest::of(bytes)) } else { Self::Quiet }
    }
}

/// What a run saw of a tree.
#[derive(Debug, Default)]
pub struct Seen {
    /// Files that it searched for calls.
    pub files: Vec<(RelPath, FileSeen)>,
    /// Files that it looked at for habits only.
    pub elsewhere: Vec<(RelPath, FileSeen)>,
    /// Files whose declarations it may have read.
    pub outlines: Vec<OutlineSeen>,
    /// What structured calls showed.
    pub samples: Vec<FileSamples>,
    /// Which files are searched for text of log lines.
    pub texts: TextFiles,
    /// Those that were.
    pub searched: Vec<(RelPath, Searched)>,
    /// Files that paths were read from.
    pub shapes: BTreeMap<RelPath, Shape>,
    /// Files that were read beside those that are gone through.
    pub beside: BTreeSet<RelPath>,
    /// Whether calls were looked for in files that do not speak, too.
    pub callers: bool,
    /// Whether everything could be walked.
    pub complete: bool,
}

/// The habits that samples show together.
pub fn conventions(samples: &[FileSamples]) -> Conventions {
    let mut conventions = Conventions::default();
    for (path, samples) in samples {
        samples.iter().for_each(|sample| conventions.add(path, sample));
    }
    conventions
}
