//! All proposals for a checkout.

use std::collections::BTreeMap;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::file::{FilePlan, FileResult};
use super::left::{Called, Left};
use super::options::Options;
use super::scope::Scope;
use super::site::SitePlan;
use crate::go::files::Shard;
use crate::go::module::{self, VendoredCopy};
use crate::go::types::Absent;
use crate::klog::convention::Conventions;
use crate::klog::sought::FileTexts;
use crate::text::diagnostic::{Diagnostic, Level, RelPath};

/// All proposals for a checkout.
#[derive(Debug)]
pub struct Plan {
    /// The root.
    pub root: PathBuf,
    /// Files with klog calls, sorted.
    pub files: Vec<FilePlan>,
    /// How many Go files were read.
    pub read: usize,
    /// How many files or directories were left alone, by reason.
    pub left_alone: BTreeMap<String, usize>,
    /// What was not analysed, and what looks wrong.
    pub diagnostics: Vec<Diagnostic>,
    /// What the run was about; none: everything.
    pub scope: Option<Scope>,
    /// The tree's habits, as its structured calls show them.
    pub conventions: Conventions,
    /// What files of the tree look for in logs.
    pub sought: Vec<FileTexts>,
    /// Functions that are called without a context; none: nobody looked.
    pub absent: Option<Arc<Absent>>,
    /// Of a plan that threads are to be made for, if it comes from no earlier run.
    pub left: Option<Box<Left>>,
    /// What the files of the tree call, of a plan that is weighed part by part, if it comes from no earlier run.
    pub called: Option<(Vec<RelPath>, Vec<Called>)>,
    /// What vendor directories hold of the checkout's own modules, as far as anybody has looked: [`Plan::copies`] does.
    pub copies: OnceLock<Vec<VendoredCopy>>,
}

impl Plan {
    /// Of nothing.
    pub fn empty(root: PathBuf) -> Self {
        let (files, diagnostics, sought) = (Vec::new(), Vec::new(), Vec::new());
        let conventions = Conventions::default();
        Self {
            root,
            files,
            read: 0,
            left_alone: BTreeMap::new(),
            diagnostics,
            scope: None,
            conventions,
            sought,
            absent: None,
            left: None,
            called: None,
            copies: OnceLock::new(),
        }
    }

    /// What vendor directories hold of the checkout's own modules.
    pub fn copies(&self) -> &[VendoredCopy] {
        self.copies.get_or_init(|| module::copies(&self.root))
    }

    /// Takes what came of the files.
    pub(super) fn take(&mut self, results: Vec<FileResult>, options: &Options) {
        for result in results {
            self.files.extend(result.plan);
            self.diagnostics.extend(result.diagnostics);
            if let Some(reason) = result.left_alone {
                *self.left_alone.entry(reason.to_owned()).or_default() += 1;
                self.read -= 1;
            }
        }
        self.tell_findings(options);
        self.diagnostics.sort();
        self.diagnostics.dedup();
    }

    /// What belongs to no file is for one shard to say.
    pub(super) fn tell_findings(&mut self, options: &Options) {
        let speaks = options.shard.is_none_or(Shard::is_first);
        self.diagnostics.extend(self.scope.iter().filter(|_| speaks).flat_map(Scope::findings));
    }

    /// Whether no call was found, although all could be read.
    pub fn is_empty(&self) -> bool {
        self.sites().next().is_none() && self.diagnostics.iter().all(|diagnostic| diagnostic.level != Level::Error)
    }

    /// How many files have calls.
    pub fn calling(&self) -> usize {
        self.files.iter().filter(|file| !file.sites.is_empty()).count()
    }

    /// All call sites.
    pub fn sites(&self) -> impl Iterator<Item = &SitePlan> {
        self.files.iter().flat_map(|file| &file.sites)
    }

    /// Calls that the run is not about, by reason.
    pub fn out_of_scope(&self) -> BTreeMap<String, usize> {
        let mut reasons = BTreeMap::new();
        for reason in self.sites().filter_map(SitePlan::out_of_scope) {
            *reasons.entry(reason.to_string()).or_default() += 1;
        }
        reasons
    }
}
