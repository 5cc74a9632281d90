//! What is asked for: which edits, and what they make of a call.

use crate::klog::convention::Conventions;

/// Which edits are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edits {
    /// Structural: printf-style to keys and values.
    pub structural: bool,
    /// The request ID pair.
    pub request_id: bool,
    /// What structural edits make of a call.
    pub target: Target,
    /// Whether calls go through a logger also where nobody asked for it, but most of the tree's structured calls do.
    pub by_habit: bool,
    /// Whether calls go through klog's own logger where no other is to be had.
    pub last_resort: bool,
    /// Whether only each call's part is asked for: that it can be rewritten, and not to what. That a fix would not parse, which is a
    /// fault of ours, is seen by who writes it.
    pub parts_alone: bool,
}

impl Edits {
    /// To `InfoS` and `ErrorS`, without request IDs.
    pub fn structural() -> Self {
        Self {
            structural: true,
            request_id: false,
            target: Target::default(),
            by_habit: false,
            last_resort: false,
            parts_alone: false,
        }
    }

    /// To `InfoS` and `ErrorS`, with request IDs.
    pub fn both() -> Self {
        Self { request_id: true, ..Self::structural() }
    }

    /// As [`Edits::both`], for who counts calls by what becomes of them.
    pub fn parts() -> Self {
        Self { parts_alone: true, ..Self::both() }
    }

    /// As these habits of the tree have them, where they are to follow its habit.
    pub fn settled(self, habits: &Conventions) -> Self {
        match self.by_habit && habits.through_loggers().is_some() {
            true => Self { target: Target::Contextual, ..self },
            false => self,
        }
    }
}

/// What structural edits make of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// `klog.InfoS` and `klog.ErrorS`.
    #[default]
    Infos,
    /// `logger.Info` and `logger.Error` where a logger or a context is in scope, else as infos; with --thread=patch everywhere. Needs klog
    /// 2.50.0.
    Contextual,
}
