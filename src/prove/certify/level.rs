//! The level of a line by all that its logger is made by.

use super::reading::{Reading, bare};
use super::reason::Finding;
use crate::rule::Severity;

/// The level of a line by all that its logger is made by, where the rest of the two calls does not differ in it.
pub fn asked(old: &Reading, new: &Reading) -> Option<Finding> {
    let (before, after) = (summed(old), summed(new));
    let shown = |level: String| if level.is_empty() { "no level".to_owned() } else { format!("V({level})") };
    let differ = old.level() == new.level() && before != after;
    differ.then(|| Finding::LevelChanged { old: shown(before), new: shown(after) })
}

/// A logger's levels add up.
fn summed(reading: &Reading) -> String {
    let asked: Vec<String> =
        reading.source.asked.iter().map(|level| bare(level)).filter(|level| level != "0").collect();
    if asked.is_empty() || reading.site.severity == Severity::Error {
        return reading.level();
    }
    let sum: Option<i64> = asked.iter().map(|level| level.parse::<i64>().ok()).sum();
    sum.map_or_else(|| asked.join(" + "), |sum| sum.to_string())
}
