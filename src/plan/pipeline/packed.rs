//! Plans of files that are done, while others are worked on: as bytes in one piece. Kept as they are they would stand scattered
//! among what is freed at once, and hold on to several times the memory that they need.

use std::collections::BTreeMap;
use std::sync::Arc;

use borsh::{BorshDeserialize, BorshSerialize};

use super::applied::Applied;
use super::beside::Beside;
use super::file::{FilePlan, FileResult};
use super::site::SitePlan;
use crate::rule::Version;
use crate::text::diagnostic::{Diagnostic, RelPath};
use crate::text::digest::Digest;
use crate::write::edit::FileEdits;

/// A file's plan without its bytes, as [`FilePlan::pack`] writes it.
#[derive(Debug, BorshDeserialize)]
pub struct PackedPlan {
    /// The file.
    pub path: RelPath,
    klog: Version,
    sites: Vec<SitePlan>,
    beside: Vec<Beside>,
    applied: BTreeMap<Digest, FileEdits>,
}

impl PackedPlan {
    /// The plan, of a file with these bytes.
    pub fn unpack(self, source: Arc<[u8]>) -> FilePlan {
        let Self { path, klog, sites, beside, applied } = self;
        FilePlan { path, source, klog, sites, beside, applied: Applied::known(applied) }
    }
}

impl FilePlan {
    /// Appends everything but the file's bytes.
    pub fn pack(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        (&self.path, &self.klog, &self.sites, &self.beside).serialize(out)?;
        self.applied.write(out)
    }
}

/// What became of one file.
pub(super) struct PackedResult {
    /// Without its plan, if that was packed.
    result: FileResult,
    plan: Option<PackedFile>,
}

struct PackedFile {
    path: RelPath,
    source: Arc<[u8]>,
    rest: Box<[u8]>,
}

impl PackedResult {
    pub(super) fn new(mut result: FileResult) -> Self {
        let pack = |plan: &FilePlan| {
            let mut rest = Vec::new();
            plan.pack(&mut rest).ok()?;
            Some(PackedFile { path: plan.path.clone(), source: plan.source.clone(), rest: rest.into() })
        };
        let plan = result.plan.as_ref().and_then(pack);
        if plan.is_some() {
            result.plan = None;
        }
        Self { result, plan }
    }

    pub(super) fn unpack(self) -> FileResult {
        let Self { mut result, plan } = self;
        if let Some(PackedFile { path, source, rest }) = plan {
            match PackedPlan::try_from_slice(&rest) {
                Ok(packed) => result.plan = Some(packed.unpack(source)),
                Err(error) => {
                    let message = format!("not analysed: {error}; please report it");
                    result.diagnostics.push(Diagnostic::error(path, message));
                }
            }
        }
        result
    }
}
