//! What files of the checkout look for in logs: read once, before anything is proposed.

use std::path::Path;

use borsh::{BorshDeserialize, BorshSerialize};
use rayon::prelude::*;

use super::options::Options;
use crate::go::files::{self, TextFiles};
use crate::klog::sought::{self, FileTexts, MAX_SIZE, Text};
use crate::rule::RuleSet;
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::text::digest::Digest;

/// Reason for files that are too large to be searched.
const LARGE: &str = "texts larger than 1 MiB (not searched for lines of logs)";

/// What came of searching one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum Searched {
    /// It looks for nothing.
    Quiet,
    /// It looks for these texts.
    Texts(Digest),
    /// It is too large.
    Large,
    /// It could not be read.
    Unread,
}

/// What files of a checkout look for.
#[derive(Debug, Default)]
pub(super) struct Search {
    /// All files that were searched.
    pub files: Vec<(RelPath, Searched)>,
    /// What they look for.
    pub texts: Vec<FileTexts>,
}

/// The files that are searched: none where nothing is proposed, or a run sees too little of the tree to tell its habits.
pub(super) fn text_files(options: &Options, rules: &RuleSet) -> TextFiles {
    if !options.proposes || !options.habits {
        return TextFiles::default();
    }
    let suffixes = rules.sought.suffixes().cloned().collect();
    TextFiles { suffixes, directories: rules.sought.recorded.directories.clone() }
}

/// Searches a file.
pub fn search(root: &Path, path: &RelPath, rules: &RuleSet) -> (Searched, Vec<Text>) {
    let look = |bytes: &[u8]| match bytes.len() as u64 > MAX_SIZE {
        true => (Searched::Large, Vec::new()),
        false => {
            let texts = sought::texts(path, bytes, &rules.sought);
            let digest = borsh::to_vec(&texts).map(|bytes| Digest::of(&bytes));
            let searched = digest.ok().filter(|_| !texts.is_empty()).map_or(Searched::Quiet, Searched::Texts);
            (searched, texts)
        }
    };
    files::lend(&root.join(&**path), MAX_SIZE + 1, look).unwrap_or((Searched::Unread, Vec::new()))
}

impl Search {
    /// Searches all files.
    pub(super) fn of(root: &Path, files: &[RelPath], rules: &RuleSet) -> Self {
        let found: Vec<_> = files.par_iter().map(|path| (path.clone(), search(root, path, rules))).collect();
        let mut search = Self::default();
        for (path, (searched, texts)) in found {
            search.files.push((path.clone(), searched));
            if !texts.is_empty() {
                search.texts.push((path, texts));
            }
        }
        search
    }

    /// How many files were left out for their size, with the reason.
    pub(super) fn left_alone(&self) -> Option<(String, usize)> {
        let large = self.files.iter().filter(|(_, searched)| *searched == Searched::Large).count();
        (large > 0).then(|| (LARGE.to_owned(), large))
    }

    /// What could not be read.
    pub(super) fn complaints(&self) -> impl Iterator<Item = Diagnostic> {
        let unread = self.files.iter().filter(|(_, searched)| *searched == Searched::Unread);
        unread.map(|(path, _)| {
            Diagnostic::note(path.clone(), "cannot be read, and may look for text of log lines")
                .help("make it readable, or exclude it")
        })
    }
}
