//! Lines in order of time, each once, and the gaps between them.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use schemars::JsonSchema;
use serde::Serialize;

use crate::trace::line::{Line, Shape};

/// A time in which nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Gap {
    /// Number of the last line before it, from 0.
    pub after: usize,
    /// Its length.
    pub nanoseconds: i64,
}

/// Gives lines without a time that of the line before them in their file; those before all others that of the first.
pub fn fill(lines: &mut [Line]) -> usize {
    let mut filled = 0;
    let mut last: Option<(u32, i64)> = None;
    for line in lines.iter_mut() {
        match (line.at, last) {
            (Some(at), _) => last = Some((line.source, at)),
            (None, Some((source, at))) if source == line.source => {
                line.at = Some(at);
                filled += 1;
            }
            (None, _) => {}
        }
    }
    let mut next: Option<(u32, i64)> = None;
    for line in lines.iter_mut().rev() {
        match (line.at, next) {
            (Some(at), _) => next = Some((line.source, at)),
            (None, Some((source, at))) if source == line.source => {
                line.at = Some(at);
                filled += 1;
            }
            (None, _) => filled += 1,
        }
    }
    filled
}

/// Sorts by time, each file's clock set right by its shift, and takes away lines that stand in a second file: klog writes those of an
/// error to the files of lower severities as well. Those of other forms are the same only where one component wrote both. Says how many those were.
pub fn sort(lines: &mut Vec<Line>, shift: &dyn Fn(u32) -> i64) -> usize {
    lines.sort_by_key(|line| (line.at.map(|at| at.saturating_add(shift(line.source))), line.source, line.number));
    let before = lines.len();
    let mut seen: HashMap<u64, u32> = HashMap::new();
    lines.retain(|line| {
        let mut hasher = DefaultHasher::new();
        // klog's header has a process and microseconds. Of another line, replicas may well write the same.
        let component = (line.shape != Shape::Text).then_some(&line.component);
        (line.at, &line.text, component).hash(&mut hasher);
        *seen.entry(hasher.finish()).or_insert(line.source) == line.source
    });
    before - lines.len()
}

/// Gaps of at least a length, in order of time.
pub fn gaps(times: &[Option<i64>], least: i64) -> Vec<Gap> {
    let mut out = Vec::new();
    let mut last: Option<(usize, i64)> = None;
    for (number, at) in times.iter().enumerate() {
        let Some(at) = *at else { continue };
        if let Some((after, before)) = last {
            let nanoseconds = at.saturating_sub(before);
            if nanoseconds >= least {
                out.push(Gap { after, nanoseconds });
            }
        }
        last = Some((number, at));
    }
    out
}
