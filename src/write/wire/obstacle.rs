//! Why a place gets nothing.

/// Why a call must be added by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    /// There is no such place.
    Missing(String),
    /// There is, but something stands in the way.
    Blocked(String),
}

impl From<String> for Obstacle {
    fn from(reason: String) -> Self {
        Self::Blocked(reason)
    }
}

impl Obstacle {
    /// In words.
    pub(super) fn reason(self) -> String {
        match self {
            Self::Missing(reason) | Self::Blocked(reason) => reason,
        }
    }
}
