//! Facts of an earlier graph of the same program, for one that sees some of its files otherwise.

use super::facts::{Facts, Tables};
use super::program::Program;
use crate::go::files::Overlay;
use crate::text::diagnostic::RelPath;

/// What was read of a program. Packages go by the names that they had: the world has to be the same.
#[derive(Debug, Default)]
pub struct Kept {
    /// Its files: whether each was looked at, and how many units it has.
    files: Vec<(RelPath, bool, usize)>,
    overlay: Overlay,
    pub(super) tables: Tables,
    /// By unit; none: nothing was read.
    pub(super) facts: Vec<Facts>,
}

impl Kept {
    /// Forgets what is said by files that were or are seen otherwise than they are on disk, or all if it is of another program.
    pub(super) fn fit(&mut self, program: &Program<'_>, members: &[bool]) {
        let files = program.units.chunk_by(|a, b| (a.member, a.file) == (b.member, b.file));
        let files =
            files.map(|units| (program.path_of(units[0]).clone(), members[units[0].member as usize], units.len()));
        let (files, overlay) = (files.collect(), program.world.index().overlay().clone());
        if self.files != files {
            let facts = vec![Facts::default(); program.units.len()];
            *self = Self { files, overlay, tables: Tables::default(), facts };
            return;
        }
        let before = std::mem::replace(&mut self.overlay, overlay);
        for (facts, unit) in self.facts.iter_mut().zip(&program.units) {
            let path = program.path_of(*unit);
            if before.get(path).is_some() || self.overlay.get(path).is_some() {
                *facts = Facts::default();
            }
        }
    }
}
