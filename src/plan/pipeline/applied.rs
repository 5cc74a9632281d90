//! What sets of a file's fixes come to, so that it is worked out once.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use borsh::BorshSerialize;

use crate::go::parse::LazyTree;
use crate::text::digest::{Digest, Hasher};
use crate::write::edit::{FileEdits, FileFixError, Fix, file_edits};

/// Edits by the set of fixes that they come from. Sets that do not go together are not kept.
#[derive(Debug, Default)]
pub struct Applied {
    known: Mutex<BTreeMap<Digest, FileEdits>>,
}

impl Clone for Applied {
    fn clone(&self) -> Self {
        Self { known: Mutex::new(self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()) }
    }
}

impl Applied {
    /// With what an earlier run worked out.
    pub fn known(known: BTreeMap<Digest, FileEdits>) -> Self {
        Self { known: Mutex::new(known) }
    }

    /// Writes all that is known, as [`BTreeMap`] is written.
    pub fn write(&self, out: &mut Vec<u8>) -> std::io::Result<()> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).serialize(out)
    }

    /// The edits of these fixes.
    pub(super) fn edits(&self, source: &[u8], tree: &LazyTree<'_>, fixes: &[&Fix]) -> Result<FileEdits, FileFixError> {
        let key = key(fixes);
        if let Some(edits) = self.known.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(edits.clone());
        }
        let edits = file_edits(source, tree.get().ok_or(FileFixError::DoesNotParse)?, fixes)?;
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(key, edits.clone());
        Ok(edits)
    }
}

fn key(fixes: &[&Fix]) -> Digest {
    let mut hasher = Hasher::default();
    for fix in fixes {
        for edits in [&fix.edits, &fix.elsewhere] {
            hasher.part((edits.len() as u64).to_le_bytes());
            for edit in edits {
                hasher.part(edit.span.start.to_le_bytes()).part(edit.span.end.to_le_bytes()).part(&edit.text);
            }
        }
        hasher.part((fix.imports.len() as u64).to_le_bytes());
        fix.imports.iter().for_each(|import| {
            hasher.part(import);
        });
    }
    hasher.finish()
}
