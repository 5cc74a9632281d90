//! One file with klog calls, and what became of it.

use std::sync::Arc;

use super::applied::Applied;
use super::beside::Beside;
use super::site::SitePlan;
use crate::go::parse::LazyTree;
use crate::rule::Version;
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::text::{FileChange, Span};
use crate::write::edit::{FileFixError, Fix, Outcome};

/// One file with klog calls.
#[derive(Clone, Debug)]
pub struct FilePlan {
    /// The file.
    pub path: RelPath,
    /// Its bytes.
    pub source: Arc<[u8]>,
    /// The klog that it is compiled against.
    pub klog: Version,
    /// Its calls, in their order.
    pub sites: Vec<SitePlan>,
    /// What is wrong beside them.
    pub beside: Vec<Beside>,
    /// What sets of its fixes come to.
    pub applied: Applied,
}

impl FilePlan {
    /// The fixes that `wanted` takes.
    pub fn fixes<'p>(&'p self, wanted: &'p dyn Fn(&Fix) -> bool) -> impl Iterator<Item = &'p Fix> {
        self.sites.iter().filter_map(move |site| match &site.outcome {
            Outcome::Fix(fix) if wanted(fix) => Some(&**fix),
            _ => None,
        })
    }

    /// The file after the fixes that `wanted` takes; `None` if there are none.
    pub fn fixed(&self, wanted: &dyn Fn(&Fix) -> bool) -> Result<Option<FileChange>, Diagnostic> {
        let fixes: Vec<_> = self.fixes(wanted).collect();
        if fixes.is_empty() {
            return Ok(None);
        }
        let complain = |error: String| {
            Diagnostic::error(self.path.clone(), format!("its fixes cannot be applied together: {error}"))
        };
        let tree = LazyTree::new(&self.source);
        self.with_fixes(&tree, &fixes).map(Some).map_err(|error| complain(error.to_string()))
    }

    /// Where each edit of these fixes stands in the file after them: its old place, its first and last new line.
    pub fn places(&self, tree: &LazyTree<'_>, fixes: &[&Fix]) -> Result<Vec<(Span, u32, u32)>, FileFixError> {
        Ok(self.applied.edits(&self.source, tree, fixes)?.places(&self.source)?)
    }

    /// The file after these fixes of its own; `tree` is only asked if nobody has worked it out yet.
    pub fn with_fixes(&self, tree: &LazyTree<'_>, fixes: &[&Fix]) -> Result<FileChange, FileFixError> {
        self.applied.edits(&self.source, tree, fixes)?.apply(&self.path, &self.source)
    }
}

/// What became of one file.
#[derive(Default)]
pub struct FileResult {
    /// Its calls.
    pub plan: Option<FilePlan>,
    /// Why it was left alone.
    pub left_alone: Option<&'static str>,
    /// What is to be said about it.
    pub diagnostics: Vec<Diagnostic>,
}

impl FileResult {
    /// Of a file that was not analysed.
    pub(super) fn failed(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], ..Self::default() }
    }
}
