//! What counts as covered, and the rate that comes of it.

use serde::{Deserialize, Serialize};

use super::tally::{Part, Parts, Tally};

/// What a call must have to count as covered.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema, clap::ValueEnum,
)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Keys and values, and the request ID.
    #[default]
    RequestId,
    /// Keys and values.
    Structured,
}

impl Measure {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::RequestId => "request-id",
            Self::Structured => "structured",
        }
    }

    /// Whether calls of a part are covered; `None` where they do not count: somebody decided that they stay as they are, or no
    /// request ID exists for them.
    pub fn covers(self, part: Part) -> Option<bool> {
        match part {
            Part::WithRequestId => Some(true),
            Part::WithoutRequestId => Some(self == Self::Structured),
            Part::Fixable | Part::Skipped | Part::NotAnalysed => Some(false),
            Part::Suppressed | Part::Batch | Part::Rejected => None,
        }
    }

    /// The rate of some parts.
    pub fn rate(self, parts: &Parts) -> Rate {
        let mut rate = Rate::default();
        for part in Part::ALL {
            let Some(covered) = self.covers(part) else { continue };
            rate.counted = rate.counted.saturating_add(parts.get(part));
            rate.covered = rate.covered.saturating_add(if covered { parts.get(part) } else { 0 });
        }
        rate
    }

    /// The rate of a tally: by printed lines where those are known.
    pub fn weighted(self, tally: &Tally) -> Rate {
        self.rate(tally.volume.as_ref().unwrap_or(&tally.parts))
    }
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Covered calls.
    pub covered: u64,
    /// Calls that count.
    pub counted: u64,
}

impl Rate {
    /// Tenths of a percent, rounded down, so that only all is 100 %; nothing to cover is all covered, and shown as what it is.
    pub fn per_mille(self) -> u64 {
        if self.counted == 0 {
            return 1000;
        }
        (u128::from(self.covered) * 1000 / u128::from(self.counted)) as u64
    }

    /// Whether it reaches so many percent, compared exactly as far as floating point goes.
    pub fn reaches(self, percent: f64) -> bool {
        self.counted == 0 || self.covered as f64 * 100.0 >= percent * self.counted as f64
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.counted == 0 {
            return f.pad("none");
        }
        let mille = self.per_mille();
        write!(f, "{}.{} %", mille / 10, mille % 10)
    }
}
