//! What an index takes from a file, as one digest: a change of it may change the type of anything.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::go::module::Constraint;
use crate::go::syntax::outline::{Outline, outline};
use crate::text::diagnostic::RelPath;
use crate::text::digest::{Digest, Hasher};

/// What an index took from a file: its constraint, and its declarations if it needed them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, BorshSerialize, BorshDeserialize)]
pub struct OutlineSeen {
    /// The file.
    pub path: RelPath,
    /// Whether its declarations were needed.
    pub read: bool,
    /// All that was taken of its declarations.
    pub digest: Digest,
    /// Names its bytes.
    pub bytes: Digest,
}

/// How much of what was taken from a file is still so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// Not all declarations.
    Nothing,
    /// The declarations, though not where they stand, nor bodies.
    Declarations,
    /// Every byte.
    Bytes,
}

impl OutlineSeen {
    pub(super) fn new(
        path: RelPath,
        bytes: Digest,
        constraint: &Constraint,
        outline: Option<Option<&Outline>>,
    ) -> Self {
        let mut hasher = Hasher::default();
        hasher.part(format!("{constraint:?}"));
        match outline {
            Some(Some(outline)) => declarations(outline, &mut hasher),
            Some(None) => _ = hasher.part("unread"),
            None => {}
        }
        Self { path, read: outline.is_some(), digest: hasher.finish(), bytes }
    }

    /// What an index takes from a file with these bytes, if it needs its declarations.
    pub fn of(path: RelPath, bytes: &[u8]) -> Self {
        let constraint = Constraint::of_file(path.rsplit('/').next().unwrap_or(&path), bytes);
        let outline = outline(bytes).ok();
        Self::new(path, Digest::of(bytes), &constraint, Some(outline.as_ref()))
    }

    /// Whether the index would take the same from these bytes.
    pub fn holds(&self, bytes: &[u8]) -> Held {
        let digest = Digest::of(bytes);
        if digest == self.bytes {
            return Held::Bytes;
        }
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        let outline = self.read.then(|| outline(bytes).ok());
        let now = Self::new(
            self.path.clone(),
            self.bytes,
            &Constraint::of_file(name, bytes),
            outline.as_ref().map(Option::as_ref),
        );
        if now == *self { Held::Declarations } else { Held::Nothing }
    }
}

/// Everything but where it stands: bodies and comments may grow and shrink.
fn declarations(outline: &Outline, hasher: &mut Hasher) {
    hasher.part(&*outline.package);
    for import in &outline.imports {
        hasher.part(import.alias.as_deref().unwrap_or("=")).part(&*import.path);
    }
    for one in &outline.directives {
        let declared = outline.decls.partition_point(|decl| decl.span.0 <= one.of);
        hasher.part((declared as u32).to_le_bytes()).part(&*one.text).part(&*one.word);
    }
    for decl in &outline.decls {
        let flags = [
            decl.kind as u32,
            u32::from(decl.pointer),
            u32::from(decl.index),
            u32::from(decl.of),
            decl.iota,
            u32::from(decl.body.0 == decl.body.1),
            u32::from(decl.bears_nil),
        ];
        flags.iter().for_each(|flag| {
            hasher.part(flag.to_le_bytes());
        });
        for slice in [decl.name, decl.params, decl.code, decl.values, decl.receiver] {
            hasher.part(outline.text(slice));
        }
    }
}
