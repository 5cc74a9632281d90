//! Which functions are called without a context: asked of the whole tree where loggers are made of contexts.

use std::sync::Arc;

use super::stage::Stage;
use crate::go::absent::absent;
use crate::go::types::Absent;
use crate::klog::convention::Conventions;
use crate::text::diagnostic::RelPath;
use crate::write::edit::Target;

impl Stage<'_> {
    /// Finds out which functions are called without a context, unless that is known: where loggers are made of contexts. Tells the files
    /// that were read for it.
    pub fn learn_absent(&mut self, habits: &Conventions, known: Option<&Arc<Absent>>) -> Option<Vec<RelPath>> {
        if self.edits.settled(habits).target != Target::Contextual || self.absent.is_some() {
            return None;
        }
        let (absent, files) = match known {
            Some(known) => (known.clone(), Vec::new()),
            None => {
                let (absent, files) = absent(&self.world, &self.rules.scope);
                (Arc::new(absent), files)
            }
        };
        self.world.know(absent.clone());
        self.absent = Some(absent);
        Some(files)
    }

    /// Functions that are called without a context, if that was looked for.
    pub fn absent(&self) -> Option<&Arc<Absent>> {
        self.absent.as_ref()
    }
}
